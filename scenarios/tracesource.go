package scenarios

import (
	"io"
	"math"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios/arrivals"
	"github.com/podsim/podsim/scenarios/trace"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kernel"
)

// replayed yields the objects of a trace.
type replayed struct {
	rows      *trace.Ordered
	file      io.Closer // closed when all rows have come
	reader    *trace.Reader
	templates []*sim.Template // by shape
	dict      *models.Dictionary
	workload  models.Sym // name of objects without one
	bases     []models.Sym
	window    arrivals.Window
	limit     int64 // objects in all, if the scenario gives it, else math.MaxInt64
	most      int64 // objects that a workload may bring
	objects   int64
	// demand is a factor on the objects of each row; 0 leaves them.
	demand float64
	source *arrivals.Source
	rank   uint64     // of the next row
	more   models.Sym // name of what demand adds
	added  int32      // so far

	recorded int32 // copies of the last row in the trace
	copies   int32 // of the last row that are still to come
	copied   int32
	row      trace.Row
}

// Next returns the next object. Objects of one name, as a bare pod of many copies
// makes them, get numbers.
func (r *replayed) Next() (sim.Arrival, bool, error) {
	for r.copies == 0 && r.objects < r.limit {
		row, ok, err := r.rows.Next()
		if err != nil {
			return sim.Arrival{}, false, err
		}
		if !ok || row.At >= r.window.Until {
			break
		}
		if r.window.Contains(row.At) {
			r.row, r.copied, r.recorded = row, 0, r.copiesOf(row.Shape)
			r.copies = r.asked()
		}
		r.rank++
	}
	if r.copies == 0 || r.objects == r.limit {
		if r.file != nil {
			_ = r.file.Close()
			r.file = nil
		}
		return sim.Arrival{}, false, nil
	}
	if r.objects == r.most {
		return sim.Arrival{}, false, tooManyObjects(r.most)
	}
	a := sim.Arrival{
		At: r.row.At, Template: r.templates[r.row.Shape], Lifetime: r.row.Lifetime, RunTime: r.row.RunTime,
	}
	for _, s := range r.row.Scalings {
		a.Scalings = append(a.Scalings, sim.Scaling(s))
	}
	a.Name, a.Ordinal = r.name()
	r.objects++
	r.copies--
	r.copied++
	return a, true, nil
}

// copiesOf returns how many objects a row of a shape stands for.
func (r *replayed) copiesOf(shape int32) int32 {
	if r.templates[shape].Owner != nil {
		return 1
	}
	return max(r.reader.Shape(shape).Count, 1)
}

// asked returns how many copies of the row the demand asks for.
func (r *replayed) asked() int32 {
	if r.demand == 0 {
		return r.recorded
	}
	return int32(drawn(int64(r.recorded), r.demand, func() kernel.Source { return r.source.At(demandDraw, r.rank) }))
}

// name returns the name of the next copy of the row.
func (r *replayed) name() (models.Sym, int32) {
	for len(r.bases) < r.reader.Bases() {
		base := r.reader.Base(int32(len(r.bases)))
		sym := r.workload
		if base != "" {
			sym = r.dict.Sym(base)
		}
		r.bases = append(r.bases, sym)
	}
	switch {
	case r.copied >= r.recorded:
		r.added++
		return r.more, models.Numbered(r.added - 1)
	case r.reader.Base(r.row.Base) == "":
		return r.workload, models.Numbered(min(r.row.Number, math.MaxInt32-2-r.copied) + r.copied)
	case r.reader.Shape(r.row.Shape).Count > 1 && r.templates[r.row.Shape].Owner == nil:
		return r.dict.Sym(r.reader.Name(&r.row)), models.Numbered(r.copied)
	case r.row.Number >= 0:
		return r.bases[r.row.Base], models.Numbered(r.row.Number)
	}
	return r.bases[r.row.Base], models.Exact
}
