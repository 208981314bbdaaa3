package kubectl

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

// asked is what is asked of testdata/sets.yaml at a moment.
type asked struct {
	golden string
	at     time.Duration
	q      Query
}

func (a *asked) moment(t *testing.T) *Moment {
	t.Helper()
	return replayed(t, "sets", models.Time(a.at))
}

// The layout is that of kubectl against a real cluster.
func TestGetSets(t *testing.T) {
	for _, test := range []asked{
		{"get_sets", 130 * time.Second, Query{Types: "sts,ds,cj", Output: "wide"}},
		{"get_sets_all", 130 * time.Second, Query{Types: "all"}},
		{"get_revisions", 10 * time.Second, Query{Types: "controllerrevisions"}},
		{"get_storage", 4 * time.Minute, Query{Types: "pvc,pv", Output: "wide"}},
		{"get_services", time.Minute, Query{Types: "svc", Output: "wide"}},
		{"get_classes", time.Minute, Query{Types: "pc"}},
		{"get_sets_names", time.Minute, Query{Types: "sts,ds,cj,controllerrevisions,pvc,pv,svc,pc", Output: "name"}},
		{"get_sets_yaml", 130 * time.Second, Query{Types: "sts,ds,cj", Output: "yaml"}},
		{"get_storage_yaml", 4 * time.Minute, Query{Types: "pvc,pv,svc,pc,controllerrevisions", Output: "yaml"}},
		{"get_sets_events", 4 * time.Minute, Query{Types: "events"}},
	} {
		t.Run(test.golden, func(t *testing.T) {
			var b strings.Builder
			if _, err := query(t, test.q).Get(&b, test.moment(t)); err != nil {
				t.Fatal(err)
			}
			golden.Match(t, test.golden+".golden", b.String())
		})
	}
}

func TestDescribeSets(t *testing.T) {
	for _, test := range []asked{
		{"describe_sts", 4 * time.Minute, Query{Types: "sts"}},
		{"describe_ds", time.Minute, Query{Types: "ds"}},
		{"describe_cj", 200 * time.Second, Query{Types: "cj"}},
		{"describe_storage", time.Minute, Query{Types: "pvc,pv"}},
		{"describe_services", time.Minute, Query{Types: "svc,pc,controllerrevisions"}},
	} {
		t.Run(test.golden, func(t *testing.T) {
			var b strings.Builder
			if _, err := query(t, test.q).Describe(&b, test.moment(t)); err != nil {
				t.Fatal(err)
			}
			golden.Match(t, test.golden+".golden", b.String())
		})
	}
}

func TestWatchSets(t *testing.T) {
	for _, test := range []struct{ golden, types string }{
		{"watch_sets", "sts,ds,cj"}, {"watch_storage", "pvc,pv,controllerrevisions"},
	} {
		t.Run(test.golden, func(t *testing.T) {
			golden.Match(t, test.golden+".golden", watched(t, "sets", Query{Types: test.types}))
		})
	}
}

// TestHostnames: pods of StatefulSets are known by their own names and that of their Service,
// those of Indexed Jobs by that of their Job and their index.
func TestHostnames(t *testing.T) {
	for _, test := range []struct{ world, types, want, never string }{
		{"sets", "pods", "  hostname: db-0\n", "\n  hostname: agent"},
		{"sets", "pods", "  subdomain: db\n", ""},
		{"sets", "sts", "  serviceName: db\n", "subdomain"},
		{"addresses", "pods", "  hostname: shards-1\n", ""},
		{"addresses", "pods", "  hostname: the-third-machine-of-the-northern-hall\n", ""},
	} {
		var b strings.Builder
		if _, err := query(t, Query{Types: test.types, Output: "yaml"}).Get(&b, replayed(t, test.world, models.Time(time.Minute))); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); !strings.Contains(text, test.want) || test.never != "" && strings.Contains(text, test.never) {
			t.Errorf("%s, %s: got\n%s\nwant %q and not %q", test.world, test.types, text, test.want, test.never)
		}
	}
}

// TestPodsWithoutASandboxSayWhy: how often a kubelet has tried counts.
func TestPodsWithoutASandboxSayWhy(t *testing.T) {
	var b strings.Builder
	if _, err := query(t, Query{Types: "events", Namespace: "default"}).Get(&b, replayed(t, "addresses", models.Time(11*time.Minute))); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "get_events_sandbox.golden", b.String())
}
