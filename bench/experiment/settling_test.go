package experiment

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

// observed is a series of 288 samples, 300 s apart, of load(hours).
func observed(load func(hour float64) float64) *reports.Series {
	s := &reports.Series{Interval: 300}
	cpu := reports.ResourceSeries{Resource: "cpu"}
	for i := range 288 {
		x := load(float64(i) / 12)
		s.Time = append(s.Time, reports.Seconds(i*300))
		s.Running = append(s.Running, int64(x*1000))
		cpu.Requested, cpu.Utilisation = append(cpu.Requested, int64(x*1000)), append(cpu.Utilisation, x)
	}
	s.Resources = []reports.ResourceSeries{{Resource: "memory"}, cpu}
	return s
}

func TestHowLongRunsSettle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func() float64 { return 0.02 * r.NormFloat64() }
	for _, c := range []struct {
		name      string
		load      func(hour float64) float64
		low, high float64 // hours; NaN for no answer
	}{
		{"fills up within an hour", func(h float64) float64 { return 0.6*(1-math.Exp(-4*h)) + noise() }, 0.4, 3},
		{"starts overloaded", func(h float64) float64 { return 0.5 + 0.5*math.Exp(-2*h) + noise() }, 0.4, 4},
		{"steady from the first moment on", func(float64) float64 { return 0.6 + noise() }, 0, 0},
		{"steady after the moment 0", func(h float64) float64 { return 0.6 * math.Ceil(h/24) }, 0, 0},
		{"comes and goes with the day", func(h float64) float64 { return 0.5 - 0.3*math.Cos(h/24*2*math.Pi) + noise() }, math.NaN(), math.NaN()},
		{"grows all the time", func(h float64) float64 { return h / 24 }, math.NaN(), math.NaN()},
		{"has nothing to do after some hours", func(h float64) float64 { return max(0, math.Ceil(6-h)/6) }, math.NaN(), math.NaN()},
		{"has nothing to do at all", func(float64) float64 { return 0 }, math.NaN(), math.NaN()},
	} {
		s := observed(c.load)
		bare := *s // nobody requests cpu
		bare.Resources = s.Resources[:1]
		for what, series := range map[string]*reports.Series{"utilisation": s, "running": &bare} {
			switch got := settling(series); {
			case got == nil && !math.IsNaN(c.low):
				t.Errorf("%s (%s): no answer", c.name, what)
			case got != nil && !(*got/3600 >= c.low && *got/3600 <= c.high):
				t.Errorf("%s (%s): %g h, want %g to %g", c.name, what, *got/3600, c.low, c.high)
			}
		}
	}
	if got := settling(&reports.Series{}); got != nil {
		t.Errorf("no samples settle after %g s", *got)
	}
}

// days is a scenario of a day; what runs in it follows.
const days = `
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: days}
spec: {for: 24h}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec: {count: 10, template: {status: {capacity: {cpu: 16, memory: 64Gi}}}}
---
`

const fills = days + `apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: web}
spec:
  arrivals: {type: renewal, between: 40s}
  lifetime: 1h
  template: {apiVersion: v1, kind: Pod, spec: {containers: [{name: m, image: m, resources: {requests: {cpu: 1}}}]}}
`

const steady = days + `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 90
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: m, image: m, resources: {requests: {cpu: 1}}}]}
`

// suggested carries a scenario out and returns what notes and methods say of
// MSER-5.
func suggested(t *testing.T, text, set string) (note, method string) {
	t.Helper()
	e, err := scenarios.LoadExperiment(scenarios.ExperimentInput{
		Base:     scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(text + set)}}},
		Policies: []string{"default", "most-allocated"}, Seeds: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Run(context.Background(), e, Options{Version: "1", Build: "b", Dispatcher: local(e, 2)})
	if err != nil {
		t.Fatal(err)
	}
	return lineWith(c.Notes, "MSER-5"), lineWith(c.Methods, "MSER-5")
}

func lineWith(list []string, word string) string {
	for _, text := range list {
		if strings.Contains(text, word) {
			return text
		}
	}
	return ""
}

func TestAWarmUpIsSuggested(t *testing.T) {
	note, method := suggested(t, fills, "")
	if !strings.HasPrefix(note, "By MSER-5 the first 1h") || !strings.HasSuffix(note, "(median over 4 runs); --warm-up leaves it out.") || method == "" {
		t.Errorf("fills up: %q, %q", note, method)
	}
	const left = "---\napiVersion: podsim/v1alpha1\nkind: Experiment\nspec: {policies: [{name: default}], warmUp: 90m}\n"
	if note, method = suggested(t, fills, left); note+method != "" {
		t.Errorf("left out already: %q, %q", note, method)
	}
	if note, method = suggested(t, steady, ""); note+method != "" {
		t.Errorf("steady: %q, %q", note, method)
	}
}

// A few runs that settle do not speak for all.
func TestMostRunsMustSettle(t *testing.T) {
	e := trial("default", "binpack")
	all := results(e, 4, measure{"cost", reports.LowerIsBetter, by(-1, 2)})
	said := func(settled ...float64) string {
		for i := range all {
			if all[i].Settled = nil; i < len(settled) {
				all[i].Settled = &settled[i]
			}
		}
		return lineWith(Analyse(e, "1", seedsTo(4), all, false).Notes, "MSER-5")
	}
	if got := said(3600, 3600, 3600); got != "" {
		t.Errorf("3 of 8: %s", got)
	}
	if got := said(0, 3600, 0, 0); got != "" {
		t.Errorf("one of four: %s", got)
	}
	if got, want := said(7200, 3600, 0, 5400, 5400), "the first 1h30m or so of a run look like a warm-up (median over 5 runs)"; !strings.Contains(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestMediansHaveIntervalsOfSeeds(t *testing.T) {
	outcome := func(seeds int) comparison.Outcome {
		value := func(_, seed int) float64 { return float64(seed * seed) }
		return analysed(trial("default"), seeds, measure{"cost", reports.LowerIsBetter, value}).Cells[0].Metrics[0].Outcomes[0]
	}
	if o := outcome(5); o.MedianInterval != nil {
		t.Errorf("of 5 seeds: %+v", o.MedianInterval)
	}
	// The ranks 2 and 9 of ten (David and Nagaraja, Order Statistics, §7.1).
	if o := outcome(10); o.MedianInterval == nil || *o.MedianInterval != (comparison.Interval{Low: 1, High: 64}) {
		t.Errorf("of 10 seeds: %+v", o.MedianInterval)
	}
}
