package reports

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// bills share out what the nodes cost among those whose pods hold room on them. A
// pod is charged when it gives its room back, or in the end.
type bills struct {
	from       models.Time // the end of the warm-up
	prices     map[string]float64
	priced     bool
	label      string
	nodes      []nodeBill // by NodeID
	groups     []groupBill
	namespaces accounts
	labels     accounts
	payers     []payers // by SpecID
}

// nodeBill says what a unit of each resource of a node costs for a second.
type nodeBill struct {
	group int32
	hours float64 // up to when it was last removed
	unit  [models.MaxResources]float64
}

type groupBill struct {
	name  models.Sym
	price float64 // for a node and an hour
	nodes int
	borne float64 // by pods
}

// payers are the accounts of a specification's pods.
type payers struct {
	known            bool
	namespace, label int32
}

// accounts add up what is charged to each name.
type accounts struct {
	rows  []account
	index map[models.Sym]int32
}

type account struct {
	name   models.Sym
	others bool
	borne  float64
}

// accountsMost bounds the names that costs are told for; the last one stands for
// all others.
const accountsMost = 200

const otherAccounts = "(others)"

func newBills(c Config) bills {
	b := bills{from: models.Time(c.WarmUp), prices: c.Prices, label: c.CostLabel}
	for _, price := range c.Prices {
		b.priced = b.priced || price > 0
	}
	return b
}

func (b *bills) observeNode(s *step) {
	node := s.view.Node(s.op.Node)
	if s.op.Kind == models.OpRemoveNode {
		if from := max(node.Joined(), b.from); s.now > from {
			b.nodes[node.ID()].hours += s.now.Sub(from).Hours()
		}
	}
	if s.op.Kind != models.OpAddNode || int(node.ID()) < len(b.nodes) {
		return
	}
	group := b.group(s.view, node.Spec().Group)
	bill := nodeBill{group: group}
	b.groups[group].nodes++
	parts := 0
	for r, amount := range node.Allocatable() {
		if amount > 0 && counts(models.Resource(r)) {
			parts++
		}
	}
	for r, amount := range node.Allocatable() {
		if amount > 0 && counts(models.Resource(r)) {
			bill.unit[r] = b.groups[group].price / 3600 / float64(parts) / float64(amount)
		}
	}
	b.nodes = append(b.nodes, bill)
}

func (b *bills) group(v cluster.View, name models.Sym) int32 {
	for i := range b.groups {
		if b.groups[i].name == name {
			return int32(i)
		}
	}
	b.groups = append(b.groups, groupBill{name: name, price: b.prices[v.Dictionary().String(name)]})
	return int32(len(b.groups) - 1)
}

func (b *bills) observePod(s *step, kinds int) {
	if b.priced && s.was.state.holds() && !s.row.state.holds() {
		b.charge(s.view, s.pod, s.now, kinds)
	}
}

// charge bills a pod for the time in which it held room.
func (b *bills) charge(v cluster.View, pod cluster.Pod, now models.Time, kinds int) {
	from := max(pod.BoundAt(), b.from, 0)
	if now <= from {
		return
	}
	node, spec := &b.nodes[pod.Node()], pod.Spec()
	rate := 0.0
	for r := range kinds {
		rate += float64(node.unit[r] * float64(spec.Requests[r]))
	}
	cost := float64(rate * now.Sub(from).Seconds())
	to := b.payersOf(v, pod)
	b.groups[node.group].borne += cost
	b.namespaces.rows[to.namespace].borne += cost
	if b.label != "" {
		b.labels.rows[to.label].borne += cost
	}
}

func (b *bills) payersOf(v cluster.View, pod cluster.Pod) payers {
	id, spec := pod.SpecID(), pod.Spec()
	for int(id) >= len(b.payers) {
		b.payers = append(b.payers, payers{})
	}
	p := &b.payers[id]
	if p.known {
		return *p
	}
	p.known, p.namespace = true, b.namespaces.account(spec.Namespace)
	if b.label != "" {
		var value models.Sym
		if key, ok := v.Dictionary().Lookup(b.label); ok {
			value, _ = spec.Labels.Get(key)
		}
		p.label = b.labels.account(value)
	}
	return *p
}

