package usage

import (
	"math/bits"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// strider is somebody who walks: the stream of steps is his own.
type strider struct {
	purpose string
	entity  uint64
}

// progress is how far a walk has been followed in a run of the containers. Who asks for
// an earlier step, but not much earlier, is answered from the place before.
type progress struct {
	run         uint64
	now, before place
}

type place struct {
	step   uint64
	amount int64
}

// placesApart is how many steps lie between the places that are kept.
const placesApart = 64

// walk returns the piece of a walk around a moment.
func (m *Meter) walk(w *Walk, who strider, run uint64, at, origin models.Time) piece {
	step := uint64(max(at-origin, 0)) / uint64(w.Every)
	p := m.walks[who]
	if p == nil || p.run != run {
		p = &progress{run, place{0, w.From}, place{0, w.From}}
		m.walks[who] = p
	}
	from := p.now
	if step < from.step {
		if from = p.before; step < from.step {
			from = place{0, w.From}
		}
	}
	for from.step < step {
		draw := m.streams.At(who.purpose, who.entity, run<<32|from.step)
		from = place{from.step + 1, w.stride(from.amount, draw)}
		if from.step > p.now.step && from.step%placesApart == 0 {
			p.before, p.now = p.now, from
		}
	}
	began := origin + models.Time(step*uint64(w.Every))
	return flat(from.amount, began, began.Add(w.Every))
}

// stride is one step from an amount.
func (w *Walk) stride(amount int64, draw kernel.Source) int64 {
	by, _ := bits.Mul64(draw.Uint64(), 2*uint64(w.Step)+1)
	amount += int64(by) - w.Step
	if amount > w.Max {
		amount = 2*w.Max - amount
	}
	if amount < w.Min {
		amount = 2*w.Min - amount
	}
	return min(max(amount, w.Min), w.Max)
}
