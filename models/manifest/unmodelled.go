package manifest

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Unmodelled is a field of simulated objects that changes what a real cluster
// does and that podsim reads without acting on it.
type Unmodelled struct {
	Field string // such as spec.topologySpreadConstraints, seen from the pod
	Count int    // of pods and templates that set it
	First Position
}

// podField tells whether a pod sets a field.
type podField struct {
	name  string
	isSet func(*corev1.PodSpec) bool
}

// unmodelledFields are the fields of pods that podsim does not act on although
// scheduling, start, end or eviction of a pod depend on them.
var unmodelledFields = []podField{
	{"spec.affinity.podAffinity", func(s *corev1.PodSpec) bool {
		return s.Affinity != nil && s.Affinity.PodAffinity != nil
	}},
	{"spec.affinity.podAntiAffinity", func(s *corev1.PodSpec) bool {
		return s.Affinity != nil && s.Affinity.PodAntiAffinity != nil
	}},
	{"spec.topologySpreadConstraints", func(s *corev1.PodSpec) bool { return len(s.TopologySpreadConstraints) > 0 }},
	{"spec.resourceClaims", func(s *corev1.PodSpec) bool { return len(s.ResourceClaims) > 0 }},
	{"spec.readinessGates", func(s *corev1.PodSpec) bool { return len(s.ReadinessGates) > 0 }},
	{"spec.runtimeClassName", func(s *corev1.PodSpec) bool { return s.RuntimeClassName != nil }},
	{"spec.schedulingGroup", func(s *corev1.PodSpec) bool { return s.SchedulingGroup != nil }},
	{"spec.volumes[].persistentVolumeClaim", func(s *corev1.PodSpec) bool {
		return slices.ContainsFunc(s.Volumes, func(v corev1.Volume) bool {
			return v.PersistentVolumeClaim != nil || v.Ephemeral != nil
		})
	}},
	{"spec.containers[].lifecycle", anyContainer(func(c *corev1.Container) bool { return c.Lifecycle != nil })},
	{"spec.containers[].livenessProbe", anyContainer(func(c *corev1.Container) bool { return c.LivenessProbe != nil })},
	{"spec.containers[].readinessProbe", anyContainer(func(c *corev1.Container) bool { return c.ReadinessProbe != nil })},
	{"spec.containers[].startupProbe", anyContainer(func(c *corev1.Container) bool { return c.StartupProbe != nil })},
	{"spec.containers[].restartPolicy", func(s *corev1.PodSpec) bool {
		return slices.ContainsFunc(s.Containers, func(c corev1.Container) bool { return c.RestartPolicy != nil })
	}},
}

func anyContainer(isSet func(*corev1.Container) bool) func(*corev1.PodSpec) bool {
	return func(s *corev1.PodSpec) bool {
		for _, list := range containerLists(s, "") {
			for i := range list.containers {
				if isSet(&list.containers[i]) {
					return true
				}
			}
		}
		return false
	}
}

// noteUnmodelled counts the fields of a pod or template that are not acted on.
func (c *checker) noteUnmodelled(src podSource) {
	for _, field := range unmodelledFields {
		if !field.isSet(src.spec) {
			continue
		}
		known := c.set.unmodelled[field.name]
		if known == nil {
			known = &Unmodelled{Field: field.name, First: c.position()}
			c.set.unmodelled[field.name] = known
		}
		known.Count++
	}
}

// Unmodelled lists, sorted by field, what has been compiled so far without being
// acted on.
func (s *Set) Unmodelled() []Unmodelled {
	var out []Unmodelled
	for _, u := range s.unmodelled {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Unmodelled) int { return cmp.Compare(a.Field, b.Field) })
	return out
}