func (a *accounts) account(name models.Sym) int32 {
	if i, ok := a.index[name]; ok {
		return i
	}
	if len(a.rows) == accountsMost {
		return accountsMost - 1
	}
	if a.index == nil {
		a.index = make(map[models.Sym]int32)
	}
	i := int32(len(a.rows))
	a.index[name] = i
	a.rows = append(a.rows, account{name: name, others: i == accountsMost-1})
	return i
}

// hours tells how long the nodes of each group existed after the warm-up.
func (b *bills) hours(end models.Time, v cluster.View) (total float64, groups []NodeGroupHours) {
	groups = make([]NodeGroupHours, len(b.groups))
	for i := range b.groups {
		groups[i] = NodeGroupHours{Group: strings.Clone(v.Dictionary().String(b.groups[i].name)), Nodes: b.groups[i].nodes}
	}
	for i := range b.nodes {
		hours, node := b.nodes[i].hours, v.Node(models.NodeID(i))
		if from := max(node.Joined(), b.from); end > from && !node.Removed() {
			hours += end.Sub(from).Hours()
		}
		groups[b.nodes[i].group].Hours += hours
	}
	for i := range groups {
		total += groups[i].Hours
	}
	return total, groups
}

// cost draws up the bill. The pods that still hold room must have been charged.
func (b *bills) cost(end models.Time, v cluster.View, stranded []float64) *Cost {
	if !b.priced {
		return nil
	}
	_, hours := b.hours(end, v)
	out := &Cost{Label: b.label, Groups: make([]CostShare, len(b.groups)), Labels: []CostShare{}}
	for i := range b.groups {
		g := &out.Groups[i]
		g.Name, g.Cost = hours[i].Group, float64(hours[i].Hours*b.groups[i].price)
		g.Idle = max(g.Cost-b.groups[i].borne, 0)
		if i < len(stranded) {
			g.Stranded = stranded[i]
		}
		out.Total += g.Cost
		out.Idle += g.Idle
		out.Stranded += g.Stranded
	}
	if out.Total > 0 {
		out.IdleShare = out.Idle / out.Total
	}
	out.Namespaces = b.namespaces.shares(v, out)
	if b.label != "" {
		out.Labels = b.labels.shares(v, out)
	}
	slices.SortFunc(out.Groups, byName)
	out.round()
	return out
}

func byName(a, b CostShare) int { return strings.Compare(a.Name, b.Name) }

// shares tells what each account bears, by name.
func (a *accounts) shares(v cluster.View, c *Cost) []CostShare {
	out, sum := make([]CostShare, len(a.rows)), 0.0
	for i := range a.rows {
		sum += a.rows[i].borne
	}
	for i := range a.rows {
		row := &a.rows[i]
		out[i] = CostShare{Name: strings.Clone(v.Dictionary().String(row.name)), Cost: row.borne}
		if row.others {
			out[i].Name = otherAccounts
		}
		if sum > 0 {
			out[i].Idle = float64(c.Idle*row.borne) / sum
			out[i].Stranded = float64(c.Stranded*row.borne) / sum
		}
	}
	slices.SortFunc(out, byName)
	return out
}

func (c *Cost) round() {
	c.Total, c.Idle, c.IdleShare, c.Stranded = round6(c.Total), round6(c.Idle), round6(c.IdleShare), round6(c.Stranded)
	for _, list := range [][]CostShare{c.Groups, c.Namespaces, c.Labels} {
		for i := range list {
			s := &list[i]
			s.Cost, s.Idle, s.Stranded = round6(s.Cost), round6(s.Idle), round6(s.Stranded)
		}
	}
}
