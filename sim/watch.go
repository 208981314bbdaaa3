package sim

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/sim/control"
)

// InvariantError is a fault of the simulator itself: an operation that one of its
// parts proposed and the cluster refused, or a check that failed.
type InvariantError struct {
	Seed   uint64
	Event  uint64 // how many events had happened
	Reason error
}

func (e *InvariantError) Error() string {
	return fmt.Sprintf("broken invariant (seed %d, event %d): %v", e.Seed, e.Event, e.Reason)
}

func (e *InvariantError) Unwrap() error { return e.Reason }

// do applies an operation and tells everybody whom it concerns.
func (s *Simulation) do(op models.Op) {
	if s.recounts != nil {
		s.tellsOfNow()
	}
	s.apply(op)
}

func (s *Simulation) apply(op models.Op) {
	before := s.before(&op)
	if s.admission != nil {
		s.admissionHears(&op)
	}
	if err := s.cluster.Apply(s.agenda.Now(), &op); err != nil {
		panic(&InvariantError{s.config.Seed, s.events, err})
	}
	s.applied(&op, before)
}

// applied is what follows every operation.
func (s *Simulation) applied(op *models.Op, before framework.Event) {
	s.counted()
	if op.Kind == models.OpCreateOwner {
		s.nameOwner(op)
		if s.view.Owner(op.Owner).Kind() == models.DaemonSet {
			s.daemonSets = append(s.daemonSets, op.Owner)
		}
	}
	s.tell(op, before)
}

// counted checks the cluster when it is time to.
func (s *Simulation) counted() {
	if s.cluster.Operations() >= s.nextCheck {
		s.check()
		s.planCheck()
	}
}

func (s *Simulation) check() {
	if err := s.cluster.Check(); err != nil {
		panic(&InvariantError{s.config.Seed, s.events, err})
	}
}

// planCheck lets so many operations pass before the next check that checks, which look
// at everything there is, stay a small part of the run.
func (s *Simulation) planCheck() {
	every := s.config.CheckEvery
	if every == 0 {
		totals := s.view.Totals()
		every = max(1<<16, 8*uint64(int64(s.view.Nodes())+totals.Pending+totals.Bound+totals.Running))
	}
	s.nextCheck = s.cluster.Operations() + every
}

// before keeps what an operation is about to overwrite and a hint will ask for.
func (s *Simulation) before(op *models.Op) framework.Event {
	e := framework.Event{Node: op.Node}
	switch op.Kind {
	case models.OpTaintNode, models.OpUntaintNode:
		node := s.view.Node(op.Node)
		e.Kind, e.TaintsBefore, e.UnschedulableBefore = framework.NodeTaint, node.Taints(), node.Unschedulable()
	case models.OpCordonNode:
		// A node that is cordoned makes no pod schedulable.
		// Source: pkg/scheduler/framework/events.go (extractNodeSpecUnschedulableChange).
		if node := s.view.Node(op.Node); op.Arg == 0 {
			e.Kind, e.TaintsBefore, e.UnschedulableBefore = framework.NodeTaint, node.Taints(), node.Unschedulable()
		}
	case models.OpAddNode:
		if s.lifecycle != nil { // nobody waits before the run begins
			e.Kind = framework.NodeAdd
		}
	case models.OpRemoveNode:
		e.Kind, e.LabelsBefore = framework.NodeDelete, s.view.Node(op.Node).Labels()
	case models.OpResizeNode:
		e.Kind = framework.NodeAllocatable
	case models.OpLabelNode, models.OpUnlabelNode:
		e.Kind = framework.NodeLabel
	default:
		return s.beforePod(op, e)
	}
	return e
}

// beforePod is before for an operation on a pod.
func (s *Simulation) beforePod(op *models.Op, e framework.Event) framework.Event {
	switch op.Kind {
	case models.OpBindPod:
		e.Kind, e.Spec = framework.AssignedPodAdd, s.view.Pod(op.Pod).Spec()
	case models.OpNominatePod:
		e = nominationGone(s.view.Pod(op.Pod))
	case models.OpDeletePod:
		if pod := s.view.Pod(op.Pod); pod.Node() != models.None && pod.Active() {
			e.Kind, e.Node, e.Spec = framework.AssignedPodUpdate, pod.Node(), pod.Spec()
		}
	case models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		if pod := s.view.Pod(op.Pod); pod.Node() != models.None {
			if e.Spec = freed(s.view, op); e.Spec != nil {
				e.Kind, e.Node = framework.AssignedPodScaleDown, pod.Node()
			}
		}
	case models.OpFinishPod, models.OpRejectPod, models.OpRemovePod:
		pod := s.view.Pod(op.Pod)
		e.Node, e.Spec = pod.Node(), pod.Spec()
		switch {
		case pod.Phase().Terminal():
		case e.Node != models.None:
			e.Kind = framework.AssignedPodDelete
		case pod.Assumed() != models.None:
			e.Kind, e.Node, e.Unbound = framework.AssignedPodDelete, pod.Assumed(), true
		default:
			e = nominationGone(pod)
		}
	}
	return e
}

