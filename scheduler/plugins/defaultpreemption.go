package plugins

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// ReasonPreemption is what the cause of a victim's deletion begins with.
// Source: k8s.io/api/core/v1/types.go (PodReasonPreemptionByScheduler).
const ReasonPreemption = "PreemptionByScheduler"

// DefaultPreemption makes room for a pod that fits nowhere, by the deletion of
// pods of lower priority from one node.
// Source: pkg/scheduler/framework/plugins/defaultpreemption,
// pkg/scheduler/framework/preemption.
type DefaultPreemption struct {
	args DefaultPreemptionArgs
	rule VictimRule
	may  eligibleVictims // nil if every pod of lower priority may go

	// deleting are the pods for which victims are being deleted, each with the
	// last of its victims.
	deleting map[models.PodID]models.PodID
	specs    models.SpecID // how many specifications lowest is known of
	lowest   int32         // priority of any pod

	// Of the attempt under way.
	histogram         framework.Histogram
	nodes, tied       []models.NodeID
	pods              []cluster.Pod
	breaking, keeping []cluster.Pod
	allowed           []int32
	allowances        allowances
	contradiction     error // of filters
}

var (
	_ framework.PreEnqueue       = (*DefaultPreemption)(nil)
	_ framework.PostFilter       = (*DefaultPreemption)(nil)
	_ framework.EventsToRegister = (*DefaultPreemption)(nil)
)

var (
	noVictims = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"No preemption victims found for incoming pod")
	preemptsNever = framework.NewStatus(framework.Unschedulable,
		"preemption: not eligible due to preemptionPolicy=Never.")
	awaitsVictims = framework.NewStatus(framework.Unschedulable,
		"preemption: not eligible due to a terminating pod on the nominated node.")
	preemptionUnderWay = framework.NewStatus(framework.UnschedulableAndUnresolvable,
		"waiting for the preemption for this pod to be finished")
)

const notHelpful = "Preemption is not helpful for scheduling"

// NewDefaultPreemption returns the plugin, or Problems with args.
func NewDefaultPreemption(args DefaultPreemptionArgs, _ *models.Dictionary) (*DefaultPreemption, error) {
	return NewPreemption(args, leastImportant{})
}

// NewPreemption returns DefaultPreemption with another rule.
func NewPreemption(args DefaultPreemptionArgs, rule VictimRule) (*DefaultPreemption, error) {
	var problems Problems
	args.check(&problems)
	if err := problems.err(); err != nil {
		return nil, err
	}
	may, _ := rule.(eligibleVictims)
	return &DefaultPreemption{args: args, rule: rule, may: may,
		deleting: make(map[models.PodID]models.PodID), lowest: math.MaxInt32}, nil
}

// Name returns the name of the plugin.
func (*DefaultPreemption) Name() string { return "DefaultPreemption" }

// Reads declares that no node is filtered or scored.
func (*DefaultPreemption) Reads() framework.Reads { return framework.ReadsPodOnly }

// PreEnqueue holds a pod back until the last of its victims is being deleted.
func (p *DefaultPreemption) PreEnqueue(v cluster.View, pod cluster.Pod) *framework.Status {
	last, ok := p.deleting[pod.ID()]
	if !ok {
		return nil
	}
	victim := v.Pod(last)
	onNode := !victim.Removed() && (victim.Node() != models.None || victim.Assumed() != models.None)
	if onNode && !victim.Deleting() && !victim.Phase().Terminal() {
		return preemptionUnderWay
	}
	delete(p.deleting, pod.ID())
	return nil
}

// EventsToRegister lets a pod that is held back be looked at when pods go. That a
// victim is gone is for the plugins to tell that rejected the pod.
func (*DefaultPreemption) EventsToRegister() []framework.Hint {
	return []framework.Hint{{
		On:    framework.AssignedPodDelete,
		Queue: func(cluster.View, cluster.Pod, *framework.Event) bool { return false },
	}}
}

