package judge

import (
	"cmp"
	"context"
	"time"

	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// Question is what is asked of a run.
type Question struct {
	Objectives []scenarios.Objective // each must hold, wherever the plan asks for it
	WarmUp     time.Duration         // the beginning of the run that measures leave out
}

// Verdict is what became of a run.
type Verdict struct {
	Digest     string    `json:"digest"` // of the operation log
	Met        bool      `json:"met"`    // every objective holds
	Objectives []Outcome `json:"objectives"`
	// Measures are all that the run comes to, such as cost, pending.p99 or
	// utilisation.peak(cpu).
	Measures []reports.Measure     `json:"measures"`
	Peaks    []reports.Peak        `json:"peaks"`   // by resource: when Ready nodes were fullest
	Refused  reports.Unschedulable `json:"refused"` // why attempts to schedule failed, over the whole run
	Stuck    []Stuck               `json:"stuck"`   // why pods that are on no node at the end were last refused
	Notes    []string              `json:"notes"`   // what was assumed or not simulated
}

// Outcome is what became of an objective.
type Outcome struct {
	Text string `json:"objective"` // in the words of whoever asked
	Met  bool   `json:"met"`
	// Value is what the run came to; nil if there was nothing to measure, by which
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
	done, err := Simulate(ctx, run, Recording{WarmUp: q.WarmUp, Checks: checks, Observe: func(v cluster.View) []cluster.Observer {
		view = v
		return []cluster.Observer{refused}
	}})
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{
		Digest: done.Digest, Met: true, Objectives: []Outcome{}, Measures: done.Summary.Measures(), Peaks: done.Peaks,
		Refused: done.Summary.Unschedulable, Stuck: refused.stuck(view), Notes: Notes(run),
	}
	for i, check := range checks {
		c := check.Value()
		v.Objectives = append(v.Objectives, Outcome{
			Text: cmp.Or(q.Objectives[i].Words, q.Objectives[i].Text), Met: c.Passed, Value: c.Value, Limit: c.Limit, Better: c.Better, Unit: c.Unit,
			Got: c.Got, Message: c.Message,
		})
		v.Met = v.Met && c.Passed
	}
	return v, nil
}
