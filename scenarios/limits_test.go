package scenarios

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/arrivals"
	"github.com/podsim/podsim/scenarios/trace"
	"github.com/podsim/podsim/sim"
)

// drain returns how many objects a source brings, and why it ends.
func drain(t *testing.T, source sim.Source) (int, error) {
	t.Helper()
	for n := 0; ; n++ {
		_, ok, err := source.Next()
		if !ok || err != nil {
			return n, err
		}
	}
}

// TestAWorkloadEndsAtItsLimit shows that a limit which the scenario gives ends
// the arrivals, and that the bound on all workloads ends the run.
func TestAWorkloadEndsAtItsLimit(t *testing.T) {
	const tooMany = "a workload brings more than 3 objects"
	for _, test := range []struct {
		name        string
		come        int
		limit, most int64
		want        int
		err         string
	}{
		{"at most", 3, math.MaxInt64, 3, 3, ""},
		{"one more", 4, math.MaxInt64, 3, 3, tooMany},
		{"limit", 4, 2, 3, 2, ""},
		{"limit of as many", 4, 3, 3, 3, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			fixed := &workload{
				process: arrivals.Times(make([]models.Time, test.come), arrivals.Always()), source: arrivals.NewSource(1, "w"),
				limit: test.limit, most: test.most,
			}
			rows, err := trace.Open("t.csv", strings.NewReader("time,cpu\n"+strings.Repeat("1,1\n", test.come)), trace.Options{})
			if err != nil {
				t.Fatal(err)
			}
			ordered, err := trace.InOrder(rows)
			if err != nil {
				t.Fatal(err)
			}
			recorded := &replayed{
				rows: ordered, reader: rows, templates: []*sim.Template{{}}, dict: models.NewDictionary(),
				window: arrivals.Always(), limit: test.limit, most: test.most,
			}
			for name, source := range map[string]sim.Source{"workload": fixed, "trace": recorded} {
				n, err := drain(t, source)
				got := ""
				if err != nil {
					got = err.Error()
				}
				if n != test.want || got != test.err {
					t.Errorf("%s: %d objects, %q; want %d, %q", name, n, got, test.want, test.err)
				}
			}
		})
	}
}

// TestNodesAreCountedBeforeTheyAreMade adds a group to all but one of the nodes
// that a run may have.
func TestNodesAreCountedBeforeTheyAreMade(t *testing.T) {
	documents, err := yamlnode.Parse("s.yaml", strings.NewReader("{kind: NodeGroup, metadata: {name: g}, spec: {count: 2}}"))
	if err != nil {
		t.Fatal(err)
	}
	for count, want := range map[int]string{1: "", 2: "s.yaml:1:54: spec.count: more than 1000000 nodes"} {
		l := newLoader(Input{})
		l.run.Config.Nodes = make([]*models.NodeSpec, limits.Nodes-1)
		l.addGroup(newObject(documents[0], &origin{}), &NodeGroupSpec{Count: count}, &models.NodeSpec{}, make(map[models.Sym]string))
		if got := l.problems.Error(); got != want {
			t.Errorf("%d more: got %q; want %q", count, got, want)
		}
	}
}

func TestMomentsOfAListAreCounted(t *testing.T) {
	list := &yamlnode.Node{Kind: yamlnode.Seq}
	for range limits.Moments {
		list.Items = append(list.Items, moment)
	}
	var m Moments
	if err := m.UnmarshalNode(list, yamlnode.NewDecoder()); err != nil || len(m) != limits.Moments {
		t.Errorf("at the limit: %d moments, %v", len(m), err)
	}
	list.Items = append(list.Items, moment)
	if err := m.UnmarshalNode(list, yamlnode.NewDecoder()); err == nil || err.Error() != "more than 1000000 moments" {
		t.Errorf("past the limit: %v", err)
	}
}

var moment = &yamlnode.Node{Kind: yamlnode.String, Text: "1h"}

// TestThePastOfASnapshotIsBounded keeps moments within what virtual time holds.
func TestThePastOfASnapshotIsBounded(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := &loader{run: &Run{Start: start}}
	for age, want := range map[time.Duration]models.Time{
		maxAge: models.Time(-maxAge), maxAge + time.Nanosecond: models.Time(-maxAge), maxAge - time.Nanosecond: models.Time(time.Nanosecond - maxAge),
	} {
		if got := l.moment(start.Add(-age)); got != want {
			t.Errorf("%s ago: got %s; want %s", age, got, want)
		}
	}
}

func TestMessagesRepeatSoMuchOfTheInput(t *testing.T) {
	longest := strings.Repeat("é", limits.Quoted)
	for text, want := range map[string]string{longest: longest, longest + "é": longest + "…"} {
		if got := shorten(text); got != want {
			t.Errorf("%d characters: got %s; want %s", len([]rune(text)), got, want)
		}
	}
}
