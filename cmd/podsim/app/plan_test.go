package app

import (
	"testing"
	"time"

	"github.com/podsim/podsim/bench/plan"
	"github.com/podsim/podsim/scenarios"
)

func TestProgressOfAPlanShowsTheBracket(t *testing.T) {
	low, high := 38.5, 41.25
	for _, test := range []struct {
		name string
		plan scenarios.Plan
		at   plan.Progress
		want string
	}{
		{"before anything is known", scenarios.Plan{}, plan.Progress{Phase: plan.Bounding}, "bounding  0 mixes, 0 runs, 1m0s"},
		{"a bound", scenarios.Plan{Currency: "USD"}, plan.Progress{Phase: plan.Closing, Low: &low, Mixes: 1, Runs: 3, Kept: 2},
			"at least 38.50 USD an hour  1 mix, 3 runs (2 kept from before), 1m0s"},
		{"both ends", scenarios.Plan{}, plan.Progress{Phase: plan.Closing, Low: &low, High: &high, Mixes: 7, Runs: 42},
			"between 38.50 and 41.25 an hour (6.7% apart)  7 mixes, 42 runs, 1m0s"},
		{"without a bound", scenarios.Plan{Minimise: "nodes"}, plan.Progress{Phase: plan.Closing, High: &high}, "41.25 nodes does  0 mixes, 0 runs, 1m0s"},
		{"found", scenarios.Plan{Currency: "USD"}, plan.Progress{Phase: plan.Asking, Low: &high, High: &high, Mixes: 9, Runs: 50},
			"found 41.25 USD an hour; looking around  9 mixes, 50 runs, 1m0s"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := planProgress(&test.plan)(test.at, time.Minute); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
