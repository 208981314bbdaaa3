package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/chrometrace"
)

// exportTrace writes a run as a trace for Perfetto and Chrome.
func exportTrace(ctx context.Context, e *export, w io.Writer) error {
	until := e.until.orNever()
	trace, err := chrometrace.New(w, chrometrace.Config{
		Scenario: e.head.Scenario, Seed: e.head.Seed, Start: e.head.Start, From: e.from.at, Until: until, Horizon: e.head.Horizon,
		Pods: e.pods, Objects: e.objects,
	}, e.replay.Cluster.View())
	if err != nil {
		return err
	}
	e.replay.Cluster.Observe(trace)
	tail, err := e.follow(ctx, until, func(next models.Time) error {
		trace.Advance(next)
		return trace.Err()
	})
	if err != nil {
		return err
	}
	if tail.End < e.from.at {
		return fmt.Errorf("--from %s: the run ended at %s", e.from.at, tail.End)
	}
	left, err := trace.Finish(tail.End, tail.Steps)
	if err != nil {
		return blameObjects(err)
	}
	e.counts = reports.Plural(left.Drawn, "pod") + " drawn"
	if left.Pods > 0 {
		e.note("not drawn: %s, those that come last (--pods, --from, --until and --object choose others)", reports.Plural(int(left.Pods), "pod"))
	}
	if left.Waiting > 0 {
		e.note("not drawn: %s of pods that could not be placed, since all lanes for them were taken", reports.Plural(int(left.Waiting), "wait"))
	}
	if left.Workloads > 0 {
		e.note("not drawn: rollouts and replicas of %s, those that come last", reports.Plural(int(left.Workloads), "workload"))
	}
	return nil
}

// blameObjects words the errors of patterns that nothing was found for.
func blameObjects(err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var all []error
	for _, err := range joined.Unwrap() {
		var nothing *chrometrace.NothingError
		if errors.As(err, &nothing) {
			err = fmt.Errorf("--object %w (NAMESPACE/POD, KIND/NAMESPACE/NAME or NODE; * and ? are wildcards within a part)", err)
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}
