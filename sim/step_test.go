package sim

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// The node lifecycle controller says in a taint, a little later, that a node is
// cordoned, and takes it off again. A pod that runs there stays.
func TestACordonBecomesATaint(t *testing.T) {
	var got []string
	for _, at := range []models.Time{59, 61, 121} {
		w := newWorld(t)
		w.config.Horizon = at * second
		w.config.Latencies = DefaultLatencies()
		w.node("n1", "a", models.Resources{models.CPU: 4000, models.Memory: 1 << 30})
		w.arrive(0, "first", &Template{Pod: w.pod(100, models.RestartNever), Behavior: &kubelet.Behavior{RunTime: kernel.Constant(500)}})
		w.arrive(65*second, "second", &Template{Pod: w.pod(100, models.RestartNever), Behavior: &kubelet.Behavior{RunTime: kernel.Constant(500)}})
		w.config.Steps = []Step{
			{At: 60 * second, Kind: StepCordon, Done: "cordoned"}, {At: 60 * second, Kind: StepCordon, Done: "cordoned"},
			{At: 120 * second, Kind: StepUncordon, Done: "uncordoned"},
		}
		s := w.run()
		node := s.view.Node(0)
		text := "schedulable"
		if node.Unschedulable() {
			text = "cordoned"
		}
		for _, taint := range node.Taints() {
			text += " " + s.view.Dictionary().String(taint.Key) + ":" + taint.Effect.String()
		}
		for _, id := range node.Pods() {
			text += " " + s.view.Pod(id).Name()
		}
		got = append(got, text)
	}
	want := []string{"schedulable first", "cordoned node.kubernetes.io/unschedulable:NoSchedule first", "schedulable first second"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A pod is deleted with the grace of the step; a second time only with less; by force
// its object goes at once. The first pod is found by its name.
func TestADeletedPodGetsTheGraceOfTheStep(t *testing.T) {
	object := func(s *models.Dictionary) StepObject {
		return StepObject{IsPod: true, Namespace: s.Sym("default"), Name: s.Sym("first"), Ordinal: models.Exact}
	}
	for name, test := range map[string]struct {
		steps []Step
		want  []int64 // the graces, in seconds
	}{
		"its own":   {[]Step{{At: 60 * second, Grace: -1}}, []int64{30}},
		"less":      {[]Step{{At: 60 * second, Grace: 5e9}}, []int64{5}},
		"then less": {[]Step{{At: 60 * second, Grace: -1}, {At: 60 * second, Grace: 1e9}}, []int64{30, 1}},
		"then more": {[]Step{{At: 60 * second, Grace: 1e9}, {At: 60 * second, Grace: 9e9}}, []int64{1}},
		"by force":  {[]Step{{At: 60 * second, Grace: 0, Force: true}}, []int64{0}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.config.Horizon = 600 * second
			w.node("n1", "a", models.Resources{models.CPU: 4000, models.Memory: 1 << 30})
			pod := w.pod(100, models.RestartNever)
			pod.GracePeriod = 30e9
			w.arrive(0, "first", &Template{Pod: pod, Behavior: &kubelet.Behavior{RunTime: kernel.Constant(500), StopTime: kernel.Constant(20)}})
			for _, step := range test.steps {
				step.Kind, step.Object = StepDelete, object(w.d)
				w.config.Steps = append(w.config.Steps, step)
			}
			var graces graceTape
			w.run(&graces)
			if diff := cmp.Diff(test.want, graces.seconds); diff != "" {
				t.Error(diff)
			}
			if gone := graces.removed; gone > 80*second || test.steps[0].Force && gone != 60*second {
				t.Errorf("gone at %s", gone)
			}
		})
	}
}

// graceTape notes the graces of deletions, in seconds, and when the last pod went.
type graceTape struct {
	seconds []int64
	removed models.Time
}

func (g *graceTape) Observe(now models.Time, op *models.Op, _ cluster.View) {
	switch op.Kind {
	case models.OpDeletePod:
		g.seconds = append(g.seconds, op.Arg/int64(second))
	case models.OpRemovePod:
		g.removed = now
	}
}
