package kubescheduler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"sigs.k8s.io/yaml"
)

// Object is a Kubernetes object as a user would write it: nothing is defaulted
// and quantities are spelt freely.
type Object = map[string]any

// StepKind says what happens in a step of a world.
type StepKind string

// What can happen.
const (
	DefineObject StepKind = "define"    // an object other than nodes and pods is there; before all else
	JoinNode     StepKind = "join"      // a node joins
	ChangeNode   StepKind = "change"    // a node changes
	ArriveBound  StepKind = "bound"     // a pod arrives with its node already chosen
	ArriveWaits  StepKind = "waits"     // a pod arrives that only waits, mostly with a node nominated for it
	SchedulePod  StepKind = "schedule"  // a pod is to be scheduled, and takes its room if it can
	EndPod       StepKind = "terminate" // a pod that is placed is marked for deletion
	LeavePod     StepKind = "leave"     // a pod that is placed or waits goes away
)

// Step is one thing that happens in a world.
type Step struct {
	Kind StepKind
	// Object is what comes, as JSON. It is empty for ChangeNode, EndPod and LeavePod.
	Object json.RawMessage
	// Name is that of the object.
	Name   string
	Change Change
}

// Change is what changes about a node.
type Change struct {
	// Kind is cordon, uncordon, label, unlabel, taint, untaint or resize.
	Kind string
	// Key is that of the label or taint, or the resource.
	Key, Value, Effect string
	// Amount is of a resource: milli-CPUs, else bytes or pieces.
	Amount int64
}

func (c Change) String() string {
	return fmt.Sprintf("%s %s=%s:%s %d", c.Kind, c.Key, c.Value, c.Effect, c.Amount)
}

// World is a history that both schedulers are to go through.
type World struct {
	Seed uint64
	// Percentage is percentageOfNodesToScore; 0 adapts to the number of nodes.
	Percentage int32
	// SmallestName, Preempt and QueueOrder say how the pods of a still world are
	// placed: as `podsim place` with --ties name, --preempt and --queue-order.
	SmallestName, Preempt, QueueOrder bool
	// Config is a KubeSchedulerConfiguration instead of the default, if any.
	Config string
	Steps  []Step
}

// still reports whether the world is one cluster and pods to be scheduled, so that
// its objects say all.
func (w *World) still() bool {
	order := []StepKind{DefineObject, JoinNode, ArriveBound, SchedulePod}
	at := 0
	for _, step := range w.Steps {
		to := slices.Index(order, step.Kind)
		if to < at {
			return false
		}
		at = to
	}
	return true
}

// Command is how podsim is asked about a still world.
func (w *World) Command() string {
	text := fmt.Sprintf("podsim place -f FILE -o jsonl --verbose --percentage %d --ties heap", w.Percentage)
	if w.SmallestName {
		text = text[:len(text)-len("heap")] + "name"
	}
	if w.Preempt {
		text += " --preempt"
	}
	if w.QueueOrder {
		text += " --queue-order"
	}
	if w.Config != "" {
		text += " --config CONFIG"
	}
	return text
}

// YAML writes the world as a stream of manifests with a comment on every step.
func (w *World) YAML() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# seed %d, percentageOfNodesToScore %d\n", w.Seed, w.Percentage)
	if w.still() {
		fmt.Fprintf(&b, "# %s\n", w.Command())
	}
	for i, s := range w.Steps {
		fmt.Fprintf(&b, "---\n# step %d: %s %s", i, s.Kind, s.Name)
		if s.Kind == ChangeNode {
			fmt.Fprintf(&b, ": %s", s.Change)
		}
		b.WriteByte('\n')
		if text, err := yaml.JSONToYAML(s.Object); err == nil && len(s.Object) > 0 {
			b.Write(text)
		}
	}
	return b.String()
}

func newStep(kind StepKind, name string, o Object) Step {
	text, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("generated object cannot be encoded: %v", err))
	}
	return Step{Kind: kind, Object: text, Name: name}
}
