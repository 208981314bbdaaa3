package reports

import (
	"testing"

	"github.com/podsim/podsim/models"
)

// A fault that takes no node down is told by what waited meanwhile.
func TestAFaultTellsWhatWaited(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 4000, gibi)
	_, web := w.deployment("web", 3)
	spec := w.spec(1, 1)
	tell := func(kind models.OpKind, name string) {
		w.apply(models.Op{Kind: kind, Name: w.d.Sym(name), Ordinal: models.Exact, Reason: w.d.Sym("schedulerOutage")})
	}
	w.at(100 * second)
	tell(models.OpBeginFault, "leader")
	a, b := w.podOf(web, spec), w.podOf(web, spec)
	w.at(400 * second)
	tell(models.OpEndFault, "leader")
	w.at(401 * second)
	w.run(a, n)
	w.at(405 * second)
	w.run(b, n)
	w.at(500 * second)
	tell(models.OpBeginFault, "again")
	w.at(510 * second)
	tell(models.OpEndFault, "again")
	tell(models.OpBeginFault, "last")
	s := w.finish(600 * second)
	same(t, "first", FaultSummary{
		At: 100, Fault: "leader", Action: "schedulerOutage", Until: at(400), PendingMost: 2, CaughtUp: at(5),
		Text: "schedulerOutage for 5m; 2 pods without a node at most, 0 before; as few again 5s after its end",
	}, s.Faults[0])
	same(t, "second", "schedulerOutage for 10s; no more pods without a node than before", s.Faults[1].Text)
	same(t, "third", "schedulerOutage until the end; no more pods without a node than before", s.Faults[2].Text)
}

// Which workloads came to lack replicas while a fault lasted, and when the last of them had
// all again, is told from its beginning and from its end.
func TestAFaultTellsWhenAllReplicasWereBack(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n", "", 4000, gibi)
	deployment, web := w.deployment("web", 2)
	_, api := w.deployment("api", 1)
	spec := w.spec(1, 1)
	a, b, c := w.podOf(web, spec), w.podOf(web, spec), w.podOf(api, spec)
	for _, pod := range []models.PodID{a, b, c} {
		w.run(pod, n)
	}
	tell := func(kind models.OpKind, name string) {
		w.apply(models.Op{Kind: kind, Name: w.d.Sym(name), Ordinal: models.Exact, Reason: w.d.Sym("partition"), Arg: 1})
	}
	w.at(100 * second)
	tell(models.OpBeginFault, "cut")
	w.at(140 * second)
	w.unready(a, "NodeNotReady")
	w.unready(c, "NodeNotReady")
	w.at(150 * second)
	w.ready(a)
	w.at(160 * second)
	w.unready(a, "NodeNotReady") // again, and still one workload
	w.at(400 * second)
	tell(models.OpEndFault, "cut")
	w.at(401 * second)
	w.ready(c)
	w.at(405 * second)
	w.ready(a)
	w.at(500 * second)
	tell(models.OpBeginFault, "short")
	w.at(510 * second)
	w.unready(b, "ContainersNotReady")
	w.at(520 * second)
	w.ready(b)
	w.at(700 * second)
	tell(models.OpEndFault, "short")
	w.at(710 * second)
	w.unready(b, "ContainersNotReady") // after its end
	w.at(720 * second)
	tell(models.OpBeginFault, "last")
	w.scale(deployment, 3) // it was short before
	w.unready(c, "NodeNotReady")
	s := w.finish(800 * second)
	same(t, "cut", FaultSummary{
		At: 100, Fault: "cut", Action: "partition", Nodes: 1, Until: at(400), CaughtUp: at(0), Hurt: 2, Recovered: at(305), RecoveredAfterEnd: at(5),
		Text: "partition of 1 node for 5m; no more pods without a node than before; 2 workloads short of replicas; all available again after 5m05s, 5s after its end",
	}, s.Faults[0])
	same(t, "short", FaultSummary{
		At: 500, Fault: "short", Action: "partition", Nodes: 1, Until: at(700), CaughtUp: at(0), Hurt: 1, Recovered: at(20), RecoveredAfterEnd: at(0),
		Text: "partition of 1 node for 3m20s; no more pods without a node than before; 1 workload short of replicas; all available again after 20s",
	}, s.Faults[1])
	same(t, "last", "partition of 1 node until the end; no more pods without a node than before; 1 workload short of replicas; 1 of them still", s.Faults[2].Text)
	if s.Measured.Recovery == nil || *s.Measured.Recovery != 305 {
		t.Errorf("the longest recovery took %v, want 305 s: what is open has lasted for 80 s", s.Measured.Recovery)
	}
}

