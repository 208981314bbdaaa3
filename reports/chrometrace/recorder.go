package chrometrace

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
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

	cluster, owners, waiting *process

	nodes     []*nodeTrack
	zones     []string
	pods      map[models.PodID]*podTrack
	faults    []*fault
	workloads []*workload
	ofOwner   map[models.OwnerID]*workload // by the topmost owner; nil if it is not drawn
	dirty     []*workload                  // touched at this moment
	counters  counters
	asked     []asked
	left      Left
}

// Left is what a trace leaves out.
type Left struct {
	Drawn   int   // pods that are drawn
	Pods    int64 // pods that are not, though they were asked for
	Unasked int64 // pods that are not called as Config.Objects asks
	Waiting int64 // times that a drawn pod waited while all lanes for such pods were taken
	// Workloads are those that are not drawn, though their pods may be.
	Workloads int64
}

// asked is a pattern of what the user asked for, and whether a pod was found for it.
type asked struct {
	pattern string
	filter  reports.Filter
	found   bool
}

// NothingError says that no pod of the time of a trace is what a pattern of Config.Objects
// asks for.
type NothingError struct{ Pattern string }

func (e *NothingError) Error() string {
	return e.Pattern + ": no pod of this time is called so, nor its workload or node"
}

// The lanes of the process of the cluster.
const (
	laneSteps = iota
	laneFaults
	laneUpgrades
	laneDecisions
)

// New returns a recorder for a cluster that nothing has happened in yet.
func New(w io.Writer, c Config, v cluster.View) (*Recorder, error) {
	if v.Nodes() > 0 || v.Pods() > 0 || v.Owners() > 0 {
		return nil, errors.New("a trace must follow a cluster from its first operation on")
	}
	patterns := make([]asked, len(c.Objects))
	for i, pattern := range c.Objects {
		filter, err := reports.NewFilter(nil, c.Objects[i:i+1])
		if err != nil {
			return nil, err
		}
		patterns[i] = asked{pattern: pattern, filter: filter}
	}
	r := &Recorder{
		Config: c, out: newWriter(w), view: v, asked: patterns, counters: newCounters(&c),
		pods: make(map[models.PodID]*podTrack), ofOwner: make(map[models.OwnerID]*workload),
	}
	r.cluster = &process{id: 1, name: "cluster", order: 1, lanes: []lanes{
		laneSteps: {name: "steps of users"}, laneFaults: {name: "faults"}, laneUpgrades: {name: "upgrades"}, laneDecisions: {name: "scheduling"},
	}}
	r.owners = &process{id: 2, name: "workloads", order: 2}
	r.waiting = &process{id: 3, name: "pods that cannot be placed", order: 3, lanes: []lanes{{name: "waiting"}}}
	return r, nil
}

// Err returns the first error of writing.
func (r *Recorder) Err() error { return r.out.err }

// Advance tells that the clock moves on to the moment of the next operation.
func (r *Recorder) Advance(next models.Time) {
	switch {
	case r.begun && next > r.now:
		r.moment(next)
	case !r.begun && next >= r.From:
		r.begin()
	}
}

// moment ends the moment of the last operations: what can be told only when all of them
// are known.
func (r *Recorder) moment(next models.Time) {
	r.drawFaults()
	r.look()
	r.sample(next)
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
	for id := range r.view.Owners() {
		r.touch(models.OwnerID(id))
	}
	r.counters.dirty = true
	r.moment(r.From + 1)
}

// Observe takes in one operation that was applied.
func (r *Recorder) Observe(now models.Time, op *models.Op, _ cluster.View) {
	if r.begun {
		r.now = now
	}
	r.observeFault(now, op)
	if !r.begun {
		return
	}
	r.counters.dirty = true
	switch fields := op.Kind.Fields(); {
	case fields&models.FieldPod != 0:
		r.observePod(op)
	case fields&models.FieldOwner != 0 && op.Owner != models.None:
		r.observeOwner(op)
	case fields&models.FieldNode != 0 && op.Node != models.None:
		r.observeNode(op)
	}
}

// Finish ends all that is open and the trace, and returns what it leaves out. The end
// lies not before the last operation. It fails with a NothingError for each pattern that
// no pod was found for.
func (r *Recorder) Finish(end models.Time, steps []reports.UserStep) (Left, error) {
	end = max(end, r.From)
	r.Advance(end)
	r.moment(end + 1)
	r.now = end
	r.counters.last(end)
	r.sample(end + 1)
	r.finishPods()
	r.finishNodes()
	r.finishFaults()
	r.finishWorkloads()
	r.users(steps, end)
	var nothing []error
	for i := range r.asked {
		if !r.asked[i].found {
			nothing = append(nothing, &NothingError{r.asked[i].pattern})
		}
	}
	if nothing != nil {
		return r.left, errors.Join(nothing...)
	}
	return r.left, r.out.finish(r.facts(end))
}

// users writes what users did.
func (r *Recorder) users(steps []reports.UserStep, end models.Time) {
	for i := range steps {
		s := &steps[i]
		at := models.Time(math.Round(float64(s.At) * float64(time.Second)))
		if at < r.From || at > end {
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
		{"waits not drawn", strconv.FormatInt(r.left.Waiting, 10)}, {"workloads not drawn", strconv.FormatInt(r.left.Workloads, 10)},
	}
	if len(r.asked) > 0 {
		facts = append(facts, fact{"objects", strings.Join(r.Objects, " ")}, fact{"pods not asked for", strconv.FormatInt(r.left.Unasked, 10)})
	}
	if !r.Start.IsZero() {
		facts = append(facts, fact{"time 0", r.Start.UTC().Format(time.RFC3339Nano)})
	}
	return facts
}
