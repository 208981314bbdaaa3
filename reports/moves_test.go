package reports

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// evict lets a component take a pod away.
func (w *world) evict(pod models.PodID, by, cause, why string) {
	w.t.Helper()
	w.apply(models.Op{Kind: models.OpEvictPod, Pod: pod, Name: w.d.Sym(by), Ordinal: models.Exact, Reason: w.d.Sym(cause), Message: w.d.Sym(why)})
	w.delete(pod, "EvictionByEvictionAPI")
}

// A descheduler spreads what a packing scheduler puts back: the replica goes to and fro.
func TestAReplicaThatIsMovedAgainAndAgainIsTold(t *testing.T) {
	w := newWorld(t, Config{PingPong: PingPongLimit{Moves: 2, Window: 10 * time.Minute}})
	n1, n2 := w.node("n1", "", 4000, gibi), w.node("n2", "", 4000, gibi)
	_, web := w.deployment("web", 1)
	pod := w.podOf(web, w.spec(1, 1))
	w.run(pod, n1)
	for i := range 3 {
		w.at(time.Duration(i+1) * 4 * time.Minute)
		w.evict(pod, "descheduler", "LowNodeUtilization", "too full")
		next := w.podOf(web, w.spec(1, 1))
		w.remove(pod)
		w.run(next, []models.NodeID{n2, n1, n2}[i])
		pod = next
	}
	s := w.finish(time.Hour)
	move := func(at Seconds, pod, from, to string) Move {
		return Move{At: at, Pod: "default/web-5d4f8-" + pod, From: from, By: "descheduler", Cause: "LowNodeUtilization", Why: "too full",
			Then: &at, To: to, Placer: "default-scheduler"}
	}
	chain := []Move{move(240, "", "n1", "n2"), move(480, "", "n2", "n1"), move(720, "", "n1", "n2")}
	got := s.Measured.PingPong
	for i := range got.Worst {
		for j := range got.Worst[i].Chain {
			got.Worst[i].Chain[j].Pod = "default/web-5d4f8-" // generated names differ
		}
	}
	same(t, "ping-pong", PingPong{Moves: 2, Window: 600, Replicas: 1, Most: 3, Worst: []MovedReplica{
		{Workload: "Deployment/default/web", Moves: 3, From: 240, To: 720, Chain: chain},
	}}, got)
}

// Moves that lie further apart than the window are not one after another, and another
// replica of the owner does not inherit them.
func TestMovesFarApartAreNoPingPong(t *testing.T) {
	w := newWorld(t, Config{PingPong: PingPongLimit{Moves: 1, Window: time.Minute}})
	n1 := w.node("n1", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	pod, other := w.podOf(web, w.spec(1, 1)), w.podOf(web, w.spec(1, 1))
	w.run(pod, n1)
	w.run(other, n1)
	w.at(10 * time.Minute)
	w.evict(pod, "kubectl", "Drain", "")
	next := w.podOf(web, w.spec(1, 1))
	w.run(next, n1)
	w.at(10*time.Minute + 30*second)
	w.evict(other, "kubectl", "Drain", "")
	w.at(20 * time.Minute)
	w.evict(next, "kubectl", "Drain", "")
	same(t, "replicas", int64(0), w.finish(time.Hour).Measured.PingPong.Replicas)
}

func TestBudgetsThatAreViolated(t *testing.T) {
	w := newWorld(t, Config{})
	n1 := w.node("n1", "", 4000, gibi)
	app := models.Label{Key: w.d.Sym("app"), Value: w.d.Sym("db")}
	spec := w.c.DefinePod(&models.PodSpec{Namespace: w.d.Sym("default"), Labels: models.NewLabels(app)})
	w.apply(models.Op{Kind: models.OpAddBudget, Def: w.c.DefineBudget(&models.BudgetSpec{
		Name: w.d.Sym("db"), Namespace: w.d.Sym("default"), MinAvailable: models.Share{Given: true, Value: 2}, Allowed: models.Recounted,
		Selector: models.LabelSelector{Requirements: models.Selector{{Key: app.Key, Op: models.In, Values: []models.Sym{app.Value}}}},
	})})
	var pods []models.PodID
	for _, name := range []string{"a", "b", "c"} {
		pod := w.pod(spec, name)
		w.run(pod, n1)
		pods = append(pods, pod)
	}
	w.apply(models.Op{Kind: models.OpWriteBudgetStatus, Def: 0})
	w.apply(models.Op{Kind: models.OpAllowDisruption, Pod: pods[0], Def: 0})
	w.evict(pods[0], "kubectl", "Drain", "")
	w.at(time.Minute)
	w.delete(pods[1], "PreemptionByScheduler for default/urgent")
	s := w.finish(time.Hour)
	same(t, "violations", BudgetViolations{
		Total: 1, Causes: []CauseCount{{"preemption", 1}, {"taint", 0}, {"api", 0}, {"node-lost", 0}, {"forced", 0}, {"kubelet", 0}, {"pod-gc", 0}, {"stale-status", 0}},
		First: []BudgetViolation{{At: 60, Pod: "default/b", Budget: "default/db", By: "default-scheduler", Cause: "preemption", Healthy: 2, HealthyAfter: 1, Desired: 2}},
	}, s.Measured.Budgets)
}

// An eviction that no budget was asked about is one that must not be.
func TestAVoluntaryEvictionWithoutLeave(t *testing.T) {
	w := newWorld(t, Config{})
	n1 := w.node("n1", "", 4000, gibi)
	spec := w.c.DefinePod(&models.PodSpec{Namespace: w.d.Sym("default")})
	w.apply(models.Op{Kind: models.OpAddBudget, Def: w.c.DefineBudget(&models.BudgetSpec{
		Name: w.d.Sym("all"), Namespace: w.d.Sym("default"), MinAvailable: models.Share{Given: true, Value: 1}, Allowed: models.Recounted,
	})})
	pod := w.pod(spec, "a")
	w.run(pod, n1)
	w.evict(pod, "descheduler", "PodLifeTime", "")
	same(t, "voluntary", int64(1), w.finish(time.Hour).Measured.Budgets.Voluntary)
}
