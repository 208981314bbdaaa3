package divergence

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
)

// Decision is one decision of a run.
type Decision struct {
	At reports.Seconds `json:"atSeconds"`
	// Kind is attempt for one of the scheduler, else the operation: DeletePod,
	// NominatePod, TaintNode, UntaintNode, CordonNode or ScaleOwner.
	Kind string `json:"kind"`
	// What says it in one line.
	What string `json:"what"`

	Pod     string `json:"pod,omitempty"`     // namespace/name
	Attempt int32  `json:"attempt,omitempty"` // of the pod, from 1
	Node    string `json:"node,omitempty"`    // empty if none was found
	Message string `json:"message,omitempty"` // why none was found
	// Feasible is the number of nodes that fit. With fewer than two, nothing is
	// scored.
	Feasible int      `json:"feasible,omitempty"`
	Plugins  []Plugin `json:"plugins,omitempty"` // that scored, in the order of the profile
	// Nodes are all nodes that were looked at: those that fit by score, the best
	// first, then the others in the order of looking.
	Nodes []Node `json:"nodes,omitempty"`
}

// Plugin is a plugin that scored.
type Plugin struct {
	Name   string `json:"name"`
	Weight int64  `json:"weight"`
}

// Node is what one side said of a node.
type Node struct {
	Name string `json:"name"`
	// Total is the sum of the weighted scores; Weighted are those, in the order of
	// Decision.Plugins. Both are absent where nothing was scored.
	Total    *int64   `json:"total,omitempty"`
	Weighted []int64  `json:"weighted,omitempty"`
	Reasons  []string `json:"reasons,omitempty"` // why it was rejected
}

// Find returns what a side said of a node, nil if it did not look at it.
func (d *Decision) Find(node string) *Node {
	if i := slices.IndexFunc(d.Nodes, func(n Node) bool { return n.Name == node }); i >= 0 {
		return &d.Nodes[i]
	}
	return nil
}

// describeAttempt tells what the scheduler decided about a pod and what spoke for
// it. It is called right after the decision, before the cluster changes.
func describeAttempt(now models.Time, e scheduler.Engine, v cluster.View, id models.PodID, r *engine.Result, why *engine.Diagnosis) *Decision {
	pod := v.Pod(id)
	d := &Decision{
		At: reports.SecondsOf(now), Kind: "attempt", Pod: reports.PodName(v, pod), Attempt: pod.Attempts() + 1,
		Feasible: r.Feasible,
	}
	if why != nil {
		d.Message = why.Message()
		d.What = d.Pod + " does not fit: " + d.Message
		d.rejected(v, why)
		return d
	}
	d.Node = v.Node(r.Node).Name()
	d.What = d.Pod + " goes to " + d.Node
	if rated, ok := e.(interface {
		Ratings() engine.Ratings
		Diagnosis() *engine.Diagnosis
	}); ok {
		ratings := rated.Ratings()
		d.rated(v, &ratings)
		if len(d.Nodes) == 0 {
			d.Nodes = append(d.Nodes, Node{Name: d.Node})
		}
		d.rejected(v, rated.Diagnosis())
	}
	return d
}

func (d *Decision) rated(v cluster.View, r *engine.Ratings) {
	for _, p := range r.Plugins {
		d.Plugins = append(d.Plugins, Plugin{p.Name, p.Weight})
	}
	for i, id := range r.Nodes {
		n := Node{Name: v.Node(id).Name(), Total: &r.Totals[i]}
		for _, p := range r.Plugins {
			n.Weighted = append(n.Weighted, p.Normalized[i]*p.Weight)
		}
		d.Nodes = append(d.Nodes, n)
	}
	slices.SortStableFunc(d.Nodes, func(a, b Node) int { return cmp.Compare(*b.Total, *a.Total) })
}

func (d *Decision) rejected(v cluster.View, why *engine.Diagnosis) {
	if why == nil {
		return
	}
	for _, r := range why.Rejected {
		d.Nodes = append(d.Nodes, Node{Name: v.Node(r.Node).Name(), Reasons: slices.Clone(r.Status.Reasons)})
	}
}

// describeOp tells of a decision that is an operation.
func describeOp(now models.Time, op *models.Op, v cluster.View) *Decision {
	d := &Decision{At: reports.SecondsOf(now), Kind: op.Kind.String()}
	fields := op.Kind.Fields()
	what := ""
	if fields&models.FieldPod != 0 {
		d.Pod = reports.PodName(v, v.Pod(op.Pod))
		what = d.Pod
	}
	if fields&models.FieldNode != 0 && op.Node != models.None {
		d.Node = v.Node(op.Node).Name()
	}
	if fields&models.FieldOwner != 0 {
		what = reports.WorkloadName(v, op.Owner)
	}
	reason := ""
	if fields&models.FieldReason != 0 {
		reason = v.Dictionary().String(op.Reason)
	}
	d.What = words(op, v, what, d.Node, reason)
	return d
}

func words(op *models.Op, v cluster.View, what, node, reason string) string {
	switch op.Kind {
	case models.OpDeletePod:
		text := what + " is deleted"
		if at := v.Pod(op.Pod).Node(); at != models.None {
			text += " from " + v.Node(at).Name()
		}
		if reason != "" {
			text += ": " + reason
		}
		return text
	case models.OpNominatePod:
		if node == "" {
			return what + " is nominated for no node any more"
		}
		return what + " is nominated for " + node + ": room is made there"
	case models.OpScaleOwner:
		return what + " is scaled to " + strconv.FormatInt(op.Arg, 10)
	case models.OpCordonNode:
		if op.Arg == 0 {
			return node + " is schedulable again"
		}
		return node + " is cordoned"
	case models.OpTaintNode:
		return node + " gets the taint " + v.Dictionary().String(op.Taint.Key)
	case models.OpUntaintNode:
		return node + " loses the taint " + v.Dictionary().String(op.Taint.Key)
	}
	return op.Kind.String() + " " + what + " " + node + " " + reason
}
