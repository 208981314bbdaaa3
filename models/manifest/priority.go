package manifest

import (
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
	added := &priorityClass{name: class.Name, value: class.Value, at: c.position()}
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

func (c *checker) isPreemptNever(policy corev1.PreemptionPolicy, path string) bool {
	c.oneOf(string(policy), path, string(corev1.PreemptLowerPriority), string(corev1.PreemptNever))
	return policy == corev1.PreemptNever
}

// admitPriority gives a pod the priority of its class. A value set by hand must
// agree, except in a snapshot, where the server set it and the class may be out
// of sight. Source: plugin/pkg/admission/priority/admission.go (admitPod).
func (c *checker) admitPriority(spec *corev1.PodSpec, base string, snapshot bool, out *models.PodSpec) {
	class := c.set.standing
	if name := spec.PriorityClassName; name != "" {
		class = c.set.classes[name]
		if class == nil && !(snapshot && spec.Priority != nil) {
			c.unknownClass(name, base+".priorityClassName")
			return
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

func (c *checker) unknownClass(name, path string) {
	names := make([]string, 0, len(c.set.classes))
	for known := range c.set.classes {
		names = append(names, known)
	}
	c.addf(path, "PriorityClass %s is not defined%s", quote(name), didYouMean(name, names))
}
