package reports

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// world drives a real cluster by hand, with a recorder that observes it.
type world struct {
	t            testing.TB
	d            *models.Dictionary
	c            *cluster.Cluster
	r            *Recorder
	pods, events bytes.Buffer
	now          models.Time
}

func newWorld(t testing.TB, c Config, checks ...*Check) *world {
	t.Helper()
	return newWorldWith(t, models.NewDictionary(), c, checks...)
}

func newWorldWith(t testing.TB, d *models.Dictionary, c Config, checks ...*Check) *world {
	t.Helper()
	w := &world{t: t, d: d}
	w.c = cluster.New(w.d, nil)
	c.Pods, c.Events = &w.pods, &w.events
	var err error
	if w.r, err = NewRecorder(c, w.c.View()); err != nil {
		t.Fatal(err)
	}
	w.r.Check(checks...)
	w.c.Observe(w.r)
	return w
}

// at moves the clock.
func (w *world) at(d time.Duration) { w.now = models.Time(d) }

func (w *world) apply(op models.Op) {
	w.t.Helper()
	if err := w.c.Apply(w.now, &op); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) finish(end time.Duration) *Summary {
	w.t.Helper()
	s, err := w.r.Finish(models.Time(end))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

const (
	mebi = 1 << 20
	gibi = 1 << 30
)

func (w *world) node(name, zone string, cpu, memory int64) models.NodeID {
	w.t.Helper()
	return w.nodeOf(name, "", zone, models.Resources{models.CPU: cpu, models.Memory: memory, models.Pods: 110})
}

func (w *world) nodeOf(name, group, zone string, amount models.Resources) models.NodeID {
	w.t.Helper()
	spec := &models.NodeSpec{Name: w.d.Sym(name), Group: w.d.Sym(group), Capacity: amount, Allocatable: amount}
	if zone != "" {
		spec.Labels = models.NewLabels(models.Label{Key: w.d.Sym(models.LabelZone), Value: w.d.Sym(zone)})
	}
	id := models.NodeID(w.c.View().Nodes())
	w.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(w.c.DefineNode(spec))})
	return id
}

func (w *world) spec(cpu, memory int64) models.SpecID {
	return w.c.DefinePod(&models.PodSpec{
		Namespace: w.d.Sym("default"), QOS: models.Burstable,
		Requests: models.Resources{models.CPU: cpu, models.Memory: memory, models.Pods: 1},
	})
}

func (w *world) owner(kind models.OwnerKind, name string, replicas int32, parent models.OwnerID) models.OwnerID {
	w.t.Helper()
	def := w.c.DefineOwner(&models.OwnerSpec{Kind: kind, Namespace: w.d.Sym("default"), Replicas: replicas})
	id := models.OwnerID(w.c.View().Owners())
	w.apply(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: parent, Def: int32(def),
		Name: w.d.Sym(name), Ordinal: models.Exact})
	return id
}

// deployment creates a Deployment and its ReplicaSet, which it returns.
func (w *world) deployment(name string, replicas int32) (deployment, set models.OwnerID) {
	w.t.Helper()
	deployment = w.owner(models.Deployment, name, replicas, models.None)
	return deployment, w.owner(models.ReplicaSet, name+"-5d4f8", replicas, deployment)
}

func (w *world) pod(spec models.SpecID, name string) models.PodID {
	w.t.Helper()
	id := models.PodID(w.c.View().Pods())
	w.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(spec),
		Name: w.d.Sym(name), Ordinal: models.Exact})
	return id
}

func (w *world) podOf(owner models.OwnerID, spec models.SpecID) models.PodID {
	w.t.Helper()
	id := models.PodID(w.c.View().Pods())
	w.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(spec),
		Ordinal: w.c.View().Owner(owner).NextOrdinal()})
	return id
}

func (w *world) bind(pod models.PodID, node models.NodeID) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpBindPod, Pod: pod, Node: node})
}

func (w *world) start(pod models.PodID) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpStartPod, Pod: pod})
}
func (w *world) ready(pod models.PodID) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpReadyPod, Pod: pod})
}

// run binds, starts and makes ready in one instant.
func (w *world) run(pod models.PodID, node models.NodeID) {
	w.t.Helper()
	w.bind(pod, node)
	w.start(pod)
	w.ready(pod)
}

func (w *world) unready(pod models.PodID, reason string) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpUnreadyPod, Pod: pod, Reason: w.d.Sym(reason)})
}

func (w *world) exit(pod models.PodID, code int64) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpExitPod, Pod: pod, Arg: code, Reason: w.d.Sym("Error")})
}

func (w *world) end(pod models.PodID, code int64) {
	w.t.Helper()
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	w.apply(models.Op{Kind: models.OpFinishPod, Pod: pod, Arg: code, Reason: w.d.Sym(reason)})
}

func (w *world) remove(pod models.PodID) {
	if w.c.View().Pod(pod).Tracked() {
		w.apply(models.Op{Kind: models.OpUntrackPod, Pod: pod})
	}
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpRemovePod, Pod: pod})
}

func (w *world) delete(pod models.PodID, by string) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpDeletePod, Pod: pod, Arg: int64(30 * time.Second), Reason: w.d.Sym(by)})
}

func (w *world) crash(node models.NodeID, fault string) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpCrashNode, Node: node, Reason: w.d.Sym(fault)})
}

func (w *world) restore(node models.NodeID) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpRestoreNode, Node: node})
}

