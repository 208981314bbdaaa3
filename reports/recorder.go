package reports

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Config says what a Recorder records.
type Config struct {
	// Horizon is when the run ends at the latest; 0 or Never when unknown.
	Horizon models.Time
	// Interval is the step of the time series. 0 takes the first of 1s, 5s, 15s,
	// 30s, 1m, 5m, … that makes at most 288 samples, or widens as time goes by if
	// the horizon is unknown.
	Interval time.Duration
	// Pods receives pods.csv and Events events.jsonl; nil for none.
	Pods   io.Writer
	Events io.Writer
	// WarmUp is the beginning of the run that Summary.Measured leaves out. The other
	// parts of the summary and the files are about the whole run.
	WarmUp time.Duration
	// Prices are those of a node for an hour, by node group; without any the
	// summary tells no cost. CostLabel is the key of a pod label by whose values
	// costs are told, besides namespaces; empty for none.
	Prices    map[string]float64
	CostLabel string
	// Shape is what a pod would request for which stranded capacity is told; nil
	// for none.
	Shape *models.Resources
	// PingPong is what counts as ping-pong.
	PingPong PingPongLimit
}

// Recorder observes a cluster from its first operation on and tells in the end
// what happened. It implements cluster.Observer.
type Recorder struct {
	view cluster.View
	now  models.Time // of the last operation
	step step

	tracks      tracks
	outcomes    outcomes
	waits       waits
	gauges      gauges
	series      series
	nodes       nodeLoads
	disruptions disruptions
	faults      faults
	reasons     reasons
	workloads   workloads
	capacity    capacity
	room        room
	bills       bills
	evictions   evictions
	wasted      wasted
	warmUp      warmUp
	attribution attribution
	moves       moves
	violations  violations
	upgrades    upgrades
	bound       int64 // times that a pod came to a node
	checks      []*Check
	readers     []tableReader
	pods        *podsFile
	events      *eventsFile
	operations  uint64
	finished    bool
}

// NewRecorder returns a recorder for a cluster that nothing has happened in yet.
func NewRecorder(c Config, v cluster.View) (*Recorder, error) {
	if v.Nodes() > 0 || v.Pods() > 0 || v.Owners() > 0 {
		return nil, errors.New("a recorder must observe a cluster from its first operation on")
	}
	r := &Recorder{view: v, gauges: gauges{lastDown: models.None, lastUnready: models.None}}
	r.workloads.disruptions, r.workloads.faults = &r.disruptions, &r.faults
	r.wasted.workloads, r.disruptions.workloads = &r.workloads, &r.workloads
	var err error
	if r.series, err = newSeries(c); err != nil {
		return nil, err
	}
	if err := r.measure(c); err != nil {
		return nil, err
	}
	if c.Pods != nil {
		r.pods = newPodsFile(c.Pods)
	}
	if c.Events != nil {
		r.events = &eventsFile{out: newBuffered(c.Events)}
	}
	return r, nil
}

// Check adds assertions to be checked. A Check belongs to one recorder and must
// be added before the run.
func (r *Recorder) Check(checks ...*Check) {
	for _, c := range checks {
		r.checks = append(r.checks, c)
		if c.metric != nil && c.metric.workload && c.target != (targetName{}) {
			r.workloads.wanted = append(r.workloads.wanted, c)
		}
	}
}

// Observe takes in one operation that was applied.
func (r *Recorder) Observe(now models.Time, op *models.Op, v cluster.View) {
	if now > r.now {
		r.advance(now)
	}
	r.operations++
	s := &r.step
	s.now, s.op, s.view = now, op, v
	switch {
	case isPodOp(op.Kind):
		r.observePod(s)
	case op.Kind.Fields()&models.FieldOwner != 0:
		r.workloads.observeOwner(s)
	default:
		r.observeNode(s)
	}
	if r.events != nil {
		r.events.write(s)
	}
}

func (r *Recorder) observePod(s *step) {
	s.changePod(&r.tracks)
	switch s.op.Kind {
	case models.OpFailScheduling:
		r.reasons.observe(s)
		return
	case models.OpCreatePod:
		r.workloads.adopt(s)
	}
	r.outcomes.observe(s)
	r.waits.observe(s)
	r.measurePod(s)
	r.gauges.observePod(s)
	r.nodes.observePod(s)
	r.workloads.observePod(s)
	r.disruptions.observePod(s)
	if len(r.faults.open) > 0 {
		r.faults.observePending(s.now, r.gauges.pending)
	}
	if s.op.Kind == models.OpRemovePod {
		r.podEnds(s.pod, &s.was)
		r.tracks.release(s.op.Pod)
	}
}

