package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kubelet"
	"github.com/podsim/podsim/sim/pressure"
	"github.com/podsim/podsim/sim/usage"
)

// nodePressure is what a run keeps of a node that may run short of something: one with
// pods whose use is told, with a disk that images fill, or under a fault that takes some
// of it.
type nodePressure struct {
	manager *pressure.Manager
	planned models.Time     // its next pass on the agenda
	evicted int             // pods that it has evicted and that are not gone yet
	then    []eviction      // of these: to begin when one is
	foreign [foreigns]int64 // what processes take that belong to no pod
}

// The things of which foreign processes take some.
const (
	foreignMemory = iota
	foreignDisk
	foreigns
)

// eviction is the end of a pod for the sake of its node.
type eviction struct {
	evict.Proposal
	grace   time.Duration
	message string
}

// gauge is how something of a node is measured: what pods use of it, and what else is
// taken.
type gauge struct {
	capacity, taken int64
	of              []usage.Amount
}

var (
	onOneDisk   = []usage.Amount{usage.Logs, usage.WritableLayer, usage.Volumes}
	onNodeFs    = []usage.Amount{usage.Logs, usage.Volumes}
	onImageFs   = []usage.Amount{usage.WritableLayer}
	ofMemory    = []usage.Amount{usage.Memory}
	ofInodes    = []usage.Amount{usage.Inodes}
	ofProcesses = []usage.Amount{usage.Processes}
)

// gauge returns how a signal of a node is measured.
// Source: pkg/kubelet/eviction/helpers.go (makeSignalObservations).
func (s *Simulation) gauge(node cluster.Node, signal pressure.Signal) gauge {
	state := s.nodes[node.ID()].pressure
	config, capacity := state.manager.Config(), &node.Spec().Capacity
	disk, images, own := int64(0), int64(0), false
	if s.pulls {
		disk, images, own = s.images.Disk(node.ID())
	}
	switch signal {
	case pressure.MemoryAvailable:
		return gauge{capacity[models.Memory], state.foreign[foreignMemory], ofMemory}
	case pressure.AllocatableMemoryAvailable:
		return gauge{capacity[models.Memory] - config.Reserved, 0, ofMemory}
	case pressure.PIDAvailable:
		return gauge{config.MaxProcesses, 0, ofProcesses}
	case pressure.ImageFsAvailable:
		if own {
			return gauge{disk, images, onImageFs}
		}
		fallthrough
	case pressure.NodeFsAvailable:
		if own {
			return gauge{capacity[models.EphemeralStorage], state.foreign[foreignDisk], onNodeFs}
		}
		return gauge{capacity[models.EphemeralStorage], state.foreign[foreignDisk] + images, onOneDisk}
	case pressure.ImageFsInodesFree:
		if own {
			return gauge{}
		}
	}
	return gauge{config.Inodes, 0, ofInodes}
}

// terms lists what the pods of a node use of some amounts.
func (s *Simulation) terms(node cluster.Node, of []usage.Amount) (terms []usage.Term) {
	for _, id := range node.Pods() {
		if pod := s.view.Pod(id); pod.Up() && pod.Node() == node.ID() && s.kubelet.Usage(pod).Burdens() {
			terms = usage.Terms(terms, pod, of...)
		}
	}
	return terms
}

// observe measures everything of which a node can run short.
func (s *Simulation) observe(node cluster.Node) *pressure.Observations {
	var out pressure.Observations
	for _, t := range s.nodes[node.ID()].pressure.manager.Config().Thresholds {
		if g := s.gauge(node, t.Signal); g.capacity > 0 {
			used := g.taken + s.meter.Sum(s.terms(node, g.of), s.agenda.Now())
			out[t.Signal] = pressure.Observation{Available: max(g.capacity-used, 0), Capacity: g.capacity}
		}
	}
	return &out
}

// pressureOf returns what is kept of a node that may run short of something.
func (s *Simulation) pressureOf(id models.NodeID) *nodePressure {
	state := &s.nodes[id]
	if state.pressure == nil {
		s.pressed = true
		state.pressure = &nodePressure{manager: pressure.NewManager(s.pressureConfig(id), s.kubelet.StartedAt(s.view.Node(id))), planned: models.Never}
	}
	return state.pressure
}

// pressureConfig returns how the eviction manager of a node is configured.
func (s *Simulation) pressureConfig(id models.NodeID) *pressure.Config {
	if config := s.config.Pressure[s.view.Node(id).Spec().Group]; config != nil {
		return config
	}
	return &s.pressure
}

// burdened follows a change of what there is to be used of a node.
func (s *Simulation) burdened(id models.NodeID) {
	s.pressureOf(id)
	s.planPressure(id)
}

