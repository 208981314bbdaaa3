package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// profileBuilder merges one profile with the defaults and finds out which plugins
// are asked where, and in which order.
// Source: pkg/scheduler/apis/config/v1/default_plugins.go (mergePlugins),
// pkg/scheduler/framework/runtime/framework.go (NewFramework).
type profileBuilder struct {
	*kubeScheduler
	given *schedulerProfile
	path  string

	multiPoint []pluginRef        // merged with the defaults
	used       []usedPlugin       // every enabled plugin, in the order of first mention
	unknown    map[string]bool    // told already
	at         [][]string         // by point: who is asked, in order
	serves     []framework.Points // by used plugin
}

// usedPlugin is a plugin that is enabled somewhere.
type usedPlugin struct {
	name string
	args any
}

func (b *profileBuilder) build() scheduler.Profile {
	b.unknown = make(map[string]bool)
	args := b.readArgs()
	b.mergeMultiPoint()
	b.collect(args)
	b.checkDisabled()
	b.checkWeights(&b.given.Plugins.MultiPoint, "multiPoint")
	b.at = make([][]string, framework.PointCount)
	for p := range framework.PointCount {
		b.checkPoint(p)
		b.at[p] = b.expand(p)
	}
	b.checkCounts()
	b.checkNeeds()
	return b.profile()
}

// everything disables all default plugins of a point.
const everything = "*"

// mergeMultiPoint merges the plugins of all points with the default ones.
// Source: pkg/scheduler/apis/config/v1/default_plugins.go (mergePluginSet).
func (b *profileBuilder) mergeMultiPoint() {
	set := &b.given.Plugins.MultiPoint
	replacing := make([]bool, len(set.Enabled))
	if !disables(set, everything) {
		for i := range b.table {
			entry := &b.table[i]
			if !entry.Default || disables(set, entry.Name) {
				continue
			}
			weight := entry.Weight
			ref := pluginRef{entry.Name, &weight}
			// Of several the last one replaces the default; the others are one too many.
			for j := range slices.Backward(set.Enabled) {
				if set.Enabled[j].Name == entry.Name {
					ref, replacing[j] = set.Enabled[j], true
					break
				}
			}
			b.multiPoint = append(b.multiPoint, ref)
		}
	}
	for j, ref := range set.Enabled {
		if replacing[j] {
			continue
		}
		if b.known(ref.Name) && indexOf(b.multiPoint, ref.Name) >= 0 {
			b.blame(enabledPath(b.path, "multiPoint", j)+".name", "%s is enabled twice", ref.Name)
			continue
		}
		b.multiPoint = append(b.multiPoint, ref)
	}
}

func disables(set *pluginSet, name string) bool { return indexOf(set.Disabled, name) >= 0 }

func indexOf(refs []pluginRef, name string) int {
	return slices.IndexFunc(refs, func(r pluginRef) bool { return r.Name == name })
}

func enabledPath(profile, point string, i int) string {
	return yamlnode.IndexPath(profile+".plugins."+point+".enabled", i)
}

// collect lists the plugins that are enabled anywhere: those of all points first.
func (b *profileBuilder) collect(args map[string]any) {
	use := func(ref pluginRef, path string) {
		if slices.ContainsFunc(b.used, func(u usedPlugin) bool { return u.name == ref.Name }) {
			return
		}
		entry := b.entry(ref.Name)
		if entry == nil {
			b.blameUnknown(path+".name", ref.Name)
			return
		}
		plugin, err := entry.New(args[ref.Name], b.dict)
		if err != nil {
			plugin, err = entry.New(nil, b.dict) // the arguments have been told of
		}
		if err != nil {
			b.blame(path, "%s: %v", ref.Name, err)
			return
		}
		b.used = append(b.used, usedPlugin{ref.Name, args[ref.Name]})
		b.serves = append(b.serves, plugins.Serves(plugin))
	}
	for _, ref := range b.multiPoint {
		at := indexOf(b.given.Plugins.MultiPoint.Enabled, ref.Name)
		use(ref, enabledPath(b.path, "multiPoint", max(at, 0)))
	}
	for p := range framework.PointCount {
		for i, ref := range b.given.Plugins.at(p).Enabled {
			use(ref, enabledPath(b.path, p.String(), i))
		}
	}
}

