package sim

import (
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// Step is something that the user of the cluster does at a moment of the run, as
// kubectl would. Whoever makes it has compiled all that can be known ahead; what
// depends on the state of the cluster is decided when its time comes.
type Step struct {
	At   models.Time
	Kind StepKind
	// Text is the step in the words of kubectl: scale deployment/web --replicas=20.
	Text string
	// Done is what kubectl says when it is done: scaled.
	Done string
	// Refused is what an API server answers if the object exists, whatever its
	// state: a change that is forbidden. Empty for most steps.
	Refused string
	// Invalid is what it answers if the object has to be made: what it is to be is
	// nothing that a server takes. Empty for most steps.
	Invalid string
	// Same tells that the object is what the step asks for already, if it is there.
	Same bool

	Object StepObject    // of StepApply to StepDelete
	Node   models.NodeID // of StepCordon and those that follow

	// Template is what the object is to be; for StepUndo, what it is expected to
	// become again.
	Template *Template
	// Change is what of a pod that is there is to change.
	Change *PodChange
	// Conditions are those of the status of a pod that change.
	Conditions []PodCondition
	// Replicas are those that it is to have; models.Unset leaves them.
	Replicas int32
	// Revision is the one to go back to; 0 is the one before.
	Revision int64
	// Grace is the time that a pod is given; negative is its own. With Force its
	// object goes at once.
	Grace time.Duration
	Force bool
	// Propagation is what becomes of what an owner that is deleted owns.
	Propagation models.Propagation
	// Labels of a node or pod are set, or taken away by their keys.
	Labels models.Labels
	// Taint is set, or taken away: with AnyEffect, all of its key.
	Taint models.Taint
	// Policy is what a ResourceQuota or LimitRange is to be.
	Policy *models.PolicySpec
	// What objects of other kinds are to be.
	Budget  *models.BudgetSpec
	Service *models.ServiceSpec
	Claim   *models.ClaimSpec
	// Debug says what a pod is debugged with.
	Debug DebugOptions
	// Others are the nodes that a StepDrain drains after Node, one after the other.
	Others []models.NodeID
	// Drain says how a node is drained.
	Drain DrainOptions
	// NodeSpec is a node that joins; of StepChangeNode, if it was deleted.
	NodeSpec *models.NodeSpec
	// NodeChange is what of a node changes.
	NodeChange *NodeChange
	// Fault is that of the configuration which strikes.
	Fault int
	// Upgrade says how a node group is upgraded.
	Upgrade *UpgradeOptions
	// Overwrite allows labels and taints to replace others.
	Overwrite bool
}

// StepKind says what a step does.
type StepKind uint8

// The kinds of steps.
const (
	StepApply  StepKind = iota // the object is made, or becomes what Template says
	StepUpdate                 // it becomes what Template says
	StepScale
	StepUndo // a Deployment goes back to an earlier revision
	StepDelete
	StepCordon
	StepUncordon
	StepLabel
	StepUnlabel
	StepTaint
	StepUntaint
	StepJoin // a node joins: NodeSpec; its id is Node, if nothing else joins

	StepPutPolicy    // a ResourceQuota or LimitRange is made or changed: Policy
	StepDeletePolicy // it is deleted: of Policy its kind and name count
	StepAddNamespace // a namespace is made: Object.Namespace
	StepDeleteNamespace

	StepEvict // a pod is evicted: Object, Grace
	StepDrain // a node is drained: Node, Drain, Grace
	StepDebug // a pod gets an ephemeral container: Object, Debug

	StepFault // something breaks: Fault

	StepUpgrade // a node group is upgraded: Upgrade, Drain, Grace

	StepChangeNode // a node is patched, or applied anew: Node, NodeChange
	StepDeleteNode // the object of a node is deleted: Node
)

// StepObject names a pod or an owner. Its name is what models.AppendName writes.
type StepObject struct {
	IsPod     bool
	Other     OtherKind        // of what is neither a pod nor an owner
	Owner     models.OwnerKind // unless IsPod or Other
	Namespace models.Sym
	Name      models.Sym
	Ordinal   int32
}

// StepResult is what became of a step.
type StepResult struct {
	At      models.Time
	Text    string
	Message string // what kubectl answers
	Failed  bool
	// Lines are those of the message with their moments, of a step that takes its time.
	Lines []StepLine
	told  int // lines that are in Message
	// Answer is what the API server said, of an eviction.
	Answer Answer
}

// StepResults returns what became of the steps so far, in the order in which they
// were done.
func (s *Simulation) StepResults() []StepResult {
	for i := range s.stepResults {
		s.stepResults[i].tell()
	}
	return s.stepResults
}

// tell takes the lines that were written since it was last called into the message.
func (r *StepResult) tell() {
	if r.told == len(r.Lines) {
		return
	}
	var text strings.Builder
	text.WriteString(r.Message)
	for _, line := range r.Lines[r.told:] {
		text.WriteString("\n" + line.Text)
	}
	r.Message, r.told = text.String(), len(r.Lines)
}

// planSteps puts the steps on the agenda, and makes ready to find their objects.
func (s *Simulation) planSteps() {
	for i := range s.config.Steps {
		step := &s.config.Steps[i]
		s.agenda.Schedule(step.At, evStep, 0, int32(i), 0)
		if step.Kind <= StepDelete && !step.Object.IsPod && step.Object.Other == NoOther {
			s.named[step.Object] = models.None
		}
	}
}

// nameOwner notes a new owner that a step will ask for.
func (s *Simulation) nameOwner(op *models.Op) {
	if len(s.named) == 0 {
		return
	}
	spec := s.view.OwnerSpec(models.OwnerSpecID(op.Def))
	object := StepObject{Owner: spec.Kind, Namespace: spec.Namespace, Name: op.Name, Ordinal: op.Ordinal}
	if _, wanted := s.named[object]; wanted {
		s.named[object] = op.Owner
	}
}

// step does a step and notes what kubectl would answer.
func (s *Simulation) step(index int) {
	step := &s.config.Steps[index]
	if step.Template != nil {
		s.define(step.Template)
	}
	s.inputs.stepped(step, contentView{s.view})
	s.answer, s.drainLines = Answer{}, nil
	message, err := s.carryOut(step)
	result := StepResult{At: s.agenda.Now(), Text: step.Text, Message: message, Answer: s.answer, Lines: s.drainLines, told: len(s.drainLines)}
	if err != nil {
		result.Message, result.Failed = err.Error(), true
	}
	s.stepResults = append(s.stepResults, result)
}

func (s *Simulation) carryOut(step *Step) (string, error) {
	switch {
	case step.Kind == StepFault:
		return s.strikeNow(step), nil
	case step.Kind == StepPutPolicy, step.Kind == StepDeletePolicy:
		return s.changePolicy(step)
	case step.Kind == StepAddNamespace, step.Kind == StepDeleteNamespace:
		return s.changeNamespace(step)
	case step.Object.IsPod:
		return s.changePod(step)
	case step.Object.Other != NoOther:
		return s.changeOther(step)
	case step.Kind > StepDelete:
		return s.changeNode(step)
	}
	return s.changeOwner(step)
}
