package scenarios

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios/arrivals"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kernel"
)

// workload yields the objects of one Workload.
type workload struct {
	process    arrivals.Process
	source     *arrivals.Source
	template   *sim.Template
	name       models.Sym
	perArrival int64               // objects at each arrival, unless batch is given; 0 is 1
	batch      kernel.Distribution // nil: perArrival
	lifetime   kernel.Distribution // nil: for ever
	runTime    kernel.Distribution // nil: what the behaviour says
	limit      int64               // objects in all, if the scenario gives it, else math.MaxInt64
	most       int64               // objects that a workload may bring
	// demand is a factor on the objects of each moment; 0 leaves them. What it adds has
	// numbers of its own, so that the others keep theirs.
	demand   float64
	roundsUp bool // else a part of an object is one by chance

	at      models.Time
	left    int64 // objects still to come at at
	more    int64 // those of them that demand adds
	skipped int64 // objects at at that less demand does without
	arrival uint64
	objects int64 // so far
	number  int64 // of the next object that demand does not add
	added   int64
}

// firstAdded is the number of the first object that demand adds.
const firstAdded = 1 << 30

// Next draws the next object. Every draw has a stream of its own, by workload,
// purpose and number.
func (w *workload) Next() (sim.Arrival, bool, error) {
	for w.left == 0 {
		at, ok := w.process.Next()
		if !ok || w.objects == w.limit {
			return sim.Arrival{}, false, nil
		}
		w.at, w.left = at, max(w.perArrival, 1)
		if w.batch != nil {
			w.left = kernel.Count(w.batch, w.source.At("batch", w.arrival))
		}
		w.follow()
		w.arrival++
	}
	switch w.objects {
	case w.limit:
		return sim.Arrival{}, false, nil
	case w.most:
		return sim.Arrival{}, false, tooManyObjects(w.most)
	}
	number := uint64(w.next())
	a := sim.Arrival{
		At: w.at, Template: w.template, Name: w.name, Ordinal: models.Numbered(int32(number)), Lifetime: -1, RunTime: -1,
	}
	if w.lifetime != nil {
		a.Lifetime = kernel.Duration(w.lifetime, w.source.At("lifetime", number))
	}
	if w.runTime != nil {
		a.RunTime = kernel.Duration(w.runTime, w.source.At("runtime", number))
	}
	w.objects++
	w.left--
	return a, true, nil
}

// follow lets the objects of a moment follow the demand.
func (w *workload) follow() {
	w.number += w.skipped
	w.more, w.skipped = 0, 0
	if w.demand == 0 {
		return
	}
	base := w.left
	if w.roundsUp {
		w.left = grown(base, w.demand)
	} else {
		w.left = drawn(base, w.demand, func() kernel.Source { return w.source.At(demandDraw, w.arrival) })
	}
	w.more, w.skipped = max(w.left-base, 0), max(base-w.left, 0)
}

// next numbers the next object.
func (w *workload) next() int64 {
	if w.left <= w.more {
		w.added++
		return firstAdded + w.added - 1
	}
	w.number++
	return w.number - 1
}

func tooManyObjects(most int64) error {
	return fmt.Errorf("a workload brings more than %d objects", most)
}

// start yields the objects that are there when the run begins.
type start struct{ arrivals []sim.Arrival }

func (s *start) Next() (sim.Arrival, bool, error) {
	if len(s.arrivals) == 0 {
		return sim.Arrival{}, false, nil
	}
	a := s.arrivals[0]
	s.arrivals = s.arrivals[1:]
	return a, true, nil
}
