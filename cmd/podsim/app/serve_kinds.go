package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/podsim/podsim/models/oplog"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/page"
	"github.com/podsim/podsim/reports/serve"
)

// servedKinds are the kinds of reports that podsim serve knows. Reading ends with the
// context.
func servedKinds(ctx context.Context) []serve.Kind {
	return []serve.Kind{
		{
			Name: "run", Whole: runFile, Enough: logFile, SoFar: logFile + partial, Describe: describeRun,
			Page: func(root *os.Root, stage serve.Stage) (func(io.Writer) error, error) {
				return runPage(ctx, root, stage)
			},
		},
		{
			Name: "comparison", Whole: comparison.JSONFile, SoFar: comparison.SoFarFile, Begun: "experiment.json", Page: servedSeries,
			Describe: func(root *os.Root, stage serve.Stage) (serve.Line, error) {
				return describeSeries(root, comparison.JSONFile, comparison.SoFarFile, stage, comparison.ReadJSON, lineOfComparison)
			},
		},
		{
			Name: "capacity plan", Whole: capacity.PlanJSONFile, SoFar: capacity.PlanSoFarFile, Begun: "plan.json", Page: servedSeries,
			Describe: func(root *os.Root, stage serve.Stage) (serve.Line, error) {
				return describeSeries(root, capacity.PlanJSONFile, capacity.PlanSoFarFile, stage, capacity.ReadPlan, lineOfPlan)
			},
		},
	}
}

// servedSeries returns the writer of the page of a comparison or a plan.
func servedSeries(root *os.Root, stage serve.Stage) (func(io.Writer) error, error) {
	return seriesPage(root, stage != serve.Finished)
}

// describeSeries reads a comparison or a plan and sums it up.
func describeSeries[Answer any](root *os.Root, whole, soFar string, stage serve.Stage, read func([]byte) (Answer, error), line func(Answer) serve.Line) (serve.Line, error) {
	if stage != serve.Finished {
		whole = soFar
	}
	text, err := root.ReadFile(whole)
	if err != nil {
		return serve.Line{}, dirs.Cause(err)
	}
	answer, err := read(text)
	if err != nil {
		return serve.Line{}, err
	}
	return line(answer), nil
}

func lineOfComparison(c *comparison.Comparison) serve.Line {
	l := serve.Line{Name: c.Name}
	if l.Name == "" {
		l.Name = c.Scenario
	}
	l.Verdict, l.Tone = page.ComparisonVerdict(c)
	return l
}

func lineOfPlan(p *capacity.Plan) serve.Line {
	l := serve.Line{Name: p.Name}
	if l.Name == "" {
		l.Name = p.Scenario
	}
	l.Verdict, l.Tone = page.PlanVerdict(p)
	return l
}

// runLog opens the log of a run in a folder.
func runLog(root *os.Root, stage serve.Stage) (*logOf, error) {
	name := logFile
	if stage != serve.Finished {
		name += partial
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, dirs.Cause(err))
	}
	return &logOf{name, file}, nil
}

// runPage applies the operations of a run again, as far as there are any, and returns
// the writer of its page.
func runPage(ctx context.Context, root *os.Root, stage serve.Stage) (func(io.Writer) error, error) {
	log, err := runLog(root, stage)
	if err != nil {
		return nil, err
	}
	defer log.file.Close()
	p, head, err := log.replay()
	if err != nil {
		return nil, err
	}
	told, err := refold(ctx, p, &head, nil, true)
	if err != nil {
		return nil, log.blame(err)
	}
	if stage != serve.Finished {
		told.page.Ended, told.page.UnderWay = "given up", stage == serve.UnderWay
		told.page.Summary.Assertions = nil // what they ask of the end is not known
	}
	return func(w io.Writer) error { return page.Run(w, told.page) }, nil
}

// describeRun sums a run up: by its summary, or by the head of its log if there is no
// more.
func describeRun(root *os.Root, stage serve.Stage) (serve.Line, error) {
	if stage != serve.Finished {
		return describeLog(root, stage)
	}
	text, err := root.ReadFile(summaryFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return describeLog(root, stage)
	case err != nil:
		return serve.Line{}, dirs.Cause(err)
	}
	var s reports.Summary
	if err := json.Unmarshal(text, &s); err != nil {
		return serve.Line{}, errors.New("no summary of a run")
	}
	failed := 0
	for i := range s.Assertions {
		if !s.Assertions[i].Passed {
			failed++
		}
	}
	l := serve.Line{Name: s.Scenario, Tone: "plain", Verdict: fmt.Sprintf("seed %d, %s, %s", s.Seed, reports.Duration(s.End), reports.Plural(int(s.Pods.Created), "pod"))}
	switch {
	case failed > 0:
		l.Tone, l.Verdict = "fail", fmt.Sprintf("%d of %s failed; %s", failed, reports.Plural(len(s.Assertions), "assertion"), l.Verdict)
	case len(s.Assertions) > 0:
		l.Tone, l.Verdict = "pass", fmt.Sprintf("all of %s passed; %s", reports.Plural(len(s.Assertions), "assertion"), l.Verdict)
	}
	return l, nil
}

// describeLog sums up a run of which there is the log alone.
func describeLog(root *os.Root, stage serve.Stage) (serve.Line, error) {
	log, err := runLog(root, stage)
	if err != nil {
		return serve.Line{}, err
	}
	defer log.file.Close()
	_, head, err := log.replay()
	switch {
	case errors.Is(err, oplog.ErrNoLog) && stage == serve.UnderWay:
		return serve.Line{Verdict: "has just begun", Tone: "plain"}, nil
	case err != nil:
		return serve.Line{}, err
	}
	return serve.Line{Name: head.Scenario, Verdict: fmt.Sprintf("seed %d", head.Seed), Tone: "plain"}, nil
}