func (b *profileBuilder) entry(name string) *plugins.Entry {
	i := slices.IndexFunc(b.table, func(e plugins.Entry) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &b.table[i]
}

func (b *profileBuilder) known(name string) bool { return b.entry(name) != nil }

// Plugins of Kubernetes that are not in the table.
var (
	removedPlugins = []string{"AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"}
	groupPlugins   = []string{"GangScheduling", "TopologyPlacementGenerator", "PodGroupPodsCount"}
)

// blameUnknown tells once that a plugin is not known.
func (b *profileBuilder) blameUnknown(path, name string) {
	switch {
	case name == "":
		b.blame(path, "name is missing")
		return
	case b.unknown[name]:
		return
	case slices.Contains(removedPlugins, name):
		b.blame(path, "plugin %s was removed from Kubernetes; NodeVolumeLimits does its work", quote(name))
	case slices.Contains(groupPlugins, name):
		b.blame(path, "plugin %s is not simulated; its feature gate is off by default", quote(name))
	default:
		b.blame(path, "%s", unknownPlugin(name, b.table))
	}
	b.unknown[name] = true
}

func unknownPlugin(name string, table []plugins.Entry) string {
	var known []string
	for i := range table {
		known = append(known, table[i].Name)
	}
	guess := ""
	if g := spelling.Guess(name, known); g != "" {
		guess = "; did you mean " + quote(g) + "?"
	}
	return fmt.Sprintf("unknown plugin %s%s (known: %s)", quote(name), guess, strings.Join(known, ", "))
}

// checkWeights refuses negative weights, which Kubernetes would take.
func (b *profileBuilder) checkWeights(set *pluginSet, point string) {
	for i, ref := range set.Enabled {
		if weight := orDefault(ref.Weight, 0); weight < 0 {
			b.blame(enabledPath(b.path, point, i)+".weight", "must be >= 0 (got %d)", weight)
		}
	}
}

// checkDisabled tells of names that were probably meant to be others. Kubernetes
// takes any.
func (b *profileBuilder) checkDisabled() {
	check := func(set *pluginSet, point string) {
		for i, ref := range set.Disabled {
			path := yamlnode.IndexPath(b.path+".plugins."+point+".disabled", i) + ".name"
			switch {
			case ref.Name == "":
				b.blame(path, "name is missing")
			case ref.Name != everything && !b.known(ref.Name) && b.misspelt(ref.Name):
				b.blameUnknown(path, ref.Name)
			}
		}
	}
	check(&b.given.Plugins.MultiPoint, "multiPoint")
	for p := range framework.PointCount {
		check(b.given.Plugins.at(p), p.String())
	}
}

func (k *kubeScheduler) misspelt(name string) bool {
	if slices.Contains(removedPlugins, name) || slices.Contains(groupPlugins, name) {
		return false
	}
	var known []string
	for i := range k.table {
		known = append(known, k.table[i].Name)
	}
	return spelling.Guess(name, known) != ""
}

// served returns the points that a used plugin serves; none for an unknown one.
func (b *profileBuilder) served(name string) framework.Points {
	i := slices.IndexFunc(b.used, func(u usedPlugin) bool { return u.name == name })
	if i < 0 {
		return 0
	}
	return b.serves[i]
}

// checkPoint checks what is enabled at one point.
// Source: pkg/scheduler/framework/runtime/framework.go (updatePluginList).
func (b *profileBuilder) checkPoint(p framework.Point) {
	set := b.given.Plugins.at(p)
	b.checkWeights(set, p.String())
	for i, ref := range set.Enabled {
		path := enabledPath(b.path, p.String(), i) + ".name"
		switch {
		case !b.known(ref.Name):
		case indexOf(set.Enabled, ref.Name) < i:
			b.blame(path, "%s is enabled twice", ref.Name)
		case !b.served(ref.Name).Has(p):
			b.blame(path, "%s does not serve %s (it serves %s)", ref.Name, p, textOfPoints(b.served(ref.Name)))
		}
	}
}

func textOfPoints(set framework.Points) string {
	var names []string
	for p := range framework.PointCount {
		if set.Has(p) {
			names = append(names, p.String())
		}
	}
	return strings.Join(names, ", ")
}

// expand returns who is asked at a point: first the plugins that are enabled both
// there and for all points, in the order given there; then those for all points;
// then the others that are enabled there.
// Source: pkg/scheduler/framework/runtime/framework.go (expandMultiPointPlugins).
func (b *profileBuilder) expand(p framework.Point) []string {
	set := b.given.Plugins.at(p)
	var first, middle, last []string
	if !disables(set, everything) {
		for _, ref := range b.multiPoint {
			if b.served(ref.Name).Has(p) && !disables(set, ref.Name) {
				middle = append(middle, ref.Name)
			}
		}
	}
	for _, ref := range set.Enabled {
		if at := slices.Index(middle, ref.Name); at >= 0 {
			first, middle = append(first, ref.Name), slices.Delete(middle, at, at+1)
		} else if b.served(ref.Name).Has(p) && !slices.Contains(first, ref.Name) && !slices.Contains(last, ref.Name) {
			last = append(last, ref.Name)
		}
	}
	return slices.Concat(first, middle, last)
}

// checkCounts checks that one plugin sorts the queue and some plugin binds.
func (b *profileBuilder) checkCounts() {
	if len(b.unknown) > 0 {
		return // perhaps it is one of those
	}
	if n := len(b.at[framework.AtQueueSort]); n != 1 {
		b.blame(b.path+".plugins.queueSort", "%d plugins sort the queue; want one (PrioritySort does)", n)
	}
	if len(b.at[framework.AtBind]) == 0 {
		b.blame(b.path+".plugins.bind", "no plugin binds pods (DefaultBinder does)")
	}
}

// checkNeeds refuses what would fail in every cycle.
func (b *profileBuilder) checkNeeds() {
	asked := func(p framework.Point, name string) bool { return slices.Contains(b.at[p], name) }
	for _, u := range b.used {
		for _, need := range plugins.NeedsOf(u.name) {
			if asked(need.Earlier, u.name) {
				continue
			}
			for p := range framework.PointCount {
				if need.At.Has(p) && asked(p, u.name) {
					b.blame(b.path+".plugins", "%s is enabled at %s, but not at %s, where it collects what it needs there: attempts would fail",
						u.name, p, need.Earlier)
					break
				}
			}
		}
	}
}

// profile is the result.
func (b *profileBuilder) profile() scheduler.Profile {
	var out scheduler.Profile
	for i, u := range b.used {
		plugin := scheduler.Plugin{Name: u.name, Args: u.args, Weight: b.weight(u.name)}
		for p := range framework.PointCount {
			if b.serves[i].Has(p) && !slices.Contains(b.at[p], u.name) {
				plugin.Off |= 1 << p
			}
		}
		out.Plugins = append(out.Plugins, plugin)
	}
	copy(out.Order[:], b.at)
	return out
}

// weight is that at score, or else that for all points; none counts as 1.
// Source: pkg/scheduler/framework/runtime/framework.go (getValidScoreWeights).
func (b *profileBuilder) weight(name string) int64 {
	for _, refs := range [][]pluginRef{b.given.Plugins.Score.Enabled, b.multiPoint} {
		if i := indexOf(refs, name); i >= 0 {
			if weight := orDefault(refs[i].Weight, 0); weight != 0 {
				return int64(weight)
			}
			return 1
		}
	}
	return 1
}

// readArgs reads the arguments of plugins, by name.
func (b *profileBuilder) readArgs() map[string]any {
	args := make(map[string]any)
	seen := make(map[string]bool)
	for i := range b.given.PluginConfig {
		c, path := &b.given.PluginConfig[i], yamlnode.IndexPath(b.path+".pluginConfig", i)
		entry := b.entry(c.Name)
		switch {
		case entry == nil:
			b.blameUnknown(path+".name", c.Name)
			continue
		case seen[c.Name]:
			b.blame(path+".name", "%s is configured twice", c.Name)
			continue
		}
		seen[c.Name] = true
		if c.Args == nil || c.Args.Kind == yamlnode.Null || entry.Args == nil && c.Args.Kind == yamlnode.Map && len(c.Args.Fields) == 0 {
			continue
		}
		if read := b.pluginArgs(b.object, path+".args", c.Args, entry); read != nil {
			args[c.Name] = read
		}
	}
	return args
}
