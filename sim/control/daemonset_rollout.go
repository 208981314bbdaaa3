package control

import "github.com/podsim/podsim/models/cluster"

// roll replaces pods of old templates.
// Source: pkg/controller/daemon/update.go (rollingUpdate).
func (c *coverage) roll() {
	var wanted int32
	c.eachNode(func(node cluster.Node, _ []daemon) {
		if run, _ := fits(c.pod, node); run {
			wanted++
		}
	})
	if surge := c.spec.NodeSurge(wanted); surge > 0 {
		c.rollAbove(int(surge), int(wanted))
	} else {
		c.rollBelow(int(c.spec.NodesUnavailable(wanted)))
	}
}

// onNode finds the pods of the template and of older ones on a node; ok is false if
// there are several of either.
// Source: pkg/controller/daemon/update.go (findUpdatedPodsOnNode).
func (c *coverage) onNode(pods []daemon) (fresh, old *daemon, ok bool) {
	for i := range pods {
		one := &pods[i]
		into := &old
		if one.hash == c.hash {
			into = &fresh
		}
		switch {
		case one.pod.Deleting():
		case *into != nil:
			return nil, nil, false
		default:
			*into = one
		}
	}
	return fresh, old, true
}

func (c *coverage) isAvailable(one *daemon) bool { return one != nil && available(c.now, c.o, one.pod) }

// rollBelow deletes old pods: all that are not available, and others as far as so many
// nodes may be without one.
func (c *coverage) rollBelow(most int) {
	unavailable := 0
	var candidates []leaving
	c.eachNode(func(node cluster.Node, pods []daemon) {
		if run, _ := fits(c.pod, node); !run && len(pods) == 0 {
			return
		}
		fresh, old, ok := c.onNode(pods)
		switch {
		case !ok, (fresh == nil) == (old == nil):
			unavailable++
		case fresh != nil:
			if !c.isAvailable(fresh) {
				unavailable++
			}
		case !c.isAvailable(old):
			c.drop(old.pod, ReasonRollingUpdate)
			unavailable++
		case unavailable < most:
			candidates = append(candidates, leaving{old.pod, ReasonRollingUpdate})
		}
	})
	c.excess = append(c.excess, candidates[:min(max(most-unavailable, 0), len(candidates))]...)
}

// rollAbove makes new pods beside old ones, on so many nodes at once, and deletes old
// ones when the new ones are available.
func (c *coverage) rollAbove(most, wanted int) {
	surging, availableNodes := 0, 0
	var candidates []cluster.Node
	var unwanted []leaving
	c.eachNode(func(node cluster.Node, pods []daemon) {
		if len(pods) == 0 {
			return
		}
		fresh, old, ok := c.onNode(pods)
		if !ok {
			surging++
			return
		}
		if c.isAvailable(old) || old == nil && c.isAvailable(fresh) {
			availableNodes++
		}
		run, _ := fits(c.pod, node)
		switch {
		case old == nil:
		case fresh != nil && c.isAvailable(fresh):
			c.drop(old.pod, ReasonRollingUpdate)
		case fresh != nil:
			surging++
		case !c.isAvailable(old) && !run:
			c.drop(old.pod, ReasonRollingUpdate)
		case !c.isAvailable(old):
			c.lacks = append(c.lacks, node.ID())
		case !run:
			unwanted = append(unwanted, leaving{old.pod, ReasonRollingUpdate})
		case surging < most:
			candidates = append(candidates, node)
		}
	})
	c.excess = append(c.excess, unwanted[:min(max(availableNodes-wanted, 0), len(unwanted))]...)
	for _, node := range candidates[:min(max(most-surging, 0), len(candidates))] {
		c.lacks = append(c.lacks, node.ID())
	}
}
