package playback

import (
	"errors"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Recorder observes a cluster from its first operation on. It implements
// cluster.Observer.
type Recorder struct {
	view     cluster.View
	now      models.Time // of the last operation
	interval time.Duration
	next     models.Time // when the next sample is due

	pods  pods
	nodes []nodeState // by NodeID; likewise the following
	// allocatable is what they have to give, as it was counted.
	allocatable []models.Resources
	zones       []string
	moreZones   bool // than can be told apart
	workloads   workloads
	gauges      Gauges
	waits       Waits
	rows        rows
	cells       []cell // of the rows, as they are
	lives       lives
	samples     []sample
	spare       [][]cell // of samples that were dropped
}

// sample is the cluster at one moment.
type sample struct {
	at     models.Time
	gauges Gauges
	cells  []cell // of the rows that there were
}

// New returns a recorder for a cluster that nothing has happened in yet. The horizon
// is when the run ends at the latest; 0 or Never when unknown.
func New(horizon models.Time, v cluster.View) (*Recorder, error) {
	if v.Nodes() > 0 || v.Pods() > 0 || v.Owners() > 0 {
		return nil, errors.New("a recorder must observe a cluster from its first operation on")
	}
	return &Recorder{view: v, interval: firstInterval(horizon), lives: newLives()}, nil
}

// Observe takes in one operation that was applied.
func (r *Recorder) Observe(now models.Time, op *models.Op, _ cluster.View) {
	if now > r.now {
		if r.next < now {
			r.sampleUntil(now)
		}
		r.now = now
	}
	switch fields := op.Kind.Fields(); {
	case fields&models.FieldPod != 0:
		r.observePod(op)
	case fields&models.FieldOwner != 0:
		r.observeOwner(op)
	case fields&models.FieldNode != 0:
		r.observeNode(op)
	}
}

func (r *Recorder) observeOwner(op *models.Op) {
	switch op.Kind {
	case models.OpCreateOwner:
		r.workloads.create(op, r.view)
	case models.OpAdoptOwner:
		r.workloads.adopt(op)
	}
}

func (r *Recorder) observeNode(op *models.Op) {
	switch op.Kind {
	case models.OpAddNode, models.OpRemoveNode, models.OpRestoreNode, models.OpSetNodeReady, models.OpCordonNode, models.OpResizeNode:
		r.changeNode(op)
	case models.OpCrashNode, models.OpShutDownNode:
		r.changeNode(op)
		r.hit(op)
	}
}

// changeNode takes over the state of a node. What pods request of it is as before: only
// operations on pods change that.
func (r *Recorder) changeNode(op *models.Op) {
	node := r.view.Node(op.Node)
	if int(op.Node) == len(r.nodes) {
		r.nodes = append(r.nodes, nodeState{row: models.None, zone: r.zone(node)})
		r.allocatable = append(r.allocatable, models.Resources{})
	}
	n := &r.nodes[op.Node]
	of := &amounts{reports.BoundRequests(r.view, node), r.allocatable[op.Node]}
	r.gauges.count(n, of, -1)
	r.rows.count(n, of, -1)
	n.exists, n.ready = !node.Removed(), node.Ready() == models.ConditionTrue
	n.down, n.closed = node.Down(), node.Unschedulable()
	of.allocatable = *node.Allocatable()
	r.allocatable[op.Node] = of.allocatable
	r.gauges.count(n, of, 1)
	if r.rows.laid && n.row == models.None {
		r.rows.add(node, n)
	}
	r.rows.count(n, of, 1)
}

// layRows puts the nodes that are there into rows.
func (r *Recorder) layRows() {
	r.rows.lay(r.nodes, r.view)
	for i := range r.nodes {
		r.rows.count(&r.nodes[i], &amounts{allocatable: r.allocatable[i]}, 1) // no pod came to a node so far
	}
}

// zone numbers the zone of a node.
func (r *Recorder) zone(node cluster.Node) int8 {
	name := classOf(node).zone
	for i, known := range r.zones {
		if known == name {
			return int8(i)
		}
	}
	if len(r.zones) == zonesMost || name == "" {
		r.moreZones = r.moreZones || name != ""
		return -1
	}
	r.zones = append(r.zones, name)
	return int8(len(r.zones) - 1)
}

// load adds what a pod requests to its node, or takes it away (sign -1).
func (r *Recorder) load(pod cluster.Pod, row *podRow, amount *models.Resources, sign int64, pods int32) {
	n := &r.nodes[pod.Node()]
	r.gauges.load(n, amount, sign, len(r.view.Dictionary().ResourceNames()))
	if !r.rows.laid {
		r.layRows()
	}
	n.pods += pods
	of := r.rows.touch(n.row)
	of.hold(row.workload, sign*amount[models.CPU], pods)
	if n.exists {
		of.requested[0] += sign * amount[models.CPU]
		of.requested[1] += sign * amount[models.Memory]
		of.pods += pods
	}
}

// sampleUntil takes all samples before now.
func (r *Recorder) sampleUntil(now models.Time) {
	for r.next < now {
		if len(r.samples) == samplesMost-1 {
			r.widen()
			continue
		}
		r.take(r.next)
		r.next = r.next.Add(r.interval)
	}
}

func (r *Recorder) take(at models.Time) {
	if !r.rows.laid {
		r.layRows()
	}
	for len(r.cells) < len(r.rows.all) {
		r.cells = append(r.cells, cell{})
	}
	for _, i := range r.rows.dirty {
		of := &r.rows.all[i]
		of.dirty = false
		r.cells[i] = cellOf(of)
	}
	r.rows.dirty = r.rows.dirty[:0]
	var cells []cell
	if last := len(r.spare) - 1; last >= 0 {
		cells, r.spare = r.spare[last], r.spare[:last]
	}
	r.samples = append(r.samples, sample{at, r.gauges, append(cells[:0], r.cells...)})
	r.gauges.MostPending, r.gauges.MostRefused = r.gauges.Pods[Pending], r.gauges.Refused
}

// widen drops every other sample. What there was at most goes to the next one.
func (r *Recorder) widen() {
	kept := r.samples[:0]
	for i, s := range r.samples {
		if i%2 == 1 {
			r.spare = append(r.spare, s.cells)
			continue
		}
		if i > 0 {
			dropped := &r.samples[i-1].gauges
			s.gauges.MostPending = max(s.gauges.MostPending, dropped.MostPending)
			s.gauges.MostRefused = max(s.gauges.MostRefused, dropped.MostRefused)
		}
		kept = append(kept, s)
	}
	clear(r.samples[len(kept):])
	r.samples = kept
	r.interval *= 2
	r.next = r.samples[len(kept)-1].at.Add(r.interval)
}
