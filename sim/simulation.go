package sim

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/admission"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/images"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
	"github.com/podsim/podsim/sim/pressure"
	"github.com/podsim/podsim/sim/usage"
)

// Simulation is one run.
type Simulation struct {
	config  Config
	agenda  kernel.Agenda
	cluster *cluster.Cluster
	view    cluster.View
	events  uint64
	pauseAt models.Time // see PauseAt
	settled bool        // at such a pause
	// nextCheck is the number of operations at which the whole cluster is checked.
	nextCheck uint64

	scheduler *scheduler.Scheduler
	committer scheduler.Committer
	outcome   scheduler.Outcome // decided, to be committed
	thinking  bool              // from the start of an attempt to its commit
	awake     bool              // an attempt is on the agenda for this instant
	heard     framework.Event   // what the scheduler is being told
	flushAt   models.Time       // the queue's next flush on the agenda
	flushed   uint64            // changes of the cluster before the last one
	bindings  []binding         // slots of claims that are not bound yet
	waiting   int               // of these: for Permit plugins

	kubelet     *kubelet.Kubelet
	images      *images.Manager
	mirror      mirror         // the one that is being deleted
	strays      []models.PodID // that were parted from their owners and may be there still
	resizes     resizes
	replaced    map[models.PodID][]int          // containers that are stopped to be started as they are to be now
	pulls       bool                            // images come as the configuration tells
	unmade      map[models.PodID]*sandboxWait   // pods whose sandbox could not be made
	ranges      map[models.NodeID]*addressRange // of nodes whose pods can run out of addresses
	imagesAt    models.Time                     // when the manager is next asked
	meter       *usage.Meter
	memory      *memory
	pressure    pressure.Config // of nodes of which nothing else is known
	pressed     bool            // whether any node may run short of anything
	controllers *control.Controllers
	planned     []models.Time                  // by owner: its next sync on the agenda
	rejected    map[models.OwnerID]models.Time // see rejectedAtOnce
	daemonSets  []models.OwnerID               // that are live
	drains      []*drain
	upgrades    []*upgrade
	spares      map[models.NodeID]bool // that joined for an upgrade
	drainLines  []StepLine             // of the step that is being done
	answer      Answer                 // to the step that is being done
	budgetSyncs []models.Time          // by budget: its next sync on the agenda
	lifecycle   *control.NodeLifecycle
	admission   *admission.Admission // nil in runs without anything to admit by
	retries     map[models.OwnerID]*retry
	counting    map[models.PolicyID]models.Time // syncs of quotas on the agenda
	refused     models.Refusal                  // of the last arrival or step
	emptying    map[models.Sym]models.Time      // syncs of namespaces on the agenda
	awaited     map[claimName]bool              // claims that are not there until steps make them
	protected   int                             // claims that are marked for deletion and still there
	misses      map[models.Sym]int              // of these, in a row
	taintAt     models.Time                     // the next taint pass on the agenda
	passAt      models.Time                     // the next pass of the node lifecycle controller
	planner     *fault.Planner

	sources     []Source
	inputs      inputs             // of all that has come from outside
	next        []Arrival          // by source: the one on the agenda
	arrived     [][]models.OwnerID // by source: the owners that later arrivals may name as parents
	runTimes    map[int64]time.Duration
	named       map[StepObject]models.OwnerID // the owners that steps ask for
	stepResults []StepResult
	strikes     []strike
	nodes       []nodeState
	silences    int      // nodes with silent kubelets
	recounts    *recount // under way
	halts       halts
	debugged    int                              // ephemeral containers that users have asked for
	lingers     map[models.PodID]models.Time     // until when their ephemeral containers take to stop
	sessions    map[models.PodID][]time.Duration // how long those last, by pod
	dying       map[models.PodID]dying

	terminated control.TerminatedPods
	ended      int // ended pods whose objects exist
	gcPlanned  bool
	begun      bool
	ops        []models.Op
	reasons    reasons
	err        error
}

