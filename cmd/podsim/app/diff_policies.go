package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/bench/divergence"
	"github.com/podsim/podsim/bench/experiment"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// policyFlags registers the flags of podsim diff that say which policies to run.
func (f *compareFlags) policyFlags(flags *pflag.FlagSet) {
	f.given = flags.Changed
	f.workers = runtime.GOMAXPROCS(0)
	flags.StringArrayVarP(&f.policies, "policy", "p", nil, "one of two policies to run, by name or as a file (default for one of them: the scenario as it is)")
	flags.StringVar(&f.seed, "seed", "", "the seed of both runs (default: the scenario's, or 1)")
	flags.IntVar(&f.seeds, "seeds", 0, "run so many seeds first and look at the one in which the second policy loses most")
	flags.StringArrayVarP(&f.metrics, "metric", "m", nil, "with --seeds: what it loses in (default: pending.mean)")
	f.sourceFlags(flags)
}

// diffPolicies is podsim diff between two policies: run both, tell where they part.
func (s *session) diffPolicies(ctx context.Context, f *compareFlags, output string, args []string) error {
	switch {
	case len(f.metrics) > 1:
		return fmt.Errorf("--metric: want one (got %s)", strings.Join(f.metrics, ", "))
	case len(f.metrics) > 0 && !f.given("seeds"):
		return errors.New("--metric: needs --seeds, which says among how many seeds to look for the worst")
	case len(f.metrics) == 0:
		f.metrics = []string{"pending.mean"}
	}
	e, err := s.loadExperiment(ctx, f, args)
	if err != nil {
		return err
	}
	a, b, err := pairOf(e)
	if err != nil {
		return err
	}
	p := &parted{Scenario: e.Scenario, Seed: e.FirstSeed, A: e.Policies[a].Name, B: e.Policies[b].Name}
	if f.given("seeds") {
		if p.Worst, err = findWorst(ctx, e, f, p.B); err != nil {
			return interruptedDiff(ctx, classifyComparison(err))
		}
		if len(p.Worst.Seeds) > 0 {
			p.Seed = p.Worst.Seeds[0].Seed
		}
	}
	side := func(policy int) divergence.Side {
		return func() (sim.Config, *models.Dictionary, error) {
			run, err := e.Load(policy, 0, p.Seed)
			if err != nil {
				return sim.Config{}, nil, err
			}
			return run.Config, run.Dictionary, nil
		}
	}
	if p.Divergence, err = divergence.Find(ctx, side(a), side(b)); err != nil {
		return interruptedDiff(ctx, classify(err))
	}
	if output == "json" {
		err = s.printJSON(p)
	} else {
		err = s.tellParted(p)
	}
	if err == nil && !p.Same {
		return &exit{ExitAssertion, nil}
	}
	return err
}

// interruptedDiff tells an error from Ctrl-C.
func interruptedDiff(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &exit{ExitInterrupted, errors.New("interrupted before it was known where the policies part")}
	}
	return err
}

// pairOf returns the baseline and the one other policy.
func pairOf(e *scenarios.Experiment) (a, b int, err error) {
	if len(e.Policies) != 2 || len(e.Cells()) != 1 {
		var names []string
		for _, p := range e.Policies {
			names = append(names, p.Name)
		}
		return 0, 0, fmt.Errorf("podsim diff compares two policies at one point (got %s: %s; %s)", count(len(e.Policies), "policy", "policies"),
			strings.Join(names, ", "), count(len(e.Cells()), "point"))
	}
	return e.Baseline, 1 - e.Baseline, nil
}

// worstSeeds are the seeds in which a policy loses most against another.
type worstSeeds struct {
	Metric string      `json:"metric"`
	Of     int         `json:"of"` // seeds that were run
	Seeds  []worstSeed `json:"seeds"`
}

type worstSeed struct {
	Seed uint64  `json:"seed"`
	A    float64 `json:"a"`
	B    float64 `json:"b"`
}

// findWorst runs both policies with every seed.
func findWorst(ctx context.Context, e *scenarios.Experiment, f *compareFlags, policy string) (*worstSeeds, error) {
	worker, err := experiment.NewWorker(e)
	if err != nil {
		return nil, err
	}
	c, err := experiment.Run(ctx, e, experiment.Options{
		Version: Version, Build: build(), Dispatcher: experiment.Local{Workers: f.workers, Do: worker.Do},
	})
	if err != nil {
		return nil, err
	}
	worst := &worstSeeds{Metric: e.Metrics[0], Of: len(c.Seeds), Seeds: []worstSeed{}}
	for _, m := range c.Cells[0].Metrics {
		if m.Name == worst.Metric {
			worst.add(c, &m, policy)
		}
	}
	return worst, nil
}

// add lists the seeds in which the policy differs from the other: those first in
// which it loses most, at most five.
func (w *worstSeeds) add(c *comparison.Comparison, m *comparison.Metric, policy string) {
	var a, b *comparison.Outcome
	for i := range m.Outcomes {
		if m.Outcomes[i].Policy == policy {
			b = &m.Outcomes[i]
		} else {
			a = &m.Outcomes[i]
		}
	}
	sign := -1.0 // a lower value is a win
	if m.Better == reports.HigherIsBetter {
		sign = 1
	}
	for i, seed := range c.Seeds {
		if x, y := a.Values[i], b.Values[i]; x != nil && y != nil && *x != *y {
			w.Seeds = append(w.Seeds, worstSeed{seed, *x, *y})
		}
	}
	slices.SortStableFunc(w.Seeds, func(p, q worstSeed) int { return cmp.Compare(sign*(p.B-p.A), sign*(q.B-q.A)) })
	w.Seeds = w.Seeds[:min(len(w.Seeds), 5)]
}

// tellWorst lists the worst seeds.
func (s *session) tellWorst(p *parted) error {
	if len(p.Worst.Seeds) == 0 {
		_, err := fmt.Fprintf(s.stdout, "%s is the same in all of %s.\n\n", reports.Visible(p.Worst.Metric), count(p.Worst.Of, "seed"))
		return err
	}
	fmt.Fprintf(s.stdout, "The worst of %s for %s, by %s:\n", count(p.Worst.Of, "seed"), reports.Visible(p.B), reports.Visible(p.Worst.Metric))
	var rows [][]string
	for _, w := range p.Worst.Seeds {
		rows = append(rows, []string{strconv.FormatUint(w.Seed, 10), rounded(w.A), rounded(w.B), rounded(w.B - w.A)})
	}
	if err := s.table([]string{"SEED", reports.Visible(p.A), reports.Visible(p.B), "DIFFERENCE"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.stdout)
	return err
}

func rounded(x float64) string {
	return strconv.FormatFloat(math.Round(x*1000)/1000, 'g', 8, 64)
}
