package scrape

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/hostile/madeup"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/reports/prometheus"
)

// hostileRun is a snapshot of a run in which every name is hostile, in the middle of it.
func hostileRun(t *testing.T) *prometheus.Snapshot {
	t.Helper()
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	fold := prometheus.NewFold(prometheus.Config{Scenario: "\x1b[31m\"red\"", Start: kubectl.DefaultStart, MaxSeries: 1 << 20})
	p.Cluster.Observe(fold)
	for range 400 {
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
	s := fold.Snapshot(p.Cluster.Now(), p.Cluster.View(), &prometheus.Queue{Active: 1, Backoff: 2, Unschedulable: 3, Gated: 4})
	s.Add(prometheus.RunSpeed, 60)
	return s
}

func ask(t *testing.T, take Take, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(t.Context(), take).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// The rules are those of promtool check metrics.
func TestALinterFindsNothing(t *testing.T) {
	snapshot := hostileRun(t)
	take := func(context.Context) (*prometheus.Snapshot, error) { return snapshot, nil }
	code, body := ask(t, take, "/metrics")
	if code != http.StatusOK {
		t.Fatalf("%d: %s", code, body)
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	for _, want := range []string{`scheduler_pending_pods{queue="unschedulable"} 3`, `podsim_info{scenario="\\x1b[31m\"red\"",seed="0"} 1`, "podsim_speed_ratio 60"} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("there is no %s", want)
		}
	}
	if i := strings.IndexFunc(body, func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 {
		t.Errorf("a control character: %q", body[i:min(i+40, len(body))])
	}
}

func TestEachComponentHasItsPath(t *testing.T) {
	snapshot := hostileRun(t)
	take := func(context.Context) (*prometheus.Snapshot, error) { return snapshot, nil }
	_, all := ask(t, take, "/metrics")
	lines := 0
	for _, c := range prometheus.Components() {
		code, body := ask(t, take, "/metrics/"+c.String())
		if code != http.StatusOK || body == "" {
			t.Errorf("%s: %d %s", c, code, body)
		}
		lines += strings.Count(body, "\n")
	}
	if want := strings.Count(all, "\n"); lines != want {
		t.Errorf("the components have %d lines, all together have %d", lines, want)
	}
	if code, body := ask(t, take, "/"); code != http.StatusOK || !strings.Contains(body, "/metrics/kube-scheduler") {
		t.Errorf("the index: %d %s", code, body)
	}
	if code, _ := ask(t, take, "/other"); code != http.StatusNotFound {
		t.Errorf("another path: %d", code)
	}
}

func TestARunThatIsOverAnswersSo(t *testing.T) {
	take := func(context.Context) (*prometheus.Snapshot, error) { return nil, errors.New("the run is over") }
	if code, body := ask(t, take, "/metrics"); code != http.StatusInternalServerError || !strings.Contains(body, "the run is over") {
		t.Errorf("got %d %s", code, body)
	}
}
