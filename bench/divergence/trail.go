package divergence

import (
	"encoding/binary"
	"hash"
	"hash/fnv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
)

// trail follows the decisions of one run. Each becomes a number that is the same
// in another run if the same was decided, at the same time, about a pod, node or
// workload of the same name.
type trail struct {
	simulation *sim.Simulation
	hash       hash.Hash64
	name       []byte
	count      int
	decided    func(number int, sum uint64)

	// wanted is the decision to look at closely; found is what it was.
	wanted int
	found  *Decision
	seen   bool
}

const nothingWanted = -1

// judged is an operation that some policy decided on. What follows from it by
// itself, such as a pod that starts, is no decision.
func judged(op *models.Op) bool {
	switch op.Kind {
	case models.OpDeletePod, models.OpTaintNode, models.OpUntaintNode, models.OpCordonNode, models.OpScaleOwner, models.OpNominatePod:
		return true
	}
	return false // nodes that join at the start are compared by themselves
}

// Observe takes in what others than the scheduler decided.
func (t *trail) Observe(now models.Time, op *models.Op, v cluster.View) {
	if !judged(op) {
		return
	}
	t.begin(now, byte(op.Kind))
	fields := op.Kind.Fields()
	d := v.Dictionary()
	if fields&models.FieldPod != 0 {
		t.pod(v, op.Pod)
	}
	if fields&models.FieldNode != 0 && op.Node != models.None {
		t.word(v.Node(op.Node).Name())
	}
	if fields&models.FieldOwner != 0 {
		t.owner(v, op.Owner)
	}
	if fields&models.FieldReason != 0 {
		t.word(d.String(op.Reason))
	}
	if fields&models.FieldTaint != 0 {
		t.word(d.String(op.Taint.Key))
	}
	if fields&models.FieldArg != 0 {
		t.number(uint64(op.Arg))
	}
	if t.end() {
		t.found = describeOp(now, op, v)
	}
}

// attempt takes in what the scheduler decided about a pod.
func (t *trail) attempt(e scheduler.Engine, v cluster.View, pod models.PodID, r *engine.Result, why *engine.Diagnosis) {
	now := t.simulation.Now()
	t.begin(now, 0)
	t.pod(v, pod)
	if why == nil {
		t.word(v.Node(r.Node).Name())
	} else {
		t.word(why.Message())
	}
	if t.end() {
		t.found = describeAttempt(now, e, v, pod, r, why)
	}
}

func (t *trail) begin(now models.Time, kind byte) {
	t.hash.Reset()
	t.hash.Write([]byte{kind})
	t.number(uint64(now))
}

// end closes a decision and reports whether it is the one to look at.
func (t *trail) end() bool {
	number := t.count
	t.count++
	if t.decided != nil {
		t.decided(number, t.hash.Sum64())
	}
	t.seen = t.seen || number == t.wanted
	return number == t.wanted
}

func (t *trail) number(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	t.hash.Write(b[:])
}

// word takes in a text, so that no two lists of texts look the same.
func (t *trail) word(text string) {
	t.number(uint64(len(text)))
	t.name = append(t.name[:0], text...)
	t.hash.Write(t.name)
}

func (t *trail) pod(v cluster.View, id models.PodID) {
	pod := v.Pod(id)
	t.word(v.Dictionary().String(pod.Spec().Namespace))
	t.name = pod.AppendName(t.name[:0])
	t.number(uint64(len(t.name)))
	t.hash.Write(t.name)
}

func (t *trail) owner(v cluster.View, id models.OwnerID) {
	owner := v.Owner(id)
	t.number(uint64(owner.Kind()))
	t.word(v.Dictionary().String(owner.Spec().Namespace))
	t.name = owner.AppendName(t.name[:0])
	t.number(uint64(len(t.name)))
	t.hash.Write(t.name)
}

// witness is an engine that tells the trail of its decisions.
type witness struct {
	scheduler.Engine
	trail *trail
}

// Schedule decides as the engine does.
func (w *witness) Schedule(v cluster.View, pod models.PodID) (engine.Result, *engine.Diagnosis) {
	r, why := w.Engine.Schedule(v, pod)
	w.trail.attempt(w.Engine, v, pod, &r, why)
	return r, why
}

// follow makes a run and sets a trail on it.
func (side Side) follow() (*trail, error) {
	c, d, err := side()
	if err != nil {
		return nil, err
	}
	t := &trail{hash: fnv.New64a(), wanted: nothingWanted}
	if len(c.Scheduler.Profiles) == 0 {
		table := c.Plugins
		if table == nil {
			table = plugins.Table()
		}
		own := c.Scheduler.Engine
		c.Scheduler = scheduler.DefaultConfig(table)
		c.Scheduler.Engine = own
	}
	inner := c.Scheduler.Engine
	if inner == nil {
		inner = func(c engine.Config, n *engine.Nodes) scheduler.Engine { return engine.NewIncremental(c, n) }
	}
	c.Scheduler.Engine = func(ec engine.Config, n *engine.Nodes) scheduler.Engine {
		return &witness{inner(ec, n), t}
	}
	if t.simulation, err = sim.New(c, d, nil); err != nil {
		return nil, err
	}
	t.simulation.Cluster().Observe(t)
	return t, nil
}
