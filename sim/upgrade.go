package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// UpgradeOptions say how a node group is upgraded: node after node is drained, out of use
// for a time, and back. With spare nodes that join first, nodes that are out of use do not
// keep others from being drained, and pods find room; the spare ones are drained in the end
// and deleted.
type UpgradeOptions struct {
	Group models.Sym
	Order UpgradeOrder
	// Batch nodes are drained at a time; with BatchPercent, that share of the group,
	// rounded up. 0 drains as many as there are spare nodes, and lets no more be out of use.
	Batch, BatchPercent int
	// Spares are the nodes that join first; as many nodes may be out of use besides those
	// that are drained.
	Spares []*models.NodeSpec
	// NodeTime is how long a drained node is out of use.
	NodeTime time.Duration
	// Blocked is what is done when budgets have kept pods for as long as Patience.
	Blocked  UpgradeBlocked
	Patience time.Duration
}

// UpgradeOrder is the order in which nodes are upgraded.
type UpgradeOrder uint8

// The orders.
const (
	ByName       UpgradeOrder = iota
	EmptyFirst                // by the number of their pods
	SpreadFirst               // those first that the fewest workloads with budgets run on
	ZoneByZone                // by zone, then by name
	FullestFirst              // by the number of their pods, the most first
)

// UpgradeBlocked is what is done about a node whose pods must not go.
type UpgradeBlocked uint8

// The ways to deal with it.
const (
	UpgradeWaits  UpgradeBlocked = iota // until they may
	UpgradeSkips                        // the node, which is used again as it is
	UpgradeForces                       // the pods are deleted whatever their budgets say
	UpgradeAborts                       // no further node is begun
)

// The stages of an upgrade, as operations tell them.
const (
	UpgradeBegun    = "Begun"
	UpgradeDraining = "Draining"
	UpgradeDrained  = "Drained"
	UpgradeUpgraded = "Upgraded"
	UpgradeStuck    = "Blocked"
	UpgradeSkipped  = "Skipped"
	UpgradeForced   = "Forced"
	UpgradeAborted  = "Aborted"
	UpgradeFinished = "Finished"
)

const (
	byUpgrade    = "upgrade"
	reasonForced = "ForcedByUpgrade"
)

// What an upgrade has planned.
const (
	stageOver     uint32 = iota // a node has been out of use for its time
	stagePatience               // budgets have kept pods of a node for long enough
	stageSpares                 // the spare nodes are ready
)

// upgrade is one that is under way.
type upgrade struct {
	*UpgradeOptions
	step   *Step
	number int
	result int // its StepResult
	begun  models.Time
	slots  []upgraded // the nodes in their order, then the spare ones
	nodes  int        // of these: nodes of the group
	next   int        // the first that has not been begun
	batch  int
	// How many are drained and are out of use just now.
	draining, out       int
	done, skipped       int
	stopped, over, lent bool // no further node is begun; it is over; the spare nodes go
}

// upgraded is one node of it.
type upgraded struct {
	node     models.NodeID
	cordoned bool // it was before
	told     bool // that it is blocked
	given    bool // up
	drain    *drain
}

// joinSpares lets the spare nodes of an upgrade join.
func (s *Simulation) joinSpares(specs []*models.NodeSpec) (ids []models.NodeID) {
	for _, spec := range specs {
		id := models.NodeID(s.view.Nodes())
		s.joinNode(&Step{NodeSpec: spec})
		if s.spares == nil {
			s.spares = make(map[models.NodeID]bool)
		}
		s.spares[id] = true
		ids = append(ids, id)
	}
	return ids
}

