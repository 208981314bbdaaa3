package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// AnnotateSpec changes annotations of an object.
type AnnotateSpec struct {
	ObjectTarget `yaml:",inline"`
	Annotations  map[string]string `yaml:"annotations" help:"the annotations; annotations or remove must be given"`
	Remove       []string          `yaml:"remove" help:"keys of annotations that go"`
	Overwrite    bool              `yaml:"overwrite" help:"they may replace others of the same key; else the step fails"`
}

// ofController is the pod that a controller makes, by its name: what its template says.
// It is nil if no owner that the steps know makes such pods.
func (u *user) ofController(name objectName) *userObject {
	var owner *userObject
	for _, n := range u.order {
		if o := u.known[n]; n.kind != "Pod" && n.namespace == name.namespace && o.root != nil &&
			strings.HasPrefix(name.name, n.name+"-") && (owner == nil || len(n.name) > len(owner.name)) {
			owner = o
		}
	}
	if owner == nil {
		return nil
	}
	template := owner.root.At("spec", "template")
	if owner.kind == "CronJob" {
		template = owner.root.At("spec", "jobTemplate", "spec", "template")
	}
	if template == nil || template.Get("spec") == nil {
		return nil
	}
	metadata := fields{"name": name.name, "namespace": name.namespace}
	if labels := template.At("metadata", "labels"); labels != nil {
		metadata["labels"] = labels.Value()
	}
	root, err := patchOf(fields{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.Get("spec").Value()})
	if err != nil {
		return nil
	}
	o := u.add(name)
	o.root = u.set.Persisted(root)
	return o
}

// changePod compiles what of a pod that is there changes, and reports whether all is
// right.
func (u *user) changePod(s *userStep, o *userObject, next *yamlnode.Node, step *sim.Step) bool {
	was, problems := u.set.CompileVersion(o.root, &o.versions, "")
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return false
	}
	is, problems := u.set.CompileVersion(next, &o.versions, "")
	if u.takeProblems(s, problems); len(problems) > 0 {
		return false
	}
	step.Change = &sim.PodChange{Was: was.Pod.Spec, Is: is.Pod.Spec}
	if step.Kind == sim.StepApply {
		step.Template = u.newTemplate(s, prototypeOfPod(is.Pod))
	}
	o.root = u.set.Persisted(next)
	return true
}

// patched returns what a patch makes of an object, before its status goes.
func (u *user) patched(s *userStep, o *userObject, patch *yamlnode.Node, plain bool) (next *yamlnode.Node, ok bool) {
	problems := u.set.CheckForm(patch, o.kind)
	next, wrong := manifest.Patch(o.root, patch, plain)
	if problems = append(problems, wrong...); len(problems) > 0 {
		u.takeProblems(s, problems)
		return nil, false
	}
	return next, true
}

// resize compiles a patch of the subresource resize of a pod.
func (u *user) resize(s *userStep, spec *PatchSpec) {
	o, ok := u.findChangeable(s, &spec.ObjectTarget, "Pod")
	if !ok {
		return
	}
	step := u.newStep(s, sim.StepUpdate, o.objectName)
	step.Done = "patched"
	if o.root == nil {
		u.emit(step)
		return
	}
	next, ok := u.patched(s, o, spec.Patch, spec.Type == "merge")
	if !ok {
		return
	}
	was := o.root
	var restarts []string
	step.Refused, restarts = u.set.ForbiddenResize(was, next)
	if step.Refused == "" && !u.changePod(s, o, next, &step) {
		return
	}
	if step.Change != nil {
		step.Change.Resize = true
		for _, name := range restarts {
			step.Change.Restarts = append(step.Change.Restarts, u.dict.Sym(name))
		}
	}
	u.emit(step)
}

// annotate compiles kubectl annotate.
// Source: k8s.io/kubectl/pkg/cmd/annotate/annotate.go (validateNoAnnotationOverwrites).
func (u *user) annotate(s *userStep, spec *AnnotateSpec) {
	o, ok := u.findChangeable(s, &spec.ObjectTarget, changeable...)
	if !ok {
		return
	}
	if len(spec.Annotations)+len(spec.Remove) == 0 {
		u.blameStep(s, "", "annotations or remove is missing")
		return
	}
	annotations, taken := fields{}, []string(nil)
	for _, key := range slices.Sorted(maps.Keys(spec.Annotations)) {
		annotations[key] = spec.Annotations[key]
		if o.root == nil {
			continue
		}
		if old := o.root.At("metadata", "annotations").Get(key); old != nil && textOf(old) != spec.Annotations[key] {
			taken = append(taken, fmt.Sprintf("'%s' already has a value (%s)", key, textOf(old)))
		}
	}
	for _, key := range spec.Remove {
		annotations[key] = nil
	}
	if len(taken) > 0 && !spec.Overwrite {
		step := u.newStep(s, sim.StepUpdate, o.objectName)
		step.Refused = "error: --overwrite is false but found the following declared annotation(s): " + strings.Join(taken, "; ")
		u.emit(step)
		return
	}
	u.mergedFields(s, o, fields{"metadata": fields{"annotations": annotations}}, "annotated")
}

// parseAnnotate reads kubectl annotate.
func parseAnnotate(c *command) ([]*StepSpec, error) {
	set, taken := make(map[string]string), []string(nil)
	var targets []string
	for _, arg := range c.args {
		key, value, isSet := strings.Cut(arg, "=")
		switch {
		case isSet:
			set[key] = value
		case strings.HasSuffix(arg, "-") && len(arg) > 1 && len(targets) > 0:
			taken = append(taken, strings.TrimSuffix(arg, "-"))
		default:
			targets = append(targets, arg)
		}
	}
	if len(set)+len(taken) == 0 {
		return nil, fmt.Errorf("which annotation? Want KEY=VALUE, or KEY- to take one off")
	}
	c.args = targets
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		return &StepSpec{Annotate: &AnnotateSpec{t, set, taken, c.flags["overwrite"] == "true"}}
	})
}
