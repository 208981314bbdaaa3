package reports

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

const second = time.Second

func at(s Seconds) *Seconds { return &s }

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestOutcomesByKindAddUp(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n1", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	job := w.owner(models.Job, "batch-1", 1, models.None)
	spec := w.spec(100, mebi)
	bare, failed := w.pod(spec, "bare"), w.pod(spec, "failed")
	a, b := w.podOf(web, spec), w.podOf(web, spec)
	done := w.podOf(job, spec)
	w.pod(spec, "waits")
	w.bind(bare, n)
	w.bind(failed, n)
	w.end(failed, 137) // never started
	w.run(a, n)
	w.at(5 * second)
	w.exit(a, 1)
	w.start(a) // one restart
	w.run(done, n)
	w.end(done, 0)
	w.delete(b, "scale-down")
	w.remove(b) // while pending
	w.remove(done)
	s := w.finish(10 * second)
	want := Outcomes{Created: 6, Succeeded: 1, Failed: 1, Deleted: 1, Pending: 1, Bound: 1, Running: 1, Restarts: 1}
	same(t, "all pods", want, s.Pods)
	same(t, "by kind", []KindOutcomes{
		{"Pod", Outcomes{Created: 3, Failed: 1, Pending: 1, Bound: 1}},
		{"Deployment", Outcomes{Created: 2, Deleted: 1, Running: 1, Restarts: 1}},
		{"Job", Outcomes{Created: 1, Succeeded: 1}},
	}, s.PodsByKind)
	totals := w.c.View().Totals()
	same(t, "what the cluster counts", []int64{totals.Created, totals.Succeeded, totals.Failed, totals.Removed, totals.Pending, totals.Bound, totals.Running},
		[]int64{want.Created, want.Succeeded, want.Failed, want.Deleted, want.Pending, want.Bound, want.Running})
	same(t, "never bound", int64(1), s.Pending.NeverBound)
}

func TestWaits(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n1", "", 4000, gibi)
	spec := w.spec(1, 1)
	for i := range 10 { // bound after 1, 2, … 10 s; started a second later; Ready after two
		w.at(time.Duration(i) * time.Minute)
		pod := w.pod(spec, "p"+string(rune('0'+i)))
		w.at(time.Duration(i)*time.Minute + time.Duration(i+1)*second)
		w.bind(pod, n)
		w.at(time.Duration(w.now) + second)
		w.start(pod)
		w.at(time.Duration(w.now) + second)
		w.ready(pod)
		w.unready(pod, "probe")
		w.ready(pod) // only the first time counts
	}
	w.at(20 * time.Minute)
	w.pod(spec, "old")
	w.pod(spec, "young")
	s := w.finish(30 * time.Minute)
	q := Quantiles{Count: 10, Mean: 5.5, P50: 5, P90: 9, P95: 10, P99: 10, Max: 10, Worst: "default/p9", Exact: true}
	same(t, "pending", Waiting{Quantiles: q, StillPending: 2, Oldest: "default/old", OldestWaits: 600}, s.Pending)
	same(t, "running", Seconds(6), s.Running.P50)
	same(t, "ready", Seconds(12), s.Ready.Max)
	same(t, "ready count", int64(10), s.Ready.Count)
}

func TestManyWaitsGoIntoBucketsOfKnownError(t *testing.T) {
	var s sample
	for i := range int64(exactSamples + 1000) {
		s.add((i + 1) * 1e6)
	}
	q := s.quantiles()
	if q.Exact || q.Count != exactSamples+1000 {
		t.Fatalf("not spilled: %+v", q)
	}
	for _, c := range []struct {
		p   float64
		got Seconds
	}{{0.5, q.P50}, {0.9, q.P90}, {0.99, q.P99}} {
		want := c.p * float64(q.Count) / 1000
		if off := float64(c.got)/want - 1; off > 0.00025 || off < -0.00025 {
			t.Errorf("p%v = %v, want %v within 0.025 %%", c.p, c.got, want)
		}
	}
	same(t, "max", Seconds(float64(q.Count)/1000), q.Max)
	for _, d := range []int64{0, 1, 4095, 4096, 1e9, 1 << 62} {
		if middle := bucketMiddle(bucketOf(d)); middle < float64(d)*(1-0.00025) || middle > float64(d)*(1+0.00025) {
			t.Errorf("bucket of %d has its middle at %v", d, middle)
		}
	}
}

