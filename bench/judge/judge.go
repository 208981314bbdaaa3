package judge

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// Question is what is asked of a run.
type Question struct {
	Objectives []scenarios.Objective // each must hold, wherever the plan asks for it
	WarmUp     time.Duration         // the beginning of the run that measures leave out
	// StopAtMiss ends the run when an objective does not hold, however the run goes on: a
	// cluster that is too small costs most time of all. What else the run would come to
	// is not known then.
	StopAtMiss bool
}

// Verdict is what became of a run.
type Verdict struct {
	Digest     string    `json:"digest"` // of the operation log
	Met        bool      `json:"met"`    // every objective holds
	Objectives []Outcome `json:"objectives"`
	// Stopped is when the run was ended at a miss; nil if it went on to its end. Measures,
	// Peaks and reasons are those up to then.
	Stopped *reports.Seconds `json:"stoppedSeconds"`
	// Measures are all that the run comes to, such as cost, pending.p99 or
	// utilisation.peak(cpu).
	Measures []reports.Measure     `json:"measures"`
	Peaks    []reports.Peak        `json:"peaks"`    // by resource: when Ready nodes were fullest
	Refused  reports.Unschedulable `json:"refused"`  // why attempts to schedule failed, over the whole run
	Stuck    []Stuck               `json:"stuck"`    // why pods that are on no node at the end were last refused
	NotReady int64                 `json:"notReady"` // nodes at the end that are not Ready, the taints of which refuse pods
	Notes    []string              `json:"notes"`    // what was assumed or not simulated
}

// Outcome is what became of an objective.
type Outcome struct {
	Text string `json:"objective"` // in the words of whoever asked
	Met  bool   `json:"met"`
	// Open tells that the run was stopped before this could be told: it is not met and has
	// no value.
	Open bool `json:"open"`
	// Value is what the run came to, or what it comes to at least if it was stopped; nil if there was nothing to measure, by which
	// waiting times hold and other objectives do not.
	Value   *float64          `json:"value"`
	Limit   float64           `json:"limit"`   // that Value is compared with
	Better  reports.Direction `json:"better"`  // the way to the side on which the objective holds
	Unit    string            `json:"unit"`    // of both, as measures have them
	Got     string            `json:"got"`     // the value for people
	Message string            `json:"message"` // one line; of a failure only
}

// Run carries a run out and judges it. The error is the context's,
// yamlnode.Problems with what is wrong with objectives, or what went wrong; see
// Internal.
func Run(ctx context.Context, run *scenarios.Run, q Question) (v Verdict, err error) {
	err = Protect(func() error {
		v, err = judge(ctx, run, q)
		return err
	})
	return v, err
}

func judge(ctx context.Context, run *scenarios.Run, q Question) (Verdict, error) {
	if err := ctx.Err(); err != nil {
		return Verdict{}, err
	}
	checks, err := compile(run, q.Objectives)
	if err != nil {
		return Verdict{}, err
	}
	refused := make(refusals)
	var view cluster.View
	done, err := Simulate(ctx, run, Recording{WarmUp: q.WarmUp, Checks: checks, StopAtMiss: q.StopAtMiss, Observe: func(v cluster.View) []cluster.Observer {
		view = v
		return []cluster.Observer{refused}
	}})
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{
		Digest: done.Digest, Met: true, Objectives: []Outcome{}, Measures: done.Summary.Measures(), Peaks: done.Peaks,
		Refused: done.Summary.Unschedulable, Stuck: refused.stuck(view), NotReady: notReady(view), Notes: Notes(run),
	}
	if done.Stopped {
		at := reports.SecondsOf(done.End)
		v.Stopped = &at
	}
	for i, check := range checks {
		v.Objectives = append(v.Objectives, outcome(&q.Objectives[i], check, done))
		v.Met = v.Met && v.Objectives[i].Met
	}
	return v, nil
}

// outcome tells what became of an objective. Of a run that was stopped only what was
// lost is known.
func outcome(o *scenarios.Objective, check *reports.Check, done *Finished) Outcome {
	c := check.Value()
	out := Outcome{Text: cmp.Or(o.Words, o.Text), Limit: c.Limit, Better: c.Better, Unit: c.Unit}
	switch {
	case done.Stopped && !slices.Contains(done.Lost, check):
		out.Open = true
		return out
	case done.Stopped:
		c = check.AtLeast()
	}
	out.Met, out.Value, out.Got, out.Message = c.Passed, c.Value, c.Got, c.Message
	return out
}
