package trace

import (
	"maps"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// counts count how often values came up. Beyond maxValues distinct values only
// four digits of each are kept.
type counts struct {
	of     map[int64]int64
	n, max int64
	coarse bool
}

const maxValues = 1 << 18

func (c *counts) add(value, times int64) {
	if c.of == nil {
		c.of = make(map[int64]int64)
	}
	c.n, c.max = c.n+times, max(c.max, value)
	if c.coarse {
		value = fourDigits(value)
	}
	c.of[value] += times
	if len(c.of) <= maxValues || c.coarse {
		return
	}
	all := c.of
	c.of, c.coarse = make(map[int64]int64), true
	for value, times := range all {
		c.of[fourDigits(value)] += times
	}
}

func fourDigits(value int64) int64 {
	unit := int64(1)
	for value/unit >= 10_000 {
		unit *= 10
	}
	return value / unit * unit
}

// Distribution tells how values are distributed, by the nearest rank.
type Distribution struct {
	Of       string  `json:"of"`
	Unit     string  `json:"unit,omitempty"`
	Count    int64   `json:"count"`
	Distinct int     `json:"distinct"`
	P50      float64 `json:"p50"`
	P90      float64 `json:"p90"`
	P95      float64 `json:"p95"`
	P99      float64 `json:"p99"`
	Max      float64 `json:"max"`
	// Coarse tells that values were cut to four digits, there being so many.
	Coarse bool `json:"coarse,omitempty"`
}

// distribution divides the values by per.
func (c *counts) distribution(of, unit string, per float64) Distribution {
	d := Distribution{
		Of: of, Unit: unit, Count: c.n, Distinct: len(c.of), Max: float64(c.max) / per, Coarse: c.coarse,
	}
	values := slices.Sorted(maps.Keys(c.of))
	at, below := 0, int64(0) // values before at come up below times
	for _, q := range []struct {
		percent int64
		to      *float64
	}{{50, &d.P50}, {90, &d.P90}, {95, &d.P95}, {99, &d.P99}} {
		rank := c.n/100*q.percent + (c.n%100*q.percent+99)/100
		for below+c.of[values[at]] < rank {
			below += c.of[values[at]]
			at++
		}
		*q.to = float64(values[at]) / per
	}
	return d
}

// Arrivals counts arrivals in equal steps of time, at most maxSteps of them.
type Arrivals struct {
	Step   float64 `json:"step_s"`
	From   float64 `json:"from_s"` // of the first step
	Counts []int64 `json:"counts"`

	step  time.Duration
	first int64 // number of the first step
}

const maxSteps = 100

// steps are those that people know; each is a multiple of the one before.
var steps = []time.Duration{time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 52 * 7 * 24 * time.Hour}

// add counts an arrival that does not come before the last one.
func (a *Arrivals) add(at models.Time) {
	if a.step == 0 {
		a.step, a.first = steps[0], int64(at)/int64(steps[0])
	}
	for int64(at)/int64(a.step)-a.first >= maxSteps {
		a.widen()
	}
	place := int64(at)/int64(a.step) - a.first
	for int64(len(a.Counts)) <= place {
		a.Counts = append(a.Counts, 0)
	}
	a.Counts[place]++
}

// widen takes the next longer step, or doubles the longest.
func (a *Arrivals) widen() {
	next := 2 * a.step
	if i := slices.Index(steps, a.step); i >= 0 && i+1 < len(steps) {
		next = steps[i+1]
	}
	factor := int64(next / a.step)
	first := a.first / factor
	var wide []int64
	for i, n := range a.Counts {
		place := (a.first+int64(i))/factor - first
		for int64(len(wide)) <= place {
			wide = append(wide, 0)
		}
		wide[place] += n
	}
	a.step, a.first, a.Counts = next, first, wide
}

func (a *Arrivals) finish() {
	a.Step, a.From = a.step.Seconds(), (time.Duration(a.first) * a.step).Seconds()
}
