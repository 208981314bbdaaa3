package experiment

import (
	"context"
	"errors"

	"github.com/podsim/podsim/bench/bounds"
	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// Worker does jobs of an experiment.
type Worker struct {
	experiment *scenarios.Experiment
	custom     []*reports.Custom
}

// NewWorker returns a worker. The error is nil or yamlnode.Problems with everything
// that is wrong with metrics of the user.
func NewWorker(e *scenarios.Experiment) (*Worker, error) {
	custom, err := compileCustom(e)
	return &Worker{e, custom}, err
}

// Do simulates one run. It may be called from several goroutines; each call is one
// run in one goroutine. The error is the context's, or a *Failure.
func (w *Worker) Do(ctx context.Context, job Job) (result Result, err error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	err = judge.Protect(func() error {
		run, err := w.experiment.Load(job.Policy, job.Cell, job.Seed)
		if err == nil {
			result, err = w.simulate(ctx, run)
		}
		return err
	})
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return Result{}, err
	case err != nil:
		return Result{}, blame(w.experiment, job, judge.Internal(err), err)
	}
	result.Cell, result.Policy, result.Seed = job.Cell, job.Policy, job.Seed
	return result, nil
}

// simulate lets the run happen and takes its measures.
func (w *Worker) simulate(ctx context.Context, run *scenarios.Run) (Result, error) {
	checks, err := judge.Checks(run)
	if err != nil {
		return Result{}, err
	}
	var bound *bounds.Observer
	done, err := judge.Simulate(ctx, run, judge.Recording{
		WarmUp: w.experiment.WarmUp, Checks: checks, Custom: w.custom,
		Observe: func(v cluster.View) []cluster.Observer {
			bound = bounds.NewObserver(v, run.Groups, models.Time(w.experiment.WarmUp))
			return []cluster.Observer{bound}
		},
	})
	if err != nil {
		return Result{}, err
	}
	result := Result{
		Digest: done.Digest, Inputs: done.Inputs, Measures: done.Summary.Measures(),
		Bounds: bound.Measures(done.End, done.Summary), Failed: []string{}, Notes: judge.Notes(run),
	}
	if w.experiment.WarmUp == 0 {
		result.Settled = settling(&done.Summary.Series)
	}
	for _, a := range done.Summary.Assertions {
		if !a.Passed {
			result.Failed = append(result.Failed, a.Text+whenOf(a))
		}
	}
	return result, nil
}

// whenOf says when an assertion was to hold, if it matters.
func whenOf(a reports.AssertionResult) string {
	if a.When == "at the end" {
		return ""
	}
	return " " + a.When
}
