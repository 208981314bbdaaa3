package engine

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// CandidateTies says on which of several nodes that are equally good for it
// preemption makes room, and where it begins to look. The original begins
// anywhere and takes any of them.
type CandidateTies uint8

// The ways to choose among candidates.
const (
	// CandidatesFirst begins at the first node of the list and takes the first
	// candidate that it came to.
	CandidatesFirst CandidateTies = iota
	// CandidatesByName takes the one with the smallest name.
	CandidatesByName
	// CandidatesRandom draws where to begin and which one to take.
	CandidatesRandom
)

var candidateNames = [...]string{"first", "name", "random"}

// String returns the name of the way.
func (t CandidateTies) String() string { return candidateNames[t] }

// nominated tries the node for which the pod is nominated alone. If the pod fits
// there, no other is looked at.
// Source: pkg/scheduler/schedule_one.go (evaluateNominatedNode).
func (s *Scan) nominated() bool {
	id := s.cycle.Pod.Nominated()
	if id == models.None || s.cycle.View.Node(id).Removed() {
		return false
	}
	rejection, ok := s.fits(id)
	if !ok {
		s.diagnosis.Rejected = append(s.diagnosis.Rejected, rejection)
		if s.diagnosis.Absent != "" {
			// Who rejected this node is named among those that restrict the search:
			// the original keeps both in one set.
			s.blame(&rejection)
			s.diagnosis.Absent = s.unsatisfied(s.diagnosis.Rejectors)
		}
		return false
	}
	s.feasible = append(s.feasible[:0], id)
	return true
}

// recallNominated leaves the answer of the node for which the pod is nominated
// once among the rejections: it was asked first, and mostly again.
func (s *Scan) recallNominated() {
	rejected := s.diagnosis.Rejected
	if s.cycle.Pod.Nominated() == models.None || len(rejected) == 0 {
		return
	}
	first := rejected[0]
	for i := 1; i < len(rejected); i++ {
		if rejected[i].Node == first.Node {
			s.diagnosis.Rejected = append(rejected[:0], rejected[1:]...)
			return
		}
	}
}

// failed ends an attempt that found no node: the PostFilter plugins look for a
// way to make room.
// Source: pkg/scheduler/framework/runtime/framework.go (RunPostFilterPlugins),
// pkg/scheduler/schedule_one.go (schedulingAlgorithm).
func (s *Scan) failed() *Diagnosis {
	d := &s.diagnosis
	d.Room = framework.PostFilterResult{Override: true, Nominated: models.None}
	if d.Err != nil || d.Nodes == 0 || len(s.postFilter) == 0 {
		return d
	}
	d.Room.Override = false
	var reasons []string
	for i := range s.postFilter {
		result := s.postFilter[i].PostFilter.PostFilter(&s.cycle, &s.trial)
		switch {
		case result.Err != nil:
			d.PostFilter = result.Err.Error()
			return d
		case result.Status == nil:
			d.Room = result
			return d
		case result.Status.Code == framework.UnschedulableAndUnresolvable:
			d.Room, d.PostFilter = result, text(result.Status)
			return d
		case result.Override:
			d.Room = result
		}
		reasons = append(reasons, result.Status.Reasons...)
	}
	d.PostFilter = strings.Join(reasons, ", ")
	return d
}
