package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// fataler is a test, or a random one.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// value returns a measure of a run, and whether it has a value.
func value(t fataler, s *Summary, name string) (float64, bool) {
	t.Helper()
	for _, m := range s.measures(true) {
		if m.Name == name {
			if m.Value == nil {
				return 0, false
			}
			return *m.Value, true
		}
	}
	t.Fatalf("no measure %s", name)
	return 0, false
}

// wantMeasures holds measures against texts such as "evictions = 3".
func wantMeasures(t *testing.T, s *Summary, want ...string) {
	t.Helper()
	for _, w := range want {
		name, number, _ := strings.Cut(w, " = ")
		got, ok := value(t, s, name)
		text := fmt.Sprint(round6(got))
		if !ok {
			text = "nothing"
		}
		if text != number {
			t.Errorf("%s is %s, want %s", name, text, number)
		}
	}
}

func TestMeasuresAreNamedOnceAndInOrder(t *testing.T) {
	_, s := outage(t)
	names := make(map[string]bool)
	for _, m := range s.Measures() {
		kind, name, err := MeasureNamed(m.Name)
		if err != nil || name != m.Name || kind.Unit != m.Unit || kind.Better != m.Better {
			t.Errorf("%s is read as %s of unit %q: %v", m.Name, name, kind.Unit, err)
		}
		if names[m.Name] {
			t.Errorf("%s is listed twice", m.Name)
		}
		names[m.Name] = true
	}
	for _, k := range MeasureKinds() {
		if k.Help == "" {
			t.Errorf("%s lacks help", k.Name)
		}
	}
	if !slices.EqualFunc(s.Measures(), s.Measures(), func(a, b Measure) bool { return a.Name == b.Name }) {
		t.Error("another order the second time")
	}
}

func TestWaitsCountThoseThatStillWait(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 4000, gibi)
	a := w.pod(w.spec(1, 1), "a")
	w.pod(w.spec(1, 1), "waits")
	w.at(10 * second)
	w.run(a, n)
	s := w.finish(100 * second)
	wantMeasures(t, s, "pending.p50 = 10", "pending.max = 100", "running.mean = 55", "ready.p99 = 100", "pods.pending = 1")
	same(t, "the wait of pods that were bound", Seconds(10), s.Pending.Max)
}

func TestWaitsByClass(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 4000, gibi)
	classed := func(class string) models.SpecID {
		return w.c.DefinePod(&models.PodSpec{PriorityClass: w.d.Sym(class), Requests: models.Resources{models.CPU: 1}})
	}
	gold, none := classed("gold"), classed("")
	for i := range 4 {
		w.at(time.Duration(i) * 100 * second)
		g := w.pod(gold, fmt.Sprint("g", i))
		var o models.PodID
		if i >= 2 { // the second class comes late
			o = w.pod(none, fmt.Sprint("o", i))
		}
		w.at(time.Duration(i)*100*second + time.Duration(i+1)*second)
		w.run(g, n)
		if i >= 2 {
			w.at(time.Duration(w.now) + 40*second)
			w.run(o, n)
		}
	}
	s := w.finish(1000 * second)
	wantMeasures(t, s, `pending.max = 44`, `pending.max{class="gold"} = 4`, `pending.mean{class="gold"} = 2.5`, `pending.p50{class=""} = 43`)
	same(t, "how many", []int64{6, 2, 4}, []int64{s.Measured.Waits.Pending.Count, s.Measured.Classes[0].Ready.Count, s.Measured.Classes[1].Ready.Count})
}

func TestEvictionsByCause(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 4000, gibi)
	for i, by := range []string{
		"PreemptionByScheduler for default/important", "PreemptionByScheduler for x/y", "TaintManagerEviction",
		"EvictionByEvictionAPI", "LifetimeOver", "ScaleDown", "PodGC", "",
	} {
		p := w.pod(w.spec(1, 1), fmt.Sprint("p", i))
		w.run(p, n)
		w.delete(p, by)
	}
	waits := w.pod(w.spec(1, 1), "waits")
	w.apply(models.Op{Kind: models.OpNominatePod, Pod: waits, Node: n})
	w.apply(models.Op{Kind: models.OpNominatePod, Pod: waits, Node: models.None})
	w.delete(waits, "TaintManagerEviction") // from no node
	booted := w.pod(w.spec(1, 1), "booted")
	w.run(booted, n)
	w.apply(models.Op{Kind: models.OpFinishPod, Pod: booted, Arg: 137, Reason: w.d.Sym("NodeRebooted")})
	restless := w.pod(w.spec(1, 1), "restless")
	w.run(restless, n)
	for _, end := range []struct {
		code   int64
		reason string
	}{{0, ""}, {1, "Error"}, {137, "NodeRebooted"}, {1, ""}} {
		w.apply(models.Op{Kind: models.OpExitPod, Pod: restless, Arg: end.code, Reason: w.d.Sym(end.reason)})
		w.start(restless)
	}
	s := w.finish(second)
	wantMeasures(t, s, "evictions = 5", `evictions{cause="preemption"} = 2`, `evictions{cause="taint"} = 1`, `evictions{cause="api"} = 1`,
		`evictions{cause="node-lost"} = 1`, "preemptions = 1",
		"restarts = 4", `restarts{cause="completed"} = 1`, `restarts{cause="error"} = 2`, `restarts{cause="node-lost"} = 1`)
}

