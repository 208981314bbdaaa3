package scenarios

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/arrivals"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kernel"
)

// WorkloadSpec is objects that arrive during the run. They are called
// <workload>-0, <workload>-1 and so on in the order of arrival.
type WorkloadSpec struct {
	Template     *yamlnode.Node `yaml:"template" help:"the object that arrives: a Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or CronJob; template or templateRef must be given, except with a trace"`
	TemplateRef  *TemplateRef   `yaml:"templateRef" help:"an object of the scenario that arrives instead of being there from the start"`
	Arrivals     ArrivalsSpec   `yaml:"arrivals" required:"true" help:"when they arrive"`
	Lifetime     *TimeLaw       `yaml:"lifetime" help:"an object is deleted that long after it came (default: never)"`
	BehaviorSpec `yaml:",inline"`
}

// TemplateRef names an object of the scenario.
type TemplateRef struct {
	Kind      string `yaml:"kind" required:"true" enum:"Pod,Job,Deployment,ReplicaSet,ReplicationController,StatefulSet,DaemonSet" help:"kind of the object"`
	Name      string `yaml:"name" required:"true" help:"name of the object"`
	Namespace string `yaml:"namespace" default:"default" help:"namespace of the object"`
}

// prototype is an object before it is known how its pods behave.
type prototype struct {
	kind, name string
	pod        *models.PodSpec
	owner      *models.OwnerSpec
	replicaSet *models.OwnerSpec
	owners     []ObjectRefTo // from the nearest up
}

func prototypeOf(o *manifest.Owner) *prototype {
	p := &prototype{kind: o.Kind.String(), name: o.Name, pod: o.Pod, owner: o.Spec, replicaSet: o.ReplicaSet}
	p.owners = []ObjectRefTo{{p.kind, p.name}}
	return p
}

func prototypeOfPod(pod *manifest.Pod) *prototype {
	return &prototype{kind: "Pod", name: pod.Name, pod: pod.Spec}
}

// template compiles a prototype with the behaviour of its pods.
func (l *loader) template(p *prototype, own *BehaviorSpec) *sim.Template {
	if p.owner != nil && p.owner.Autoscaler != nil {
		return &sim.Template{Pod: p.pod, Owner: p.owner} // which has no pods
	}
	l.noteWaiting(p.pod)
	for _, label := range p.pod.Labels {
		l.labels[label.Key] = true
	}
	return &sim.Template{
		Pod: p.pod, Owner: p.owner, ReplicaSet: p.replicaSet,
		Behavior: l.behaviorOf(subject{p.pod, p.owners}, own),
	}
}

// compileWorkloads makes a source of each workload.
func (l *loader) compileWorkloads() {
	for _, o := range l.byKind("Workload") {
		var envelope Object[WorkloadSpec]
		ok := l.decode(o, &envelope)
		spec := &envelope.Spec
		if spec.Arrivals.Type != "trace" {
			p := l.prototype(o, spec)
			if ok && p != nil {
				l.addWorkload(o, spec, p)
			}
		} else if ok {
			l.checkArrivals(o, &spec.Arrivals)
			l.addTrace(o, spec)
		}
	}
}

// prototype finds the object that a workload brings; nil if there is none.
func (l *loader) prototype(o *object, spec *WorkloadSpec) *prototype {
	var p *prototype
	switch {
	case spec.Template != nil && spec.TemplateRef != nil:
		l.blame(o, "spec.templateRef", "contradicts template; set one of them")
		return nil
	case spec.TemplateRef != nil:
		p = l.referenced(o, spec.TemplateRef)
	case spec.Template != nil:
		t, problems := l.set.CompileTemplate(l.replicatedTemplate(spec))
		l.addUnder("spec.template", problems)
		switch {
		case len(problems) > 0:
			return nil
		case t.Pod != nil:
			p = prototypeOfPod(t.Pod)
		default:
			p = prototypeOf(t.Owner)
		}
	case !o.bad:
		l.blame(o, "spec", "template or templateRef is missing")
	}
	if p != nil {
		p.owners = append(slices.Clip(p.owners), ObjectRefTo{"Workload", o.name})
	}
	return p
}

