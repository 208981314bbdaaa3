package cluster_test

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// againstEphemeral tells what speaks against an operation on ephemeral containers.
func (w *twin) againstEphemeral(op *models.Op, p *twinPod) []string {
	list := w.ephemerals[op.Pod]
	var of cluster.Ephemeral
	known := op.Def >= 0 && int(op.Def) < len(list)
	if known {
		of = list[op.Def]
	}
	named := func(e cluster.Ephemeral) bool { return e.Name == op.Name }
	for _, kind := range []models.OpKind{models.OpStartEphemeral, models.OpEndEphemeral} {
		if against := broken(op.Kind,
			rule{kind, !known, "has number"},
			rule{kind, p.node == models.None, "on no node"},
			rule{kind, p.node != models.None && w.nodes[p.node].down, "node is down"},
		); against != nil {
			return against
		}
	}
	return broken(op.Kind,
		rule{models.OpDebugPod, op.Name == 0 || op.Message == 0, "needs a name and an image"},
		rule{models.OpDebugPod, p.ended(), "has ended"},
		rule{models.OpDebugPod, slices.ContainsFunc(list, named), "already"},
		rule{models.OpStartEphemeral, of.State != cluster.ContainerWaiting, "already"},
		rule{models.OpStartEphemeral, p.deleting, "being deleted"},
		rule{models.OpEndEphemeral, of.State != cluster.ContainerRunning, "does not run"},
	)
}

// changeEphemerals lets the ephemeral containers of a pod follow an operation.
func (w *twin) changeEphemerals(now models.Time, op *models.Op, p *twinPod) {
	list := w.ephemerals[op.Pod]
	switch op.Kind {
	case models.OpDebugPod:
		w.ephemerals[op.Pod] = append(list, cluster.Ephemeral{Name: op.Name, Ordinal: op.Ordinal, Image: op.Message, Target: op.Reason,
			Started: models.Never, Finished: models.Never})
		p.generation++
	case models.OpStartEphemeral:
		list[op.Def].State, list[op.Def].Started = cluster.ContainerRunning, now
	case models.OpEndEphemeral:
		list[op.Def].State, list[op.Def].Finished, list[op.Def].ExitCode = cluster.ContainerTerminated, now, int32(op.Arg)
	case models.OpFinishPod, models.OpRejectPod:
		for i := range list {
			if list[i].State == cluster.ContainerRunning {
				list[i].State, list[i].Finished, list[i].ExitCode = cluster.ContainerTerminated, now, 137
			}
		}
	}
}

// ephemeralDifference compares the ephemeral containers of a pod.
func (w *twin) ephemeralDifference(pod cluster.Pod) string {
	if want, got := w.ephemerals[pod.ID()], pod.Ephemerals(); !slices.Equal(want, got) {
		return fmt.Sprintf("pod %d: ephemeral containers %+v; want %+v", pod.ID(), got, want)
	}
	return ""
}
