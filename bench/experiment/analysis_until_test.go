package experiment

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

func TestNarrowEnough(t *testing.T) {
	// The difference of binpack is known to about ±0.7, of spread to about ±7.
	cost := measure{"cost", reports.LowerIsBetter, func(policy, seed int) float64 {
		return 100 + float64(seed%7) + float64(seed%3-1)*[]float64{0, 1, 10}[policy]
	}}
	for _, c := range []struct {
		name     string
		policies []string
		until    scenarios.Until
		seeds    int
		enough   bool
		why      string
	}{
		{"narrow", []string{"default", "binpack"}, scenarios.Until{HalfWidth: 1}, 10, true, "cost is known to ±0."},
		{"too wide", []string{"default", "binpack"}, scenarios.Until{HalfWidth: 0.1}, 10, false, "cost of policy binpack is known to ±0."},
		{"of one policy too wide", []string{"default", "binpack", "spread"}, scenarios.Until{HalfWidth: 1}, 10, false, "cost of policy spread"},
		{"as a share of the baseline's mean", []string{"default", "binpack"}, scenarios.Until{HalfWidth: 0.01, Relative: true}, 10, true, "wanted: ±1.0"},
		{"few seeds, however narrow", []string{"default", "binpack"}, scenarios.Until{HalfWidth: 1e6}, 9, false, "known to"},
		{"as few as the most allowed", []string{"default", "binpack"}, scenarios.Until{HalfWidth: 1e6, AtMost: 4}, 4, true, "known to"},
		{"one seed", []string{"default", "binpack"}, scenarios.Until{HalfWidth: 1e6}, 1, false, "measured in 1 seeds"},
		{"no other policy: the metric itself", []string{"default"}, scenarios.Until{HalfWidth: 3}, 14, true, "cost is known to ±"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := trial(c.policies...)
			c.until.Metric = "cost"
			if c.until.AtMost == 0 {
				c.until.AtMost = 200
			}
			e.Until = &c.until
			enough, why := narrowEnough(e, results(e, c.seeds, cost))
			if enough != c.enough || !strings.Contains(why, c.why) {
				t.Errorf("%v: %s; want %v: %s", enough, why, c.enough, c.why)
			}
		})
	}
}

// Readers must be able to tell how verdicts were found.
func TestMethodsAreNamed(t *testing.T) {
	for _, c := range []struct {
		seeds int
		want  []string
		not   string
	}{
		{30, []string{"Student", "studentised bootstrap (1,999 resamples", "exact two-sided sign-flip test", "Holm's method for 1 difference", "Hedges' g", "Welch"}, "t test"},
		{4, []string{"paired two-sided t test", "Westfall and Young"}, "exact two-sided"},
		{1, []string{"One seed", "no intervals and no verdicts"}, "Holm"},
	} {
		methods := strings.Join(analysed(trial("default", "binpack"), c.seeds, measure{"cost", reports.LowerIsBetter, by(-1, 2)}).Methods, " ")
		if i := slices.IndexFunc(c.want, func(s string) bool { return !strings.Contains(methods, s) }); i >= 0 || strings.Contains(methods, c.not) {
			t.Errorf("%d seeds: %s", c.seeds, methods)
		}
	}
}

func TestWarmUpIsTold(t *testing.T) {
	e := trial("default", "binpack")
	e.WarmUp = 90 * 60e9
	c := analysed(e, 3, measure{"cost", reports.LowerIsBetter, by(-1, 2)})
	if !strings.Contains(c.Methods[0], "the first 1h30m of each run") || math.Abs(c.WarmUp-5400) > 0 {
		t.Errorf("%v: %s", c.WarmUp, c.Methods[0])
	}
}
