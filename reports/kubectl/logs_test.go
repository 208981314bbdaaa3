package kubectl

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// printed is what podsim logs writes of pods in a scenario of testdata at a moment: the
// lines, what it says besides, and the error.
func printed(t *testing.T, scenario string, at time.Duration, name string, q LogQuery) string {
	t.Helper()
	m := replayed(t, scenario, models.Time(at))
	var b strings.Builder
	ids, note, err := m.LogPods("default", name, nil)
	if note != "" {
		b.WriteString(note + "\n")
	}
	if err != nil {
		return b.String() + err.Error() + "\n"
	}
	logs, p := NewLogs(ids), newReplay(t, scenario)
	p.Cluster.Observe(logs)
	for {
		next, err := p.Next()
		if errors.Is(err, io.EOF) || err == nil && next > models.Time(at) {
			break
		}
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		if err := q.Write(&b, &b, m, logs, id); err != nil {
			b.WriteString(err.Error() + "\n")
		}
	}
	return b.String()
}

func TestLogs(t *testing.T) {
	const all = -1
	for _, test := range []struct {
		what string
		at   time.Duration
		name string
		q    LogQuery
		want string
	}{
		{"the instance that runs", 9 * time.Minute, "crashing", LogQuery{Tail: all}, "container crashing starts: image crashing:1, start 5\nready\n"},
		{"the one before", 9 * time.Minute, "crashing", LogQuery{Tail: all, Previous: true}, "container crashing starts: image crashing:1, start 4\nready\nexit code 1\n"},
		{"the last lines", 9 * time.Minute, "pod/crashing", LogQuery{Tail: 1, Previous: true}, "exit code 1\n"},
		{"lines of the last while", 9 * time.Minute, "crashing", LogQuery{Tail: all, Since: time.Second}, ""},
		{"virtual time", 9 * time.Minute, "crashing", LogQuery{Tail: 1, Timestamps: true}, "2026-03-02T00:07:56.010000000Z ready\n"},
		{"a pod and its container", 9 * time.Minute, "old-dtg74", LogQuery{Tail: 1, Prefix: true}, "[pod/old-dtg74/old] ready\n"},
		{"several containers", 9 * time.Minute, "web-6996d79fff-hdgrw", LogQuery{Tail: 1}, "Defaulted container \"web\" out of: web, log, migrate (init)\nready\n"},
		{"all containers", 9 * time.Minute, "web-6996d79fff-hdgrw", LogQuery{Tail: 1, AllContainers: true}, "exit code 0\nready\nready\n"},
		{"pods of a controller", 9 * time.Minute, "job/report", LogQuery{Tail: 1}, "Found 2 pods, using pod/report-9gmhj\nexit code 0\n"},
		{"no such container", 9 * time.Minute, "crashing", LogQuery{Tail: all, Container: "x"}, "error: container x is not valid for pod crashing out of: crashing\n"},
		{"no such pod", 9 * time.Minute, "web", LogQuery{Tail: all}, "Error from server (NotFound): pods \"web\" not found\n"},
		{"no logs of nodes", 9 * time.Minute, "node/node-1", LogQuery{Tail: all}, "error: cannot get the logs from node: selector not found\n"},
		{"not started", 2 * time.Second, "crashing", LogQuery{Tail: all},
			"Error from server (BadRequest): container \"crashing\" in pod \"crashing\" is waiting to start: ContainerCreating\n"},
		{"no instance before", 90 * time.Second, "crashing", LogQuery{Tail: all, Previous: true},
			"Error from server (BadRequest): previous terminated container \"crashing\" in pod \"crashing\" not found\n"},
	} {
		if got := printed(t, "shop", test.at, test.name, test.q); got != test.want {
			t.Errorf("%s: got\n%swant\n%s", test.what, got, test.want)
		}
	}
}

// Containers of one pod that are told apart have lines of their own.
func TestLogsOfProbedContainers(t *testing.T) {
	for _, test := range []struct {
		at   time.Duration
		q    LogQuery
		want string
	}{
		{time.Minute, LogQuery{Container: "web", Tail: -1}, "container web starts: image web:1, start 1\nready\n"},
		{time.Minute, LogQuery{Container: "migrate", Tail: 1}, "exit code 0\n"},
		{3 * time.Minute, LogQuery{Container: "web", Tail: -1, Previous: true}, "container web starts: image web:1, start 2\nready\nexit code 3\n"},
		{2 * time.Second, LogQuery{Container: "log", Tail: -1}, "Error from server (BadRequest): container \"log\" in pod \"slow\" is waiting to start: PodInitializing\n"},
	} {
		if got := printed(t, "probes", test.at, "slow", test.q); got != test.want {
			t.Errorf("at %s: got\n%swant\n%s", test.at, got, test.want)
		}
	}
}
