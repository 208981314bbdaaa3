package experiment

import (
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

// runTable finds the results of an experiment by cell, policy and seed.
type runTable struct {
	experiment *scenarios.Experiment
	settings   [][]scenarios.Setting // by cell
	seeds      []uint64
	runs       []*runRow // by cell, policy and index of seeds; nil where there is none
	count      int
}

type runRow struct {
	result *Result
	values map[string]float64
}

func newRunTable(e *scenarios.Experiment, seeds []uint64, results []Result) *runTable {
	t := &runTable{experiment: e, settings: e.Cells(), seeds: seeds}
	if len(t.settings) == 0 {
		t.settings = [][]scenarios.Setting{nil}
	}
	t.runs = make([]*runRow, len(t.settings)*len(e.Policies)*len(seeds))
	index := make(map[uint64]int, len(seeds))
	for i, seed := range seeds {
		index[seed] = i
	}
	for i := range results {
		r := &results[i]
		seed, known := index[r.Seed]
		if !known || r.Cell < 0 || r.Cell >= len(t.settings) || r.Policy < 0 || r.Policy >= len(e.Policies) {
			continue
		}
		if at := t.at(r.Cell, r.Policy, seed); t.runs[at] == nil {
			t.runs[at] = newRunRow(r)
			t.count++
		}
	}
	return t
}

// newRunRow keeps the measures that have a value one can compute with.
func newRunRow(r *Result) *runRow {
	row := &runRow{result: r, values: make(map[string]float64, len(r.Measures))}
	for _, m := range r.Measures {
		if m.Value != nil && !math.IsNaN(*m.Value) && math.Abs(*m.Value) < 1e100 {
			row.values[m.Name] = *m.Value
		}
	}
	return row
}

func (t *runTable) at(cell, policy, seed int) int {
	return (cell*len(t.experiment.Policies)+policy)*len(t.seeds) + seed
}

// value returns a measure of one run. A part of a sum, such as
// evictions{cause="preemption"}, is 0 where the sum was measured and the part
// does not appear.
func (t *runTable) value(cell, policy, seed int, metric string) (v float64, ok bool) {
	row := t.runs[t.at(cell, policy, seed)]
	if row == nil {
		return 0, false
	}
	if v, ok = row.values[metric]; ok {
		return v, true
	}
	whole, part, labelled := strings.Cut(metric, "{")
	if !labelled || strings.HasPrefix(part, "class=") || row.measured(metric) {
		return 0, false
	}
	_, ok = row.values[whole]
	return 0, ok
}

// measured tells whether the run knows the measure, with or without a value.
func (r *runRow) measured(metric string) bool {
	return slices.ContainsFunc(r.result.Measures, func(m reports.Measure) bool { return m.Name == metric })
}

// each calls f with every result, by cell, policy and seed.
func (t *runTable) each(f func(*Result)) {
	for _, row := range t.runs {
		if row != nil {
			f(row.result)
		}
	}
}

// inputs tells by seed whether the same came from outside for all policies.
func (t *runTable) inputs(cell int) []comparison.Input {
	out := []comparison.Input{}
	for seed := range t.seeds {
		in := comparison.Input{Seed: t.seeds[seed], Digests: []string{}, Equal: true}
		first := ""
		for policy := range t.experiment.Policies {
			digest := ""
			if row := t.runs[t.at(cell, policy, seed)]; row != nil {
				digest = row.result.Inputs
				if first == "" {
					first = digest
				}
				in.Equal = in.Equal && digest == first
			}
			in.Digests = append(in.Digests, digest)
		}
		out = append(out, in)
	}
	return out
}

// failures lists the scenario's assertions that failed, by policy in the order in
// which seeds show them.
func (t *runTable) failures(cell int) []comparison.Failure {
	out := []comparison.Failure{}
	for policy, p := range t.experiment.Policies {
		from := len(out)
		for seed := range t.seeds {
			row := t.runs[t.at(cell, policy, seed)]
			if row == nil {
				continue
			}
			for _, text := range row.result.Failed {
				i := slices.IndexFunc(out[from:], func(f comparison.Failure) bool { return f.Assertion == text })
				if i < 0 {
					i = len(out) - from
					out = append(out, comparison.Failure{Policy: p.Name, Assertion: text})
				}
				f := &out[from+i]
				if !slices.Contains(f.Seeds, t.seeds[seed]) {
					f.Seeds = append(f.Seeds, t.seeds[seed])
				}
			}
		}
	}
	return out
}