// reasons are the symbols of the reasons that this package gives.
type reasons struct {
	lifetime, taintManager, podGC, rebooted, deadline, failed models.Sym
}

// New sets up a run on an empty cluster with these symbols; the log goes to w,
// which may be nil. Nothing happens before Run, so that observers added to the
// cluster in between see everything.
func New(c Config, d *models.Dictionary, w io.Writer) (*Simulation, error) {
	table := c.Plugins
	if table == nil {
		table = plugins.Table()
	}
	if len(c.Scheduler.Profiles) == 0 {
		c.Scheduler = scheduler.DefaultConfig(table)
	}
	if c.Scheduler.Draw == nil {
		c.Scheduler.Draw = tieBreaker(kernel.NewStreams(c.Seed))
	}
	sched, err := scheduler.New(c.Scheduler, table, d)
	if err != nil {
		return nil, err
	}
	state := cluster.New(d, w)
	s := &Simulation{
		config: c, cluster: state, scheduler: sched, committer: scheduler.NewCommitter(state),
		pauseAt: models.Never, flushAt: models.Never, taintAt: models.Never, passAt: models.Never,
		kubelet: kubelet.New(c.Kubelet, kernel.NewStreams(c.Seed)), controllers: control.New(d, state.DefinePod),
		sources: c.Sources, inputs: newInputs(len(c.Sources)), next: make([]Arrival, len(c.Sources)),
		arrived: make([][]models.OwnerID, len(c.Sources)), runTimes: make(map[int64]time.Duration), named: make(map[StepObject]models.OwnerID),
		halts:   halts{latencies: c.Latencies, slowed: 1},
		resizes: newResizes(), replaced: make(map[models.PodID][]int),
		reasons: reasons{
			lifetime: d.Sym("LifetimeOver"), taintManager: d.Sym(evict.ReasonTaintManager),
			podGC: d.Sym(control.ReasonPodGC), rebooted: d.Sym("NodeRebooted"),
			deadline: d.Sym("DeadlineExceeded"), failed: d.Sym("Error"),
		},
	}
	s.pressure = pressure.Default()
	s.meter = usage.NewMeter(c.Series, kernel.NewStreams(c.Seed), s.kubelet.Usage)
	s.controllers.Measure(s.meter)
	s.agenda.InstantLimit = instantLimit
	if !c.Start.IsZero() {
		s.controllers.Begin(c.Start)
	}
	s.view = s.cluster.View()
	s.planCheck()
	s.newImages()
	return s, nil
}

// tieBreaker draws among equal nodes from the pod's own stream.
func tieBreaker(streams *kernel.Streams) engine.Draw {
	return func(pod cluster.Pod, n int) int {
		return kernel.Pick(streams.At("scheduler/tie", kernel.Entity(pod.Name()), uint64(pod.Attempts())), n)
	}
}

// Cluster returns the cluster that the run acts on.
func (s *Simulation) Cluster() *cluster.Cluster { return s.cluster }

// Scheduler returns the scheduler of the run.
func (s *Simulation) Scheduler() *scheduler.Scheduler { return s.scheduler }

// Now returns the virtual time.
func (s *Simulation) Now() models.Time { return s.agenda.Now() }

// Horizon returns when the run ends at the latest, or Never.
func (s *Simulation) Horizon() models.Time { return s.config.Horizon }

// Events returns how many events have happened.
func (s *Simulation) Events() uint64 { return s.events }

// instantLimit is how many events may follow from each other at one instant: more
// than the arrivals of a large trace, far fewer than for ever.
const instantLimit = 1 << 24

// pauseEvery events the caller of Run is asked whether to go on.
const pauseEvery = 1 << 12

// ErrStopped is returned by Run when pause asked it to stop.
var ErrStopped = errors.New("stopped")

