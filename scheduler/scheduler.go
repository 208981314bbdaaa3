package scheduler

import (
	"errors"
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/scheduler/queue"
)

// Engine chooses a node for a pod. If it finds none, the diagnosis says why and
// holds until the next call; otherwise it is nil.
type Engine interface {
	Schedule(v cluster.View, pod models.PodID) (engine.Result, *engine.Diagnosis)
}

// Config is the configuration of one scheduler.
type Config struct {
	Profiles []Profile
	Queue    queue.Config
	// Draw breaks ties of profiles with engine.TiesRandom. It is to depend on
	// the pod and the number of its attempt, not on earlier draws.
	Draw engine.Draw
	// Engine makes the engine of a profile; nil is the incremental one.
	Engine func(engine.Config, *engine.Nodes) Engine
}

// DefaultConfig returns the configuration of Kubernetes with plugins of table.
func DefaultConfig(table []plugins.Entry) Config {
	return Config{Profiles: []Profile{DefaultProfile(table)}, Queue: queue.DefaultConfig()}
}

func (c *Config) engine(config engine.Config, nodes *engine.Nodes) Engine {
	if c.Engine != nil {
		return c.Engine(config, nodes)
	}
	return engine.NewIncremental(config, nodes)
}

// Scheduler decides for the pods of its profiles, one at a time, out of one
// queue. It is not safe for concurrent use.
type Scheduler struct {
	dictionary *models.Dictionary
	profiles   []profile
	byName     map[models.Sym]int
	queue      *queue.Queue
	open       []decision // not answered yet; mostly one
	counters   Counters
	cycle      framework.Cycle
}

// decision is an attempt that waits for its answer.
type decision struct {
	pod       models.PodID
	spec      *models.PodSpec
	node      models.NodeID // None if none was found
	rejectors queue.PluginSet
	pending   queue.PluginSet // of the rejectors
}

// Counters count attempts by result, and the work they took.
// Source: pkg/scheduler/metrics (schedule_attempts_total).
type Counters struct {
	Scheduled     int64 // claims that were accepted
	Unschedulable int64 // attempts that plugins rejected
	Errors        int64 // attempts that failed otherwise, and claims that were refused
	Evaluated     int64 // nodes looked at
	Feasible      int64 // nodes found to fit
}

// New makes a scheduler with plugins of table. The error tells all problems of
// the configuration at once.
func New(config Config, table []plugins.Entry, d *models.Dictionary) (*Scheduler, error) {
	s := &Scheduler{dictionary: d, byName: make(map[models.Sym]int)}
	nodes := new(engine.Nodes)
	var problems []error
	if len(config.Profiles) == 0 {
		problems = append(problems, errors.New("a scheduler needs a profile"))
	}
	if b := config.Queue; b.InitialBackoff < 0 || b.MaxBackoff < b.InitialBackoff && b.MaxBackoff != 0 || b.UnschedulableAge < 0 {
		problems = append(problems, fmt.Errorf("backoff: want 0 <= initial <= maximum and an age that is not negative "+
			"(got %s, %s and %s)", b.InitialBackoff, b.MaxBackoff, b.UnschedulableAge))
	}
	for i := range config.Profiles {
		given := &config.Profiles[i]
		p, err := build(given, &config, table, d, nodes)
		if err != nil {
			problems = append(problems, fmt.Errorf("profile %q: %w", given.SchedulerName, err))
			continue
		}
		if _, twice := s.byName[p.name]; twice {
			problems = append(problems, fmt.Errorf("profile %q is given twice", given.SchedulerName))
		}
		if len(s.profiles) > 0 && s.profiles[0].sort.Name() != p.sort.Name() {
			problems = append(problems, fmt.Errorf("profile %q: all profiles share one queue and must sort it alike (got %s and %s)",
				given.SchedulerName, p.sort.Name(), s.profiles[0].sort.Name()))
		}
		s.byName[p.name] = len(s.profiles)
		s.profiles = append(s.profiles, p)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	queues := make([]queue.Profile, len(s.profiles))
	for i := range s.profiles {
		queues[i] = s.profiles[i].queue
	}
	s.queue = queue.New(config.Queue, s.profiles[0].sort, queues)
	return s, nil
}

// Add tells of a pod without a node. It reports whether the pod asks for one of
// the scheduler's profiles; others are ignored.
func (s *Scheduler) Add(now models.Time, pod models.PodID, v cluster.View) bool {
	profile, ok := s.byName[v.Pod(pod).Spec().SchedulerName]
	if ok {
		s.queue.Add(now, pod, profile, v)
	}
	return ok
}

// Delete tells that a pod is gone or was bound by somebody else. A decision about
// it that is still open must be answered all the same.
func (s *Scheduler) Delete(pod models.PodID) { s.queue.Delete(pod) }

// Update takes in that a pod without a node has another specification.
func (s *Scheduler) Update(now models.Time, pod models.PodID, v cluster.View) {
	s.queue.Update(now, pod, v)
}

// Notify tells of an event that may make rejected pods schedulable.
func (s *Scheduler) Notify(now models.Time, e *framework.Event, v cluster.View) {
	s.queue.Notify(now, e, v)
}

// Hears reports whether any plugin may find an event of that kind worth another
// attempt.
func (s *Scheduler) Hears(kind framework.EventKind) bool { return s.queue.Hears(kind) }

// Flush does what the queue has due at or before now.
func (s *Scheduler) Flush(now models.Time, v cluster.View) { s.queue.Flush(now, v) }

// NextFlush returns when Flush will next change something; Never if it will not.
func (s *Scheduler) NextFlush(now models.Time) models.Time { return s.queue.NextFlush(now) }

// Lengths returns how many pods wait where.
func (s *Scheduler) Lengths() queue.Lengths { return s.queue.Lengths() }

// Counters returns the attempts so far.
func (s *Scheduler) Counters() Counters { return s.counters }
