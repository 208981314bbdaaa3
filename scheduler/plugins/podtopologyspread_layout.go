package plugins

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// layout tells where nodes stand in the topologies of some constraints. It
// follows from the facts of nodes, so classes of pods that may run on the same
// nodes and spread over the same keys share one.
type layout struct {
	mode       layoutMode
	topologies []topology // by constraint
	// outside tells that some node is ignored, having slot 0.
	outside bool
	// strata are nodes with equal slots, domains of one node taken together; nil if
	// they are too many, and in a hard layout.
	strata *framework.Strata
}

// topology numbers the domains of one constraint by slot, from slot 2 on.
type topology struct {
	// slots are the slots of nodes by NodeID. In a hard layout slot 0 is lacking
	// the key, and slot 1 is a domain without a node whose pods count. In the
	// others slot 0 is being ignored, and slot 1 is lacking the key.
	slots []int32
	// counted are the slots to which the pods on nodes count, or 0.
	counted []int32
	// size is the number of slots.
	size int
	// used is the number of slots but 0 that any node has.
	used int
	// empty is the slot of the domain whose value is the empty string, if any:
	// the original does not tell it from lacking the key when it counts.
	empty int32
	// perNode tells that every node is a domain of its own, whatever its label
	// says, and that the policies do not matter.
	perNode bool
}

type layoutMode uint8

const (
	// hardLayout is for constraints that nodes must satisfy.
	hardLayout layoutMode = iota
	// softLayout ignores nodes that lack any of the keys.
	softLayout
	// lenientLayout ignores no node.
	lenientLayout
)

// layouts are known as long as the facts of nodes stay as they are.
type layouts struct {
	facts uint64
	known map[string]*layout
	key   []byte
}

func (p *PodTopologySpread) layout(c *framework.Cycle, constraints []models.SpreadConstraint, mode layoutMode) *layout {
	ls := &p.layouts
	if facts := c.Counts.Facts(); ls.known == nil || facts != ls.facts {
		ls.facts, ls.known = facts, make(map[string]*layout)
	}
	ls.key = appendLayoutKey(ls.key[:0], c, constraints, mode)
	if l := ls.known[string(ls.key)]; l != nil {
		return l
	}
	l := &layout{mode: mode}
	complete := p.complete(c, constraints, mode)
	for i := range constraints {
		l.topologies = append(l.topologies, p.topology(c, &constraints[i], mode, complete))
	}
	for _, ok := range complete {
		l.outside = l.outside || !ok
	}
	if mode != hardLayout {
		l.strata = stratify(l.topologies, len(complete))
	}
	ls.known[string(ls.key)] = l
	return l
}

// appendLayoutKey appends all that a layout follows from besides nodes.
func appendLayoutKey(key []byte, c *framework.Cycle, constraints []models.SpreadConstraint, mode layoutMode) []byte {
	affinity, taints := false, false
	key = fmt.Append(key, c.View.Nodes(), " ", mode)
	for i := range constraints {
		s := &constraints[i]
		key = fmt.Append(key, " ", s.TopologyKey, s.IgnoreAffinity, s.HonorTaints)
		affinity, taints = affinity || !s.IgnoreAffinity, taints || s.HonorTaints
	}
	if affinity {
		key = fmt.Append(key, " ", c.Spec.NodeSelector, c.Spec.HasRequiredTerms, c.Spec.RequiredTerms)
	}
	if taints {
		for _, t := range c.Spec.Tolerations {
			t.Seconds = nil
			key = fmt.Append(key, " ", t)
		}
	}
	return key
}

// complete tells by NodeID which nodes have all topology keys, if the mode asks
// for that.
func (p *PodTopologySpread) complete(c *framework.Cycle, constraints []models.SpreadConstraint, mode layoutMode) []bool {
	out := make([]bool, c.View.Nodes())
	for id := range out {
		out[id] = true
	}
	if mode == lenientLayout {
		return out
	}
	for i := range constraints {
		for id, domain := range c.Counts.Domains(constraints[i].TopologyKey).ByNode {
			out[id] = out[id] && domain >= 0
		}
	}
	return out
}

