package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// PodTopologySpread spreads pods over topology domains: it rejects nodes in
// domains that already have too many pods of a kind, and prefers nodes in domains
// that have few. Pods without constraints of their own get default ones, over the
// pods that their Services and their owner select.
// Source: pkg/scheduler/framework/plugins/podtopologyspread.
type PodTopologySpread struct {
	defaults []models.SpreadConstraint
	// systemDefaulted lets nodes that lack a topology key take part in defaults.
	systemDefaulted bool
	hostname        models.Sym
	affinity        NodeAffinity
	layouts         layouts
	tallies         []*framework.Tally

	// Of the cycle under way.
	hard hardCycle
	soft softCycle
}

var (
	_ framework.PreFilterExtensions = (*PodTopologySpread)(nil)
	_ framework.FilterNodes         = (*PodTopologySpread)(nil)
	_ framework.ScoreNodes          = (*PodTopologySpread)(nil)
	_ framework.ScoreStrata         = (*PodTopologySpread)(nil)
	_ framework.EventsToRegister    = (*PodTopologySpread)(nil)
)

// NewPodTopologySpread returns the plugin, or Problems with args.
func NewPodTopologySpread(args PodTopologySpreadArgs, d *models.Dictionary) (*PodTopologySpread, error) {
	var problems Problems
	args.check(&problems)
	if err := problems.err(); err != nil {
		return nil, err
	}
	return &PodTopologySpread{
		defaults: args.compile(d), systemDefaulted: args.system(),
		hostname: d.Sym(models.LabelHostname), affinity: NodeAffinity{dictionary: d},
	}, nil
}

// Name returns the name of the plugin.
func (*PodTopologySpread) Name() string { return "PodTopologySpread" }

// Reads declares that pods in domains are counted, that the least of these counts
// is taken over all domains, and that the pod's labels tell which pods count.
func (*PodTopologySpread) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsDomains | framework.ReadsCluster | framework.ReadsLabels
}

// spreadPlan is what follows from the facts of nodes for the hard or the soft
// constraints of a class of pods.
type spreadPlan struct {
	*layout
	constraints []plannedConstraint
	// matchers select the pods to be counted, each once.
	matchers []*framework.Matcher
}

type plannedConstraint struct {
	models.SpreadConstraint
	// matcher is the place of its matcher, or None if no pod ever counts.
	matcher int
	// self is 1 if the pod to be scheduled will count itself.
	self int
}

// planHard returns the plan for the hard constraints, or nil if there are none.
func (p *PodTopologySpread) planHard(c *framework.Cycle) *spreadPlan {
	if !p.mayConstrain(c, false) {
		return nil
	}
	if p.ownerIsGone(c) {
		return p.plan(c, false)
	}
	return framework.Remember(c, "PodTopologySpread/hard", func() *spreadPlan { return p.plan(c, false) })
}

// planSoft returns the plan for the soft constraints, or nil if there are none.
func (p *PodTopologySpread) planSoft(c *framework.Cycle) *spreadPlan {
	if !p.mayConstrain(c, true) {
		return nil
	}
	if p.ownerIsGone(c) {
		return p.plan(c, true)
	}
	return framework.Remember(c, "PodTopologySpread/soft", func() *spreadPlan { return p.plan(c, true) })
}

// mayConstrain reports whether it is worth looking closer for constraints.
func (p *PodTopologySpread) mayConstrain(c *framework.Cycle, soft bool) bool {
	if len(c.Spec.Spread) > 0 {
		return hasConstraint(c.Spec.Spread, soft)
	}
	return hasConstraint(p.defaults, soft) && (c.Pod.Owner() != models.None || c.View.ServicesLeft() > 0)
}

// ownerIsGone reports that defaults do without the owner, unlike for other pods
// of the class.
func (p *PodTopologySpread) ownerIsGone(c *framework.Cycle) bool {
	return len(c.Spec.Spread) == 0 && c.Pod.Owner() != models.None && c.View.Owner(c.Pod.Owner()).Deleted()
}

func hasConstraint(constraints []models.SpreadConstraint, soft bool) bool {
	for i := range constraints {
		if constraints[i].Soft == soft {
			return true
		}
	}
	return false
}

// constraints returns the hard or the soft constraints of a pod.
func (p *PodTopologySpread) constraints(pod cluster.Pod, soft bool) []models.SpreadConstraint {
	spec := pod.Spec()
	if len(spec.Spread) > 0 {
		return ofKind(spec.Spread, soft)
	}
	if !hasConstraint(p.defaults, soft) {
		return nil
	}
	selector := defaultSelector(pod)
	if len(selector) == 0 {
		return nil
	}
	out := ofKind(p.defaults, soft)
	for i := range out {
		out[i].Selector = models.LabelSelector{Requirements: selector}
	}
	return out
}

