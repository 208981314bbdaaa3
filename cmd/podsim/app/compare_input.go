package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/bench/experiment"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
)

// loadExperiment reads everything that the flags name and the given argument, and
// reports every problem at once.
func (s *session) loadExperiment(ctx context.Context, f *compareFlags, args []string) (*scenarios.Experiment, error) {
	return unlessInterrupted(ctx, func() (*scenarios.Experiment, error) { return s.readExperiment(f, args) })
}

func (s *session) readExperiment(f *compareFlags, args []string) (*scenarios.Experiment, error) {
	request := scenarios.ExperimentInput{
		Base:     scenarios.Input{For: time.Duration(f.length), Set: f.set, Table: s.plugins},
		Policies: f.policies, Seeds: f.seeds, Baseline: f.baseline, Confidence: f.confidence, Metrics: f.metrics,
		Assertions: f.assertions,
	}
	var warmUpErr, seedErr, dataErr, filesErr, nodesErr, axesErr, untilErr error
	request.WarmUp, warmUpErr = parseWarmUp(f.given("warm-up"), f.warmUp)
	request.FirstSeed, seedErr = parseSeed(f.seed)
	request.Base.Data, dataErr = bindings(f.data)
	request.Base.Files, filesErr = s.inputFiles(&f.input, args)
	nodes, nodesErr := f.nodes.files()
	request.Axes, axesErr = parseAxes(f.axes)
	request.Until, untilErr = f.parseUntil()
	problems := errors.Join(seedErr, f.numbers(), warmUpErr, axesErr, untilErr, dataErr, filesErr, nodesErr)
	if problems != nil {
		return nil, problems // what is missing would only bring more of them
	}
	request.Base.Files = append(request.Base.Files, nodes...)
	e, err := scenarios.LoadExperiment(request)
	f.nodes.blame(err)
	if err != nil {
		return nil, err
	}
	if f.allMetrics {
		e.Metrics = []string{"*"}
	}
	return e, experiment.Validate(e, experiment.FromFlags{Metrics: len(f.metrics) > 0, Until: f.given("until")})
}

// numbers refuses numbers that are out of bounds.
func (f *compareFlags) numbers() error {
	var problems []error
	if f.given("seeds") && f.seeds < 1 {
		problems = append(problems, fmt.Errorf("--seeds: must be > 0 (got %d)", f.seeds))
	}
	if f.given("confidence") && !(f.confidence >= 0.5 && f.confidence < 1) {
		problems = append(problems, fmt.Errorf("--confidence: must be from 0.5 to below 1 (got %v)", f.confidence))
	}
	if f.given("workers") && f.workers < 1 {
		problems = append(problems, fmt.Errorf("--workers: must be > 0 (got %d)", f.workers))
	}
	if f.given("max-seeds") && f.maxSeeds < 2 {
		problems = append(problems, fmt.Errorf("--max-seeds: must be > 1 (got %d)", f.maxSeeds))
	}
	if f.allMetrics && len(f.metrics) > 0 {
		problems = append(problems, errors.New("--metric and --all-metrics both say what is compared; want one of them"))
	}
	if f.given("junit") && f.junit == "" {
		problems = append(problems, errors.New("--junit: the name of the file is empty"))
	}
	return errors.Join(problems...)
}

// parseWarmUp reads --warm-up. 0s takes back what a document says.
func parseWarmUp(given bool, text string) (*time.Duration, error) {
	if !given {
		return nil, nil
	}
	value, err := yamlnode.Duration(text)
	if err != nil {
		return nil, fmt.Errorf("--warm-up: %w", err)
	}
	return &value, nil
}

// parseAxes reads the values of --axis: NAME=KIND/NAME.PATH=VALUE,VALUE,…
func parseAxes(values []string) ([]scenarios.AxisSpec, error) {
	var axes []scenarios.AxisSpec
	var problems []error
	for _, text := range values {
		parts := strings.SplitN(text, "=", 3)
		if len(parts) < 3 || slices.Contains(parts, "") {
			problems = append(problems, fmt.Errorf("--axis %s: want NAME=KIND/NAME.PATH=VALUE,VALUE,…, as in nodes=NodeGroup/workers.spec.count=40,60,80", reports.Visible(text)))
			continue
		}
		axes = append(axes, scenarios.AxisSpec{Name: parts[0], Set: parts[1], Values: splitValues(parts[2])})
	}
	return axes, errors.Join(problems...)
}

// splitValues splits at commas that stand in no brackets, braces or quotes: values
// are YAML.
func splitValues(text string) []string {
	var values []string
	depth, from := 0, 0
	var quote rune
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"', r == '\'':
			quote = r
		case r == '[', r == '{':
			depth++
		case r == ']', r == '}':
			depth--
		case r == ',' && depth <= 0:
			values = append(values, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(values, strings.TrimSpace(text[from:]))
}

// parseUntil reads --until METRIC=WIDTH and --max-seeds. The metric may have
// labels: the last = is the one.
func (f *compareFlags) parseUntil() (*scenarios.UntilSpec, error) {
	if !f.given("until") {
		if f.given("max-seeds") {
			return nil, errors.New("--max-seeds: needs --until, which says what is to be known")
		}
		return nil, nil
	}
	at := strings.LastIndexByte(f.until, '=')
	if at < 1 || at == len(f.until)-1 {
		return nil, fmt.Errorf("--until %s: want METRIC=WIDTH, as in pending.mean=5%%", reports.Visible(f.until))
	}
	return &scenarios.UntilSpec{
		Metric: strings.TrimSpace(f.until[:at]), HalfWidth: strings.TrimSpace(f.until[at+1:]), AtMost: f.maxSeeds,
	}, nil
}

// completeCompare completes the values of flags.
func completeCompare(command *cobra.Command) {
	names := func(list func() []string, otherwise cobra.ShellCompDirective) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return list(), otherwise }
	}
	profiles := func() []string {
		var list []string
		for _, p := range scheduler.NamedProfiles() {
			list = append(list, p.Name)
		}
		return list
	}
	metrics := func() []string {
		var list []string
		for _, k := range reports.MeasureKinds() {
			list = append(list, k.Name)
		}
		return list
	}
	outputs := func() []string { return stdoutFormats }
	for flag, complete := range map[string]cobra.CompletionFunc{
		"policy":   names(profiles, cobra.ShellCompDirectiveDefault),
		"baseline": names(profiles, cobra.ShellCompDirectiveNoFileComp),
		"metric":   names(metrics, cobra.ShellCompDirectiveNoFileComp),
		"output":   names(outputs, cobra.ShellCompDirectiveFilterDirs),
	} {
		if err := command.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // no such flag
		}
	}
}
