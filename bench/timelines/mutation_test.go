package timelines

import (
	"slices"
	"testing"
)

// Whatever is changed in a recording of a run, the comparison finds it: every fact
// that comes three seconds later, says something else or is left out. Counters that
// are passed over on the way bind nobody, and which of equal nodes a pod gets is
// chance.
func TestNoChangeOfARecordingGoesUnseen(t *testing.T) {
	r, err := Read("testdata/shop")
	if err != nil {
		t.Fatal(err)
	}
	facts := ran(t, "testdata/shop")
	j, streams := newJudge(r), newStreams(facts)
	for i, f := range facts {
		if j.isIgnored(f) || isCounter(f) && streams.duration(&f) < restFor(&f) {
			continue
		}
		for rule, change := range map[string]func([]Fact) []Fact{
			"later":    func(list []Fact) []Fact { list[i].At += 3; return list },
			"renamed":  func(list []Fact) []Fact { list[i].Name += "x"; return list },
			"left out": func(list []Fact) []Fact { return slices.Delete(list, i, i+1) },
		} {
			changed := change(slices.Clone(facts))
			sortByTime(changed)
			recorded := &Recording{Name: "changed", Actions: r.Actions, Files: r.Files}
			recorded.Facts = slices.Concat([]Fact{{Kind: Result, Name: "start"}}, changed)
			recorded.expectFirstRun(map[string]bool{})
			recorded.Sequences = sequencesOf(changed)
			if Compare(recorded, facts).Met() && !(isCounter(f) && harmless(rule, f, changed)) {
				t.Errorf("%s at %g s, %s: nothing found", f.Text(), f.At, rule)
			}
		}
	}
}

// harmless reports whether the run is as the recording, too, after the change of a
// counter: it has the same level without being told again, or has it on its way only.
func harmless(rule string, f Fact, changed []Fact) bool {
	f.At += 3
	return rule == "left out" || rule == "later" && newStreams(changed).duration(&f) < restFor(&f)
}
