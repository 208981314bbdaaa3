package scenarios

import (
	"reflect"
	"slices"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/evict"
)

// EvictionSpec is who has to leave a node, for each occasion. What a Policy says of an
// occasion goes before what the scenario says of it.
type EvictionSpec struct {
	Descheduler  *DeschedulerSpec `yaml:"descheduler" help:"a descheduler, which evicts pods that would be better off elsewhere"`
	Preemption   *EvictorSpec     `yaml:"preemption" help:"who goes for a pod that fits nowhere (default: kube-scheduler)"`
	Drain        *EvictorSpec     `yaml:"drain" help:"in which order a drained node is emptied (default: kubectl)"`
	Spot         *EvictorSpec     `yaml:"spot" help:"who leaves a node that a fault reclaims, after its warning or its notice (default: wait)"`
	NodePressure *EvictorSpec     `yaml:"nodePressure" help:"whom the kubelet of a node ends that runs short of memory, disk or processes (default: kubelet)"`
}

// EvictorSpec names an evictor.
type EvictorSpec struct {
	Name string         `yaml:"name" required:"true" help:"name of the evictor; podsim policies lists them"`
	Args *yamlnode.Node `yaml:"args" help:"its arguments"`
}

// evictor returns what is said of a kind of occasion; nil if nothing is.
func (s *EvictionSpec) evictor(kind evict.Kind) *EvictorSpec {
	switch kind {
	case evict.Drain:
		return s.Drain
	case evict.Notice:
		return s.Spot
	case evict.Pressure:
		return s.NodePressure
	default:
		return nil
	}
}

// eviction is an EvictionSpec and the document in which it stands.
type eviction struct {
	object *object
	spec   *EvictionSpec
}

// compileEvictions makes the evictors of the run: the last word on an occasion counts.
func (l *loader) compileEvictions() {
	for _, e := range slices.Concat(l.evictions, l.imposedEvictions) {
		for kind, evictor := range l.evictors(e.object, e.spec) {
			if evictor != nil {
				l.run.Config.Evictors[kind] = evictor
			}
		}
		if rule := l.victimRule(e.object, e.spec); rule != nil {
			l.run.Config.Plugins = plugins.WithVictimRule(l.table, rule)
		}
	}
}

// evictors makes the evictors that a document names.
func (l *loader) evictors(o *object, spec *EvictionSpec) (set evict.Set) {
	if spec == nil {
		return set
	}
	for kind := range set {
		if e := spec.evictor(evict.Kind(kind)); e != nil {
			set[kind] = l.evictor(o, evict.Kind(kind), e)
		}
	}
	return set
}

// evictor makes an evictor; nil if something is wrong.
func (l *loader) evictor(o *object, kind evict.Kind, spec *EvictorSpec) evict.Evictor {
	path := "spec.eviction." + kind.String()
	var known []string
	for _, entry := range evict.Table() {
		if entry.Kind != kind {
			continue
		}
		if entry.Name == spec.Name {
			return l.newEvictor(o, path+".args", spec.Args, &entry)
		}
		known = append(known, entry.Name)
	}
	l.blame(o, path+".name", "%s", unknown("evictor", spec.Name, known))
	return nil
}

func (l *loader) newEvictor(o *object, path string, n *yamlnode.Node, entry *evict.Entry) evict.Evictor {
	args, ok := l.argsOf(o, path, n, entry.Name, entry.Args)
	if !ok {
		return nil
	}
	evictor, err := entry.New(args, l.dict)
	if err != nil {
		l.blame(o, path, "%v", err)
		return nil
	}
	return evictor
}

// argsOf reads the arguments of what a document names; nil stands for those that it has
// by default.
func (l *loader) argsOf(o *object, path string, n *yamlnode.Node, name string, known any) (args any, ok bool) {
	switch {
	case n == nil || n.Kind == yamlnode.Null:
		return nil, true
	case known == nil:
		l.blame(o, path, "%s takes no arguments", name)
		return nil, false
	}
	args = reflect.New(reflect.TypeOf(known).Elem()).Interface()
	f := form{problems: asProblems(l.decoder.Decode(n, args))}
	f.check(n, reflect.TypeOf(args).Elem(), "")
	if len(f.problems) > 0 {
		l.addUnder(path, f.problems)
		return nil, false
	}
	return args, true
}

// victimRule makes the rule of preemption that a document names; nil without one.
func (l *loader) victimRule(o *object, spec *EvictionSpec) plugins.VictimRule {
	if spec == nil || spec.Preemption == nil {
		return nil
	}
	const path = "spec.eviction.preemption"
	var known []string
	for _, entry := range plugins.VictimRules() {
		if entry.Name == spec.Preemption.Name {
			args, ok := l.argsOf(o, path+".args", spec.Preemption.Args, entry.Name, entry.Args)
			if !ok {
				return nil
			}
			return entry.New(args)
		}
		known = append(known, entry.Name)
	}
	l.blame(o, path+".name", "%s", unknown("rule of preemption", spec.Preemption.Name, known))
	return nil
}
