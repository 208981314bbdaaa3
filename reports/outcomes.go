package reports

import "github.com/podsim/podsim/models"

// outcomes counts pods by what became of them, for each kind of workload.
type outcomes struct {
	byKind     []Outcomes // 0: pods of their own; 1 + OwnerKind
	lastFailed []byte
	// mostRestarts is the pod that was restarted most.
	mostRestarts int32
	restless     []byte
}

// restarts reports whether containers are started again: those of a pod together, or
// one of a pod whose containers are told apart.
func (s *step) restarts() bool {
	switch s.op.Kind {
	case models.OpStartPod:
		return s.was.state == stateRunning && !s.pod.Itemised()
	case models.OpStartContainer:
		return s.pod.Containers()[s.op.Def].Restarts > 0
	}
	return false
}

func (o *outcomes) observe(s *step) {
	kind := int(s.row.kind)
	for kind >= len(o.byKind) {
		o.byKind = append(o.byKind, Outcomes{})
	}
	n := &o.byKind[kind]
	if s.restarts() {
		n.Restarts++
		if restarts := s.pod.Restarts(); restarts > o.mostRestarts {
			o.mostRestarts = restarts
			o.restless = appendPod(o.restless[:0], s.view, s.pod)
		}
	}
	if s.was.state == s.row.state {
		return
	}
	switch s.was.state {
	case statePending:
		n.Pending--
	case stateBound:
		n.Bound--
	case stateRunning:
		n.Running--
	}
	switch s.row.state {
	case statePending:
		n.Created++
		n.Pending++
	case stateBound:
		n.Bound++
	case stateRunning:
		n.Running++
	case stateEnded:
		if s.pod.Phase() == models.Failed {
			n.Failed++
			o.lastFailed = appendPod(o.lastFailed[:0], s.view, s.pod)
		} else {
			n.Succeeded++
		}
	case stateNone:
		if s.was.state != stateEnded {
			n.Deleted++
		}
	}
}

// total sums over kinds.
func (o *outcomes) total() Outcomes {
	var t Outcomes
	for _, n := range o.byKind {
		t.Created += n.Created
		t.Succeeded += n.Succeeded
		t.Failed += n.Failed
		t.Deleted += n.Deleted
		t.Pending += n.Pending
		t.Bound += n.Bound
		t.Running += n.Running
		t.Restarts += n.Restarts
	}
	return t
}

func (o *outcomes) kinds() []KindOutcomes {
	out := []KindOutcomes{}
	for kind, n := range o.byKind {
		if n.Created > 0 {
			out = append(out, KindOutcomes{Kind: kindName(uint8(kind)), Outcomes: n})
		}
	}
	return out
}

// kindName names the kind of a workload as track.kind holds it.
func kindName(kind uint8) string {
	if kind == 0 {
		return "Pod"
	}
	return models.OwnerKind(kind - 1).String()
}