func TestWorkThatIsLost(t *testing.T) {
	w := newWorld(t, Config{})
	n1, n2 := w.node("n1", "", 64000, gibi), w.node("n2", "", 64000, gibi)
	task := w.c.DefinePod(&models.PodSpec{RestartPolicy: models.RestartOnFailure, Requests: models.Resources{models.CPU: 500}})
	service := w.spec(500, 1)
	pods := make(map[string]models.PodID)
	for _, name := range []string{"succeeds", "fails", "crashes", "evicted", "unwanted"} {
		pods[name] = w.pod(task, name)
		w.run(pods[name], n1)
	}
	pods["with its node"] = w.pod(task, "with its node")
	w.run(pods["with its node"], n2)
	pods["service"] = w.pod(service, "service")
	w.run(pods["service"], n2)
	w.at(100 * second)
	w.end(pods["succeeds"], 0)
	w.end(pods["fails"], 1)    // 100 s
	w.exit(pods["crashes"], 1) // 100 s
	w.at(150 * second)
	w.start(pods["crashes"])
	w.delete(pods["evicted"], "PreemptionByScheduler for default/x")
	w.delete(pods["unwanted"], "LifetimeOver")
	w.crash(n2, "power") // 150 s
	w.at(160 * second)
	w.remove(pods["evicted"]) // 160 s
	w.remove(pods["unwanted"])
	w.at(300 * second)
	w.restore(n2)
	w.exit(pods["with its node"], 137) // lost when it crashed
	w.end(pods["crashes"], 0)
	s := w.finish(1000 * second)
	wantMeasures(t, s, "work_lost = 510", "work_lost.cpu = 255", "makespan = 1000")
}

func TestMakespanAndThroughput(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 64000, gibi)
	task := w.c.DefinePod(&models.PodSpec{RestartPolicy: models.RestartNever})
	w.run(w.pod(w.spec(1, 1), "service"), n)
	w.at(100 * second)
	a := w.pod(task, "a")
	w.run(a, n)
	w.at(200 * second)
	b := w.pod(task, "b")
	w.run(b, n)
	w.at(500 * second)
	w.end(b, 0)
	w.at(700 * second)
	w.end(a, 1)
	wantMeasures(t, w.finish(7200*second), "makespan = 600", "throughput.succeeded = 0.5", "throughput.bound = 1.5")
	w = newWorld(t, Config{})
	wantMeasures(t, w.finish(100*second), "makespan = nothing")
}

func TestWarmUpIsLeftOut(t *testing.T) {
	w := newWorld(t, Config{WarmUp: time.Hour, Prices: map[string]float64{"g": 2}},
		compile(t, Assertion{Text: "pods.created == 3"}, Assertion{Text: "node_hours == 1"})...)
	n := w.nodeOf("n", "g", "", models.Resources{models.CPU: 1000, models.Memory: 1000, models.Pods: 10})
	task := w.c.DefinePod(&models.PodSpec{RestartPolicy: models.RestartNever, Requests: models.Resources{models.CPU: 500, models.Memory: 500}})
	early, over := w.pod(task, "early"), w.pod(task, "over")
	w.at(1000 * second)
	w.run(early, n)
	w.run(over, n)
	w.at(1800 * second)
	w.end(early, 1)
	w.at(time.Hour) // counts
	late := w.pod(task, "late")
	w.at(time.Hour + 10*second)
	w.run(late, n)
	w.at(time.Hour + 1800*second)
	w.end(over, 0)
	s := w.finish(2 * time.Hour)
	wantMeasures(t, s, "pods.created = 1", "pods.failed = 0", "pods.succeeded = 1", "throughput.bound = 1",
		"pending.max = 10", "pending.mean = 10", "work_lost = 0", "makespan = 3600", "node_hours = 1", "cost = 2",
		// Half of the node for half an hour, and for all but 10 s.
		fmt.Sprint("utilisation.mean(cpu) = ", round6((0.5*1800+0.5*3590)/3600)), "utilisation.peak(cpu) = 1",
		fmt.Sprint("cost.idle = ", round6(2-2*(0.5*1800+0.5*3590)/3600)))
	for _, a := range s.Assertions {
		if !a.Passed {
			t.Errorf("%s: %s; an assertion about a state or a count keeps its meaning, one about a measure starts after the warm-up", a.Text, a.Message)
		}
	}
	if s.Pods.Created != 3 || s.Pending.Max != 1000 {
		t.Error("the rest of the summary is about the whole run")
	}
}

