package reports

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

func TestCompileAssertionRefuses(t *testing.T) {
	d := models.NewDictionary()
	for _, c := range []struct {
		a    Assertion
		want string
	}{
		{Assertion{Text: "pending.p99"}, `"pending.p99" has no comparison (want metric, one of < <= > >= == !=, value)`},
		{Assertion{Text: "pending.p99 = 5m"}, `"pending.p99 = 5m" has no comparison (want metric, one of < <= > >= == !=, value)`},
		{Assertion{Text: "pendng.p99 < 5m"}, `unknown metric "pendng.p99"; did you mean "pending.p99"?`},
		{Assertion{Text: "pods.faild == 0"}, `unknown metric "pods.faild"; did you mean "pods.failed"?`},
		{Assertion{Text: "pending < 5m"}, `"pending" is a distribution: say which statistic (want pending.p50, pending.p90, pending.p95, pending.p99, pending.max, pending.mean)`},
		{Assertion{Text: "available > 3"}, `"available" needs an argument (available(Deployment/namespace/web): its Ready pods whose containers really run)`},
		{Assertion{Text: "restarts(x) > 3"}, `"restarts" takes no argument (got "restarts(x)")`},
		{Assertion{Text: "ready(Deployment/web > 3"}, `"ready(Deployment/web" lacks a closing parenthesis at its end`},
		{Assertion{Text: "ready(web) > 3"}, `"web" is no workload (want Kind/name or Kind/namespace/name)`},
		{Assertion{Text: "ready(Deploymet/web) > 3"}, `"Deploymet" has no replicas to count; did you mean "Deployment"? (want one of Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet)`},
		{Assertion{Text: "utilisation(gpu) > 3%"}, `unknown resource "gpu" (known: cpu, memory, ephemeral-storage, pods)`},
		{Assertion{Text: "pending.p99 < 5"}, `pending is a duration (got 5; want such as 90s, 5m or 2d)`},
		{Assertion{Text: "pods.failed < 5%"}, `pods.failed is a plain number (got 5%)`},
		{Assertion{Text: "utilisation.cpu < 5m"}, `utilisation.cpu is a share (got 5m; want such as 0.8 or 80%)`},
		{Assertion{Text: "pending.p99 < soon"}, `"soon" is no value (want a number, a duration such as 5m or a percentage)`},
		{Assertion{Text: "pending.p99 < "}, `"" is no value (want a number, a duration such as 5m or a percentage)`},
		{Assertion{Text: "pods.failed < NaN"}, `"NaN" is no value (want a number, a duration such as 5m or a percentage)`},
		{Assertion{Text: "pods.failed < 1", Always: true}, `pods.failed is a counter: it can be checked at an instant or at the end, not always`},
		{Assertion{Text: "nodes.down < 1", Always: true, At: 5}, `an assertion holds always or at one instant, not both`},
		{Assertion{Text: "nodes.down < 1", From: 5}, `from and until need always`},
		{Assertion{Text: "nodes.down < 1", Always: true, From: 5e9, Until: 1e9}, `until (1s) lies before from (5s)`},
		{Assertion{Text: `evictions{couse="taint"} == 0`}, `evictions has no label "couse"; did you mean "cause"? (known: cause)`},
		{Assertion{Text: `evictions{cause="preemtion"} == 0`}, `evictions knows no cause "preemtion"; did you mean "preemption"? (known: preemption, taint, api, node-lost, forced, kubelet, pod-gc)`},
		{Assertion{Text: `evictions{cause="taint" == 0`}, `"evictions{cause=\"taint\" == 0" has no comparison (want metric, one of < <= > >= == !=, value)`},
		{Assertion{Text: `evictions{} == 0`}, `"evictions{}" has no label in braces (want such as {cause="preemption"})`},
		{Assertion{Text: `evictions{cause="\q"} == 0`}, `"\q" is no text in quotes`},
		{Assertion{Text: `evictions{cause=a,cause=b} == 0`}, `"a,cause=b" is no value of one label (want such as {cause="preemption"})`},
		{Assertion{Text: `makespan{cause="taint"} < 1h`}, `makespan has no labels (got {cause="taint"})`},
		{Assertion{Text: "evictons == 0"}, `unknown metric "evictons"; did you mean "evictions"?`},
		{Assertion{Text: `cots{namespace="x"} < 1`}, `unknown metric "cots"; did you mean "cost"?`},
		{Assertion{Text: "cost(x) < 1"}, `"cost" takes no argument (got "x")`},
		{Assertion{Text: "stranded < 1%"}, `stranded needs a resource, such as stranded(cpu)`},
		{Assertion{Text: "stranded(gpu) < 1%"}, `unknown resource "gpu" (known: cpu, memory, ephemeral-storage, pods)`},
		{Assertion{Text: "stranded(cpu) < 5m"}, `stranded is a share (got 5m; want such as 0.8 or 80%)`},
		{Assertion{Text: "makespan < 5"}, `makespan is a duration (got 5; want such as 90s, 5m or 2d)`},
		{Assertion{Text: "node_hours < 5h"}, `node_hours is a plain number (got 5h)`},
		{Assertion{Text: "evictions == 0", At: 5}, `evictions is known at the end of a run only`},
		{Assertion{Text: "evictions == 0", Always: true}, `evictions is known at the end of a run only`},
		{Assertion{Text: "nodes.down < 1", At: -1}, `an assertion cannot hold before the run begins`},
	} {
		_, err := CompileAssertion(c.a, d)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.a.Text, err, c.want)
		}
	}
}

