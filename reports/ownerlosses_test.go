package reports

import (
	"testing"
	"time"
)

// A pod of web is evicted by a taint and comes back after a minute, while an hour of a
// backup goes to waste: what was before the warm-up does not count.
func TestLossesOfOwners(t *testing.T) {
	w := newWorld(t, Config{WarmUp: 100 * second})
	n1 := w.node("n1", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	spec := w.spec(1, 1)
	a, b := w.podOf(web, spec), w.podOf(web, spec)
	w.run(a, n1)
	w.run(b, n1)
	w.at(40 * second)
	w.unready(a, "probe")
	w.at(60 * second)
	w.ready(a)
	w.at(200 * second)
	w.delete(a, "TaintManagerEviction")
	c := w.podOf(web, spec)
	w.at(250 * second)
	w.bind(c, n1)
	w.start(c)
	w.at(260 * second)
	w.ready(c)
	w.at(300 * second)
	w.exit(b, 1)
	w.at(310 * second)
	w.start(b)
	w.ready(b)
	s := w.finish(1100 * second)
	availability, nines := 1-70.0/2000, 1.456
	same(t, "losses", []OwnerLosses{{
		Name: "Deployment/default/web", ReplicaSecondsNotReady: 70, ReplicaSecondsLost: 70, Below: 70, LongestGap: 60,
		Availability: &availability, Nines: &nines, Restarts: 1, Evictions: 1, EvictedBy: []CauseCount{{"taint", 1}},
	}}, s.Measured.Owners)
	same(t, "all of them", 60.0, float64(s.Measured.Lost.LongestGap))
}

func TestAWorkloadThatLacksReplicasAtTheEndHasNotRecovered(t *testing.T) {
	w := newWorld(t, Config{})
	n1, n2 := w.node("n1", "", 4000, gibi), w.node("n2", "", 4000, gibi)
	_, web := w.deployment("web", 2)
	spec := w.spec(1, 1)
	w.run(w.podOf(web, spec), n1)
	w.run(w.podOf(web, spec), n2)
	w.at(time.Minute)
	w.crash(n1, "power")
	s := w.finish(time.Hour)
	same(t, "still short", 1, s.Disruptions[0].Short)
	same(t, "told", "node n1 down until the end; 1 pod hit (of 1 Deployment); none lost; 1 workload still short of replicas", s.Disruptions[0].Text)
}
