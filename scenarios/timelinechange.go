package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// change compiles what an object becomes, completes the step of the run by that and
// reports whether all is right.
func (u *user) change(s *userStep, o *userObject, next *yamlnode.Node, step *sim.Step) bool {
	if o.root != nil {
		if field := changedIdentity(o.root, next); field != "" {
			u.blameStep(s, "", "%s of an object cannot change", field)
			return false
		}
		if step.Refused = forbiddenChange(o, next); step.Refused != "" {
			return true
		}
		if step.Same = same(o.root, next); step.Same {
			return true
		}
		if o.kind == "Pod" {
			u.blameStep(s, "", "podsim cannot change a pod that is there; want delete and apply")
			return false
		}
	}
	if !u.prime(o) {
		return false
	}
	compiled, problems := u.set.CompileVersion(next, &o.versions, "")
	if u.takeProblems(s, problems); len(problems) > 0 {
		return false
	}
	if compiled.Pod != nil {
		step.Template = u.newTemplate(s, prototypeOfPod(compiled.Pod))
	} else {
		step.Template = u.newTemplate(s, prototypeOf(compiled.Owner))
		if compiled.Owner.Spec.Replicas != o.replicas && o.root != nil {
			step.Replicas = compiled.Owner.Spec.Replicas
		}
		o.owner, o.replicas = compiled.Owner, compiled.Owner.Spec.Replicas
		u.revise(o, next, s.at)
	}
	o.root = next
	return true
}

// newTemplate compiles the behaviour of pods that come during the run.
func (u *user) newTemplate(s *userStep, p *prototype) *sim.Template {
	t := u.template(p, nil)
	u.assumeRunTimeOnce(p, t)
	if s.object != nil {
		u.checkStandingLoops(s.object.position(s.path), p, t)
	} else {
		u.checkStandingLoops(manifest.Position{File: s.label}, p, t)
	}
	return t
}

func (u *user) assumeRunTimeOnce(p *prototype, t *sim.Template) {
	before := len(u.run.Assumptions)
	u.assumeRunTime(p, t, false, "pods of "+p.kind+" "+p.name)
	if last := len(u.run.Assumptions) - 1; last >= before && slices.Contains(u.run.Assumptions[:before], u.run.Assumptions[last]) {
		u.run.Assumptions = u.run.Assumptions[:last]
	}
}

// prime makes the first template of an object that rolls out known, and those before it that a
// snapshot has, before another one comes.
func (u *user) prime(o *userObject) bool {
	if o.primed || o.root == nil || !slices.Contains(revised, o.kind) {
		return true
	}
	o.primed = true
	for _, old := range u.oldTemplates(o) {
		compiled, problems := u.set.CompileVersion(withPodTemplate(o.root, old.template), &o.versions, old.hash)
		if len(problems) > 0 {
			continue // it is only what was; nothing goes back to it
		}
		o.revisions = append(o.revisions, revision{number: old.number, at: -1, pod: compiled.Owner.Pod, template: old.template})
	}
	compiled, problems := u.set.CompileVersion(o.root, &o.versions, u.dict.String(o.owner.Spec.TemplateHash))
	if len(problems) > 0 {
		return false // which has been told
	}
	o.owner = compiled.Owner
	u.revise(o, o.root, 0)
	return true
}

// oldTemplate is the template of a ReplicaSet in a snapshot.
type oldTemplate struct {
	number   int64
	hash     string
	template *yamlnode.Node
}

// oldTemplates returns those of a Deployment, oldest first.
func (u *user) oldTemplates(o *userObject) []oldTemplate {
	var out []oldTemplate
	for i := range u.loader.objects.Owners {
		rs := &u.loader.objects.Owners[i]
		if rs.Parent < 0 || &u.loader.objects.Owners[rs.Parent] != o.owner || rs.Kind != models.ReplicaSet {
			continue
		}
		set := u.known[objectName{"ReplicaSet", rs.Namespace, rs.Name}]
		if set == nil {
			continue
		}
		template := set.root.At("spec", "template")
		number, _ := strconv.ParseInt(textOf(set.root.At("metadata", "annotations").Get(revisionAnnotation)), 10, 64)
		hash := textOf(template.At("metadata", "labels").Get(models.LabelPodTemplateHash))
		if hash == "" || number == 0 {
			continue
		}
		out = append(out, oldTemplate{number, hash, withoutLabel(template, models.LabelPodTemplateHash)})
	}
	slices.SortStableFunc(out, func(a, b oldTemplate) int { return cmp.Compare(a.number, b.number) })
	return out
}

