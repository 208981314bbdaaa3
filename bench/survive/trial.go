package survive

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/bench/dispatch"
	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
)

// trial is the loss of some nodes, with what became of the objectives.
type trial struct {
	nodes    []int
	verdicts []*verdict // by seed; nil until it is known
}

// verdict is what is kept of a run.
type verdict struct {
	outcomes []judge.Outcome
	stuck    []judge.Stuck
	pods     int64   // on no node at the end
	fullest  float64 // the highest share of a resource that was requested
}

// faultName is the name of what is made to fail.
const faultName = "failure"

// attempt runs the scenario without some nodes from the moment on.
func (s *survey) attempt(ctx context.Context, lost []int, seed uint64) (*verdict, error) {
	run, err := s.q.Load(seed)
	if err != nil {
		return nil, err
	}
	if len(lost) > 0 {
		f := fault.Fault{Name: run.Dictionary.Sym(faultName), At: []models.Time{s.q.At}, Until: models.Never}
		if s.q.For > 0 {
			f.Duration = kernel.Constant(s.q.For.Seconds())
		}
		for _, i := range lost {
			f.Target.Names = append(f.Target.Names, run.Dictionary.Sym(s.layout[i].name))
		}
		run.Config.Faults = append(slices.Clone(run.Config.Faults), f)
	}
	run.Config.Horizon = min(run.Config.Horizon, s.end)
	v, err := judge.Run(ctx, run, judge.Question{Objectives: s.q.Objectives, WarmUp: s.q.WarmUp})
	if err != nil {
		return nil, err
	}
	out := &verdict{outcomes: v.Objectives, stuck: v.Stuck}
	for _, m := range v.Measures {
		if m.Name == "pods.pending" && m.Value != nil {
			out.pods = int64(*m.Value)
		}
	}
	for _, p := range v.Peaks {
		out.fullest = max(out.fullest, p.Share)
	}
	s.note(v.Notes)
	return out, nil
}

// note keeps what runs were not told of; every run says the same.
func (s *survey) note(notes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes == nil {
		s.notes = notes
	}
}

// key names a set of nodes: sets of nodes that are alike have the same one.
func (s *survey) key(nodes []int) string {
	classes := make([]int, len(nodes))
	for i, n := range nodes {
		classes[i] = s.layout[n].class
	}
	slices.Sort(classes)
	return fmt.Sprint(classes)
}

// of returns the trial of a set of nodes; nil if it has not been made on every seed.
func (s *survey) of(nodes []int) *trial {
	t := s.trials[s.key(nodes)]
	if t == nil || slices.Contains(t.verdicts, nil) {
		return nil
	}
	return t
}

// try makes the trials of sets of nodes that have not been made.
func (s *survey) try(ctx context.Context, sets [][]int) error {
	type task struct {
		trial *trial
		seed  int
	}
	var tasks []task
	for _, nodes := range sets {
		key := s.key(nodes)
		if s.trials[key] != nil {
			continue
		}
		t := &trial{nodes, make([]*verdict, len(s.q.Seeds))}
		s.trials[key] = t
		for seed := range s.q.Seeds {
			tasks = append(tasks, task{t, seed})
		}
	}
	s.known += len(tasks)
	s.tell()
	return dispatch.Each(ctx, s.o.Workers, len(tasks), func(ctx context.Context, i int) (*verdict, error) {
		return s.attempt(ctx, tasks[i].trial.nodes, s.q.Seeds[tasks[i].seed])
	}, func(i int, v *verdict) error {
		tasks[i].trial.verdicts[tasks[i].seed] = v
		s.runs++
		s.tell()
		return nil
	})
}

func (s *survey) tell() {
	if s.o.Progress != nil {
		s.o.Progress(s.runs, s.known)
	}
}

