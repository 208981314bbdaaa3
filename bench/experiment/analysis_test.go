package experiment

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

// trial is an experiment over policies with these names; the first is the
// baseline.
func trial(policies ...string) *scenarios.Experiment {
	e := &scenarios.Experiment{Name: "trial", Confidence: 0.95, Digest: "d"}
	for _, name := range policies {
		e.Policies = append(e.Policies, scenarios.Policy{Name: name})
	}
	return e
}

// measure is one metric of a made-up run; its value by policy and seed, NaN for
// none.
type measure struct {
	name   string
	better reports.Direction
	value  func(policy, seed int) float64
}

func seedsTo(n int) []uint64 {
	var seeds []uint64
	for i := range n {
		seeds = append(seeds, uint64(100+i))
	}
	return seeds
}

// results are those of n seeds.
func results(e *scenarios.Experiment, n int, measures ...measure) []Result {
	var out []Result
	for seed := range n {
		for policy := range e.Policies {
			r := Result{Policy: policy, Seed: uint64(100 + seed), Inputs: "same"}
			for _, m := range measures {
				one := reports.Measure{Name: m.name, Better: m.better}
				if v := m.value(policy, seed); !math.IsNaN(v) {
					one.Value = &v
				}
				r.Measures = append(r.Measures, one)
			}
			out = append(out, r)
		}
	}
	return out
}

func analysed(e *scenarios.Experiment, n int, measures ...measure) *comparison.Comparison {
	return Analyse(e, "1", seedsTo(n), results(e, n, measures...), false)
}

// by makes the value of the second policy that of the first plus the difference
// of the seed, which repeat.
func by(differences ...float64) func(policy, seed int) float64 {
	return func(policy, seed int) float64 {
		return 100 + float64(seed%7) + float64(policy)*differences[seed%len(differences)]
	}
}

func TestVerdicts(t *testing.T) {
	less := []float64{-10, -11, -9, -10.5, -9.5}
	for _, c := range []struct {
		name   string
		better reports.Direction
		seeds  int
		value  func(policy, seed int) float64
		want   comparison.Verdict
	}{
		{"lower is better, and it is lower", reports.LowerIsBetter, 10, by(less...), comparison.Better},
		{"higher is better, and it is lower", reports.HigherIsBetter, 10, by(less...), comparison.Worse},
		{"neither is better, and it is lower", reports.Neutral, 10, by(less...), comparison.Lower},
		{"neither is better, and it is higher", reports.Neutral, 30, by(3, 4), comparison.Higher},
		{"lower is better, and it is higher", reports.LowerIsBetter, 30, by(3, 4), comparison.Worse},
		{"constant difference", reports.LowerIsBetter, 10, by(-3), comparison.Better},
		{"differs both ways", reports.LowerIsBetter, 30, by(-5, 5, 4, -4), comparison.Inconclusive},
		{"differs in one seed only", reports.LowerIsBetter, 10, func(policy, seed int) float64 {
			if policy == 1 && seed == 3 {
				return 50
			}
			return 0
		}, comparison.Inconclusive},
		{"equal in every seed", reports.LowerIsBetter, 10, by(0), comparison.Same},
		{"five seeds, however far apart", reports.LowerIsBetter, 5, by(less...), comparison.Inconclusive},
		{"one seed", reports.LowerIsBetter, 1, by(less...), comparison.Inconclusive},
		{"one seed and equal", reports.LowerIsBetter, 1, by(0), comparison.Inconclusive},
		{"never measured", reports.LowerIsBetter, 10, by(math.NaN()), comparison.NotMeasured},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := trial("default", "binpack")
			e.Metrics = []string{allMetrics}
			m := analysed(e, c.seeds, measure{"m", c.better, c.value}).Cells[0].Metrics[0]
			d := m.Deltas[0]
			if d.Verdict != c.want {
				t.Errorf("verdict %q, want %q (p %v, interval %v)", d.Verdict, c.want, d.Adjusted, d.Interval)
			}
			if d.N < 2 && (d.Interval != nil || d.P != nil || d.Adjusted != nil || d.T != nil || d.Bootstrap != nil || d.Effect != nil) {
				t.Errorf("%d pairs have statistics: %+v", d.N, d)
			}
		})
	}
}

