package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"

	"github.com/podsim/podsim/models"
)

// maxUserPriority bounds the priority of classes that are not the system's.
// Source: pkg/apis/scheduling/types.go (HighestUserDefinablePriority).
const maxUserPriority = 1_000_000_000

// priorityClass is what pods take from a PriorityClass.
type priorityClass struct {
	name   string
	value  int32
	never  bool // preemptionPolicy Never
	system bool // built in and not defined by the input
	at     Position
	broken bool
	// description is for those who look at the class.
	description string
}

// systemClasses returns the classes that every cluster has.
// Source: pkg/apis/scheduling/v1/helpers.go.
func systemClasses() map[string]*priorityClass {
	classes := make(map[string]*priorityClass)
	for _, c := range []priorityClass{
		{name: "system-node-critical", value: 2_000_001_000, system: true},
		{name: "system-cluster-critical", value: 2_000_000_000, system: true},
	} {
		classes[c.name] = &c
	}
	return classes
}

// addClass checks and keeps a PriorityClass at once, so that it is known to
// whatever is compiled, in any order.
// Source: pkg/apis/scheduling/validation; plugin/pkg/admission/priority.
func (s *Set) addClass(c *checker, class *schedulingv1.PriorityClass, broken bool) {
	before := len(c.problems)
	c.checkObjectName(class.Name)
	known := s.classes[class.Name]
	if known != nil && !known.system {
		return // defined twice
	}
	switch {
	case strings.HasPrefix(class.Name, "system-") && known == nil:
		c.addf("metadata.name", "got %s; names that start with system- are kept for the system", quote(class.Name))
	case known != nil && class.Value != known.value:
		c.addf("value", "got %d; want %d, as the system has it", class.Value, known.value)
	case known == nil && class.Value > maxUserPriority:
		c.addf("value", "got %d; want at most %d", class.Value, maxUserPriority)
	}
	added := &priorityClass{name: class.Name, value: class.Value, description: class.Description, at: c.position()}
	if policy := class.PreemptionPolicy; policy != nil {
		added.never = c.isPreemptNever(*policy, "preemptionPolicy")
	}
	if class.GlobalDefault {
		if s.standing != nil {
			c.addf("globalDefault", "%s is the global default already, at %s:%d",
				quote(s.standing.name), s.standing.at.File, s.standing.at.Line)
		} else {
			s.standing = added
		}
	}
	added.broken = broken || len(c.problems) > before
	s.classes[class.Name] = added
}

// PriorityOf returns the value of a PriorityClass of the input or of the system. If there is
// none of that name, known lists those that there are.
func (s *Set) PriorityOf(name string) (value int32, known []string) {
	if class := s.classes[name]; class != nil {
		return class.value, nil
	}
	return 0, slices.Sorted(maps.Keys(s.classes))
}

// priorities lists the classes that the input defines, by name.
func (s *Set) priorities() (out []*models.PriorityClassSpec) {
	for _, name := range slices.Sorted(maps.Keys(s.classes)) {
		class := s.classes[name]
		if class.system || class.broken {
			continue
		}
		out = append(out, &models.PriorityClassSpec{
			Name: s.dict.Sym(name), Value: class.value, GlobalDefault: class == s.standing, Never: class.never, Description: class.description,
		})
	}
	return out
}

func (c *checker) isPreemptNever(policy corev1.PreemptionPolicy, path string) bool {
	c.oneOf(string(policy), path, string(corev1.PreemptLowerPriority), string(corev1.PreemptNever))
	return policy == corev1.PreemptNever
}

// admitPriority gives a pod the priority of its class. A value set by hand must
// agree, except in a snapshot, where the server set it and the class may be out
// of sight: then it is what pods of the class have. Source: plugin/pkg/admission/priority/admission.go (admitPod).
func (c *checker) admitPriority(spec *corev1.PodSpec, base string, snapshot bool, out *models.PodSpec) {
	class := c.set.standing
	if name := spec.PriorityClassName; name != "" {
		class = c.set.classes[name]
		switch {
		case class != nil, snapshot && spec.Priority != nil:
		case !snapshot:
			c.unknownClass(name, base+".priorityClassName")
			return
		default:
			class = c.set.unseenClass(name)
		}
	}
	if class != nil {
		out.PriorityClass, out.Priority, out.PreemptionNever = c.set.dict.Sym(class.name), class.value, class.never
	}
	policy := spec.PreemptionPolicy
	if policy != nil {
		c.isPreemptNever(*policy, base+".preemptionPolicy")
	}
	if snapshot {
		if spec.Priority != nil {
			out.PriorityClass, out.Priority = c.set.dict.Sym(spec.PriorityClassName), *spec.Priority
		}
		if policy != nil {
			out.PreemptionNever = *policy == corev1.PreemptNever
		}
		return
	}
	if class != nil && class.broken {
		return
	}
	if spec.Priority != nil && *spec.Priority != out.Priority {
		c.addf(base+".priority", "got %d; want %d, the priority of its class; set priorityClassName alone", *spec.Priority, out.Priority)
	}
	if policy != nil && (*policy == corev1.PreemptNever) != out.PreemptionNever {
		c.addf(base+".preemptionPolicy", "got %s, unlike its class; set priorityClassName alone", quote(string(*policy)))
	}
}

// unseenClass returns a class that a template of a snapshot names and that nobody
// took out of the cluster with it, as the newest pod tells that was admitted under
// it. What is taken for it is told by Assumptions.
func (s *Set) unseenClass(name string) *priorityClass {
	if class := s.unseen[name]; class != nil {
		return class
	}
	class := &priorityClass{name: name}
	var newest *corev1.Pod
	for _, o := range s.objects {
		pod, ok := o.value.(*corev1.Pod)
		if !ok || pod.Spec.PriorityClassName != name || pod.Spec.Priority == nil || !hasStatus(o.root) {
			continue
		}
		if newest == nil || pod.CreationTimestamp.After(newest.CreationTimestamp.Time) {
			newest = pod
		}
	}
	of := "for want of a pod that has it"
	if newest != nil {
		class.value = *newest.Spec.Priority
		class.never = newest.Spec.PreemptionPolicy != nil && *newest.Spec.PreemptionPolicy == corev1.PreemptNever
		of = "as Pod " + quote(newest.Name) + " has it"
	}
	if s.unseen == nil {
		s.unseen = make(map[string]*priorityClass)
	}
	s.unseen[name] = class
	s.assumptions = append(s.assumptions,
		fmt.Sprintf("PriorityClass %s is not in the snapshot: priority %d assumed, %s", quote(name), class.value, of))
	return class
}

// Assumptions returns what has been assumed so far of what a snapshot leaves out,
// in the order in which it came up.
func (s *Set) Assumptions() []string { return s.assumptions }

func (c *checker) unknownClass(name, path string) {
	names := make([]string, 0, len(c.set.classes))
	for known := range c.set.classes {
		names = append(names, known)
	}
	c.addf(path, "PriorityClass %s is not defined%s", quote(name), didYouMean(name, names))
}
