package place

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// shortage is how much of a resource a node lacks for the pod.
type shortage struct {
	resource models.Resource
	amount   int64
}

// shortages lists what a node lacks. Room that is kept for nominated pods, which
// matter at least as much, is no room.
// Source: pkg/scheduler/framework/runtime (addGENominatedPods).
func (s *search) shortages(id models.NodeID) []shortage {
	n, v := s.node(id), s.cluster.View()
	held := *n.Requested()
	for _, nominated := range n.Nominated() {
		if spec := v.Pod(nominated).Spec(); spec.Priority >= s.spec.Priority {
			for r := range held {
				held[r] += spec.Requests[r]
			}
		}
	}
	var list []shortage
	for r, want := range s.spec.Requests {
		if short := want - (n.Allocatable()[r] - held[r]); want > 0 && short > 0 {
			list = append(list, shortage{models.Resource(r), short})
		}
	}
	return list
}

// cramped is a node that lacks room.
type cramped struct {
	node  models.NodeID
	lacks []shortage
}

// share is the largest part of what the pod asks for that the node lacks.
func (s *search) share(c *cramped) float64 {
	share := 0.0
	for _, lack := range c.lacks {
		share = max(share, float64(lack.amount)/float64(s.spec.Requests[lack.resource]))
	}
	return share
}

// resources finds, for each resource that is all that some nodes lack, the
// smallest amount that helps, as more of it on a node and as a smaller request. If
// no resource alone helps, several together do.
func (s *search) resources() error {
	var list []cramped
	for _, id := range s.by("NodeResourcesFit") {
		if lacks := s.shortages(id); len(lacks) > 0 {
			list = append(list, cramped{id, lacks})
		}
	}
	slices.SortStableFunc(list, func(a, b cramped) int {
		if len(a.lacks) == 1 && len(b.lacks) == 1 {
			return cmp.Or(cmp.Compare(a.lacks[0].resource, b.lacks[0].resource), cmp.Compare(a.lacks[0].amount, b.lacks[0].amount))
		}
		return cmp.Or(cmp.Compare(len(a.lacks), len(b.lacks)), cmp.Compare(s.share(&a), s.share(&b)))
	})
	for _, kind := range []func(*cramped) (bool, error){s.enlarge, s.lower} {
		done := make(map[models.Resource]bool)
		for i := range list {
			c := &list[i]
			if len(c.lacks) > 1 && len(done) > 0 || done[c.lacks[0].resource] {
				continue
			}
			found, err := kind(c)
			if err != nil {
				return err
			}
			if found {
				done[c.lacks[0].resource] = true
			}
		}
	}
	return nil
}

// enlarge gives a node what it lacks.
func (s *search) enlarge(c *cramped) (bool, error) {
	names := s.d.ResourceNames()
	var do, undo []models.Op
	var texts []string
	for _, lack := range c.lacks {
		name, has := names[lack.resource], s.node(c.node).Allocatable()[lack.resource]
		op := models.Op{Kind: models.OpResizeNode, Node: c.node, Name: s.d.Sym(name), Arg: has}
		undo = append(undo, op)
		op.Arg = has + lack.amount
		do = append(do, op)
		texts = append(texts, fmt.Sprintf("%s from %s to %s", name, Amount(name, has), Amount(name, op.Arg)))
	}
	return s.after("resources", "raise allocatable "+enumerate(texts)+" on node "+s.node(c.node).Name(), do, undo)
}

// lower asks for no more than a node has left.
func (s *search) lower(c *cramped) (bool, error) {
	names := s.d.ResourceNames()
	var texts []string
	spec := *s.spec
	for _, lack := range c.lacks {
		if lack.resource == models.Pods {
			return false, nil // every pod is one
		}
		name, before := names[lack.resource], spec.Requests[lack.resource]
		left := max(before-lack.amount, 0)
		lowerRequest(&spec, lack.resource, left)
		texts = append(texts, fmt.Sprintf("of %s from %s to %s", name, Amount(name, before), Amount(name, left)))
	}
	return s.with("request", "lower its request "+enumerate(texts), func(p *models.PodSpec) { *p = spec })
}

