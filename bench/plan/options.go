package plan

import (
	"errors"
	"fmt"
	"strings"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports/capacity"
)

// Options say how a plan is searched for. No answer depends on them.
type Options struct {
	// Version of podsim, as the answer names it; Build tells builds of a version apart,
	// and enters the keys of runs: it matters to a Store only.
	Version, Build string
	Workers        int // runs at a time; below 1 means 1
	// Store keeps runs and yields those of an earlier time; nil keeps nothing.
	Store *store.Store
	// Progress is told after each run; nil tells nobody.
	Progress func(Progress)
	// SoFar is offered after each run what is known, marked as partial, which costs time
	// only if it is taken; nil is offered nothing.
	SoFar func(take func() *capacity.Plan)
}

// Phase is what a search is at.
type Phase string

// The phases, in their order.
const (
	Bounding Phase = "bounding"            // what no mix can do without
	Closing  Phase = "closing the bracket" // the search itself
	Asking   Phase = "looking around"      // runners-up, frontier, sensitivity
)

// Progress is how far a search is.
type Progress struct {
	Phase  Phase
	Mixes  int // judged, at least in part
	Budget int // the most
	Runs   int
	Kept   int // of those: from an earlier time
	// Low and High enclose what the plan minimises, cost or nodes: no mix below Low meets,
	// and one of High does; nil as long as there is none.
	Low, High *float64
}

// ErrInterrupted is returned by Search when its context ended before all was done.
var ErrInterrupted = errors.New("interrupted")

// Failure is a run that could not be carried through.
type Failure struct {
	Counts      []int // of the candidates
	Contingency string
	Seed        uint64
	Internal    bool // podsim is at fault, not what it read
	Err         error
}

// Error names the mix, the contingency and the seed.
func (f *Failure) Error() string {
	counts := strings.Trim(fmt.Sprint(f.Counts), "[]")
	return fmt.Sprintf("nodes of the candidates %s, %s, seed %d: %v", counts, f.Contingency, f.Seed, f.Err)
}

// Unwrap returns what went wrong.
func (f *Failure) Unwrap() error { return f.Err }