func TestSeriesIsTheStateAfterAllOperationsOfAnInstant(t *testing.T) {
	d := models.NewDictionary()
	gpu, err := d.Resource("nvidia.com/gpu")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldWith(t, d, Config{Interval: 10 * second, Horizon: models.Time(40 * second)})
	amount := models.Resources{models.CPU: 4000, models.Memory: 1000}
	amount[gpu] = 8
	n := w.nodeOf("n1", "", "", amount)
	w.node("n2", "", 4000, 1000)
	requests := models.Resources{models.CPU: 1000, models.Memory: 500}
	requests[gpu] = 2
	spec := w.c.DefinePod(&models.PodSpec{Namespace: d.Sym("default"), Requests: requests})
	pod := w.pod(spec, "p")
	w.at(10 * second)
	w.bind(pod, n) // the sample of 10s has it
	w.at(15 * second)
	w.start(pod)
	w.crash(n, "power")
	w.at(20 * second)
	w.nodeReady(n, models.ConditionUnknown, "")
	w.at(25 * second)
	w.restore(n)
	w.nodeReady(n, models.ConditionTrue, "")
	w.delete(pod, "user")
	w.at(31 * second)
	w.remove(pod)
	s := w.finish(35 * second)
	var csv bytes.Buffer
	if err := s.WriteSeriesCSV(&csv); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "timeseries.csv", csv.String())
	same(t, "time", []Seconds{0, 10, 20, 30, 35}, s.Series.Time)
	same(t, "pending", []int64{1, 0, 0, 0, 0}, s.Series.Pending)
	same(t, "bound", []int64{0, 1, 0, 0, 0}, s.Series.Bound)
	same(t, "running", []int64{0, 0, 1, 0, 0}, s.Series.Running)
	same(t, "terminating", []int64{0, 0, 0, 1, 0}, s.Series.Terminating)
	same(t, "down", []int64{0, 0, 1, 0, 0}, s.Series.NodesDown)
	same(t, "ready", []int64{2, 2, 1, 2, 2}, s.Series.NodesReady)
	same(t, "cpu requested on Ready nodes", []int64{0, 1000, 0, 1000, 0}, s.Series.Resources[0].Requested)
	same(t, "cpu allocatable of Ready nodes", []int64{8000, 8000, 4000, 8000, 8000}, s.Series.Resources[0].Allocatable)
	same(t, "gpu utilisation", []float64{0, 0.25, 0, 0.25, 0}, s.Series.Resources[2].Utilisation)
}

func TestSeriesInterval(t *testing.T) {
	for _, c := range []struct{ horizon, want time.Duration }{
		{time.Minute, second}, {time.Hour, 15 * second}, {24 * time.Hour, 5 * time.Minute}, {30 * 24 * time.Hour, 3 * time.Hour},
	} {
		s, err := newSeries(Config{Horizon: models.Time(c.horizon)})
		if err != nil || s.interval != c.want {
			t.Errorf("horizon %s: interval %s, %v; want %s", c.horizon, s.interval, err, c.want)
		}
	}
	if _, err := newSeries(Config{Horizon: models.Time(time.Hour), Interval: time.Millisecond}); err == nil ||
		!strings.Contains(err.Error(), "3600000 samples") {
		t.Errorf("a short interval: %v", err)
	}
	w := newWorld(t, Config{}) // unknown horizon: the interval widens
	w.node("n1", "", 1, 1)
	s := w.finish(24 * time.Hour)
	if n := len(s.Series.Time); n < 200 || n > samplesThin+1 {
		t.Errorf("%d samples", n)
	}
	same(t, "interval", Seconds(300), s.Series.Interval)
	same(t, "second sample", Seconds(300), s.Series.Time[1])
}

func TestNodesAreWeighedByTime(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n1", "z", 4000, 1000)
	a, b := w.pod(w.spec(1000, 100), "a"), w.pod(w.spec(2000, 500), "b")
	w.at(20 * second)
	w.bind(a, n)
	w.at(40 * second)
	w.bind(b, n)
	w.at(60 * second)
	w.end(b, 0)
	w.crash(n, "x")
	w.at(70 * second)
	w.restore(n)
	s := w.finish(100 * second)
	// cpu: 20 s of 0, 20 s of 1000, 20 s of 3000, 40 s of 1000 out of 4000.
	same(t, "node", []NodeSummary{{
		Name: "n1", Zone: "z", Crashes: 1, DownTime: 10, Pods: 2, CPU: 4000, Memory: 1000,
		CPUMean: 0.3, CPUPeak: 0.75, MemoryMean: 0.18, MemoryPeak: 0.6,
	}}, s.Nodes)
}

