package manifest

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models/yamlnode"
)

// Template is an inline workload: a Pod or an Owner, the other being nil. Its
// name is empty if it gave none.
type Template struct {
	Pod   *Pod
	Owner *Owner
}

// CompileTemplate compiles one inline pod or workload, which may lack a name. Call it after the last Add, so
// that all priority classes are known; whether before or after Compile does not
// matter. Paths in problems start at n.
func (s *Set) CompileTemplate(n *yamlnode.Node) (Template, yamlnode.Problems) {
	return s.compileTemplate(n, nil)
}

// compileTemplate is CompileTemplate, or CompileVersion if v is not nil.
func (s *Set) compileTemplate(n *yamlnode.Node, v *versioning) (Template, yamlnode.Problems) {
	c := &checker{set: s, root: n}
	if n == nil {
		c.addf("", "want a Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or CronJob")
		return Template{}, c.problems
	}
	t, ok := c.typeOf(typeKey{})
	if !ok {
		return Template{}, c.problems
	}
	value, wrong := templateObject(t)
	if wrong != "" {
		c.addf("kind", "%s", wrong)
		return Template{}, c.problems
	}
	c.problems = append(c.problems, s.decode(n, "", value)...)
	if len(c.problems) > 0 {
		return Template{}, c.problems
	}
	if v == nil {
		s.audit.object(t, n, "")
	}
	var out Template
	if pod, ok := value.(*corev1.Pod); ok {
		compiled := c.pod(pod, false)
		out.Pod = &compiled
		s.show("Pod", compiled.Namespace, compiled.Name, compiled.Spec, &pod.ObjectMeta, &pod.Spec)
	} else {
		src, _ := sourceOf(value)
		owner := c.owner(value, src, false, hasStatus(n))
		switch {
		case hashLabelOf(owner.Kind) != "" && v != nil:
			v.finish(s, &owner, src.template)
		case hashLabelOf(owner.Kind) != "":
			s.finish(&owner, s.templateHash(owner.Pod))
		}
		owner.Pod = s.intern(owner.Pod)
		out.Owner = &owner
		s.showTemplate(&owner, owner.Pod, src.template)
	}
	if v == nil {
		c.created(value)
	}
	c.problems.Sort()
	return out, c.problems
}

// templateObject returns an empty object of a kind that can be embedded, or why
// it cannot.
func templateObject(t typeKey) (value any, wrong string) {
	class, wrong := classify(t.apiVersion, t.kind)
	switch {
	case wrong != "":
		return nil, wrong
	case class != simulatedKind || !isWorkload(t.kind):
		return nil, t.apiVersion + " " + t.kind + " is not a workload; want Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or CronJob"
	}
	return newObject(t.kind), ""
}

// isWorkload reports whether objects of a simulated kind are pods or make some.
func isWorkload(kind string) bool {
	value := newObject(kind)
	if _, ok := sourceOf(value); ok {
		return true
	}
	_, ok := value.(*corev1.Pod)
	return ok
}

// IsWorkload reports whether an object is a pod or makes some.
func IsWorkload(n *yamlnode.Node) bool {
	class, _ := classify(textOf(n.Get("apiVersion")), textOf(n.Get("kind")))
	return class == simulatedKind && isWorkload(textOf(n.Get("kind")))
}

// CheckForm reports what is wrong with the form of a workload of a kind, or with a
// patch of one: unknown fields and values of a wrong type.
func (s *Set) CheckForm(n *yamlnode.Node, kind string) yamlnode.Problems {
	problems := s.decode(n, "", newObject(kind))
	return slices.DeleteFunc(problems, func(p yamlnode.Problem) bool {
		return strings.HasPrefix(p.Path, "$") || strings.Contains(p.Path, `["$`)
	})
}