// nominationGone is the event that a pod without a node goes away or gives up the
// node for which it is nominated: to pods that are not more important it was as
// if it were there.
func nominationGone(pod cluster.Pod) framework.Event {
	if pod.Nominated() == models.None {
		return framework.Event{Node: models.None}
	}
	return framework.Event{Kind: framework.AssignedPodDelete, Node: pod.Nominated(), Spec: pod.Spec(), Nominated: true}
}

// tell is the watch: it hands an applied operation to those who react to it.
func (s *Simulation) tell(op *models.Op, e framework.Event) { //nolint:gocyclo // one switch of operations
	s.controllers.Heard(s.agenda.Now(), op, s.view)
	s.budgetsHear(op)
	switch op.Kind {
	case models.OpAddNode:
		s.limitAddresses(op.Node)
		s.nodeJoined(op.Node)
		s.nodeChanged(op.Node)
	case models.OpRemoveNode:
		s.nodeRemoved(op.Node)
	case models.OpLabelNode, models.OpUnlabelNode:
		s.nodeChanged(op.Node)
	case models.OpResizeNode:
		s.limitAddresses(op.Node)
	case models.OpCreateOwner, models.OpScaleOwner, models.OpDeleteOwner, models.OpFinishOwner,
		models.OpUpdateOwner, models.OpReviseOwner, models.OpTerminateOwner, models.OpOrphanOwner, models.OpAdoptOwner:
		s.familyChanged(op.Owner)
		if op.Kind == models.OpCreateOwner || op.Kind == models.OpUpdateOwner || op.Kind == models.OpOrphanOwner {
			s.ownerOffered(op.Owner)
		}
	case models.OpCreatePod:
		s.podCreated(op.Pod)
		s.podChanged(op.Pod)
		if op.Owner == models.None {
			s.podOffered(op.Pod)
		}
	case models.OpOrphanPod:
		if _, numbered := control.NumberOf(s.view.Pod(op.Pod)); numbered {
			s.strays = append(s.strays, op.Pod)
		}
		s.podOffered(op.Pod)
	case models.OpRelabelPod:
		s.podRelabelled(op.Pod)
	case models.OpUpdatePod:
		s.podUpdated(op)
	case models.OpSetPodCondition:
		s.podConditionSet(op)
	case models.OpResizePod:
		s.podResized(op.Pod)
	case models.OpAllocatePod:
		s.podAllocated(op)
	case models.OpBindPod:
		s.podBound(op.Pod)
	case models.OpStartPod:
		s.podStarted(op.Pod)
	case models.OpReadyPod, models.OpUnreadyPod:
		s.podChanged(op.Pod)
	case models.OpExitPod:
		s.podExited(op.Pod)
		s.podChanged(op.Pod)
	case models.OpStartContainer:
		s.containerStarted(op.Pod)
	case models.OpFinishPod, models.OpRejectPod:
		s.podFinished(op.Pod)
	case models.OpDeletePod:
		s.podDeleted(op.Pod)
	case models.OpRemovePod:
		if e.Nominated || e.Unbound {
			s.podRemoved(op.Pod, models.None)
		} else {
			s.podRemoved(op.Pod, e.Node)
		}
	case models.OpCrashNode:
		s.images.Lost(s.agenda.Now(), op.Node)
		s.hearingChanged(op.Node)
	case models.OpRestoreNode, models.OpSilenceNode:
		s.hearingChanged(op.Node)
	case models.OpUntrackPod:
		s.podUntracked(op.Pod)
	case models.OpWriteJobStatus:
		s.gather(op.Owner)
	case models.OpTaintNode, models.OpUntaintNode:
		s.taintsChanged(op.Node, op.Taint)
		s.nodeChanged(op.Node)
	case models.OpCordonNode:
		s.nodeCordoned(op.Node)
	case models.OpPullImage, models.OpRemoveImage:
		s.imagesChanged(op.Node)
	}
	if op.Kind.Fields()&models.FieldPod != 0 {
		s.tellOfPod(op)
		s.pressureHears(op, e.Node)
	}
	if e.Kind != 0 && s.scheduler.Hears(e.Kind) {
		s.heard = e
		s.scheduler.Notify(s.agenda.Now(), &s.heard, s.view)
		s.wakeScheduler()
	}
}

// tellOfPod tells those of a change who look at every change of a pod.
func (s *Simulation) tellOfPod(op *models.Op) {
	s.jobPodChanged(op.Pod)
	s.memoryHears(op)
	if len(s.retries) > 0 {
		s.podWakesRetry(op)
	}
}