func (w *world) nodeReady(node models.NodeID, status models.ConditionStatus, reason string) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpSetNodeReady, Node: node, Arg: int64(status), Reason: w.d.Sym(reason)})
}

func (w *world) unschedulable(pod models.PodID, message string) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpFailScheduling, Pod: pod, Message: w.d.Sym(message)})
}

func (w *world) scale(owner models.OwnerID, replicas int64) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpScaleOwner, Owner: owner, Arg: replicas})
}

func (w *world) endJob(owner models.OwnerID, complete bool) {
	w.t.Helper()
	op := models.Op{Kind: models.OpFinishOwner, Owner: owner, Reason: w.d.Sym("BackoffLimitExceeded")}
	if complete {
		op.Arg, op.Reason = 1, 0
	}
	w.apply(op)
}

// compile reads assertions against an empty dictionary.
func compile(t testing.TB, assertions ...Assertion) []*Check {
	t.Helper()
	var out []*Check
	for _, a := range assertions {
		c, err := CompileAssertion(a, models.NewDictionary())
		if err != nil {
			t.Fatalf("%s: %v", a.Text, err)
		}
		out = append(out, c)
	}
	return out
}

// outage is a day in which zone b fails for half an hour: two Deployments, Jobs,
// a pod of its own and one that fits nowhere.
func outage(t testing.TB, checks ...*Check) (*world, *Summary) {
	w := newWorld(t, Config{Horizon: models.Time(24 * time.Hour), Prices: map[string]float64{"workers": 0.2}}, checks...)
	nodes := w.outageNodes()
	_, web := w.deployment("web", 9)
	_, api := w.deployment("api", 6)
	var pods []models.PodID
	for i := range 9 {
		pods = append(pods, w.podOf(web, w.spec(500, 512*mebi)))
		if i < 6 {
			pods = append(pods, w.podOf(api, w.spec(1000, gibi)))
		}
	}
	for i, pod := range pods {
		w.at(time.Duration(i+1) * 200 * time.Millisecond)
		w.bind(pod, nodes[i%len(nodes)])
	}
	for i, pod := range pods {
		w.at(10*time.Second + time.Duration(i)*time.Second)
		w.start(pod)
		w.ready(pod)
	}
	w.at(time.Minute)
	big := w.pod(w.spec(64000, gibi), "analytics")
	for i := range 5 {
		w.at(time.Minute + time.Duration(i)*5*time.Minute)
		w.unschedulable(big, "0/15 nodes are available: 15 Insufficient cpu. preemption: 0/15 nodes are available: 15 No preemption victims found for incoming pod.")
	}
	w.outageJobs(nodes)
	w.zoneFails(nodes, pods)
	return w, w.finish(24 * time.Hour)
}

func (w *world) outageNodes() []models.NodeID {
	var nodes []models.NodeID
	for i := range 15 {
		zone := string(rune('a' + i%3))
		nodes = append(nodes, w.nodeOf(fmt.Sprintf("worker-%02d", i), "workers", "zone-"+zone,
			models.Resources{models.CPU: 4000, models.Memory: 16 * gibi, models.Pods: 110}))
	}
	return nodes
}

// outageJobs runs a Job every ten minutes for an hour; the third one fails.
func (w *world) outageJobs(nodes []models.NodeID) {
	for i := range 6 {
		w.at(30*time.Minute + time.Duration(i)*10*time.Minute)
		job := w.owner(models.Job, fmt.Sprintf("report-%d", 28900000+i*10), 1, models.None)
		pod := w.podOf(job, w.spec(2000, 4*gibi))
		w.at(time.Duration(w.now) + time.Duration(i)*time.Second)
		w.run(pod, nodes[i])
		w.at(time.Duration(w.now) + 4*time.Minute)
		if i == 2 {
			w.end(pod, 1)
			w.endJob(job, false)
			continue
		}
		w.end(pod, 0)
		w.endJob(job, true)
		w.delete(pod, "ttl-after-finished")
		w.remove(pod)
	}
}

// zoneFails takes zone b down at 2h for 30 minutes. The control plane notices
// after 40 s and evicts five minutes later.
func (w *world) zoneFails(nodes []models.NodeID, pods []models.PodID) {
	w.at(2 * time.Hour)
	var down []models.NodeID
	for i := 1; i < len(nodes); i += 3 {
		down = append(down, nodes[i])
		w.crash(nodes[i], "zone-b-outage")
	}
	w.at(2*time.Hour + 40*time.Second)
	for _, n := range down {
		w.nodeReady(n, models.ConditionUnknown, "NodeStatusUnknown")
	}
	var lost []models.PodID
	for i, pod := range pods {
		if i%3 == 1 {
			w.unready(pod, "NodeNotReady")
			lost = append(lost, pod)
		}
	}
	w.at(2*time.Hour + 5*time.Minute + 40*time.Second)
	var fresh []models.PodID
	for _, pod := range lost {
		w.delete(pod, "TaintManagerEviction")
		fresh = append(fresh, w.podOf(w.c.View().Pod(pod).Owner(), w.c.View().Pod(pod).SpecID()))
	}
	for i, pod := range fresh {
		w.at(2*time.Hour + 6*time.Minute + time.Duration(i)*84*time.Second)
		w.run(pod, nodes[3*i])
	}
	w.at(2*time.Hour + 30*time.Minute)
	for _, n := range down {
		w.restore(n)
	}
	w.at(2*time.Hour + 30*time.Minute + 15*time.Second)
	for i, n := range down {
		w.nodeReady(n, models.ConditionTrue, "KubeletReady")
		w.remove(lost[i])
	}
}
