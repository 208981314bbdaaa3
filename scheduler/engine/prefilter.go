package engine

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// preFilter asks the PreFilter plugins in order. It leaves in active the filters
// of those that did not skip, and in only the places of the nodes that the
// search is restricted to, if it is. It reports false if the pod is rejected.
//
// Unresolvable ends the round; after Unschedulable the others are still asked, as
// preemption needs them, and the last of these counts.
// Source: pkg/scheduler/framework/runtime/framework.go (RunPreFilterPlugins).
func (s *Scan) preFilter() (restricted, ok bool) {
	s.active = append(s.active[:0], s.filters...)
	s.asked, s.skipped = 0, 0
	var restricting uint64
	var rejection *framework.Status
	var rejector int32
	for i := range s.preFilters {
		p := &s.preFilters[i]
		s.asked |= 1 << p.plugin
		names, restricts, status := p.PreFilter.PreFilter(&s.cycle)
		if status != nil && status.Code != framework.Success {
			switch status.Code {
			case framework.Skip:
				s.skipFilter(p.plugin)
			case framework.UnschedulableAndUnresolvable:
				s.reject(status, 1<<p.plugin)
				return false, false
			case framework.Unschedulable, framework.Pending:
				rejection, rejector = status, p.plugin
			}
			continue
		}
		if !restricts {
			continue
		}
		s.restrict(names, restricting == 0)
		restricting |= 1 << p.plugin
		if len(s.allowed) == 0 {
			s.diagnosis.PreFilter = s.disjoint(restricting)
			s.diagnosis.PreFilterCode = framework.UnschedulableAndUnresolvable
			s.diagnosis.Rejectors = restricting
			return false, false
		}
	}
	if rejection != nil {
		s.reject(rejection, restricting|1<<rejector)
		if rejection.Code == framework.Pending {
			s.diagnosis.Pending = 1 << rejector
		}
		return false, false
	}
	if restricting != 0 {
		s.locate()
		s.diagnosis.Rejectors = restricting
		s.diagnosis.Absent = s.unsatisfied(restricting)
	}
	return restricting != 0, true
}

func (s *Scan) skipFilter(plugin int32) {
	s.skipped |= 1 << plugin
	for i := range s.active {
		if s.active[i].plugin == plugin {
			s.active = slices.Delete(s.active, i, i+1)
			return
		}
	}
}

func (s *Scan) reject(status *framework.Status, rejectors uint64) {
	s.diagnosis.PreFilter = text(status)
	s.diagnosis.PreFilterCode = status.Code
	s.diagnosis.Rejectors = rejectors
}

// text is a status as one message.
func text(status *framework.Status) string { return strings.Join(status.Reasons, ", ") }

// restrict narrows the search to nodes of the given names.
func (s *Scan) restrict(names []models.Sym, first bool) {
	if first {
		s.allowed = append(s.allowed[:0], names...)
		return
	}
	s.allowed = slices.DeleteFunc(s.allowed, func(name models.Sym) bool { return !slices.Contains(names, name) })
}

// locate finds the nodes that the search is restricted to, in the order of the
// list; the real scheduler takes them in no particular order.
func (s *Scan) locate() {
	s.only = s.only[:0]
	for _, name := range s.allowed {
		if at, ok := s.nodes.place[name]; ok {
			s.only = append(s.only, at)
		}
	}
	slices.Sort(s.only)
	s.only = slices.Compact(s.only)
}
