package scenarios_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// taken is the moment of the snapshots below: the last heartbeat of node n1.
const taken = "2026-03-01T12:00:00Z"

// liveNodes are the nodes of a small live cluster: n1 is well, n2 is cordoned, n3
// is silent, n4 says that it is not ready.
const liveNodes = `
- apiVersion: v1
  kind: Node
  metadata: {name: n1, creationTimestamp: "2026-01-01T00:00:00Z"}
  status:
    allocatable: {cpu: "8", memory: 32Gi, pods: "110"}
    conditions: [{type: Ready, status: "True", lastHeartbeatTime: "2026-03-01T12:00:00Z"}]
    nodeInfo: {architecture: amd64, fieldOfTomorrow: x}
- apiVersion: v1
  kind: Node
  metadata: {name: n2}
  spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule, timeAdded: "2026-02-01T00:00:00Z"}]}
  status: {allocatable: {cpu: "8", memory: 32Gi}, conditions: [{type: Ready, status: "True"}]}
- apiVersion: v1
  kind: Node
  metadata: {name: n3}
  spec:
    taints:
    - {key: node.kubernetes.io/unreachable, effect: NoSchedule, timeAdded: "2026-03-01T11:58:00Z"}
    - {key: node.kubernetes.io/unreachable, effect: NoExecute, timeAdded: "2026-03-01T11:58:00Z"}
  status: {allocatable: {cpu: "8", memory: 32Gi}, conditions: [{type: Ready, status: Unknown}]}
- apiVersion: v1
  kind: Node
  metadata: {name: n4}
  spec:
    taints:
    - {key: node.kubernetes.io/not-ready, effect: NoSchedule}
    - {key: node.kubernetes.io/not-ready, effect: NoExecute, timeAdded: "2026-03-01T11:59:00Z"}
  status: {allocatable: {cpu: "8", memory: 32Gi}, conditions: [{type: Ready, status: "False"}]}
`

// live writes a list as kubectl get -o yaml does.
func live(items string) string {
	return "apiVersion: v1\nkind: List\nmetadata:\n  resourceVersion: \"\"\nitems:" + liveNodes + strings.TrimPrefix(items, "\n")
}

// livePod writes a pod of a live cluster. meta and status are fields in flow style.
func livePod(name, node, meta, spec, status string) string {
	return fmt.Sprintf(`- apiVersion: v1
  kind: Pod
  metadata: {name: %s, namespace: default%s}
  spec: {nodeName: %q, containers: [{name: main, image: app}]%s}
  status: {%s}
`, name, meta, node, spec, status)
}

const (
	ready    = `phase: Running, conditions: [{type: Ready, status: "True"}]`
	tolerant = `, tolerations: [{operator: Exists}]`
)

// world is a run over a snapshot.
type world struct {
	t    *testing.T
	run  *scenarios.Run
	sim  *sim.Simulation
	view cluster.View
}

