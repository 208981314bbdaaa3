package descheduler

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Duplicates evicts pods of one owner with the same images that crowd on few nodes.
// Source: descheduler pkg/framework/plugins/removeduplicates.
type Duplicates struct {
	Scope         Scope
	ExcludeOwners []string // kinds
}

// Name returns the name of the plugin.
func (*Duplicates) Name() string { return "RemoveDuplicates" }

// family is what duplicates have in common.
type family struct {
	owner  models.OwnerID
	images string
}

// crowd are the pods of a family.
type crowd struct {
	pods int
	// extra are those on each node, by its place in the round, but for the first one.
	extra [][]cluster.Pod
}

func (s *Duplicates) run(r *round) {
	crowds := make(map[family]*crowd)
	var order []family
	wanted := r.evictable(&s.Scope)
	for i, node := range r.nodes {
		first := make(map[family]bool)
		for _, pod := range podsOn(node, wanted) {
			kind, owned := ownerKind(pod)
			if !owned || slices.Contains(s.ExcludeOwners, kind) {
				continue
			}
			f := family{pod.Owner(), images(pod)}
			c := crowds[f]
			if c == nil {
				c = &crowd{extra: make([][]cluster.Pod, len(r.nodes))}
				crowds[f], order = c, append(order, f)
			}
			c.pods++
			if first[f] {
				c.extra[i] = append(c.extra[i], pod)
			}
			first[f] = true
		}
	}
	for _, f := range order {
		if !s.thin(r, crowds[f]) {
			return
		}
	}
}

// thin evicts what a crowd has on a node beyond its share. It reports whether the round
// may go on.
func (s *Duplicates) thin(r *round, c *crowd) bool {
	targets := c.targets(r.nodes)
	if targets < 2 {
		return true
	}
	share := (c.pods + targets - 1) / targets
	for _, extra := range c.extra {
		if len(extra)+1 > share && !r.evictInTurn(s, extra[share-1:]) {
			return false
		}
	}
	return true
}

// targets counts the nodes on which pods of a crowd could be: those of each pod that has
// more than one. Source: removeduplicates.go (getTargetNodes).
func (c *crowd) targets(nodes []cluster.Node) (n int) {
	target := make([]bool, len(nodes))
	seen := make(map[models.SpecID]bool)
	for _, pods := range c.extra {
		for _, pod := range pods {
			if seen[pod.SpecID()] {
				continue
			}
			seen[pod.SpecID()] = true
			var possible []int
			for i, node := range nodes {
				if !repels(node, pod.Spec().Tolerations, keepsOff) && matchesNode(pod, node) {
					possible = append(possible, i)
				}
			}
			if len(possible) > 1 {
				for _, i := range possible {
					target[i] = true
				}
			}
		}
	}
	for _, is := range target {
		if is {
			n++
		}
	}
	return n
}

// images lists the images of the app containers of a pod.
func images(pod cluster.Pod) string {
	var list []string
	d, spec := pod.View().Dictionary(), pod.Spec()
	for i := range spec.Containers {
		if spec.Containers[i].Kind == models.AppContainer {
			list = append(list, d.String(spec.Containers[i].Image))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "#")
}
