package bounds

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// rowsMost bounds the linear program: the simplex solves a dense system of that
// size in every step.
const rowsMost = 64

// linear is the dual of the LP relaxation. Where it has too many classes, like
// ones share a row with their mean weights, which makes its solution worse and no
// less valid, since the certificate is taken from the classes themselves.
type linear struct {
	x      *relaxation
	prices []float64
	groups [][]int  // classes by group, of those that may go to several shapes
	chosen [][]item // by shape: the inequalities in the program
}

// item is an inequality of a shape: of its family, or the cap of a class.
type item struct {
	j   int
	cap bool
}

// relax solves the dual and returns its weights.
func (x *relaxation) relax(prices []float64) (w *weights, err error) {
	l := linear{x: x, prices: prices}
	if !l.group() {
		return nil, errors.New("too many shapes for the linear program")
	}
	for s := range x.shapes {
		l.chosen = append(l.chosen, l.choose(s))
	}
	defer func() {
		// The library panics where its numbers go wrong.
		if p := recover(); p != nil {
			w, err = nil, fmt.Errorf("simplex: %v", p)
		}
	}()
	return l.solve()
}

// group puts the classes into groups such that the program has few rows, and
// reports whether it can.
func (l *linear) group() bool {
	x := l.x
	bySet := make(map[string][]int)
	var sets []string
	for c := range x.classes {
		if len(x.classes[c].on) < 2 {
			continue
		}
		key := fmt.Sprint(x.classes[c].on)
		if bySet[key] == nil {
			sets = append(sets, key)
		}
		bySet[key] = append(bySet[key], c)
	}
	rows, total := len(x.shapes), 0
	for _, key := range sets {
		members := bySet[key]
		rows += len(x.classes[members[0]].on)
		total += len(members)
	}
	if rows > rowsMost {
		return false
	}
	spare := rowsMost - rows
	for _, key := range sets {
		members := bySet[key]
		on := len(x.classes[members[0]].on)
		parts := min(len(members), 1+spare*len(members)/total/on)
		slices.SortStableFunc(members, func(a, b int) int { return cmp.Compare(l.slant(a), l.slant(b)) })
		for i := range parts {
			l.groups = append(l.groups, members[i*len(members)/parts:(i+1)*len(members)/parts])
		}
	}
	return true
}

// slant tells pods that are heavy in one resource from those that are heavy in
// another.
func (l *linear) slant(c int) float64 {
	sum, moment := 0.0, 0.0
	for r, d := range l.x.classes[c].requests {
		share := ratio(d, l.x.shapes[l.x.classes[c].on[0]].Allocatable[r])
		sum += share
		moment += float64(share * float64(r+1))
	}
	if sum == 0 {
		return 0
	}
	return moment / sum
}

