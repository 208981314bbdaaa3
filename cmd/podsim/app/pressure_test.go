package app_test

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestRankingsUnderPressureDifferAsPredicted compares the five rankings of pods on forty
// nodes that run short of memory, seed by seed, in an experiment that comes with podsim.
// What each should do to which metric, against the order of kubelets, follows from whom it
// spares:
//
//   - priority does not ask who uses more than it requests, so that orders go, which do not,
//     and of all of which two minutes are lost;
//   - largest-overuse frees most with each pod, so that fewer go, jobs hardly ever: these are
//     the caches, which take longest to be back;
//   - cheapest-restart lets web servers go, which are back at once, before jobs, which have
//     their data to read again: pods are Ready sooner, and less work is lost;
//   - least-work-lost spares jobs, and services pay for it.
func TestRankingsUnderPressureDifferAsPredicted(t *testing.T) {
	const of = `replica_seconds_lost{workload="Deployment/default/`
	predictions := []struct {
		policy, metric string
		more           bool
	}{
		{"priority", of + `orders"}`, true},
		{"priority", "replica_seconds_lost", true},
		{"largest-overuse", "evictions", false},
		{"largest-overuse", "work_lost", false},
		{"largest-overuse", of + `cache"}`, true},
		{"cheapest-restart", "ready.mean", false},
		{"cheapest-restart", "work_lost", false},
		{"cheapest-restart", of + `web"}`, true},
		{"least-work-lost", "work_lost", false},
		{"least-work-lost", "replica_seconds_lost", true},
	}
	args, metrics := []string{"compare", "../../../examples/experiments/memory-pressure.yaml", "-o", "json"}, map[string]bool{}
	for _, p := range predictions {
		if !metrics[p.metric] {
			metrics[p.metric] = true
			args = append(args, "--metric", p.metric)
		}
	}
	code, stdout, stderr := main(args...)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	var document struct {
		Seeds []int64 `json:"seeds"`
		Cells []struct {
			Metrics []struct {
				Name   string `json:"name"`
				Deltas []struct {
					Policy   string  `json:"policy"`
					Mean     float64 `json:"mean"`
					Verdict  string  `json:"verdict"`
					Interval struct {
						Low  float64 `json:"low"`
						High float64 `json:"high"`
					} `json:"interval"`
				} `json:"deltas"`
			} `json:"metrics"`
		} `json:"cells"`
	}
	if err := json.Unmarshal([]byte(stdout), &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Seeds) != 20 || len(document.Cells) != 1 {
		t.Fatalf("%d seeds and %d cells", len(document.Seeds), len(document.Cells))
	}
	for _, p := range predictions {
		found := false
		for _, m := range document.Cells[0].Metrics {
			if m.Name != p.metric {
				continue
			}
			for _, d := range m.Deltas {
				if d.Policy != p.policy {
					continue
				}
				found = true
				if holds := p.more && d.Interval.Low > 0 || !p.more && d.Interval.High < 0; !holds || !slices.Contains([]string{"better", "worse"}, d.Verdict) {
					t.Errorf("%s of %s: differs by %g (%g to %g), %s; predicted to be more: %t",
						p.metric, p.policy, d.Mean, d.Interval.Low, d.Interval.High, d.Verdict, p.more)
				}
			}
		}
		if !found {
			t.Errorf("%s of %s is not compared", p.metric, p.policy)
		}
	}
}
