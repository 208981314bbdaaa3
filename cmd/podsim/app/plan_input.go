package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/bench/plan"
	"github.com/podsim/podsim/scenarios"
)

// loadPlan reads everything that the flags name and the given argument, and reports
// every problem at once.
func (s *session) loadPlan(ctx context.Context, f *planFlags, args []string) (*scenarios.Plan, error) {
	return unlessInterrupted(ctx, func() (*scenarios.Plan, error) { return s.readPlan(f, args) })
}

func (s *session) readPlan(f *planFlags, args []string) (*scenarios.Plan, error) {
	request := scenarios.PlanInput{
		Base:       scenarios.Input{For: time.Duration(f.length), Set: f.set, Table: s.plugins, Demand: f.demand},
		Candidates: f.candidates, Objectives: f.objectives, Survive: f.survive, Minimise: f.minimise, Nodes: f.keepNodes,
		Seeds: f.seeds, MaxSeeds: f.maxSeeds, Confidence: f.confidence, Reliability: f.reliability, Budget: f.budget,
	}
	if f.priceBook != "" {
		request.PriceBook = &scenarios.File{Name: f.priceBook}
	}
	var warmUpErr, seedErr, dataErr, filesErr error
	request.WarmUp, warmUpErr = parseWarmUp(f.given("warm-up"), f.warmUp)
	request.Base.Seed, seedErr = parseSeed(f.seed)
	request.Base.Data, dataErr = bindings(f.data)
	request.Base.Files, filesErr = s.planFiles(f, args)
	if problems := errors.Join(seedErr, f.numbers(), warmUpErr, dataErr, filesErr); problems != nil {
		return nil, problems // what is missing would only bring more of them
	}
	p, err := scenarios.LoadPlan(request)
	if err != nil {
		return nil, err
	}
	return p, plan.Validate(p)
}

// planFiles returns the files to read. There is none that a plan could be about if
// nobody names one.
func (s *session) planFiles(f *planFlags, args []string) ([]scenarios.File, error) {
	if len(args)+len(f.files) == 0 {
		return nil, errors.New("which scenario? want a file, the name of an embedded one (podsim run --list), or -f; as in podsim plan shop.yaml --candidate workers=1..40 --survive zone")
	}
	return s.inputFiles(&f.input, args)
}

// numbers refuses numbers and words that are out of bounds.
func (f *planFlags) numbers() error {
	var problems []error
	atLeastOne := func(flag string, value int) {
		if f.given(flag) && value < 1 {
			problems = append(problems, fmt.Errorf("--%s: must be > 0 (got %d)", flag, value))
		}
	}
	atLeastOne("seeds", f.seeds)
	atLeastOne("max-seeds", f.maxSeeds)
	atLeastOne("budget", f.budget)
	atLeastOne("workers", f.workers)
	if f.given("confidence") && !(f.confidence >= 0.5 && f.confidence < 1) {
		problems = append(problems, fmt.Errorf("--confidence: must be from 0.5 to below 1 (got %v)", f.confidence))
	}
	if f.given("reliability") && !(f.reliability > 0 && f.reliability < 1) {
		problems = append(problems, fmt.Errorf("--reliability: must be above 0 and below 1 (got %v); without it, objectives hold in all seeds that are run", f.reliability))
	}
	if f.given("demand") && !(f.demand > 0) {
		problems = append(problems, fmt.Errorf("--demand: must be > 0 (got %v)", f.demand))
	}
	if f.given("price-book") && f.priceBook == "" {
		problems = append(problems, errors.New("--price-book: the name of the file is empty"))
	}
	oneWord := func(flag, value string, known ...string) {
		if f.given(flag) && !slices.Contains(known, value) {
			problems = append(problems, unknown("--"+flag, value, known))
		}
	}
	oneWord("minimise", f.minimise, "cost", "nodes")
	oneWord("nodes", f.keepNodes, "keep", "replace")
	return errors.Join(problems...)
}

// completePlan completes the values of flags.
func completePlan(command *cobra.Command) {
	for flag, words := range map[string][]string{
		"minimise": {"cost", "nodes"}, "nodes": {"keep", "replace"},
		"survive": {"zone", "rack", "nodes=", "upgrade", "reclaim=", "demand="}, "output": stdoutFormats,
	} {
		otherwise := cobra.ShellCompDirectiveNoFileComp
		if flag == "output" {
			otherwise = cobra.ShellCompDirectiveDefault
		}
		_ = command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, otherwise))
	}
}
