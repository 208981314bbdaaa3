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
	r := &references{s: s, c: c, pods: int(c.pods.next), owners: int(c.owners.next)}
	for id := range c.nodes {
		r.node(models.NodeID(id))
	}
	s.checkLacks(c)
	s.checkMessages(c)
	s.checkConditions(c)
	s.checkEphemerals(c)
	s.checkKillings(c)
	r.storage()
	r.budgets()
	for id := range c.owners.next {
		r.owner(models.OwnerID(id))
	}
	for pod := range c.View().Live() {
		r.pod(pod.row())
	}
}

// references follows what the rows of a restored state name.
type references struct {
	s            *snapshot
	c            *Cluster
	pods, owners int
}

// never is a none that no id has: what must be there.
const never = -2

func (r *references) within(what string, id, none int32, n int) {
	if id != none && (id < 0 || int(id) >= n) {
		r.s.fail(fmt.Errorf("the snapshot names %s %d of %d", what, id, n))
	}
}

func (r *references) symbols(symbols ...models.Sym) {
	for _, sym := range symbols {
		r.within("symbol", int32(sym), never, r.c.dictionary.Len())
	}
}

func (r *references) node(id models.NodeID) {
	n := &r.c.nodes[id]
	r.within("node specification", int32(n.spec), never, len(r.c.nodeSpecs))
	for _, pod := range n.pods {
		r.within("pod", int32(pod), never, r.pods)
	}
	for _, pod := range n.nominated {
		r.within("pod", int32(pod), never, r.pods)
	}
	for _, image := range n.images {
		r.symbols(image.Name)
	}
	for _, is := range n.conditions {
		r.symbols(is.Type, is.Reason)
		r.within("condition status", int32(is.Status), never, int(models.ConditionTrue)+1)
	}
	for _, label := range r.c.labels[id] {
		r.symbols(label.Key, label.Value)
	}
	for _, taint := range r.c.taints[id] {
		r.symbols(taint.Key, taint.Value)
	}
}

func (r *references) storage() {
	storage := &r.c.storage
	for i := range storage.volumes {
		r.within("claim", int32(storage.volumes[i].claim), models.None, len(storage.claims))
	}
	for i := range storage.claims {
		r.within("node", int32(storage.claims[i].node), models.None, len(r.c.nodes))
	}
}

func (r *references) budgets() {
	for i := range r.c.budgets.rows {
		b := &r.c.budgets.rows[i]
		r.within("budget specification", b.spec, never, len(r.c.budgets.defined))
		r.symbols(b.status.Failed)
		for _, d := range b.status.Disrupted {
			r.within("pod", int32(d.Pod), never, r.pods)
		}
	}
}

func (r *references) owner(id models.OwnerID) {
	o := r.c.owners.at(int32(id))
	r.within("owner specification", int32(o.spec), never, len(r.c.ownerSpecs))
	for _, relative := range []models.OwnerID{o.parent, o.eldest, o.youngest, o.older, o.younger} {
		r.within("owner", int32(relative), models.None, r.owners)
	}
	for _, condition := range o.conditions {
		r.symbols(condition.Type, condition.Reason, condition.Message)
		r.within("condition status", int32(condition.Status), never, int(models.ConditionTrue)+1)
	}
	for _, revision := range o.revisions {
		r.within("pod specification", int32(revision.Template), never, len(r.c.podSpecs))
	}
	r.within("pod specification", int32(o.current), models.None, len(r.c.podSpecs))
	if isJob := r.isKind(o, models.Job); (o.job != nil) != (isJob && o.state != ownerDeleted) {
		r.mistakes(id)
	}
	if (o.autoscaler != nil) != r.isKind(o, models.HorizontalPodAutoscaler) {
		r.mistakes(id)
	}
	r.within("pod", int32(o.first), models.None, r.pods)
	r.within("pod", int32(o.last), models.None, r.pods)
	r.symbols(o.name, o.reason)
}

// isKind reports whether an owner is of a kind, as far as its specification is there.
func (r *references) isKind(o *ownerRow, kind models.OwnerKind) bool {
	return int(o.spec) < len(r.c.ownerSpecs) && o.spec >= 0 && r.c.ownerSpecs[o.spec].Kind == kind
}

func (r *references) mistakes(id models.OwnerID) {
	r.s.fail(fmt.Errorf("the snapshot mistakes what owner %d is", id))
}

func (r *references) pod(p *podRow) {
	r.within("pod specification", int32(p.spec), never, len(r.c.podSpecs))
	r.within("owner", int32(p.owner), models.None, r.owners)
	if p.is(podTracked) && p.owner == models.None {
		r.s.fail(fmt.Errorf("the snapshot holds a pod of a Job without a Job"))
	}
	for _, node := range []models.NodeID{p.node, p.nominated, p.assumed} {
		r.within("node", int32(node), models.None, len(r.c.nodes))
	}
	r.within("pod", int32(p.previous), models.None, r.pods)
	r.within("pod", int32(p.next), models.None, r.pods)
	r.symbols(p.name, p.reason, p.cause)
}

// addUp computes the columns that follow from the rest.
func (c *Cluster) addUp() {
	c.storage.nameClaims()
	for i := range c.nodes {
		c.nodeNames = append(c.nodeNames, c.dictionary.String(c.nodeSpecs[c.nodes[i].spec].Name))
	}
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
