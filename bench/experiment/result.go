package experiment

import "github.com/podsim/podsim/reports"

// Result is what one run of an experiment leaves.
type Result struct {
	Cell   int    `json:"cell"`   // point of the grid of axes
	Policy int    `json:"policy"` // index of the experiment's policies
	Seed   uint64 `json:"seed"`

	Digest   string            `json:"digest"`   // of the run's operation log
	Inputs   string            `json:"inputs"`   // of the arrivals, lifetimes and faults that came from outside
	Measures []reports.Measure `json:"measures"` // all that the run comes to
	Bounds   []reports.Measure `json:"bounds"`   // by the same names: the best value that any policy could reach
	Failed   []string          `json:"failed"`   // assertions of the scenario that did not hold
	Notes    []string          `json:"notes"`    // what was assumed or not simulated
	// Settled is how long the beginning of the run looks like a warm-up, if none is
	// left out; nil if the run never settles, or nobody can tell.
	Settled *float64 `json:"settledSeconds"`
}
