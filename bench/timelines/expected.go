package timelines

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Expected is a fact to be found in a run, at a moment within [Min, Max] seconds.
// Its own time is Min.
type Expected struct {
	Fact
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	// Occurrence counts equal facts of the recording, from 1.
	Occurrence int `json:"occurrence"`
	// Varies tells that another run of the recording does not have it.
	Varies bool `json:"varies,omitempty"`
}

// Sequence is the order of what a controller object did: the replicas it gave to
// its ReplicaSets, or its pods made (+), marked for deletion (-) and gone.
type Sequence struct {
	Object string `json:"sequence"` // Kind/name
	// Same tells that every run of the recording went through the same steps.
	Same  bool     `json:"sameInAllRuns"`
	Steps []string `json:"steps"`
	// Second are the steps of the second run, if they were others.
	Second []string `json:"stepsRun2"`
}

// stable is a line of stable.jsonl: a fact that all runs share, or a sequence.
type stable struct {
	Text string     `json:"fact"`
	T    [2]float64 `json:"t"`
	Sequence
}

// readExpected reads stable.jsonl. Facts about fields that it leaves out come from
// the first run, and so do all facts where there is no such file.
func (r *Recording) readExpected(root fs.FS) error {
	lines, err := readLines[stable](root, "stable.jsonl")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	told := make(map[string]bool)
	for i, l := range lines {
		switch {
		case l.Object != "":
			r.Sequences = append(r.Sequences, l.Sequence)
		case l.Text != "":
			e, err := parseExpected(l.Text)
			if err != nil {
				return fmt.Errorf("stable.jsonl:%d: %w", i+1, err)
			}
			e.Min, e.Max, e.At = l.T[0], l.T[1], l.T[0]
			r.Expected = append(r.Expected, e)
			told[classOf(e.Fact)] = true
		}
	}
	r.expectFirstRun(told)
	if r.Sequences == nil {
		r.Sequences = sequencesOf(r.Facts)
	}
	slices.SortStableFunc(r.Expected, func(a, b Expected) int { return cmp.Compare(a.Min, b.Min) })
	return nil
}

// expectFirstRun expects the facts of the first run about what is not told, at the
// moments at which the runs have them.
func (r *Recording) expectFirstRun(told map[string]bool) {
	var others []streams
	for _, facts := range r.Others {
		others = append(others, newStreams(facts))
	}
	seen := make(map[string]int)
	started := false
	for _, f := range r.Facts {
		started = started || f.Kind == Result && f.Name == "start"
		if f.Kind == Result && (f.Name == "start" || f.Name == "end") || !started && f.Field != Event {
			continue
		}
		seen[f.Text()]++
		if !told[classOf(f)] {
			e := Expected{Fact: f, Min: f.At, Max: f.At, Occurrence: seen[f.Text()]}
			for _, run := range others {
				at, ok := run.moment(&e)
				if !ok {
					e.Varies = true
					break
				}
				e.Min, e.Max = min(e.Min, at), max(e.Max, at)
			}
			r.Expected = append(r.Expected, e)
		}
	}
}

// classOf is Fact.Class, with all events in one and all results in another.
func classOf(f Fact) string {
	if f.Field == Event {
		return Event
	}
	return f.Class()
}

var occurrence = regexp.MustCompile(` ~([0-9]+)$`)

// parseExpected reads a fact as stable.jsonl writes it.
func parseExpected(text string) (Expected, error) {
	e := Expected{Occurrence: 1}
	if found := occurrence.FindStringSubmatch(text); found != nil {
		text = strings.TrimSuffix(text, found[0])
		e.Occurrence, _ = strconv.Atoi(found[1]) // digits
	}
	if action, ok := strings.CutPrefix(text, "result of "); ok {
		at := strings.LastIndex(action, " = ")
		if at < 0 {
			return e, fmt.Errorf("got %q; want result of an action = its result", text)
		}
		e.Kind, e.Name, e.Value = Result, action[:at], action[at+3:]
		return e, nil
	}
	rest, isEvent := strings.CutPrefix(text, "event ")
	subject, what, ok := strings.Cut(rest, " ")
	kind, name, named := strings.Cut(subject, "/")
	if !ok || !named || kind == Result {
		return e, fmt.Errorf("got %q; want Kind/name and what happened to it", text)
	}
	e.Kind, e.Name = kind, name
	if isEvent {
		e.Field, e.Value = Event, what
		return e, nil
	}
	e.Field, e.Value, _ = strings.Cut(what, "=")
	if e.Value == "<nil>" { // a condition that is taken away
		e.Value = "null"
	}
	return e, nil
}
