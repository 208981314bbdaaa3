package scenarios

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

const (
	deschedulerVersion = "descheduler/v1alpha2"
	deschedulerKind    = "DeschedulerPolicy"
	defaultEvictor     = "DefaultEvictor"
	kubernetesMetrics  = "KubernetesMetrics"
)

// DeschedulerSpec is when a descheduler runs, and by which policy unless a
// DeschedulerPolicy stands in the stream.
type DeschedulerSpec struct {
	File     string         `yaml:"file" help:"a file with a DeschedulerPolicy (descheduler/v1alpha2), relative to this one and within its folder (default: the DeschedulerPolicy of the stream)"`
	Policy   *yamlnode.Node `yaml:"policy" help:"the DeschedulerPolicy itself, instead of a file"`
	Start    *time.Duration `yaml:"start" default:"0s" help:"when the descheduler is started, which is its first round"`
	Interval *time.Duration `yaml:"interval" default:"5m" help:"from one round to the next, as its flag descheduling-interval; 0s ends it after the first"`
}

// defaultInterval is that of the chart of the descheduler.
const defaultInterval = 5 * time.Minute

// isDeschedulerPolicy reports whether a document is, or means to be, the policy of the
// descheduler.
func isDeschedulerPolicy(o *object) bool {
	return o.kind == deschedulerKind || strings.HasPrefix(textOf(o.at("apiVersion")), "descheduler/")
}

// addDeschedulerPolicy takes up a document of the stream.
func (l *loader) addDeschedulerPolicy(o *object) {
	if l.descheduler != nil {
		l.blame(o, "", "a second %s; the first is at %s", deschedulerKind, l.descheduler.place(""))
		return
	}
	l.descheduler = o
}

// compileDescheduler sets up the descheduler, if there is one. What a policy says goes
// before what the scenario says.
func (l *loader) compileDescheduler() {
	document := l.descheduler
	out := sim.Descheduler{Interval: defaultInterval}
	at, path := document, ""
	for _, e := range slices.Concat(l.evictions, l.imposedEvictions) {
		if e.spec == nil || e.spec.Descheduler == nil {
			continue
		}
		spec := e.spec.Descheduler
		at, path = e.object, "spec.eviction.descheduler"
		if named := l.deschedulerDocument(e.object, spec); named != nil {
			document = named
		}
		out.Start, out.Interval = models.Time(orDefault(spec.Start, time.Duration(out.Start))), orDefault(spec.Interval, out.Interval)
	}
	if l.imposedDescheduler != nil {
		document = l.imposedDescheduler
	}
	if document == nil {
		if at != nil {
			l.assume("there is no %s, so no descheduler runs", deschedulerKind)
		}
		return
	}
	if at == nil {
		at = document
	}
	if l.endless() && out.Interval > 0 {
		l.blame(at, path, "the descheduler never stops and the run has no end; want for in a Scenario, --for, or spec.eviction.descheduler.interval: 0s")
	}
	if out.Policy = l.readDescheduler(document); out.Policy != nil {
		l.run.Config.Descheduler = &out
	}
}

// deschedulerDocument returns the document that a spec names; nil if it names none, or
// something is wrong.
func (l *loader) deschedulerDocument(o *object, spec *DeschedulerSpec) *object {
	const path = "spec.eviction.descheduler"
	switch {
	case spec.File != "" && spec.Policy != nil:
		l.blame(o, path+".policy", "file and policy are both given; want one of them")
	case spec.Policy != nil:
		inline := &object{origin: o.origin}
		inline.set(spec.Policy)
		return inline
	case spec.File != "":
		file, err := holdBeside(o, spec.File)
		if err != nil {
			l.blame(o, path+".file", "%s: %v", quote(spec.File), err)
			return nil
		}
		held := file.file()
		documents, err := yamlnode.Parse(file.name, l.digest.reader(file.name, held.Reader))
		l.problems = append(l.problems, asProblems(err)...)
		if err == nil && len(documents) != 1 {
			l.blame(o, path+".file", "%s holds %d documents; want one %s", quote(spec.File), len(documents), deschedulerKind)
		}
		if len(documents) > 0 {
			return newObject(documents[0], o.origin)
		}
	}
	return nil
}

// readDescheduler compiles a DeschedulerPolicy; nil if something is wrong.
// Source: descheduler pkg/descheduler/policyconfig.go.
func (l *loader) readDescheduler(o *object) *descheduler.Policy {
	before := len(l.problems)
	var c deschedulerPolicy
	f := form{problems: asProblems(l.decoder.Decode(o.root, &c))}
	f.check(o.root, reflect.TypeFor[deschedulerPolicy](), "")
	l.problems = append(l.problems, f.problems...)
	if len(l.problems) > before {
		return nil
	}
	switch {
	case o.kind != deschedulerKind:
		l.blame(o, "kind", "%s", unknown("kind", o.kind, []string{deschedulerKind}))
	case c.APIVersion != deschedulerVersion:
		l.blame(o, "apiVersion", "version %s is not read; want %s", quote(c.APIVersion), deschedulerVersion)
	}
	measures := l.measures(o, &c)
	out := &descheduler.Policy{PerNode: c.MaxNoOfPodsToEvictPerNode, PerNamespace: c.MaxNoOfPodsToEvictPerNamespace, Total: c.MaxNoOfPodsToEvictTotal,
		TellRefusals: c.EvictionFailureEventNotification}
	out.Nodes = l.selectorText(o, "nodeSelector", c.NodeSelector)
	if seconds := c.GracePeriodSeconds; seconds != nil {
		grace := time.Duration(*seconds) * time.Second
		out.Grace = &grace
	}
	for i := range c.Profiles {
		p := profileReader{loader: l, object: o, path: yamlnode.IndexPath("profiles", i), given: &c.Profiles[i], args: make(map[string]int), measures: measures}
		out.Profiles = append(out.Profiles, p.read())
	}
	if len(l.problems) > before {
		return nil
	}
	return out
}

