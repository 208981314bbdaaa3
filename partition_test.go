package podsim_test

import (
	"math"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/evict"
)

// partitioned is a cluster of which a zone with a third of the nodes is cut off for fifteen
// minutes: for longer than pods tolerate that, and than its Job takes.
const partitioned = `
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: partitioned}
spec: {for: 1h}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec:
  count: 9
  zones: [a, b, c]
  template: {status: {capacity: {cpu: 8, memory: 32Gi, pods: 40}}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: all}
spec: {hard: {pods: 100}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 6, selector: {matchLabels: {app: web}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 12
  selector: {matchLabels: {app: web}}
  template: &web
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 6
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 100m}}}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: sums}
spec:
  completions: 6
  parallelism: 6
  backoffLimit: 20
  template:
    metadata: {labels: {app: sums}}
    spec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: shaky}
spec:
  parallelism: 3
  completions: 3
  backoffLimit: 1000
  template:
    metadata: {labels: {app: shaky}}
    spec:
      restartPolicy: OnFailure
      tolerations: [{operator: Exists}]
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: shaky}}}]
      containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: shaky}
spec: {selector: {matchLabels: {app: shaky}}, runTime: 50s, exitCode: 1}
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: sums}
spec: {selector: {matchLabels: {app: sums}}, runTime: 6m}
---
apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: links}
spec:
  faults:
    - {name: link, action: partition, target: {zones: [b]}, at: 3m, for: 15m}
    - {name: agents, action: partition, target: {nodes: [workers-0]}, at: 40m, for: 30s}
`

// counter counts, one by one and from what can be seen, what others keep count of.
type counter struct {
	t       *testing.T
	v       cluster.View
	now     models.Time
	wanted  map[string]int // pods, by their label app
	created map[string]int
	exits   int            // of shaky containers
	late    int            // of these, while nobody could see it
	evicted map[string]int // by taints
	counted map[models.PodID]int
	ready   map[string]int     // since now
	full    map[string]bool    // as many as are wanted have been Ready
	missing map[string]float64 // seconds of replicas that are not Ready, since then
	unseen  int                // most pods whose containers run while their nodes are cut off
	asked   int                // how often statuses were compared during the partition
}

func (c *counter) app(p cluster.Pod) string {
	app, _ := p.Spec().Labels.Get(c.v.Dictionary().Sym("app"))
	return c.v.Dictionary().String(app)
}

// pods counts those of an app that some condition holds for.
func (c *counter) pods(app string, is func(cluster.Pod) bool) (n int) {
	for p := range c.v.Live() {
		if (app == "" || c.app(p) == app) && is(p) {
			n++
		}
	}
	return n
}

func active(p cluster.Pod) bool { return !p.Phase().Terminal() && !p.Deleting() }

func isReady(p cluster.Pod) bool { return active(p) && p.Ready() }

func (c *counter) Observe(now models.Time, op *models.Op, v cluster.View) {
	c.v = v
	c.integrate(now)
	switch op.Kind {
	case models.OpCreatePod:
		c.created[c.app(v.Pod(op.Pod))]++
	case models.OpDeletePod:
		if v.Dictionary().String(op.Reason) == evict.ReasonTaintManager {
			c.evicted[c.app(v.Pod(op.Pod))]++
		}
	case models.OpExitPod:
		c.exits++
		if v.Pod(op.Pod).ExitedAt() < now {
			c.late++
		}
	case models.OpSilenceNode:
		if op.Arg == int64(models.Heard) && c.asked == 0 {
			c.asked++
			c.holdStatuses()
		}
	case models.OpCountPod:
		if c.counted[op.Pod]++; c.counted[op.Pod] > 1 {
			c.t.Errorf("at %s the Job counts %s again", now, v.Pod(op.Pod).Name())
		}
	}
	c.look(now)
}

// integrate adds up what was missing up to now.
func (c *counter) integrate(now models.Time) {
	for app, wanted := range c.wanted {
		if c.full[app] {
			c.missing[app] += float64(float64(max(wanted-c.ready[app], 0)) * now.Sub(c.now).Seconds())
		}
	}
	c.now = now
}

// look holds what is kept against what can be seen.
func (c *counter) look(now models.Time) {
	names, agents, unseen := make(map[string]int), make(map[models.NodeID]int), 0
	for p := range c.v.Live() {
		if names[p.Name()]++; names[p.Name()] > 1 {
			c.t.Fatalf("at %s there are two pods %s", now, p.Name())
		}
		if p.Node() == models.None {
			continue
		}
		if c.app(p) == "agent" && active(p) {
			if agents[p.Node()]++; agents[p.Node()] > 1 {
				c.t.Fatalf("at %s two agents run on node %d", now, p.Node())
			}
		}
		if p.Up() && !c.v.Node(p.Node()).Heard() {
			unseen++
		}
	}
	c.unseen = max(c.unseen, unseen)
	for app, wanted := range c.wanted {
		if n := c.pods(app, active); n > wanted {
			c.t.Fatalf("at %s there are %d pods of %s; want %d at most", now, n, app, wanted)
		}
		c.ready[app] = c.pods(app, isReady)
		c.full[app] = c.full[app] || c.ready[app] == wanted
	}
	for _, s := range c.v.Services() {
		if got := c.v.CountEndpoints(s).Ready; got != c.ready["web"] {
			c.t.Fatalf("at %s the Service has %d endpoints; want %d", now, got, c.ready["web"])
		}
	}
}

