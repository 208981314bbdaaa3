package manifest

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/podsim/podsim/models/yamlnode"
)

// addRuntimeClass keeps a RuntimeClass at once, so that it is known to whatever is
// compiled, in any order.
func (s *Set) addRuntimeClass(c *checker, class *nodev1.RuntimeClass) {
	c.checkObjectName(class.Name)
	if s.runtimes == nil {
		s.runtimes = make(map[string]*nodev1.RuntimeClass)
	}
	if s.runtimes[class.Name] == nil {
		s.runtimes[class.Name] = class
	}
}

// admitRuntime gives a pod the overhead, the nodes and the tolerations of its
// RuntimeClass, or returns the name of the one that there is not.
// Source: plugin/pkg/admission/runtimeclass/admission.go (prepareObjects, setOverhead,
// setScheduling).
func (c *checker) admitRuntime(spec *corev1.PodSpec, path string) (missing string) {
	if spec.RuntimeClassName == nil {
		return ""
	}
	class := c.set.runtimes[*spec.RuntimeClassName]
	if class == nil {
		c.set.rejects = true
		return *spec.RuntimeClassName
	}
	if class.Overhead != nil {
		if len(spec.Overhead) > 0 && !sameAmounts(spec.Overhead, class.Overhead.PodFixed) {
			c.addf(path+".overhead", "differs from that of RuntimeClass %s; leave it out", quote(class.Name))
		}
		spec.Overhead = class.Overhead.PodFixed
	}
	if class.Scheduling == nil {
		return ""
	}
	selector := maps.Clone(spec.NodeSelector)
	for _, key := range sortedKeys(class.Scheduling.NodeSelector) {
		value := class.Scheduling.NodeSelector[key]
		if own, given := selector[key]; given && own != value {
			c.addf(yamlnode.KeyPath(path+".nodeSelector", key), "got %s; RuntimeClass %s wants %s", quote(own), quote(class.Name), quote(value))
		}
		if selector == nil {
			selector = make(map[string]string)
		}
		selector[key] = value
	}
	spec.NodeSelector = selector
	for _, t := range class.Scheduling.Tolerations {
		if !slices.ContainsFunc(spec.Tolerations, func(own corev1.Toleration) bool { return sameToleration(&own, &t) }) {
			spec.Tolerations = append(slices.Clone(spec.Tolerations), t)
		}
	}
	return ""
}

func sameAmounts(a, b corev1.ResourceList) bool {
	return maps.EqualFunc(a, b, func(x, y resource.Quantity) bool { return x.Cmp(y) == 0 })
}

func sameToleration(a, b *corev1.Toleration) bool {
	forever := a.TolerationSeconds == nil && b.TolerationSeconds == nil
	return a.MatchToleration(b) && (forever || a.TolerationSeconds != nil && b.TolerationSeconds != nil && *a.TolerationSeconds == *b.TolerationSeconds)
}