// measures reports whether the descheduler is given what nodes and pods use.
// Source: descheduler pkg/descheduler/policyconfig.go (validateDeschedulerConfiguration).
func (l *loader) measures(o *object, c *deschedulerPolicy) bool {
	given := c.MetricsCollector.Enabled
	for i := range c.MetricsProviders {
		path := yamlnode.IndexPath("metricsProviders", i) + ".source"
		switch source := c.MetricsProviders[i].Source; {
		case source == "Prometheus":
			l.blame(o, path, "podsim has no Prometheus; want %s", kubernetesMetrics)
		case source == kubernetesMetrics && given && i == 0:
			l.blame(o, path, "%s cannot stand beside metricsCollector; want one of them", source)
		case source == kubernetesMetrics && given:
			l.blame(o, path, "%s is given already; want each source once", source)
		case source == kubernetesMetrics:
			given = true
		}
	}
	return given
}

// profileReader compiles one profile of a DeschedulerPolicy.
type profileReader struct {
	*loader
	object *object
	path   string
	given  *deschedulerProfile
	args   map[string]int // by plugin: its place in pluginConfig
	// measures tells that what nodes and pods use is known.
	measures bool
}

func (p *profileReader) read() descheduler.Profile {
	out := descheduler.Profile{Name: p.given.Name}
	var known []string
	for _, s := range strategies() {
		known = append(known, s.name)
	}
	known = append(known, defaultEvictor)
	for i, c := range p.given.PluginConfig {
		path := yamlnode.IndexPath(p.path+".pluginConfig", i) + ".name"
		if !slices.Contains(known, c.Name) {
			p.blame(p.object, path, "%s", unknown("plugin", c.Name, known))
		} else if _, twice := p.args[c.Name]; twice {
			p.blame(p.object, path, "%s is configured twice", c.Name)
		}
		p.args[c.Name] = i
	}
	points := &p.given.Plugins
	out.Evictor = p.evictor()
	out.Deschedule = p.strategies("deschedule", points.Deschedule.Enabled, false)
	out.Balance = p.strategies("balance", points.Balance.Enabled, true)
	for _, point := range []struct {
		name  string
		names []string
	}{{"filter", points.Filter.Enabled}, {"preevictionfilter", points.PreEvictionFilter.Enabled}, {"sort", points.Sort.Enabled}, {"presort", points.PreSort.Enabled}} {
		for i, name := range point.names {
			if name != defaultEvictor || strings.HasSuffix(point.name, "sort") {
				p.blame(p.object, yamlnode.IndexPath(p.path+".plugins."+point.name+".enabled", i), "%s does not serve %s", quote(name), point.name)
			}
		}
	}
	p.checkUnused(points)
	return out
}

// checkUnused reads the arguments of plugins that are not enabled, which the descheduler
// checks, too.
func (p *profileReader) checkUnused(points *deschedulerExtension) {
	for _, entry := range strategies() {
		if i, ok := p.args[entry.name]; ok && !slices.Contains(points.Deschedule.Enabled, entry.name) && !slices.Contains(points.Balance.Enabled, entry.name) {
			p.strategy(&entry, i)
		}
	}
}

// strategies compiles the strategies of an extension point.
func (p *profileReader) strategies(point string, names []string, balance bool) (list []descheduler.Strategy) {
	path := p.path + ".plugins." + point + ".enabled"
	table := strategies()
	var known []string
	for _, s := range table {
		if s.balance == balance {
			known = append(known, s.name)
		}
	}
	for i, name := range names {
		at := slices.IndexFunc(table, func(s strategyEntry) bool { return s.name == name })
		switch {
		case at < 0:
			p.blame(p.object, yamlnode.IndexPath(path, i), "%s", unknown("strategy", name, known))
			continue
		case table[at].balance != balance:
			p.blame(p.object, yamlnode.IndexPath(path, i), "%s does not serve %s (known: %s)", name, point, strings.Join(known, ", "))
			continue
		case slices.Index(names, name) < i:
			p.blame(p.object, yamlnode.IndexPath(path, i), "%s is enabled twice", name)
			continue
		}
		config, ok := p.args[name]
		if !ok {
			p.blame(p.object, yamlnode.IndexPath(path, i), "%s stands nowhere in pluginConfig, without which no plugin is built; want {name: %s} there", name, name)
			continue
		}
		if s := p.strategy(&table[at], config); s != nil {
			list = append(list, s)
		}
	}
	return list
}

// strategy compiles a strategy with the arguments at a place of pluginConfig.
func (p *profileReader) strategy(entry *strategyEntry, config int) descheduler.Strategy {
	a := p.reader(config)
	args := reflect.New(reflect.TypeOf(entry.args).Elem()).Interface()
	if !a.read(p.given.PluginConfig[config].Args, args) {
		return nil
	}
	return entry.compile(a, args)
}

// reader reads the arguments at a place of pluginConfig.
func (p *profileReader) reader(config int) *argsReader {
	return &argsReader{p.loader, p.object, yamlnode.IndexPath(p.path+".pluginConfig", config) + ".args", p.measures}
}