// revise notes that the template of an object is another one. While a rollout is
// paused, none is made; of several in one moment, only the last is.
// Source: pkg/controller/deployment/sync.go (getNewReplicaSet).
func (u *user) revise(o *userObject, root *yamlnode.Node, at models.Time) {
	if !slices.Contains(revised, o.kind) || isTrue(root.At("spec").Get("paused")) {
		return
	}
	pod, number := o.owner.Pod, int64(1)
	if n := len(o.revisions); n > 0 {
		last := o.revisions[n-1]
		if last.pod == pod {
			return
		}
		number = last.number + 1
		if last.at == at && n > 1 {
			number--
			o.revisions = o.revisions[:n-1]
		}
	}
	o.revisions = slices.DeleteFunc(o.revisions, func(r revision) bool { return r.pod == pod })
	o.revisions = append(o.revisions, revision{number, at, pod, root.At("spec", "template")})
}

// revisionAt returns the revision that an undo at a moment goes back to; 0 is the one
// before.
func (o *userObject) revisionAt(at models.Time, number int64) (revision, bool) {
	var known []revision
	for _, r := range o.revisions {
		if r.at < at {
			known = append(known, r)
		}
	}
	if number == 0 && len(known) > 1 {
		return known[len(known)-2], true
	}
	i := slices.IndexFunc(known, func(r revision) bool { return r.number == number })
	if i < 0 || number == 0 {
		return revision{}, false
	}
	return known[i], true
}

// changedIdentity returns the field that tells two objects apart.
func changedIdentity(old, next *yamlnode.Node) string {
	for _, path := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}} {
		a, b := textOf(old.At(path...)), textOf(next.At(path...))
		if path[len(path)-1] == "namespace" {
			a, b = cmp.Or(a, defaultNamespace), cmp.Or(b, defaultNamespace)
		}
		if a != b {
			return path[len(path)-1]
		}
	}
	return ""
}

// immutableFields are those of a specification that no update may change.
// Source: pkg/apis/apps/validation, pkg/apis/batch/validation (ValidateJobSpecUpdate).
var immutableFields = map[string][]string{
	"Deployment": {"selector"},
	"ReplicaSet": {"selector"},
	"DaemonSet":  {"selector"},
	"Job":        {"completions", "selector", "template", "completionMode"},
}

// forbiddenChange returns what an API server answers to a change that it forbids.
func forbiddenChange(o *userObject, next *yamlnode.Node) string {
	spec, was := next.Get("spec"), o.root.Get("spec")
	if o.kind == "StatefulSet" && !same(withoutMutable(was), withoutMutable(spec)) {
		return fmt.Sprintf("The StatefulSet %q is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "+
			"'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden", o.name)
	}
	if o.kind == "Pod" && !same(withoutImages(was), withoutImages(spec)) {
		return fmt.Sprintf("The Pod %q is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"+
			"`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"+
			"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)", o.name)
	}
	for _, field := range immutableFields[o.kind] {
		if field == "completions" && textOf(was.Get("completionMode")) == "Indexed" {
			continue
		}
		if !same(was.Get(field), spec.Get(field)) {
			return fmt.Sprintf("The %s %q is invalid: spec.%s: Invalid value: %s: field is immutable", o.kind, o.name, field, jsonOf(spec.Get(field)))
		}
	}
	return ""
}

// mutableFields are those of the specification of a StatefulSet that an update may
// change.
// Source: pkg/apis/apps/validation/validation.go (ValidateStatefulSetUpdate).
var mutableFields = []string{
	"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
}

// withoutMutable returns the specification of a StatefulSet as the value that an update
// must leave.
func withoutMutable(spec *yamlnode.Node) any {
	if spec == nil {
		return nil
	}
	value, _ := spec.Value().(map[string]any)
	for _, field := range mutableFields {
		delete(value, field)
	}
	return value
}

// withoutImages returns the specification of a pod as the value that an update must
// leave.
func withoutImages(spec *yamlnode.Node) any {
	if spec == nil {
		return nil
	}
	value, _ := spec.Value().(map[string]any)
	for _, list := range []string{"containers", "initContainers"} {
		items, _ := value[list].([]any)
		for _, item := range items {
			if container, ok := item.(map[string]any); ok {
				delete(container, "image")
			}
		}
	}
	return value
}

func jsonOf(n *yamlnode.Node) string {
	if n == nil {
		return "null"
	}
	text, err := json.Marshal(n.Value())
	if err != nil {
		return "?"
	}
	return shorten(string(text))
}

// same reports whether two parts of objects say the same.
func same(a, b any) bool {
	value := func(v any) any {
		if n, ok := v.(*yamlnode.Node); ok {
			if n == nil {
				return nil
			}
			return n.Value()
		}
		return v
	}
	return reflect.DeepEqual(value(a), value(b))
}

func isTrue(n *yamlnode.Node) bool {
	if n == nil {
		return false
	}
	yes, err := n.AsBool()
	return err == nil && yes
}