// planPressure finds out which pass of the eviction manager of a node is the next to do
// something, and plans it.
func (s *Simulation) planPressure(id models.NodeID) {
	state, node := s.nodes[id].pressure, s.view.Node(id)
	if state == nil || state.evicted > 0 || !node.Heard() {
		return
	}
	at := min(state.manager.Due(s.agenda.Now()), s.planStorageLimits(node, state.manager))
	for i, t := range state.manager.Config().Thresholds {
		g := s.gauge(node, t.Signal)
		if g.capacity <= 0 {
			continue
		}
		limit, met := state.manager.Limit(i, g.capacity)
		turns, until, found := s.meter.Turns(s.terms(node, g.of), s.agenda.Now(), limit-g.taken, met)
		if !found {
			turns = until
		}
		if turns != models.Never {
			at = min(at, state.manager.Next(turns))
		}
	}
	if at != state.planned {
		state.planned = at
		s.agenda.Schedule(at, evPressure, 0, int32(id), 0)
	}
}

// pressurePass is a pass of the eviction manager of a node.
// Source: pkg/kubelet/eviction/eviction_manager.go (synchronize).
func (s *Simulation) pressurePass(id models.NodeID) {
	state, node := s.nodes[id].pressure, s.view.Node(id)
	if state == nil || state.planned != s.agenda.Now() || state.evicted > 0 {
		return
	}
	state.planned = models.Never
	if !node.Heard() {
		return
	}
	observed := s.observe(node)
	active := state.manager.Synchronize(s.agenda.Now(), observed)
	s.showPressure(node)
	if !s.beyondStorageLimits(node) && len(active) > 0 {
		s.relieve(node, active, observed)
	}
	s.planPressure(id)
}

// showPressure lets the conditions of a node, and the taints that go with them, be as its
// eviction manager sees them.
func (s *Simulation) showPressure(node cluster.Node) {
	if node.Removed() {
		return
	}
	d, raised := s.view.Dictionary(), s.nodes[node.ID()].pressure.manager.Raised()
	changed := false
	for p := range models.NodePressures {
		kind := d.Sym(p.String())
		if was, _ := node.Condition(kind); was != raised.Has(p) {
			op := models.Op{Kind: models.OpSetNodeCondition, Node: node.ID(), Name: kind, Ordinal: models.Exact, Arg: int64(models.ConditionFalse)}
			if !was {
				op.Arg = int64(models.ConditionTrue)
			}
			reason, _ := p.Says(!was)
			op.Reason = d.Sym(reason)
			s.do(op)
			changed = true
		}
	}
	if changed {
		s.doAll(s.lifecycle.Mirror(node, s.ops[:0]))
	}
}

// relieve makes room for the first threshold that calls for it: from what no pod needs if
// that is enough, else from a pod.
func (s *Simulation) relieve(node cluster.Node, active []int, observed *pressure.Observations) {
	d, manager := s.view.Dictionary(), s.nodes[node.ID()].pressure.manager
	t := &manager.Config().Thresholds[active[0]]
	s.do(models.Op{
		Kind: models.OpReportNode, Node: node.ID(), Arg: 1, Reason: d.Sym("EvictionThresholdMet"),
		Message: d.Sym("Attempting to reclaim " + t.Signal.Resource()),
	})
	if s.reclaimImages(node, t.Signal) && manager.Satisfied(s.observe(node)) {
		return
	}
	for _, p := range s.victims(node, t.Signal) {
		pod := s.view.Pod(p.Pod)
		if kubelet.Critical(pod) {
			continue
		}
		grace := pressure.Hard
		if t.Soft {
			grace = min(manager.Config().MaxPodGrace, pod.Spec().GracePeriod)
		}
		s.evictFor(node.ID(), []eviction{{p, grace, s.evictionMessage(pod, t, observed)}})
		return
	}
}

// reclaimImages removes images that nobody uses, if a signal is one of the disk that they
// are on. Dead containers take nothing here.
// Source: pkg/kubelet/eviction/helpers.go (buildSignalToNodeReclaimFuncs).
func (s *Simulation) reclaimImages(node cluster.Node, signal pressure.Signal) bool {
	if !s.pulls || signal.Condition() != models.DiskPressure {
		return false
	}
	_, _, own := s.images.Disk(node.ID())
	if own && (signal == pressure.NodeFsAvailable || signal == pressure.NodeFsInodesFree) {
		return false
	}
	for _, image := range s.images.Reclaim(s.agenda.Now(), node.ID()) {
		s.do(models.Op{Kind: models.OpRemoveImage, Node: node.ID(), Name: image.Name, Ordinal: models.Exact})
	}
	return true
}

// occupy lets a fault take some of a node (by 1), or give it back (by -1).
func (s *Simulation) occupy(id models.NodeID, f *fault.Fault, by int64) {
	what, r := foreignMemory, models.Memory
	switch f.Action {
	case fault.MemoryPressure:
	case fault.DiskPressure:
		what, r = foreignDisk, models.EphemeralStorage
	default:
		return
	}
	s.pressureOf(id).foreign[what] += by * f.Takes(s.view.Node(id).Spec().Capacity[r])
	s.planPressure(id)
	if s.memory != nil {
		s.planNodeMemory(id)
	}
}