func TestDeltas(t *testing.T) {
	e := trial("default", "binpack")
	d := analysed(e, 20, measure{"cost", reports.LowerIsBetter, by(-20, -10, 10, 0)}).Cells[0].Metrics[0].Deltas[0]
	if d.N != 20 || d.Mean != -5 || d.Wins != 10 || d.Losses != 5 {
		t.Errorf("%+v", d)
	}
	if want := []uint64{102, 106, 110, 114, 118}; !slices.Equal(d.WorstSeeds, want) {
		t.Errorf("worst seeds %v, want %v", d.WorstSeeds, want)
	}
	if d.Interval.Low != min(d.T.Low, d.Bootstrap.Low) || d.Interval.High != max(d.T.High, d.Bootstrap.High) {
		t.Errorf("interval %v of %v and %v", d.Interval, d.T, d.Bootstrap)
	}
	if want := -5 / 102.85; math.Abs(*d.Relative-want) > 1e-9 {
		t.Errorf("relative %v, want %v", *d.Relative, want)
	}
}

// Pairing pays where seeds differ more than policies do.
func TestWidthRatioShowsWhatPairingPaid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	load := make([]float64, 30)
	for i := range load {
		load[i] = 100 * r.ExpFloat64()
	}
	e := trial("default", "binpack")
	c := analysed(e, 30,
		measure{"pending.mean", reports.LowerIsBetter, func(policy, seed int) float64 { return load[seed] + float64(policy)*r.Float64() }},
		measure{"pending.max", reports.LowerIsBetter, func(int, int) float64 { return r.NormFloat64() }})
	paired, not := c.Cells[0].Metrics[0].Deltas[0].WidthRatio, c.Cells[0].Metrics[1].Deltas[0].WidthRatio
	if *paired > 0.05 || *not < 0.5 {
		t.Errorf("ratios %v and %v", *paired, *not)
	}
}

func TestAdjustedIsHolmsOverMetricsAndPolicies(t *testing.T) {
	e := trial("default", "a", "b")
	r := rand.New(rand.NewPCG(4, 4))
	var list []measure
	for _, name := range []string{"pending.mean", "makespan", "cost"} {
		list = append(list, measure{name, reports.LowerIsBetter, func(policy, _ int) float64 { return float64(policy)/2 + r.NormFloat64() }})
	}
	list = append(list, measure{"evictions", reports.LowerIsBetter, func(int, int) float64 { return 3 }})
	var ps, adjusted []float64
	for _, m := range analysed(e, 20, list...).Cells[0].Metrics {
		for _, d := range m.Deltas {
			if m.Name == "evictions" {
				if d.Verdict != comparison.Same || *d.P != 1 || *d.Interval != (comparison.Interval{}) {
					t.Errorf("what never differs: %+v", d)
				}
				continue
			}
			ps, adjusted = append(ps, *d.P), append(adjusted, *d.Adjusted)
		}
	}
	order := []int{0, 1, 2, 3, 4, 5}
	slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, ps[a]-ps[b])) })
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, float64(6-rank)*ps[i]))
		if math.Abs(adjusted[i]-least) > 1e-9 {
			t.Errorf("p %v adjusted %v, want %v", ps, adjusted, least)
		}
	}
}

