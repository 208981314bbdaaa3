package place

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
)

// Explanation is why a pod goes where it goes, or nowhere.
type Explanation struct {
	Placement Placement `json:"placement"`
	// Plugins are the names of those that scored, in the order of the profile.
	Plugins []ExplainedPlugin `json:"plugins"`
	// Nodes are all nodes that were looked at: the feasible ones by score, the
	// highest first, then the others in the order of looking.
	Nodes []ExplainedNode `json:"nodes"`
	// Changes are the smallest single changes that would let the pod fit, the
	// smallest of each kind. Each was tried.
	Changes []Change `json:"changes"`
	// Cut tells that so much was tried that the search for changes ended early.
	Cut bool `json:"cut,omitempty"`
}

// ExplainedPlugin is a plugin that scored.
type ExplainedPlugin struct {
	Name   string `json:"name"`
	Weight int64  `json:"weight"`
}

// ExplainedNode is what the plugins say about one node.
type ExplainedNode struct {
	Node string `json:"node"`
	// Total is the sum of the weighted scores; Scores are by plugin, in the order
	// of Explanation.Plugins. Both are absent where nothing was scored.
	Total  *int64           `json:"total,omitempty"`
	Scores []ExplainedScore `json:"scores,omitempty"`
	// Plugin rejected the node for Reasons; empty if it fits.
	Plugin  string   `json:"plugin,omitempty"`
	Reasons []string `json:"reasons,omitempty"`
}

// ExplainedScore is a score of one plugin for one node.
type ExplainedScore struct {
	Raw        int64 `json:"raw"`
	Normalized int64 `json:"normalized"`
	Weighted   int64 `json:"weighted"`
}

// Change is one thing that, done alone, would let the pod fit.
type Change struct {
	// Kind is gate, schedulerName, condition, resources, request, toleration, taint,
	// uncordon, nodeSelector, nodeAffinity, label, topologySpread, podAffinity,
	// podAntiAffinity, hostPort, volume, wait, victim, node or claim.
	Kind string `json:"kind"`
	// What says it in words.
	What string `json:"what"`
	// Node is where the pod would go.
	Node string `json:"node"`
	// Taken tells that pods which come before it would take the room that this makes.
	Taken bool `json:"taken,omitempty"`
}

// Explain tells why a pod goes where it goes, and what would let it fit if it goes
// nowhere. The cluster stays as it is. plain makes a scheduler that is set up as
// this one, but does not preempt.
func (p *Placer) Explain(id models.PodID, plain func() (*scheduler.Scheduler, error)) (Explanation, error) {
	return p.ExplainBehind(id, nil, plain)
}

// ExplainBehind is Explain for a pod behind others that wait as well: of each change that
// makes room it says whether they would take it.
func (p *Placer) ExplainBehind(id models.PodID, ahead []models.PodID, plain func() (*scheduler.Scheduler, error)) (Explanation, error) {
	attempt := p.scheduler.Try(p.cluster.View(), id)
	out := Explanation{Placement: p.describe(id, &attempt), Changes: []Change{}}
	out.nodes(p.cluster.View(), p.scheduler, &attempt, id)
	if out.Placement.Node != "" || p.cluster.View().Pod(id).Deleting() {
		return out, nil
	}
	s, err := plain()
	if err != nil {
		return out, err
	}
	t, err := newTrial(p.cluster, s, id)
	if err != nil {
		return out, err
	}
	t.ahead, t.plain = ahead, plain
	changes, err := t.changes(p.cluster.View().Pod(id).Spec())
	out.Changes = append(out.Changes, changes...)
	out.Cut = t.exhausted()
	return out, err
}

// nodes lists what was said about each node.
func (e *Explanation) nodes(v cluster.View, s *scheduler.Scheduler, a *scheduler.Attempt, id models.PodID) {
	e.Plugins, e.Nodes = []ExplainedPlugin{}, []ExplainedNode{}
	rated, ok := a.Engine.(interface {
		Ratings() engine.Ratings
		Diagnosis() *engine.Diagnosis
	})
	if !ok {
		return
	}
	var ratings engine.Ratings
	diagnosis := a.Diagnosis
	if a.Verdict == scheduler.Claimed { // else the ratings are those of another pod
		ratings, diagnosis = rated.Ratings(), rated.Diagnosis()
	}
	for _, p := range ratings.Plugins {
		e.Plugins = append(e.Plugins, ExplainedPlugin{p.Name, p.Weight})
	}
	for i, node := range ratings.Nodes {
		n := ExplainedNode{Node: v.Node(node).Name(), Total: &ratings.Totals[i]}
		for _, p := range ratings.Plugins {
			n.Scores = append(n.Scores, ExplainedScore{p.Raw[i], p.Normalized[i], p.Normalized[i] * p.Weight})
		}
		e.Nodes = append(e.Nodes, n)
	}
	slices.SortStableFunc(e.Nodes, func(a, b ExplainedNode) int { return cmp.Compare(*b.Total, *a.Total) })
	if a.Verdict == scheduler.Claimed && len(ratings.Nodes) == 0 {
		e.Nodes = append(e.Nodes, ExplainedNode{Node: v.Node(a.Claim.Node).Name()})
	}
	if diagnosis == nil {
		return
	}
	name := v.Pod(id).Spec().SchedulerName
	for _, r := range diagnosis.Rejected {
		plugin := s.Plugins(nil, name, 1<<r.Plugin)
		e.Nodes = append(e.Nodes, ExplainedNode{Node: v.Node(r.Node).Name(), Plugin: plugin[0], Reasons: r.Status.Reasons})
	}
}
