package plan_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/scenarios"
)

// traceVariable names the environment variable with the path of the DLRM trace, plain
// or gzip, which is not part of podsim (see the embedded scenario dlrm-month).
const traceVariable = "PODSIM_DLRM_TRACE"

// TestTheMonthOfTheTraceHolds checks the answer that examples/plan/dlrm.yaml tells of,
// without the search: the recommended mix meets the plan, one step fewer of either kind
// does not, and what the trace asks for at its peak, added up from its file alone, needs
// fewer nodes of each kind, but at least as many as the plan allows.
func TestTheMonthOfTheTraceHolds(t *testing.T) {
	path := os.Getenv(traceVariable)
	if path == "" {
		t.Skipf("set %s to the path of the trace", traceVariable)
	}
	p, err := scenarios.LoadPlan(scenarios.PlanInput{Base: scenarios.Input{
		Files: []scenarios.File{{Name: "../../examples/plan/dlrm.yaml"}}, Data: map[string]string{"trace": path},
	}})
	if err != nil {
		t.Fatal(err)
	}
	answer := []int{2190, 437}
	mixes := [][]int{answer}
	for i, c := range p.Candidates {
		fewer := slices.Clone(answer)
		fewer[i] -= c.Step
		mixes = append(mixes, fewer)
	}
	for i, mix := range mixes {
		run, err := p.Load(mix, 0, p.FirstSeed)
		if err != nil {
			t.Fatal(err)
		}
		v, err := judge.Run(context.Background(), run, judge.Question{Objectives: p.Objectives, StopAtMiss: true})
		if err != nil {
			t.Fatal(err)
		}
		if v.Met != (i == 0) {
			t.Errorf("%v: met %t: %+v", mix, v.Met, v.Objectives)
		}
	}
	peaks := peaksOf(t, path)
	for i, least := range []float64{peaks["CN"].cores / 192, peaks["HN"].gpus / 8} {
		if c := &p.Candidates[i]; least > float64(answer[i]) || least < float64(c.Min-c.Step) {
			t.Errorf("%s: the peak needs %.2f nodes; the plan allows %d and more, and the answer has %d", c.Name, least, c.Min, answer[i])
		}
	}
}

// peak is what instances of a role ask for at most at one moment.
type peak struct{ cores, gpus float64 }

// peaksOf adds up the trace by role: what is created from its creation, what has none
// from the beginning, to its deletion.
func peaksOf(t *testing.T, path string) map[string]peak {
	t.Helper()
	type change struct {
		at   float64
		sign float64
		peak
	}
	changes := make(map[string][]change)
	for _, row := range rowsOf(t, path) {
		ask := peak{number(t, row["cpu_request"]), number(t, row["gpu_request"])}
		role := row["role"]
		changes[role] = append(changes[role], change{number(t, row["creation_time"]), 1, ask})
		if row["deletion_time"] != "" {
			changes[role] = append(changes[role], change{number(t, row["deletion_time"]), -1, ask})
		}
	}
	out := make(map[string]peak)
	for role, list := range changes {
		slices.SortStableFunc(list, func(a, b change) int { // what goes makes room for what comes
			switch {
			case a.at < b.at || a.at == b.at && a.sign < b.sign:
				return -1
			case a.at == b.at && a.sign == b.sign:
				return 0
			}
			return 1
		})
		var now, most peak
		for _, c := range list {
			now.cores += float64(c.sign * c.cores)
			now.gpus += float64(c.sign * c.gpus)
			most = peak{max(most.cores, now.cores), max(most.gpus, now.gpus)}
		}
		out[role] = most
	}
	return out
}

// number reads a cell; an empty one is 0.
func number(t *testing.T, text string) float64 {
	t.Helper()
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// rowsOf reads a CSV file, plain or gzip, with its cells by column.
func rowsOf(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	all, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := make(map[string]string, len(cells))
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}
