package reports

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
)

// sampleRow is the state of the cluster at one instant.
type sampleRow struct {
	at                                   models.Time
	nodesReady, nodesDown                int64
	pending, bound, running, terminating int64
	pendingMost                          int64 // that stood at any time after the sample before
	restarts                             int64
	requested, allocatable               models.Resources
}

// series samples the gauges at fixed instants.
type series struct {
	interval time.Duration
	next     models.Time
	rows     []sampleRow
	thin     bool // the horizon is unknown: widen the interval as time goes by

	pendingMost int64 // that stood at any time after the last sample
}

const (
	samplesWanted = 288
	samplesThin   = 1024
	samplesMost   = 100_000
)

// niceSteps each divide the next, so that widening the interval keeps instants.
var niceSteps = []time.Duration{
	time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour,
}

func newSeries(c Config) (series, error) {
	bounded := c.Horizon > 0 && c.Horizon != models.Never
	switch {
	case c.Interval < 0:
		return series{}, fmt.Errorf("the interval of the time series must not be negative (got %s)", c.Interval)
	case c.Interval == 0 && !bounded:
		return series{interval: niceSteps[0], thin: true, rows: make([]sampleRow, 0, samplesThin+1)}, nil
	case c.Interval == 0:
		c.Interval = NiceInterval(time.Duration(c.Horizon) / samplesWanted)
	case bounded && time.Duration(c.Horizon)/c.Interval > samplesMost:
		return series{}, fmt.Errorf("the interval of the time series is too short: %s makes %d samples of %s, at most %d",
			c.Interval, time.Duration(c.Horizon)/c.Interval, time.Duration(c.Horizon), samplesMost)
	}
	return series{interval: c.Interval, thin: !bounded, rows: make([]sampleRow, 0, samplesThin)}, nil
}

// NiceInterval returns the first of 1s, 5s, 15s, 30s, 1m, 5m, … that is not shorter: each divides the
// next.
func NiceInterval(d time.Duration) time.Duration {
	for _, step := range niceSteps {
		if step >= d {
			return step
		}
	}
	return d.Truncate(24*time.Hour) + 24*time.Hour
}

// until takes all samples before now.
func (s *series) until(now models.Time, r *Recorder) {
	for s.next < now {
		s.take(s.next, r)
		s.next = s.next.Add(s.interval)
		if s.thin && len(s.rows) > samplesThin {
			s.widen()
		}
	}
}

func (s *series) take(at models.Time, r *Recorder) {
	g := &r.gauges
	s.stood(g.pending)
	s.rows = append(s.rows, sampleRow{
		at: at, nodesReady: g.nodesReady, nodesDown: g.nodesDown,
		pending: g.pending, bound: g.bound, running: g.running, terminating: g.terminating,
		pendingMost: s.pendingMost, restarts: r.outcomes.total().Restarts, requested: g.requested, allocatable: g.allocatable,
	})
	s.pendingMost = g.pending
}

// stood takes in a number of pending pods that stood for some time: samples alone would
// miss what comes and goes between them.
func (s *series) stood(pending int64) { s.pendingMost = max(s.pendingMost, pending) }

// finish takes the samples that are left and one of the very end.
func (s *series) finish(end models.Time, r *Recorder) {
	s.until(end, r)
	if len(s.rows) == 0 || s.rows[len(s.rows)-1].at < end {
		s.take(end, r)
	}
}

// wider returns the next longer step, a multiple of this one.
func wider(step time.Duration) time.Duration {
	for _, nice := range niceSteps {
		if nice > step {
			if nice%step != 0 {
				break
			}
			return nice
		}
	}
	return 2 * step
}

func (s *series) widen() {
	wide := wider(s.interval)
	kept := s.rows[:0]
	dropped := int64(0)
	for _, row := range s.rows {
		row.pendingMost = max(row.pendingMost, dropped)
		dropped = row.pendingMost
		if row.at%models.Time(wide) == 0 {
			kept = append(kept, row)
			dropped = 0
		}
	}
	s.stood(dropped)
	s.rows, s.interval = kept, wide
	s.next = s.next.Ceil(wide)
}
