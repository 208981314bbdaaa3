package cluster

import (
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// checkReferences makes sure that every id and symbol of a restored state leads
// somewhere, so that Check can follow them.
func (s *snapshot) checkReferences(c *Cluster) {
	within := func(what string, id, none int32, n int) {
		if id != none && (id < 0 || int(id) >= n) {
			s.fail(fmt.Errorf("the snapshot names %s %d of %d", what, id, n))
		}
	}
	pods, owners, symbols := int(c.pods.next), int(c.owners.next), c.dictionary.Len()
	const never = -2
	for id := range c.nodes {
		n := &c.nodes[id]
		within("node specification", int32(n.spec), never, len(c.nodeSpecs))
		for _, pod := range n.pods {
			within("pod", int32(pod), never, pods)
		}
		for _, pod := range n.nominated {
			within("pod", int32(pod), never, pods)
		}
		for _, image := range n.images {
			within("symbol", int32(image.Name), never, symbols)
		}
		for _, label := range c.labels[id] {
			within("symbol", int32(label.Key), never, symbols)
			within("symbol", int32(label.Value), never, symbols)
		}
		for _, taint := range c.taints[id] {
			within("symbol", int32(taint.Key), never, symbols)
			within("symbol", int32(taint.Value), never, symbols)
		}
	}
	s.checkLacks(c)
	s.checkMessages(c)
	for i := range c.storage.volumes {
		within("claim", int32(c.storage.volumes[i].claim), models.None, len(c.storage.claims))
	}
	for i := range c.storage.claims {
		within("node", int32(c.storage.claims[i].node), models.None, len(c.nodes))
	}
	for i := range c.budgets.rows {
		b := &c.budgets.rows[i]
		within("budget specification", b.spec, never, len(c.budgets.defined))
		within("symbol", int32(b.status.Failed), never, symbols)
		for _, d := range b.status.Disrupted {
			within("pod", int32(d.Pod), never, pods)
		}
	}
	for id := range c.owners.next {
		o := c.owners.at(id)
		within("owner specification", int32(o.spec), never, len(c.ownerSpecs))
		within("owner", int32(o.parent), models.None, owners)
		for _, relative := range []models.OwnerID{o.eldest, o.youngest, o.older, o.younger} {
			within("owner", int32(relative), models.None, owners)
		}
		for _, condition := range o.conditions {
			for _, sym := range []models.Sym{condition.Type, condition.Reason, condition.Message} {
				within("symbol", int32(sym), never, symbols)
			}
			within("condition status", int32(condition.Status), never, int(models.ConditionTrue)+1)
		}
		for _, r := range o.revisions {
			within("pod specification", int32(r.Template), never, len(c.podSpecs))
		}
		within("pod specification", int32(o.current), models.None, len(c.podSpecs))
		if isJob := int(o.spec) < len(c.ownerSpecs) && o.spec >= 0 && c.ownerSpecs[o.spec].Kind == models.Job; (o.job != nil) != (isJob && o.state != ownerDeleted) {
			s.fail(fmt.Errorf("the snapshot mistakes what owner %d is", id))
		}
		if isAutoscaler := int(o.spec) < len(c.ownerSpecs) && o.spec >= 0 && c.ownerSpecs[o.spec].Kind == models.HorizontalPodAutoscaler; (o.autoscaler != nil) != isAutoscaler {
			s.fail(fmt.Errorf("the snapshot mistakes what owner %d is", id))
		}
		within("pod", int32(o.first), models.None, pods)
		within("pod", int32(o.last), models.None, pods)
		within("symbol", int32(o.name), never, symbols)
		within("symbol", int32(o.reason), never, symbols)
	}
	for pod := range c.View().Live() {
		p := pod.row()
		within("pod specification", int32(p.spec), never, len(c.podSpecs))
		within("owner", int32(p.owner), models.None, owners)
		if p.is(podTracked) && p.owner == models.None {
			s.fail(fmt.Errorf("the snapshot holds a pod of a Job without a Job"))
		}
		within("node", int32(p.node), models.None, len(c.nodes))
		within("node", int32(p.nominated), models.None, len(c.nodes))
		within("node", int32(p.assumed), models.None, len(c.nodes))
		within("pod", int32(p.previous), models.None, pods)
		within("pod", int32(p.next), models.None, pods)
		for _, sym := range []models.Sym{p.name, p.reason, p.cause} {
			within("symbol", int32(sym), never, symbols)
		}
	}
}

// addUp computes the columns that follow from the rest.
func (c *Cluster) addUp() {
	c.storage.forgetRemoved()
	for pod := range c.View().Live() {
		if pod.Owner() == models.None {
			c.orphans++
		}
		if row := pod.row(); row.holds() {
			spec := c.podSpecs[row.spec]
			node := row.place()
			c.requested[node], _ = c.requested[node].Add(spec.Requests)
			c.nonZero[node].CPU += spec.NonZeroCPU
			c.nonZero[node].Memory += spec.NonZeroMemory
			c.countClaims(spec, 1)
		}
	}
	c.ripenLive()
	if len(c.budgets.rows) > 0 {
		c.recountBudgets()
	}
}

// checkMessages makes sure that what was said of pods was said of such that are there.
func (s *snapshot) checkMessages(c *Cluster) {
	for _, pod := range slices.Sorted(maps.Keys(c.messages)) {
		message := c.messages[pod]
		if !c.pods.has(int32(pod)) || c.pods.at(int32(pod)).is(podRemoved) || message < 0 || int(message) >= c.dictionary.Len() {
			s.fail(fmt.Errorf("the snapshot names pod %d and symbol %d", pod, message))
		}
	}
}

// checkLacks makes sure that the containers which wait for images exist.
func (s *snapshot) checkLacks(c *Cluster) {
	for _, pod := range slices.Sorted(maps.Keys(c.lacks)) {
		known := 0
		if c.pods.has(int32(pod)) {
			if spec := int(c.pods.at(int32(pod)).spec); spec >= 0 && spec < len(c.podSpecs) {
				known = len(c.podSpecs[spec].Containers)
			}
		}
		for _, lack := range c.lacks[pod] {
			if lack.Container < 0 || int(lack.Container) >= known {
				s.fail(fmt.Errorf("the snapshot names container %d of %d", lack.Container, known))
			}
			for _, sym := range []models.Sym{lack.Reason, lack.Message} {
				if sym < 0 || int(sym) >= c.dictionary.Len() {
					s.fail(fmt.Errorf("the snapshot names symbol %d of %d", sym, c.dictionary.Len()))
				}
			}
		}
	}
}
