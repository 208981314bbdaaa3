package sim

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
)

// halts are the parts of the control plane that stand still or are slow, and what waits
// for them.
type halts struct {
	controllers int32            // faults that hold the controller manager
	restarted   models.Time      // when that was last started
	late        []models.OwnerID // that it would have looked at meanwhile
	postponed   []kernel.Event   // what else it would have done

	scheduler int32  // faults that hold the scheduler
	attempts  uint32 // how often one has been stopped: what it tried is void

	latencies Latencies // of a control plane that is not slow
	slows     int32     // faults by which it is slow
	slowed    float64   // how many times as long that takes
	delayed   time.Duration
}

// hold lets a fault take hold of registries or of the control plane, or lets go.
func (s *Simulation) hold(f *fault.Fault, by int32) {
	h := &s.halts
	switch f.Action {
	case fault.SchedulerOutage:
		h.scheduler += by
		if by > 0 && h.scheduler == 1 {
			s.stopScheduler()
		} else if h.scheduler == 0 {
			s.startScheduler()
		}
	case fault.ControllerOutage:
		h.controllers += by
		if by > 0 && h.controllers == 1 {
			s.lifecycle.Stop()
		} else if h.controllers == 0 {
			s.startControllers()
		}
	case fault.APISlow:
		h.slows += by
		h.delayed += f.Delay * time.Duration(by)
		h.slowed = fault.Times(h.slowed, f.Factor, by, h.slows)
		s.slowAPI()
	case fault.RegistryOutage:
		s.images.Fail(s.agenda.Now(), f.Registries, by)
		s.planImages()
	case fault.RegistrySlow:
		s.images.Throttle(s.agenda.Now(), f.Registries, f.Factor, by)
		s.planImages()
	}
}

// slowAPI gives every latency that has the API server in it its length anew.
func (s *Simulation) slowAPI() {
	h := &s.halts
	slow := func(d time.Duration) time.Duration {
		return time.Duration(float64(float64(d)*h.slowed)).Round(time.Microsecond) + h.delayed
	}
	s.config.Latencies.Controller = slow(h.latencies.Controller)
	s.config.Latencies.Binding = slow(h.latencies.Binding)
	s.config.Latencies.NodeReady = slow(h.latencies.NodeReady)
	s.kubelet.Late(h.delayed)
}

// slowNode makes a node slow, or as ever.
func (s *Simulation) slowNode(id models.NodeID, times float64, by int32) {
	state := &s.nodes[id]
	if state.slowed == 0 {
		state.slowed = 1
	}
	state.slowed = fault.Times(state.slowed, times, by, state.held[fault.Slow])
	s.kubelet.Slow(id, state.slowed)
	s.images.Slow(s.agenda.Now(), id, state.slowed)
	s.planImages()
}

// stopScheduler is the end of a scheduler: what it tried and what it was about to bind is
// lost with it.
func (s *Simulation) stopScheduler() {
	now := s.agenda.Now()
	s.halts.attempts++
	if s.thinking {
		s.thinking = false
		s.scheduler.Rejected(now, s.outcome.Pod, s.view)
	}
	for i := range s.bindings {
		if s.bindings[i].live {
			s.cancelBinding(s.bindings[i].claim.Pod)
		}
	}
}

// startScheduler starts a scheduler that knows nothing but what the API server tells: pods
// without a node come in the order of their names, none backs off and none waits for an
// event. Nominations are in the status of pods, and stay.
// Source: pkg/scheduler/eventhandlers.go (addPod), pkg/scheduler/backend/queue/
// scheduling_queue.go (Add).
func (s *Simulation) startScheduler() {
	now := s.agenda.Now()
	var pods []cluster.Pod
	for pod := range s.view.Live() {
		if pod.Node() == models.None && pod.Assumed() == models.None && !pod.Phase().Terminal() && pod.Spec().NodeName == 0 && !pod.Spec().Static {
			pods = append(pods, pod)
		}
	}
	d := s.view.Dictionary()
	slices.SortStableFunc(pods, func(a, b cluster.Pod) int {
		return cmp.Or(cmp.Compare(d.String(a.Spec().Namespace), d.String(b.Spec().Namespace)), cmp.Compare(a.Name(), b.Name()))
	})
	for _, pod := range pods {
		s.scheduler.Delete(pod.ID())
		s.scheduler.Add(now, pod.ID(), s.view)
	}
	s.wakeScheduler()
}