func (r *Recorder) observeNode(s *step) {
	r.measureNode(s)
	if s.op.Kind == models.OpCrashNode {
		r.workloads.crash(s, &r.tracks)
	}
	r.upgrades.observe(s, &r.workloads)
	r.gauges.observeNode(s)
	r.nodes.observeNode(s)
	r.disruptions.observeNode(s, &r.tracks)
	r.faults.observeFault(s, r.gauges.pending)
}

// advance moves the clock: what depends on the state at a moment before now is
// taken from the counters as they are.
func (r *Recorder) advance(now models.Time) {
	r.series.stood(r.gauges.pending)
	if r.series.next < now {
		r.series.until(now, r)
	}
	r.measureTime(now)
	for _, c := range r.checks {
		c.advance(r, r.now, now)
	}
	r.now = now
}

// Finish ends the run at a moment not before the last operation, writes what the
// files still lack and returns the summary.
func (r *Recorder) Finish(end models.Time) (*Summary, error) {
	switch {
	case r.finished:
		return nil, errors.New("the recorder is finished already")
	case end < r.now:
		return nil, fmt.Errorf("a run cannot end at %s, before its last operation at %s", end, r.now)
	}
	r.finished = true
	r.waits.release(r.view)
	if end > r.now {
		r.advance(end)
	}
	r.series.finish(end, r)
	for _, c := range r.checks {
		c.finish(r, end)
	}
	if err := r.finishFiles(); err != nil {
		return nil, err
	}
	s := r.summary(end)
	if err := r.finishTables(s); err != nil {
		return nil, err
	}
	measures := s.measures(true)
	for _, c := range r.checks {
		c.measured(measures, end)
		s.Assertions = append(s.Assertions, c.result)
	}
	return s, nil
}

// podEnds tells of a pod whose object goes, or that is there at the end.
func (r *Recorder) podEnds(pod cluster.Pod, row *track) {
	if r.pods != nil {
		r.pods.write(podRow(r.view, pod, row))
	}
	if len(r.readers) > 0 {
		r.readPod(podRow(r.view, pod, row))
	}
}

func (r *Recorder) finishFiles() error {
	var err error
	if r.pods != nil || len(r.readers) > 0 {
		r.tracks.each(func(id models.PodID, row *track) bool {
			r.podEnds(r.view.Pod(id), row)
			return true
		})
	}
	if r.pods != nil {
		err = nameError("pods.csv", r.pods.out.flush())
	}
	if r.events != nil {
		err = errors.Join(err, nameError("events.jsonl", r.events.out.flush()))
	}
	return err
}

func nameError(file string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", file, err)
}

func (r *Recorder) summary(end models.Time) *Summary {
	oldest, waiting := r.oldestPending()
	s := &Summary{
		NotSimulated: []string{}, Assertions: []AssertionResult{}, Custom: []Measure{},
		End: secondsOf(end), Operations: r.operations,
		Pods:       r.outcomes.total(),
		PodsByKind: r.outcomes.kinds(),
		Pending: Waiting{
			Quantiles: r.waits.pending.quantiles(), StillPending: waiting, NeverBound: r.waits.neverBound,
		},
		Running:       r.waits.running.quantiles(),
		Ready:         r.waits.ready.quantiles(),
		Nodes:         r.nodes.summary(end, r.view),
		Disruptions:   r.disruptions.summary(r.view),
		Faults:        r.faults.summary(r.view.Dictionary()),
		Unschedulable: r.reasons.summary(),
		Workloads:     r.workloads.summary(end, r.view),
		Jobs:          r.workloads.jobs(r.view),
		Series:        r.series.summary(r.view),
		Upgrades:      r.upgrades.summary(end, &r.workloads),
	}
	if oldest != models.None {
		pod := r.view.Pod(oldest)
		s.Pending.Oldest = string(appendPod(nil, r.view, pod))
		s.Pending.OldestWaits = secondsOf(end - pod.Created())
	}
	s.Measured = r.measured(end)
	s.Measured.upgrades(s.Upgrades)
	s.Measured.recoveries(s)
	return s
}
