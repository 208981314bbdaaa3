package app

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/page"
	"github.com/podsim/podsim/reports/playback"
)

// recorders are what tells of a run: its numbers and, if a page is wanted, what it was
// like over time.
type recorders struct {
	numbers *reports.Recorder
	played  *playback.Recorder // nil without a page
}

// observe has them observe a cluster in which nothing has happened yet.
func observe(c *cluster.Cluster, config reports.Config, page bool, checks ...*reports.Check) (recorders, error) {
	var r recorders
	var err error
	if r.numbers, err = reports.NewRecorder(config, c.View()); err != nil {
		return r, err
	}
	r.numbers.Check(checks...)
	c.Observe(r.numbers)
	if page {
		if r.played, err = playback.New(config.Horizon, c.View()); err != nil {
			return r, err
		}
		c.Observe(r.played)
	}
	return r, nil
}

// finish ends them.
func (r *recorders) finish(end models.Time) (summary *reports.Summary, played *playback.Recording, err error) {
	if summary, err = r.numbers.Finish(end); err != nil || r.played == nil {
		return summary, nil, err
	}
	played, err = r.played.Finish(end)
	return summary, played, err
}

// page is what the page of a run is made of, from what its log tells of it; nil if
// nothing was played.
func (h *logHead) page(tail *logTail, summary *reports.Summary, played *playback.Recording) *page.RunReport {
	if played == nil {
		return nil
	}
	r := &page.RunReport{
		Summary: summary, Played: played, Start: h.Start, Horizon: h.Horizon,
		Assumptions: h.Assumptions, Approximated: h.Approximated, Version: h.Version,
	}
	if tail.Interrupted {
		r.Ended = "interrupted"
	}
	return r
}
