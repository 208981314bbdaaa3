package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/bench/plan"
	"github.com/podsim/podsim/reports/capacity"
)

// planFlags are the flags of podsim plan.
type planFlags struct {
	input
	seriesFlags
	priceBook   string
	candidates  []string
	objectives  []string
	survive     []string
	minimise    string
	keepNodes   string
	demand      float64
	seeds       int
	maxSeeds    int
	confidence  float64
	reliability float64
	warmUp      string
	budget      int
	given       func(flag string) bool
}

func (s *session) plan() *cobra.Command {
	f := new(planFlags)
	command := &cobra.Command{
		Use:   "plan [SCENARIO]",
		Short: "find the cheapest nodes with which a scenario holds, also when things break",
		Long: `Finds how many nodes of which kind to buy, so that the objectives hold in a scenario
and in everything that the plan must survive: the loss of a zone, of nodes, an upgrade,
more demand. Each mix of nodes is judged by simulation; arithmetic rules out most of
them first. SCENARIO is a file, the name of an embedded scenario (podsim run --list), a
snapshot of a cluster (kubectl get nodes,pods,deployments,... -A -o yaml or json; pods
whose controllers it lacks are not made anew when their node is lost), or a file with a
Plan, which says all that the flags say.

What can be bought are node groups of the scenario (--candidate GROUP=MIN..MAX) and
shapes of a price book (--price-book FILE, --candidate SHAPE=MIN..MAX; MIN..MAX/STEP
buys so many at a time). With a price book and no candidate, all of its shapes are.
--candidate goes before the range that a Plan gives for the same candidate, and leaves
the Plan's other candidates as they are.
--nodes replace takes the nodes of the scenario or snapshot away.

--objective says what must hold in every run: an assertion over measures, such as
'pending.p99 < 60s', or all pods placed, which is what is asked for if nothing is.
--survive says in which situations it must hold as well: zone, rack, nodes=2, upgrade,
reclaim=20%, demand=1.3.

With -o DIR finished runs are kept there: after Ctrl-C, or worse, the same command goes
on where it stopped. The report is in DIR when all is done: report.html to look at,
capacity.json, capacity.md, capacity.txt, mixes.csv, frontier.csv and failures.csv (see
podsim columns). It does not depend on the number of workers or on interruptions.

Exit codes: 0 pass, 1 no mix meets the plan, 2 bad input, 3 internal error,
130 interrupted.`,
		Example: `  podsim plan shop.yaml --candidate workers=1..40 --survive zone
  podsim plan shop.yaml --price-book prices.yaml --candidate m-16=0..40 --candidate g-4=0..8/2 --nodes replace
  podsim plan shop.yaml --candidate workers=1..40 --objective 'pending.p99 < 60s' --survive nodes=2 --survive demand=1.3
  kubectl get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs -A -o yaml |
    podsim plan -f - --price-book prices.yaml --nodes replace --survive zone
  podsim plan plan.yaml -o out/
  podsim plan plan.yaml -o markdown`,
		Args: oneArgument("scenario", "; more files are given with -f"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.runPlan(c.Context(), f, args)
		},
		ValidArgsFunction: completeScenarios,
	}
	f.flags(command)
	return command
}

