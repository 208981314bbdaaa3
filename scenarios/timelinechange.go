package scenarios

import (
	"cmp"
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
		if step.Refused = u.set.ForbiddenChange(o.root, next, u.live(s, o)); step.Refused != "" {
			return true
		}
		if step.Same = same(o.root, next); step.Same {
			return true
		}
		if o.kind == "Pod" {
			return u.changePod(s, o, next, step)
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
	o.noteSuspension(next, s.at)
	o.root = u.set.Persisted(next)
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

// live is what the run will know of an object when a step comes to change it: whether
// its pods are gone if it is a Job that is suspended.
func (u *user) live(s *userStep, o *userObject) manifest.Live {
	return manifest.Live{Started: o.ran && o.suspended == s.at}
}

// noteSuspension notes since when a Job is suspended, and whether it has ever not been.
func (o *userObject) noteSuspension(next *yamlnode.Node, at models.Time) {
	if o.kind != "Job" {
		return
	}
	switch was, is := o.root != nil && isTrue(o.root.At("spec").Get("suspend")), isTrue(next.At("spec").Get("suspend")); {
	case !is:
		o.ran = true
	case !was:
		o.suspended = at
	}
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