func (p *PodTopologySpread) topology(c *framework.Cycle, constraint *models.SpreadConstraint, mode layoutMode, complete []bool) topology {
	domains := c.Counts.Domains(constraint.TopologyKey)
	t := topology{slots: make([]int32, len(complete)), perNode: mode != hardLayout && constraint.TopologyKey == p.hostname}
	if t.perNode {
		t.placeNodes(domains, mode, complete)
		return t
	}
	numbers := make([]int32, len(domains.Values)) // slots of domains; 0 is none yet
	t.counted, t.size = make([]int32, len(complete)), 2
	for id := range complete {
		if !complete[id] {
			continue
		}
		counts := p.counts(c, constraint, c.View.Node(models.NodeID(id)))
		slot := int32(1)
		if domain := domains.ByNode[id]; domain >= 0 && (counts || mode != hardLayout) {
			if numbers[domain] == 0 {
				numbers[domain] = int32(t.size)
				t.size++
			}
			slot = numbers[domain]
		}
		t.slots[id] = slot
		if counts {
			t.counted[id] = slot
		}
	}
	if mode == hardLayout {
		t.placeAll(domains, numbers)
	}
	t.use(domains, numbers)
	return t
}

// counts reports whether the pods on a node count for a constraint.
// Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go
// (matchNodeInclusionPolicies).
func (p *PodTopologySpread) counts(c *framework.Cycle, constraint *models.SpreadConstraint, node cluster.Node) bool {
	return (constraint.IgnoreAffinity || p.affinity.matches(c.Spec, node)) &&
		(!constraint.HonorTaints || !repelled(c.Spec.Tolerations, node.Taints()))
}

// placeNodes makes every node a domain.
func (t *topology) placeNodes(domains *framework.Domains, mode layoutMode, complete []bool) {
	t.size = len(complete) + 2
	for id := range complete {
		switch {
		case domains.ByNode[id] >= 0 && complete[id]:
			t.slots[id] = int32(id) + 2
		case mode == lenientLayout:
			t.slots[id] = 1
		}
	}
	t.counted = t.slots
}

// placeAll gives every node with the key its slot, whether or not it has the other
// keys: the Filter of one constraint does not ask for those of the others.
func (t *topology) placeAll(domains *framework.Domains, numbers []int32) {
	for id, domain := range domains.ByNode {
		switch {
		case domain < 0:
			t.slots[id] = 0
		default:
			t.slots[id] = max(numbers[domain], 1)
		}
	}
}

// use notes which slots are used, and for the empty value.
func (t *topology) use(domains *framework.Domains, numbers []int32) {
	seen := make([]bool, t.size)
	for _, slot := range t.slots {
		if slot > 0 && !seen[slot] {
			seen[slot] = true
			t.used++
		}
	}
	for domain, value := range domains.Values {
		if value == 0 {
			t.empty = numbers[domain]
		}
	}
}

// stratify parts so many nodes by their slots.
func stratify(topologies []topology, nodes int) *framework.Strata {
	s := &framework.Strata{Of: make([]uint8, nodes), Size: 1}
	type part struct {
		stratum uint8
		slot    int32
	}
	for i := range topologies {
		t, numbers := &topologies[i], make(map[part]uint8)
		for id, slot := range t.slots {
			if t.perNode {
				slot = min(slot, 2)
			}
			key := part{s.Of[id], slot}
			number, known := numbers[key]
			if !known {
				if len(numbers) == framework.MaxStrata {
					return nil
				}
				number = uint8(len(numbers))
				numbers[key] = number
			}
			s.Of[id] = number
		}
		s.Size = len(numbers)
	}
	return s
}
