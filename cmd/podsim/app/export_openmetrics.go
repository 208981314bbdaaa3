package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/reports/prometheus"
)

// The series that tell of single objects, by default (some 400 pods on 60 nodes) and at most.
const (
	someSeries = 30_000
	mostSeries = 10_000_000
)

// manyBytes are so many that it is told before they are written.
const manyBytes = 256 << 20

func checkSeries(n int) error {
	if n < 1 || n > mostSeries {
		return fmt.Errorf("--max-series %d: want 1 to %d", n, mostSeries)
	}
	return nil
}

// exportOpenMetrics writes the metrics of a run over time.
func exportOpenMetrics(ctx context.Context, e *export, w io.Writer) error {
	only, err := matchMetrics(e.metrics)
	if err != nil {
		return err
	}
	interval := time.Duration(e.interval)
	if interval == 0 {
		interval = metricsInterval(e.head.Horizon)
	}
	fold := prometheus.NewFold(metricsConfig(&e.head, e.maxSeries, only))
	e.replay.Cluster.Observe(fold)
	view, out, at := e.replay.Cluster.View(), prometheus.NewExport(fold), models.Time(0)
	tail, err := e.follow(ctx, models.Never, func(next models.Time) error {
		for ; at < next; at = at.Add(interval) {
			if err := errors.Join(ctx.Err(), out.Sample(at, view)); err != nil {
				return err
			}
		}
		return nil
	})
	for ; err == nil && at < tail.End; at = at.Add(interval) {
		err = out.Sample(at, view)
	}
	if err == nil {
		err = out.Sample(tail.End, view)
	}
	if ctx.Err() != nil {
		return &exit{ExitInterrupted, errors.New("interrupted")}
	}
	if err != nil {
		return err
	}
	out.Queue(tail.Queue.at)
	if bytes := out.Bytes(); bytes > manyBytes {
		fmt.Fprintf(e.stderr, "about %s of text are being written; --metric, a longer --interval or a lower --max-series makes it less\n", reports.Bytes(bytes))
	}
	if err := out.Write(w); err != nil {
		return err
	}
	e.noteMetrics(out, interval, tail.Queue)
	return nil
}

// noteMetrics tells how much was written, and what was not.
func (e *export) noteMetrics(out *prometheus.Export, interval time.Duration, queue *queueLog) {
	series, samples := out.Size()
	e.counts = fmt.Sprintf("%s of %s, every %s of virtual time", reports.Plural(int(samples), "sample"), reports.PluralOf(series, "series", "series"), reports.Duration(reports.Seconds(interval.Seconds())))
	for _, left := range out.LeftOut() {
		e.note("left out of kind %s at most at a moment: %s (--max-series %d; podsim_pods and the like count them all)", left.Kind, reports.Plural(left.Objects, "object"), e.maxSeries)
	}
	switch {
	case queue == nil:
		e.note("scheduler_pending_pods is left out: the log does not tell of the queue")
	case interval%queue.Interval != 0:
		e.note("scheduler_pending_pods is known every %s only", queue.Interval)
	}
}

// metricsConfig says what metrics tell of a run.
func metricsConfig(head *logHead, series int, only func(*prometheus.Family) bool) prometheus.Config {
	c := prometheus.Config{Scenario: head.Scenario, Seed: head.Seed, Start: head.Start, Unsimulated: kubectl.NewUnsimulated(head.Unsimulated),
		MaxSeries: series, Only: only}
	if c.Start.IsZero() {
		c.Start = kubectl.DefaultStart
	}
	return c
}

// metricsInterval makes about 288 snapshots of a run, with steps that Prometheus takes for
// gapless.
func metricsInterval(horizon models.Time) time.Duration {
	const snapshots, shortest, longest = 288, 15 * time.Second, 5 * time.Minute
	if horizon <= 0 || horizon == models.Never {
		return time.Minute
	}
	return min(max(reports.NiceInterval(time.Duration(horizon)/snapshots), shortest), longest)
}

// matchMetrics picks metrics by patterns; without any it picks all.
func matchMetrics(patterns []string) (func(*prometheus.Family) bool, error) {
	var wrong []error
	for _, pattern := range patterns {
		found := false
		for _, f := range prometheus.Families() {
			is, err := path.Match(pattern, f.Name)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("--metric %s: %w", pattern, err))
				found = true
				break
			}
			found = found || is
		}
		if !found {
			wrong = append(wrong, fmt.Errorf("--metric %s: no metric is called so (podsim columns metrics.txt lists them; * and ? are wildcards)", pattern))
		}
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	return func(f *prometheus.Family) bool {
		for _, pattern := range patterns {
			if is, _ := path.Match(pattern, f.Name); is {
				return true
			}
		}
		return false
	}, errors.Join(wrong...)
}
