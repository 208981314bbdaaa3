package prometheus

import (
	"math"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/sim"
)

// The metrics of a run that goes on are made in between: the run is the same. The symbols
// that it interns are part of its log.
func TestSnapshotsChangeNothing(t *testing.T) {
	const length = 130 * time.Minute
	want := watched(t, embedded(t, "zone-outage", length), nil, 0, nil).Cluster().Digest()
	fold := NewFold(config())
	snapshots := 0
	s := watched(t, embedded(t, "zone-outage", length), fold, 15*time.Minute, func(at models.Time, s *sim.Simulation) {
		fold.Snapshot(at, s.Cluster().View(), queueOf(s))
		snapshots++
	})
	if got := s.Cluster().Digest(); got != want || snapshots < 8 {
		t.Errorf("with %d snapshots the digest is %s, want %s", snapshots, got, want)
	}
}

// What metrics of single objects sum up to is what the state of the run has.
func TestSumsAreThoseOfTheRun(t *testing.T) {
	fold := NewFold(config())
	phase, requests := familyNamed(t, "kube_pod_status_phase"), familyNamed(t, "kube_pod_container_resource_requests")
	ready, available := familyNamed(t, "kube_node_status_condition"), familyNamed(t, "kube_deployment_status_replicas_available")
	down := 0
	watched(t, embedded(t, "zone-outage", 130*time.Minute), fold, 25*time.Minute/2, func(at models.Time, s *sim.Simulation) {
		v := s.Cluster().View()
		snapshot := fold.Snapshot(at, v, queueOf(s))
		var phases [4]float64
		var unbound int
		cores := 0.0
		for pod := range v.Live() {
			phases[pod.Phase()]++
			if pod.Node() == models.None && !pod.Phase().Terminal() {
				unbound++
			}
			cores += float64(pod.Spec().Requests[models.CPU]) / 1000
		}
		for p, want := range phases {
			name := map[string]string{"phase": models.Phase(p).String()}
			if got, all := sum(snapshot, phase, name), sum(snapshot, podsByPhase, name); got != want || all != want {
				t.Errorf("at %s %g and %g pods are %s, want %g", at, got, all, models.Phase(p), want)
			}
		}
		if got := sum(snapshot, pendingPods, nil); got != float64(unbound-s.Scheduler().Lengths().InFlight) {
			t.Errorf("at %s %g pods are in the queue, want %d", at, got, unbound)
		}
		if got := sum(snapshot, requests, map[string]string{"resource": "cpu"}); math.Abs(got-cores) > 1e-6 {
			t.Errorf("at %s pods request %g cores, want %g", at, got, cores)
		}
		isReady := 0
		for id := range v.Nodes() {
			if v.Node(models.NodeID(id)).Ready() == models.ConditionTrue {
				isReady++
			}
		}
		down += v.Nodes() - isReady
		if got := sum(snapshot, ready, map[string]string{"condition": "Ready", "status": "true"}); got != float64(isReady) {
			t.Errorf("at %s %g nodes are Ready, want %d", at, got, isReady)
		}
		for id := range v.Owners() {
			o := v.Owner(models.OwnerID(id))
			if o.Kind() != models.Deployment {
				continue
			}
			want := int32(0)
			for child := range o.Children() {
				want += child.Available(at)
			}
			if got := sum(snapshot, available, map[string]string{"deployment": o.Name()}); got != float64(want) {
				t.Errorf("at %s %g pods of %s are available, want %d", at, got, o.Name(), want)
			}
		}
	})
	if down == 0 {
		t.Error("no node is ever down: the test proves nothing")
	}
}

// crowd has room for one pod of two at a time.
const crowd = `{apiVersion: podsim/v1alpha1, kind: Scenario, spec: {for: 10m}}
---
{apiVersion: podsim/v1alpha1, kind: NodeGroup, metadata: {name: nodes}, spec: {count: 1, zones: [a], template: {status: {capacity: {cpu: 1, memory: 4Gi}}}}}
---
{apiVersion: podsim/v1alpha1, kind: PodBehavior, metadata: {name: b}, spec: {selector: {matchLabels: {app: x}}, runTime: 1m}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  completions: 2
  parallelism: 2
  template:
    metadata: {labels: {app: x}}
    spec: {restartPolicy: Never, containers: [{name: main, image: a, resources: {requests: {cpu: 700m}}}]}
`