func TestNodesAreWeighedByTheTimeThatTheyAreThere(t *testing.T) {
	w := newWorld(t, Config{})
	n, other := w.node("n1", "z", 4000, 1000), w.node("n2", "z", 4000, 1000)
	w.bind(w.pod(w.spec(1000, 100), "a"), n)
	w.bind(w.pod(w.spec(1000, 100), "b"), other)
	gone := w.c.View().Node(n).Spec()
	for _, id := range []models.NodeID{n, other} {
		w.at(60 * second)
		w.apply(models.Op{Kind: models.OpRemoveNode, Node: id})
	}
	w.at(90 * second)
	w.apply(models.Op{Kind: models.OpAddNode, Node: n, Def: int32(w.c.DefineNode(gone))})
	s := w.finish(100 * second)
	for i, joined := range []Seconds{90, 0} {
		if is := &s.Nodes[i]; is.Joined != joined || is.CPUMean != 0.25 || is.MemoryMean != 0.1 {
			t.Errorf("%s: joined at %v, requested mean %v and %v; want %v, 0.25 and 0.1", is.Name, is.Joined, is.CPUMean, is.MemoryMean, joined)
		}
	}
}

func TestUnschedulableReasons(t *testing.T) {
	w := newWorld(t, Config{})
	a, b := w.pod(w.spec(1, 1), "a"), w.pod(w.spec(1, 1), "b")
	taint := "0/60 nodes are available: 3 Insufficient cpu, 57 node(s) had untolerated taint {a.b/c: x, y}. preemption: 0/60 nodes are available: 60 Preemption is not helpful for scheduling."
	w.unschedulable(a, taint)
	w.unschedulable(a, taint)
	w.unschedulable(b, "0/5 nodes are available: 1 Insufficient cpu, 4 node(s) were unschedulable.")
	w.unschedulable(b, "no nodes available to schedule pods")
	s := w.finish(second)
	same(t, "reasons", Unschedulable{Attempts: 4, Pods: 2, Reasons: []ReasonSummary{
		{"Insufficient cpu", 3, 2, 7},
		{"node(s) had untolerated taint {a.b/c: x, y}", 2, 1, 114},
		{"no nodes available to schedule pods", 1, 1, 0},
		{"node(s) were unschedulable", 1, 1, 4},
	}}, s.Unschedulable)
}

func TestUnschedulableReasonsAreBounded(t *testing.T) {
	w := newWorld(t, Config{})
	pod := w.pod(w.spec(1, 1), "a")
	for i := range 200 {
		w.unschedulable(pod, "odd reason "+time.Duration(i).String())
	}
	s := w.finish(second)
	same(t, "kinds of reasons", reasonsMost, len(s.Unschedulable.Reasons))
	same(t, "the rest", ReasonSummary{otherReasons, 200 - reasonsMost + 1, 1, 0}, s.Unschedulable.Reasons[0])
}

func TestReplicasLostCountFromTheCrash(t *testing.T) {
	w := newWorld(t, Config{})
	n1, n2 := w.node("n1", "", 4000, gibi), w.node("n2", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	spec := w.spec(1, 1)
	a, b := w.podOf(web, spec), w.podOf(web, spec)
	w.at(10 * second)
	w.run(a, n1)
	w.at(20 * second)
	w.run(b, n2) // desired is reached
	w.at(100 * second)
	w.crash(n1, "power") // a serves no more; the API says Ready
	w.at(140 * second)
	w.unready(a, "NodeNotReady")
	w.at(160 * second)
	w.restore(n1)
	w.exit(a, 255)
	w.start(a)
	w.ready(a)
	s := w.finish(200 * second)
	same(t, "workload", []WorkloadSummary{{
		Name: "Deployment/default/web", Desired: 2, Ready: 2, Available: 2, ReachedDesired: at(20),
		ReadyMin: 1, ReadyMean: 1.75, // (190 + 180 − 20) / 200
		AvailableMin: 1, AvailableMean: 1.55, BelowDesired: 60, ReplicaSecondsLost: 60,
	}}, s.Workloads)
	same(t, "disruption", "node n1 down for 1m; 1 pod hit (of 1 Deployment); none lost; all replicas available again after 1m", s.Disruptions[0].Text)
}

func TestJobsAreGroupedByTheBaseOfTheirName(t *testing.T) {
	w := newWorld(t, Config{})
	first := w.owner(models.Job, "nightly-28900000", 1, models.None)
	other := w.owner(models.Job, "nightly-28901440", 1, models.None)
	w.owner(models.Job, "etl", 1, models.None)
	w.at(10 * second)
	w.endJob(first, true)
	w.at(20 * second)
	w.endJob(other, false)
	s := w.finish(second * 30)
	same(t, "jobs", []JobSummary{
		{Name: "default/nightly", Created: 2, Complete: 1, Failed: 1, DurationMean: 10, DurationMax: 10},
		{Name: "default/etl", Created: 1, Unfinished: 1},
	}, s.Jobs)
}
