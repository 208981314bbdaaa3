package timelines

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Tolerances in seconds.
const (
	// tolerance is that of writes and arrivals; times are rounded to 0.1 s.
	tolerance = 0.3 + 0.05
	// jobTolerance is that of the Job controller, which works in batches.
	jobTolerance = 1 + 0.05
	// passTolerance is that of the passes of the node lifecycle controller, which finds
	// new nodes and sets and takes NoExecute taints: their phase is arbitrary.
	passTolerance = 5 + tolerance
	// Silence of a node is noticed within these times after its last renewal.
	silenceMin, silenceMax = 50, 55.5
)

// windows says when a fact may come.
type windows struct {
	// late is how much later than the recording's the run's node monitor noticed
	// each silence and each report of a kubelet that is not ready; facts that follow
	// from it may be as late.
	late []float64
	from []float64 // from when on
	// lazy are changes of taints that wait for a pass of the node lifecycle
	// controller.
	lazy map[string]bool
	// joined are the nodes that are not there from the start.
	joined map[string]bool
}

func newWindows(r *Recording, got []Fact) *windows {
	w := &windows{lazy: lazyTaints(r.Facts), joined: make(map[string]bool)}
	for _, f := range r.Facts {
		if f.Kind == "Node" && f.Field == Added && f.At > 0 {
			w.joined[f.Name] = true
		}
	}
	for _, a := range r.Actions {
		var noticedIn func(facts []Fact) (float64, bool)
		switch {
		case a.Node != nil && a.Node.Do == "stop":
			noticedIn = func(facts []Fact) (float64, bool) { return silence(facts, a.Node.Name, math.Floor(a.At/10)*10) }
		case a.Node != nil && a.Node.Do == "notready":
			noticedIn = func(facts []Fact) (float64, bool) { return evicting(facts, a.Node.Name, a.At) }
		default:
			continue
		}
		recorded, ok := noticedIn(r.Facts)
		noticed, found := noticedIn(got)
		if ok && found {
			w.late, w.from = append(w.late, noticed-recorded), append(w.from, min(recorded, noticed)-tolerance)
		}
	}
	return w
}

// lazyTaints finds the facts by which a NoExecute taint of Kubernetes' own comes or
// goes.
func lazyTaints(facts []Fact) map[string]bool {
	lazy, tainted := make(map[string]bool), make(map[string]bool)
	for _, f := range facts {
		if f.Kind != "Node" || f.Field != "taints" {
			continue
		}
		var taints []string
		_ = json.Unmarshal([]byte(f.Value), &taints) // what is no list has no taints
		now := slices.ContainsFunc(taints, func(t string) bool {
			return strings.HasPrefix(t, "node.kubernetes.io/") && strings.HasSuffix(t, ":NoExecute")
		})
		if now != tainted[f.Name] {
			lazy[f.Text()] = true
		}
		tainted[f.Name] = now
	}
	return lazy
}

// silence returns when the Ready condition of a node became Unknown, if that was
// within the time in which the monitor must notice.
func silence(facts []Fact, node string, renewed float64) (float64, bool) {
	for _, f := range facts {
		if f.Kind == "Node" && f.Name == node && f.Value == "Unknown:NodeStatusUnknown" &&
			f.At >= renewed+silenceMin-tolerance && f.At <= renewed+silenceMax+tolerance {
			return f.At, true
		}
	}
	return 0, false
}

// evicting returns when a node that was reported not ready got the taint that evicts its
// pods, if that was with the next pass of the monitor.
func evicting(facts []Fact, node string, reported float64) (float64, bool) {
	for _, f := range facts {
		if f.Kind == "Node" && f.Name == node && f.Field == "taints" && strings.Contains(f.Value, "not-ready:NoExecute") &&
			f.At >= reported-tolerance && f.At <= reported+passTolerance {
			return f.At, true
		}
	}
	return 0, false
}

// holds reports whether a fact of the run comes at a moment at which it may.
func (w *windows) holds(e *Expected, at float64) bool {
	slack := tolerance
	switch {
	case e.Kind == "Job":
		slack = jobTolerance
	case w.lazy[e.Text()], w.joined[e.Name] && e.Field == Event && strings.Contains(e.Value, "RegisteredNode"):
		slack = passTolerance
	}
	if at >= e.Min-slack && at <= e.Max+slack {
		return true
	}
	for i, late := range w.late {
		if e.Min >= w.from[i] && at-late >= e.Min-slack && at-late <= e.Max+slack {
			return true
		}
	}
	return false
}

// key is the text by which facts of both sides meet. Moments are compared as
// numbers, and which of equal nodes is nominated is chance.
func key(f Fact) string {
	switch {
	case moments[f.Field]:
		return f.stream()
	case f.Kind == "Pod" && f.Field == "nominated" && f.Value != "null":
		return f.stream() + "=some node"
	}
	if f.Field == Event {
		return f.stream() + " " + comparable(f)
	}
	return f.Text()
}

// same reports whether two values of one key are equal. Those of moments may be a
// second apart, or as late as the facts.
func (w *windows) same(e *Expected, f *Fact) bool {
	if !moments[e.Field] {
		return true
	}
	a, b := numberOf(e.Value), numberOf(f.Value)
	if math.Abs(a-b) <= 1 {
		return true
	}
	for _, late := range w.late {
		if math.Abs(b-late-a) <= 1 {
			return true
		}
	}
	return false
}

// numberOf reads a number; null is 0.
func numberOf(text string) float64 {
	x, _ := strconv.ParseFloat(text, 64)
	return x
}

// alike counts the facts of a pod of the recording that a pod of the run has.
func (w *windows) alike(wanted []Expected, had []Fact) int {
	used := make([]bool, len(had))
	n := 0
	for i := range wanted {
		e := &wanted[i]
		for j := range had {
			f := &had[j]
			if !used[j] && f.Field == e.Field && (comparable(*f) == comparable(e.Fact) || moments[f.Field]) && w.holds(e, f.At) {
				used[j] = true
				n++
				break
			}
		}
	}
	return n
}
