package kubectl

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// At 5m a resize waits for room, at 10m the room is there, a second later it is done.
// After an hour and 40 minutes a CronJob has missed a hundred moments.
func TestUpdates(t *testing.T) {
	for _, test := range []struct {
		golden   string
		at       time.Duration
		q        Query
		describe bool
	}{
		{"describe_resize_deferred", 5 * time.Minute, Query{Types: "pods", Names: []string{"small"}}, true},
		{"get_resize_deferred", 5 * time.Minute, Query{Types: "pods", Names: []string{"small"}, Output: "yaml"}, false},
		{"get_resize_progress", 10*time.Minute + 1900*time.Millisecond, Query{Types: "pods", Names: []string{"small"}, Output: "yaml"}, false},
		{"describe_resized", 11 * time.Minute, Query{Types: "pods", Names: []string{"small"}}, true},
		{"describe_late", 103 * time.Minute, Query{Types: "cj"}, true},
		{"describe_node_used", 3 * time.Minute, Query{Types: "nodes"}, true},
		{"describe_rules", time.Minute, Query{Types: "ns,quota,limits", Namespace: "team"}, true},
		{"get_rules", time.Minute, Query{Types: "ns,quota,limits", Namespace: "team"}, false},
		{"get_rules_yaml", time.Minute, Query{Types: "quota,limits", Namespace: "team", Output: "yaml"}, false},
	} {
		t.Run(test.golden, func(t *testing.T) {
			m := replayed(t, "updates", models.Time(test.at))
			matchView(t, m, test.q, test.describe, test.golden)
		})
	}
}
