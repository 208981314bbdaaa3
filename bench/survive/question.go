package survive

import (
	"errors"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
)

// Question is what is asked.
type Question struct {
	// Load loads the scenario with a seed. It may be called from several goroutines.
	Load       func(seed uint64) (*scenarios.Run, error)
	Objectives []scenarios.Objective
	Families   []string // of failures: node, rack, zone
	Double     bool     // also two failures at once
	Pairs      int      // most double failures that are tried
	Most       int      // the most nodes that are lost at once, of the N+k table
	Sets       int      // how many sets of so many nodes are drawn for it, where all would take more than FewRuns
	At         models.Time
	For        time.Duration // 0 is to the end of the run
	Seeds      []uint64
	WarmUp     time.Duration // the beginning of each run that objectives leave out
	// Requirements are judged by what is asked: see Require.
	Requirements []Requirement
}

// DefaultAt is when failures happen if nobody says it: at half of the run, or after an
// hour where a run has no end.
func DefaultAt(run *scenarios.Run) models.Time {
	if run.Config.Horizon == models.Never {
		return models.Time(time.Hour)
	}
	return run.Config.Horizon / 2
}

// afterwards is how long a run that has no end goes on when the failure is over, or has
// happened if it is never over: a pod that fits nowhere would be tried again for ever.
const afterwards = time.Hour

// end is when every run ends; models.Never leaves it to the scenario.
func (q *Question) end(run *scenarios.Run) models.Time {
	if run.Config.Horizon == models.Never {
		return q.At.Add(q.For + afterwards)
	}
	return models.Never
}

// Options say how the question is answered. Nothing in the answer depends on them but
// the name of the version.
type Options struct {
	Version string
	Workers int // at a time; below 1 means 1
	// Progress is told how many runs are done of those that are known to be needed; nil
	// tells nobody.
	Progress func(done, of int)
}

// ErrInterrupted is returned with what is known so far when the context ended before
// all was tried.
var ErrInterrupted = errors.New("interrupted")