// Run lets everything happen up to the horizon. Every few thousand events it
// calls pause, if that is not nil, with the virtual time and the number of events,
// and stops with ErrStopped when pause returns true: what happened up to then
// stands, and another Run goes on from there. It returns an *InvariantError when the simulator itself is at fault.
func (s *Simulation) Run(pause func(now models.Time, events uint64) (stop bool)) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *InvariantError:
			err = p
		default:
			panic(p)
		}
	}()
	if !s.begun {
		s.begun = true
		s.begin()
	}
	for s.err == nil {
		next, ok := s.agenda.Peek()
		if at := s.pauseAt; at != models.Never && pause != nil && s.passes(at, next.At, ok) {
			s.pauseAt, s.settled = models.Never, true
			stop := pause(at, s.events)
			s.settled = false
			if stop {
				return ErrStopped
			}
			continue
		}
		if !ok || next.At > s.config.Horizon {
			break
		}
		e, _ := s.agenda.Next()
		if err := s.agenda.Err(); err != nil {
			return s.stalled(err)
		}
		s.events++
		s.handle(e)
		if s.events%pauseEvery == 0 && pause != nil && pause(s.agenda.Now(), s.events) {
			return ErrStopped
		}
	}
	if s.err == nil {
		s.check()
	}
	return s.err
}

// PauseAt lets Run also call pause, once, when the clock is about to go past a moment: all
// that happens up to then has happened. models.Never takes that back. A caller who asks for
// the next moment at each pause keeps a run to a pace of his own; the run is the same.
func (s *Simulation) PauseAt(at models.Time) { s.pauseAt = at }

// Settled reports, at a pause, whether it is one that PauseAt asked for: the state is that of a
// moment, and not of one in the middle of what happens then.
func (s *Simulation) Settled() bool { return s.settled }

// passes reports whether the clock goes past a moment with the next event, if there is one,
// or on its way to the horizon.
func (s *Simulation) passes(at, next models.Time, ok bool) bool {
	if !ok {
		next = s.config.Horizon
		return next != models.Never && at < next
	}
	return at < min(next, s.config.Horizon)
}

func (s *Simulation) stalled(err error) error {
	var stall *kernel.StallError
	if errors.As(err, &stall) {
		return &InvariantError{s.config.Seed, s.events, errors.New(stall.Describe(EventName))}
	}
	return &InvariantError{s.config.Seed, s.events, err}
}

// begin makes objects known, lets the nodes join and puts what is known from the
// start on the agenda.
func (s *Simulation) begin() {
	Define(s.cluster, provide(s.config.Objects, s.view.Dictionary()))
	for id, spec := range s.config.Nodes {
		def := s.cluster.DefineNode(s.asJoining(spec))
		s.do(models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(def)})
	}
	for _, claim := range s.config.Objects.Awaited {
		s.await(claim.Namespace, claim.Name)
	}
	for _, spec := range s.config.Objects.Budgets {
		s.addBudget(spec)
	}
	n := len(s.config.Nodes)
	s.nodes = make([]nodeState, n)
	s.lifecycle = control.NewNodeLifecycle(s.view)
	for id := range s.nodes {
		s.standUnready(models.NodeID(id))
		s.ageImages(models.NodeID(id))
	}
	s.beginAdmission()
	for id := range s.nodes {
		s.runStatic(models.NodeID(id))
	}
	s.planner = fault.NewPlanner(s.config.Faults, s.view, kernel.NewStreams(s.config.Seed))
	for _, strike := range s.planner.First() {
		s.planStrike(strike)
	}
	s.planSteps()
	s.startDescheduler()
	for i := range s.sources {
		s.pull(i)
	}
}

// End returns the time at which the run stands: the horizon if it has one and was
// reached, else the time of the last event.
func (s *Simulation) End(finished bool) models.Time {
	if finished && s.config.Horizon != models.Never {
		return s.config.Horizon
	}
	return s.agenda.Now()
}

func (s *Simulation) fail(err error) {
	if s.err == nil {
		s.err = fmt.Errorf("at %s: %w", s.agenda.Now(), err)
	}
}