// PostFilter looks for the node on which room is made at the least cost.
func (p *DefaultPreemption) PostFilter(c *framework.Cycle, r framework.DryRun) framework.PostFilterResult {
	if s := p.eligible(c, r); s != nil {
		return framework.PostFilterResult{Status: s}
	}
	candidates := p.candidates(c, r)
	if len(candidates) == 0 && p.contradiction != nil {
		return framework.PostFilterResult{Err: p.contradiction}
	}
	if len(candidates) == 0 {
		return framework.PostFilterResult{Override: true, Nominated: models.None,
			Status: framework.NewStatus(framework.Unschedulable, "preemption: "+string(p.histogram.Append(nil, c.Nodes)))}
	}
	chosen := p.choose(c, r, candidates)
	for _, id := range chosen.Victims {
		if !c.View.Pod(id).Deleting() {
			p.deleting[c.Pod.ID()] = id
		}
	}
	return framework.PostFilterResult{Override: true, Nominated: chosen.Node, Victims: chosen.Victims, Candidates: candidates}
}

// eligible reports why the pod must not preempt others, if so. One that waits for
// its victims on a node that may still take it does not ask for more.
func (p *DefaultPreemption) eligible(c *framework.Cycle, r framework.DryRun) *framework.Status {
	if c.Spec.PreemptionNever {
		return preemptsNever
	}
	node := c.Pod.Nominated()
	if node == models.None || r.Code(node) == framework.UnschedulableAndUnresolvable {
		return nil
	}
	for _, id := range c.View.Node(node).Pods() {
		pod := c.View.Pod(id)
		if pod.Deleting() && pod.Spec().Priority < c.Spec.Priority &&
			strings.HasPrefix(c.View.Dictionary().String(pod.Cause()), ReasonPreemption) {
			return awaitsVictims
		}
	}
	return nil
}

// candidates tries the nodes that rejected the pod and may take it with fewer pods
// on them, until there are enough. If there are none, the histogram says why.
// Source: pkg/scheduler/framework/preemption/preemption.go (DryRunPreemption).
func (p *DefaultPreemption) candidates(c *framework.Cycle, r framework.DryRun) []framework.Candidate {
	p.histogram.Reset()
	p.contradiction = nil
	p.nodes = r.Rejected(p.nodes[:0], framework.Unschedulable)
	n := len(p.nodes)
	if absent := c.Nodes - n; absent > 0 {
		p.histogram.AddReason(notHelpful, absent)
	}
	if n == 0 {
		return nil
	}
	if p.lowestPriority(c.View) >= c.Spec.Priority {
		p.histogram.Add(noVictims, n)
		return nil
	}
	p.allowances.begin(c.View)
	var keeping, breaking []framework.Candidate
	want := p.args.wanted(n)
	for i, offset := 0, r.Offset(n); i < n; i++ {
		candidate, s := p.try(c, r, p.nodes[(offset+i)%n])
		switch {
		case s != nil:
			p.histogram.Add(s, 1)
			continue
		case len(candidate.Victims) == 0:
			p.contradiction = fmt.Errorf("preemption: expected at least one victim pod on node %q",
				c.View.Node(candidate.Node).Name())
			continue
		case candidate.Violations == 0:
			keeping = append(keeping, candidate)
		case len(breaking) < want:
			breaking = append(breaking, candidate)
		}
		if len(keeping) > 0 && len(keeping)+len(breaking) >= want {
			break
		}
	}
	return append(keeping, breaking...)
}

// lowestPriority is the lowest that any pod has had so far.
func (p *DefaultPreemption) lowestPriority(v cluster.View) int32 {
	for ; int(p.specs) < v.Specs(); p.specs++ {
		p.lowest = min(p.lowest, v.Spec(p.specs).Priority)
	}
	return p.lowest
}

