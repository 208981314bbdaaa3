package bounds

import (
	"math"
	"slices"
)

// relaxation is what a part of a packing comes to in inequalities: shapes and the
// classes that go to no others.
type relaxation struct {
	classes  []class
	shapes   []Shape
	families []family // by shape
}

// weights is a dual solution: how much each inequality of each shape is worth
// (the sum over a shape is at most its price), and what is paid beyond the price
// for each node of a shape because there are no more of them.
type weights struct {
	families [][]float64 // by shape and inequality
	caps     [][]float64 // by shape and class: of the inequality that so many pods of the class alone fit on a node
	scarcity []float64   // by shape
}

func (x *relaxation) newWeights() *weights {
	w := &weights{scarcity: make([]float64, len(x.shapes))}
	for i := range x.shapes {
		w.families = append(w.families, make([]float64, len(x.families[i].names)))
		w.caps = append(w.caps, make([]float64, len(x.classes)))
	}
	return w
}

// tolerance covers what floating-point sums of values that are not negative can
// be off by, several hundred times over.
const tolerance = 1e-10

// value is the bound that a dual solution proves, whatever it is: negative weights
// count as 0, and the weights of a shape whose sum exceeds its price are scaled
// down. By weak duality no packing costs less: the worth of all pods is at most
// what the inequalities are worth on the nodes they stand on.
func (x *relaxation) value(w *weights, prices []float64) float64 {
	worth := make([]float64, len(x.classes))
	for c := range worth {
		worth[c] = math.Inf(1)
	}
	paid := 0.0
	for s := range x.shapes {
		scarcity := max(w.scarcity[s], 0)
		if scarcity > 0 {
			paid += float64(scarcity * x.shapes[s].Count)
		}
		x.lower(worth, s, w, prices[s]+scarcity)
	}
	gross := 0.0
	for c := range worth {
		gross += float64(worth[c] * x.classes[c].copies)
	}
	if math.IsNaN(gross) || math.IsInf(gross, 0) || math.IsNaN(paid) || math.IsInf(paid, 0) {
		return 0
	}
	return max(0, gross-paid-float64((gross+paid)*tolerance))
}

// lower lowers the worth of one pod of each class to what it is on a shape.
func (x *relaxation) lower(worth []float64, s int, w *weights, price float64) {
	sum := 0.0
	for _, y := range w.families[s] {
		sum += max(y, 0)
	}
	for _, y := range w.caps[s] {
		sum += max(y, 0)
	}
	scale := 1.0
	if sum > price {
		scale = price / sum * (1 - tolerance)
	}
	on := make([]float64, len(x.classes))
	for j, y := range w.families[s] {
		if !(y > 0) {
			continue
		}
		for c, a := range x.families[s].of(j) {
			on[c] += float64(float64(y*scale) * a)
		}
	}
	for c := range x.classes {
		at, fits := slices.BinarySearch(x.classes[c].on, s)
		if !fits {
			continue
		}
		if y := w.caps[s][c]; y > 0 {
			on[c] += float64(y*scale) / float64(x.classes[c].most[at])
		}
		worth[c] = min(worth[c], on[c])
	}
}

// simple is the best bound by one inequality that is the same for all shapes:
// amounts of a resource, large pods, or the number of pods of one class.
func (x *relaxation) simple(prices []float64) (best float64, how string) {
	w := x.newWeights()
	for j, name := range x.families[0].names {
		for s := range x.shapes {
			w.families[s][j] = prices[s]
		}
		if v := x.value(w, prices); v > best {
			best, how = v, name
		}
		for s := range x.shapes {
			w.families[s][j] = 0
		}
	}
	for c := range x.classes {
		v := x.alone(c, prices)
		if v > best {
			best, how = v, "pods like "+x.classes[c].name
		}
	}
	return best, how
}

// alone is the cost of the pods of one class on nodes of their own, by the
// cheapest price of a pod.
func (x *relaxation) alone(c int, prices []float64) float64 {
	cheapest := math.Inf(1)
	for i, s := range x.classes[c].on {
		cheapest = min(cheapest, prices[s]/float64(x.classes[c].most[i]))
	}
	return float64(cheapest*x.classes[c].copies) * (1 - tolerance)
}
