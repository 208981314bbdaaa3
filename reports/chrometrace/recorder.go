package chrometrace

import (
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Config says what a trace is of.
type Config struct {
	Scenario string
	Seed     uint64
	Start    time.Time // of the virtual clock
	// From and Until bound the trace, Until is Never for all that comes. Horizon is when
	// the run ends at the latest, or Never.
	From, Until, Horizon models.Time
	// Pods is how many pods are drawn at most.
	Pods int
	// Objects are patterns of what is drawn of pods, as reports.NewFilter has them; none is
	// all of them.
	Objects []string
}

// Recorder observes a cluster from its first operation on and writes the trace. It
// implements cluster.Observer.
type Recorder struct {
	Config
	out     writer
	view    cluster.View
	now     models.Time
	begun   bool
	threads int32

	cluster, waiting *process
	nodes            []*nodeTrack
	pods             map[models.PodID]*podTrack
	asked            reports.Filter
	left             Left
}

// Left is what a trace leaves out.
type Left struct {
	Drawn   int   // pods that are drawn
	Pods    int64 // pods that are not, though they were asked for
	Waiting int64 // times that a drawn pod waited while all lanes for such pods were taken
}

// The lanes of the process of the cluster.
const (
	laneSteps = iota
	laneFaults
	laneDecisions
)

// New returns a recorder for a cluster that nothing has happened in yet.
func New(w io.Writer, c Config, v cluster.View) (*Recorder, error) {
	if v.Nodes() > 0 || v.Pods() > 0 || v.Owners() > 0 {
		return nil, errors.New("a trace must follow a cluster from its first operation on")
	}
	asked, err := reports.NewFilter(nil, c.Objects)
	if err != nil {
		return nil, err
	}
	r := &Recorder{Config: c, out: newWriter(w), view: v, pods: make(map[models.PodID]*podTrack), asked: asked}
	r.cluster = &process{id: 1, name: "cluster", order: 1, lanes: []lanes{
		laneSteps: {name: "steps of users"}, laneFaults: {name: "faults"}, laneDecisions: {name: "scheduling"},
	}}
	r.waiting = &process{id: 2, name: "pods that wait for a node", order: 3, lanes: []lanes{{name: "waiting"}}}
	return r, nil
}

// Err returns the first error of writing.
func (r *Recorder) Err() error { return r.out.err }

// Advance tells that the clock moves on to the moment of the next operation.
func (r *Recorder) Advance(next models.Time) {
	if !r.begun && next >= r.From {
		r.begin()
	}
}

// begin draws what is there when the trace begins.
func (r *Recorder) begin() {
	r.begun, r.now = true, r.From
	for id := range r.view.Nodes() {
		r.joins(models.NodeID(id))
	}
	for pod := range r.view.Live() {
		if !pod.Phase().Terminal() {
			r.appears(pod)
		}
	}
}

// Observe takes in one operation that was applied.
func (r *Recorder) Observe(now models.Time, op *models.Op, _ cluster.View) {
	if !r.begun {
		return
	}
	r.now = now
	switch fields := op.Kind.Fields(); {
	case fields&models.FieldPod != 0:
		r.observePod(op)
	case fields&models.FieldOwner != 0:
	case fields&models.FieldNode != 0 && op.Node != models.None:
		r.observeNode(op)
	}
}

// Finish ends all that is open and the trace, and returns what it leaves out. The end
// lies not before the last operation.
func (r *Recorder) Finish(end models.Time, steps []reports.UserStep) (Left, error) {
	r.Advance(models.Never)
	r.now = end
	r.finishPods()
	r.finishNodes()
	r.users(steps)
	return r.left, r.out.finish(r.facts(end))
}

// users writes what users did.
func (r *Recorder) users(steps []reports.UserStep) {
	for i := range steps {
		s := &steps[i]
		at := models.Time(float64(s.At) * float64(time.Second))
		if at < r.From || at > r.now {
			continue
		}
		r.instant(at, r.fixed(r.cluster, laneSteps), "step", s.Text, func() {
			r.out.text("answer", s.Message)
			if s.Failed {
				r.out.text("failed", "true")
			}
		})
	}
}

// facts are what the trace says of itself.
func (r *Recorder) facts(end models.Time) []fact {
	facts := []fact{
		{"scenario", r.Scenario}, {"seed", strconv.FormatUint(r.Seed, 10)},
		{"from", r.From.String()}, {"until", end.String()},
		{"pods drawn", strconv.Itoa(r.left.Drawn)}, {"pods not drawn", strconv.FormatInt(r.left.Pods, 10)},
	}
	if !r.Start.IsZero() {
		facts = append(facts, fact{"time 0", r.Start.UTC().Format(time.RFC3339Nano)})
	}
	return facts
}
