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
