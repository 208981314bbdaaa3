package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/bench/survive"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// surviveFlags are the flags of podsim survive.
type surviveFlags struct {
	input
	objectives []string
	failures   []string
	double     bool
	pairs      int
	lost       int
	sets       int
	moment     moment
	repair     span
	seeds      int
	warmUp     span
	require    []string
	workers    int
	output     string
	noProgress bool
	given      *pflag.FlagSet
}

func (s *session) survive() *cobra.Command {
	f := new(surviveFlags)
	command := &cobra.Command{
		Use:   "survive [SCENARIO] --objective ASSERTION",
		Short: "which failures of nodes, racks and zones break which objective?",
		Long: `Runs a scenario, or a cluster as kubectl prints it, with the failure of each node, rack
and zone and tells which of them break which objective, which breaks first and why, and
how many nodes may be lost at once (N+k).

A failure is a crash at half of the run (after 1h where a run has no end), or at --at,
that lasts to the end of the run, or as long as --repair says. Nodes that are alike fail
once for all of them: those of one group with the same labels, taints and room that carry
pods of the same workloads at that moment.

--double also lets every two of them fail at once; if there are more than --pairs, as many
are drawn. The loss of more and more nodes at once is tried with all sets of them where
those are few (100 runs), else with the worst by greed and with sets drawn by the seed.

Objectives are assertions over one run, such as 'all pods placed' (the default),
'pending.p99 < 60s' or 'availability >= 99.9%'.

Exit codes: 0 answered, 1 a failure that --require names is not survived, 2 bad input,
3 internal error, 130 interrupted.`,
		Example: `  podsim survive zone-outage --objective 'all pods placed' --objective 'availability >= 99%'
  podsim survive my-scenario.yaml --failure node,zone --double --require N+1
  kubectl get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs -A -o yaml |
    podsim survive -f - --require zone`,
		Args:              oneArgument("scenario", "; more files are given with -f"),
		RunE:              func(c *cobra.Command, args []string) error { return s.runSurvival(c.Context(), f, args) },
		ValidArgsFunction: completeScenarios,
	}
	flags := command.Flags()
	f.given = flags
	flags.StringArrayVar(&f.objectives, "objective", nil, "what must hold at the end of a run (repeatable; default: all pods placed)")
	flags.StringSliceVar(&f.failures, "failure", []string{capacity.FamilyNode, capacity.FamilyRack, capacity.FamilyZone}, "what fails: node, rack, zone, with commas between")
	flags.BoolVar(&f.double, "double", false, "also every two failures at once")
	flags.IntVar(&f.pairs, "pairs", 500, "with --double: the most pairs of failures that are tried; of more, as many are drawn")
	flags.IntVar(&f.lost, "lost", 4, "the most nodes that are lost at once; it ends earlier when every objective is broken")
	flags.IntVar(&f.sets, "sets", 20, "how many sets of so many nodes are drawn, where not all can be tried")
	flags.Var(&f.moment, "at", "when the failures happen: 2h, 90m (default: at half of the run)")
	flags.Var(&f.repair, "repair", "how long failures last (default: to the end of the run)")
	flags.IntVar(&f.seeds, "seeds", 1, "how many seeds each failure is tried with")
	flags.StringVar(&f.seed, "seed", "", "the first seed (default: the scenario's, or 1)")
	flags.Var(&f.warmUp, "warm-up", "the beginning of each run that objectives leave out: 10m, 2h")
	flags.StringSliceVar(&f.require, "require", nil, "exit with 1 unless this is survived: N+1, N+2 and so on, node, rack, zone, or double (repeatable)")
	flags.StringVar(&f.policy, "policy", "", "schedule by this profile (see podsim policies), or go by the file of a policy")
	flags.StringVar(&f.config, "config", "", "schedule as this KubeSchedulerConfiguration says, instead of the scenario (not together with --policy)")
	flags.IntVar(&f.workers, "workers", 0, "how many runs at a time (default: one for each core); the report does not depend on it")
	flags.StringVarP(&f.output, "output", "o", "table", "table, json, markdown or csv")
	flags.BoolVar(&f.noProgress, "no-progress", false, "show no progress on the terminal")
	f.sourceFlags(flags)
	return oneOf(command, &f.output, "table", "json", "markdown", "csv")
}

