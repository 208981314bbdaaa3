package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/bench/experiment"
	"github.com/podsim/podsim/reports/comparison"
)

// compareFlags are the flags of podsim compare.
type compareFlags struct {
	input
	seriesFlags
	policies   []string
	seeds      int
	baseline   string
	axes       []string
	metrics    []string
	allMetrics bool
	confidence float64
	warmUp     string
	until      string
	maxSeeds   int
	assertions []string
	junit      string
	given      func(flag string) bool
}

func (s *session) compare() *cobra.Command {
	f := new(compareFlags)
	command := &cobra.Command{
		Use:   "compare [SCENARIO]",
		Short: "compare policies on a scenario, with a verdict",
		Long: `Runs a scenario under several policies, each on the same arrivals, lifetimes and
faults, with several seeds, and tells which policy is better in what, by how much and
how surely. SCENARIO is a file, the name of an embedded scenario (podsim run --list), or
a file with an Experiment; without it, zone-outage.

A policy is the name of a scheduler profile (podsim policies), a file with a Policy, a
KubeSchedulerConfiguration or a DeschedulerPolicy, or scenario for the scenario as it is.
The first one is the baseline unless --baseline names another.

--until goes on with five seeds more at a time, from ten, until half of the interval of
each policy's difference to the baseline is narrow enough.

With -o DIR finished runs are kept there: after Ctrl-C, or worse, the same command goes
on where it stopped, and more seeds or policies do not repeat what is done. The report
is in DIR when all runs are: report.html to look at, comparison.json, comparison.csv,
comparison.md and more.
It does not depend on the number of workers or on interruptions.

Exit codes: 0 pass, 1 an assertion failed, 2 bad input, 3 internal error,
130 interrupted.`,
		Example: `  podsim compare batch-burst --policy default --policy most-allocated
  podsim compare my-scenario.yaml --policy mine.yaml --policy default --seeds 30 -o out/
  podsim compare my-scenario.yaml --policy scenario --policy descheduler.yaml
  podsim compare zone-outage --policy default --policy best-fit --axis nodes=NodeGroup/workers.spec.count=40,60,80
  podsim compare spot-day --policy default --policy random --until pending.mean=5% --max-seeds 100
  podsim compare batch-burst --policy default --policy best-fit --assert 'pending.p99(best-fit) < 1.1 * pending.p99(default)' --junit junit.xml
  podsim compare experiment.yaml -o json`,
		Args: oneArgument("scenario", "; more files are given with -f, policies with --policy"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.runComparison(c.Context(), f, args)
		},
		ValidArgsFunction: completeScenarios,
	}
	f.flags(command)
	return command
}

// flags registers the flags.
func (f *compareFlags) flags(command *cobra.Command) {
	flags := command.Flags()
	f.given = flags.Changed
	flags.StringArrayVarP(&f.policies, "policy", "p", nil, "a policy: the name of a scheduler profile, a file, or scenario for the scenario as it is (repeatable)")
	flags.StringVar(&f.baseline, "baseline", "", "the policy to which the others are compared (default: the first)")
	flags.IntVar(&f.seeds, "seeds", 0, "how often every policy is run, each time with the next seed (default: the experiment's, or 10)")
	flags.StringVar(&f.seed, "seed", "", "the first seed (default: the scenario's, or 1)")
	flags.StringArrayVar(&f.axes, "axis", nil, "a setting that varies, NAME=KIND/NAME.PATH=VALUE,VALUE,…: compares at each combination (repeatable)")
	flags.StringArrayVarP(&f.metrics, "metric", "m", nil, "a metric to compare, such as pending.p99 (repeatable; default: those that matter to most)")
	flags.BoolVar(&f.allMetrics, "all-metrics", false, "compare all metrics")
	flags.Float64Var(&f.confidence, "confidence", 0, "confidence of the intervals and verdicts, from 0.5 to below 1 (default: the experiment's, or 0.95)")
	flags.StringVar(&f.warmUp, "warm-up", "", "the beginning of each run that metrics leave out: 10m, 2h")
	flags.StringVar(&f.until, "until", "", "more seeds until differences are known to ± METRIC=WIDTH, in its unit or as a share of the baseline, such as 5%")
	flags.IntVar(&f.maxSeeds, "max-seeds", 0, "the most seeds for --until (default: 200)")
	flags.StringArrayVar(&f.assertions, "assert", nil, "what must hold between policies, such as 'cost(best-fit) < 0.9 * cost(default)' (repeatable)")
	flags.StringVar(&f.junit, "junit", "", "write the assertions to this file, as JUnit XML")
	f.seriesFlags.flags(flags, "a table", "experiment")
	f.sourceFlags(flags)
	completeCompare(command)
}

