package sim

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/evict"
)

// taintOutOfService is the taint by which an administrator says that a node will not come
// back by itself: nobody has to wait for its kubelet.
const taintOutOfService = "node.kubernetes.io/out-of-service"

// orphanQuarantine is how long pod garbage collection waits for a node that it misses,
// counted from the pass that first missed it.
// Source: pkg/controller/podgc/gc_controller.go (quarantineTime).
const orphanQuarantine = 40 * time.Second

// outOfService plans the collection of the terminating pods of a node that was given up.
func (s *Simulation) outOfService(taint models.Taint) {
	if s.view.Dictionary().String(taint.Key) == taintOutOfService {
		s.planGC()
	}
}

// giveUp takes a node out of service that is known to be lost for good.
func (s *Simulation) giveUp(id models.NodeID) {
	d := s.view.Dictionary()
	taint := models.Taint{Key: d.Sym(taintOutOfService), Value: d.Sym("nodeshutdown"), Effect: models.NoExecute}
	if node := s.view.Node(id); !node.Removed() && !hasTaint(node, taint) {
		s.do(models.Op{Kind: models.OpTaintNode, Node: id, Taint: taint})
	}
}

// planGC puts a pass of the pod garbage collector on the agenda.
func (s *Simulation) planGC() {
	if !s.gcPlanned {
		s.gcPlanned = true
		s.agenda.Schedule((s.agenda.Now() + 1).Ceil(control.PodGCPeriod), evPodGC, 0, 0, 0)
	}
}

// collectTerminating removes the pods that are being deleted on nodes which are out of
// service and not Ready, without their kubelets. It looks again while there may be more.
// Source: pkg/controller/podgc/gc_controller.go (gcTerminating).
func (s *Simulation) collectTerminating() {
	key, known := s.view.Dictionary().Lookup(taintOutOfService)
	if !known {
		return
	}
	for id := range s.nodes {
		node := s.view.Node(models.NodeID(id))
		if node.Removed() || node.Ready() == models.ConditionTrue || !slices.ContainsFunc(node.Taints(), func(t models.Taint) bool { return t.Key == key }) {
			continue
		}
		for _, pod := range slices.Sorted(slices.Values(node.Pods())) {
			if p := s.view.Pod(pod); !p.Removed() && p.Deleting() && p.Node() == node.ID() {
				s.remove(pod, sigKill)
			}
		}
		if len(node.Pods()) > 0 {
			s.planGC()
		}
	}
}

// planOrphan plans the collection of a pod whose user named a node that does not exist.
// Source: pkg/controller/podgc/gc_controller.go (gcOrphaned).
func (s *Simulation) planOrphan(pod cluster.Pod) {
	s.agenda.Schedule(orphansAt(s.agenda.Now()), evOrphan, pod.Epoch(), int32(pod.ID()), 0)
}

// orphansAt is when pods are collected whose node is missed from a moment on.
func orphansAt(missed models.Time) models.Time {
	return missed.Ceil(control.PodGCPeriod).Add(orphanQuarantine)
}

// orphan collects a pod whose node has never been there.
func (s *Simulation) orphan(id models.PodID, epoch uint32) {
	if pod := s.view.Pod(id); pod.Removed() || pod.Epoch() != epoch || pod.Node() != models.None {
		return
	}
	s.collectOrphan(id)
}

// collectOrphan fails a pod whose node does not exist, and removes it.
func (s *Simulation) collectOrphan(id models.PodID) {
	const cause = "DeletionByPodGC"
	reason := s.view.Dictionary().Sym(cause)
	if pod := s.view.Pod(id); !pod.Phase().Terminal() {
		if !pod.Deleting() {
			s.attribute(&evict.Proposal{Pod: id, By: "pod-garbage-collector", Cause: cause, Why: "its node does not exist"})
		}
		s.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: 1, Reason: reason})
	}
	switch pod := s.view.Pod(id); {
	case pod.Removed():
	case pod.Deleting():
		s.remove(id, sigKill)
	default:
		s.do(models.Op{Kind: models.OpDeletePod, Pod: id, Reason: reason})
	}
}
