package scenarios

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// TimelineSpec is what the user of the cluster does during the run.
type TimelineSpec struct {
	Steps []StepSpec `yaml:"steps" required:"true" help:"the steps; those of one moment are done in the order written"`
}

// StepSpec is one step: a moment and one action.
type StepSpec struct {
	At             *time.Duration   `yaml:"at" required:"true" help:"when, in virtual time; exactly one of the actions below must be given"`
	Apply          *ApplySpec       `yaml:"apply" help:"kubectl apply: objects that are not there are made, the others changed"`
	Patch          *PatchSpec       `yaml:"patch" help:"kubectl patch: fields of an object change"`
	SetImage       *SetImageSpec    `yaml:"setImage" help:"kubectl set image: containers of a template get other images"`
	Annotate       *AnnotateSpec    `yaml:"annotate" help:"kubectl annotate: an object gets or loses annotations"`
	Scale          *ScaleSpec       `yaml:"scale" help:"kubectl scale: another number of replicas"`
	RolloutUndo    *RolloutUndoSpec `yaml:"rolloutUndo" help:"kubectl rollout undo: back to an earlier revision"`
	RolloutPause   *TargetOnly      `yaml:"rolloutPause" help:"kubectl rollout pause: changes of the template are not rolled out"`
	RolloutResume  *TargetOnly      `yaml:"rolloutResume" help:"kubectl rollout resume: they are again"`
	RolloutRestart *TargetOnly      `yaml:"rolloutRestart" help:"kubectl rollout restart: all pods are replaced"`
	Delete         *DeleteSpec      `yaml:"delete" help:"kubectl delete: the object goes, and what it owns"`
	Debug          *DebugSpec       `yaml:"debug" help:"kubectl debug: an ephemeral container is added to a pod"`
	Evict          *EvictSpec       `yaml:"evict" help:"the eviction API: a pod goes if its PodDisruptionBudget allows it"`
	Drain          *DrainSpec       `yaml:"drain" help:"kubectl drain: a node is cordoned and its pods are evicted, again and again while their budgets refuse"`
	Upgrade        *UpgradeSpec     `yaml:"upgrade" help:"the nodes of a group are drained, upgraded and put to use again, some at a time"`
	Cordon         *NodeOnly        `yaml:"cordon" help:"kubectl cordon: no more pods are scheduled to a node"`
	Uncordon       *NodeOnly        `yaml:"uncordon" help:"kubectl uncordon: they are again"`
	Label          *LabelSpec       `yaml:"label" help:"kubectl label: a node or a pod gets labels"`
	Unlabel        *UnlabelSpec     `yaml:"unlabel" help:"kubectl label: a node or a pod loses labels"`
	Taint          *TaintSpec       `yaml:"taint" help:"kubectl taint: a node gets a taint"`
	Untaint        *UntaintSpec     `yaml:"untaint" help:"kubectl taint: a node loses a taint"`
	Fault          *FaultSpec       `yaml:"fault" help:"something breaks, as in a FaultPlan; the step says when"`
}

// ApplySpec says what is applied.
type ApplySpec struct {
	File   string         `yaml:"file" help:"a file of objects, relative to this one and within the folder of the scenario; file or object must be given"`
	Object *yamlnode.Node `yaml:"object" help:"an object, or a List of objects"`
}

// ObjectTarget names an object as kubectl does.
type ObjectTarget struct {
	Target    string `yaml:"target" required:"true" help:"the object, as kubectl names it: deployment/web"`
	Namespace string `yaml:"namespace" help:"its namespace (default: default)"`
}

// TargetOnly is an action that needs nothing but its target.
type TargetOnly struct {
	ObjectTarget `yaml:",inline"`
}

// PatchSpec changes fields of an object.
type PatchSpec struct {
	ObjectTarget `yaml:",inline"`
	Type         string         `yaml:"type" enum:"strategic,merge" default:"strategic" help:"strategic: containers and the like are merged by name; merge: lists are replaced"`
	Subresource  string         `yaml:"subresource" enum:"resize,status" help:"resize: cpu and memory of a pod that is there change, in its containers; the only way to change them. status: conditions of a pod change, its readiness gates among them, or what pods may take of a node"`
	Patch        *yamlnode.Node `yaml:"patch" required:"true" help:"the fields as they are to be; null takes one away"`
}

