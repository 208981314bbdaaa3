package counts

import "github.com/podsim/podsim/models"

// positions tells where nodes stand in a list. It is an open hash table with linear
// probing: one look into memory finds a node, where a map of the language takes several.
type positions struct {
	slots []position // a power of two of them
	used  int
}

// position is where a node stands; the zero position is an empty slot.
type position struct {
	node models.NodeID // plus 1
	at   int32
}

// home is the slot in which a node stands if it has it for itself.
func (p *positions) home(node models.NodeID) int {
	const golden = 0x9e3779b1 // 2^32 over the golden ratio: neighbours go far apart
	return int(uint64(uint32(node)*golden) * uint64(len(p.slots)) >> 32)
}

// slot is the one that a node stands in, or the empty one in which it would.
func (p *positions) slot(node models.NodeID) int {
	i := p.home(node)
	for p.slots[i].node != node+1 && p.slots[i].node != 0 {
		i = (i + 1) & (len(p.slots) - 1)
	}
	return i
}

// of returns the position of a node, or -1.
func (p *positions) of(node models.NodeID) int {
	if s := p.slots[p.slot(node)]; s.node != 0 {
		return int(s.at)
	}
	return -1
}

// set notes the position of a node, which may be known already.
func (p *positions) set(node models.NodeID, at int32) {
	if 2*(p.used+1) > len(p.slots) {
		p.grow()
	}
	s := &p.slots[p.slot(node)]
	if s.node == 0 {
		p.used++
	}
	*s = position{node + 1, at}
}

func (p *positions) grow() {
	old := p.slots
	p.slots = make([]position, max(4*listed, 2*len(old)))
	for _, s := range old {
		if s.node != 0 {
			p.slots[p.slot(s.node-1)] = s
		}
	}
}

// remove forgets a node that is known. Those that were pushed on by it move back, so
// that no search ends before them.
func (p *positions) remove(node models.NodeID) {
	hole, mask := p.slot(node), len(p.slots)-1
	for i := (hole + 1) & mask; p.slots[i].node != 0; i = (i + 1) & mask {
		if from := p.home(p.slots[i].node - 1); (i-from)&mask >= (i-hole)&mask {
			p.slots[hole], hole = p.slots[i], i
		}
	}
	p.slots[hole] = position{}
	p.used--
}
