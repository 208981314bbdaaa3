package place

import (
	"cmp"
	"fmt"
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
	// Kind is resources, request, toleration, uncordon, nodeSelector, nodeAffinity,
	// label, topologySpread, podAffinity, podAntiAffinity, hostPort, victim, node
	// or gate.
	Kind string `json:"kind"`
	// What says it in words.
	What string `json:"what"`
	// Node is where the pod would go.
	Node string `json:"node"`
}

// Explain tells why a pod goes where it goes, and what would let it fit if it goes
// nowhere. It changes nothing. fresh makes a scheduler that is set up as this one.
func (p *Placer) Explain(id models.PodID, fresh func() (*scheduler.Scheduler, error)) (Explanation, error) {
	t := trial{fresh: fresh, options: p.options, epoch: p.epoch}
	if err := t.reset(p.cluster); err != nil {
		return Explanation{}, err
	}
	attempt := t.scheduler.Try(t.cluster.View(), id)
	var out Explanation
	out.nodes(t.cluster.View(), p.scheduler, &attempt, id)
	placer := New(t.cluster, t.scheduler, p.options)
	out.Placement = placer.Place(id)[0]
	out.Changes = []Change{}
	if out.Placement.Node != "" {
		return out, nil
	}
	if err := t.reset(p.cluster); err != nil {
		return Explanation{}, err
	}
	changes, err := t.changes(id, &attempt)
	out.Changes = append(out.Changes, changes...)
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
	ratings := rated.Ratings()
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
	name := v.Pod(id).Spec().SchedulerName
	for _, r := range rated.Diagnosis().Rejected {
		plugin := s.Plugins(nil, name, 1<<r.Plugin)
		e.Nodes = append(e.Nodes, ExplainedNode{Node: v.Node(r.Node).Name(), Plugin: plugin[0], Reasons: r.Status.Reasons})
	}
}

// trial is a copy of a cluster in which changes are tried.
type trial struct {
	fresh     func() (*scheduler.Scheduler, error)
	options   Options
	epoch     models.Time
	cluster   *cluster.Cluster
	scheduler *scheduler.Scheduler
	tries     int
}

// reset begins again with a copy of a cluster.
func (t *trial) reset(of *cluster.Cluster) error {
	var err error
	t.cluster = of.Clone()
	t.scheduler, err = t.fresh()
	return err
}

// apply carries operations out. A pod that is created gets the next id, and so does
// the operation after it.
func (t *trial) apply(ops ...models.Op) error {
	created := models.PodID(models.None)
	for _, op := range ops {
		if op.Kind == models.OpCreatePod {
			created = models.PodID(t.cluster.View().Pods())
		}
		if created != models.None {
			op.Pod = created
		}
		if err := t.cluster.Apply(t.cluster.Now(), &op); err != nil {
			return fmt.Errorf("what would be cannot be tried: %w", err)
		}
	}
	return nil
}

// maxTries bounds how much is tried for one explanation.
const maxTries = 4000

// fits asks where a pod of this specification would go now; None if nowhere.
func (t *trial) fits(id models.PodID, spec *models.PodSpec) (models.NodeID, error) {
	if t.tries++; t.tries > maxTries {
		return models.None, nil
	}
	v := t.cluster.View()
	pod := v.Pod(id)
	copied := models.PodID(v.Pods())
	err := t.apply(models.Op{Kind: models.OpCreatePod, Pod: copied, Owner: pod.Owner(), Def: int32(t.cluster.DefinePod(spec)),
		Name: v.Dictionary().Sym(pod.Name()), Ordinal: models.Exact})
	if err != nil {
		return models.None, err
	}
	attempt := t.scheduler.Try(v, copied)
	err = t.apply(models.Op{Kind: models.OpDeletePod, Pod: copied}, models.Op{Kind: models.OpRemovePod, Pod: copied})
	if attempt.Skipped != "" || attempt.Verdict != scheduler.Claimed {
		return models.None, err
	}
	return attempt.Claim.Node, err
}
