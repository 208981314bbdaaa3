package timelines

import "testing"

// verdictText is what the scheduler says of a pod whose nominated node is not free yet.
const verdictText = "0/3 nodes are available: 3 Insufficient cpu."

// Whether a pod is tried before or after the last victim is gone is a race if it is bound
// right afterwards and several pods go at once, and nothing else is.
func TestVerdictsThatAreTakenBackAtOnce(t *testing.T) {
	verdict := Fact{At: 40.1, Kind: "Pod", Name: "high", Field: "PodScheduled", Value: encode("False:Unschedulable: " + verdictText)}
	event := Fact{At: 40.1, Kind: "Pod", Name: "high", Field: Event, Value: "Warning FailedScheduling: " + verdictText}
	bound := func(at float64) Fact {
		return Fact{At: at, Kind: "Pod", Name: "high", Field: "PodScheduled", Value: encode("True")}
	}
	gone := func(name string, at float64) Fact { return Fact{At: at, Kind: "Pod", Name: name, Field: Deleted} }
	for _, test := range []struct {
		rule     string
		recorded []Fact
		run      []Fact
		want     bool
	}{
		{"two pods go and the pod is bound at once", []Fact{verdict, bound(40.2), gone("a", 40.1), gone("b", 40.2)}, []Fact{bound(40)}, true},
		{"one pod goes", []Fact{verdict, bound(40.2), gone("a", 40.1)}, []Fact{bound(40)}, false},
		{"it is bound a second later", []Fact{verdict, bound(41.2), gone("a", 41.1), gone("b", 41.2)}, []Fact{bound(40)}, false},
		{"it stays without a node", []Fact{verdict, gone("a", 40.1), gone("b", 40.2)}, []Fact{bound(40)}, false},
		{"the run binds it later", []Fact{verdict, bound(40.2), gone("a", 40.1), gone("b", 40.2)}, []Fact{bound(43)}, false},
	} {
		for _, f := range []Fact{verdict, event} {
			e := Expected{Fact: f, Min: 40.1, Max: 40.1, Occurrence: 1}
			run := append([]Fact{{At: 10, Kind: "Pod", Name: "high", Field: "PodScheduled", Value: encode("False")}}, test.run...)
			if got := raced(&e, newStreams(test.recorded), newStreams(run)); got != test.want {
				t.Errorf("%s, %s: a race %t, want %t", test.rule, f.Field, got, test.want)
			}
		}
	}
}

// A counter that comes back to where it was a tenth of a second ago has been there for a
// run that never left.
func TestCountersThatReturn(t *testing.T) {
	count := func(at float64, value string) Fact {
		return Fact{At: at, Kind: "DaemonSet", Name: "agent", Field: "numberUnavailable", Value: value}
	}
	for _, test := range []struct {
		rule     string
		recorded []Fact
		run      []Fact
		want     bool
	}{
		{"left for a tenth of a second", []Fact{count(2, "0"), count(480, "1"), count(480.1, "0")}, []Fact{count(2, "0")}, true},
		{"left for ten seconds", []Fact{count(2, "0"), count(470, "1"), count(480.1, "0")}, []Fact{count(2, "0")}, false},
		{"back to another value", []Fact{count(2, "0"), count(480, "2"), count(480.1, "1")}, []Fact{count(2, "0")}, false},
		{"the run goes further", []Fact{count(2, "0"), count(480, "1"), count(480.1, "0")}, []Fact{count(2, "0"), count(480, "2")}, false},
	} {
		e := Expected{Fact: test.recorded[2], Min: 480.1, Max: 480.1, Occurrence: 1}
		if e.Value == "0" {
			e.Occurrence = 2
		}
		if got := raced(&e, newStreams(test.recorded), newStreams(test.run)); got != test.want {
			t.Errorf("%s: a race %t, want %t", test.rule, got, test.want)
		}
	}
}
