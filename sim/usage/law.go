package usage

import (
	"math"
	"math/bits"
	"sort"
	"time"

	"github.com/podsim/podsim/models"
)

// Law is how an amount changes over time: a walk or a share of a load if it has one,
// else a curve. It is immutable.
type Law struct {
	// Points are those of the curve in order of time, at least one. Of two at one
	// moment the later counts from then on: the curve jumps.
	Points []Point
	// Period is after how long the curve repeats, 0 for never: before its first point
	// it has the amount of this, and after its last of that.
	Period time.Duration
	// Phase is how far a period had gone when virtual time began.
	Phase time.Duration
	// Step holds each amount until the next point; otherwise it moves in a straight
	// line.
	Step bool
	// FromStart lets the curve begin with the containers of the pod, not with the run.
	FromStart bool
	Walk      *Walk
	Load      *Load
}

// Point is an amount at a moment of a curve.
type Point struct {
	At     time.Duration
	Amount int64
}

// Walk is an amount that moves by chance: every so often by up to Step, up or down,
// within its bounds, which reflect it. It begins with the containers of the pod.
type Walk struct {
	From, Min, Max, Step int64
	Every                time.Duration
}

// Load is the share that a ready pod has of a load: Base, and PerUnit for each unit of
// the load divided by the number of ready pods. A pod that is not ready uses Base.
type Load struct {
	Series        *Series
	Base, PerUnit int64
}

// Series is a named amount in thousandths that is no pod's own: a load, or a metric of
// an object or of something outside the cluster.
type Series struct {
	Name string
	Law  *Law // without a load
	// Namespace and Metric are those of the metric that it is.
	Namespace, Metric models.Sym
	// Labels are those of an external metric.
	Labels models.Labels
	// Kind and Object name the object that it describes; an external metric has none.
	Kind, Object models.Sym
	// Service is the Service whose ready pods share it as a load; 0 leaves it to the
	// ready pods of the same controller.
	Service models.Sym
}

// Constant returns the law of an amount that never changes.
func Constant(amount int64) *Law { return &Law{Points: []Point{{Amount: amount}}} }

// piece is a stretch of a law on which the amount moves in a straight line.
type piece struct {
	from, until  models.Time // until Never if it stays as it is
	amount, next int64       // at from, and towards until
}

func flat(amount int64, from, until models.Time) piece { return piece{from, until, amount, amount} }

// at returns the amount at a moment of the piece.
func (p *piece) at(t models.Time) int64 {
	if p.amount == p.next || p.until == models.Never {
		return p.amount
	}
	return p.amount + proportion(p.next-p.amount, int64(t-p.from), int64(p.until-p.from))
}

// proportion returns x·part/whole, rounded towards zero; part and whole are not
// negative.
func proportion(x, part, whole int64) int64 {
	magnitude := uint64(max(x, -x))
	high, low := bits.Mul64(magnitude, uint64(part))
	if high >= uint64(whole) {
		return math.MaxInt64 // more than any amount
	}
	quotient, _ := bits.Div64(high, low, uint64(whole))
	quotient = min(quotient, math.MaxInt64)
	if x < 0 {
		return -int64(quotient)
	}
	return int64(quotient)
}

// curve returns the piece of a curve around a moment. origin is when it began.
func (l *Law) curve(at, origin models.Time) piece {
	last := len(l.Points) - 1
	if last == 0 {
		return flat(l.Points[0].Amount, origin, models.Never)
	}
	into, began := time.Duration(at-origin), origin
	if l.Period > 0 {
		into = (into%l.Period + l.Phase + l.Period) % l.Period
		began = at - models.Time(into)
	}
	next := sort.Search(len(l.Points), func(i int) bool { return l.Points[i].At > into })
	switch {
	case l.Period > 0:
		return l.within(next, began)
	case next == 0:
		return flat(l.Points[0].Amount, min(origin, at), origin.Add(l.Points[0].At))
	case next > last:
		return flat(l.Points[last].Amount, origin.Add(l.Points[last].At), models.Never)
	}
	return l.between(l.Points[next-1], l.Points[next], origin)
}

// within returns the piece before point next of a period that began at some time.
func (l *Law) within(next int, began models.Time) piece {
	last := len(l.Points) - 1
	from, to := l.Points[last], l.Points[0]
	switch {
	case next == 0:
		from.At -= l.Period
	case next > last:
		to.At += l.Period
	default:
		from, to = l.Points[next-1], l.Points[next]
	}
	if next > 0 {
		from = l.Points[next-1]
	}
	return l.between(from, to, began)
}

func (l *Law) between(from, to Point, origin models.Time) piece {
	p := piece{origin + models.Time(from.At), origin.Add(to.At), from.Amount, to.Amount}
	if l.Step {
		p.next = p.amount
	}
	return p
}

// share returns the piece of a load that one of n ready pods has.
func (l *Load) share(load piece, n int32) piece {
	if n == 0 {
		return flat(l.Base, load.from, load.until)
	}
	load.amount = l.Base + proportion(l.PerUnit, load.amount, 1000*int64(n))
	load.next = l.Base + proportion(l.PerUnit, load.next, 1000*int64(n))
	return load
}
