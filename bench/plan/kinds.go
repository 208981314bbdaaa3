package plan

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/bench/bounds"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
)

// kind is nodes of a run that are alike but for their names: of one candidate, or fixed
// ones.
type kind struct {
	axis  int // candidate; fixed for nodes that are none
	price float64
	nodes []*models.NodeSpec // all that there may be
	lost  bool
	upTo  []int // by level of the candidate: how many of them there are
}

const fixed = -1

// kindsOf sorts the nodes of the largest mix. Those of smaller ones are the first of
// each candidate.
func kindsOf(p *scenarios.Plan, s *space, run *scenarios.Run, lost *loss) []kind {
	axes := make(map[models.Sym]int)
	for i := range p.Candidates {
		axes[run.Dictionary.Sym(p.Candidates[i].Name)] = i
	}
	var kinds []kind
	byKey := make(map[string]int)
	seen := make([]int, len(s.axes))
	hostname := run.Dictionary.Sym(models.LabelHostname)
	for _, node := range run.Config.Nodes {
		axis, candidate := axes[node.Group]
		if !candidate || node.Group == 0 {
			axis = fixed
		}
		labels := slices.DeleteFunc(slices.Clone(node.Labels), func(l models.Label) bool { return l.Key == hostname || l.Value == node.Name })
		key := fmt.Sprint(axis, node.Allocatable, labels, node.Taints)
		at, known := byKey[key]
		if !known {
			at = len(kinds)
			byKey[key] = at
			k := kind{axis: axis, lost: lost != nil && lost.takes(node)}
			if axis != fixed {
				k.price, k.upTo = s.axes[axis].price, make([]int, s.axes[axis].levels)
			}
			kinds = append(kinds, k)
		}
		k := &kinds[at]
		k.nodes = append(k.nodes, node)
		if axis == fixed {
			continue
		}
		for level := range k.upTo {
			if s.axes[axis].count(level) > seen[axis] {
				k.upTo[level]++
			}
		}
		seen[axis]++
	}
	return kinds
}

// takes reports whether some node of the kind takes a pod, leaving sizes aside.
func (k *kind) takes(spec *models.PodSpec, d *models.Dictionary) bool {
	return slices.ContainsFunc(k.nodes, func(node *models.NodeSpec) bool { return bounds.Suits(spec, node, d) })
}

// allocatable is the most that a node of the kind has of each resource.
func (k *kind) allocatable() []int64 {
	most := make([]int64, len(k.nodes[0].Allocatable))
	for _, node := range k.nodes {
		for r, amount := range node.Allocatable {
			most[r] = max(most[r], amount)
		}
	}
	return most
}

// nested reports whether smaller mixes have the first nodes of each candidate of the
// largest one, and the same fixed ones, as kindsOf takes for granted.
func nested(p *scenarios.Plan, s *space, largest *scenarios.Run) (bool, error) {
	half := s.most()
	for i := range half {
		half[i] /= 2
	}
	had := nodesByGroup(largest)
	for _, m := range []mix{half, s.least()} {
		run, err := p.Load(s.counts(m), 0, p.FirstSeed)
		if err != nil {
			return false, err
		}
		candidates := make(map[string]int)
		for i, c := range p.Candidates {
			candidates[c.Name] = s.axes[i].count(m[i])
		}
		for group, nodes := range nodesByGroup(run) {
			want := len(had[group])
			if n, candidate := candidates[group]; candidate {
				want = n
			}
			if len(nodes) != want || want > len(had[group]) || !slices.Equal(nodes, had[group][:want]) {
				return false, nil
			}
		}
	}
	return true, nil
}

// nodesByGroup tells nodes apart by what the scheduler sees of them.
func nodesByGroup(run *scenarios.Run) map[string][]string {
	nodes := make(map[string][]string)
	d := run.Dictionary
	for _, node := range run.Config.Nodes {
		text := fmt.Sprint(d.String(node.Name), node.Allocatable)
		for _, l := range node.Labels {
			text += " " + d.String(l.Key) + "=" + d.String(l.Value)
		}
		for _, t := range node.Taints {
			text += " " + d.String(t.Key) + "=" + d.String(t.Value) + ":" + t.Effect.String()
		}
		group := d.String(node.Group)
		nodes[group] = append(nodes[group], text)
	}
	return nodes
}
