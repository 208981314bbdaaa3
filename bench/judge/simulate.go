package judge

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// Recording says what is to be known of a run.
type Recording struct {
	WarmUp time.Duration    // the beginning of the run that measures leave out
	Checks []*reports.Check // assertions; each belongs to this run alone
	Custom []*reports.Custom
	// StopAtMiss ends the run when one of the checks does not hold, however it goes on.
	StopAtMiss bool
	// Observe returns more observers of the cluster, in which nothing has happened yet;
	// nil for none.
	Observe func(cluster.View) []cluster.Observer
}

// Finished is a run that was carried through.
type Finished struct {
	Summary *reports.Summary // with the results of the checks
	Peaks   []reports.Peak   // of each resource
	Digest  string           // of the operation log
	Inputs  string           // digest of the arrivals, lifetimes and faults that came from outside
	End     models.Time
	Stopped bool             // at a miss, before its end
	Lost    []*reports.Check // those for which it was stopped
}

// Simulate carries a run through. The error is the context's, or what went wrong; see
// Internal.
func Simulate(ctx context.Context, run *scenarios.Run, what Recording) (*Finished, error) {
	simulation, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		return nil, err
	}
	state := simulation.Cluster()
	recorder, err := reports.NewRecorder(reports.Config{
		Horizon: run.Config.Horizon, Interval: run.Interval, WarmUp: what.WarmUp,
		Prices: run.Prices(), CostLabel: run.CostLabel, Shape: run.Shape, PingPong: reports.PingPongLimit(run.PingPong),
	}, state.View())
	if err != nil {
		return nil, err
	}
	recorder.Check(what.Checks...)
	recorder.Custom(what.Custom...)
	state.Observe(recorder)
	if what.Observe != nil {
		for _, observer := range what.Observe(state.View()) {
			state.Observe(observer)
		}
	}
	var lost []*reports.Check
	err = simulation.Run(func(models.Time, uint64) bool {
		if what.StopAtMiss {
			lost = recorder.Lost()
		}
		return lost != nil || ctx.Err() != nil
	})
	stopped := lost != nil
	if errors.Is(err, sim.ErrStopped) && !stopped {
		return nil, ctx.Err()
	}
	if err != nil && !stopped {
		return nil, err
	}
	end := simulation.End(!stopped)
	summary, err := recorder.Finish(end)
	if err != nil {
		return nil, err
	}
	if err := state.Close(); err != nil {
		return nil, err
	}
	return &Finished{
		Summary: summary, Peaks: recorder.Peaks(), Digest: state.Digest(), Inputs: simulation.InputDigest(), End: end, Stopped: stopped, Lost: lost,
	}, nil
}

// Notes says what was assumed, and what the run took no notice of although it
// matters or may.
func Notes(run *scenarios.Run) []string {
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

// Panic is a panic of podsim while it worked on a run.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n%s", p.Value, p.Stack) }

// Protect calls do and turns a panic into a *Panic, so that the run can be named that
// it happened in.
func Protect(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Panic{p, debug.Stack()}
		}
	}()
	return do()
}

// Internal tells faults of podsim from faults of what it read.
func Internal(err error) bool {
	var broken *sim.InvariantError
	var panicked *Panic
	return errors.As(err, &broken) || errors.As(err, &panicked)
}
