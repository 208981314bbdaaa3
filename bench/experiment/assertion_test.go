package experiment

import (
	"math"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

var assertionMetrics = []reports.MeasureKind{{Name: "my-metric"}, {Name: "price", Unit: "EUR"}}

var assertionPolicies = []string{"default", "binpack", "two words", "gpu/first"}

func TestAssertionsThatCanBeRead(t *testing.T) {
	// The metrics of both policies are 10 for default and 4 for binpack, 1 otherwise.
	for _, c := range []struct {
		text        string
		left, right float64
		metrics     string
	}{
		{"cost(binpack) < 0.9 * cost(default)", 4, 9, "cost cost"},
		{"cost(binpack)<cost(default)*90%", 4, 9, "cost cost"},
		{"pending.p99(default) - pending.p99(binpack) >= 1m30s", 6, 90, "pending.p99 pending.p99"},
		{"pending.p99(default) > 2 * (pending.p99(binpack) + 5s) / 4", 10, 4.5, "pending.p99 pending.p99"},
		{"utilisation.mean(cpu, binpack) <= 80%", 4, 0.8, "utilisation.mean(cpu)"},
		{"utilisation.mean(nvidia.com/gpu)(binpack) <= 0.8", 4, 0.8, "utilisation.mean(nvidia.com/gpu)"},
		{`evictions{cause="preemption"}(default) == 0`, 10, 0, `evictions{cause="preemption"}`},
		{`pending.p99 { class = "go\"ld" } ( binpack ) != 45s`, 4, 45, `pending.p99{class="go\"ld"}`},
		{`cost("two words") - -cost(binpack) > 1e-3`, 5, 0.001, "cost cost"},
		{"cost(gpu/first) + cost.idle(default) > -(1 - 3)", 11, 2, "cost cost.idle"},
		{"my-metric(default)-1 > 0", 9, 0, "my-metric"},
		{"price(default) < 12.5", 10, 12.5, "price"},
		{"utilisation(cpu, binpack) > 80%", 4, 0.8, "utilisation.mean(cpu)"},
		{"evictions{cause=preemption}(default) == 0", 10, 0, `evictions{cause="preemption"}`},
		{"cost(default) - cost(default) < 0.5", 0, 0.5, "cost"},
		{"0s < pending.p99(default)", 0, 10, "pending.p99"},
		{"pending.p99(default) > 0", 10, 0, "pending.p99"},
		{"cost(default) + node_hours(default) * 0 > 0", 10, 0, ""}, // units differ: refused
	} {
		a, err := CompileAssertion(c.text, assertionPolicies, assertionMetrics)
		if c.metrics == "" {
			if err == nil {
				t.Errorf("%s: was read", c.text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var values []float64
		var names []string
		for _, m := range a.metrics {
			values, names = append(values, []float64{10, 4, 1, 1}[m.policy]), append(names, m.metric)
		}
		left, right := a.left.of(values), a.right.of(values)
		if math.Abs(left-c.left) > 1e-12 || math.Abs(right-c.right) > 1e-12 || strings.Join(names, " ") != c.metrics {
			t.Errorf("%s: %v and %v of %q, want %v and %v of %q", c.text, left, right, names, c.left, c.right, c.metrics)
		}
	}
}

func TestAssertionsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                                             "ends too early (want a metric such as",
		"cost(binpack)":                                "ends too early (want one of < <=",
		"cost(binpack) = 5":                            `got "= 5"; want one of`,
		"cost(binpack) <":                              "ends too early",
		"cost(binpack) < 5 6":                          `got "6"; want the end`,
		"cost(binpack) < 5 < 6":                        `got "< 6"; want the end`,
		"1 < 2":                                        "no metric of a policy",
		"cost < 5":                                     "cost lacks a policy (want cost(POLICY), with one of default, binpack",
		`evictions{cause="preemption"} == 0`:           "evictions lacks a policy",
		"cost() < 5":                                   "empty parentheses",
		"cost(binpak) < 5":                             `unknown policy "binpak"; did you mean "binpack"?`,
		"cost(x, y, binpack) < 5":                      "too many arguments",
		"cost(cpu, binpack) < 5":                       "takes no argument",
		"utilisation.mean(binpack) < 5":                "utilisation.mean needs a resource",
		"utilisaton(cpu, binpack) < 5":                 `unknown metric "utilisaton"; did you mean "utilisation"?`,
		"pendng.p99(binpack) < 5s":                     `unknown metric "pendng.p99"; did you mean "pending.p99"?`,
		"pending.p99(binpack) < 45":                    "a duration stands with a plain number",
		"pending.p99(binpack) < 45%":                   "a duration cannot be added to or compared with a share",
		"pending.p99(binpack) < cost(default)":         "a duration cannot be added to or compared with a count",
		"node_hours(binpack) < 5%":                     "a value in h cannot be added",
		"cost(binpack) < 5x":                           `"5x" is no value`,
		"cost(binpack) < 1e999":                        `"1e999" is no value`,
		"cost(binpack) < 1e99 * 1e99 * cost(default)":  "too large",
		"cost(binpack) < cost(default) / 0":            "divides by 0",
		"cost(binpack) < cost(default) / 1e-200":       "too large",
		"cost(binpack) / cost(default) < 0.9":          "write a / b < 0.9 as a < 0.9 * b",
		"cost(binpack) * cost(default) < 0.9":          "only one of two factors",
		"pending.p99(binpack) < 5s * cost(default)":    "only one of two factors",
		`evictions{why="x"}(default) == 0`:             `evictions has no label "why"`,
		`makespan{class="x"}(default) == 0`:            "makespan has no labels",
		`my-metric{class="x"}(default) == 0`:           "my-metric takes nothing but the policy",
		"my-metrik(default) == 0":                      `did you mean "my-metric"?`,
		`evictions{cause=}(default) == 0`:              "want a name, then }",
		`evictions{cause="x",cause="y"}(default) == 0`: "several labels",
		`evictions{"x"}(default) == 0`:                 "want a label such as",
		`cost("binpack) < 5`:                           "a text in double quotes",
		"cost(binpack < 5":                             "a comma or )",
		"(cost(binpack) < 5":                           "a closing parenthesis",
		strings.Repeat("(", 99) + "cost(binpack) < 5":  "within each other",
		strings.Repeat("-", 99) + "cost(binpack) < 5":  "within each other",
		strings.Repeat("1+", 5000) + "1 < 5":           "too long",
	} {
		_, err := CompileAssertion(text, assertionPolicies, assertionMetrics)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v; want %s", text, err, want)
		}
	}
}

func TestAssertionsHoldWithConfidence(t *testing.T) {
	list := []measure{
		{"cost", reports.LowerIsBetter, func(policy, seed int) float64 { return 100 - float64(policy*(10+seed%3)) }},
		{"evictions", reports.LowerIsBetter, func(policy, seed int) float64 { return float64(policy * (seed % 2)) }},
		{"preemptions", reports.LowerIsBetter, func(policy, seed int) float64 { return float64(seed%5) * (1 - 2*float64(seed%2)*float64(policy)) }},
		{"restarts", reports.LowerIsBetter, func(policy, seed int) float64 { return math.NaN() }},
	}
	for _, c := range []struct {
		text    string
		seeds   int
		passed  bool
		message string
	}{
		{"cost(binpack) < cost(default)", 10, true, ""},
		{"cost(binpack) <= 0.95 * cost(default)", 10, true, ""},
		{"cost(binpack) < 0.89 * cost(default)", 10, false, "not shown"},
		{"cost(binpack) > cost(default)", 10, false, "the opposite holds"},
		{"cost(binpack) != cost(default)", 10, true, ""},
		{"cost(binpack) == cost(default)", 10, false, "the sides differ, by -10"},
		{"cost(default) == 100", 10, true, ""},
		{"cost(default) != 100", 10, false, "the opposite holds"},
		{"cost(default) <= 100", 10, true, ""},
		{"cost(default) < 100", 10, false, "the opposite holds"},
		{"evictions(default) == 0", 1, true, ""},
		{"evictions(binpack) > 0", 10, true, ""},
		{"preemptions(binpack) < preemptions(default)", 3, false, "not shown"},
		{"cost(binpack) < cost(default)", 1, false, "one seed shows what happened"},
		{`evictions{cause="preemption"}(binpack) <= 0`, 10, true, ""},
		{"cost(default) < restarts(binpack)", 10, false, "restarts of policy binpack has no value in any seed"},
		{"cost(default) < reztarts(binpack)", 10, false, `did you mean "restarts"?`},
	} {
		e := trial("default", "binpack")
		e.Assertions = []scenarios.ExperimentAssertion{{Text: c.text}}
		got := analysed(e, c.seeds, list...).Assertions
		if len(got) != 1 || got[0].Passed != c.passed || got[0].Passed != (got[0].Message == "") || !strings.Contains(got[0].Message, c.message) {
			t.Errorf("%s with %d seeds: %+v", c.text, c.seeds, got)
		}
	}
}

func TestWhatAnAssertionShows(t *testing.T) {
	e := trial("default", "binpack")
	e.Assertions = []scenarios.ExperimentAssertion{{Text: "pending.p99(binpack) < 45s"}}
	got := analysed(e, 10, measure{"pending.p99", reports.LowerIsBetter, func(_, seed int) float64 { return 40 + float64(seed%2) }}).Assertions[0].Got
	want := "left 40.5s, right 45.0s, left - right -4.5s (95% interval, two-sided, of 10 seeds: -4.9s to -4.1s)"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Whatever is given, reading ends, and what was read can be evaluated.
func FuzzCompileAssertion(f *testing.F) {
	for _, text := range []string{
		"cost(binpack) < 0.9 * cost(default)", `evictions{cause="x"}("two words") == 0`, "utilisation.mean(cpu)(binpack) > 80%",
		"-(pending.p99(default) / 2) + 1m30s >= 1e-3s", "cost(a,b){", "((((", "1e+", `cost("\x`, "cost(binpack) < 1e150 * 1e150",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := CompileAssertion(text, assertionPolicies, assertionMetrics)
		if err != nil {
			return
		}
		values := make([]float64, len(a.metrics))
		for i, m := range a.metrics {
			values[i] = 9e99
			if m.policy < 0 || m.policy >= len(assertionPolicies) || m.metric == "" {
				t.Fatalf("%q: metric %+v", text, m)
			}
		}
		if d := a.left.of(values) - a.right.of(values); math.IsNaN(d) || math.IsInf(d, 0) {
			t.Fatalf("%q: the difference is %v", text, d)
		}
	})
}