// goOn runs a snapshot on for a time.
func goOn(t *testing.T, text string, howLong time.Duration) *world {
	t.Helper()
	in := input(text)
	in.For = howLong
	run := mustLoad(t, in)
	s, err := sim.New(run.Config, run.Dictionary, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	return &world{t, run, s, s.Cluster().View()}
}

// pods describes the pods that exist by name.
func (w *world) pods() map[string]string {
	out := make(map[string]string)
	for pod := range w.view.Live() {
		text := pod.Phase().String()
		if pod.Node() != models.None {
			text += " on " + w.view.Node(pod.Node()).Name()
		}
		if pod.Ready() {
			text += " ready"
		}
		if pod.Deleting() {
			text += " deleting"
		}
		out[pod.Name()] = text
	}
	return out
}

func (w *world) pod(name string) cluster.Pod {
	w.t.Helper()
	for pod := range w.view.Live() {
		if pod.Name() == name {
			return pod
		}
	}
	w.t.Fatalf("no pod %s; there are %v", name, w.pods())
	return cluster.Pod{}
}

func (w *world) owner(name string) cluster.Owner {
	w.t.Helper()
	for id := range w.view.Owners() {
		if o := w.view.Owner(models.OwnerID(id)); o.Name() == name {
			return o
		}
	}
	w.t.Fatalf("no owner %s", name)
	return cluster.Owner{}
}

const second = models.Time(time.Second)

func TestASnapshotGoesOnFromTheStateThatItHolds(t *testing.T) {
	gone := `phase: Running, conditions: [{type: Ready, status: "False"}]`
	tests := []struct {
		rule, pod string
		after     time.Duration
		want      string // of the pod called p; empty if it is gone
	}{
		{"a running pod runs, ready from the start", livePod("p", "n1", "", "", ready), 1, "Running on n1 ready"},
		{"a pod that is not ready runs and stays so", livePod("p", "n1", "", "", gone), time.Hour, "Running on n1"},
		{"without conditions a running pod is ready", livePod("p", "n1", "", "", "phase: Running"), 1, "Running on n1 ready"},
		{"a bound pod stays on a cordoned node", livePod("p", "n2", "", "", ready), time.Hour, "Running on n2 ready"},
		{"a pending pod on a node starts there", livePod("p", "n2", "", "", "phase: Pending"), time.Minute, "Running on n2 ready"},
		{"a pod that cannot start stays pending",
			livePod("p", "n1", "", "", "phase: Pending, containerStatuses: [{name: main, image: app, imageID: '', ready: false, restartCount: 0, state: {waiting: {reason: ImagePullBackOff}}}]"),
			time.Hour, "Pending on n1"},
		{"a pending pod without a node is scheduled", livePod("p", "", "", "", "phase: Pending"), time.Minute, "Running on n1 ready"},
		{"a pending pod that fits nowhere stays pending",
			livePod("p", "", "", ", nodeSelector: {disk: none}", "phase: Pending"), time.Hour, "Pending"},
		{"a succeeded pod is there as ended", livePod("p", "n1", "", ", restartPolicy: Never", "phase: Succeeded"), time.Hour, "Succeeded on n1"},
		{"a failed pod is there as ended, even if its node is gone",
			livePod("p", "vanished", "", ", restartPolicy: Never", "phase: Failed, reason: Evicted"), time.Hour, "Failed"},
		{"the phase Unknown is that of a pod on a silent node", livePod("p", "n3", "", tolerant, "phase: Unknown"), time.Hour, "Running on n3"},
		{"the grace of a terminating pod goes on",
			livePod("p", "n1", `, deletionTimestamp: "2026-03-01T12:00:20Z", deletionGracePeriodSeconds: 30`, "", ready), 19 * time.Second, "Running on n1 ready deleting"},
		{"and then ends", livePod("p", "n1", `, deletionTimestamp: "2026-03-01T12:00:20Z"`, "", ready), 20 * time.Second, ""},
		{"a terminating pod on a silent node stays",
			livePod("p", "n3", `, deletionTimestamp: "2026-03-01T12:00:20Z"`, tolerant, ready), time.Hour, "Running on n3 deleting"},
		// 300 s of tolerance count from timeAdded: two minutes of them are over.
		{"a tolerated taint is tolerated for what is left", livePod("p", "n4", `, creationTimestamp: "2026-03-01T09:00:00Z"`, "", ready), 239 * time.Second, "Running on n4 ready"},
		{"and no longer", livePod("p", "n4", `, creationTimestamp: "2026-03-01T09:00:00Z"`, "", ready), 242 * time.Second, ""},
		{"a deadline counts from the start of the pod",
			livePod("p", "n1", "", ", activeDeadlineSeconds: 100, restartPolicy: Never", ready+`, startTime: "2026-03-01T11:59:00Z"`), 39 * time.Second, "Running on n1 ready"},
		{"readiness gates are open that were", livePod("p", "n1", "", ", readinessGates: [{conditionType: a/b}]",
			`phase: Running, conditions: [{type: Ready, status: "True"}, {type: ContainersReady, status: "True"}, {type: a/b, status: "True"}]`), time.Minute, "Running on n1 ready"},
		{"and closed that were not", livePod("p", "n1", "", ", readinessGates: [{conditionType: a/b}]",
			`phase: Running, conditions: [{type: Ready, status: "False"}, {type: ContainersReady, status: "True"}]`), time.Minute, "Running on n1"},
		{"and fails it when it is over",
			livePod("p", "n1", "", ", activeDeadlineSeconds: 100, restartPolicy: Never", ready+`, startTime: "2026-03-01T11:59:00Z"`), 41 * time.Second, "Failed on n1"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if got := goOn(t, live(test.pod), test.after).pods()["p"]; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAgesReachBackBeforeTheRun(t *testing.T) {
	w := goOn(t, live(livePod("p", "n1", `, creationTimestamp: "2026-03-01T11:00:00Z"`, "",
		`phase: Running, startTime: "2026-03-01T11:00:05Z",
      conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-03-01T11:30:02Z"}],
      containerStatuses: [{name: main, image: app, imageID: x, ready: true, restartCount: 3,
        state: {running: {startedAt: "2026-03-01T11:30:00Z"}}, lastState: {terminated: {exitCode: 1}}}]`)), time.Second)
	if got := w.run.Start.Format(time.RFC3339); got != taken {
		t.Errorf("virtual time begins at %s, want the last moment of the snapshot, %s", got, taken)
	}
	pod := w.pod("p")
	for _, moment := range []struct {
		what      string
		got, want models.Time
	}{
		{"created", pod.Created(), -3600 * second},
		{"bound", pod.BoundAt(), -3595 * second},
		{"started", pod.StartedAt(), -1800 * second},
		{"ready", pod.ReadyChangedAt(), -1798 * second},
	} {
		if moment.got != moment.want {
			t.Errorf("%s at %s, want %s", moment.what, moment.got, moment.want)
		}
	}
	if pod.Restarts() != 3 {
		t.Errorf("%d restarts, want 3", pod.Restarts())
	}
}

func TestTheStartOfTheScenarioDatesTheSnapshot(t *testing.T) {
	text := "apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {start: \"2026-03-01T13:00:00Z\", for: 1s}\n---\n" +
		live(livePod("p", "n1", `, creationTimestamp: "2026-03-01T11:00:00Z"`, "", ready))
	if got := goOn(t, text, 0).pod("p").Created(); got != -7200*second {
		t.Errorf("created at %s, want two hours before the start", got)
	}
}

// replicaSet and deployment are those of a live cluster.
const deployment = `- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, annotations: {deployment.kubernetes.io/revision: "2"}}
  spec: {replicas: %d, selector: {matchLabels: {app: web}}, template: {metadata: {creationTimestamp: null, labels: {app: web}}, spec: {containers: [{name: main, image: app}]}}}
  status: {observedGeneration: 2}
`

func replicaSet(name, hash, revision string, replicas int, owner string) string {
	return fmt.Sprintf(`- apiVersion: apps/v1
  kind: ReplicaSet
  metadata: {name: %s, labels: {app: web, pod-template-hash: %s}, annotations: {deployment.kubernetes.io/revision: %q}%s}
  spec: {replicas: %d, selector: {matchLabels: {app: web, pod-template-hash: %s}}, template: {metadata: {labels: {app: web, pod-template-hash: %s}}, spec: {containers: [{name: main, image: app}]}}}
  status: {replicas: 0}
`, name, hash, revision, owner, replicas, hash, hash)
}

func ownedBy(kind, name string) string {
	return fmt.Sprintf(", ownerReferences: [{apiVersion: x/v1, kind: %s, name: %s, uid: u, controller: true}]", kind, name)
}

func webPod(name string, created int, status string) string {
	return livePod(name, "n1", fmt.Sprintf(`, labels: {app: web, pod-template-hash: new1}, creationTimestamp: "2026-03-01T%02d:00:00Z"`, created)+
		ownedBy("ReplicaSet", "web-new1"), "", status)
}

func TestOwnersAreAdoptedAndNothingIsMadeTwice(t *testing.T) {
	pods := webPod("web-a", 9, ready) + webPod("web-b", 10, ready)
	family := ownedBy("Deployment", "web")
	current, old := replicaSet("web-new1", "new1", "2", 2, family), replicaSet("web-old1", "old1", "1", 0, family)
	deploy := fmt.Sprintf(deployment, 2)
	tests := map[string]string{
		"a Deployment, its ReplicaSets and their pods": deploy + old + current + pods,
		"the current ReplicaSet stands before the old": pods + current + old + deploy,
		"no ReplicaSet is in the input":                deploy + pods,
		"no Deployment is in the input":                current + pods,
	}
	for rule, text := range tests {
		t.Run(rule, func(t *testing.T) {
			w := goOn(t, live(text), 10*time.Minute)
			if got := w.pods(); len(got) != 2 || got["web-a"] != "Running on n1 ready" || got["web-b"] != "Running on n1 ready" {
				t.Errorf("got %v; want the two pods as they were", got)
			}
			if owners := w.view.Owners(); owners != strings.Count(text, "kind: Deployment\n")+max(1, strings.Count(text, "kind: ReplicaSet\n")) {
				t.Errorf("%d owners; want one of each", owners)
			}
			if n := w.owner("web-new1").Counts(); n.Active != 2 || n.Ready != 2 {
				t.Errorf("got %+v", n)
			}
		})
	}
}

// A rollout that was half way when the snapshot was taken goes on: the new ReplicaSet
// is not made again, and what is available is known from the start.
func TestARolloutGoesOnFromASnapshot(t *testing.T) {
	family := ownedBy("Deployment", "web")
	was := strings.ReplaceAll(replicaSet("web-old1", "old1", "1", 3, family), "image: app", "image: old")
	text := fmt.Sprintf(deployment, 4) + was + replicaSet("web-new1", "new1", "2", 2, family) +
		webPod("web-a", 9, ready) + webPod("web-b", 10, ready)
	for _, name := range []string{"web-x", "web-y", "web-z"} {
		pod := strings.ReplaceAll(webPod(name, 8, ready), "new1", "old1")
		text += strings.ReplaceAll(pod, "image: app", "image: old")
	}
	w := goOn(t, live(text), 10*time.Minute)
	is, old := w.owner("web-new1"), w.owner("web-old1")
	if n := is.Counts(); is.Revision() != 2 || is.Replicas() != 4 || n.Ready != 4 || n.Lost != 0 {
		t.Errorf("new: revision %d, %d replicas, pods %+v; want 2, 4 and 4 ready", is.Revision(), is.Replicas(), n)
	}
	if n := old.Counts(); old.Revision() != 1 || old.Replicas() != 0 || n.Lost != 3 {
		t.Errorf("old: revision %d, %d replicas, pods %+v; want 1, 0 and 3 lost", old.Revision(), old.Replicas(), n)
	}
	if w.view.Owners() != 3 {
		t.Errorf("%d owners; want the three that there were", w.view.Owners())
	}
}

func TestAReplicaSetMakesUpForWhatItLacks(t *testing.T) {
	w := goOn(t, live(replicaSet("web-new1", "new1", "2", 3, "")+webPod("web-a", 9, ready)), 10*time.Minute)
	if n := w.owner("web-new1").Counts(); n.Ready != 3 || w.view.Pods() != 3 {
		t.Errorf("got %+v and %d pods; want two new ones", n, w.view.Pods())
	}
}

// Of running, ready pods the one that became ready last goes first.
// Source: pkg/controller/controller_utils.go (ActivePodsWithRanks).
func TestScaleDownTakesTheYoungestByItsAgeInTheSnapshot(t *testing.T) {
	since := func(hour int) string {
		return fmt.Sprintf(`phase: Running, conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-03-01T%02d:01:00Z"}]`, hour)
	}
	for _, order := range []string{
		webPod("web-old", 1, since(1)) + webPod("web-young", 11, since(11)),
		webPod("web-young", 11, since(11)) + webPod("web-old", 1, since(1)),
	} {
		w := goOn(t, live(replicaSet("web-new1", "new1", "2", 1, "")+order), 10*time.Minute)
		if got := w.pods(); len(got) != 1 || got["web-old"] == "" {
			t.Errorf("got %v; want the old pod alone", got)
		}
	}
}

const liveJob = `- apiVersion: batch/v1
  kind: Job
  metadata: {name: etl, uid: u, creationTimestamp: "2026-03-01T11:00:00Z"}
  spec:
    parallelism: 1
    completions: 3
    backoffLimit: 2
    %s
    selector: {matchLabels: {batch.kubernetes.io/controller-uid: u}}
    template: {metadata: {labels: {batch.kubernetes.io/controller-uid: u}}, spec: {restartPolicy: Never, containers: [{name: main, image: etl}]}}
  status: {startTime: "2026-03-01T11:00:00Z", %s}
`

func TestJobsContinueFromTheirStatus(t *testing.T) {
	done := livePod("etl-0", "n1", ownedBy("Job", "etl"), ", restartPolicy: Never", "phase: Succeeded")
	failed := livePod("etl-f", "n1", ownedBy("Job", "etl"), ", restartPolicy: Never", "phase: Failed")
	lately := livePod("etl-l", "n1", ownedBy("Job", "etl"), ", restartPolicy: Never", `phase: Failed, containerStatuses: [{name: main, image: etl, imageID: '', ready: false, restartCount: 0,
    state: {terminated: {exitCode: 1, startedAt: "2026-03-01T11:59:50Z", finishedAt: "2026-03-01T11:59:55Z"}}}]`)
	tests := []struct {
		rule, spec, status, pods string
		made                     int // pods that the run makes
		complete, failed, there  bool
		after                    time.Duration
	}{
		{"what has succeeded counts though its pods are gone", "", "succeeded: 2", "", 1, true, false, true, time.Hour},
		{"pods that are there count once", "", "succeeded: 1", done, 2, true, false, true, time.Hour},
		{"pods that the status does not count yet count, too", "", "active: 0", done, 2, true, false, true, time.Hour},
		{"failures count", "", "failed: 3", "", 0, false, true, true, time.Hour},
		{"failed pods that are there count once", "", "failed: 1", failed, 3, true, false, true, time.Hour},
		{"a pod that failed 5 s ago is replaced in 5 s", "", "failed: 1", lately, 0, false, false, true, 4 * time.Second},
		{"and not later", "", "failed: 1", lately, 1, false, false, true, 6 * time.Second},
		{"a complete Job stays complete", "", `succeeded: 3, conditions: [{type: Complete, status: "True"}]`, "", 0, true, false, true, time.Hour},
		{"a failed Job stays failed", "", `failed: 1, conditions: [{type: Failed, status: "True", reason: DeadlineExceeded}]`, "", 0, false, true, true, time.Hour},
		{"a deadline counts from the start of the Job", "activeDeadlineSeconds: 3630", "active: 0", "", 1, false, false, true, 29 * time.Second},
		{"and fails the Job when it is over", "activeDeadlineSeconds: 3630", "active: 0", "", 1, false, true, true, 35 * time.Second},
		{"a finished Job lives for what is left of its time", "ttlSecondsAfterFinished: 100",
			`succeeded: 3, completionTime: "2026-03-01T11:59:00Z", conditions: [{type: Complete, status: "True"}]`, "", 0, true, false, true, 39 * time.Second},
		{"and is deleted then", "ttlSecondsAfterFinished: 100",
			`succeeded: 3, completionTime: "2026-03-01T11:59:00Z", conditions: [{type: Complete, status: "True"}]`, "", 0, false, false, false, 41 * time.Second},
		{"a suspended Job waits", "suspend: true", "active: 0", "", 0, false, false, true, time.Hour},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			w := goOn(t, live(fmt.Sprintf(liveJob, test.spec, test.status)+test.pods), test.after)
			job := w.owner("etl")
			if job.Complete() != test.complete || job.Failed() != test.failed || job.Deleted() == test.there {
				t.Errorf("complete %t, failed %t, deleted %t", job.Complete(), job.Failed(), job.Deleted())
			}
			if made := w.view.Pods() - strings.Count(test.pods, "kind: Pod"); made != test.made {
				t.Errorf("made %d pods, want %d", made, test.made)
			}
		})
	}
}

func TestPodsOfKindsThatAreNotSimulatedTakeRoomAndAreNamed(t *testing.T) {
	w := goOn(t, live(
		livePod("agent", "n1", ownedBy("CustomAgent", "agent"), ", priorityClassName: system-node-critical, priority: 2000001000", ready)+
			livePod("kube-proxy-n1", "n1", `, annotations: {kubernetes.io/config.mirror: x}`+ownedBy("Node", "n1"), tolerant, ready)+
			livePod("shell", "n1", "", ", ephemeralContainers: [{name: debug, image: busybox}]", ready)), time.Hour)
	if got := w.pods(); len(got) != 3 {
		t.Errorf("got %v", got)
	}
	if requested := w.view.Node(0).Requested()[models.Pods]; requested != 3 {
		t.Errorf("%d pods take room, want 3", requested)
	}
	told := strings.Join(w.run.Assumptions, "\n")
	for _, want := range []string{
		"virtual time begins at " + taken,
		"pods of CustomAgent, Node that nothing replaces, since their controllers are not simulated or not in the input: 2",
		"nodes that are not Ready, and stay so: 2",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not among the assumptions:\n%s", want, told)
		}
	}
}

func TestNodesThatAreNotReadyGetNothing(t *testing.T) {
	w := goOn(t, live(livePod("a", "", "", "", "phase: Pending")+livePod("b", "", "", "", "phase: Pending")), time.Minute)
	for id, want := range []string{"True", "True", "Unknown", "False"} {
		node := w.view.Node(models.NodeID(id))
		if got := node.Ready().String(); got != want {
			t.Errorf("node %s: Ready is %s, want %s", node.Name(), got, want)
		}
		if n := len(node.Pods()); n != 2 && id == 0 || n != 0 && id > 0 {
			t.Errorf("node %s has %d pods", node.Name(), n)
		}
	}
	if !w.view.Node(2).Down() {
		t.Error("the silent node is not down")
	}
}

func TestBookkeepingOfServersIsRead(t *testing.T) {
	w := goOn(t, live(livePod("p", "n1", `, creationTimestamp: null, resourceVersion: "12", selfLink: "", generation: 3,
    managedFields: [{manager: kubectl, operation: Update, apiVersion: v1, time: "2026-03-01T12:00:00Z", fieldsType: FieldsV1, fieldsV1: {"f:metadata": {"f:labels": {".": {}}}}, subresource: status, newField: 1}]`,
		`, priority: 0, preemptionPolicy: PreemptLowerPriority, enableServiceLinks: true, serviceAccount: default, serviceAccountName: default, dnsPolicy: ClusterFirst, schedulerName: default-scheduler, securityContext: {}`,
		ready+`, qosClass: BestEffort, hostIP: 10.0.0.1, podIPs: [{ip: 10.1.0.1}], fieldOfTomorrow: {a: [1]}`)), time.Second)
	if got := w.pods()["p"]; got != "Running on n1 ready" {
		t.Errorf("got %q", got)
	}
}

// helm and kustomize are what helm template and kustomize build write.
var rendered = map[string]string{
	"helm": `---
# Source: shop/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: RELEASE-shop
---
# Source: shop/templates/empty.yaml
---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app.kubernetes.io/name: shop
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: shop-0.1.0
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: shop
  template:
    metadata:
      annotations:
        checksum/config: "0123"
      labels:
        app.kubernetes.io/name: shop
    spec:
      securityContext:
        {}
      containers:
        - name: shop
          image: "shop:1.16.0"
          ports:
            - name: http
              containerPort: 80
              protocol: TCP
          resources:
            {}
---


---
# Source: shop/templates/tests/test-connection.yaml
apiVersion: v1
kind: Pod
metadata:
  name: "shop-test-connection"
  annotations:
    "helm.sh/hook": test
    "helm.sh/hook-delete-policy": before-hook-creation
spec:
  containers:
    - name: wget
      image: busybox
      command: ['wget']
      args: ['shop:80']
  restartPolicy: Never
`,
	"kustomize": `apiVersion: v1
data:
  color: "blue"
kind: ConfigMap
metadata:
  annotations: {}
  labels:
    app: shop
  name: settings-9fdh6k4b2t
---
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    note: "true"
  name: prod-shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: shop
  strategy: {}
  template:
    metadata:
      creationTimestamp: null
      labels:
        app: shop
    spec:
      containers:
      - envFrom:
        - configMapRef:
            name: settings-9fdh6k4b2t
        image: shop:1.16.0
        name: shop
        resources: {}
status: {}
`,
}

func TestWhatHelmAndKustomizeWriteRunsAsItIs(t *testing.T) {
	for tool, text := range rendered {
		t.Run(tool, func(t *testing.T) {
			// Windows writes other line ends.
			for _, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
				running := 0
				for _, state := range goOn(t, base+text, 30*time.Second).pods() {
					if strings.HasPrefix(state, "Running") {
						running++
					}
				}
				if want := 2 + strings.Count(text, "kind: Pod"); running != want {
					t.Errorf("%d pods run, want %d", running, want)
				}
			}
		})
	}
}

