package scenarios

import (
	"maps"
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

// strategyEntry is one line of the table of strategies.
type strategyEntry struct {
	name    string
	balance bool // it serves balance rather than deschedule
	args    any  // a pointer to a zero value of its arguments
	compile func(a *argsReader, args any) descheduler.Strategy
}

// strategyOf makes a line of the table of a function that compiles arguments.
func strategyOf[Args any](name string, balance bool, compile func(*argsReader, *Args) descheduler.Strategy) strategyEntry {
	return strategyEntry{name, balance, new(Args), func(a *argsReader, args any) descheduler.Strategy { return compile(a, args.(*Args)) }}
}

// strategies returns the strategies of the descheduler.
func strategies() []strategyEntry {
	return []strategyEntry{
		strategyOf("RemoveDuplicates", true, compileDuplicates),
		strategyOf("LowNodeUtilization", true, compileLowNodeUtilization),
		strategyOf("HighNodeUtilization", true, compileHighNodeUtilization),
		strategyOf("RemovePodsViolatingTopologySpreadConstraint", true, compileTopologySpread),
		strategyOf("RemovePodsViolatingInterPodAntiAffinity", false, func(a *argsReader, args *antiAffinityArgs) descheduler.Strategy {
			return &descheduler.InterPodAntiAffinity{Scope: a.scope(&args.scopeArgs)}
		}),
		strategyOf("RemovePodsViolatingNodeAffinity", false, compileNodeAffinity),
		strategyOf("RemovePodsViolatingNodeTaints", false, compileNodeTaints),
		strategyOf("RemovePodsHavingTooManyRestarts", false, compileRestarts),
		strategyOf("PodLifeTime", false, compileLifeTime),
		strategyOf("RemoveFailedPods", false, compileFailedPods),
	}
}

// argsReader reads the arguments of one plugin.
type argsReader struct {
	*loader
	object *object
	path   string // of the arguments
	// measures tells that what nodes and pods use is known.
	measures bool
}

func (a *argsReader) blame(path, format string, args ...any) {
	a.loader.blame(a.object, join(a.path, path), format, args...)
}

// read decodes arguments and checks their form; false tells that it is wrong.
func (a *argsReader) read(n *yamlnode.Node, into any) bool {
	if n == nil || n.Kind == yamlnode.Null {
		return true
	}
	f := form{problems: asProblems(a.decoder.Decode(n, into))}
	f.check(n, reflect.TypeOf(into).Elem(), "")
	a.addUnder(a.path, f.problems)
	return len(f.problems) == 0
}

// scope compiles what most strategies take.
func (a *argsReader) scope(args *scopeArgs) descheduler.Scope {
	include, exclude := a.either("namespaces", &args.Namespaces)
	s := descheduler.Scope{Include: a.symbols(include), Exclude: a.symbols(exclude)}
	if args.LabelSelector != nil {
		s.Labels = a.labels("labelSelector", args.LabelSelector)
	}
	return s
}

func (a *argsReader) labels(path string, s *LabelSelector) models.Selector {
	if s == nil {
		return nil
	}
	return a.selector(a.object, join(a.path, path), s)
}

func (a *argsReader) symbols(names []string) (list []models.Sym) {
	for _, name := range names {
		list = append(list, a.dict.Sym(name))
	}
	return list
}

// either refuses two lists of which one may be given.
func (a *argsReader) either(path string, lists *includeExclude) (include, exclude []string) {
	if len(lists.Include) > 0 && len(lists.Exclude) > 0 {
		a.blame(path, "include and exclude are both given; want one of them")
	}
	return lists.Include, lists.Exclude
}

// onlyExcluded refuses namespaces to include.
func (a *argsReader) onlyExcluded(lists *includeExclude) []models.Sym {
	if len(lists.Include) > 0 {
		a.blame("evictableNamespaces.include", "namespaces cannot be included here; want exclude")
	}
	return a.symbols(lists.Exclude)
}

// words refuses words that are not known.
func (a *argsReader) words(path, what string, words, known []string) {
	for i, word := range words {
		if !slices.Contains(known, word) {
			a.blame(yamlnode.IndexPath(path, i), "%s", unknown(what, word, known))
		}
	}
}

// thresholds compiles percentages, by the name of the resource.
func (a *argsReader) thresholds(path string, given map[string]float64) (list descheduler.Thresholds) {
	if len(given) == 0 {
		a.blame(path, "there are no thresholds; want a percentage of one resource or more, such as {cpu: 20}")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		at, percent := yamlnode.KeyPath(path, name), given[name]
		if !(percent >= 0 && percent <= 100) {
			a.blame(at, "out of range (got %v; want 0 to 100)", percent)
		}
		resource, err := a.dict.Resource(name)
		if err != nil {
			a.blame(at, "%v", err)
			continue
		}
		list = append(list, descheduler.Threshold{Resource: resource, Percent: percent})
	}
	return list
}

func compileDuplicates(a *argsReader, args *duplicatesArgs) descheduler.Strategy {
	return &descheduler.Duplicates{Scope: a.scope(&scopeArgs{Namespaces: args.Namespaces}), ExcludeOwners: args.ExcludeOwnerKinds}
}

func compileLowNodeUtilization(a *argsReader, args *lowNodeUtilizationArgs) descheduler.Strategy {
	out := &descheduler.LowNodeUtilization{
		Low: a.thresholds("thresholds", args.Thresholds), High: a.thresholds("targetThresholds", args.TargetThresholds),
		Deviation: args.UseDeviationThresholds, Nodes: args.NumberOfNodes, PerNode: args.EvictionLimits.Node,
		Exclude: a.onlyExcluded(&args.EvictableNamespaces),
	}
	for _, name := range slices.Sorted(maps.Keys(args.Thresholds)) {
		target, ok := args.TargetThresholds[name]
		switch low := args.Thresholds[name]; {
		case !ok && len(args.TargetThresholds) > 0:
			a.blame("targetThresholds", "%s is missing, which thresholds have; want the same resources", name)
		case ok && low > target && !args.UseDeviationThresholds:
			a.blame(yamlnode.KeyPath("thresholds", name), "got %v; want at most what targetThresholds have, which is %v", low, target)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(args.TargetThresholds)) {
		if _, ok := args.Thresholds[name]; !ok && len(args.Thresholds) > 0 {
			a.blame(yamlnode.KeyPath("targetThresholds", name), "thresholds have no %s; want the same resources", name)
		}
	}
	out.Measured = a.measured(args)
	return out
}

// measured reports whether nodes are rated by what pods use.
func (a *argsReader) measured(args *lowNodeUtilizationArgs) bool {
	m := args.MetricsUtilization
	switch {
	case m == nil:
		return false
	case m.Source == "Prometheus":
		a.blame("metricsUtilization.source", "podsim has no Prometheus; want %s", kubernetesMetrics)
	case m.Source != "" && m.MetricsServer:
		a.blame("metricsUtilization", "source and metricsServer are both given; want source")
	case m.Source == "" && !m.MetricsServer:
		a.blame("metricsUtilization", "source is missing; want %s", kubernetesMetrics)
	case m.Prometheus != nil:
		a.blame("metricsUtilization.prometheus", "belongs to source: Prometheus")
	case !a.measures:
		a.blame("metricsUtilization", "nothing is measured for it; want metricsProviders: [{source: %s}] in the policy", kubernetesMetrics)
	}
	for _, name := range slices.Sorted(maps.Keys(args.Thresholds)) {
		if name != "cpu" && name != "memory" && name != "pods" {
			a.blame(yamlnode.KeyPath("thresholds", name), "the use of %s is not measured; want cpu, memory or pods", name)
		}
	}
	return true
}

func compileHighNodeUtilization(a *argsReader, args *highNodeUtilizationArgs) descheduler.Strategy {
	const onlyThresholds = "OnlyThresholdingResources"
	a.words("evictionModes", "mode", args.EvictionModes, []string{onlyThresholds})
	return &descheduler.HighNodeUtilization{
		Low: a.thresholds("thresholds", args.Thresholds), Nodes: args.NumberOfNodes,
		OnlyThresholds: slices.Contains(args.EvictionModes, onlyThresholds), Exclude: a.onlyExcluded(&args.EvictableNamespaces),
	}
}

func compileTopologySpread(a *argsReader, args *topologySpreadArgs) descheduler.Strategy {
	const hard, soft = "DoNotSchedule", "ScheduleAnyway"
	a.words("constraints", "constraint", args.Constraints, []string{hard, soft})
	return &descheduler.TopologySpread{
		Scope: a.scope(&args.scopeArgs), NodeFit: orDefault(args.TopologyBalanceNodeFit, true),
		Hard: len(args.Constraints) == 0 || slices.Contains(args.Constraints, hard), Soft: slices.Contains(args.Constraints, soft),
	}
}

var nodeAffinityTypes = map[string]descheduler.NodeAffinityType{
	"requiredDuringSchedulingIgnoredDuringExecution":  descheduler.RequiredAffinity,
	"preferredDuringSchedulingIgnoredDuringExecution": descheduler.PreferredAffinity,
}

func compileNodeAffinity(a *argsReader, args *nodeAffinityArgs) descheduler.Strategy {
	known := slices.Sorted(maps.Keys(nodeAffinityTypes))
	a.words("nodeAffinityType", "type", args.NodeAffinityType, known)
	if len(args.NodeAffinityType) == 0 {
		a.blame("", "nodeAffinityType is missing; want one or both of %s and %s", known[1], known[0])
	}
	out := &descheduler.NodeAffinity{Scope: a.scope(&args.scopeArgs)}
	for _, name := range args.NodeAffinityType {
		out.Types = append(out.Types, nodeAffinityTypes[name])
	}
	return out
}

func compileNodeTaints(a *argsReader, args *nodeTaintsArgs) descheduler.Strategy {
	if len(args.ExcludedTaints) > 0 && len(args.IncludedTaints) > 0 {
		a.blame("includedTaints", "includedTaints and excludedTaints are both given; want one of them")
	}
	return &descheduler.NodeTaints{
		Scope: a.scope(&args.scopeArgs), Prefer: args.IncludePreferNoSchedule,
		Exclude: args.ExcludedTaints, Include: args.IncludedTaints, All: args.IncludedTaints == nil,
	}
}