func TestAnalysisDoesNotDependOnTheOrderOfResults(t *testing.T) {
	e := trial("default", "binpack")
	e.Assertions = []scenarios.ExperimentAssertion{{Text: "cost(binpack) < cost(default)"}}
	all := results(e, 12, measure{"cost", reports.LowerIsBetter, by(-1, 2, -3)}, measure{"evictions", reports.LowerIsBetter, by(1, 0)})
	for i := range all {
		all[i].Notes = []string{string(rune('a' + i%5))}
		all[i].Failed = []string{string(rune('x' + i%3))}
	}
	text := func() string {
		b, err := json.Marshal(Analyse(e, "1", seedsTo(12), all, false))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	want := text()
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if got := text(); got != want {
		t.Errorf("\n%s\nis not\n%s", got, want)
	}
}

func TestAnInterruptedExperimentComparesWhatThereIs(t *testing.T) {
	e := trial("default", "binpack")
	all := results(e, 10, measure{"cost", reports.LowerIsBetter, by(-10, -11)})
	all = append(all[:15], all[16:]...) // without seed 107 of binpack
	c := Analyse(e, "1", seedsTo(10), all, true)
	m := c.Cells[0].Metrics[0]
	if !c.Partial || c.Runs != 19 || m.Outcomes[0].N != 10 || m.Outcomes[1].N != 9 || m.Deltas[0].N != 9 || m.Outcomes[1].Values[7] != nil {
		t.Errorf("%+v", m)
	}
	if in := c.Cells[0].Inputs[7]; !in.Equal || in.Digests[1] != "" {
		t.Errorf("inputs %+v", in)
	}
	if len(c.Notes) > 0 {
		t.Errorf("notes %q", c.Notes)
	}
}

func TestWhatIsMeasuredForOnePolicyOnlyIsLeftOutAndTold(t *testing.T) {
	c := analysed(trial("default", "binpack"), 10, measure{"ready.p95", reports.LowerIsBetter, func(policy, seed int) float64 {
		if policy == 1 && seed < 3 {
			return math.NaN()
		}
		return float64(seed)
	}})
	if d := c.Cells[0].Metrics[0].Deltas[0]; d.N != 7 {
		t.Errorf("%d pairs, want 7", d.N)
	}
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "ready.p95") {
		t.Errorf("notes %q", c.Notes)
	}
}

func TestInputsFailuresAndNotes(t *testing.T) {
	e := trial("default", "binpack")
	e.Notes = []string{"assumed", "twice"}
	all := results(e, 3, measure{"cost", reports.LowerIsBetter, by(1)})
	all[3].Inputs = "other"
	for _, i := range []int{1, 5} {
		all[i].Failed = []string{"pending.p99 < 5m"}
	}
	all[0].Failed = []string{"evictions == 0"}
	all[2].Notes, all[4].Notes = []string{"twice", "late"}, []string{"late"}
	c := Analyse(e, "1", seedsTo(3), all, false)
	in := c.Cells[0].Inputs
	if !in[0].Equal || in[1].Equal || !slices.Equal(in[1].Digests, []string{"same", "other"}) || in[2].Seed != 102 {
		t.Errorf("inputs %+v", in)
	}
	f := c.Cells[0].Failures
	if len(f) != 2 || f[0].Policy != "default" || f[1].Assertion != "pending.p99 < 5m" || !slices.Equal(f[1].Seeds, []uint64{100, 102}) {
		t.Errorf("failures %+v", f)
	}
	want := []string{"assumed", "twice", "late", "3 seeds are too few for any verdict at 95% confidence: 6 are the least."}
	if !slices.Equal(c.Notes, want) {
		t.Errorf("notes %q, want %q", c.Notes, want)
	}
}

func TestBounds(t *testing.T) {
	e := trial("default", "binpack")
	all := results(e, 2, measure{"cost", reports.LowerIsBetter, func(policy, _ int) float64 { return float64(120 - 10*policy) }})
	bound := func(run int, v float64) {
		all[run].Bounds = []reports.Measure{{Name: "cost", Better: reports.LowerIsBetter, Value: &v}}
	}
	bound(0, 90)
	bound(1, 80) // the weaker one of the first seed
	bound(2, 120)
	m := Analyse(e, "1", seedsTo(2), all, false).Cells[0].Metrics[0]
	if m.Bound == nil || m.Bound.Value != 80 {
		t.Fatalf("bound %+v", m.Bound)
	}
	bound(3, 121)
	m = Analyse(e, "1", seedsTo(2), all, false).Cells[0].Metrics[0]
	if m.Bound.Value != 100 || !slices.Equal(m.Bound.Gaps, []float64{0.2, 0.1}) {
		t.Errorf("bound %+v", m.Bound)
	}
}

