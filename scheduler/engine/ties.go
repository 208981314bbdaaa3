package engine

import (
	"fmt"
	"math/bits"

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
)

var tieNames = [...]string{"heap", "first", "random"}

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
	return 0, fmt.Errorf("unknown way to break ties (got %q; want heap, first or random)", name)
}

// Draw returns an index in [0, n), each as likely as another, for a pod.
type Draw func(pod cluster.Pod, n int) int

// heapRoot returns the index that container/heap has at the root after Init over
// the totals, the highest first. Sifting down moves a child up only if it is
// strictly greater and prefers the left of two equals, so the root is the first
// maximum in pre-order of the implicit tree: of the indices i with the maximum,
// the one whose 1+i in binary comes first in lexical order.
// Source: pkg/scheduler/schedule_one.go (nodeScoreHeap), container/heap.
func heapRoot(totals []int64) int {
	best, highest := 0, totals[0]
	for i, total := range totals {
		if total > highest || total == highest && preorder(i, best) {
			best, highest = i, total
		}
	}
	return best
}

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
	}
	return heapRoot(s.totals)
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
