package sim

import (
	"errors"
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/fault"
)

// changeNode does a step with a node.
func (s *Simulation) changeNode(step *Step) (string, error) {
	if step.Kind == StepDrain {
		return s.startDrain(step)
	}
	if step.Kind == StepUpgrade {
		return s.startUpgrade(step)
	}
	if step.Kind == StepJoin && step.Invalid == "" {
		return s.joinNode(step), nil
	}
	if step.Invalid != "" { // and so it is not there
		return "", errors.New(step.Invalid)
	}
	node := s.view.Node(step.Node)
	switch {
	case !node.Removed() && step.Refused != "":
		return "", errors.New(step.Refused)
	case node.Removed() && step.NodeSpec != nil:
		return s.joinNode(step), nil
	case node.Removed():
		return "", noNode(node)
	}
	return s.changeNodeThere(step, node)
}

// changeNodeThere does a step with a node that is there.
func (s *Simulation) changeNodeThere(step *Step, node cluster.Node) (string, error) {
	done := func(what string) (string, error) { return "node/" + node.Name() + " " + what, nil }
	switch step.Kind {
	case StepCordon, StepUncordon:
		cordoned := step.Kind == StepCordon
		if node.Unschedulable() == cordoned {
			return done("already " + step.Done)
		}
		op := models.Op{Kind: models.OpCordonNode, Node: step.Node}
		if cordoned {
			op.Arg = 1
		}
		s.do(op)
		return done(step.Done)
	case StepLabel:
		return s.labelNode(step, node)
	case StepUnlabel:
		changed := false
		for _, label := range step.Labels {
			if _, ok := node.Labels().Get(label.Key); ok {
				s.do(models.Op{Kind: models.OpUnlabelNode, Node: step.Node, Taint: models.Taint{Key: label.Key}})
				changed = true
			}
		}
		if !changed {
			return done("not labeled")
		}
		return done(step.Done)
	case StepTaint:
		return s.taintNode(step, node)
	case StepChangeNode:
		return done(s.patchNode(step, node))
	case StepDeleteNode:
		s.removeNode(step.Node, reasonNodeByUser)
		return fmt.Sprintf("node %q deleted", node.Name()), nil
	}
	return s.untaintNode(step, node)
}

// labelNode sets labels, all or none of them.
func (s *Simulation) labelNode(step *Step, node cluster.Node) (string, error) {
	changed := false
	if err := s.mayLabel(step, node.Labels()); err != nil {
		return "", err
	}
	for _, label := range step.Labels {
		if old, ok := node.Labels().Get(label.Key); !ok || old != label.Value {
			s.do(models.Op{Kind: models.OpLabelNode, Node: step.Node, Taint: models.Taint{Key: label.Key, Value: label.Value}})
			changed = true
		}
	}
	if !changed {
		return "node/" + node.Name() + " not labeled", nil
	}
	return "node/" + node.Name() + " " + step.Done, nil
}

// mayLabel refuses to replace a label of an object, unless that is allowed.
// Source: k8s.io/kubectl/pkg/cmd/label/label.go (validateNoOverwrites).
func (s *Simulation) mayLabel(step *Step, has models.Labels) error {
	d := s.view.Dictionary()
	for _, label := range step.Labels {
		if old, ok := has.Get(label.Key); ok && old != label.Value && !step.Overwrite {
			return fmt.Errorf("error: '%s' already has a value (%s), and --overwrite is false", d.String(label.Key), d.String(old))
		}
	}
	return nil
}

// taintNode sets a taint, in the place of another of its key and effect.
// Source: k8s.io/kubectl/pkg/cmd/taint/taint.go.
func (s *Simulation) taintNode(step *Step, node cluster.Node) (string, error) {
	at := slices.IndexFunc(node.Taints(), func(t models.Taint) bool {
		return t.Key == step.Taint.Key && t.Effect == step.Taint.Effect
	})
	if at >= 0 && !step.Overwrite {
		return "", fmt.Errorf("error: node %s already has %s taint(s) with same effect(s) and --overwrite is false",
			node.Name(), s.view.Dictionary().String(step.Taint.Key))
	}
	s.taintsByUser(step.Node)
	if at < 0 {
		s.do(models.Op{Kind: models.OpTaintNode, Node: step.Node, Taint: step.Taint})
		return "node/" + node.Name() + " tainted", nil
	}
	if old := node.Taints()[at]; old != step.Taint {
		s.do(models.Op{Kind: models.OpUntaintNode, Node: step.Node, Taint: old})
		s.do(models.Op{Kind: models.OpTaintNode, Node: step.Node, Taint: step.Taint})
	}
	return "node/" + node.Name() + " modified", nil
}

// taintsByUser lets the node lifecycle controller put those taints right that are its own,
// after a user has changed the taints of a node: what forbids scheduling at once, what
// drives pods off in its next pass.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (doNoScheduleTaintingPass, processTaintBaseEviction).
func (s *Simulation) taintsByUser(id models.NodeID) {
	s.nodeCordoned(id)
	s.planNodePass((s.agenda.Now() + 1).Ceil(control.MonitorPeriod))
}

// NodeChange is what a patch changes of a node, or what kubectl apply does.
type NodeChange struct {
	Labels        models.Labels
	Unlabels      []models.Sym
	Unschedulable *bool          // nil leaves it
	Taints        []models.Taint // all that there are from now on; nil leaves them
	Allocatable   []NodeAmount   `json:",omitempty"`
}

