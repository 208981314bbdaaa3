package reports

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// podState is how far a pod has come, deletion aside.
type podState uint8

const (
	statePending podState = iota // on no node
	stateBound                   // on a node, never started
	stateRunning
	stateEnded // Succeeded or Failed
	stateNone  // no object: before creation or after removal
)

// holds reports whether a pod in this state takes room on its node.
func (s podState) holds() bool { return s == stateBound || s == stateRunning }

type podFlags uint8

const (
	flagReady podFlags = 1 << iota
	flagUp             // its containers run, in truth
	flagDeleting
	flagUnschedulable // an attempt to schedule it failed
	flagErred         // its containers last ended with an error
	flagNodeLost      // its containers last ended because the node booted
)

// track is what the folds remember of one pod.
type track struct {
	started, ready models.Time // first; Never
	reasons        uint64      // why attempts failed: a set of ordinals of reasons
	hit            int32       // disruption that took its node from under it, or None
	loss           int32       // the loss that it replaces, or None
	workload       int32       // see workloads.refs; None for a pod of its own
	kind           uint8       // 0 for a pod of its own, else 1 + OwnerKind of its workload
	state          podState
	flags          podFlags
}

// active is the controllers' sense: neither ended nor being deleted.
func (t *track) active() bool {
	return t.state < stateEnded && t.flags&flagDeleting == 0
}

func (t *track) isReady() bool { return t.flags&flagReady != 0 && t.active() }

// available adds the truth to Ready: the containers run on a node that is up.
func (t *track) available() bool { return t.isReady() && t.flags&flagUp != 0 }

const (
	trackBits = 12
	trackPage = 1 << trackBits
)

// tracks keeps a track for every pod object, in pages that are used again once
// all of their pods are gone.
type tracks struct {
	pages []*tracksOf
	free  []*tracksOf
	next  int32
}

type tracksOf struct {
	rows [trackPage]track
	live int32
}

func (t *tracks) add() *track {
	id := t.next
	if int(id>>trackBits) == len(t.pages) {
		page := new(tracksOf)
		if last := len(t.free) - 1; last >= 0 {
			page, t.free = t.free[last], t.free[:last]
		}
		t.pages = append(t.pages, page)
	}
	t.next++
	page := t.pages[id>>trackBits]
	page.live++
	row := &page.rows[id&(trackPage-1)]
	*row = track{
		started: models.Never, ready: models.Never, hit: models.None, loss: models.None,
		workload: models.None, state: stateNone,
	}
	return row
}

func (t *tracks) at(id models.PodID) *track {
	return &t.pages[id>>trackBits].rows[id&(trackPage-1)]
}

func (t *tracks) release(id models.PodID) {
	page := t.pages[id>>trackBits]
	page.live--
	if page.live == 0 && int32(id)>>trackBits < t.next>>trackBits {
		t.pages[id>>trackBits] = nil
		t.free = append(t.free, page)
	}
}

// each visits the tracks of existing pods by id until visit returns false.
func (t *tracks) each(visit func(models.PodID, *track) bool) {
	for id := int32(0); id < t.next; id++ {
		page := t.pages[id>>trackBits]
		if page == nil {
			id |= trackPage - 1
			continue
		}
		row := &page.rows[id&(trackPage-1)]
		if row.state != stateNone && !visit(models.PodID(id), row) {
			return
		}
	}
}

// step is one operation with what it changed about its pod; folds read it.
type step struct {
	now  models.Time
	op   *models.Op
	view cluster.View
	// measured tells that the warm-up is over.
	measured bool

	// For operations on pods.
	pod  cluster.Pod
	row  *track // as it is now
	was  track  // as it was
	spec *models.PodSpec
	node models.NodeID
	// before is what the pod had instead of spec, if the operation changes that.
	before   *models.PodSpec
	beforeID models.SpecID
}

// more is how much more of each resource the pod requests than before, if it does; ok
// is false if it requests as much.
func (s *step) more() (more models.Resources, ok bool) {
	if s.before == nil || s.before.Requests == s.spec.Requests {
		return more, false
	}
	return s.spec.Requests.Sub(s.before.Requests), true
}

// compareSpecs notes which specification a pod had before an operation.
func (s *step) compareSpecs() {
	s.before = nil
	before, ok := s.op.SpecBefore()
	if !ok {
		return
	}
	s.beforeID = before
	if s.beforeID != s.pod.SpecID() {
		s.before = s.view.Spec(s.beforeID)
	}
}

// changePod reads the operation's effect on its pod.
func (s *step) changePod(t *tracks) {
	op := s.op
	s.pod = s.view.Pod(op.Pod)
	s.spec = s.pod.Spec()
	s.node = s.pod.Node()
	s.compareSpecs()
	if op.Kind == models.OpCreatePod {
		s.row = t.add()
		s.was = *s.row
		s.row.state = statePending
		return
	}
	row := t.at(op.Pod)
	s.row, s.was = row, *row
	switch op.Kind {
	case models.OpBindPod:
		row.state = stateBound
	case models.OpStartPod:
		row.state = stateRunning
		row.flags |= flagUp
		if row.started == models.Never {
			row.started = s.now
		}
	case models.OpReadyPod:
		row.flags |= flagReady
		if row.ready == models.Never {
			row.ready = s.now
		}
	case models.OpUnreadyPod:
		row.flags &^= flagReady
	case models.OpExitPod:
		row.flags &^= flagReady | flagUp
	case models.OpFinishPod, models.OpRejectPod:
		row.state = stateEnded
		row.flags &^= flagReady | flagUp
	case models.OpDeletePod:
		row.flags |= flagDeleting
	case models.OpBackdatePod:
		s.recall(row)
	case models.OpRemovePod:
		row.state = stateNone
		row.flags &^= flagReady | flagUp
	}
}

// recall takes over moments that lie before the run.
func (s *step) recall(row *track) {
	switch models.Past(s.op.Def) {
	case models.PastStarted:
		row.started = s.pod.StartedAt()
	case models.PastReady:
		if row.flags&flagReady != 0 {
			row.ready = s.pod.ReadyChangedAt()
		}
	}
}

func isPodOp(kind models.OpKind) bool { return kind.Fields()&models.FieldPod != 0 }