func TestUnknownMetricWithoutAGuessListsAll(t *testing.T) {
	_, err := CompileAssertion(Assertion{Text: "weather == 1"}, models.NewDictionary())
	if err == nil || !strings.Contains(err.Error(), "known: pods.created") {
		t.Error(err)
	}
}

func TestLiterals(t *testing.T) {
	for text, want := range map[string]literal{
		"90s": {90, unitSeconds, false}, "1h30m": {5400, unitSeconds, false}, "2d": {172800, unitSeconds, false},
		"1d12h": {129600, unitSeconds, false}, "80%": {0.8, unitRatio, true}, "0.5": {value: 0.5}, "-3": {value: -3},
	} {
		got, err := parseLiteral(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"-5m", "1e400", "5 m", "d", "%", "0x10", "2dd", "--1"} {
		if got, err := parseLiteral(text); err == nil {
			t.Errorf("%s is taken for %+v", text, got)
		}
	}
}

// assertionsRun is a small run: one replica of two is out of service from 100s to
// 160s (the terminating one holds its room to the end), a pod waits from 10s on, a Job fails at 150s.
func assertionsRun(t *testing.T, a Assertion) AssertionResult {
	t.Helper()
	w := newWorld(t, Config{}, compile(t, a)...)
	size := models.Resources{models.CPU: 1000, models.Memory: gibi, models.Pods: 110}
	n1, n2 := w.nodeOf("n1", "workers", "", size), w.nodeOf("n2", "workers", "", size)
	_, web := w.deployment("web", 2)
	spec := w.spec(250, 1)
	x, y := w.podOf(web, spec), w.podOf(web, spec)
	w.at(10 * time.Second)
	w.run(x, n1)
	w.run(y, n2)
	waits := w.pod(w.spec(5000, 1), "waits")
	w.unschedulable(waits, "0/2 nodes are available: 2 Insufficient cpu.")
	w.at(100 * time.Second)
	w.crash(n1, "power")
	w.at(120 * time.Second)
	w.delete(x, "TaintManagerEviction")
	z := w.podOf(web, spec)
	w.at(150 * time.Second)
	job := w.owner(models.Job, "batch", 1, models.None)
	failed := w.podOf(job, spec)
	w.bind(failed, n2)
	w.end(failed, 1)
	w.endJob(job, false)
	w.at(160 * time.Second)
	w.run(z, n2)
	w.restore(n1)
	return w.finish(210 * time.Second).Assertions[0]
}

func TestAssertions(t *testing.T) {
	const s = models.Time(time.Second)
	for _, c := range []struct {
		a    Assertion
		want string // "pass: got", or the message of a failure
	}{
		{Assertion{Text: "pods.created == 5"}, "pass: 5"},
		{Assertion{Text: "pods.succeeded >= 1"}, "pods.succeeded >= 1: got 0 at 00h03m30s"},
		{Assertion{Text: "pods.failed == 0"}, "pods.failed == 0: got 1 at 00h03m30s (last: default/batch-BATCH)"},
		{Assertion{Text: "pods.failed == 0", At: 140 * s}, "pass: 0"},
		{Assertion{Text: "pods.lost < 1"}, "pods.lost < 1: got 1 at 00h03m30s (last: default/web-5d4f8-WEB)"},
		{Assertion{Text: "pods.pending < 1"}, "pods.pending < 1: got 1 at 00h03m30s (oldest: default/waits)"},
		{Assertion{Text: "pods.pending == 2", At: 5 * s}, "pass: 2"},
		{Assertion{Text: "pods.running == 2"}, "pass: 2"},
		{Assertion{Text: "pending.p50 <= 10s"}, "pass: 10s"},
		{Assertion{Text: "pending.max < 2m"}, "pending.max < 2m: got 3m20s at 00h03m30s (default/waits, still waiting)"},
		{Assertion{Text: "ready.mean < 1s", At: 20 * s}, "ready.mean < 1s: got 10s at 00h00m10s (default/web-5d4f8-WEB)"},
		{Assertion{Text: "restarts == 0"}, "pass: 0"},
		{Assertion{Text: "nodes.down == 0", Always: true}, "nodes.down == 0: got 1 at 00h01m40s (last: node n1)"},
		{Assertion{Text: "nodes.down == 0", Always: true, From: 160 * s}, "pass: 0"},
		{Assertion{Text: "nodes.down == 0", Always: true, Until: 99 * s}, "pass: 0"},
		{Assertion{Text: "nodes.down == 0", Always: true, From: 120 * s, Until: 130 * s}, "nodes.down == 0: got 1 at 00h02m00s (last: node n1)"},
		{Assertion{Text: "nodes.ready != 2"}, "nodes.ready != 2: got 2 at 00h03m30s"},
		{Assertion{Text: "utilisation.cpu <= 20%"}, "utilisation.cpu <= 20%: got 37.5% at 00h03m30s"},
		{Assertion{Text: "utilisation.cpu < 0.5", Always: true}, "pass: 0.375"},
		{Assertion{Text: "utilisation(cpu) > 20%"}, "pass: 37.5%"},
		{Assertion{Text: "unschedulable.attempts == 0"}, "unschedulable.attempts == 0: got 1 at 00h03m30s (last: default/waits)"},
		{Assertion{Text: "jobs.failed == 0"}, "jobs.failed == 0: got 1 at 00h03m30s (last: Job/default/batch)"},
		{Assertion{Text: "jobs.complete > 0"}, "jobs.complete > 0: got 0 at 00h03m30s"},
		{Assertion{Text: "ready(Deployment/web) >= 2", Always: true, From: 10 * s}, "ready(Deployment/web) >= 2: got 1 at 00h02m00s (Deployment/default/web)"},
		{Assertion{Text: "available(Deployment/default/web) >= 2", Always: true, From: 10 * s},
			"available(Deployment/default/web) >= 2: got 1 at 00h01m40s (Deployment/default/web)"},
		{Assertion{Text: "available(Deployment/wb) >= 2"}, `available(Deployment/wb) >= 2: Deployment/default/wb did not exist; did you mean "Deployment/default/web"?`},
		{Assertion{Text: "replica_seconds_lost(Deployment/web) <= 60"}, "pass: 60"},
		{Assertion{Text: "replica_seconds_lost < 30s"}, "replica_seconds_lost < 30s: got 1m at 00h03m30s (most: Deployment/default/web)"},
		{Assertion{Text: "replacement.max < 1m"}, "replacement.max < 1m: got 1m at 00h02m40s (a pod of Deployment/default/web lost to power)"},
		{Assertion{Text: "replacement.max < 10s", At: 130 * s}, "replacement.max < 10s: got 30s at 00h02m10s (a pod of Deployment/default/web lost to power, not replaced yet)"},
		{Assertion{Text: "replacement.max < 10s", At: 50 * s}, "pass: no values"},
		{Assertion{Text: "evictions == 0"}, "evictions == 0: got 1 at 00h03m30s"},
		{Assertion{Text: ` evictions { cause = "taint" } <= 1 `}, "pass: 1"},
		{Assertion{Text: `evictions{cause=preemption} == 0`}, "pass: 0"},
		{Assertion{Text: "utilisation.mean(cpu) < 10%"}, "utilisation.mean(cpu) < 10%: got 26.79% at 00h03m30s"},
		{Assertion{Text: `pending.max{class=""} < 2m`}, `pending.max{class=""} < 2m: got 3m20s at 00h03m30s`},
		{Assertion{Text: `pending.p99{class="<gold}"} < 45s`}, `pending.p99{class="<gold}"} < 45s: there was nothing to measure; did you mean "pending.p99{class=\"\"}"?`},
		{Assertion{Text: `node_hours{group="workrs"} < 1`}, `node_hours{group="workrs"} < 1: there was nothing to measure; did you mean "node_hours{group=\"workers\"}"?`},
		{Assertion{Text: "cost < 100"}, "cost < 100: there was nothing to measure"},
		{Assertion{Text: "makespan <= 3m"}, "pass: no values"},
		{Assertion{Text: "throughput.bound > 50"}, "pass: 68.571"},
		{Assertion{Text: "pods.running == 2", At: 211 * s}, "pods.running == 2: the run ended before, at 00h03m30s"},
		{Assertion{Text: "nodes.down == 0", Always: true, From: 300 * s}, "nodes.down == 0: the run ended before, at 00h03m30s"},
	} {
		got := assertionsRun(t, c.a)
		text := got.Message
		if got.Passed {
			text = "pass: " + got.Got
		}
		text = generated(text)
		if text != c.want {
			t.Errorf("%s (%s):\n got %s\nwant %s", c.a.Text, got.When, text, c.want)
		}
	}
}

// generated writes the random-looking ends of names in capitals.
func generated(text string) string {
	for base, stand := range map[string]string{"default/batch-": "BATCH", "default/web-5d4f8-": "WEB"} {
		if i := strings.Index(text, base); i >= 0 {
			i += len(base)
			text = text[:i] + stand + text[i+5:]
		}
	}
	return text
}

func TestEveryMetricCanBeAsserted(t *testing.T) {
	for i, m := range Metrics()[:len(metricTable)] {
		text := m.Name
		switch {
		case metricTable[i].resource:
			text += "(cpu)"
		case metricTable[i].workload:
			text += "(Deployment/web)"
		case m.Kind == Distribution:
			text += ".p90"
		}
		if m.Help == "" {
			t.Errorf("%s lacks help", m.Name)
		}
		if got := assertionsRun(t, Assertion{Text: text + " >= 0"}); !got.Passed {
			t.Errorf("%s >= 0: %s", text, got.Message)
		}
	}
}
