package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// domainSums are sums over the nodes of each domain of a topology key.
type domainSums struct {
	key     models.Sym
	domains *framework.Domains
	byNode  []int32 // domain of each node, or -1
	// sums are by domain + 1. The first is that of the nodes without the key and
	// stays 0; beyond its length the array is 0 as well.
	sums []int64
	// touched are the places in sums that may not be 0; some are there twice.
	touched []int32
	// present is how many sums are not 0.
	present int
}

// keyedSums are sums for a few topology keys. They keep their arrays from cycle to
// cycle.
type keyedSums struct{ list []domainSums }

// reset forgets all sums at the cost of what was added.
func (k *keyedSums) reset() {
	for i := range k.list {
		s := &k.list[i]
		for _, at := range s.touched {
			s.sums[at] = 0
		}
		s.touched, s.present = s.touched[:0], 0
	}
	k.list = k.list[:0]
}

// of returns the sums of a key, all 0 if it is new. They hold until the next call.
func (k *keyedSums) of(c *framework.Cycle, key models.Sym) *domainSums {
	for i := range k.list {
		if k.list[i].key == key {
			return &k.list[i]
		}
	}
	n := len(k.list)
	k.list = slices.Grow(k.list, 1)[:n+1]
	s := &k.list[n]
	domains := c.Counts.Domains(key)
	s.key, s.domains, s.byNode = key, domains, domains.ByNode
	if size := len(domains.Values) + 1; size > cap(s.sums) {
		s.sums = make([]int64, size)
	} else {
		s.sums = s.sums[:size]
	}
	return s
}

// add adds to the domain of a node, if it is in one.
func (s *domainSums) add(node models.NodeID, amount int64) {
	at := s.byNode[node] + 1
	if at == 0 {
		return
	}
	sum := &s.sums[at]
	if *sum == 0 {
		s.touched = append(s.touched, at)
		s.present++
	}
	if *sum += amount; *sum == 0 {
		s.present--
	}
}

// addTally adds a weight for every pod counted: add for many nodes at once.
func (s *domainSums) addTally(t *framework.Tally, weight int64) {
	byNode, sums, touched, present := s.byNode, s.sums, s.touched, s.present
	counts := t.Counts[:len(t.Nodes)]
	for i, node := range t.Nodes {
		at := byNode[node] + 1
		if at == 0 {
			continue
		}
		before := sums[at]
		after := before + weight*int64(counts[i])
		sums[at] = after
		if before == 0 {
			touched = append(touched, at)
			present++
		}
		if after == 0 {
			present--
		}
	}
	s.touched, s.present = touched, present
}

// at returns the sum of a node's domain, 0 if it lacks the key.
func (s *domainSums) at(node models.NodeID) int64 { return s.sums[s.byNode[node]+1] }

// empty reports whether all sums are 0.
func (k *keyedSums) empty() bool {
	for i := range k.list {
		if k.list[i].present > 0 {
			return false
		}
	}
	return true
}

// added reports whether anything was added since the reset, be the sum 0.
func (k *keyedSums) added() bool {
	for i := range k.list {
		if len(k.list[i].touched) > 0 {
			return true
		}
	}
	return false
}

// positive reports whether a sum of the node is above 0.
func (k *keyedSums) positive(node models.NodeID) bool {
	for i := range k.list {
		if k.list[i].at(node) > 0 {
			return true
		}
	}
	return false
}
