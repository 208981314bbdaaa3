package judge

import (
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// Verify reads objectives as a run will be asked them. The error is nil or
// yamlnode.Problems with everything wrong, each with its position.
func Verify(run *scenarios.Run, objectives []scenarios.Objective) error {
	_, err := compile(run, objectives)
	return err
}

func compile(run *scenarios.Run, objectives []scenarios.Objective) ([]*reports.Check, error) {
	return compileAll(run, len(objectives), func(i int) (reports.Assertion, manifest.Position, string) {
		o := &objectives[i]
		return reports.Assertion{Text: o.Text, At: o.At, From: o.From, Until: o.Until, Always: o.Always}, o.Place, ""
	})
}

// Checks compiles the assertions of a scenario, which belong to one run. The error is
// nil or yamlnode.Problems with everything wrong, each with its position.
func Checks(run *scenarios.Run) ([]*reports.Check, error) {
	return compileAll(run, len(run.Assertions), func(i int) (reports.Assertion, manifest.Position, string) {
		a := &run.Assertions[i]
		return reports.Assertion{Text: a.Text, At: a.At, From: a.From, Until: a.Until, Always: a.Always}, a.Position, "spec.assertions.that"
	})
}

// compileAll compiles n assertions, each with the place and the path where it stands.
func compileAll(run *scenarios.Run, n int, assertion func(int) (reports.Assertion, manifest.Position, string)) ([]*reports.Check, error) {
	var checks []*reports.Check
	var problems yamlnode.Problems
	for i := range n {
		a, at, path := assertion(i)
		check, err := reports.CompileAssertion(a, run.Dictionary)
		if err != nil {
			problems = append(problems, yamlnode.Problem{File: at.File, Line: at.Line, Column: at.Column, Path: path, What: err.Error()})
			continue
		}
		checks = append(checks, check)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return checks, nil
}