// choose picks the inequalities of a shape: those of which all its classes
// together have the most, each resource's own among them.
func (l *linear) choose(s int) []item {
	type scored struct {
		item
		score float64
	}
	const families, caps = 10, 6
	x := l.x
	var byFamily, byCap []scored
	for j := range x.families[s].names {
		score := 0.0
		for c, a := range x.families[s].of(j) {
			score += float64(a * x.classes[c].copies)
		}
		if score > 0 {
			byFamily = append(byFamily, scored{item{j, false}, score})
		}
	}
	for c := range x.classes {
		if at, fits := slices.BinarySearch(x.classes[c].on, s); fits {
			byCap = append(byCap, scored{item{c, true}, x.classes[c].copies / float64(x.classes[c].most[at])})
		}
	}
	var out []item
	for _, list := range []struct {
		of   []scored
		most int
	}{{byFamily, families}, {byCap, caps}} {
		slices.SortStableFunc(list.of, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
		for i, one := range list.of {
			plain := !one.cap && slices.Contains(x.plain(s), one.j)
			if i < list.most || plain {
				out = append(out, one.item)
			}
		}
	}
	return out
}

// plain returns the inequalities of a shape that are a resource's own: the first
// of those that each resource brings.
func (x *relaxation) plain(s int) []int {
	resources := len(x.shapes[s].Allocatable)
	each := len(x.families[s].names) / max(resources, 1)
	var out []int
	for r := range resources {
		out = append(out, r*each)
	}
	return out
}

// weight is the mean weight of a group under an inequality of a shape.
func (l *linear) weight(group []int, s int, it item) float64 {
	sum, copies := 0.0, 0.0
	for _, c := range group {
		sum += float64(l.one(c, s, it) * l.x.classes[c].copies)
		copies += l.x.classes[c].copies
	}
	return sum / copies
}

func (l *linear) one(c, s int, it item) float64 {
	switch {
	case !it.cap:
		return l.x.families[s].of(it.j)[c]
	case it.j != c:
		return 0
	}
	at, fits := slices.BinarySearch(l.x.classes[c].on, s)
	if !fits {
		return 0
	}
	return 1 / float64(l.x.classes[c].most[at])
}

// program is the linear program in the form that the simplex takes. Its columns
// are: the weights of the chosen inequalities by shape, scarcity by shape, the worth
// of a pod by group, and a slack for each row, which are the first basis.
type program struct {
	first                  []int // column of a shape's first inequality
	scarcity, worth, slack int   // first columns
	matrix                 *mat.Dense
	limits, cost           []float64
	basis                  []int
	top, copies            float64 // the highest price, and the number of all pods: the units
}

// solve lets the simplex solve the program and reads its solution.
func (l *linear) solve() (*weights, error) {
	p := l.program()
	l.shapeRows(p)
	l.groupRows(p)
	l.addLoyal(p)
	_, solution, err := lp.Simplex(p.cost, p.matrix, p.limits, 1e-9, p.basis)
	if err != nil && solution == nil {
		return nil, err
	}
	w := l.x.newWeights()
	for s := range l.x.shapes {
		for i, it := range l.chosen[s] {
			y := float64(solution[p.first[s]+i] * p.top)
			if it.cap {
				w.caps[s][it.j] = y
			} else {
				w.families[s][it.j] = y
			}
		}
		if y := float64(solution[p.scarcity+s] * p.top); y > 1e-9*p.top && !math.IsInf(l.x.shapes[s].Count, 0) {
			w.scarcity[s] = y
		}
	}
	return w, nil
}

// program lays the columns and rows out.
func (l *linear) program() *program {
	p := &program{}
	for s := range l.x.shapes {
		p.first = append(p.first, p.scarcity)
		p.scarcity += len(l.chosen[s])
		p.top = max(p.top, l.prices[s])
	}
	for c := range l.x.classes {
		p.copies += l.x.classes[c].copies
	}
	p.worth = p.scarcity + len(l.x.shapes)
	p.slack = p.worth + len(l.groups)
	rows := len(l.x.shapes)
	for _, g := range l.groups {
		rows += len(l.x.classes[g[0]].on)
	}
	p.matrix = mat.NewDense(rows, p.slack+rows, nil)
	p.limits, p.cost, p.basis = make([]float64, rows), make([]float64, p.slack+rows), make([]int, rows)
	for i := range rows {
		p.matrix.Set(i, p.slack+i, 1)
		p.basis[i] = p.slack + i
	}
	return p
}

// shapeRows hold the weights of each shape to its price. Limits are a little off,
// so that steps from one basis to the next move.
func (l *linear) shapeRows(p *program) {
	for s := range l.x.shapes {
		for i := range l.chosen[s] {
			p.matrix.Set(s, p.first[s]+i, 1)
		}
		p.matrix.Set(s, p.scarcity+s, -1)
		p.cost[p.scarcity+s] = min(l.x.shapes[s].Count/p.copies, 1e6)
		p.limits[s] = l.prices[s]/p.top + 1e-9
	}
}

// groupRows hold the worth of a pod of each group to what it is on each shape.
func (l *linear) groupRows(p *program) {
	row := len(l.x.shapes)
	for g, members := range l.groups {
		for _, c := range members {
			p.cost[p.worth+g] -= l.x.classes[c].copies / p.copies
		}
		for _, s := range l.x.classes[members[0]].on {
			p.matrix.Set(row, p.worth+g, 1)
			for i, it := range l.chosen[s] {
				p.matrix.Set(row, p.first[s]+i, -l.weight(members, s, it))
			}
			p.limits[row] = 1e-9 * float64(1+row%7)
			row++
		}
	}
}

// addLoyal adds the classes that have one shape to go to: their worth needs no
// column of its own.
func (l *linear) addLoyal(p *program) {
	for c := range l.x.classes {
		if len(l.x.classes[c].on) != 1 {
			continue
		}
		s := l.x.classes[c].on[0]
		for i, it := range l.chosen[s] {
			p.cost[p.first[s]+i] -= float64(l.one(c, s, it) * l.x.classes[c].copies / p.copies)
		}
	}
}
