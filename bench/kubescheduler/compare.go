package kubescheduler

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/podsim/podsim/models/manifest"
)

// Difference is the first thing about which the two schedulers disagree.
type Difference struct {
	Step int
	Pod  string
	// Text says what differs: - is the real scheduler, + is podsim.
	Text string
	// Frozen is the cluster at that moment with the pod, as manifests; empty for
	// worlds that stand still.
	Frozen string
	// Refused is what podsim will not take, if that is the difference.
	Refused string
}

// refusal is the difference that podsim refuses a world.
func refusal(err error) *Difference {
	return &Difference{Text: "podsim refuses what the API server admits:\n" + err.Error(), Refused: err.Error()}
}

// Compare takes both schedulers through a world, up to the first difference. It
// tells every decision that both agree on to seen, unless seen is nil. The error
// is that the world itself is not lawful.
func Compare(w *World, seen func(*Decision)) (*Difference, error) {
	stored, err := admit(w)
	if err != nil {
		return nil, err
	}
	configuration, err := configuration(w)
	if err != nil {
		return nil, err
	}
	kube, err := newKubeScheduler(configuration, around(stored))
	if err != nil {
		return nil, err
	}
	defer kube.stop()
	objects, err := compile(w)
	if err != nil {
		return refusal(err), nil
	}
	sim, err := newPodSim(w, objects)
	if err != nil {
		return nil, err
	}
	c := &comparison{kube, sim, seen}
	for i, step := range w.Steps {
		difference, err := c.step(i, &step, &stored[i])
		if err != nil {
			return nil, fmt.Errorf("step %d: %s %s: %w", i, step.Kind, step.Name, err)
		}
		if difference != "" {
			return &Difference{Step: i, Pod: step.Name, Text: difference, Frozen: kube.freeze(stored[i].pod)}, nil
		}
	}
	return nil, nil
}

// around returns the objects other than nodes and pods, and the namespaces that
// pods are in without saying so.
func around(stored []admitted) []runtime.Object {
	var out []runtime.Object
	known := make(map[string]bool)
	for _, s := range stored {
		if s.other == nil {
			continue
		}
		out = append(out, s.other)
		if namespace, ok := s.other.(*corev1.Namespace); ok {
			known[namespace.Name] = true
		}
	}
	for _, s := range stored {
		if s.pod != nil && !known[s.pod.Namespace] {
			namespace := &corev1.Namespace{}
			namespace.Name = s.pod.Namespace
			nameItself(namespace)
			known[namespace.Name] = true
			out = append(out, namespace)
		}
	}
	return out
}

// comparison is one world on both sides.
type comparison struct {
	kube *kubeScheduler
	sim  *podSim
	seen func(*Decision)
}

// step does one step on both sides and returns how their decisions differ.
func (c *comparison) step(i int, step *Step, stored *admitted) (string, error) {
	switch step.Kind {
	case JoinNode:
		c.kube.addNode(stored.node)
		return "", c.sim.addNode(c.sim.objects.nodes[i])
	case ChangeNode:
		c.kube.changeNode(step.Name, step.Change)
		return "", c.sim.changeNode(step.Name, step.Change)
	case ArriveBound:
		if err := c.sim.arrive(step.Name, c.sim.objects.pods[i]); err != nil {
			return "", err
		}
		return "", c.kube.place(stored.pod, stored.pod.Spec.NodeName)
	case ArriveWaits:
		if err := c.sim.arrive(step.Name, c.sim.objects.pods[i]); err != nil {
			return "", err
		}
		return "", c.kube.wait(stored.pod)
	case EndPod:
		if err := c.kube.terminate(step.Name); err != nil {
			return "", err
		}
		return "", c.sim.terminate(step.Name)
	case LeavePod:
		if err := c.kube.remove(step.Name); err != nil {
			return "", err
		}
		return "", c.sim.remove(step.Name)
	case SchedulePod:
		return c.schedule(step.Name, stored.pod, c.sim.objects.pods[i])
	}
	return "", nil
}

// schedule lets all decide about a pod, and places it if they agree.
func (c *comparison) schedule(name string, pod *corev1.Pod, compiled *manifest.Pod) (string, error) {
	id, err := c.sim.create(compiled)
	if err != nil {
		return "", err
	}
	want, err := c.kube.decide(pod)
	if err != nil {
		return "", err
	}
	got, claim := c.sim.decide(c.sim.plain, id)
	c.sim.detail(got, &claim)
	fast, _ := c.sim.decide(c.sim.incremental, id)
	if want.restricted { // the order of a map decided
		slices.Sort(got.Feasible)
		if best := want.best(); slices.Contains(best, want.Node) && slices.Contains(best, got.Node) {
			want.Node = got.Node
		}
	}
	if text := cmp.Diff(want.Decision, got, cmpopts.EquateEmpty()); text != "" {
		return text, nil
	}
	if text := cmp.Diff(summary(got), summary(fast), cmpopts.EquateEmpty()); text != "" {
		return "the incremental engine differs:\n" + text, nil
	}
	if c.seen != nil {
		c.seen(want.Decision)
	}
	if want.Node == "" {
		return "", nil
	}
	if err := c.kube.assume(want.state, pod, want.Node); err != nil {
		return "", err
	}
	return "", c.sim.bind(name, &claim)
}

// summary is what the incremental engine tells as well.
func summary(d *Decision) Decision {
	return Decision{Skipped: d.Skipped, Node: d.Node, Evaluated: d.Evaluated, Rejectors: d.Rejectors, Message: d.Message}
}
