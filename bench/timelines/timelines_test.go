package timelines

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports/golden"
)

// record writes the facts of a run as a recording of it, with the manifests and
// actions of another.
func record(t *testing.T, from string, facts []Fact) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stable.jsonl", "events.jsonl"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	write := func(line map[string]any) { b.WriteString(encode(line) + "\n") }
	write(map[string]any{"fact": "action", "action": "start", "result": map[string]any{}, "seq": 0, "t": 0})
	for i, f := range facts {
		line := map[string]any{"t": f.At, "seq": i + 1, "kind": f.Kind, "name": f.Name}
		var value any
		if isPlain(f.Field) || f.Field == Event {
			value = f.Value
		} else if f.Value != "" {
			if err := json.Unmarshal([]byte(f.Value), &value); err != nil {
				t.Fatal(err)
			}
		}
		outer, inner, nested := strings.Cut(f.Field, ".")
		switch {
		case f.Kind == Result:
			line = map[string]any{"t": f.At, "seq": i + 1, "fact": "action", "action": f.Name, "result": value}
		case f.Field == Added, f.Field == Deleted:
			line["fact"] = f.Field
		case f.Field == Event:
			head, message, _ := strings.Cut(f.Value, ": ")
			kind, reason, _ := strings.Cut(head, " ")
			line["type"], line["reason"] = kind, reason
			line["message"] = message
		case nested:
			line["fact"], line["set"] = "changed", map[string]any{outer: map[string]any{inner: value}}
		default:
			line["fact"], line["set"] = "changed", map[string]any{f.Field: value}
		}
		write(line)
	}
	if err := os.WriteFile(filepath.Join(folder, "timeline.jsonl"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// ran returns the facts of a run of a recording's scenario.
func ran(t *testing.T, folder string) []Fact {
	t.Helper()
	r, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Translate(r)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := s.Simulate(r.Name, 1)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func compared(t *testing.T, folder string, seeds uint64) *Comparison {
	t.Helper()
	c, err := Run(folder, seeds)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARunIsAsItsOwnRecording(t *testing.T) {
	facts := ran(t, "testdata/shop")
	c := compared(t, record(t, "testdata/shop", facts), 1)
	for _, d := range c.Differences() {
		t.Errorf("expected %s, got %s", d.Expected, d.Got)
	}
	if total := c.Total(); total.Matched < 60 {
		t.Errorf("%d facts matched: the run has hardly any", total.Matched)
	}
}

// find returns the index of the fact with this text.
func find(t *testing.T, facts []Fact, text string) int {
	t.Helper()
	at := slices.IndexFunc(facts, func(f Fact) bool { return f.Text() == text })
	if at < 0 {
		t.Fatalf("the run does not have %s", text)
	}
	return at
}

func TestWhatIsChangedInARecordingIsFound(t *testing.T) {
	facts := ran(t, "testdata/shop")
	tests := []struct {
		rule, text    string
		change        func(*Fact)
		expected, got string
	}{
		{
			"another time", `Pod/clerk ready="True"`, func(f *Fact) { f.At += 2 },
			`Pod/clerk ready="True" at 7.0 s`, "the same at 5.0 s",
		},
		{
			"another value", `Pod/clerk container="running"`, func(f *Fact) { f.Value = encode("waiting:Slow") },
			`Pod/clerk container="waiting:Slow" at 2.0 s`, `Pod/clerk container="running" at 2.0 s`,
		},
		{
			"another object", "Pod/clerk deleted", func(f *Fact) { f.Name = "boss" },
			"Pod/boss deleted at 31.0 s", "nothing",
		},
		{
			"another counter at rest", "ReplicaSet/shop spec=2", func(f *Fact) { f.Value = "1" },
			"ReplicaSet/shop spec=1 at 20.0 s", "ReplicaSet/shop spec=2 at 20.0 s",
		},
		{
			"another moment in a field", `Pod/clerk deletionAt=60`, func(f *Fact) { f.Value = "40" },
			"Pod/clerk deletionAt=40 at 30.0 s", "Pod/clerk deletionAt=60 at 30.0 s",
		},
		{
			"another result", `result of create Pod/clerk = "ok"`, func(f *Fact) { f.Value = encode("error: no") },
			`result of create Pod/clerk = "error: no" at 1.0 s`, `result of create Pod/clerk = "ok" at 1.0 s`,
		},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			changed := slices.Clone(facts)
			test.change(&changed[find(t, facts, test.text)])
			sortByTime(changed)
			c := compared(t, record(t, "testdata/shop", changed), 1)
			d, ok := c.First()
			if !ok || c.Met() {
				t.Fatal("no difference found")
			}
			if d.Expected != test.expected || d.Got != test.got {
				t.Errorf("expected %s, got %s; want expected %s, got %s", d.Expected, d.Got, test.expected, test.got)
			}
		})
	}
	t.Run("a fact left out", func(t *testing.T) {
		at := find(t, facts, `Pod/clerk ready="True"`)
		c := compared(t, record(t, "testdata/shop", slices.Delete(slices.Clone(facts), at, at+1)), 1)
		if d, ok := c.First(); !ok || d.Got != `Pod/clerk ready="True" at 5.0 s` || d.Expected != "nothing of the kind" {
			t.Errorf("found %+v", d)
		}
	})
}

func TestPodsOfABatchAreInterchangeable(t *testing.T) {
	facts := ran(t, "testdata/shop")
	swapped := slices.Clone(facts)
	for i := range swapped {
		switch swapped[i].Name {
		case "shop.1":
			swapped[i].Name = "shop.3"
		case "shop.3":
			swapped[i].Name = "shop.1"
		}
		if swapped[i].Field == Event {
			renameIn(&swapped[i], map[string]lives{"shop.1": {until: math.Inf(1), first: "shop.3"}, "shop.3": {until: math.Inf(1), first: "shop.1"}})
		}
	}
	if d, ok := compared(t, record(t, "testdata/shop", swapped), 1).First(); ok {
		t.Errorf("expected %s, got %s", d.Expected, d.Got)
	}
}

func TestTheDeliberateDifferenceIsFound(t *testing.T) {
	var b bytes.Buffer
	if err := Print(&b, []*Comparison{compared(t, "testdata/shop", 1)}, Options{}); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "shop.golden", b.String())
}

func TestRecordings(t *testing.T) {
	given := os.Getenv("PODSIM_TIMELINES")
	if given == "" {
		t.Skip("PODSIM_TIMELINES names no folder of recordings")
	}
	folders, err := Folders([]string{given})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			c := compared(t, folder, Seeds)
			total := c.Total()
			t.Logf("%d of %d facts met, %d not modelled", total.Met(), total.Expected, total.NotModelled)
			for _, d := range c.Differences() {
				t.Errorf("expected %s, got %s", d.Expected, d.Got)
			}
		})
	}
}