// SetImageSpec changes images.
type SetImageSpec struct {
	ObjectTarget `yaml:",inline"`
	Images       map[string]string `yaml:"images" required:"true" help:"the image of each container, by the name of the container; * is all of them"`
}

// ScaleSpec changes the number of replicas.
type ScaleSpec struct {
	ObjectTarget `yaml:",inline"`
	Replicas     int `yaml:"replicas" required:"true" min:"0" help:"how many there are to be"`
}

// RolloutUndoSpec goes back to an earlier revision.
type RolloutUndoSpec struct {
	ObjectTarget `yaml:",inline"`
	ToRevision   int64 `yaml:"toRevision" min:"0" default:"0" help:"the revision; 0 is the one before"`
}

// DeleteSpec deletes an object.
type DeleteSpec struct {
	ObjectTarget `yaml:",inline"`
	Grace        *time.Duration `yaml:"grace" help:"time that a pod has to stop, at least 1s without force (default: its own)"`
	Force        bool           `yaml:"force" help:"the object of a pod goes at once, while its containers stop"`
	Cascade      string         `yaml:"cascade" enum:"background,foreground,orphan" default:"background" help:"what becomes of what the object owns: it goes after the object, before it, or stays"`
}

// NodeOnly is an action that needs nothing but its node.
type NodeOnly struct {
	Node string `yaml:"node" required:"true" help:"name of the node"`
}

// Labelled names what gets or loses labels: a node or a pod.
type Labelled struct {
	Node      string `yaml:"node" help:"name of the node; node or target must be given"`
	Target    string `yaml:"target" help:"the pod, as kubectl names it: pod/web-0"`
	Namespace string `yaml:"namespace" help:"namespace of the pod (default: default)"`
}

// LabelSpec gives labels to a node or a pod.
type LabelSpec struct {
	Labelled  `yaml:",inline"`
	Labels    map[string]string `yaml:"labels" required:"true" help:"the labels"`
	Overwrite bool              `yaml:"overwrite" help:"they may replace others of the same key; else the step fails"`
}

// UnlabelSpec takes labels off a node or a pod.
type UnlabelSpec struct {
	Labelled `yaml:",inline"`
	Labels   []string `yaml:"labels" required:"true" help:"keys of the labels"`
}

// TaintSpec gives a taint to a node.
type TaintSpec struct {
	Node      string `yaml:"node" required:"true" help:"name of the node"`
	Taint     string `yaml:"taint" required:"true" help:"the taint, as kubectl writes it: dedicated=batch:NoSchedule"`
	Overwrite bool   `yaml:"overwrite" help:"it may replace another of the same key and effect; else the step fails"`
}

// UntaintSpec takes a taint off a node.
type UntaintSpec struct {
	Node  string `yaml:"node" required:"true" help:"name of the node"`
	Taint string `yaml:"taint" required:"true" help:"key and effect of the taint, dedicated:NoSchedule, or the key for every effect"`
}

// userStep is a step that is being compiled.
type userStep struct {
	at      models.Time
	spec    *StepSpec
	action  string    // the field of spec that is set
	text    string    // in the words of kubectl
	object  *object   // the Timeline; nil for a step of the command line
	path    string    // of the step in it
	label   string    // stands for the file of a step of the command line
	applied []*object // by a step that applies some
}

// blame notes a problem with a field of the action of a step; empty is the action.
func (l *loader) blameStep(s *userStep, field, format string, args ...any) {
	if s.object == nil {
		var ps yamlnode.Problems
		ps.Addf(nil, "", format, args...)
		ps[0].File = s.label
		l.problems = append(l.problems, ps...)
		return
	}
	l.blame(s.object, join(join(s.path, s.action), field), format, args...)
}

