package kubectl

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

func described(t *testing.T, at time.Duration, q Query) string {
	t.Helper()
	m := replayed(t, "shop", models.Time(at))
	var b strings.Builder
	if _, err := query(t, q).Describe(&b, m); err != nil {
		b.WriteString(err.Error() + "\n")
	}
	return b.String()
}

// The layout is that of kubectl against a real cluster.
func TestDescribe(t *testing.T) {
	tests := []struct {
		golden string
		at     time.Duration
		q      Query
	}{
		{"describe_pod", 9*time.Minute + 40*time.Second, Query{Types: "pod", Names: []string{"crashing", "huge", "web"}}},
		{"describe_pod_starting", 5 * time.Second, Query{Types: "pods", Selector: Selector{{"app", []string{"web"}, false}}}},
		{"describe_pod_pending", 16 * time.Minute, Query{Types: "pods", Names: []string{"cache-2v57n", "cache-pskf7"}}},
		{"describe_node", 11 * time.Minute, Query{Names: []string{"node/node-1"}}},
		{"describe_deploy", 4*time.Minute + 6*time.Second, Query{Types: "deploy"}},
		{"describe_rs", 4*time.Minute + 6*time.Second, Query{Types: "rs,rc"}},
		{"describe_jobs", 20 * time.Minute, Query{Types: "jobs"}},
	}
	for _, test := range tests {
		t.Run(test.golden, func(t *testing.T) { golden.Match(t, test.golden+".golden", described(t, test.at, test.q)) })
	}
}

func TestNamesMayBegin(t *testing.T) {
	if got := described(t, time.Minute, Query{Types: "pods", Names: []string{"cras"}}); !strings.HasPrefix(got, "Name:             crashing\n") {
		t.Errorf("got\n%s", got)
	}
	if got, want := described(t, time.Minute, Query{Types: "pods", Names: []string{"x"}}), "Error from server (NotFound): pods \"x\" not found\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}
