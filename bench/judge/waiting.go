package judge

import (
	"cmp"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Stuck is a reason for which pods were last refused that are on no node at the end.
type Stuck struct {
	Reason string `json:"reason"` // as the scheduler words it; NotTried of pods that it never tried
	Pods   int64  `json:"pods"`   // that it keeps; a pod may have several reasons
	Nodes  int64  `json:"nodes"`  // that it ruled out, summed over these pods
	Pod    string `json:"pod"`    // the oldest of them, as namespace/name
}

// NotTried is the reason of pods that no scheduler has looked at.
const NotTried = "not tried"

// refusals remembers why each pod was last refused. It implements cluster.Observer.
type refusals map[models.PodID]models.Sym

// Observe takes in one operation that was applied.
func (r refusals) Observe(_ models.Time, op *models.Op, _ cluster.View) {
	switch op.Kind {
	case models.OpFailScheduling:
		r[op.Pod] = op.Message
	case models.OpBindPod, models.OpRemovePod:
		delete(r, op.Pod)
	}
}

// stuck sums up the pods that are on no node, the reason with most pods first.
func (r refusals) stuck(v cluster.View) []Stuck {
	out := []Stuck{}
	at := make(map[string]int)
	for pod := range v.Live() {
		if pod.Phase() != models.Pending || pod.Node() != models.None || pod.Deleting() {
			continue
		}
		reasons := []reports.Refusal{{Reason: NotTried}}
		if message, ok := r[pod.ID()]; ok {
			reasons = reports.Refusals(v.Dictionary().String(message))
		}
		for _, reason := range reasons {
			i, ok := at[reason.Reason]
			if !ok {
				i = len(out)
				at[reason.Reason] = i
				name := v.Dictionary().String(pod.Spec().Namespace) + "/" + pod.Name()
				out = append(out, Stuck{Reason: strings.Clone(reason.Reason), Pod: name})
			}
			out[i].Pods++
			out[i].Nodes += reason.Nodes
		}
	}
	slices.SortStableFunc(out, func(a, b Stuck) int { return cmp.Or(cmp.Compare(b.Pods, a.Pods), cmp.Compare(b.Nodes, a.Nodes)) })
	return out
}

// notReady counts the nodes that are there and not Ready.
func notReady(v cluster.View) (n int64) {
	for id := range v.Nodes() {
		if node := v.Node(models.NodeID(id)); !node.Removed() && node.Ready() != models.ConditionTrue {
			n++
		}
	}
	return n
}
