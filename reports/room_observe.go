package reports

import "github.com/podsim/podsim/models"

func (ro *room) observePod(s *step, kinds int) {
	was, is := isPending(&s.was), isPending(s.row)
	switch {
	case is && !was:
		ro.waiting.add(s.pod.SpecID(), s.spec)
		ro.changed = true
	case was && !is:
		ro.waiting.remove(s.pod.SpecID())
		ro.changed = true
	}
	if s.op.Kind == models.OpCreatePod {
		ro.mix.observe(s.spec)
	}
	if is && s.before != nil {
		ro.waiting.remove(s.beforeID)
		ro.waiting.add(s.pod.SpecID(), s.spec)
		ro.changed = true
	}
	held, holds := s.was.state.holds(), s.row.state.holds()
	if more, ok := s.more(); ok && holds {
		ro.changed = true
		for r := range kinds {
			ro.nodes[s.node].free[r] -= more[r]
		}
	}
	if held == holds {
		return
	}
	ro.changed = true
	free := &ro.nodes[s.node].free
	for r := range kinds {
		if holds {
			free[r] -= s.spec.Requests[r]
		} else {
			free[r] += s.spec.Requests[r]
		}
	}
}

// observeNode must be told after the bills.
func (ro *room) observeNode(s *step, b *bills) {
	id := s.op.Node
	switch s.op.Kind {
	case models.OpRemoveNode:
		ro.nodes[id].ready = false
	case models.OpAddNode:
		node := s.view.Node(id)
		if int(id) < len(ro.nodes) {
			ro.nodes[id].ready = node.Ready() == models.ConditionTrue
			break
		}
		allocatable := *node.Allocatable()
		n := nodeRoom{free: allocatable, allocatable: allocatable, zone: models.None,
			ready: node.Ready() == models.ConditionTrue, group: b.nodes[id].group}
		n.price = b.groups[n.group].price
		if len(b.groups) > len(ro.strandedCost) {
			ro.strandedPrice, ro.strandedCost = append(ro.strandedPrice, 0), append(ro.strandedCost, 0)
		}
		if key, ok := s.view.Dictionary().Lookup(models.LabelZone); ok {
			if zone, ok := node.Labels().Get(key); ok {
				n.zone = ro.zone(zone)
			}
		}
		ro.nodes = append(ro.nodes, n)
	case models.OpSetNodeReady:
		ro.nodes[id].ready = models.ConditionStatus(s.op.Arg) == models.ConditionTrue
	case models.OpResizeNode:
		n, allocatable := &ro.nodes[id], s.view.Node(id).Allocatable()
		for r := range allocatable {
			n.free[r] += allocatable[r] - n.allocatable[r]
		}
		n.allocatable = *allocatable
	}
	ro.changed = true
}

func (ro *room) zone(name models.Sym) int32 {
	for i := range ro.zones {
		if ro.zones[i].name == name {
			return int32(i)
		}
	}
	ro.zones = append(ro.zones, zoneRoom{name: name})
	return int32(len(ro.zones) - 1)
}

// use fills in what the samples tell of a resource.
func (ro *room) use(r models.Resource, u *ResourceUse) {
	of := &ro.areas[r]
	u.Stranded = part(of.stranded, of.allocatable)
	if ro.shape != nil {
		u.StrandedForShape = part(of.leftOver, of.allocatable)
	}
	if of.mixFree > 0 {
		u.Fragmentation = part(of.misfits, of.mixFree)
	}
	u.NodeImbalance = part(of.nodes, of.nodesSeconds)
	u.ZoneImbalance = part(of.zones, of.zonesSeconds)
}

// part is a share; nil if there is no whole.
func part(part, whole float64) *float64 {
	if whole <= 0 {
		return nil
	}
	x := round6(part / whole)
	return &x
}
