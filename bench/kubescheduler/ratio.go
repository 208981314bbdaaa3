package kubescheduler

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

// Speed is what a number of decisions took.
type Speed struct {
	Decisions int     `json:"decisions"`
	Placed    int     `json:"placed"`
	Seconds   float64 `json:"cpuSeconds"` // of all threads, garbage collection included
}

// Rate is in decisions a second of CPU time.
func (s Speed) Rate() float64 { return float64(s.Decisions) / s.Seconds }

// Phase is what both sides took for the same part of a world.
type Phase struct {
	Name string `json:"name"`
	Real Speed  `json:"kubeScheduler"`
	Sim  Speed  `json:"podsim"`
}

// Ratio is how many times the CPU time of podsim the real scheduler took.
func (p *Phase) Ratio() float64 { return p.Real.Seconds / p.Sim.Seconds }

// MeasureRatio takes both sides through a world for measurements in this process,
// one after the other, and compares where the pods went. incremental chooses the
// engine. A cycle of the real scheduler is SchedulePod, Reserve and Permit, the
// update of its cache and snapshot; one of podsim is that a pod is decided about and
// bound. Neither counts what makes a pod known.
func MeasureRatio(b Bulk, incremental bool) ([]Phase, error) {
	w, steady := GenerateBulk(b)
	stored, err := admit(&w)
	if err != nil {
		return nil, err
	}
	compiled, err := compile(&w)
	if err != nil {
		return nil, err
	}
	phases := []Phase{{Name: "filling"}, {Name: "steady"}}
	want, err := measureReal(&w, stored, steady, phases)
	if err != nil {
		return nil, err
	}
	got, err := measureSim(&w, compiled, steady, phases, incremental)
	if err != nil {
		return nil, err
	}
	for i := range want {
		if want[i] != got[i] {
			return nil, fmt.Errorf("step %d: pod %s: the real scheduler takes node %q, podsim %q", i, w.Steps[i].Name, want[i], got[i])
		}
	}
	return phases, nil
}

// clock reads the CPU time of the process.
func clock() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// timed goes through the steps after the nodes have joined and notes what each
// phase took. do returns the node of a pod that was to be scheduled.
func timed(w *World, first, steady int, speed func(phase int) *Speed, do func(i int) (string, error)) ([]string, error) {
	nodes := make([]string, len(w.Steps))
	runtime.GC()
	begin := clock()
	for i := first; i < len(w.Steps); i++ {
		if i == steady {
			speed(0).Seconds = (clock() - begin).Seconds()
			begin = clock()
		}
		phase := 0
		if i >= steady {
			phase = 1
		}
		node, err := do(i)
		if err != nil {
			return nil, fmt.Errorf("step %d: %s %s: %w", i, w.Steps[i].Kind, w.Steps[i].Name, err)
		}
		if w.Steps[i].Kind == SchedulePod {
			nodes[i] = node
			speed(phase).Decisions++
			if node != "" {
				speed(phase).Placed++
			}
		}
	}
	last := 1
	if steady >= len(w.Steps) {
		last = 0
	}
	speed(last).Seconds = (clock() - begin).Seconds()
	return nodes, nil
}

// measureReal takes the real scheduler through a world.
func measureReal(w *World, stored []admitted, steady int, phases []Phase) ([]string, error) {
	configuration, err := configuration(w)
	if err != nil {
		return nil, err
	}
	k, err := newKubeScheduler(configuration, around(stored))
	if err != nil {
		return nil, err
	}
	defer k.stop()
	first := 0
	infos := make([]*framework.PodInfo, len(w.Steps))
	for i, step := range w.Steps {
		switch step.Kind {
		case JoinNode:
			k.addNode(stored[i].node)
			first = i + 1
		case SchedulePod:
			if infos[i], err = framework.NewPodInfo(stored[i].pod); err != nil {
				return nil, err
			}
		}
	}
	if err := k.scheduler.Cache.UpdateSnapshot(k.log(), k.snapshot); err != nil {
		return nil, err
	}
	return timed(w, first, steady, func(phase int) *Speed { return &phases[phase].Real }, func(i int) (string, error) {
		if w.Steps[i].Kind == LeavePod {
			return "", k.remove(w.Steps[i].Name)
		}
		return k.cycle(infos[i])
	})
}

// cycle is one scheduling cycle without anybody listening.
func (k *kubeScheduler) cycle(info *framework.PodInfo) (string, error) {
	if err := k.scheduler.Cache.UpdateSnapshot(k.log(), k.snapshot); err != nil {
		return "", err
	}
	state := framework.NewCycleState()
	state.Write(framework.PodsToActivateKey, framework.NewPodsToActivate())
	f := k.scheduler.Profiles[info.Pod.Spec.SchedulerName]
	result, err := k.scheduler.SchedulePod(k.ctx, f, state, &framework.QueuedPodInfo{PodInfo: info})
	if fit := (&framework.FitError{}); errors.As(err, &fit) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return result.SuggestedHost, k.settle(f, state, info, result.SuggestedHost)
}

// settle puts a pod on its node as the scheduler does.
func (k *kubeScheduler) settle(f framework.Framework, state fwk.CycleState, info *framework.PodInfo, node string) error {
	k.count++
	assumed := info.Pod.DeepCopy()
	assumed.Spec.NodeName = node
	assumed.Status.StartTime = &metav1.Time{Time: epoch.Add(seconds(k.count))}
	if err := k.scheduler.Cache.AssumePod(k.log(), assumed); err != nil {
		return err
	}
	if status := f.RunReservePluginsReserve(k.ctx, state, assumed, node); !status.IsSuccess() {
		return status.AsError()
	}
	if _, status := f.RunPermitPlugins(k.ctx, state, assumed, node); !status.IsSuccess() {
		return status.AsError()
	}
	k.placed[assumed.Name] = assumed
	return k.scheduler.Cache.AddPod(k.log(), assumed)
}

// measureSim takes podsim through a world.
func measureSim(w *World, o *objects, steady int, phases []Phase, incremental bool) ([]string, error) {
	p, err := newPodSim(w, o)
	if err != nil {
		return nil, err
	}
	s := p.plain
	if incremental {
		s = p.incremental
	}
	first := 0
	ids := make([]models.PodID, len(w.Steps))
	for i, step := range w.Steps {
		switch step.Kind {
		case JoinNode:
			first = i + 1
			err = p.addNode(o.nodes[i])
		case SchedulePod:
			ids[i], err = p.create(o.pods[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return timed(w, first, steady, func(phase int) *Speed { return &phases[phase].Sim }, func(i int) (string, error) {
		if w.Steps[i].Kind == LeavePod {
			return "", p.remove(w.Steps[i].Name)
		}
		a := s.Try(p.cluster.View(), ids[i])
		if a.Skipped != "" || a.Verdict != scheduler.Claimed {
			return "", nil
		}
		return p.cluster.View().Node(a.Claim.Node).Name(), p.bind(w.Steps[i].Name, &a)
	})
}