// startUpgrade begins the upgrade of a node group.
func (s *Simulation) startUpgrade(step *Step) (string, error) {
	o := step.Upgrade
	group := s.view.Dictionary().String(o.Group)
	u := &upgrade{UpgradeOptions: o, step: step, number: len(s.upgrades), result: len(s.stepResults), begun: s.agenda.Now()}
	for id := range s.view.Nodes() {
		if node := s.view.Node(models.NodeID(id)); node.Spec().Group == o.Group && !s.spares[node.ID()] && !node.Removed() {
			u.slots = append(u.slots, upgraded{node: node.ID()})
		}
	}
	if len(u.slots) == 0 { // the spare nodes come all the same: steps know nodes by their numbers
		for _, id := range s.joinSpares(o.Spares) {
			s.removeNode(id, reasonNodeByUpgrade)
		}
		return "", fmt.Errorf("node group %q has no nodes", group)
	}
	u.nodes = len(u.slots)
	u.batch = o.Batch
	if o.BatchPercent > 0 {
		u.batch = (u.nodes*o.BatchPercent + 99) / 100
	}
	s.orderUpgrade(u)
	s.upgrades = append(s.upgrades, u)
	s.noteUpgrade(u, u.slots[0].node, UpgradeBegun, u.nodes, "")
	for _, id := range s.joinSpares(o.Spares) {
		u.slots = append(u.slots, upgraded{node: id})
	}
	at := s.agenda.Now()
	if len(o.Spares) > 0 {
		at = at.Add(s.config.Latencies.NodeReady)
	}
	s.agenda.Schedule(at, evUpgrade, stageSpares, int32(u.number), 0)
	return fmt.Sprintf("upgrade of %d nodes begun", u.nodes), nil
}

// orderUpgrade puts the nodes in the order in which they are upgraded.
func (s *Simulation) orderUpgrade(u *upgrade) {
	rank := make(map[models.NodeID]int64, len(u.slots))
	zones := make(map[models.NodeID]string, len(u.slots))
	for i := range u.slots {
		node := s.view.Node(u.slots[i].node)
		switch u.Order {
		case EmptyFirst:
			rank[node.ID()] = int64(len(node.Pods()))
		case FullestFirst:
			rank[node.ID()] = -int64(len(node.Pods()))
		case SpreadFirst:
			rank[node.ID()] = s.guarded(node)
		case ZoneByZone:
			zones[node.ID()] = s.zoneOf(node)
		case ByName:
		}
	}
	slices.SortStableFunc(u.slots, func(a, b upgraded) int {
		return cmp.Or(cmp.Compare(rank[a.node], rank[b.node]), cmp.Compare(zones[a.node], zones[b.node]), cmp.Compare(a.node, b.node))
	})
}

// guarded counts the pods of a node beyond the first that one budget selects: where there
// are none, budgets let the pods go at once.
func (s *Simulation) guarded(node cluster.Node) (n int64) {
	seen := make(map[int32]bool)
	for _, id := range node.Pods() {
		for _, b := range s.view.BudgetsOf(s.view.Pod(id).SpecID()) {
			if seen[b] {
				n++
			}
			seen[b] = true
		}
	}
	return n
}

func (s *Simulation) zoneOf(node cluster.Node) string {
	d := s.view.Dictionary()
	zone, _ := node.Labels().Get(d.Sym(models.LabelZone))
	return d.String(zone)
}

// noteUpgrade records what has become of an upgrade.
func (s *Simulation) noteUpgrade(u *upgrade, node models.NodeID, stage string, count int, message string) {
	op := models.Op{Kind: models.OpNoteUpgrade, Node: node, Name: u.Group, Ordinal: models.Exact, Arg: int64(count), Reason: s.view.Dictionary().Sym(stage)}
	if message != "" {
		op.Message = s.view.Dictionary().Sym(message)
	}
	s.do(op)
}

// upgradeDue goes on with an upgrade at a moment that it has planned.
func (s *Simulation) upgradeDue(number, slot int, stage uint32) {
	u := s.upgrades[number]
	switch stage {
	case stageOver:
		s.nodeUpgraded(u, slot)
	case stagePatience:
		s.patienceOver(u, slot)
	}
	s.advanceUpgrade(u)
}

