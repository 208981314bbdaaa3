package app

import (
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/bench/plan"
	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/page"
	"github.com/podsim/podsim/scenarios"
)

// planFiles are the files in the folder of a plan but the runs.
var planFiles = []struct {
	name  string
	write func(*capacity.Plan, io.Writer) error
}{
	{capacity.MixesFile, (*capacity.Plan).WriteCSV},
	{capacity.FrontierFile, (*capacity.Plan).WriteFrontierCSV},
	{capacity.FailuresFile, (*capacity.Plan).WriteFailuresCSV},
	{capacity.PlanMarkdownFile, (*capacity.Plan).WriteMarkdown},
	{capacity.PlanTextFile, func(p *capacity.Plan, w io.Writer) error {
		return p.WriteText(w, reports.Terminal{Width: pageWidth, Unicode: true})
	}},
	{page.File, func(p *capacity.Plan, w io.Writer) error { return page.Plan(w, p) }},
	{capacity.PlanJSONFile, (*capacity.Plan).WriteJSON},
}

func writePlanJSON(w io.Writer, p *capacity.Plan) error { return p.WriteJSON(w) }

func planFileNames() []string {
	names := []string{capacity.PlanSoFarFile}
	for _, file := range planFiles {
		names = append(names, file.name)
	}
	return names
}

// writePlan writes the reports into the folder, if there is one.
func writePlan(p *capacity.Plan, kept *store.Store) error {
	if kept == nil {
		return nil
	}
	for _, file := range planFiles {
		if err := kept.WriteFile(file.name, func(w io.Writer) error { return file.write(p, w) }); err != nil {
			return fmt.Errorf("-o %w", err)
		}
	}
	return forgetSoFar(kept, capacity.PlanSoFarFile)
}

// tellPlan prints the plan.
func (s *session) tellPlan(p *capacity.Plan, out reportOutput) error {
	if err := s.tellCapacity(p, out.format); err != nil {
		return err
	}
	s.tellFolder(out)
	return nil
}

// planProgress shows how the bracket around the answer closes.
func planProgress(p *scenarios.Plan) func(plan.Progress, time.Duration) string {
	return func(at plan.Progress, elapsed time.Duration) string {
		text := count(at.Mixes, "mix", "mixes") + ", " + count(at.Runs, "run")
		if at.Kept > 0 {
			text += fmt.Sprintf(" (%d kept from before)", at.Kept)
		}
		text += ", " + elapsed.Round(time.Second).String()
		return bracket(p, at) + "  " + text
	}
}

// bracket says between what the answer is known to lie.
func bracket(p *scenarios.Plan, at plan.Progress) string {
	unit := reports.Visible(p.Currency) + " an hour"
	if p.Minimise == "nodes" {
		unit = "nodes"
	} else if p.Currency == "" {
		unit = "an hour"
	}
	var ends []float64
	for _, end := range []*float64{at.Low, at.High} {
		if end != nil {
			ends = append(ends, *end)
		}
	}
	money := capacity.NewMoney("", ends...)
	switch {
	case at.Phase == plan.Asking && at.High != nil:
		return fmt.Sprintf("found %s %s; looking around", money.Bare(*at.High), unit)
	case at.Low != nil && at.High != nil && *at.High > *at.Low:
		return fmt.Sprintf("between %s and %s %s (%s apart)", money.Bare(*at.Low), money.Bare(*at.High), unit,
			capacity.Percent((*at.High-*at.Low) / *at.High))
	case at.High != nil:
		return fmt.Sprintf("%s %s does", money.Bare(*at.High), unit)
	case at.Low != nil:
		return fmt.Sprintf("at least %s %s", money.Bare(*at.Low), unit)
	}
	return string(at.Phase)
}
