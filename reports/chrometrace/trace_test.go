package chrometrace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/hostile"
	"github.com/podsim/podsim/reports/hostile/madeup"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/logged"
	"github.com/podsim/podsim/scheduler/plugins"
)

// scenarioTrace simulates a scenario and returns its trace.
func scenarioTrace(t *testing.T, in scenarios.Input, c Config) *trace {
	t.Helper()
	text, _ := scenarioText(t, in, c)
	return read(t, text)
}

func scenarioText(t *testing.T, in scenarios.Input, c Config) ([]byte, Left) {
	t.Helper()
	in.Table = plugins.Table()
	log, end, run := logged.Run(t, in)
	c.Horizon = run.Config.Horizon
	return replayed(t, log, end, c)
}

// replayed writes the trace of a log.
func replayed(t *testing.T, log []byte, end models.Time, c Config) ([]byte, Left) {
	t.Helper()
	if c.Until == 0 {
		c.Until = models.Never
	}
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r, err := New(&out, c, p.Cluster.View())
	if err != nil {
		t.Fatal(err)
	}
	p.Cluster.Observe(r)
	for {
		next, err := p.Next()
		if errors.Is(err, io.EOF) || err == nil && next > c.Until {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		r.Advance(next)
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
	left, err := r.Finish(min(end, c.Until), []reports.UserStep{{At: 60, Text: "a step", Message: "done"}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), left
}

// outage is the embedded scenario, up to an hour after its nodes are up again.
func outage(t *testing.T) scenarios.Input {
	t.Helper()
	embedded, ok := scenarios.LookupEmbedded("zone-outage")
	if !ok {
		t.Fatal("there is no zone-outage")
	}
	return scenarios.Input{Files: []scenarios.File{embedded.File()}, For: 150 * time.Minute}
}

func TestAnOutageIsSeenInTheTrace(t *testing.T) {
	tr := scenarioTrace(t, outage(t), Config{From: models.Time(100 * time.Minute), Until: models.Never, Pods: 10_000})
	faults := tr.find(func(s *slice) bool { return s.category == "fault" })
	if len(faults) != 1 || faults[0].name != "power-loss: 20 nodes down" || faults[0].from != 2*time.Hour || faults[0].until != 150*time.Minute {
		t.Errorf("faults: %v", faults)
	}
	down := tr.find(func(s *slice) bool { return s.lane == "machine" && s.name == "down" && s.from == 2*time.Hour })
	if len(down) != 20 {
		t.Errorf("%d nodes go down, want 20", len(down))
	}
	for _, s := range down {
		if !strings.HasPrefix(s.process, "zone b, node workers-") {
			t.Errorf("%s: not of the zone that fails", s.process)
		}
		noticed := tr.find(func(c *slice) bool {
			return c.process == s.process && c.lane == "Ready condition" && c.name == "Unknown"
		})
		if len(noticed) != 1 || noticed[0].from < s.from+50*time.Second || noticed[0].from > s.from+55*time.Second {
			t.Errorf("%s is noticed at %v, want 50s to 55s after it went down", s.process, noticed)
		}
	}
	lost := tr.find(func(s *slice) bool { return s.name == podNodeDown && s.from == 2*time.Hour })
	below := tr.find(func(s *slice) bool { return s.category == "replicas" && s.from > 2*time.Hour })
	evicted := slices.ContainsFunc(tr.instants, func(s slice) bool { return s.name == "DeletePod: TaintManagerEviction" })
	if len(lost) < 40 || len(below) != 2 || !evicted {
		t.Errorf("%d pods on nodes that are down, want 40 at least; %d workloads below, want 2; evictions seen: %t", len(lost), len(below), evicted)
	}
	if at := tr.counters["nodes"]; at[0].Args["down"] != 0.0 || !slices.ContainsFunc(at, func(e event) bool { return e.Time == 7200e6 && e.Args["down"] == 20.0 }) {
		t.Errorf("the counter of nodes does not have 20 down at 2h: %v", at)
	}
}

const rolling = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 6
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
        readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 10}
        resources: {requests: {cpu: "1"}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: db, image: "db:1", resources: {requests: {cpu: 100m}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers:
      - {name: agent, image: "agent:1", resources: {requests: {cpu: 100m}}}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: node}
spec: {count: 3, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}}
---
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: rolling}
spec: {for: 20m}
`

func rollingInput(steps ...string) scenarios.Input {
	return scenarios.Input{Files: []scenarios.File{{Name: "rolling.yaml", Reader: strings.NewReader(rolling)}}, At: steps}
}

func TestRolloutsAreSeenInTheTrace(t *testing.T) {
	tr := scenarioTrace(t, rollingInput(
		"5m set image deployment/web web=web:2", "6m set image statefulset/db db=db:2", "7m set image daemonset/agent agent=agent:2",
		"10m scale deployment/web --replicas=30", "12m scale deployment/web --replicas=6",
	), Config{Until: models.Never, Pods: 1000})
	for workload, at := range map[string]time.Duration{"Deployment/default/web": 5 * time.Minute, "StatefulSet/default/db": 6 * time.Minute, "DaemonSet/default/agent": 7 * time.Minute} {
		rollouts := tr.find(func(s *slice) bool { return s.lane == workload+": rollout" })
		if len(rollouts) != 2 || rollouts[1].name != "rollout of revision 2" || rollouts[1].from.Round(time.Second) != at {
			t.Errorf("rollouts of %s: %v, want that of revision 2 at %s", workload, rollouts, at)
			continue
		}
		pods := tr.find(func(s *slice) bool { return s.category == "pod" && s.args["owner"] == workload && s.from > at })
		last := time.Duration(0)
		for _, s := range pods {
			if s.from < rollouts[1].until {
				last = max(last, s.from)
			}
		}
		if last == 0 || rollouts[1].until > last+30*time.Second {
			t.Errorf("the rollout of %s ends at %s, its last pod came at %s", workload, rollouts[1].until, last)
		}
	}
	waiting := tr.find(func(s *slice) bool { return s.category == "waiting" && s.from > 9*time.Minute })
	if len(waiting) == 0 || waiting[0].until.Round(time.Second) != 12*time.Minute {
		t.Errorf("pods that cannot be placed: %v, want some from 10m to 12m", waiting)
	}
	if len(tr.find(func(s *slice) bool { return s.name == podStarting })) < 12 {
		t.Error("hardly a pod is seen to start")
	}
}

func TestATraceBeginsAndEndsWhereItIsTold(t *testing.T) {
	from, until := 110*time.Minute, 130*time.Minute
	tr := scenarioTrace(t, outage(t), Config{From: models.Time(from), Until: models.Time(until), Pods: 10_000})
	for _, s := range tr.slices {
		if s.from < from || s.until > until {
			t.Fatalf("%v lies outside %s to %s", &s, from, until)
		}
	}
	if len(tr.find(func(s *slice) bool { return s.from == from && s.name == podReady })) < 100 || len(tr.find(func(s *slice) bool { return s.until == until })) < 100 {
		t.Error("what is there at the beginning or the end is not drawn up to it")
	}
}

func TestATraceDrawsSoManyPodsAndTellsOfTheOthers(t *testing.T) {
	text, left := scenarioText(t, outage(t), Config{Pods: 50})
	tr := read(t, text)
	names := make(map[string]bool)
	for _, s := range tr.find(func(s *slice) bool { return s.category == "pod" || s.category == "waiting" }) {
		names[s.name] = true
	}
	if len(names) != 50 || left.Drawn != 50 || left.Pods < 100 || tr.about["pods not drawn"] != fmt.Sprint(left.Pods) {
		t.Errorf("%d pods are drawn, %+v, told: %v", len(names), left, tr.about)
	}
	tr = scenarioTrace(t, outage(t), Config{Pods: 10_000, Objects: []string{"Deployment/default/queue-worker"}})
	for _, s := range tr.find(func(s *slice) bool { return s.category == "pod" }) {
		if s.args["owner"] != "Deployment/default/queue-worker" {
			t.Fatalf("%v was not asked for", &s)
		}
	}
}

func TestHostileNamesStandInATraceAsTextsOnly(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := replayed(t, log, madeup.End, Config{Scenario: hostile.Names[3], Pods: 1000})
	tr := read(t, text)
	for _, c := range string(text) {
		if c != '\n' && !unicode.IsPrint(c) {
			t.Fatalf("the trace holds %q as it is", c)
		}
	}
	for _, name := range hostile.Names {
		want := strings.ToValidUTF8(name, "\ufffd") + "/"
		if len(tr.find(func(s *slice) bool { return s.category == "pod" && strings.HasPrefix(s.name, want) })) == 0 && utf8.ValidString(name) {
			t.Errorf("no pod of namespace %q is drawn", name)
		}
	}
}

func TestTracesOfAllScenariosAreLawful(t *testing.T) {
	for _, embedded := range scenarios.Embedded() {
		if len(embedded.Data) > 0 {
			continue // it needs data from outside
		}
		in := scenarios.Input{Files: []scenarios.File{embedded.File()}, For: 5 * time.Hour}
		text, left := scenarioText(t, in, Config{From: models.Time(time.Hour), Pods: 300})
		if tr := read(t, text); left.Drawn == 0 || len(tr.slices) == 0 {
			t.Errorf("%s: nothing is drawn", embedded.Name)
		}
	}
}

func TestEqualRunsHaveEqualTraces(t *testing.T) {
	first, _ := scenarioText(t, rollingInput("5m set image deployment/web web=web:2"), Config{Pods: 1000})
	second, _ := scenarioText(t, rollingInput("5m set image deployment/web web=web:2"), Config{Pods: 1000})
	if !bytes.Equal(first, second) {
		t.Error("two traces of one run differ")
	}
}