// referenced finds an object of the stream and takes it out of those that are
// there from the start.
func (l *loader) referenced(o *object, ref *TemplateRef) *prototype {
	namespace := ref.Namespace
	if namespace == "" {
		namespace = "default"
	}
	var known []string
	for i := range l.objects.Owners {
		owner := &l.objects.Owners[i]
		if owner.Kind.String() == ref.Kind && owner.Namespace == namespace {
			if owner.Name == ref.Name {
				l.taken[owner] = true
				return prototypeOf(owner)
			}
			known = append(known, owner.Name)
		}
	}
	for i := range l.objects.Pods {
		pod := &l.objects.Pods[i]
		if ref.Kind == "Pod" && pod.Namespace == namespace {
			if pod.Name == ref.Name {
				l.taken[pod] = true
				return prototypeOfPod(pod)
			}
			known = append(known, pod.Name)
		}
	}
	// An object with problems of its own is not among the compiled ones.
	if !o.bad && !l.objectsAreWrong {
		what := ref.Kind + " in namespace " + namespace
		l.blame(o, "spec.templateRef.name", "%s", unknown(what, ref.Name, known))
	}
	return nil
}

func (l *loader) addWorkload(o *object, spec *WorkloadSpec, p *prototype) {
	before := len(l.problems)
	l.checkArrivals(o, &spec.Arrivals)
	if len(l.problems) > before {
		return
	}
	source := arrivals.NewSource(l.run.Config.Seed, o.name)
	w := &workload{
		process: l.process(o, &spec.Arrivals, source), source: source, name: l.dict.Sym(o.name),
		batch: spec.Arrivals.Batch.law(), lifetime: spec.Lifetime.law(), limit: math.MaxInt64, most: limits.Objects,
	}
	if w.batch != nil && w.batch.Mean() < 0.5 && kernel.Count(w.batch, largest{}) == 0 {
		l.blame(o, "spec.arrivals.batch", "is always 0; want objects")
	}
	if spec.Arrivals.Type == "once" && spec.Arrivals.Count != nil {
		w.perArrival = *spec.Arrivals.Count
	}
	if spec.Arrivals.Limit != nil {
		w.limit = grown(*spec.Arrivals.Limit, l.demand())
	}
	if f := l.demand(); f != 1 && atMoments(spec.Arrivals.Type) && !slices.Contains(replicated, p.kind) {
		w.demand = f
		w.roundsUp = spec.Arrivals.Type == "once" && w.batch == nil
	}
	l.checkContainers(o, "spec.containers", spec.Containers)
	l.checkConditions(o, "spec.conditions", spec.Conditions)
	own := spec.BehaviorSpec
	l.keepProfile(o, own.Usage)
	if oneRun(p) && own.RunTime != nil {
		w.runTime, own.RunTime = own.RunTime.law(), nil
	}
	w.template = l.template(p, &own)
	l.checkLoops(o, spec, p.pod, w.template)
	l.assumeRunTime(p, w.template, w.runTime != nil, "pods of Workload "+o.name)
	if len(l.problems) == before {
		l.run.Config.Sources = append(l.run.Config.Sources, w)
	}
}

// oneRun reports whether an object stands for one piece of work: a bare pod, or
// a Job with one completion. Its run time belongs to the arrival then, so that a
// retry takes as long and every policy meets the same work.
func oneRun(p *prototype) bool {
	if p.owner == nil {
		return true
	}
	return p.owner.Kind == models.Job && p.owner.Replicas <= 1 && (p.owner.Completions == models.Unset || p.owner.Completions <= 1)
}

// checkLoops reports containers that would start again for ever in a run without
// end.
func (l *loader) checkLoops(o *object, spec *WorkloadSpec, pod *models.PodSpec, t *sim.Template) {
	if !l.endless() || spec.Lifetime != nil || pod.RestartPolicy != models.RestartAlways {
		return
	}
	b := t.Behavior
	if spec.RunTime != nil || loops(b, pod, l.dict) {
		l.blame(o, "spec", "containers restart without end and there is no duration; want lifetime, or for in the Scenario")
	}
}

// assumeRunTime notes pods of which nobody said how long they run.
func (l *loader) assumeRunTime(p *prototype, t *sim.Template, given bool, whose string) {
	if given || !l.runTimeAssumed || p.pod.RestartPolicy == models.RestartAlways || t.Behavior != nil && t.Behavior.RunTime != nil {
		return
	}
	l.assume("%s have no runTime: %s assumed", whose, kernel.Duration(l.run.Config.Kubelet.RunTime, largest{}))
}

func (l *loader) assume(format string, args ...any) {
	l.run.Assumptions = append(l.run.Assumptions, fmt.Sprintf(format, args...))
}

func (l *loader) assumeOnce(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(l.run.Assumptions, text) {
		l.run.Assumptions = append(l.run.Assumptions, text)
	}
}

// largest is a source of random bits that always draws the largest value.
type largest struct{}

func (largest) Uint64() uint64 { return 1<<64 - 1 }