// choose returns the candidate to be preferred, and marks those as good as it.
func (p *DefaultPreemption) choose(c *framework.Cycle, r framework.DryRun, candidates []framework.Candidate) *framework.Candidate {
	best := &candidates[0]
	for i := range candidates {
		if p.rule.Prefer(c.View, &candidates[i], best) < 0 {
			best = &candidates[i]
		}
	}
	p.tied = p.tied[:0]
	for i := range candidates {
		if one := &candidates[i]; p.rule.Prefer(c.View, one, best) == 0 {
			one.Best = true
			p.tied = append(p.tied, one.Node)
		}
	}
	node := p.tied[r.Choose(p.tied)]
	return &candidates[slices.IndexFunc(candidates, func(one framework.Candidate) bool { return one.Node == node })]
}

// try finds the victims on one node: without any pod of lower priority the pod
// must fit; then as many of them as possible are spared, those whose going would
// break a budget first.
// Source: SelectVictimsOnNode in default_preemption.go.
func (p *DefaultPreemption) try(c *framework.Cycle, r framework.DryRun, node models.NodeID) (framework.Candidate, *framework.Status) {
	p.pods = p.pods[:0]
	for _, id := range c.View.Node(node).Pods() {
		if pod := c.View.Pod(id); pod.Spec().Priority < c.Spec.Priority && (p.may == nil || p.may.Preempts(c.Spec, pod.Spec())) {
			p.pods = append(p.pods, pod)
		}
	}
	if len(p.pods) == 0 {
		return framework.Candidate{}, noVictims
	}
	r.Begin(node)
	defer r.End()
	for _, pod := range p.pods {
		r.Remove(pod)
	}
	if s := r.Fits(); s != nil {
		return framework.Candidate{}, s
	}
	// Pods that are equally important keep the order that this algorithm gives them,
	// as in the original.
	slices.SortFunc(p.pods, p.rule.Spare)
	p.split(c.View)
	out := framework.Candidate{Node: node}
	var victims []cluster.Pod
	for i, group := range [...][]cluster.Pod{p.breaking, p.keeping} {
		for _, pod := range group {
			r.Add(pod)
			if r.Fits() == nil {
				continue
			}
			r.Remove(pod)
			victims = append(victims, pod)
			if i == 0 {
				out.Violations++
			}
		}
	}
	if len(p.breaking) > 0 && len(p.keeping) > 0 {
		slices.SortFunc(victims, p.rule.Spare)
	}
	for _, pod := range victims {
		out.Victims = append(out.Victims, pod.ID())
	}
	return out, nil
}

// split parts the pods of a node, in their order, into those whose going would
// break a PodDisruptionBudget and the others.
// Source: filterPodsWithPDBViolation in default_preemption.go.
func (p *DefaultPreemption) split(v cluster.View) {
	budgets, d, inRun := v.Budgets(), v.Dictionary(), v.RunBudgets() > 0
	p.breaking, p.keeping, p.allowed = p.breaking[:0], p.keeping[:0], p.allowed[:0]
	for _, pod := range p.pods {
		breaks, spec := false, pod.Spec()
		for i, budget := range budgets {
			if len(spec.Labels) == 0 || !covers(budget, spec, d) || disrupted(budget, pod, d) || inRun && v.Budget(int32(i)).Disrupts(pod.ID()) {
				continue
			}
			if len(p.allowed) == 0 {
				p.allowed = append(p.allowed, p.allowances.left...)
			}
			p.allowed[i]--
			breaks = breaks || p.allowed[i] < 0
		}
		if breaks {
			p.breaking = append(p.breaking, pod)
		} else {
			p.keeping = append(p.keeping, pod)
		}
	}
}

// covers reports whether a budget is about pods of a specification. For
// preemption an empty selector selects nothing.
func covers(b *models.BudgetSpec, spec *models.PodSpec, d *models.Dictionary) bool {
	return b.Namespace == spec.Namespace && len(b.Selector.Requirements) > 0 && b.Selector.Matches(spec.Labels, d)
}

// disrupted reports whether the going of a pod is allowed for already.
func disrupted(b *models.BudgetSpec, pod cluster.Pod, d *models.Dictionary) bool {
	return len(b.Disrupted) > 0 &&
		slices.ContainsFunc(b.Disrupted, func(name models.Sym) bool { return d.String(name) == pod.Name() })
}