// runComparison is podsim compare: load, carry out, tell.
func (s *session) runComparison(ctx context.Context, f *compareFlags, args []string) error {
	out, wrong := reportOutputs(f.output)
	wrong = errors.Join(wrong, checkJUnit(f.junit))
	e, err := s.loadExperiment(ctx, f, args)
	if err = errors.Join(wrong, err); err != nil {
		return err
	}
	worker, err := experiment.NewWorker(e)
	if err != nil {
		return err
	}
	options := experiment.Options{Version: Version, Dispatcher: experiment.Local{Workers: f.atOnce(), Do: worker.Do}}
	if out.dir != "" {
		options.Build = build()
		id := experiment.NewIdentity(e, Version, options.Build)
		if options.Store, err = experiment.OpenStore(out.dir, id, comparisonFileNames(), f.force); err != nil {
			return fmt.Errorf("-o %w", err)
		}
		defer options.Store.Close()
		options.SoFar = tellSoFar(options.Store, comparison.SoFarFile, comparison.WriteJSON)
	}
	progress := newLive(s.stderr, !f.noProgress, comparisonProgress)
	options.Progress = progress.show
	c, err := experiment.Run(ctx, e, options)
	progress.clear()
	switch {
	case errors.Is(err, experiment.ErrInterrupted):
		return errors.Join(s.tellInterrupted(c, out, progress.last), leaveSoFar(options.Store, comparison.SoFarFile, c, comparison.WriteJSON))
	case err != nil:
		return classifyComparison(err)
	}
	if err := writeComparison(c, options.Store, f.junit); err != nil {
		return err
	}
	if err := s.tellComparison(c, out); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return comparisonVerdict(c, out)
}

// classifyComparison tells faults of the simulator from faults of what it read.
func classifyComparison(err error) error {
	var failure *experiment.Failure
	switch {
	case errors.As(err, &failure) && failure.Internal:
		return internalError(err)
	case errors.As(err, &failure):
		return err
	}
	return fmt.Errorf("-o %w", err) // of the store
}

// tellInterrupted prints what is known so far and how to go on.
func (s *session) tellInterrupted(c *comparison.Comparison, out reportOutput, last experiment.Progress) error {
	if c != nil {
		if err := s.tellComparison(c, reportOutput{format: out.format}); err != nil {
			return fmt.Errorf("the report cannot be written: %w", err)
		}
	}
	text := fmt.Sprintf("interrupted after %d of %s", last.Done, count(last.Of, "run"))
	return &exit{ExitInterrupted, errors.New(text + goesOn(out))}
}

// goesOn says how to go on after an interruption.
func goesOn(out reportOutput) string {
	if out.dir != "" {
		return fmt.Sprintf("; the same command goes on where it stopped, with what is kept in %s", out.dir)
	}
	return "; with -o DIR finished runs are kept, and the same command goes on where it stopped"
}

// comparisonVerdict turns a comparison into an exit code. Who reads no table is
// also told which assertions failed.
func comparisonVerdict(c *comparison.Comparison, out reportOutput) error {
	failed := 0
	lines := ""
	for _, a := range c.Assertions {
		if !a.Passed {
			failed++
			lines += "\n  " + a.Text + atPoint(a.Settings) + ": " + a.Message
		}
	}
	for _, cell := range c.Cells {
		for _, a := range cell.Failures {
			failed++
			lines += fmt.Sprintf("\n  %s%s: failed with policy %s, %s", a.Assertion, atPoint(cell.Settings), a.Policy, seedList(a.Seeds))
		}
	}
	if failed == 0 {
		return nil
	}
	text := fmt.Sprintf("%s failed", count(failed, "assertion"))
	if out.format != "" {
		text += lines
	}
	return &exit{ExitAssertion, errors.New(text)}
}

// atPoint names a point of the grid of axes.
func atPoint(settings []comparison.Setting) string {
	if len(settings) == 0 {
		return ""
	}
	return " (" + comparison.Label(settings) + ")"
}

// seedList names a few seeds.
func seedList(seeds []uint64) string {
	const most = 5
	text := "seed"
	if len(seeds) > 1 {
		text = "seeds"
	}
	for i, seed := range seeds {
		switch {
		case i == most:
			return text + fmt.Sprintf(" and %d more", len(seeds)-most)
		case i > 0:
			text += ","
		}
		text += fmt.Sprintf(" %d", seed)
	}
	return text
}