// postpone keeps what the controller manager would do now until it runs again. What that
// works out anew when it starts is dropped.
func (s *Simulation) postpone(e kernel.Event) bool {
	h := &s.halts
	switch e.Kind {
	case evReconcile, evGathered:
		if id := models.OwnerID(e.A); s.planned[id] == e.At {
			s.planned[id] = models.Never
			h.late = append(h.late, id)
		}
	case evRetry:
		if id := models.OwnerID(e.A); s.retries[id] != nil {
			h.late = append(h.late, id)
		}
	case evNodePass:
		s.passAt = models.Never
	case evTaintPass:
		s.taintAt = models.Never
	case evSilent, evTaintEviction:
	case evNodeTaints, evQuota, evLapse, evNamespace, evBudget, evClaim, evStale, evOrphan, evAbandoned, evPodGC:
		h.postponed = append(h.postponed, e)
	default:
		return false
	}
	return true
}

// startControllers starts a controller manager that knows nothing but what the API server
// tells: everything is looked at, waits after failures begin anew, tolerations count from
// now, and so does the silence of nodes.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (tryUpdateNodeHealth,
// classifyNodes), pkg/controller/tainteviction/taint_eviction.go (handleNodeUpdate).
func (s *Simulation) startControllers() {
	now, h := s.agenda.Now(), &s.halts
	h.restarted = now
	s.doAll(s.lifecycle.Start(now, s.view, s.ops[:0]))
	for _, id := range s.controllers.Restart() {
		s.planReconcile(id, now)
	}
	for id := range s.nodes {
		node := s.view.Node(models.NodeID(id))
		if node.Removed() {
			continue
		}
		if !node.Heard() && node.Ready() != models.ConditionUnknown {
			s.agenda.Schedule(max(s.lifecycle.Patience(), now), evSilent, node.Outages(), int32(id), 0)
		}
		s.nodes[id].taintGen++
		for _, pod := range slices.Sorted(slices.Values(node.Pods())) {
			s.planTaintEviction(s.view.Pod(pod), node)
		}
	}
	s.planNodePass(control.NextPass(now))
	for _, id := range slices.Sorted(maps.Keys(s.retries)) {
		if r := s.retries[id]; r.failures > 0 || r.at != models.Never {
			r.failures, r.at = 0, models.Never
			h.late = append(h.late, id)
		}
	}
	for id := range s.view.Owners() {
		if o := s.view.Owner(models.OwnerID(id)); o.Kind() == models.HorizontalPodAutoscaler && !o.Deleted() {
			h.late = append(h.late, o.ID()) // looked at a while after the start, whatever was planned
		}
	}
	late, postponed := h.late, h.postponed
	h.late, h.postponed = nil, nil
	for _, id := range late {
		s.planReconcile(id, now)
	}
	for _, e := range postponed {
		s.resume(e)
	}
}

// resume does what was to be done while the controller manager did not run.
func (s *Simulation) resume(e kernel.Event) {
	now := s.agenda.Now()
	again := func() { s.agenda.Schedule(now, e.Kind, e.Gen, e.A, e.B) }
	switch e.Kind {
	case evBudget:
		if s.budgetSyncs[e.A] == e.At {
			s.budgetSyncs[e.A] = now
			again()
		}
	case evQuota:
		if id := models.PolicyID(e.A); s.counting[id] == e.At {
			s.counting[id] = now
			again()
		}
	case evNamespace:
		if name := models.Sym(e.A); s.emptying[name] == e.At {
			s.emptying[name] = now
			again()
		}
	case evPodGC:
		s.gcPlanned = false
		s.planGC()
	case evOrphan, evAbandoned:
		s.agenda.Schedule(orphansAt(now), e.Kind, e.Gen, e.A, e.B)
	default:
		again()
	}
}
