package timelines

import (
	"cmp"
	"slices"
	"strings"
)

// Tally counts what became of facts of one sort.
type Tally struct {
	Of          string `json:"of"`
	Expected    int    `json:"expected"` // ignored ones are not
	Matched     int    `json:"matched"`
	Bounded     int    `json:"withinBounds"`
	Misdated    int    `json:"atAnotherTime"`
	Differing   int    `json:"anotherValue"`
	Missing     int    `json:"missing"`
	NotModelled int    `json:"notModelled"`
	Unexpected  int    `json:"unexpected"`
	Ignored     int    `json:"ignored"`
}

// Met is how many facts are as they should be.
func (t *Tally) Met() int { return t.Matched + t.Bounded }

func (t *Tally) add(o Outcome) {
	if o != Ignored {
		t.Expected++
	}
	switch o {
	case Matched:
		t.Matched++
	case Bounded:
		t.Bounded++
	case Misdated:
		t.Misdated++
	case Differs:
		t.Differing++
	case Missing:
		t.Missing++
	case NotModelled:
		t.NotModelled++
	case Ignored:
		t.Ignored++
	}
}

func (t *Tally) plus(u *Tally) {
	t.Expected += u.Expected
	t.Matched += u.Matched
	t.Bounded += u.Bounded
	t.Misdated += u.Misdated
	t.Differing += u.Differing
	t.Missing += u.Missing
	t.NotModelled += u.NotModelled
	t.Unexpected += u.Unexpected
	t.Ignored += u.Ignored
}

// Tallies counts the facts by kind, or by kind and field, in the order of the
// alphabet, with sequences last.
func (c *Comparison) Tallies(byField bool) []Tally {
	counts := make(map[string]*Tally)
	of := func(f Fact) *Tally {
		name := f.Class()
		if !byField {
			name = f.Kind
			if f.Field == Event {
				name = Event
			}
		}
		if counts[name] == nil {
			counts[name] = &Tally{Of: name}
		}
		return counts[name]
	}
	for i := range c.Facts {
		of(c.Facts[i].Fact).add(c.Facts[i].Outcome)
	}
	for _, f := range c.Unexpected {
		of(f).Unexpected++
	}
	var out []Tally
	for _, name := range sortedKeys(counts) {
		out = append(out, *counts[name])
	}
	if len(c.Sequences) > 0 {
		sequences := Tally{Of: "sequence"}
		for i := range c.Sequences {
			sequences.add(c.Sequences[i].Outcome)
		}
		out = append(out, sequences)
	}
	return out
}

// Total sums up the tallies.
func (c *Comparison) Total() Tally {
	total := Tally{Of: c.Recording}
	for _, t := range c.Tallies(false) {
		total.plus(&t)
	}
	return total
}

// Lack is a kind or a field that is not modelled, and how many facts are about it.
type Lack struct {
	Of    string `json:"of"`
	Facts int    `json:"facts"`
}

// Lacks lists what is not modelled, the most frequent first.
func (c *Comparison) Lacks() []Lack {
	counts := make(map[string]int)
	for i := range c.Facts {
		if c.Facts[i].Outcome == NotModelled {
			counts[c.Facts[i].Lacking]++
		}
	}
	for i := range c.Sequences {
		if s := &c.Sequences[i]; s.Outcome == NotModelled {
			kind, _, _ := strings.Cut(s.Object, "/")
			counts["sequence of "+kind]++
		}
	}
	return byFacts(counts)
}

func byFacts(counts map[string]int) []Lack {
	var out []Lack
	for _, of := range sortedKeys(counts) {
		out = append(out, Lack{of, counts[of]})
	}
	slices.SortStableFunc(out, func(a, b Lack) int { return cmp.Compare(b.Facts, a.Facts) })
	return out
}

// lacksOf sums up what is not modelled over several comparisons.
func lacksOf(all []*Comparison) []Lack {
	counts := make(map[string]int)
	for _, c := range all {
		for _, l := range c.Lacks() {
			counts[l.Of] += l.Facts
		}
	}
	return byFacts(counts)
}

// LeftOut lists the fields with which nothing is compared, the most frequent first.
func (c *Comparison) LeftOut() []Lack {
	counts := make(map[string]int)
	for i := range c.Facts {
		switch f := &c.Facts[i]; {
		case f.Outcome == Ignored && f.Varies:
			counts[f.Class()+" (varies from run to run)"]++
		case f.Outcome == Ignored:
			counts[f.Class()]++
		}
	}
	return byFacts(counts)
}

// Met reports whether the run is as the recording, as far as podsim models it.
func (c *Comparison) Met() bool { return c.unmet() == 0 }

// unmet counts what is not as it should be, but for what is not modelled.
func (c *Comparison) unmet() int {
	t := c.Total()
	return t.Misdated + t.Differing + t.Missing + t.Unexpected
}