func TestWarmUpMustLeaveSomething(t *testing.T) {
	for _, c := range []Config{{WarmUp: -1}, {WarmUp: time.Hour, Horizon: models.Time(time.Hour)}} {
		if r, err := NewRecorder(c, newWorld(t, Config{}).c.View()); err == nil {
			t.Errorf("a warm-up of %s is taken: %v", c.WarmUp, r)
		}
	}
	s := newWorld(t, Config{WarmUp: time.Hour}).finish(time.Minute) // without a horizon the run may end earlier
	wantMeasures(t, s, "pods.created = 0", "utilisation.mean(cpu) = nothing", "node_hours = 0", "throughput.bound = nothing")
}

// A run that starts from a live cluster rebuilds its pods at time 0 and backdates
// them: nothing of that happened in the run.
func TestWhatLiesBeforeTheRunIsNotMeasured(t *testing.T) {
	w := newWorld(t, Config{Prices: map[string]float64{"g": 1}})
	n := w.nodeOf("n", "g", "", models.Resources{models.CPU: 1000, models.Memory: 1000, models.Pods: 10})
	task := w.c.DefinePod(&models.PodSpec{RestartPolicy: models.RestartNever, Requests: models.Resources{models.CPU: 500}})
	old := func(name string) models.PodID {
		p := w.pod(task, name)
		past := func(what models.Past, ago time.Duration) {
			w.apply(models.Op{Kind: models.OpBackdatePod, Pod: p, Def: int32(what), Arg: int64(ago)})
		}
		past(models.PastCreated, 5*time.Hour)
		w.bind(p, n)
		past(models.PastBound, 4*time.Hour)
		w.start(p)
		past(models.PastStarted, 3*time.Hour)
		return p
	}
	w.end(old("failed before"), 1)
	runs := old("runs")
	w.at(time.Hour)
	w.end(runs, 1)
	s := w.finish(2 * time.Hour)
	wantMeasures(t, s, "throughput.bound = 0", "work_lost = 3600", "work_lost.cpu = 1800", `cost{namespace=""} = 0.25`,
		"makespan = 3600", "pending.p50 = nothing")
}

func TestANodeThatGrowsHasMoreRoom(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 1000, 1000)
	w.run(w.pod(w.spec(500, 100), "p"), n)
	w.at(100 * second)
	w.apply(models.Op{Kind: models.OpResizeNode, Node: n, Name: w.d.Sym("cpu"), Arg: 2000})
	wantMeasures(t, w.finish(200*second), fmt.Sprint("utilisation.mean(cpu) = ", round6(1000.0/3000)), "utilisation.peak(cpu) = 0.5",
		"imbalance.nodes(cpu) = 0")
	same(t, "what is free", int64(1500), w.r.room.nodes[n].free[models.CPU])
}

// Sums may leave what floating point holds; what is no number was not measured.
func TestMeasuresAreNumbers(t *testing.T) {
	s := &Summary{Measured: Measured{NodeHours: math.Inf(1), Cost: &Cost{Total: math.Inf(-1), IdleShare: math.NaN(), Idle: 3}}}
	wantMeasures(t, s, "node_hours = nothing", "cost = nothing", "cost.idle_share = nothing", "cost.idle = 3")
	if err := WriteJSON(io.Discard, s.Measures()); err != nil {
		t.Error(err)
	}
}

func TestNamesOfMeasures(t *testing.T) {
	for text, want := range map[string]string{
		" cost ":                               "cost",
		"utilisation(cpu)":                     "utilisation.mean(cpu)",
		"utilisation.memory":                   "utilisation.mean(memory)",
		"utilisation.mean( example.com/gpu )":  "utilisation.mean(example.com/gpu)",
		`cost.idle{namespace="a\"b|,}=<"}`:     `cost.idle{namespace="a\"b|,}=<"}`,
		"evictions{ cause = taint }":           `evictions{cause="taint"}`,
		"pending.p99{class=}":                  `pending.p99{class=""}`,
		"cost{label=\"\\x1b[31m\"}":            `cost{label="\x1b[31m"}`,
		"utilisation.mean(=HYPERLINK(\"x\"))":  `utilisation.mean(=HYPERLINK("x"))`,
		"stranded.shape(cpu)":                  "stranded.shape(cpu)",
		`node_hours{group="node-lost"}`:        `node_hours{group="node-lost"}`,
		"replica_seconds_lost":                 "replica_seconds_lost",
		`restarts{cause="node-lost"}`:          `restarts{cause="node-lost"}`,
		`pending.mean{class="system-cluster"}`: `pending.mean{class="system-cluster"}`,
	} {
		if _, got, err := MeasureNamed(text); got != want || err != nil {
			t.Errorf("%s is read as %s (%v), want %s", text, got, err, want)
		}
	}
}

// Whatever is typed, the reader answers with an error or with a name that it reads
// as the same.
func FuzzMeasureNamed(f *testing.F) {
	for _, seed := range []string{"cost", `evictions{cause="taint"}`, "utilisation(cpu)", `a{b="\`, "x(y)z", "{", "cost.idle{namespace=x}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, name, err := MeasureNamed(text)
		if err != nil {
			return
		}
		if _, again, err := MeasureNamed(name); err != nil || again != name {
			t.Errorf("%q is read as %q, and that as %q: %v", text, name, again, err)
		}
	})
}
