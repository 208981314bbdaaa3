package experiment

import (
	"context"
	"fmt"
	"strings"

	"github.com/podsim/podsim/bench/dispatch"
	"github.com/podsim/podsim/scenarios"
)

// Job is one run that is to be done. Whoever has the experiment can do it: the
// policy, the point of the grid and the seed determine the result. A worker that
// was given the experiment in another process compares the digests first.
type Job struct {
	Experiment string `json:"experiment"` // digest of the experiment
	Policy     int    `json:"policy"`     // index of its policies
	Cell       int    `json:"cell"`       // point of the grid of its axes
	Seed       uint64 `json:"seed"`
	Key        string `json:"key"` // names the result: equal keys, equal results
}

// Dispatcher has jobs done. It is where another engine, such as one of several
// machines, can take the place of Local.
type Dispatcher interface {
	// Dispatch has the jobs done and calls done once for each, with its index, in
	// any order but never twice at a time. It returns the first error of done, the
	// error of the first job in the list that fails, or the context's error, and
	// then calls done no more.
	Dispatch(ctx context.Context, jobs []Job, done func(job int, result Result) error) error
}

// Failure is a run that could not be carried through.
type Failure struct {
	Policy   string
	Settings []scenarios.Setting
	Seed     uint64
	Internal bool // podsim is at fault, not what it read
	Err      error
}

// Error names the policy, the point of the grid and the seed.
func (f *Failure) Error() string {
	var where strings.Builder
	fmt.Fprintf(&where, "policy %s, ", f.Policy)
	for _, s := range f.Settings {
		fmt.Fprintf(&where, "%s=%s, ", s.Axis, s.Value)
	}
	return fmt.Sprintf("%sseed %d: %v", &where, f.Seed, f.Err)
}

// Unwrap returns what went wrong.
func (f *Failure) Unwrap() error { return f.Err }

func blame(e *scenarios.Experiment, job Job, internal bool, err error) *Failure {
	return &Failure{
		Policy: e.Policies[job.Policy].Name, Settings: e.Cells()[job.Cell], Seed: job.Seed, Internal: internal, Err: err,
	}
}

// Local does jobs in this process, each in one goroutine.
type Local struct {
	Workers int // at a time; below 1 means 1
	// Do does one job. It may be called from several goroutines.
	Do func(context.Context, Job) (Result, error)
}

// Dispatch hands the jobs out in their order.
func (l Local) Dispatch(ctx context.Context, jobs []Job, done func(job int, result Result) error) error {
	do := func(ctx context.Context, job int) (Result, error) { return l.Do(ctx, jobs[job]) }
	return dispatch.Each(ctx, l.Workers, len(jobs), do, done)
}