// lowerRequest lets a pod ask for less of one resource. What stands in for absent
// requests stays, as far as it comes from containers that give none.
func lowerRequest(p *models.PodSpec, r models.Resource, to int64) {
	less := p.Requests[r] - to
	p.Requests[r] = to
	switch r {
	case models.CPU:
		p.NonZeroCPU, p.ScoredCPU = max(p.NonZeroCPU-less, 0), max(p.ScoredCPU-less, 0)
	case models.Memory:
		p.NonZeroMemory, p.ScoredMemory = max(p.NonZeroMemory-less, 0), max(p.ScoredMemory-less, 0)
	}
}

// victims takes one pod away, one of the lowest priority that does.
func (s *search) victims() error {
	v := s.cluster.View()
	pods := s.inTheWay()
	byPriority(v, pods)
	for _, id := range pods {
		pod := v.Pod(id)
		kind, what := "victim", fmt.Sprintf("delete pod %s (priority %d) on node %s", name(v, id), pod.Spec().Priority, v.Node(pod.Node()).Name())
		if pod.Deleting() {
			kind, what = "wait", fmt.Sprintf("wait until pod %s has left node %s, it is terminating", name(v, id), v.Node(pod.Node()).Name())
		}
		found, err := s.victim(id, kind, what)
		if err != nil || found || s.exhausted() {
			return err
		}
	}
	return nil
}

// victim tries the pod without another one. This comes back as the youngest of its
// node, which only matters to preemption.
func (s *search) victim(id models.PodID, kind, what string) (bool, error) {
	pod := s.cluster.View().Pod(id)
	node, owner, spec, deleting := pod.Node(), pod.Owner(), pod.SpecID(), pod.Deleting()
	name := s.d.Sym(pod.Name())
	if err := s.remove(id); err != nil {
		return false, err
	}
	to, err := s.fits(s.spec)
	if err != nil {
		return false, err
	}
	if to != models.None {
		if err := s.made(kind, what, to); err != nil {
			return false, err
		}
	}
	again, err := s.create(owner, spec, name)
	if err != nil {
		return false, err
	}
	ops := []models.Op{{Kind: models.OpBindPod, Pod: again, Node: node}}
	if deleting {
		ops = append(ops, models.Op{Kind: models.OpDeletePod, Pod: again})
	}
	return to != models.None, s.apply(ops...)
}

// inTheWay lists the pods on nodes that may keep the pod from fitting: those that
// hold the room that their node lacks, take its ports, or have to do with it in
// another way.
func (s *search) inTheWay() []models.PodID {
	v := s.cluster.View()
	var pods []models.PodID
	related := false
	for _, r := range s.rejected {
		switch r.plugin {
		case "NodeResourcesFit":
			lacks := s.shortages(r.node)
			for _, id := range s.node(r.node).Pods() {
				spec := v.Pod(id).Spec()
				if !slices.ContainsFunc(lacks, func(l shortage) bool { return spec.Requests[l.resource] < l.amount }) {
					pods = append(pods, id)
				}
			}
		case "NodePorts":
			for _, id := range s.node(r.node).Pods() {
				if len(v.Pod(id).Spec().HostPorts) > 0 {
					pods = append(pods, id)
				}
			}
		case "NodeName", "NodeUnschedulable", "TaintToleration", "NodeAffinity":
		default:
			related = true
		}
	}
	if !related {
		return pods
	}
	for id := range models.NodeID(v.Nodes()) {
		for _, pod := range s.node(id).Pods() {
			if s.related(v.Pod(pod).Spec()) {
				pods = append(pods, pod)
			}
		}
	}
	slices.Sort(pods)
	return slices.Compact(pods)
}

// related reports whether another pod counts for the pod's affinity, spread or
// volumes, or the pod for the other's anti-affinity.
func (s *search) related(other *models.PodSpec) bool {
	v := s.cluster.View()
	if len(s.spec.Volumes) > 0 && len(other.Volumes) > 0 {
		return true
	}
	for i := range s.spec.AntiAffinity {
		if s.spec.AntiAffinity[i].Matches(other.Namespace, v.Namespace(other.Namespace), other.Labels, s.d) {
			return true
		}
	}
	for i := range other.AntiAffinity {
		if other.AntiAffinity[i].Matches(s.spec.Namespace, v.Namespace(s.spec.Namespace), s.spec.Labels, s.d) {
			return true
		}
	}
	for i := range s.spec.Spread {
		if c := &s.spec.Spread[i]; !c.Soft && other.Namespace == s.spec.Namespace && c.Selector.Matches(other.Labels, s.d) {
			return true
		}
	}
	return false
}