// advanceUpgrade begins nodes as long as it may, and ends the upgrade after the last.
func (s *Simulation) advanceUpgrade(u *upgrade) {
	atOnce := u.batch
	if atOnce == 0 {
		atOnce = len(u.Spares)
	}
	for !u.stopped && u.next < u.nodes && u.draining < atOnce && u.draining+u.out < u.batch+len(u.Spares) {
		u.next++
		s.drainUpgraded(u, u.next-1)
	}
	if u.over || u.draining+u.out > 0 || !u.stopped && u.next < u.nodes {
		return
	}
	if !u.lent && len(u.Spares) > 0 {
		u.lent = true
		for i := u.nodes; i < len(u.slots); i++ {
			s.drainUpgraded(u, i)
		}
		s.advanceUpgrade(u)
		return
	}
	u.over = true
	s.noteUpgrade(u, u.slots[0].node, UpgradeFinished, u.done, "")
	r := &s.stepResults[u.result]
	r.Message = fmt.Sprintf("%d of %d nodes upgraded in %s", u.done, u.nodes, s.agenda.Now().Sub(u.begun))
	if u.skipped > 0 {
		r.Message += fmt.Sprintf(", %d skipped", u.skipped)
	}
	if u.done+u.skipped < u.nodes {
		r.Message += fmt.Sprintf(", %d not begun", u.nodes-u.done-u.skipped)
	}
	r.Failed = u.stopped
}

// drainUpgraded drains a node.
func (s *Simulation) drainUpgraded(u *upgrade, slot int) {
	is := &u.slots[slot]
	node := s.view.Node(is.node)
	is.cordoned = node.Unschedulable()
	if !is.cordoned && !node.Removed() {
		s.do(models.Op{Kind: models.OpCordonNode, Node: is.node, Arg: 1})
	}
	if slot < u.nodes {
		s.noteUpgrade(u, is.node, UpgradeDraining, 1, "")
	}
	step := &Step{Kind: StepDrain, Node: is.node, Drain: u.step.Drain, Grace: u.step.Grace}
	is.drain = &drain{step: step, until: models.Never, granted: make(map[int32]models.Time), upgrade: u.number, slot: slot}
	u.draining++
	pods, _, problems := s.drainable(node, &step.Drain)
	if len(problems) > 0 {
		s.noteUpgrade(u, is.node, UpgradeStuck, 0, aggregate(problems))
		s.leaveNode(u, slot)
		return
	}
	s.proposeDrained(is.drain, pods)
	if is.drain.left == 0 {
		s.nodeDrained(is.drain)
		return
	}
	s.agenda.After(u.Patience, evUpgrade, stagePatience, int32(u.number), int32(slot))
}

// nodeDrained is told of the end of a drain.
func (s *Simulation) nodeDrained(d *drain) {
	u := s.upgrades[d.upgrade]
	is := &u.slots[d.slot]
	switch {
	case is.given:
		return
	case len(d.failed) > 0:
		s.noteUpgrade(u, is.node, UpgradeStuck, 0, aggregate(d.failed))
		s.leaveNode(u, d.slot)
	default:
		u.draining--
		if d.slot < u.nodes {
			u.out++
			s.noteUpgrade(u, is.node, UpgradeDrained, 1, "")
			s.agenda.After(u.NodeTime, evUpgrade, stageOver, int32(u.number), int32(d.slot))
		} else if !s.view.Node(is.node).Removed() {
			s.removeNode(is.node, reasonNodeByUpgrade)
		}
	}
	s.agenda.Schedule(s.agenda.Now(), evUpgrade, stageSpares, int32(u.number), 0)
}

// nodeUpgraded puts a node to use again.
func (s *Simulation) nodeUpgraded(u *upgrade, slot int) {
	u.out--
	u.done++
	s.useAgain(u, slot)
	s.noteUpgrade(u, u.slots[slot].node, UpgradeUpgraded, 1, "")
}

func (s *Simulation) useAgain(u *upgrade, slot int) {
	if is := &u.slots[slot]; !is.cordoned && slot < u.nodes && !s.view.Node(is.node).Removed() {
		s.do(models.Op{Kind: models.OpCordonNode, Node: is.node})
	}
}

// leaveNode leaves a node as it is, with the pods that are still there.
func (s *Simulation) leaveNode(u *upgrade, slot int) {
	is := &u.slots[slot]
	is.given = true
	for i := range is.drain.pods {
		is.drain.pods[i].done = true
	}
	u.draining--
	if slot >= u.nodes {
		return // a spare node, which stays cordoned
	}
	u.skipped++
	s.useAgain(u, slot)
	s.noteUpgrade(u, is.node, UpgradeSkipped, 1, "")
	if u.Blocked == UpgradeAborts && !u.stopped {
		u.stopped = true
		s.noteUpgrade(u, is.node, UpgradeAborted, u.nodes-u.next, "")
	}
}
