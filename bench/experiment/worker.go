package experiment

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/podsim/podsim/bench/bounds"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
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
	defer func() {
		if p := recover(); p != nil {
			err = blame(w.experiment, job, true, fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	run, err := w.experiment.Load(job.Policy, job.Cell, job.Seed)
	if err != nil {
		return Result{}, blame(w.experiment, job, false, err)
	}
	result, err = w.simulate(ctx, run)
	var broken *sim.InvariantError
	switch {
	case errors.Is(err, sim.ErrStopped):
		return Result{}, ctx.Err()
	case err != nil:
		return Result{}, blame(w.experiment, job, errors.As(err, &broken), err)
	}
	result.Cell, result.Policy, result.Seed = job.Cell, job.Policy, job.Seed
	return result, nil
}

// simulate lets the run happen and takes its measures.
func (w *Worker) simulate(ctx context.Context, run *scenarios.Run) (Result, error) {
	checks, err := Checks(run)
	if err != nil {
		return Result{}, err
	}
	simulation, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		return Result{}, err
	}
	state := simulation.Cluster()
	recorder, err := reports.NewRecorder(w.recording(run), state.View())
	if err != nil {
		return Result{}, err
	}
	recorder.Check(checks...)
	recorder.Custom(w.custom...)
	bound := bounds.NewObserver(state.View(), run.Groups, models.Time(w.experiment.WarmUp))
	state.Observe(recorder)
	state.Observe(bound)
	if err := simulation.Run(func(models.Time, uint64) bool { return ctx.Err() != nil }); err != nil {
		return Result{}, err
	}
	end := simulation.End(true)
	summary, err := recorder.Finish(end)
	if err != nil {
		return Result{}, err
	}
	if err := state.Close(); err != nil {
		return Result{}, err
	}
	result := Result{
		Digest: state.Digest(), Inputs: simulation.InputDigest(), Measures: summary.Measures(),
		Bounds: bound.Measures(end, summary), Failed: []string{}, Notes: notesOf(run),
	}
	if w.experiment.WarmUp == 0 {
		result.Settled = settling(&summary.Series)
	}
	for _, a := range summary.Assertions {
		if !a.Passed {
			result.Failed = append(result.Failed, a.Text+whenOf(a))
		}
	}
	return result, nil
}

// notesOf says what was assumed, and what the run took no notice of although it
// matters or may.
func notesOf(run *scenarios.Run) []string {
	notes := append([]string{}, run.Assumptions...)
	for _, e := range run.Audit {
		if e.Verdict != manifest.Matters && e.Verdict != manifest.Unknown {
			continue
		}
		what := e.Kind + ": " + e.Field
		switch {
		case e.Field == "":
			what = e.Kind
		case e.PodField != "":
			what = "pods: " + e.PodField
		}
		if note := "not simulated: " + what; !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// recording says what is recorded of a run.
func (w *Worker) recording(run *scenarios.Run) reports.Config {
	return reports.Config{
		Horizon: run.Config.Horizon, Interval: run.Interval, WarmUp: w.experiment.WarmUp,
		Prices: run.Prices(), CostLabel: run.CostLabel, Shape: run.Shape, PingPong: reports.PingPongLimit(run.PingPong),
	}
}

// whenOf says when an assertion was to hold, if it matters.
func whenOf(a reports.AssertionResult) string {
	if a.When == "at the end" {
		return ""
	}
	return " " + a.When
}
