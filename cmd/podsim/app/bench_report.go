package app

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/podsim/podsim/models"
)

// benchInput says what was measured, as JSON.
type benchInput struct {
	Nodes      int    `json:"nodes"`
	Pods       int    `json:"pods"`
	Classes    int    `json:"classes"`
	Set        string `json:"set"`
	Percentage int    `json:"percentage"`
	Ties       string `json:"ties"`
	Steady     bool   `json:"steady"`
	Seed       uint64 `json:"seed"`
}

// duel is both engines in worlds that are alike.
type duel struct {
	benchInput
	Scan        *measurement `json:"scan"`
	Incremental *measurement `json:"incremental"`
	Agree       bool         `json:"agree"`
	// FirstDifference is the number of the first decision that differs; -1 if none does.
	FirstDifference int     `json:"firstDifference"`
	Ratio           float64 `json:"ratio"`    // of nanoseconds a decision, scan to incremental
	CPURatio        float64 `json:"cpuRatio"` // of cpu seconds
}

// measureScheduler is podsim bench scheduler.
func (s *session) measureScheduler(ctx context.Context, b *benchSetup, f *benchFlags) error {
	results := make([]*measurement, len(b.engines))
	placements := make([][]models.NodeID, len(b.engines))
	for i, name := range b.engines {
		if f.compare {
			placements[i] = make([]models.NodeID, b.decisions)
		}
		progress := newProgress(s.stderr, models.Never, !f.noProgress)
		var err error
		results[i], err = b.measure(ctx, name, s.plugins, placements[i], func(done, of int) { progress.tell(done, of, "decision") })
		progress.clear()
		if err != nil {
			return err
		}
	}
	input := benchInput{b.Nodes, b.pods, b.Classes, b.Set.String(), b.percentage, b.ties.String(), b.steady, b.Seed}
	if f.compare {
		return s.tellDuel(compareEngines(input, results, placements), f.output)
	}
	if f.output == "json" {
		return s.printJSON(struct {
			benchInput
			*measurement
		}{input, results[0]})
	}
	return s.tellMeasurements(input, results)
}

func compareEngines(input benchInput, results []*measurement, placements [][]models.NodeID) *duel {
	c := &duel{benchInput: input, Scan: results[0], Incremental: results[1], Agree: true, FirstDifference: -1}
	for i, node := range placements[0] {
		if placements[1][i] != node {
			c.Agree, c.FirstDifference = false, i
			break
		}
	}
	c.Ratio = quotient(c.Scan.NsPerDecision, c.Incremental.NsPerDecision)
	c.CPURatio = quotient(c.Scan.CPUSeconds, c.Incremental.CPUSeconds)
	return c
}

// quotient is 0 where there is none.
func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (s *session) tellDuel(c *duel, output string) error {
	var err error
	if output == "json" {
		err = s.printJSON(c)
	} else if err = s.tellMeasurements(c.benchInput, []*measurement{c.Scan, c.Incremental}); err == nil && c.Agree {
		_, err = fmt.Fprintf(s.stdout, "\nThe placements agree. The incremental engine is %s times as fast (%s by CPU time).\n",
			threeDigits(c.Ratio), threeDigits(c.CPURatio))
	}
	if err == nil && !c.Agree {
		err = &exit{ExitAssertion, fmt.Errorf("the engines place differently, from decision %d of %d on", c.FirstDifference+1, c.Scan.Decisions)}
	}
	return err
}

// tellMeasurements prints one column for each engine.
func (s *session) tellMeasurements(input benchInput, results []*measurement) error {
	mode := "filled from empty"
	if input.Steady {
		mode = "filled, then one goes for each that comes"
	}
	fmt.Fprintf(s.stdout, "%s, %s in %s, set %s, %s\npercentage of nodes %d, ties %s, seed %d\n\n", count(input.Nodes, "node"),
		count(input.Pods, "pod"), count(input.Classes, "class", "classes"), input.Set, mode, input.Percentage, input.Ties, input.Seed)
	header := []string{"MEASURE"}
	for _, r := range results {
		header = append(header, r.Engine)
	}
	rows := make([][]string, 0, 12)
	row := func(name string, value func(*measurement) string) {
		line := []string{name}
		for _, r := range results {
			line = append(line, value(r))
		}
		rows = append(rows, line)
	}
	row("decisions", func(r *measurement) string { return strconv.Itoa(r.Decisions) })
	row("placed", func(r *measurement) string { return strconv.Itoa(r.Placed) })
	row("unschedulable", func(r *measurement) string { return strconv.Itoa(r.Unschedulable) })
	row("decisions/s", func(r *measurement) string { return threeDigits(r.DecisionsPerSecond) })
	row("ns/decision", func(r *measurement) string { return threeDigits(r.NsPerDecision) })
	row("  to choose", func(r *measurement) string { return threeDigits(r.ChoiceNsPer) })
	row("CPU ns/decision", func(r *measurement) string { return threeDigits(r.CPUNsPer) })
	row("allocations/decision", func(r *measurement) string { return threeDigits(r.AllocationsPer) })
	row("heap bytes/pod", func(r *measurement) string { return threeDigits(r.BytesPerPod) })
	row("heap", func(r *measurement) string { return bytesText(float64(r.HeapBytes)) })
	row("wall time", func(r *measurement) string { return threeDigits(r.WallSeconds) + "s" })
	row("CPU time", func(r *measurement) string { return threeDigits(r.CPUSeconds) + "s" })
	row("placements", func(r *measurement) string { return r.Digest[:16] })
	return s.table(header, rows)
}

// threeDigits writes a number with three digits that count, or all before the point.
func threeDigits(value float64) string {
	if value == 0 {
		return "0"
	}
	digits := max(2-int(math.Floor(math.Log10(math.Abs(value)))), 0)
	return strconv.FormatFloat(value, 'f', min(digits, 6), 64)
}