// largeSnapshot writes a live cluster with pods of ReplicaSets, ten each.
func largeSnapshot(pods int) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: List\nmetadata:\n  resourceVersion: \"\"\nitems:\n")
	nodes := max(pods/40, 1)
	for i := range nodes {
		fmt.Fprintf(&b, `- apiVersion: v1
  kind: Node
  metadata:
    creationTimestamp: "2026-01-01T00:00:00Z"
    labels:
      kubernetes.io/hostname: node-%[1]d
      topology.kubernetes.io/zone: zone-%[2]d
    name: node-%[1]d
  status:
    allocatable:
      cpu: "32"
      memory: 128Gi
      pods: "110"
    conditions:
    - lastHeartbeatTime: "2026-03-01T12:00:00Z"
      status: "True"
      type: Ready
`, i, i%3)
	}
	for i := range pods / 10 {
		name := fmt.Sprintf("app%d-6c4f9d", i)
		b.WriteString(strings.ReplaceAll(replicaSet(name, "6c4f9d", "1", 10, ""), "app: web", fmt.Sprintf("app: app%d", i)))
		for j := range 10 {
			fmt.Fprintf(&b, `- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: "2026-02-%02[1]dT00:00:00Z"
    generateName: %[2]s-
    labels:
      app: app%[3]d
      pod-template-hash: 6c4f9d
    name: %[2]s-%05[4]d
    namespace: default
    ownerReferences:
    - apiVersion: apps/v1
      blockOwnerDeletion: true
      controller: true
      kind: ReplicaSet
      name: %[2]s
      uid: 0a1b2c3d
  spec:
    containers:
    - image: registry.example.com/app:v%[1]d
      imagePullPolicy: IfNotPresent
      name: main
      resources:
        limits:
          memory: 512Mi
        requests:
          cpu: 250m
          memory: 256Mi
      terminationMessagePath: /dev/termination-log
      volumeMounts:
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: kube-api-access
        readOnly: true
    nodeName: node-%[5]d
    preemptionPolicy: PreemptLowerPriority
    priority: 0
    tolerations:
    - effect: NoExecute
      key: node.kubernetes.io/not-ready
      operator: Exists
      tolerationSeconds: 300
  status:
    conditions:
    - lastTransitionTime: "2026-02-%02[1]dT00:00:05Z"
      status: "True"
      type: Ready
    phase: Running
    startTime: "2026-02-%02[1]dT00:00:01Z"
`, 1+i%28, name, i, j, (10*i+j)%nodes)
		}
	}
	return b.String()
}

