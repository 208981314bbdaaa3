package kubescheduler

import (
	"bytes"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/yaml"
)

// Object is a Kubernetes object as a user would write it: nothing is defaulted
// and quantities are spelt freely.
type Object = map[string]any

// StepKind says what happens in a step of a world.
type StepKind string

// What can happen.
const (
	JoinNode    StepKind = "join"     // a node joins
	ArriveBound StepKind = "bound"    // a pod arrives with its node already chosen
	SchedulePod StepKind = "schedule" // a pod is to be scheduled, and takes its room if it can
	LeavePod    StepKind = "leave"    // a pod goes away, if it has been placed
)

// Step is one thing that happens in a world.
type Step struct {
	Kind StepKind
	// Object is the node or the pod, as JSON. It is empty for LeavePod.
	Object json.RawMessage
	// Name is that of the node or the pod.
	Name string
}

// World is a history that both schedulers are to go through.
type World struct {
	Seed uint64
	// Percentage is percentageOfNodesToScore; 0 adapts to the number of nodes.
	Percentage int32
	Steps      []Step
}

// YAML writes the world as a stream of manifests with a comment on every step.
func (w *World) YAML() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# seed %d, percentageOfNodesToScore %d\n", w.Seed, w.Percentage)
	for i, s := range w.Steps {
		fmt.Fprintf(&b, "---\n# step %d: %s %s\n", i, s.Kind, s.Name)
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