// excess is how far an objective is beyond its limit, as a share of it; negative is how
// far it is from that.
func excess(o *judge.Outcome) float64 {
	switch {
	case o.Value == nil && o.Met:
		return math.Inf(-1)
	case o.Value == nil:
		return math.Inf(1)
	}
	far := *o.Value - o.Limit
	switch o.Better {
	case reports.HigherIsBetter:
		far = -far
	case reports.Neutral:
		far = math.Abs(far)
	}
	return far / max(math.Abs(o.Limit), 1e-9)
}

// worse tells whether a run ended worse than another one: more objectives do not hold,
// then more pods are on no node, then objectives are further beyond their limits, then
// nodes were fuller.
func (v *verdict) worse(than *verdict) bool {
	missed := func(v *verdict) (n int) {
		for i := range v.outcomes {
			if !v.outcomes[i].Met {
				n++
			}
		}
		return n
	}
	if a, b := missed(v), missed(than); a != b {
		return a > b
	}
	if v.pods != than.pods {
		return v.pods > than.pods
	}
	for i := range v.outcomes {
		if a, b := excess(&v.outcomes[i]), excess(&than.outcomes[i]); a != b {
			return a > b
		}
	}
	return v.fullest > than.fullest
}

// worst returns the seed that ended worst.
func (t *trial) worst() int {
	worst := 0
	for i, v := range t.verdicts {
		if v.worse(t.verdicts[worst]) {
			worst = i
		}
	}
	return worst
}

// cells sums up what became of the objectives over trials and seeds.
func cells(objectives []scenarios.Objective, trials []*trial) []capacity.MatrixCell {
	out := make([]capacity.MatrixCell, len(objectives))
	for i := range out {
		cell := &out[i]
		cell.Asked = true
		var worst *judge.Outcome
		for _, t := range trials {
			for _, v := range t.verdicts {
				o := &v.outcomes[i]
				cell.Of++
				cell.Unit = capacity.ObjectiveUnit(o.Text, o.Unit)
				if o.Met {
					cell.Met++
				}
				if worst == nil || excess(o) > excess(worst) {
					worst = o
				}
			}
		}
		if worst != nil {
			cell.Worst = worst.Value
		}
	}
	return out
}

// survived tells whether every objective holds with every seed.
func (t *trial) survived() bool {
	for _, v := range t.verdicts {
		if slices.ContainsFunc(v.outcomes, func(o judge.Outcome) bool { return !o.Met }) {
			return false
		}
	}
	return true
}

// miss returns the seed in which an objective is furthest beyond its limit; nil if it
// holds with all of them.
func (t *trial) miss(objective int, failure string, seeds []uint64) *capacity.Miss {
	var worst *judge.Outcome
	var seed uint64
	for i, v := range t.verdicts {
		if o := &v.outcomes[objective]; !o.Met && (worst == nil || excess(o) > excess(worst)) {
			worst, seed = o, seeds[i]
		}
	}
	if worst == nil {
		return nil
	}
	return &capacity.Miss{Contingency: failure, Objective: worst.Text, Value: worst.Value, Unit: capacity.ObjectiveUnit(worst.Text, worst.Unit), Seed: seed, Message: worst.Message}
}

// reasonsMost is how many reasons a sentence names.
const reasonsMost = 3

// taints begins the reason of nodes that are tainted, such as those that are lost.
// Source: pkg/scheduler/framework/plugins/tainttoleration.
const taints = "node(s) had untolerated taint"

// why says in one line why pods are on no node in the worst seed; empty if none is.
func (t *trial) why() string {
	v := t.verdicts[t.worst()]
	if len(v.stuck) == 0 {
		return ""
	}
	var reasons []string
	for _, s := range v.stuck {
		if isLoss := strings.HasPrefix(s.Reason, taints) && s.Nodes <= s.Pods*int64(len(t.nodes)); !isLoss || len(v.stuck) == 1 {
			reasons = append(reasons, s.Reason)
		}
	}
	if len(reasons) > reasonsMost {
		reasons = append(reasons[:reasonsMost], "and others")
	}
	return fmt.Sprintf("%s on no node, such as %s: %s", reports.PluralOf(int(v.pods), "pod is", "pods are"), v.stuck[0].Pod, strings.Join(reasons, ", "))
}