// Every bound pod is on its node at the end, and its age is that of the snapshot.
func TestEveryPodOfALargeSnapshotStaysWhereItIs(t *testing.T) {
	const pods = 400
	w := goOn(t, largeSnapshot(pods), 10*time.Minute)
	if created := w.view.Pods(); created != pods {
		t.Errorf("%d pods, want %d: some were made a second time", created, pods)
	}
	found := 0
	for pod := range w.view.Live() {
		var app, number int
		if _, err := fmt.Sscanf(pod.Name(), "app%d-6c4f9d-%05d", &app, &number); err != nil {
			t.Fatalf("pod %s: %v", pod.Name(), err)
		}
		found++
		if want := fmt.Sprintf("node-%d", (10*app+number)%(pods/40)); pod.Node() == models.None || w.view.Node(pod.Node()).Name() != want {
			t.Errorf("pod %s is not on %s", pod.Name(), want)
		}
		created := models.Time(time.Date(2026, 2, 1+app%28, 0, 0, 0, 0, time.UTC).Sub(w.run.Start))
		if pod.Created() != created || pod.BoundAt() != created+second || pod.ReadyChangedAt() != created+5*second || !pod.Ready() {
			t.Errorf("pod %s was created at %s, bound at %s and Ready at %s; want %s and 1 s and 5 s later",
				pod.Name(), pod.Created(), pod.BoundAt(), pod.ReadyChangedAt(), created)
		}
	}
	if found != pods {
		t.Errorf("%d pods at the end, want %d", found, pods)
	}
}

func BenchmarkLoadSnapshot(b *testing.B) {
	text := largeSnapshot(2000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scenarios.Load(input(text)); err != nil {
			b.Fatal(err)
		}
	}
}

// A snapshot may lack the PriorityClass that a template of it names: nothing is
// refused, and what is assumed is told.
func TestAClassOutOfSightIsAssumed(t *testing.T) {
	text := strings.Replace(deploymentDocument, "spec: {", "spec: {priorityClassName: gone, ", 1) + "status: {replicas: 0}\n"
	run := mustLoad(t, input(base+text))
	if want := `PriorityClass "gone" is not in the snapshot: priority 0 assumed, for want of a pod that has it`; !slices.Contains(run.Assumptions, want) {
		t.Errorf("got %q; want %s among them", run.Assumptions, want)
	}
}
