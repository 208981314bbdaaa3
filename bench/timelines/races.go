package timelines

import "strings"

// raced reports whether a fact that the run does not have is one of a race, and the run
// stays within what the recording shows.
func raced(e *Expected, recorded, run streams) bool {
	if isCounter(e.Fact) {
		return (recorded.passed(e) || recorded.returned(e)) && recorded.bounds(e, run)
	}
	return recorded.overtaken(e, run)
}

// returned reports whether the recording left a value only to come back to it: one of its
// runs passed over another in between, and a run that stayed where it was is at the same
// level.
func (s streams) returned(e *Expected) bool {
	list, at := s[e.stream()], s.find(e)
	before := at - 1
	for before >= 0 && s.duration(&list[before]) < restFor(&e.Fact) {
		before--
	}
	return before >= 0 && before < at-1 && list[before].Value == e.Value
}

// overtaken reports whether a fact is the scheduler's verdict that a pod finds no node, or
// the event that tells of it, taken back in less than half a second while several pods
// were going: whether a pod is tried before or after the next one is gone is a matter of
// milliseconds. The run must come to the same in the end.
func (s streams) overtaken(e *Expected, run streams) bool {
	verdict := *e
	if message, ok := strings.CutPrefix(e.Value, "Warning FailedScheduling: "); ok && e.Field == Event {
		verdict.Field, verdict.Value = "PodScheduled", encode("False:Unschedulable: "+message)
		verdict.Occurrence = 1
	}
	if verdict.Kind != "Pod" || verdict.Field != "PodScheduled" || !s.passed(&verdict) {
		return false
	}
	next := s[verdict.stream()][s.find(&verdict)+1]
	is := run.at(verdict.stream(), next.At+tolerance)
	return s.going(next.At) > 1 && is != nil && is.Value == next.Value
}

// going counts the pods that are gone within half a second of a moment.
func (s streams) going(moment float64) int {
	n := 0
	for _, facts := range s {
		f := facts[0]
		if f.Kind == "Pod" && f.Field == Deleted && f.At >= moment-0.5 && f.At <= moment+0.5 {
			n++
		}
	}
	return n
}