// flags registers the flags.
func (f *planFlags) flags(command *cobra.Command) {
	flags := command.Flags()
	f.given = flags.Changed
	flags.StringVar(&f.priceBook, "price-book", "", "a file with a PriceBook: shapes of nodes and their prices")
	flags.StringArrayVar(&f.candidates, "candidate", nil, "what can be bought: a shape or node group and how many, SHAPE=MIN..MAX or SHAPE=MIN..MAX/STEP (repeatable)")
	flags.StringArrayVar(&f.objectives, "objective", nil, "what must hold of every run, such as 'pending.p99 < 60s' or 'all pods placed' (repeatable)")
	flags.StringArrayVar(&f.survive, "survive", nil, "in which situations it must hold as well: zone, rack, nodes=2, upgrade, reclaim=20%, demand=1.3 (repeatable)")
	flags.StringVar(&f.minimise, "minimise", "", "cost or nodes (default: the plan's, or cost)")
	flags.StringVar(&f.keepNodes, "nodes", "", "what becomes of nodes of the scenario that are no candidates: keep or replace (default: the plan's, or keep)")
	flags.Float64Var(&f.demand, "demand", 0, "a factor on all that asks for nodes, such as 1.2 for growth by a fifth (default: the plan's, or 1)")
	flags.IntVar(&f.seeds, "seeds", 0, "on how many seeds every mix is judged (default: the plan's, or 10)")
	flags.IntVar(&f.maxSeeds, "max-seeds", 0, "the most seeds to which they are raised until the answer is safe (default: the plan's)")
	flags.StringVar(&f.seed, "seed", "", "the first seed (default: the scenario's, or 1)")
	flags.Float64Var(&f.confidence, "confidence", 0, "confidence of every statement of chance, from 0.5 to below 1 (default: the plan's, or 0.95)")
	flags.Float64Var(&f.reliability, "reliability", 0, "the share of seeds in which the objectives must hold (default: the plan's, or all that are run)")
	flags.StringVar(&f.warmUp, "warm-up", "", "the beginning of each run that objectives leave out: 10m, 2h")
	flags.IntVar(&f.budget, "budget", 0, "the most mixes that are judged by simulation (default: the plan's, or 400)")
	f.seriesFlags.flags(flags, "the report", "plan")
	f.documentFlags(flags)
	completePlan(command)
}

// runPlan is podsim plan: load, search, tell.
func (s *session) runPlan(ctx context.Context, f *planFlags, args []string) error {
	out, wrong := reportOutputs(f.output)
	p, err := s.loadPlan(ctx, f, args)
	if err = errors.Join(wrong, err); err != nil {
		return err
	}
	options := plan.Options{Version: Version, Workers: f.atOnce()}
	if out.dir != "" {
		options.Build = build()
		if options.Store, err = plan.OpenStore(out.dir, p, Version, options.Build, planFileNames(), f.force); err != nil {
			return fmt.Errorf("-o %w", err)
		}
		defer options.Store.Close()
		options.SoFar = tellSoFar(options.Store, capacity.PlanSoFarFile, writePlanJSON)
	}
	progress := newLive(s.stderr, !f.noProgress, planProgress(p))
	options.Progress = progress.show
	found, err := plan.Search(ctx, p, options)
	progress.clear()
	switch {
	case errors.Is(err, plan.ErrInterrupted):
		return errors.Join(s.tellInterruptedPlan(found, out), leaveSoFar(options.Store, capacity.PlanSoFarFile, found, writePlanJSON))
	case err != nil:
		return classifyPlan(err)
	}
	if err := writePlan(found, options.Store); err != nil {
		return err
	}
	if err := s.tellPlan(found, out); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	if found.Recommendation == nil {
		return &exit{ExitAssertion, errors.New("no mix of the candidates was found that meets the plan")}
	}
	return nil
}

// classifyPlan tells faults of the simulator from faults of what it read.
func classifyPlan(err error) error {
	var failure *plan.Failure
	switch {
	case errors.As(err, &failure) && failure.Internal:
		return internalError(err)
	case errors.As(err, &failure):
		return err
	}
	return fmt.Errorf("-o %w", err) // of the store
}

// tellInterruptedPlan prints what is known so far and how to go on.
func (s *session) tellInterruptedPlan(found *capacity.Plan, out reportOutput) error {
	if err := s.tellPlan(found, reportOutput{format: out.format}); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	text := fmt.Sprintf("interrupted after %s of %s", count(found.Effort.Runs, "run"), count(found.Effort.Judged, "mix", "mixes"))
	return &exit{ExitInterrupted, errors.New(text + goesOn(out))}
}
