package kubescheduler

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
)

// Difference is the first thing about which the two schedulers disagree.
type Difference struct {
	Step int
	Pod  string
	// Text says what differs: - is the real scheduler, + is podsim.
	Text string
}

// Compare takes both schedulers through a world, up to the first difference. It
// tells every decision that both agree on to seen, unless seen is nil. The error
// is that the world itself is not lawful.
func Compare(w *World, seen func(*Decision)) (*Difference, error) {
	stored, err := admit(w)
	if err != nil {
		return nil, err
	}
	kube, err := newKubeScheduler(w.Percentage, knownPlugins())
	if err != nil {
		return nil, err
	}
	defer kube.stop()
	dictionary := models.NewDictionary()
	objects, err := compile(dictionary, w)
	if err != nil {
		return &Difference{Text: "podsim refuses what the API server admits:\n" + err.Error()}, nil
	}
	sim, err := newPodSim(dictionary, w.Percentage)
	if err != nil {
		return nil, err
	}
	c := &comparison{kube, sim, seen}
	for i, step := range w.Steps {
		difference, err := c.step(&step, &stored[i], &objects[i])
		if err != nil {
			return nil, fmt.Errorf("step %d: %s %s: %w", i, step.Kind, step.Name, err)
		}
		if difference != "" {
			return &Difference{i, step.Name, difference}, nil
		}
	}
	return nil, nil
}

// comparison is one world on both sides.
type comparison struct {
	kube *kubeScheduler
	sim  *podSim
	seen func(*Decision)
}

// step does one step on both sides and returns how their decisions differ.
func (c *comparison) step(step *Step, stored *admitted, sim *compiled) (string, error) {
	switch step.Kind {
	case JoinNode:
		c.kube.addNode(stored.node)
		return "", c.sim.addNode(sim.node)
	case LeavePod:
		if err := c.kube.remove(step.Name); err != nil {
			return "", err
		}
		return "", c.sim.remove(step.Name)
	}
	id, err := c.sim.create(step.Name, sim.pod)
	if err != nil {
		return "", err
	}
	if step.Kind == SchedulePod {
		return c.schedule(stored.pod, id)
	}
	node := stored.pod.Spec.NodeName
	if err := c.sim.bind(step.Name, id, node); err != nil {
		return "", err
	}
	return "", c.kube.place(stored.pod, node)
}

func (c *comparison) schedule(pod *corev1.Pod, id models.PodID) (string, error) {
	want, err := c.kube.decide(pod)
	if err != nil {
		return "", err
	}
	got := c.sim.decide(id)
	if want.Restricted && got.Restricted && want.tied(want.Node, got.Node) {
		want.Node = got.Node // the order of a map decided
	}
	if text := cmp.Diff(want, got, cmpopts.EquateEmpty()); text != "" {
		return text, nil
	}
	if c.seen != nil {
		c.seen(want)
	}
	if want.Node == "" {
		return "", nil
	}
	if err := c.kube.assume(pod, want.Node); err != nil {
		return "", err
	}
	return "", c.sim.bind(pod.Name, id, want.Node)
}
