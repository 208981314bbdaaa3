package manifest

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
)

// The features that a node must declare for pods that use them. Others matter
// only when a pod is changed.
// Source: k8s.io/component-helpers/nodedeclaredfeatures/features.
const (
	featureRestartAll  = "RestartAllContainersOnContainerExits"
	featureHostNetwork = "UserNamespacesHostNetworkSupport"
)

// podFeatures returns the features that a pod needs of its node, sorted by name.
// The scheduler looks for them whether their feature gates are on or not.
// Source: k8s.io/component-helpers/nodedeclaredfeatures/framework.go
// (InferForPodScheduling).
func (c *checker) podFeatures(spec *corev1.PodSpec) []models.Sym {
	var names []string
	if restartsAll(spec.Containers) || restartsAll(spec.InitContainers) {
		names = append(names, featureRestartAll)
	}
	if spec.HostNetwork && spec.HostUsers != nil && !*spec.HostUsers {
		names = append(names, featureHostNetwork)
	}
	return c.set.syms(names)
}

func restartsAll(containers []corev1.Container) bool {
	return slices.ContainsFunc(containers, func(c corev1.Container) bool {
		return slices.ContainsFunc(c.RestartPolicyRules, func(r corev1.ContainerRestartRule) bool {
			return r.Action == corev1.ContainerRestartRuleActionRestartAllContainers
		})
	})
}

// nodeFeatures returns the features that a node declares, sorted by name.
func (c *checker) nodeFeatures(node *corev1.Node) []models.Sym {
	names := slices.Clone(node.Status.DeclaredFeatures)
	slices.Sort(names)
	return c.set.syms(slices.Compact(names))
}
