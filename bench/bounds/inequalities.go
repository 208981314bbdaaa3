package bounds

import (
	"fmt"
	"slices"
)

// family is a number of inequalities that hold for whatever fits on one node:
// the weights of the pods on it sum to at most 1. The weight of class c under
// inequality j stands at [j*classes+c]. All shapes of a packing have the same
// families in the same order, with parameters of their own.
//
// Besides what a pod requests over what there is, weights come from dual feasible
// functions f: numbers that sum to at most 1 have images that do too.
// Source: S. P. Fekete and J. Schepers, New classes of fast lower bounds for bin
// packing problems, Mathematical Programming 91 (2001), theorems 1 to 3.
type family struct {
	weights []float64
	names   []string
	classes int
}

func (f *family) of(j int) []float64 { return f.weights[j*f.classes : (j+1)*f.classes] }

// effort is how many parameters each dual feasible function is tried with.
type effort struct{ steps, thresholds int }

// effortFor keeps the weights of a packing below some 32 MiB.
func effortFor(classes, shapes, resources int) effort {
	const most = 4 << 20
	for _, e := range []effort{{8, 8}, {4, 4}, {3, 2}} {
		if classes*shapes*resources*(1+e.steps+2*e.thresholds) <= most {
			return e
		}
	}
	return effort{steps: 1}
}

// inequalities derives those of one shape for the classes that may go to it.
func inequalities(shape *Shape, resources []string, classes []class, at int, e effort) family {
	f := family{classes: len(classes)}
	requests := make([]int64, len(classes))
	for r, name := range resources {
		room := shape.Allocatable[r]
		for c := range classes {
			requests[c] = 0
			if slices.Contains(classes[c].on, at) {
				requests[c] = classes[c].requests[r]
			}
		}
		f.add(requests, name, func(d int64) float64 { return ratio(d, room) })
		if room > 1<<56 {
			room = 0 // products would overflow
		}
		for k := int64(1); k <= int64(e.steps); k++ {
			f.add(requests, fmt.Sprintf("%s in %d parts", name, k+1), func(d int64) float64 { return stepped(d, room, k) })
		}
		small := thresholds(requests, room, e.thresholds)
		for i := range e.thresholds {
			t := int64(0)
			if len(small) > 0 {
				t = small[min(i, len(small)-1)]
			}
			f.add(requests, fmt.Sprintf("%s of large pods", name), func(d int64) float64 { return trimmed(d, room, t) })
			f.add(requests, fmt.Sprintf("%s by number of pods", name), func(d int64) float64 { return counted(d, room, t) })
		}
	}
	return f
}

func (f *family) add(requests []int64, name string, weight func(int64) float64) {
	for _, d := range requests {
		w := 0.0
		if d > 0 {
			w = weight(d)
		}
		f.weights = append(f.weights, w)
	}
	f.names = append(f.names, name)
}

func ratio(d, room int64) float64 {
	if room <= 0 {
		return 0
	}
	return float64(d) / float64(room)
}

// stepped rounds down to whole k-ths, but for what (k+1)-ths divide exactly: with
// k = 1 it counts what is above half.
func stepped(d, room, k int64) float64 {
	switch {
	case room <= 0:
		return 0
	case d*(k+1)%room == 0:
		return ratio(d, room)
	}
	return float64(d*(k+1)/room) / float64(k)
}

// trimmed leaves out what is below the threshold, at most half of the room, and
// takes what leaves less than the threshold for all of it.
func trimmed(d, room, threshold int64) float64 {
	switch {
	case room <= 0 || threshold <= 0 || d < threshold:
		return 0
	case d > room-threshold:
		return 1
	}
	return ratio(d, room)
}

// counted takes what is above half for what it leaves no room for, counted in
// pods of the threshold's size.
func counted(d, room, threshold int64) float64 {
	switch {
	case room <= 0 || threshold <= 0 || d < threshold:
		return 0
	case 2*d > room:
		return 1 - float64((room-d)/threshold)/float64(room/threshold)
	}
	return 1 / float64(room/threshold)
}

// thresholds picks at most n sizes up to half of the room at which some pod falls
// over a step.
func thresholds(requests []int64, room int64, n int) []int64 {
	var all []int64
	for _, d := range requests {
		switch {
		case d <= 0 || d > room:
		case 2*d <= room:
			all = append(all, d)
		case 2*(room-d+1) <= room:
			all = append(all, room-d+1)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= n || n == 0 {
		return all
	}
	picked := make([]int64, n)
	for i := range picked {
		picked[i] = all[(2*i+1)*len(all)/(2*n)]
	}
	return picked
}