// Faults of a trace share a name unless they are given one: each is over when one of its kind
// ends, and a crash is none of them, but for those that take nodes away.
func TestFaultsOfOneNameAreToldApart(t *testing.T) {
	w := newWorld(t, Config{})
	n, other := w.node("n", "", 4000, gibi), w.node("o", "", 4000, gibi)
	_, web := w.deployment("web", 1)
	pod := w.podOf(web, w.spec(1, 1))
	w.run(pod, w.node("p", "", 4000, gibi))
	tell := func(kind models.OpKind, action string, nodes int64) {
		w.apply(models.Op{Kind: kind, Name: w.d.Sym("recorded"), Ordinal: models.Exact, Reason: w.d.Sym(action), Arg: nodes})
	}
	w.at(100 * second)
	tell(models.OpBeginFault, "slow", 1)
	tell(models.OpBeginFault, "partition", 1)
	tell(models.OpBeginFault, "reclaim", 2)
	w.at(110 * second)
	w.crash(n, "recorded")
	w.at(120 * second)
	w.unready(pod, "NodeNotReady")
	w.at(130 * second)
	w.ready(pod)
	w.crash(other, "recorded")
	w.at(140 * second)
	w.unready(pod, "NodeNotReady")
	w.at(150 * second)
	w.ready(pod)
	w.at(200 * second)
	tell(models.OpEndFault, "partition", 1)
	w.at(300 * second)
	tell(models.OpEndFault, "slow", 1)
	s := w.finish(600 * second)
	for i, want := range []struct {
		action           string
		until, recovered *Seconds
	}{{"slow", at(300), at(50)}, {"partition", at(200), at(50)}, {"reclaim", nil, at(30)}} {
		is := &s.Faults[i]
		same(t, want.action, []any{want.action, want.until, want.recovered}, []any{is.Action, is.Until, is.Recovered})
	}
}

// A node that shuts down costs pods from when it begins to: they end before it goes off.
func TestAShutdownCostsPodsFromItsBeginning(t *testing.T) {
	w := newWorld(t, Config{})
	n, other := w.node("n", "", 4000, gibi), w.node("o", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	spec := w.spec(1, 1)
	a, b := w.podOf(web, spec), w.podOf(web, spec)
	w.run(a, n)
	w.run(b, n)
	w.at(100 * second)
	w.apply(models.Op{Kind: models.OpShutDownNode, Node: n, Reason: w.d.Sym("maintenance")})
	w.at(110 * second)
	w.apply(models.Op{Kind: models.OpFinishPod, Pod: a, Arg: 143, Reason: w.d.Sym("Terminated")})
	c := w.podOf(web, spec)
	w.at(130 * second)
	w.crash(n, "maintenance") // b has not ended in time
	w.at(140 * second)
	w.run(c, other)
	w.at(400 * second)
	w.restore(n)
	w.delete(b, "TaintManagerEviction")
	d := w.podOf(web, spec)
	w.at(410 * second)
	w.run(d, other)
	s := w.finish(600 * second)
	if len(s.Disruptions) != 1 {
		t.Fatalf("%d disruptions, want 1", len(s.Disruptions))
	}
	same(t, "the shutdown", "node n down for 5m; 2 pods hit (of 1 Deployment); 2 lost, 2 replaced; the first Ready after 40s, the last after 5m10s", s.Disruptions[0].Text)
	same(t, "its recovery", at(310), s.Disruptions[0].Recovered)
}
