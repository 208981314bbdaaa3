package manifest

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

const (
	// maxPods is how many pods a kubelet takes unless told otherwise.
	// Source: pkg/kubelet/apis/config/v1beta1/defaults.go.
	maxPods = 110
	// maxNodeImages is how many images a kubelet reports.
	// Source: pkg/kubelet/apis/config/v1beta1/defaults.go (nodeStatusMaxImages).
	maxNodeImages = 50
)

// CompileNode compiles a Node or a template of one: metadata, spec and status
// without apiVersion and kind, with or without a name. Paths in problems start
// at n.
func (s *Set) CompileNode(n *yamlnode.Node) (*models.NodeSpec, yamlnode.Problems) {
	c := &checker{set: s, root: n}
	if n == nil || n.Kind != yamlnode.Map {
		c.addf("", "want a node: metadata, spec and status")
		return nil, c.problems
	}
	t := typeKey{c.word("apiVersion", "v1"), c.word("kind", "Node")}
	if t != (typeKey{"v1", "Node"}) {
		c.addf("", "got %s %s; want v1 Node", t.apiVersion, t.kind)
	}
	node := &corev1.Node{}
	c.problems = append(c.problems, s.decode(n, "", node)...)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	s.audit.object(t, n, "")
	spec := c.nodeSpec(node, false)
	c.problems.Sort()
	return spec, c.problems
}

// nodeSpec checks and compiles a node.
// Source: pkg/apis/core/validation/validation.go (ValidateNode).
func (c *checker) nodeSpec(node *corev1.Node, needsName bool) *models.NodeSpec {
	dict := c.set.dict
	name := c.checkMeta(&node.ObjectMeta, needsName)
	if node.Namespace != "" {
		c.addf("metadata.namespace", "a node has no namespace")
	}
	out := &models.NodeSpec{
		Name:          dict.Sym(name),
		Labels:        c.set.labels(node.Labels),
		Taints:        c.taints(node),
		Unschedulable: node.Spec.Unschedulable,
		NotReady:      c.isNotReady(node),
		Images:        c.images(node),
		Features:      c.nodeFeatures(node),
		Cloud:         node.Spec.ProviderID != "",
	}
	c.nodeAddresses(node, out)
	// Its kubelet labels a node with its name.
	if _, ok := node.Labels[models.LabelHostname]; !ok && name != "" {
		out.Labels = out.Labels.With(dict.Sym(models.LabelHostname), out.Name)
	}
	capacity, allocatable := node.Status.Capacity, node.Status.Allocatable
	if allocatable == nil {
		allocatable = capacity
	}
	if capacity == nil {
		capacity = allocatable
	}
	out.Capacity = c.resources(withPods(capacity), "status.capacity")
	out.Allocatable = c.resources(withPods(allocatable), "status.allocatable")
	return out
}

// withPods adds the pods that a kubelet would report.
func withPods(list corev1.ResourceList) corev1.ResourceList {
	if _, ok := list[corev1.ResourcePods]; ok {
		return list
	}
	list = list.DeepCopy()
	if list == nil {
		list = corev1.ResourceList{}
	}
	list[corev1.ResourcePods] = *resource.NewQuantity(maxPods, resource.DecimalSI)
	return list
}

// taints compiles taints. A node that is unschedulable has a taint that says so,
// put there by the node lifecycle controller.
func (c *checker) taints(node *corev1.Node) []models.Taint {
	var out []models.Taint
	type keyEffect struct {
		key    string
		effect corev1.TaintEffect
	}
	seen := map[keyEffect]bool{}
	for i, t := range node.Spec.Taints {
		at := yamlnode.IndexPath("spec.taints", i)
		if t.Key == "" {
			c.addf(at+".key", "key is missing")
		} else {
			c.checkLabelKey(t.Key, at+".key")
		}
		c.checkLabelValue(t.Value, at+".value")
		if effect, ok := effects[t.Effect]; !ok || effect == models.AnyEffect {
			c.addf(at+".effect", "%s", effectText(t.Effect))
		}
		if seen[keyEffect{t.Key, t.Effect}] {
			c.addf(at, "taint %s:%s occurs twice", t.Key, t.Effect)
		}
		seen[keyEffect{t.Key, t.Effect}] = true
		out = append(out, models.Taint{
			Key: c.set.dict.Sym(t.Key), Value: c.set.dict.Sym(t.Value), Effect: effects[t.Effect],
		})
	}
	if node.Spec.Unschedulable && !seen[keyEffect{models.TaintUnschedulable, corev1.TaintEffectNoSchedule}] {
		out = append(out, models.Taint{Key: c.set.dict.Sym(models.TaintUnschedulable), Effect: models.NoSchedule})
	}
	return out
}

// isNotReady reports whether a Ready condition is given and not True.
func (c *checker) isNotReady(node *corev1.Node) bool {
	notReady := false
	for i, condition := range node.Status.Conditions {
		if condition.Type != corev1.NodeReady {
			continue
		}
		at := yamlnode.IndexPath("status.conditions", i) + ".status"
		c.oneOf(string(condition.Status), at, "True", "False", "Unknown")
		notReady = condition.Status != corev1.ConditionTrue
	}
	return notReady
}

// images compiles the images that a node holds, each name as one of its own and
// as the node reports it.
// Source: pkg/scheduler/backend/cache/cache.go (addNodeImageStates).
func (c *checker) images(node *corev1.Node) []models.NodeImage {
	var out []models.NodeImage
	seen := map[models.Sym]bool{}
	for i, image := range node.Status.Images {
		if i == maxNodeImages {
			break
		}
		if image.SizeBytes < 0 {
			c.addf(yamlnode.IndexPath("status.images", i)+".sizeBytes", "got %d; must be >= 0", image.SizeBytes)
		}
		for _, name := range image.Names {
			held := models.NodeImage{Name: c.set.dict.Sym(name), Size: image.SizeBytes}
			if !seen[held.Name] {
				seen[held.Name] = true
				out = append(out, held)
			}
		}
	}
	return out
}