func TestCountersAndHistogramsTellOfTheWay(t *testing.T) {
	fold := NewFold(config())
	var last *Snapshot
	s := watched(t, manifests(crowd), fold, time.Minute, func(at models.Time, s *sim.Simulation) {
		last = fold.Snapshot(at, s.Cluster().View(), queueOf(s))
	})
	v := s.Cluster().View()
	waits, refusals := 0.0, 0
	for id := range v.Pods() {
		pod := v.Pod(models.PodID(id))
		waits += pod.BoundAt().Sub(pod.Created()).Seconds()
		refusals += int(pod.Attempts()) - 1
	}
	if refusals == 0 || waits < 60 {
		t.Fatalf("nobody waits: %d refusals, %g s", refusals, waits)
	}
	for _, test := range []struct {
		family *Family
		labels map[string]string
		want   float64
	}{
		{scheduleAttempts, map[string]string{"result": "scheduled", "profile": "default-scheduler"}, 2},
		{scheduleAttempts, map[string]string{"result": "unschedulable"}, float64(refusals)},
		{startedPods, nil, 2},
		{startedContainers, map[string]string{"container_type": "container"}, 2},
		{runningPods, nil, 0},
		{familyNamed(t, "kube_job_status_succeeded"), map[string]string{"job_name": "j"}, 2},
		{familyNamed(t, "kube_job_complete"), map[string]string{"condition": "true"}, 1},
		{familyNamed(t, "kube_node_status_allocatable"), map[string]string{"resource": "cpu"}, 1},
		{familyNamed(t, "kube_node_status_allocatable"), map[string]string{"resource": "memory", "unit": "byte"}, 4 << 30},
		{operations, map[string]string{"operation": "CreatePod"}, 2},
		{cacheSize, map[string]string{"type": "nodes"}, 1},
	} {
		if got := sum(last, test.family, test.labels); got != test.want {
			t.Errorf("%s%v is %g, want %g", test.family.Name, test.labels, got, test.want)
		}
	}
	var count, total, tries float64
	for _, series := range last.Of(podScheduling) {
		count += float64(series.Distribution.Count)
		total += series.Distribution.Sum
	}
	for _, series := range last.Of(podAttempts) {
		tries += series.Distribution.Sum
	}
	if count != 2 || math.Abs(total-waits) > 1e-6 || tries != float64(refusals+2) {
		t.Errorf("%g pods waited %g s in %g attempts, want 2, %g and %d", count, total, tries, waits, refusals+2)
	}
	if start := last.Of(podStart); len(start) != 1 || start[0].Distribution.Count != 2 {
		t.Errorf("the starts of pods are %v, want 2", start)
	}
}

func TestTheLimitOnSeriesHolds(t *testing.T) {
	const most = 3000
	c := config()
	c.MaxSeries = most
	fold := NewFold(c)
	shownBefore := map[string]bool{}
	uid := 2 // the place of that label
	watched(t, embedded(t, "zone-outage", 40*time.Minute), fold, 10*time.Minute, func(at models.Time, s *sim.Simulation) {
		v := s.Cluster().View()
		snapshot := fold.Snapshot(at, v, queueOf(s))
		series := 0
		for _, f := range table {
			if f.Component == KubeStateMetrics || f.Component == Kubelet {
				for _, one := range snapshot.Of(f) {
					series += lines(&one)
				}
			}
		}
		if series > most {
			t.Errorf("at %s there are %d series, want %d at most", at, series, most)
		}
		told, there := map[string]bool{}, map[string]bool{}
		for _, series := range snapshot.Of(familyNamed(t, "kube_pod_created")) {
			told[series.Labels[uid]] = true
		}
		for pod := range v.Live() {
			there[kubectl.UID("Pod", int32(pod.ID()))] = true
		}
		for id := range shownBefore {
			if there[id] && !told[id] {
				t.Errorf("at %s pod %s is not told of any more", at, id)
			}
		}
		shownBefore = told
		if left := sum(snapshot, leftOut, map[string]string{"kind": "pod"}); left != float64(len(there)-len(told)) || at > 0 && left == 0 {
			t.Errorf("at %s %g pods are left out, want %d of %d", at, left, len(there)-len(told), len(there))
		}
	})
}

func TestFamiliesAreTold(t *testing.T) {
	names := map[string]bool{}
	for _, f := range Families() {
		if names[f.Name] {
			t.Errorf("%s is in the table twice", f.Name)
		}
		names[f.Name] = true
		if f.Type == Histogram && len(f.Buckets) == 0 {
			t.Errorf("%s has no buckets", f.Name)
		}
	}
}
