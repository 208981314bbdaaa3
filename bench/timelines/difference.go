package timelines

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is one place at which a run is not as the recording.
type Difference struct {
	At       float64 `json:"t"`
	Expected string  `json:"expected"`
	Got      string  `json:"got"`
	// What was recorded and what was run around that moment, of the same
	// application.
	Recorded []string `json:"recorded,omitempty"`
	Ran      []string `json:"ran,omitempty"`

	about Fact
}

// Differences lists all differences in order of time: facts at another time,
// missing and unexpected ones, and sequences, which have the time of none and come
// first. What is not modelled is none.
func (c *Comparison) Differences() []Difference {
	var out []Difference
	for i := range c.Sequences {
		if s := &c.Sequences[i]; s.Outcome == Missing {
			out = append(out, Difference{Expected: s.Object + ": " + stepsAround(s.Steps, s.First), Got: stepsAround(s.Got, s.First)})
		}
	}
	first := len(out)
	gone, come := c.objects()
	for i := range c.Facts {
		r := &c.Facts[i]
		if o := r.Outcome; o != Missing && o != Misdated && o != Differs {
			continue
		}
		d := Difference{At: r.Min, Expected: r.Text() + window(&r.Expected), Got: gotText(r), about: r.Fact}
		if n := gone[r.Subject()]; n > 0 {
			if r.Field != Added {
				continue
			}
			d.Expected += andMore(n - 1)
		}
		out = append(out, d)
	}
	for _, f := range c.Unexpected {
		d := Difference{At: f.At, Expected: "nothing of the kind", Got: stamped(f), about: f}
		if n := come[f.Subject()]; n > 0 {
			if f.Field != Added {
				continue
			}
			d.Got += andMore(n - 1)
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out[first:], func(a, b Difference) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	return out
}

// objects counts the facts about objects that are missing altogether, and about
// those that nobody expected. Each is one difference.
func (c *Comparison) objects() (gone, come map[string]int) {
	gone, come = make(map[string]int), make(map[string]int)
	for i := range c.Facts {
		if r := &c.Facts[i]; r.Field == Added && r.Outcome == Missing {
			gone[r.Subject()] = 0
		}
	}
	for i := range c.Facts {
		if n, ok := gone[c.Facts[i].Subject()]; ok && c.Facts[i].Outcome == Missing {
			gone[c.Facts[i].Subject()] = n + 1
		}
	}
	for _, f := range c.Unexpected {
		if f.Field == Added {
			come[f.Subject()] = 0
		}
	}
	for _, f := range c.Unexpected {
		if n, ok := come[f.Subject()]; ok {
			come[f.Subject()] = n + 1
		}
	}
	return gone, come
}

func andMore(facts int) string {
	if facts == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d more facts of it", facts)
}

// First returns the first difference in time with what happened around it; ok is
// false if there is none. Sequences count only if no fact differs.
func (c *Comparison) First() (d Difference, ok bool) {
	all := c.Differences()
	if len(all) == 0 {
		return d, false
	}
	d = all[0]
	for _, other := range all {
		if other.about.Field != "" {
			d = other
			break
		}
	}
	if d.about.Field != "" {
		d.Recorded, d.Ran = around(c.recorded, d), around(c.got, d)
	}
	return d, true
}

func window(e *Expected) string {
	if e.Min == e.Max {
		return fmt.Sprintf(" at %.1f s", e.Min)
	}
	return fmt.Sprintf(" at %.1f to %.1f s", e.Min, e.Max)
}

func stamped(f Fact) string { return fmt.Sprintf("%s at %.1f s", f.Text(), f.At) }

func gotText(r *FactResult) string {
	switch {
	case r.Got == nil:
		return "nothing"
	case r.Outcome == Misdated:
		return fmt.Sprintf("the same at %.1f s", r.Got.At)
	case r.Got.At > r.Max:
		return "nothing until " + stamped(*r.Got)
	}
	return stamped(*r.Got)
}

// neighbours is how many facts around a difference are shown, before and after it.
const neighbours = 4

// around returns the facts of the same application just before and after a
// difference.
func around(facts []Fact, d Difference) []string {
	var before, after []string
	for _, f := range facts {
		if f.Kind != Result && family(f.Name) != family(d.about.Name) || f.Field == Event {
			continue
		}
		if f.At < d.At {
			before = append(before, stamped(f))
		} else if len(after) < neighbours {
			after = append(after, stamped(f))
		}
	}
	return append(before[max(len(before)-neighbours, 0):], after...)
}

// family is the name of the object from which others have theirs: of web#1.3, web.
func family(name string) string {
	if at := strings.IndexAny(name, "#."); at > 0 {
		return name[:at]
	}
	return name
}

// stepsAround writes the steps of a sequence up to a little after the first
// difference.
func stepsAround(steps []string, first int) string {
	from, to := max(first-3, 0), min(first+5, len(steps))
	if from >= to {
		return "nothing more"
	}
	text := strings.Join(steps[from:to], " ")
	if from > 0 {
		text = "… " + text
	}
	if to < len(steps) {
		text += " …"
	}
	return text
}