// NodeAmount is how much of a resource pods may take of a node.
type NodeAmount struct {
	Name   models.Sym
	Amount int64
}

// patchNode changes a node and says what kubectl answers.
func (s *Simulation) patchNode(step *Step, node cluster.Node) string {
	change, before := step.NodeChange, s.view.Changes()
	for _, label := range change.Labels {
		if old, ok := node.Labels().Get(label.Key); !ok || old != label.Value {
			s.do(models.Op{Kind: models.OpLabelNode, Node: step.Node, Taint: models.Taint{Key: label.Key, Value: label.Value}})
		}
	}
	for _, key := range change.Unlabels {
		if _, ok := node.Labels().Get(key); ok {
			s.do(models.Op{Kind: models.OpUnlabelNode, Node: step.Node, Taint: models.Taint{Key: key}})
		}
	}
	if cordoned := change.Unschedulable; cordoned != nil && *cordoned != node.Unschedulable() {
		op := models.Op{Kind: models.OpCordonNode, Node: step.Node}
		if *cordoned {
			op.Arg = 1
		}
		s.do(op)
	}
	if change.Taints != nil {
		s.replaceTaints(step.Node, change.Taints)
	}
	for _, is := range change.Allocatable { // what its pods hold more, they keep
		r := slices.Index(s.view.Dictionary().ResourceNames(), s.view.Dictionary().String(is.Name))
		if node.Allocatable()[r] != is.Amount {
			s.do(models.Op{Kind: models.OpResizeNode, Node: step.Node, Name: is.Name, Arg: is.Amount})
		}
	}
	switch changed := s.view.Changes() != before; {
	case changed:
		return step.Done
	case step.Done == "configured":
		return "unchanged"
	}
	return step.Done + " (no change)"
}

// replaceTaints gives a node the taints that a user wants, and no others.
func (s *Simulation) replaceTaints(id models.NodeID, taints []models.Taint) {
	for _, taint := range slices.Clone(s.view.Node(id).Taints()) {
		if !slices.Contains(taints, taint) {
			s.do(models.Op{Kind: models.OpUntaintNode, Node: id, Taint: taint})
		}
	}
	for _, taint := range taints {
		if !hasTaint(s.view.Node(id), taint) {
			s.do(models.Op{Kind: models.OpTaintNode, Node: id, Taint: taint})
		}
	}
	s.taintsByUser(id)
}

func (s *Simulation) untaintNode(step *Step, node cluster.Node) (string, error) {
	d, found := s.view.Dictionary(), false
	for _, taint := range node.Taints() {
		if taint.Key == step.Taint.Key && (step.Taint.Effect == models.AnyEffect || taint.Effect == step.Taint.Effect) {
			s.do(models.Op{Kind: models.OpUntaintNode, Node: step.Node, Taint: taint})
			found = true
		}
	}
	if found {
		s.taintsByUser(step.Node)
		return "node/" + node.Name() + " untainted", nil
	}
	text := d.String(step.Taint.Key)
	if step.Taint.Effect != models.AnyEffect {
		text += ":" + step.Taint.Effect.String()
	}
	return "", fmt.Errorf("error: taint %q not found", text)
}

// nodeCordoned lets the node lifecycle controller mirror in a taint that a node is
// cordoned, or no longer.
func (s *Simulation) nodeCordoned(id models.NodeID) {
	s.agenda.After(s.config.Latencies.Controller, evNodeTaints, 0, int32(id), 0)
}

// mirrorNode gives a node the NoSchedule taints that its conditions and its cordon call
// for.
// Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// (doNoScheduleTaintingPass).
func (s *Simulation) mirrorNode(id models.NodeID) {
	node := s.view.Node(id)
	if node.Removed() {
		return
	}
	s.doAll(s.lifecycle.Mirror(node, s.ops[:0]))
	taint := models.Taint{Key: s.view.Dictionary().Sym(models.TaintUnschedulable), Effect: models.NoSchedule}
	switch has := hasTaint(node, taint); {
	case has == node.Unschedulable():
	case has:
		s.do(models.Op{Kind: models.OpUntaintNode, Node: id, Taint: taint})
	default:
		s.do(models.Op{Kind: models.OpTaintNode, Node: id, Taint: taint})
	}
}

// joinNode lets a node join during the run, or again under its name.
func (s *Simulation) joinNode(step *Step) string {
	id := models.NodeID(s.view.Nodes())
	for other := range id {
		if node := s.view.Node(other); node.Removed() && node.Spec().Name == step.NodeSpec.Name {
			id = other
		}
	}
	s.join(id, step.NodeSpec)
	return "node/" + s.view.Node(id).Name() + " created"
}

// nodeReported is the kubelet of a node that has joined when it is ready.
func (s *Simulation) nodeReported(id models.NodeID) {
	s.nodes[id].held[fault.NotReady]--
	s.report(id)
}

// nodeJoined makes room for what is kept of a node. Those of the start are counted
// when all of them are there.
func (s *Simulation) nodeJoined(id models.NodeID) {
	if s.lifecycle == nil {
		return
	}
	if int(id) < len(s.nodes) {
		s.nodeBack(id)
		return
	}
	s.nodes = append(s.nodes, nodeState{taintedAt: s.agenda.Now()})
	s.lifecycle.Join(s.view.Node(id))
	s.standUnready(id)
	s.kubelet.Booted(s.agenda.Now(), id)
	s.ageImages(id)
	s.runStatic(id)
}
