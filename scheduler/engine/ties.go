package engine

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models/cluster"
)

// Ties says which of several nodes with the highest score is taken.
type Ties uint8

// The ways to break ties.
const (
	// TiesHeap takes the root of the heap that Kubernetes 1.36 makes of the
	// feasible nodes: which of the tied it is depends on where they stand.
	TiesHeap Ties = iota
	// TiesFirst takes the one that stands first in the list of nodes.
	TiesFirst
	// TiesRandom draws one, as releases before 1.36 did.
	TiesRandom
	// TiesByName takes the one with the smallest name.
	TiesByName
)

var tieNames = [...]string{"heap", "first", "random", "name"}

// String returns the name of the way.
func (t Ties) String() string { return tieNames[t] }

// ParseTies reads the name of a way to break ties; the empty name is TiesHeap.
func ParseTies(name string) (Ties, error) {
	if name == "" {
		return TiesHeap, nil
	}
	for i, known := range tieNames {
		if name == known {
			return Ties(i), nil
		}
	}
	return 0, fmt.Errorf("unknown way to break ties (got %q; want heap, first, random or name)", name)
}

// Draw returns an index in [0, n), each as likely as another, for a pod.
type Draw func(pod cluster.Pod, n int) int

// heapRoot returns the index that container/heap has at the root after Init over
// the totals, the highest first. Sifting down moves a child up only if it is
// strictly greater and prefers the left of two equals, so the root is the first
// maximum in pre-order of the implicit tree: of the indices i with the maximum,
// the one whose 1+i in binary comes first in lexical order. Of those on one level
// of the tree that is the first.
// Source: pkg/scheduler/schedule_one.go (nodeScoreHeap), container/heap.
func heapRoot(totals []int64) int {
	highest := maximum(totals)
	best := -1
	for from := 0; from < len(totals); from = 2*from + 1 {
		at := slices.Index(totals[from:min(2*from+1, len(totals))], highest)
		switch {
		case at == 0:
			return from
		case at > 0 && (best < 0 || preorder(from+at, best)):
			best = from + at
		}
	}
	return best
}

// maximum is slices.Max by four at a time, so that one comparison does not wait for
// another.
func maximum[T int32 | int64](totals []T) T {
	a := totals[0]
	b, c, d := a, a, a
	for ; len(totals) >= 4; totals = totals[4:] {
		a, b, c, d = max(a, totals[0]), max(b, totals[1]), max(c, totals[2]), max(d, totals[3])
	}
	for _, total := range totals {
		a = max(a, total)
	}
	return max(a, b, c, d)
}

// leftmost reports whether index i is on the left edge of a heap: it then comes
// before all that are not.
func leftmost(i int) bool { return i&(i+1) == 0 }

// preorder reports whether index i comes before j in pre-order of a heap.
func preorder(i, j int) bool {
	a, b := uint(i+1), uint(j+1)
	shift := bits.Len(b) - bits.Len(a)
	if shift >= 0 {
		return a<<shift <= b && i != j
	}
	return a < b<<-shift
}

func (s *Scan) choose() int {
	switch s.ties {
	case TiesFirst:
		return s.firstListed()
	case TiesRandom:
		return s.drawn()
	case TiesByName:
		return s.named()
	}
	return heapRoot(s.totals)
}

// named compares names only among equals.
func (s *Scan) named() int {
	best := 0
	for i, total := range s.totals {
		if total > s.totals[best] || total == s.totals[best] && i != best &&
			s.cycle.View.Node(s.feasible[i]).Name() < s.cycle.View.Node(s.feasible[best]).Name() {
			best = i
		}
	}
	return best
}

// firstListed undoes the rotation of the search: feasible nodes from the wrap on
// stand before those that were found first.
func (s *Scan) firstListed() int {
	best := 0
	for i, total := range s.totals {
		if total > s.totals[best] || total == s.totals[best] && best < s.wrap && i >= s.wrap {
			best = i
		}
	}
	return best
}

func (s *Scan) drawn() int {
	highest, tied := s.totals[0], 0
	for _, total := range s.totals {
		if total > highest {
			highest, tied = total, 0
		}
		if total == highest {
			tied++
		}
	}
	rank := 0
	if tied > 1 {
		rank = s.draw(s.cycle.Pod, tied)
	}
	for i, total := range s.totals {
		if total != highest {
			continue
		}
		if rank == 0 {
			return i
		}
		rank--
	}
	return 0
}