// runSurvival is podsim survive: load, try, tell.
func (s *session) runSurvival(ctx context.Context, f *surviveFlags, args []string) error {
	q, wrong := f.question()
	err := s.loadSurvival(ctx, f, args, q, wrong)
	if err != nil {
		return err
	}
	line := newProgress(s.stderr, models.Never, !f.noProgress)
	runs := 0
	answer, err := survive.Ask(ctx, *q, survive.Options{
		Version: Version, Workers: cmp.Or(f.workers, runtime.GOMAXPROCS(0)),
		Progress: func(done, of int) {
			runs = done
			line.tell(done, of, "run")
		},
	})
	line.clear()
	if err != nil && !errors.Is(err, survive.ErrInterrupted) {
		if judge.Internal(err) {
			return internalError(err)
		}
		return err
	}
	if answer != nil {
		if err := s.tellCapacity(answer, f.output); err != nil {
			return fmt.Errorf("the report cannot be written: %w", err)
		}
	}
	if err != nil {
		return &exit{ExitInterrupted, fmt.Errorf("interrupted after %s", count(runs, "run"))}
	}
	return requirementsMet(answer)
}

// requirementsMet turns requirements into an exit code.
func requirementsMet(answer *capacity.Survival) error {
	var failed []string
	for _, r := range answer.Requirements {
		if !r.Met {
			failed = append(failed, r.Text)
		}
	}
	if failed == nil {
		return nil
	}
	return &exit{ExitAssertion, fmt.Errorf("not survived: %s", strings.Join(failed, ", "))}
}

// question reads the flags that say what is asked.
func (f *surviveFlags) question() (*survive.Question, error) {
	q := &survive.Question{Double: f.double, Pairs: f.pairs, Most: f.lost, Sets: f.sets, For: time.Duration(f.repair), WarmUp: time.Duration(f.warmUp)}
	var problems []error
	for _, n := range []struct {
		flag      string
		got, from int
	}{{"pairs", f.pairs, 1}, {"lost", f.lost, 1}, {"sets", f.sets, 0}, {"seeds", f.seeds, 1}, {"workers", f.workers, 1}} {
		if f.given.Changed(n.flag) && n.got < n.from {
			problems = append(problems, fmt.Errorf("--%s: must be >= %d (got %d)", n.flag, n.from, n.got))
		}
	}
	for _, text := range f.failures {
		family, err := survive.ParseFamily(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("--failure: %w", err))
		}
		q.Families = append(q.Families, family)
	}
	var required []survive.Requirement
	for _, text := range f.require {
		r, err := survive.ParseRequirement(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("--require: %w", err))
		}
		required = append(required, r)
	}
	if len(problems) == 0 {
		q.Require(required...)
	}
	if len(f.objectives) == 0 {
		f.objectives = []string{"all pods placed"}
	}
	for _, text := range f.objectives {
		o, err := scenarios.ParseObjective(text, manifest.Position{File: "--objective"})
		if err != nil {
			problems = append(problems, fmt.Errorf("--objective: %w", err))
		}
		q.Objectives = append(q.Objectives, o)
	}
	return q, errors.Join(problems...)
}

// loadSurvival reads the scenario and fills in what hangs on it.
func (s *session) loadSurvival(ctx context.Context, f *surviveFlags, args []string, q *survive.Question, wrong error) error {
	request, complete, problems := s.request(&f.input, args)
	problems = errors.Join(wrong, problems)
	if !complete {
		return problems
	}
	type loaded struct {
		again *scenarios.Repeated
		first *scenarios.Run
	}
	l, err := unlessInterrupted(ctx, func() (loaded, error) {
		again, first, err := scenarios.Repeat(request)
		return loaded{again, first}, err
	})
	f.nodes.blame(err)
	if err = errors.Join(problems, err); err != nil {
		return err
	}
	q.Load = l.again.Load
	if q.At = f.moment.at; !f.moment.given {
		q.At = survive.DefaultAt(l.first)
	}
	first := l.first.Config.Seed
	if first > math.MaxUint64-uint64(f.seeds-1) {
		return fmt.Errorf("--seeds: %d seeds from %d end beyond 2^64-1", f.seeds, first)
	}
	for i := range f.seeds {
		q.Seeds = append(q.Seeds, first+uint64(i))
	}
	if q.At > l.first.Config.Horizon {
		return fmt.Errorf("--at %s: the run ends at %s", q.At, l.first.Config.Horizon)
	}
	if q.WarmUp > 0 && models.Time(q.WarmUp) >= l.first.Config.Horizon {
		return fmt.Errorf("--warm-up: got %s; the run ends at %s", q.WarmUp, l.first.Config.Horizon)
	}
	return blameObjectives(judge.Verify(l.first, q.Objectives))
}

// blameObjectives takes lines and columns from problems with objectives of the command
// line.
func blameObjectives(err error) error {
	var problems yamlnode.Problems
	if !errors.As(err, &problems) {
		return err
	}
	for i := range problems {
		problems[i].Line, problems[i].Column = 0, 0
	}
	return problems
}
