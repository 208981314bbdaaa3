package scenarios

import (
	"errors"
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// SchedulerSpec is how the scheduler decides: the profile of default-scheduler,
// and profiles for pods that name another one.
type SchedulerSpec struct {
	ProfileSpec `yaml:",inline"`
	Profiles    []ProfileSpec `yaml:"profiles" help:"more profiles, for pods with another spec.schedulerName"`
}

// ProfileSpec changes a ready-made profile.
type ProfileSpec struct {
	SchedulerName            string       `yaml:"schedulerName" help:"what pods have in spec.schedulerName (default: default-scheduler; entries of profiles must give one)"`
	Profile                  string       `yaml:"profile" default:"default" help:"ready-made profile to begin with; podsim policies lists them"`
	PercentageOfNodesToScore *int         `yaml:"percentageOfNodesToScore" help:"the search stops once so many per cent of all nodes (0 to 100) were found feasible; 0 adapts to the size of the cluster (default: that of the profile)"`
	Ties                     string       `yaml:"ties" enum:"heap,first,random" help:"which of several best nodes is taken: heap as Kubernetes does, the first one, or a random one (default: that of the profile)"`
	Plugins                  []PluginSpec `yaml:"plugins" help:"changes to single plugins of the profile; plugins that it lacks are added at its end"`
}

// PluginSpec changes one plugin of a profile.
type PluginSpec struct {
	Name     string         `yaml:"name" required:"true" help:"name of the plugin; podsim policies lists them"`
	Disabled bool           `yaml:"disabled" help:"leaves the plugin out of the profile"`
	Weight   int64          `yaml:"weight" min:"1" help:"multiplies its scores (default: that of the table of plugins)"`
	NoFilter bool           `yaml:"noFilter" help:"it does not reject nodes"`
	NoScore  bool           `yaml:"noScore" help:"it does not score nodes"`
	Args     *yamlnode.Node `yaml:"args" help:"its arguments, as in a KubeSchedulerConfiguration"`
}

var ties = map[string]engine.Ties{"heap": engine.TiesHeap, "first": engine.TiesFirst, "random": engine.TiesRandom}

// compileScheduler makes the profiles of the run. o is the Scenario that says so,
// nil if there is none.
func (l *loader) compileScheduler(o *object, spec *SchedulerSpec) {
	config := &l.run.Config.Scheduler
	*config = scheduler.DefaultConfig(l.table)
	config.Profiles = config.Profiles[:0]
	if o == nil {
		o = &object{}
	}
	l.addProfile(o, "spec.scheduler", &spec.ProfileSpec)
	for i := range spec.Profiles {
		path := yamlnode.IndexPath("spec.scheduler.profiles", i)
		if spec.Profiles[i].SchedulerName == "" {
			l.blame(o, path, "schedulerName is missing")
			continue
		}
		l.addProfile(o, path, &spec.Profiles[i])
	}
}

func (l *loader) addProfile(o *object, path string, spec *ProfileSpec) {
	name := spec.Profile
	if name == "" {
		name = "default"
	}
	p, ok := scheduler.LookupProfile(name, l.table)
	if !ok {
		l.blame(o, path+".profile", "%s", unknown("profile", name, profileNames()))
		return
	}
	p.SchedulerName = models.DefaultScheduler
	if spec.SchedulerName != "" {
		p.SchedulerName = spec.SchedulerName
	}
	profiles := &l.run.Config.Scheduler.Profiles
	if slices.ContainsFunc(*profiles, func(q scheduler.Profile) bool { return q.SchedulerName == p.SchedulerName }) {
		l.blame(o, path+".schedulerName", "a second profile for %s", quote(p.SchedulerName))
	}
	if percentage := spec.PercentageOfNodesToScore; percentage != nil {
		p.PercentageOfNodesToScore = *percentage
		if *percentage < 0 || *percentage > 100 {
			l.blame(o, path+".percentageOfNodesToScore", "out of range (got %d; want 0 to 100)", *percentage)
		}
	}
	if spec.Ties != "" {
		p.Ties = ties[spec.Ties]
	}
	for i := range spec.Plugins {
		l.changePlugin(o, yamlnode.IndexPath(path+".plugins", i), &spec.Plugins[i], &p)
	}
	*profiles = append(*profiles, p)
}

func profileNames() []string {
	var names []string
	for _, named := range scheduler.NamedProfiles() {
		names = append(names, named.Name)
	}
	return names
}

// profileHelp says what a ready-made profile does.
func profileHelp(name string) string {
	for _, named := range scheduler.NamedProfiles() {
		if named.Name == name {
			return named.Help
		}
	}
	return ""
}

func isProfile(name string, table []plugins.Entry) bool {
	_, ok := scheduler.LookupProfile(name, table)
	return ok
}

// imposeProfile lets every scheduler of the run decide by the profile of the input.
func (l *loader) imposeProfile() {
	name := l.in.Profile
	if name == "" {
		return
	}
	l.digest.add("policy", name)
	profile, ok := scheduler.LookupProfile(name, l.table)
	if !ok {
		l.problems = append(l.problems, yamlnode.Problem{File: "--policy " + shorten(name), What: unknown("policy", name, profileNames())})
		return
	}
	profiles := l.run.Config.Scheduler.Profiles
	for i := range profiles {
		schedulerName := profiles[i].SchedulerName
		profiles[i] = profile
		profiles[i].SchedulerName = schedulerName
	}
}

func (l *loader) changePlugin(o *object, path string, spec *PluginSpec, p *scheduler.Profile) {
	entry := slices.IndexFunc(l.table, func(e plugins.Entry) bool { return e.Name == spec.Name })
	if entry < 0 {
		var known []string
		for _, e := range l.table {
			known = append(known, e.Name)
		}
		if spec.Name != "" {
			l.blame(o, path+".name", "%s", unknown("plugin", spec.Name, known))
		}
		return
	}
	i := slices.IndexFunc(p.Plugins, func(q scheduler.Plugin) bool { return q.Name == spec.Name })
	if spec.Disabled {
		if i >= 0 {
			p.Plugins = slices.Delete(p.Plugins, i, i+1)
		}
		return
	}
	if i < 0 {
		i = len(p.Plugins)
		p.Plugins = append(p.Plugins, scheduler.Plugin{Name: spec.Name})
	}
	plugin := &p.Plugins[i]
	plugin.Weight = spec.Weight
	if spec.NoFilter {
		plugin.Off |= framework.Filtering
	}
	if spec.NoScore {
		plugin.Off |= framework.Scoring
	}
	if spec.Args != nil {
		plugin.Args = l.pluginArgs(o, path+".args", spec.Args, &l.table[entry])
	}
}

// pluginArgs decodes the arguments of a plugin and lets the plugin check them.
func (l *loader) pluginArgs(o *object, path string, n *yamlnode.Node, entry *plugins.Entry) any {
	if entry.Args == nil {
		l.blame(o, path, "%s takes no arguments", entry.Name)
		return nil
	}
	args := reflect.New(reflect.TypeOf(entry.Args).Elem()).Interface()
	if err := l.decoder.Decode(n, args); err != nil {
		l.addUnder(path, asProblems(err))
		return nil
	}
	_, err := entry.New(args, l.dict)
	var wrong plugins.Problems
	switch {
	case errors.As(err, &wrong):
		for _, p := range wrong {
			l.blame(o, join(path, p.Path), "%s", p.What)
		}
	case err != nil:
		l.blame(o, path, "%v", err)
	}
	return args
}
