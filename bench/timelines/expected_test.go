package timelines

import (
	"fmt"
	"testing"
)

func TestFactsAreReadAsTheyAreWritten(t *testing.T) {
	tests := []struct {
		text  string
		want  Fact
		times int
	}{
		{"Pod/web#1.3 added", Fact{Kind: "Pod", Name: "web#1.3", Field: Added}, 1},
		{"Pod/web#1.3 deleted ~2", Fact{Kind: "Pod", Name: "web#1.3", Field: Deleted}, 2},
		{`Pod/db-0(2) phase="Running"`, Fact{Kind: "Pod", Name: "db-0(2)", Field: "phase", Value: `"Running"`}, 1},
		{"Job/j active=null ~3", Fact{Kind: "Job", Name: "j", Field: "active", Value: "null"}, 3},
		{
			"Deployment/web conditions.Available=True:MinimumReplicasAvailable: a = b",
			Fact{Kind: "Deployment", Name: "web", Field: "conditions.Available", Value: "True:MinimumReplicasAvailable: a = b"}, 1,
		},
		{
			"event Pod/a Normal Scheduled: Successfully assigned default/a to n1",
			Fact{Kind: "Pod", Name: "a", Field: Event, Value: "Normal Scheduled: Successfully assigned default/a to n1"}, 1,
		},
		{
			`result of patch Job/j {"a":" = "} = "ok"`,
			Fact{Kind: Result, Name: `patch Job/j {"a":" = "}`, Value: `"ok"`}, 1,
		},
	}
	for _, test := range tests {
		e, err := parseExpected(test.text)
		if err != nil || e.Fact != test.want || e.Occurrence != test.times {
			t.Errorf("%s: got %+v ~%d, %v; want %+v ~%d", test.text, e.Fact, e.Occurrence, err, test.want, test.times)
		}
	}
	for _, text := range []string{"", "Pod/a", "Pod added", "result of nothing", "result/of a=b"} {
		if e, err := parseExpected(text); err == nil {
			t.Errorf("%q: got %+v; want an error", text, e.Fact)
		}
	}
}

func FuzzParseExpected(f *testing.F) {
	for _, text := range []string{"Pod/a added", "Pod/a b=c ~2", "event Pod/a Normal X: y", `result of a = "ok"`, "Pod/a =", "event a/b ", "result/of a=b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseExpected(text)
		if err != nil {
			return
		}
		again, err := parseExpected(fmt.Sprintf("%s ~%d", e.Text(), e.Occurrence))
		if err != nil || again != e {
			t.Errorf("%q is %+v; written and read again %+v, %v", text, e, again, err)
		}
	})
}

// A counter that the recording passes over may be skipped, but not left.
func TestCountersOnTheirWay(t *testing.T) {
	counter := func(at float64, value string) Fact {
		return Fact{At: at, Kind: "ReplicaSet", Name: "web", Field: "readyReplicas", Value: value}
	}
	recorded := newStreams([]Fact{counter(0, "null"), counter(5, "1"), counter(5.1, "2"), counter(5.2, "3"), counter(9, "2")})
	one := &Expected{Fact: counter(5, "1"), Min: 5, Max: 5, Occurrence: 1}
	rest := &Expected{Fact: counter(5.2, "3"), Min: 5.2, Max: 5.2, Occurrence: 1}
	if !recorded.passed(one) || recorded.passed(rest) {
		t.Errorf("1 is passed over: %t, 3 too: %t; want only 1", recorded.passed(one), recorded.passed(rest))
	}
	for _, test := range []struct {
		run  []Fact
		want bool
	}{
		{[]Fact{counter(0, "null"), counter(5.1, "3")}, true},
		{[]Fact{counter(0, "null"), counter(5.1, "4")}, false},
		{[]Fact{counter(0, "null"), counter(5, "2"), counter(5.3, "3")}, true},
	} {
		if got := recorded.bounds(one, newStreams(test.run)); got != test.want {
			t.Errorf("%v: within bounds %t, want %t", test.run, got, test.want)
		}
	}
}

// The monitor of the run may notice a silence at another phase than the recorded
// one, and what follows from it is then as much earlier or later.
func TestWhatFollowsFromASilenceMayBeAsLate(t *testing.T) {
	silent := func(at float64) Fact {
		return Fact{At: at, Kind: "Node", Name: "n1", Field: "conditions.Ready", Value: "Unknown:NodeStatusUnknown"}
	}
	r := &Recording{Actions: []Action{{At: 61, Node: &Node{Name: "n1", Do: "stop"}}}, Facts: []Fact{silent(111)}}
	deleted := &Expected{Fact: Fact{Kind: "Pod", Name: "a", Field: Deleted}, Min: 411, Max: 411.2}
	for _, test := range []struct {
		noticed, at float64
		want        bool
	}{
		{110, 410, true}, {110, 411, true}, {114.9, 414.9, true}, {110, 414.9, false}, {120, 420, false},
	} {
		w := newWindows(r, []Fact{silent(test.noticed)})
		if got := w.holds(deleted, test.at); got != test.want {
			t.Errorf("noticed at %g s, deleted at %g s: holds %t, want %t", test.noticed, test.at, got, test.want)
		}
	}
}