// A partition of a zone: its pods run on, replacements come, the returning pods are deleted,
// and nothing is counted twice.
func TestNothingIsCountedTwiceInAPartition(t *testing.T) {
	run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "partitioned.yaml", Reader: strings.NewReader(partitioned)}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := s.Cluster().View()
	recorder, err := reports.NewRecorder(reports.Config{Horizon: run.Config.Horizon}, v)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{
		t: t, v: v, wanted: map[string]int{"web": 12, "db": 6, "agent": 9, "sums": 6, "shaky": 3},
		created: make(map[string]int), evicted: make(map[string]int), counted: make(map[models.PodID]int),
		ready: make(map[string]int), full: make(map[string]bool), missing: make(map[string]float64),
	}
	s.Cluster().Observe(recorder)
	s.Cluster().Observe(c)
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	summary, err := recorder.Finish(s.End(true))
	if err != nil {
		t.Fatal(err)
	}
	c.integrate(s.End(true))
	c.holdAgainst(summary)
}

// holdAgainst compares what the report says in the end with what was counted.
func (c *counter) holdAgainst(summary *reports.Summary) {
	t, evicted, created := c.t, 0, 0
	for app, wanted := range c.wanted {
		if stays := app == "agent" || app == "shaky"; stays != (c.evicted[app] == 0) || c.created[app] != wanted+c.evicted[app] {
			t.Errorf("of %s %d pods were created and %d evicted; want %d more than that", app, c.created[app], c.evicted[app], wanted)
		}
		evicted, created = evicted+c.evicted[app], created+c.created[app]
	}
	if want := evicted + 3; c.unseen < want || c.unseen > want+1 {
		t.Errorf("%d pods ran on unseen; want %d, with the three agents, or the shaky one, too", c.unseen, want)
	}
	if p := summary.Pods; p.Created != int64(created) || p.Running != 30 || p.Created != p.Succeeded+p.Failed+p.Deleted+p.Running {
		t.Errorf("got %+v; want %d created, and 30 of them running", p, created)
	}
	if restarts := summary.Pods.Restarts; c.late < 3 || restarts > int64(c.exits) || restarts < int64(c.exits-3) {
		t.Errorf("%d restarts; want as many as the %d ends of containers, %d unseen, but for three that may wait", restarts, c.exits, c.late)
	}
	work := map[string]float64{"shaky": float64(c.exits) * 50, "sums": float64(c.evicted["sums"]) * 360}
	if got := summary.Measured.Evictions.Total; got != int64(evicted) {
		t.Errorf("%d evictions; want %d", got, evicted)
	}
	compared := 0
	for i := range summary.Measured.Owners {
		l := &summary.Measured.Owners[i]
		app := l.Name[strings.LastIndex(l.Name, "/")+1:]
		if l.Evictions != int64(c.evicted[app]) {
			t.Errorf("%s: %d evictions; want %d", l.Name, l.Evictions, c.evicted[app])
		}
		if l.WorkPodSeconds != work[app] {
			t.Errorf("%s: %v seconds of work are lost; want %v", l.Name, l.WorkPodSeconds, work[app])
		}
		if app == "web" || app == "db" {
			compared++
			if diff := math.Abs(l.ReplicaSecondsNotReady - c.missing[app]); diff > 1e-3 {
				t.Errorf("%s: %v replica-seconds are missing; want %v", l.Name, l.ReplicaSecondsNotReady, c.missing[app])
			}
		}
	}
	if compared != 2 || c.asked != 1 {
		t.Errorf("%d workloads lost something, and quotas were looked at %d times", compared, c.asked)
	}
	for id := range models.OwnerID(c.v.Owners()) {
		if job := c.v.Owner(id); job.Name() == "sums" {
			s := job.JobStatus()
			if s.Succeeded != 6 || int(s.Failed) != c.evicted["sums"] || len(c.counted) != 6+c.evicted["sums"] || !job.Complete() {
				t.Errorf("the Job has %+v, complete %t, and counted %d pods; want 6 and those that were evicted", s, job.Complete(), len(c.counted))
			}
		}
	}
	c.holdStatuses()
}

// holdStatuses compares quotas and budgets with the pods that there are. Those count for a
// quota until they have ended, or should have.
// A budget with a whole minimum expects all pods that there are.
// Source: pkg/quota/v1/evaluator/core/pods.go (QuotaV1Pod),
// pkg/controller/disruption/disruption.go (getExpectedPodCount).
func (c *counter) holdStatuses() {
	counts := func(p cluster.Pod) bool {
		return !p.Phase().Terminal() && !(p.Deleting() && c.now > p.Deadline())
	}
	for id := range models.PolicyID(c.v.Policies()) {
		used, _ := c.v.Policy(id).Used().Of("pods")
		if got, want := used.Value, int64(c.pods("", counts)); got != want {
			c.t.Errorf("at %s %d pods are used of the quota; want %d", c.now, got, want)
		}
	}
	healthy, expected := c.pods("web", isReady), c.pods("web", func(cluster.Pod) bool { return true })
	for id := range int32(c.v.RunBudgets()) {
		if s := c.v.Budget(id).Status(); int(s.CurrentHealthy) != healthy || int(s.ExpectedPods) != expected || s.DesiredHealthy != 6 {
			c.t.Errorf("at %s the budget has %+v; want %d of %d", c.now, s, healthy, expected)
		}
	}
}