func TestWhichMetricsAreCompared(t *testing.T) {
	zero := func(int, int) float64 { return 0 }
	list := []measure{
		{"pods.created", reports.Neutral, by(0)},
		{"pending.p99", reports.LowerIsBetter, by(1)},
		{`pending.p99{class="gold"}`, reports.LowerIsBetter, by(1)},
		{"utilisation.mean(cpu)", reports.HigherIsBetter, by(1)},
		{"utilisation.mean(memory)", reports.HigherIsBetter, by(1)},
		{"evictions", reports.LowerIsBetter, zero},
		{"cost", reports.LowerIsBetter, by(math.NaN())},
		{"mine", reports.LowerIsBetter, zero},
	}
	for _, c := range []struct {
		name   string
		chosen []string
		want   string
		note   string
	}{
		{"by default what matters and is not 0, and one's own", nil,
			"pending.p99 utilisation.mean(cpu) utilisation.mean(memory) mine cost", ""},
		{"chosen, in the order of results", []string{"evictions", `pending.p99{class = "gold"}`}, `pending.p99{class="gold"} evictions`, ""},
		{"without the argument", []string{"utilisation.mean"}, "utilisation.mean(cpu) utilisation.mean(memory)", ""},
		{"all", []string{"*"}, `pods.created pending.p99 pending.p99{class="gold"} utilisation.mean(cpu) utilisation.mean(memory) evictions cost mine`, ""},
		{"misspelt", []string{"pending.p9", "mine"}, "mine", `No run has the metric "pending.p9"; did you mean "pending.p99"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := trial("default", "binpack")
			e.Metrics, e.Custom = c.chosen, []scenarios.CustomMetricSpec{{Name: "mine"}}
			if c.chosen == nil {
				list[6].value = by(1) // the cost has values here
				list[6], list[7] = list[7], list[6]
				defer func() {
					list[6], list[7] = list[7], list[6]
					list[6].value = by(math.NaN())
				}()
			}
			got := analysed(e, 10, list...)
			var names []string
			for _, m := range got.Cells[0].Metrics {
				names = append(names, m.Name)
			}
			if strings.Join(names, " ") != c.want {
				t.Errorf("compared %q, want %q", names, c.want)
			}
			if note := strings.Join(got.Notes, " "); note != c.note {
				t.Errorf("notes %q, want %q", note, c.note)
			}
		})
	}
}

// Causes appear in a run only if they happened there.
func TestAPartThatDoesNotAppearIsZero(t *testing.T) {
	e := trial("default", "binpack")
	e.Metrics = []string{allMetrics}
	all := results(e, 10, measure{"evictions", reports.LowerIsBetter, by(1)}, measure{"pending.p99", reports.LowerIsBetter, by(1)})
	v := 3.0
	for i := 1; i < len(all); i += 2 { // of binpack alone
		all[i].Measures = append(all[i].Measures, reports.Measure{Name: `evictions{cause="preemption"}`, Better: -1, Value: &v},
			reports.Measure{Name: `pending.p99{class="gold"}`, Better: -1, Value: &v})
	}
	c := Analyse(e, "1", seedsTo(10), all, false).Cells[0]
	for _, m := range c.Metrics {
		switch d := m.Deltas[0]; m.Name {
		case `evictions{cause="preemption"}`:
			if d.Mean != 3 || d.Verdict != comparison.Worse {
				t.Errorf("%s: %+v", m.Name, d)
			}
		case `pending.p99{class="gold"}`:
			if d.Verdict != comparison.NotMeasured {
				t.Errorf("%s: %+v", m.Name, d)
			}
		}
	}
}

func TestNumbersThatCannotBeComputedWith(t *testing.T) {
	e := trial("default", "binpack")
	e.Metrics = []string{allMetrics}
	c := analysed(e, 10,
		measure{"huge", reports.LowerIsBetter, func(policy, seed int) float64 { return 9e99 * float64(policy*seed) }},
		measure{"infinite", reports.LowerIsBetter, func(int, int) float64 { return math.Inf(1) }},
		measure{"tiny", reports.LowerIsBetter, func(policy, seed int) float64 { return 5e-324 * float64(policy*seed) }})
	if _, err := json.Marshal(c); err != nil {
		t.Error(err)
	}
	if v := c.Cells[0].Metrics[1].Deltas[0].Verdict; v != comparison.NotMeasured {
		t.Errorf("infinity: %s", v)
	}
}

func TestNothingToCompare(t *testing.T) {
	for _, e := range []*scenarios.Experiment{trial(), trial("alone"), trial("default", "binpack")} {
		for _, c := range []*comparison.Comparison{
			Analyse(e, "1", nil, nil, true), Analyse(e, "1", seedsTo(3), nil, true),
			analysed(e, 1, measure{"cost", reports.LowerIsBetter, by(1)}), analysed(e, 3, measure{"cost", reports.LowerIsBetter, by(1)}),
		} {
			if len(c.Cells) != 1 || len(c.Methods) == 0 {
				t.Errorf("%+v", c)
			}
		}
	}
}
