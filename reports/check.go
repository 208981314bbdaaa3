package reports

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/spelling"
)

// advance checks what must hold of the state that stood from since until just
// before now.
func (c *Check) advance(r *Recorder, since, now models.Time) {
	switch {
	case c.decided, c.measure != "":
	case c.assertion.Always:
		if now > c.from && since <= c.until {
			c.hold(r, max(since, c.from))
		}
	case c.assertion.At != 0 && c.assertion.At < now:
		c.evaluate(r, c.assertion.At)
	}
}

// finish checks what must hold at the end.
func (c *Check) finish(r *Recorder, end models.Time) {
	switch {
	case c.decided, c.measure != "":
	case c.assertion.Always && end < c.from, c.assertion.At > end:
		c.fail(end, "", fmt.Sprintf("the run ended before, at %s", Clock(secondsOf(end))))
	case c.assertion.Always:
		if end <= c.until {
			c.hold(r, end)
		}
		switch {
		case c.decided:
		case c.seen:
			c.pass()
		default:
			c.fail(end, "", c.unknown(r))
		}
	default:
		c.evaluate(r, end)
	}
}

// hold decides an assertion of always when it is violated.
func (c *Check) hold(r *Recorder, at models.Time) {
	c.at = at
	got, ok := c.metric.value(r, c)
	if !ok {
		// Before a workload exists nothing can be said of it.
		return
	}
	c.note(got)
	if !c.compare.holds(got, c.literal.value) {
		c.violate(r, got)
		return
	}
	c.lastGot, c.lastAt, c.seen = got, at, true
}

func (c *Check) pass() {
	c.decided = true
	c.result.Passed = true
	c.result.Got, c.result.At = c.show(c.lastGot), secondsOf(c.lastAt)
}

// evaluate decides an assertion at one instant.
func (c *Check) evaluate(r *Recorder, at models.Time) {
	c.at = at
	var got float64
	var ok bool
	worst, worstAt := "", at
	if c.metric.sample != nil {
		all := c.metric.sample(r, at)
		got, ok = all.statistic(c.statistic)
		worst, worstAt = string(all.worst), all.worstAt
		if !ok {
			// No pod waited: nothing took longer, or shorter, than anything.
			c.decided, c.result.Passed = true, true
			c.result.Got, c.result.At = "no values", secondsOf(at)
			return
		}
	} else {
		got, ok = c.metric.value(r, c)
	}
	if ok {
		c.note(got)
	}
	switch {
	case !ok:
		c.fail(at, "", c.unknown(r))
	case !c.compare.holds(got, c.literal.value):
		c.result.Offender = worst
		c.at = worstAt
		c.violate(r, got)
	default:
		c.decided, c.result.Passed = true, true
		c.result.Got, c.result.At = c.show(got), secondsOf(at)
	}
}

func (c *Check) violate(r *Recorder, got float64) {
	offender := c.result.Offender
	if c.metric.offender != nil {
		offender = c.metric.offender(r, c)
	}
	c.result.Got = c.show(got)
	c.fail(c.at, offender, "got "+c.result.Got)
}

func (c *Check) fail(at models.Time, offender, why string) {
	c.decided = true
	c.result.Passed = false
	c.result.At = secondsOf(at)
	c.result.Offender = offender
	c.result.Message = c.assertion.Text + ": " + why
	if c.result.Got != "" {
		c.result.Message += " at " + Clock(secondsOf(at))
	}
	if offender != "" {
		c.result.Message += " (" + offender + ")"
	}
}

func (c *Check) show(value float64) string {
	if c.metric.Unit == unitSeconds && c.metric.Kind == Counter && c.literal.unit == "" {
		return show(value, "", false)
	}
	return show(value, c.metric.Unit, c.literal.percent)
}

// nothing says why an assertion of always was never tried.
func (c *Check) nothing() string {
	if c.target != (targetName{}) {
		return c.target.String() + " did not exist"
	}
	return "there was nothing to measure"
}

// unknown says what a check lacks, with a guess for a misspelt workload.
func (c *Check) unknown(r *Recorder) string {
	why := c.nothing()
	if c.target == (targetName{}) {
		return why
	}
	var names []string
	for i := range r.workloads.services {
		names = append(names, workloadName(r.view, r.workloads.services[i].owner))
	}
	if guess := spelling.Guess(c.target.String(), names); guess != "" {
		why += fmt.Sprintf("; did you mean %q?", guess)
	}
	return why
}

// resolve gives a new service to the checks that name it.
func (w *workloads) resolve(v cluster.View, index int32) {
	if len(w.wanted) == 0 {
		return
	}
	name := workloadName(v, w.services[index].owner)
	kept := w.wanted[:0]
	for _, c := range w.wanted {
		if c.target.String() == name {
			c.service = index
			continue
		}
		kept = append(kept, c)
	}
	w.wanted = kept
}
