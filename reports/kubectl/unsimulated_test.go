package kubectl

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

func rich(t *testing.T, at time.Duration, q Query, describe bool) string {
	t.Helper()
	m := replayed(t, "rich", models.Time(at))
	var b strings.Builder
	show := query(t, q).Get
	if describe {
		show = query(t, q).Describe
	}
	if _, err := show(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsNotSimulatedIsShown(t *testing.T) {
	golden.Match(t, "describe_rich.golden", rich(t, 50*time.Second, Query{Types: "pods,deploy"}, true))
	golden.Match(t, "get_rich_yaml.golden", rich(t, 50*time.Second, Query{Types: "pods,deploy", Output: "yaml"}, false))
}

// Each ReplicaSet shows the version of the template that it was made from.
func TestVersionsShowWhatTheySay(t *testing.T) {
	text := rich(t, 2*time.Minute, Query{Types: "rs"}, true)
	for _, want := range []string{"COLOR:     blue", "COLOR:     green"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("got\n%s\nwant %s once", text, want)
		}
	}
}

func TestLogsWithoutManifestsAreShown(t *testing.T) {
	var u *Unsimulated
	for _, u := range []*Unsimulated{u, NewUnsimulated(nil), NewUnsimulated(&models.Unsimulated{
		Of: []models.UnsimulatedOf{{Kind: "Deployment", Namespace: "default", Name: "web", Text: 7}},
	})} {
		m := replayed(t, "rich", models.Time(50*time.Second))
		m.Unsimulated = u
		var b strings.Builder
		if _, err := query(t, Query{Types: "pods"}).Describe(&b, m); err != nil || !strings.Contains(b.String(), "Service Account:  default\n") {
			t.Errorf("%v: got\n%s", err, b.String())
		}
	}
}

func TestQuantitiesAreRead(t *testing.T) {
	for text, want := range map[string]int64{"500m": 500, "2": 2000, "1.5": 1500, "1Gi": 1 << 30 * 1000, "1k": 1e6, "": 0, "x": 0, "1e3": 0} {
		if got := quantityValue(text); got != want {
			t.Errorf("%q: got %d; want %d", text, got, want)
		}
	}
}
