package scenarios

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// BehaviorSpec is how the containers of pods behave. Every duration is a fixed
// one or a distribution, drawn for each start of a pod.
type BehaviorSpec struct {
	StartUp    *TimeLaw                 `yaml:"startUp" default:"0s" help:"from the start of the containers to Ready"`
	RunTime    *TimeLaw                 `yaml:"runTime" help:"from the start of the containers to their end (default: for ever under restartPolicy Always, else latencies.runTime of the Scenario)"`
	ExitCode   *NumberLaw               `yaml:"exitCode" default:"0" help:"what the containers end with; 0 is success"`
	CrashEvery *TimeLaw                 `yaml:"crashEvery" help:"from the start of the containers to a crash with exit code 1, unless they end before (default: they do not crash)"`
	ImageSize  *Bytes                   `yaml:"imageSize" help:"size of the images of the pods, unless a Registry lists them"`
	StopTime   *TimeLaw                 `yaml:"stopTime" help:"from the request to stop to the end, within the grace period (default: latencies.stopTime of the Scenario)"`
	Containers *[]ContainerBehaviorSpec `yaml:"containers" help:"how single containers behave, where that differs"`
	Conditions *[]ConditionSpec         `yaml:"conditions" help:"conditions of the pods that others set to True, such as readiness gates: what looks after a load balancer, say"`
	Usage      *UsageSpec               `yaml:"usage" help:"what the pods use while their containers run (default: nobody measures it)"`
}

// ConditionSpec is a condition of a pod that somebody sets to True.
type ConditionSpec struct {
	Type  string   `yaml:"type" required:"true" help:"type of the condition: target-health.elbv2.k8s.aws/web"`
	After *TimeLaw `yaml:"after" help:"from the start of the containers until it is True, where it stays (default: 0s)"`
}

// PodBehaviorSpec is how pods behave that a selector finds. The first one in
// file order that matches a pod template counts; what the Workload that brings
// the pods says itself wins over it.
type PodBehaviorSpec struct {
	Selector     PodSelector `yaml:"selector" required:"true" help:"which pods; an empty selector is all of them"`
	BehaviorSpec `yaml:",inline"`
}

// PodSelector finds pod templates. All its conditions hold.
type PodSelector struct {
	LabelSelector `yaml:",inline"`
	Namespace     string       `yaml:"namespace" help:"namespace of the pods"`
	Owner         *ObjectRefTo `yaml:"owner" help:"what the pods belong to, directly or through a ReplicaSet"`
}

// ObjectRefTo names an object that owns pods.
type ObjectRefTo struct {
	Kind string `yaml:"kind" required:"true" enum:"Deployment,ReplicaSet,ReplicationController,Job,StatefulSet,DaemonSet,CronJob,Workload" help:"kind of the owner"`
	Name string `yaml:"name" required:"true" help:"name of the owner"`
}

// behavior is a compiled PodBehavior.
type behavior struct {
	object   *object
	spec     PodBehaviorSpec
	selector models.Selector
	used     bool
	met      map[string]bool // containers of the pods that it selects
}

// subject is a pod template as selectors of behaviours see it.
type subject struct {
	pod    *models.PodSpec
	owners []ObjectRefTo // from the nearest up
}

func (l *loader) compileBehaviors() {
	for _, o := range l.byKind("PodBehavior") {
		var envelope Object[PodBehaviorSpec]
		if l.decode(o, &envelope) {
			b := &behavior{object: o, spec: envelope.Spec}
			b.selector = l.selector(o, "spec.selector", &b.spec.Selector.LabelSelector)
			l.keepProfile(o, b.spec.Usage)
			l.behaviors = append(l.behaviors, b)
			l.checkContainers(o, "spec.containers", b.spec.Containers)
			l.checkConditions(o, "spec.conditions", b.spec.Conditions)
		}
	}
}

// behaviorOf returns how the pods of a template behave: field by field what own
// says, else the first PodBehavior that matches. Equal answers are one pointer.
func (l *loader) behaviorOf(s subject, own *BehaviorSpec) *kubelet.Behavior {
	var first *behavior
	for _, b := range l.behaviors {
		if b.matches(s, l.dict) {
			b.used = true
			if first == nil {
				first = b
			}
		}
	}
	var spec BehaviorSpec
	if first != nil {
		spec = first.spec.BehaviorSpec
		first.meet(s.pod, l.dict)
	}
	if own != nil {
		spec = own.over(spec)
	}
	l.knowImages(s.pod, spec.ImageSize)
	spec.ImageSize = nil
	if spec == (BehaviorSpec{}) {
		return nil
	}
	if known := l.compiled[spec]; known != nil {
		return known
	}
	compiled := &kubelet.Behavior{
		StartUp: spec.StartUp.law(), RunTime: spec.RunTime.law(), ExitCode: spec.ExitCode.law(),
		CrashEvery: spec.CrashEvery.law(), StopTime: spec.StopTime.law(), Usage: l.profiles[spec.Usage],
		Containers: compileContainers(spec.Containers), Conditions: l.compileConditions(spec.Conditions),
	}
	l.compiled[spec] = compiled
	return compiled
}

// over returns s with what it leaves open taken from rest.
func (s BehaviorSpec) over(rest BehaviorSpec) BehaviorSpec {
	if s.StartUp != nil {
		rest.StartUp = s.StartUp
	}
	if s.RunTime != nil {
		rest.RunTime = s.RunTime
	}
	if s.ExitCode != nil {
		rest.ExitCode = s.ExitCode
	}
	if s.CrashEvery != nil {
		rest.CrashEvery = s.CrashEvery
	}
	if s.ImageSize != nil {
		rest.ImageSize = s.ImageSize
	}
	if s.StopTime != nil {
		rest.StopTime = s.StopTime
	}
	if s.Usage != nil {
		rest.Usage = s.Usage
	}
	if s.Containers != nil {
		rest.Containers = s.Containers
	}
	if s.Conditions != nil {
		rest.Conditions = s.Conditions
	}
	return rest
}

func (b *behavior) matches(s subject, d *models.Dictionary) bool {
	want := &b.spec.Selector
	if want.Namespace != "" && want.Namespace != d.String(s.pod.Namespace) {
		return false
	}
	if want.Owner != nil && !slices.Contains(s.owners, *want.Owner) {
		return false
	}
	return b.selector.Matches(s.pod.Labels, d)
}

// checkBehaviors reports behaviours that no pod shows: a misspelt selector, most
// likely.
func (l *loader) checkBehaviors() {
	for _, b := range l.behaviors {
		if !b.used {
			l.blame(b.object, "spec.selector", "selects no pods")
			continue
		}
		l.checkMet(b)
	}
}

// checkPositive reports a law that is 0 always where time must pass, since a run
// would stand still.
func (l *loader) checkPositive(o *object, path string, law kernel.Distribution) bool {
	if law == nil || law.Mean() > 0 {
		return true
	}
	l.blame(o, path, "is always 0; want a time that passes")
	return false
}