// actionNames are the fields of a step that are actions.
func actionNames() []string {
	var names []string
	for _, f := range fieldsOf(reflect.TypeFor[StepSpec]()) {
		if f.Name != "at" {
			names = append(names, f.Name)
		}
	}
	return names
}

// actionsOf returns the actions that a step gives.
func (s *StepSpec) actionsOf() []string {
	var given []string
	v, t := reflect.ValueOf(s).Elem(), reflect.TypeFor[StepSpec]()
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "at" && !v.Field(i).IsNil() {
			given = append(given, name)
		}
	}
	return given
}

// compileTimelines compiles what the user does, in order of time: the Timelines in
// the order of files, then the command line.
func (l *loader) compileTimelines() {
	var steps []*userStep
	for _, o := range l.byKind("Timeline") {
		steps = append(steps, l.timelineSteps(o)...)
	}
	for _, command := range l.in.At {
		steps = append(steps, l.commandSteps(command)...)
	}
	if len(steps) > limits.Steps {
		s := steps[limits.Steps]
		l.blameStep(s, "", "more than %d steps", limits.Steps)
		return
	}
	slices.SortStableFunc(steps, func(a, b *userStep) int { return cmp.Compare(a.at, b.at) })
	for _, s := range steps {
		l.checkStepInTime(s)
		l.scaleStep(s)
		if s.spec.Apply != nil {
			s.applied = l.readApplied(s)
		}
	}
	if len(steps) == 0 || l.objectsAreWrong || l.nodesAreWrong || l.unread {
		return
	}
	u := l.newUser()
	for _, s := range steps {
		u.foreseeApplied(s)
	}
	for _, s := range steps {
		u.compile(s)
	}
	if n := len(l.run.Config.Steps); n > limits.Steps {
		l.blameStep(steps[len(steps)-1], "", "more than %d steps, each applied object counting as one", limits.Steps)
	}
}

// timelineSteps reads the steps of a Timeline.
func (l *loader) timelineSteps(o *object) []*userStep {
	var envelope Object[TimelineSpec]
	before := len(l.problems)
	ok := l.decode(o, &envelope)
	l.nameActions(l.problems[before:])
	if !ok {
		return nil
	}
	var steps []*userStep
	for i := range envelope.Spec.Steps {
		spec, path := &envelope.Spec.Steps[i], yamlnode.IndexPath("spec.steps", i)
		given := spec.actionsOf()
		switch {
		case len(given) == 0:
			l.blame(o, path, "an action is missing; want one of %s", strings.Join(actionNames(), ", "))
		case len(given) > 1:
			l.blame(o, path+"."+given[1], "contradicts %s; a step has one action", given[0])
		default:
			steps = append(steps, &userStep{
				at: models.Time(*spec.At), spec: spec, action: given[0], text: spec.words(), object: o, path: path,
			})
		}
	}
	return steps
}

// nameActions tells of unknown actions which there are.
func (l *loader) nameActions(problems yamlnode.Problems) {
	for i := range problems {
		p := &problems[i]
		rest, inSteps := strings.CutPrefix(p.Path, "spec.steps[")
		_, name, ok := strings.Cut(rest, "].")
		if !inSteps || !ok || strings.ContainsAny(name, ".[") || !strings.HasPrefix(p.What, "unknown field") {
			continue
		}
		p.What, p.Meant = unknownAction("action", name, actionNames()), yamlnode.Meant{}
	}
}

func unknownAction(what, name string, known []string) string {
	return unknown(what, name, known)
}

// checkStepInTime reports a step that comes after the end of the run. A run that was
// shortened on the command line does without it.
func (l *loader) checkStepInTime(s *userStep) {
	end := l.run.Config.Horizon
	switch {
	case s.at <= end:
	case l.in.For > 0 && s.object != nil:
		l.assumeOnce("step %s at %s lies after the end of the run, at %s", s.text, s.at, end)
	case s.object != nil:
		l.blame(s.object, s.path+".at", "%s lies after the end of the run, at %s", s.at, end)
	default:
		l.blameStep(s, "", "%s lies after the end of the run, at %s", s.at, end)
	}
}