// ofKind returns copies of the hard or the soft constraints among them.
func ofKind(constraints []models.SpreadConstraint, soft bool) []models.SpreadConstraint {
	return slices.DeleteFunc(slices.Clone(constraints), func(c models.SpreadConstraint) bool { return c.Soft != soft })
}

func (p *PodTopologySpread) plan(c *framework.Cycle, soft bool) *spreadPlan {
	constraints := p.constraints(c.Pod, soft)
	if len(constraints) == 0 {
		return nil
	}
	mode := hardLayout
	switch {
	case soft && p.systemDefaulted && len(c.Spec.Spread) == 0:
		mode = lenientLayout
	case soft:
		mode = softLayout
	}
	plan := &spreadPlan{layout: p.layout(c, constraints, mode)}
	for i := range constraints {
		planned := plannedConstraint{SpreadConstraint: constraints[i], matcher: plan.match(c.Spec.Namespace, &constraints[i].Selector)}
		if planned.Selector.Matches(c.Spec.Labels, c.View.Dictionary()) {
			planned.self = 1
		}
		plan.constraints = append(plan.constraints, planned)
	}
	return plan
}

// match returns the place of the matcher for the pods of a namespace that selector
// selects. One that selects every pod counts none: so does the original.
// Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go
// (countPodsMatchSelector).
func (s *spreadPlan) match(namespace models.Sym, selector *models.LabelSelector) int {
	if selector.None || len(selector.Requirements) == 0 {
		return models.None
	}
	for i, m := range s.matchers {
		if sameRequirements(m.Terms[0].Selector.Requirements, selector.Requirements) {
			return i
		}
	}
	s.matchers = append(s.matchers, &framework.Matcher{SkipTerminating: true, Terms: []models.AffinityTerm{{
		Selector: *selector, Namespaces: []models.Sym{namespace}, NamespaceSelector: models.LabelSelector{None: true},
	}}})
	return len(s.matchers) - 1
}

func sameRequirements(a, b models.Selector) bool {
	return slices.EqualFunc(a, b, func(a, b models.Requirement) bool {
		return a.Key == b.Key && a.Op == b.Op && slices.Equal(a.Values, b.Values)
	})
}

// count returns where the pods are that the matchers of a plan select, by the
// place of the matcher.
func (p *PodTopologySpread) count(c *framework.Cycle, plan *spreadPlan) []*framework.Tally {
	p.tallies = p.tallies[:0]
	for _, m := range plan.matchers {
		p.tallies = append(p.tallies, c.Counts.Matching(m))
	}
	return p.tallies
}

// EventsToRegister tells that a pod is worth another attempt when a pod that
// counts comes or goes, or when a node that has all topology keys joins or
// changes.
func (p *PodTopologySpread) EventsToRegister() []framework.Hint {
	return []framework.Hint{
		{On: framework.AssignedPodAdd | framework.AssignedPodDelete, Queue: p.countsForHard},
		{On: framework.NodeAdd | framework.NodeDelete | framework.NodeLabel | framework.NodeTaint, Queue: p.nodeMatters},
	}
}

// countsForHard reports whether a pod that came or went counts for a hard
// constraint.
func (p *PodTopologySpread) countsForHard(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
	if e.Spec.Namespace != pod.Spec().Namespace {
		return false
	}
	for _, constraint := range p.hardConstraints(pod) {
		if !constraint.Soft && constraint.Selector.Matches(e.Spec.Labels, v.Dictionary()) {
			return true
		}
	}
	return false
}

// nodeMatters reports whether a node has all keys of hard constraints, and other
// taints than before if it is about those. How labels were before is not known.
func (p *PodTopologySpread) nodeMatters(v cluster.View, pod cluster.Pod, e *framework.Event) bool {
	if e.Kind&framework.NodeLabel != 0 {
		return true
	}
	node := v.Node(e.Node)
	labels := node.Labels()
	if e.Kind&framework.NodeDelete != 0 {
		labels = e.LabelsBefore
	}
	for _, constraint := range p.hardConstraints(pod) {
		if _, ok := labels.Get(constraint.TopologyKey); !ok && !constraint.Soft {
			return false
		}
	}
	return e.Kind&(framework.NodeAdd|framework.NodeDelete) != 0 || !slices.Equal(e.TaintsBefore, node.Taints())
}

// hardConstraints returns constraints of a pod, the hard ones among them, without
// copying those of its own.
func (p *PodTopologySpread) hardConstraints(pod cluster.Pod) []models.SpreadConstraint {
	if spread := pod.Spec().Spread; len(spread) > 0 {
		return spread
	}
	return p.constraints(pod, false)
}
