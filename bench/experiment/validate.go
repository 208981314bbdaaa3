package experiment

import (
	"errors"
	"slices"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// FromFlags says what the command line said instead of the Experiment, so that
// problems are told there.
type FromFlags struct{ Metrics, Until bool }

// Validate returns yamlnode.Problems with everything that is wrong with the metrics
// and assertions of the experiment and with the assertions of the scenario. It
// writes the names of metrics as results write them.
func Validate(e *scenarios.Experiment, flags FromFlags) error {
	_, customErr := compileCustom(e)
	return errors.Join(customErr, nameMetrics(e, flags), checkAssertions(e), checkScenario(e))
}

// checkAssertions compiles the assertions over policies.
func checkAssertions(e *scenarios.Experiment) error {
	var problems yamlnode.Problems
	for _, a := range e.Assertions {
		if _, err := CompileAssertion(a.Text, policyNames(e), MetricKinds(e)); err != nil {
			problems = append(problems, problemAt(a.Position, "", err.Error()))
		}
	}
	return problems.Err()
}

// nameMetrics checks the metrics to compare and that of a sequential experiment.
func nameMetrics(e *scenarios.Experiment, flags FromFlags) error {
	var problems yamlnode.Problems
	blame := func(isFlag bool, flag, path string, err error) {
		if isFlag {
			problems = append(problems, yamlnode.Problem{File: flag, What: err.Error()})
		} else {
			problems = append(problems, problemAt(e.Place(path), path, err.Error()))
		}
	}
	names := slices.Clone(e.Metrics)
	for i, text := range names {
		name, err := metricNamed(e, text)
		if err != nil {
			blame(flags.Metrics, "--metric", yamlnode.IndexPath("spec.metrics", i), err)
		}
		names[i] = name
	}
	e.Metrics = names
	if e.Until != nil {
		name, err := oneMetricNamed(e, e.Until.Metric)
		if err != nil {
			blame(flags.Until, "--until", "spec.until.metric", err)
		}
		until := *e.Until
		until.Metric = name
		e.Until = &until
	}
	return problems.Err()
}

// metricNamed returns the name of a metric as results write it. A name without its
// argument stands for those with any.
func metricNamed(e *scenarios.Experiment, text string) (string, error) {
	isKind := func(k reports.MeasureKind) bool { return k.Name == text }
	if text == allMetrics || slices.ContainsFunc(reports.MeasureKinds(), isKind) {
		return text, nil
	}
	return oneMetricNamed(e, text)
}

func oneMetricNamed(e *scenarios.Experiment, text string) (string, error) {
	if slices.ContainsFunc(e.Custom, func(m scenarios.CustomMetricSpec) bool { return m.Name == text }) {
		return text, nil
	}
	_, name, err := reports.MeasureNamed(text)
	return name, err
}

// compileCustom compiles the metrics of the user.
func compileCustom(e *scenarios.Experiment) ([]*reports.Custom, error) {
	specs := make([]reports.CustomSpec, len(e.Custom))
	for i, m := range e.Custom {
		specs[i] = reports.CustomSpec{
			Name: m.Name, Unit: m.Unit, Better: m.Better, Over: m.Over, Where: m.Where, Value: m.Value, Reduce: m.Reduce,
		}
	}
	custom, err := reports.CompileCustom(specs)
	if err == nil {
		return custom, nil
	}
	var problems yamlnode.Problems
	for _, p := range reports.CustomProblems(err) {
		path := yamlnode.IndexPath("spec.custom", p.Index) + "." + p.Field
		problems = append(problems, problemAt(e.Place(path), path, p.Error()))
	}
	if len(problems) == 0 {
		return nil, err
	}
	problems.Sort()
	return nil, problems
}

func problemAt(at manifest.Position, path, what string) yamlnode.Problem {
	return yamlnode.Problem{File: at.File, Line: at.Line, Column: at.Column, Path: path, What: what}
}

// checkScenario compiles the assertions of the scenario under each policy, to tell
// what is wrong with them before anything runs.
func checkScenario(e *scenarios.Experiment) error {
	seen := make(map[yamlnode.Problem]bool)
	var all yamlnode.Problems
	for policy := range e.Policies {
		run, err := e.Load(policy, 0, e.FirstSeed)
		if err == nil {
			_, err = judge.Checks(run)
		}
		var problems yamlnode.Problems
		if err != nil && !errors.As(err, &problems) {
			return err
		}
		for _, p := range problems {
			if !seen[p] {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	all.Sort()
	return all.Err()
}
