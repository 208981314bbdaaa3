package reports

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

func TestReplacementsFillTheOldestLossFirst(t *testing.T) {
	w := newWorld(t, Config{})
	n1, n2, n3 := w.node("n1", "", 4000, gibi), w.node("n2", "", 4000, gibi), w.node("n3", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	spec := w.spec(1, 1)
	a, b := w.podOf(web, spec), w.podOf(web, spec)
	w.run(a, n1)
	w.run(b, n2)
	w.at(100 * second)
	w.crash(n1, "disk")
	w.at(200 * second)
	w.crash(n2, "disk") // the same fault at another time: another disruption
	w.at(400 * second)
	w.delete(a, "taint-eviction")
	w.delete(b, "taint-eviction")
	c, d := w.podOf(web, spec), w.podOf(web, spec)
	w.at(410 * second)
	w.bind(c, n3)
	w.start(c)
	w.at(420 * second)
	w.ready(c)
	w.at(500 * second)
	w.run(d, n3)
	w.restore(n1)
	s := w.finish(600 * second)
	hit := []KindCount{{"Deployment", 1}}
	same(t, "first", Disruption{
		At: 100, Fault: "disk", Nodes: 1, Node: "n1", Restored: 1, Until: at(500), PodsHit: 1, PodsLost: 1, Replaced: 1,
		ReplacementsRunning: 1, ReplacementsReady: 1, FirstRunning: at(310), LastRunning: at(310),
		FirstReady: at(320), LastReady: at(320), Recovered: at(400), Hit: hit, // all are there when the second is
		Text: "node n1 down for 6m40s; 1 pod hit (of 1 Deployment); 1 lost, 1 replaced; Ready after 5m20s; all replicas available again after 6m40s",
	}, s.Disruptions[0])
	same(t, "second", "node n2 down until the end; 1 pod hit (of 1 Deployment); 1 lost, 1 replaced; Ready after 5m", s.Disruptions[1].Text)
}

func TestReplacementThatIsLostItselfLeavesTheLossOpen(t *testing.T) {
	w := newWorld(t, Config{})
	n1, n2, n3 := w.node("n1", "", 4000, gibi), w.node("n2", "", 4000, gibi), w.node("n3", "", 4000, gibi)
	_, web := w.deployment("web", 1)
	spec := w.spec(1, 1)
	a := w.podOf(web, spec)
	w.run(a, n1)
	w.at(10 * second)
	w.crash(n1, "first")
	w.at(20 * second)
	w.delete(a, "taint-eviction")
	b := w.podOf(web, spec)
	w.bind(b, n2) // not Ready yet
	w.at(30 * second)
	w.crash(n2, "second")
	w.at(40 * second)
	w.delete(b, "taint-eviction")
	c := w.podOf(web, spec)
	w.bind(c, n3)
	w.at(50 * second)
	w.delete(c, "user") // went without a crash
	d := w.podOf(web, spec)
	w.at(60 * second)
	w.run(d, n3)
	s := w.finish(100 * second)
	for i, want := range []Seconds{50, 30} {
		of := s.Disruptions[i]
		same(t, of.Fault+" lost, replaced and Ready", []int64{1, 1, 1}, []int64{of.PodsLost, of.Replaced, of.ReplacementsReady})
		same(t, of.Fault+" Ready after", at(want), of.LastReady)
	}
}

func TestCrashesOfOneInstantAndReasonAreOneDisruption(t *testing.T) {
	w := newWorld(t, Config{})
	var nodes []models.NodeID
	for _, name := range []string{"n1", "n2", "n3"} {
		nodes = append(nodes, w.node(name, "", 4000, gibi))
	}
	job := w.owner(models.Job, "batch", 2, models.None)
	spec := w.spec(1, 1)
	a, b := w.podOf(job, spec), w.podOf(job, spec)
	w.run(a, nodes[0])
	w.run(b, nodes[1])
	w.run(w.pod(spec, "bare"), nodes[1])
	w.at(time.Minute)
	w.crash(nodes[0], "zone")
	w.crash(nodes[2], "other")
	w.crash(nodes[1], "zone")
	w.at(2 * time.Minute)
	w.restore(nodes[0])
	w.at(3 * time.Minute)
	w.end(a, 137) // a Job's pod does not start again
	w.podOf(job, spec)
	s := w.finish(time.Hour)
	same(t, "disruptions", 2, len(s.Disruptions))
	same(t, "zone", "2 nodes down, 1 up again by the end; 3 pods hit (of 1 Job); 1 lost, 1 replaced; no replacement Ready", s.Disruptions[0].Text)
	same(t, "other", "node n3 down until the end; no pods hit", s.Disruptions[1].Text)
}

// In the middle of a rollout n1 fails under two old pods and a new one. Of the old ones
// one is scaled away, and the pod that replaced the other is, too: nobody waits for
// them. The new one is lost and replaced.
func TestWhatARolloutTakesAwayIsNotLost(t *testing.T) {
	w := newWorld(t, Config{})
	n1, n2 := w.node("n1", "", 4000, gibi), w.node("n2", "", 4000, gibi)
	web, old := w.deployment("web", 3)
	spec := w.spec(1, 1)
	a, b := w.podOf(old, spec), w.podOf(old, spec)
	w.run(a, n1)
	w.run(b, n1)
	w.at(5 * second)
	fresh := w.owner(models.ReplicaSet, "web-6b7c9", 1, web)
	c := w.podOf(fresh, spec)
	w.run(c, n1)
	w.at(10 * second)
	w.crash(n1, "disk")
	w.at(20 * second)
	w.delete(a, "taint-eviction")
	x := w.podOf(old, spec) // replaces a, but is scaled away
	w.at(30 * second)
	w.delete(b, "ScaleDown")
	w.delete(x, "ScaleDown")
	w.at(40 * second)
	w.delete(c, "taint-eviction")
	y := w.podOf(fresh, spec)
	w.at(50 * second)
	w.run(y, n2)
	s := w.finish(100 * second)
	of := s.Disruptions[0]
	same(t, "hit, lost, replaced, Ready", []int64{3, 2, 2, 1}, []int64{of.PodsHit, of.PodsLost, of.Replaced, of.ReplacementsReady})
	same(t, "Ready after", at(40), of.LastReady)
	same(t, "Deployments", 1, len(s.Workloads))
	same(t, "available of the Deployment", int32(1), s.Workloads[0].Available)
}
