package prometheus

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Source: pkg/scheduler/metrics/metrics.go.
var (
	scheduleAttempts = &Family{Component: KubeScheduler, Name: "scheduler_schedule_attempts_total", Type: Counter,
		Help: "Attempts to schedule pods by their result.", Labels: []string{"result", "profile"}}
	pendingPods = &Family{Component: KubeScheduler, Name: "scheduler_pending_pods",
		Help: "Pods in the parts of the scheduling queue. A pod that is being tried is in none.", Labels: []string{"queue"}}
	podScheduling = &Family{Component: KubeScheduler, Name: "scheduler_pod_scheduling_sli_duration_seconds", Type: Histogram,
		Help: "Virtual time from when a pod came into the queue, without gates, until it was bound.", Labels: []string{"attempts"},
		Buckets: exponential(0.01, 2, 20)}
	podAttempts = &Family{Component: KubeScheduler, Name: "scheduler_pod_scheduling_attempts", Type: Histogram,
		Help: "Attempts that it took to schedule a pod.", Buckets: exponential(1, 2, 5)}
	preemptionVictims = &Family{Component: KubeScheduler, Name: "scheduler_preemption_victims", Type: Histogram,
		Help: "Pods that one preemption deleted.", Buckets: exponential(1, 2, 7)}
	cacheSize = &Family{Component: KubeScheduler, Name: "scheduler_cache_size",
		Help: "Nodes, pods and assumed pods in the cache of the scheduler.", Labels: []string{"type"}}

	schedulerFamilies = []*Family{scheduleAttempts, pendingPods, podScheduling, podAttempts, preemptionVictims, cacheSize}
)

// schedulerFold counts what a scheduler does.
type schedulerFold struct {
	attempts, duration, tries, victims tally
	gated                              map[models.PodID]models.Time // since when pods that had gates have none; Never yet
	// preempted are the pods that one preemption has deleted so far.
	preempted int
	preemptor models.Sym
	at        models.Time
}

func newSchedulerFold() schedulerFold {
	f := schedulerFold{attempts: newTally(scheduleAttempts), duration: newTally(podScheduling), tries: newTally(podAttempts),
		victims: newTally(preemptionVictims), gated: make(map[models.PodID]models.Time)}
	f.tries.row(nil)
	f.victims.row(nil)
	return f
}

func (f *schedulerFold) observe(now models.Time, op *models.Op, v cluster.View, note func(func())) {
	if f.preempted > 0 && (op.Kind != models.OpDeletePod || op.Reason != f.preemptor || now != f.at) {
		f.settle()
	}
	switch op.Kind {
	case models.OpCreatePod:
		if spec := v.Pod(op.Pod).Spec(); len(spec.SchedulingGates) > 0 {
			f.gated[op.Pod] = models.Never
		}
	case models.OpUpdatePod:
		if since, was := f.gated[op.Pod]; was && since == models.Never && len(v.Pod(op.Pod).Spec().SchedulingGates) == 0 {
			f.gated[op.Pod] = now
		}
	case models.OpFailScheduling:
		if !strings.HasPrefix(v.Dictionary().String(op.Message), "skip schedule ") {
			profile := profileOf(v.Pod(op.Pod))
			note(func() { f.attempts.add(1, "unschedulable", profile) })
		}
	case models.OpBindPod:
		f.bound(now, v.Pod(op.Pod), note)
	case models.OpRemovePod, models.OpFinishPod:
		delete(f.gated, op.Pod)
	case models.OpDeletePod:
		if strings.HasPrefix(v.Dictionary().String(op.Reason), "PreemptionByScheduler") {
			f.preempted, f.preemptor, f.at = f.preempted+1, op.Reason, now
		}
	}
}

func profileOf(pod cluster.Pod) string {
	return pod.View().Dictionary().String(pod.Spec().SchedulerName)
}

func (f *schedulerFold) bound(now models.Time, pod cluster.Pod, note func(func())) {
	if pod.Spec().Static {
		return // its kubelet has bound it
	}
	since := pod.Created()
	if free, was := f.gated[pod.ID()]; was {
		since = min(free, now)
		delete(f.gated, pod.ID())
	}
	tries, profile := int(pod.Attempts()), profileOf(pod)
	label := strconv.Itoa(tries)
	if tries >= 15 {
		label = "15+"
	}
	note(func() {
		f.attempts.add(1, "scheduled", profile)
		f.tries.observe(float64(tries))
		f.duration.observe(now.Sub(since).Seconds(), label)
	})
}

// settle notes a preemption, all of whose victims are known.
func (f *schedulerFold) settle() {
	f.victims.observe(float64(f.preempted))
	f.preempted = 0
}

func (f *schedulerFold) tell(s *Snapshot, v cluster.View, queue *Queue) {
	if f.preempted > 0 && f.at <= s.At {
		f.settle()
	}
	for _, t := range []*tally{&f.attempts, &f.duration, &f.tries, &f.victims} {
		t.tell(s)
	}
	if queue != nil {
		queue.tell(s)
	}
	if !s.wanted[cacheSize.id] {
		return
	}
	nodes, pods, assumed := 0, 0, 0
	for id := range liveNodes(v) {
		nodes++
		for _, pod := range v.Node(models.NodeID(id)).Pods() {
			pods++
			if v.Pod(pod).Assumed() != models.None {
				assumed++
			}
		}
	}
	s.Add(cacheSize, float64(nodes), "nodes")
	s.Add(cacheSize, float64(pods), "pods")
	s.Add(cacheSize, float64(assumed), "assumed_pods")
}

func (q *Queue) tell(s *Snapshot) {
	s.Add(pendingPods, float64(q.Active), "active")
	s.Add(pendingPods, float64(q.Backoff), "backoff")
	s.Add(pendingPods, float64(q.Unschedulable), "unschedulable")
	s.Add(pendingPods, float64(q.Gated), "gated")
}
