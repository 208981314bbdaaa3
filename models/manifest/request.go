package manifest

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// CompileRequest compiles what a pod would request, written like the requests of a
// container. Like every pod it takes one of the pods that a node may hold. Paths
// in problems start at n.
func (s *Set) CompileRequest(n *yamlnode.Node) (models.Resources, yamlnode.Problems) {
	c := &checker{set: s, root: n}
	var list corev1.ResourceList
	c.problems = s.decode(n, "", &list)
	for _, name := range resourceNames(list) {
		c.checkContainerResource(name, yamlnode.KeyPath("", name))
	}
	if len(c.problems) > 0 {
		c.problems.Sort()
		return models.Resources{}, c.problems
	}
	out := c.resources(list, "")
	if out == (models.Resources{}) && len(c.problems) == 0 {
		c.addf("", "a pod that requests nothing; want resources such as {cpu: 2, memory: 4Gi}")
	}
	out[models.Pods] = 1
	return out, c.problems
}
