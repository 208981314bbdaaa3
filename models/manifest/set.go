package manifest

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// Position is where something stands in the input.
type Position struct {
	File         string
	Line, Column int // from 1
}

// Set holds the Kubernetes objects of one input, possibly many files. It is not
// safe for concurrent use.
type Set struct {
	dict    *models.Dictionary
	decoder *yamlnode.Decoder

	objects   []*object
	seen      map[objectKey]Position
	classes   map[string]*priorityClass
	standing  *priorityClass // the global default, if any
	runtimes  map[string]*nodev1.RuntimeClass
	rejects   bool  // a pod names a RuntimeClass that there is not
	generated int32 // names made from generateName so far

	unseen      map[string]*priorityClass // of a snapshot that lacks them
	assumptions []string

	namespaces  map[string]map[string]string // labels by name; nil of those only used
	later       map[string]bool              // namespaces that come during the run
	definitions models.Definitions           // beside namespaces
	standby     string                       // the default StorageClass, if any

	audit   *auditor
	surplus map[string]bool            // resources without an ordinal, complained of
	pods    map[string]*models.PodSpec // by content
	shown   *unsimulated               // nil if nobody wants to see it
}

// object is a simulated object that was decoded without a problem.
type object struct {
	value  any // *corev1.Pod, *appsv1.Deployment, …
	root   *yamlnode.Node
	prefix string
}

type objectKey struct{ kind, namespace, name string }

type typeKey struct{ apiVersion, kind string }

// NewSet returns an empty set that interns strings and resources in d.
func NewSet(d *models.Dictionary) *Set {
	return &Set{
		dict:       d,
		decoder:    newDecoder(),
		seen:       make(map[objectKey]Position),
		classes:    systemClasses(),
		namespaces: make(map[string]map[string]string),
		audit:      newAuditor(),
		surplus:    make(map[string]bool),
		pods:       make(map[string]*models.PodSpec),
	}
}

// Add decodes one object, or the items of a list, and adds what is right. It
// reports form: unknown fields, wrong types, quantities, kinds, names defined
// twice. What needs the other objects is left to Compile.
func (s *Set) Add(root *yamlnode.Node) yamlnode.Problems {
	if root == nil {
		return nil
	}
	return s.add(root, "", typeKey{})
}

// add adds an object that may leave out its type if it is in a list of one type.
func (s *Set) add(root *yamlnode.Node, prefix string, listed typeKey) yamlnode.Problems {
	c := &checker{set: s, root: root, prefix: prefix}
	t, ok := c.typeOf(listed)
	if !ok {
		return c.problems
	}
	if items := root.Get("items"); strings.HasSuffix(t.kind, "List") && (items != nil || t == typeKey{"v1", "List"}) {
		return s.addList(c, t, items)
	}
	class, wrong := classify(t.apiVersion, t.kind)
	switch class {
	case unknownKind:
		c.addf("kind", "%s", wrong)
	case simulatedKind:
		s.addSimulated(c, t)
	default:
		s.audit.object(t, root, prefix)
	}
	return c.problems
}

// typeOf returns the type of an object.
func (c *checker) typeOf(listed typeKey) (typeKey, bool) {
	if c.root.Kind != yamlnode.Map {
		c.addf("", "got %s; want an object of Kubernetes", c.root.Kind)
		return listed, false
	}
	t := typeKey{c.word("apiVersion", listed.apiVersion), c.word("kind", listed.kind)}
	if len(c.problems) > 0 {
		return t, false
	}
	homes := served.homes[t.kind]
	switch {
	case t == typeKey{}:
		c.addf("", "apiVersion and kind are missing")
	case t.kind == "":
		c.addf("", "kind is missing")
	case t.apiVersion == "" && len(homes) > 0:
		c.addf("", "apiVersion is missing; want %s", strings.Join(homes, " or "))
	case t.apiVersion == "":
		c.addf("", "apiVersion is missing")
	}
	return t, len(c.problems) == 0
}

// word returns the string under name, or otherwise if there is none.
func (c *checker) word(name, otherwise string) string {
	n := c.root.Get(name)
	if n == nil || n.Kind == yamlnode.Null {
		return otherwise
	}
	text, err := n.AsString()
	if err != nil {
		c.addf(name, "%v", err)
	}
	return text
}

func (s *Set) addList(c *checker, t typeKey, items *yamlnode.Node) yamlnode.Problems {
	var listed typeKey
	if t != (typeKey{"v1", "List"}) {
		listed = typeKey{t.apiVersion, strings.TrimSuffix(t.kind, "List")}
		if class, wrong := classify(listed.apiVersion, listed.kind); class == unknownKind {
			c.addf("kind", "%s", wrong)
			return c.problems
		}
	}
	if items == nil || items.Kind == yamlnode.Null {
		return c.problems
	}
	if items.Kind != yamlnode.Seq {
		c.addf("items", "got %s; want a list", items.Kind)
		return c.problems
	}
	for i, item := range items.Items {
		c.problems = append(c.problems, s.add(item, yamlnode.IndexPath(joinPath(c.prefix, "items"), i), listed)...)
	}
	return c.problems
}

// newObject returns an empty value for objects of a simulated kind.
func newObject(kind string) metav1.Object { //nolint:gocyclo // one switch of kinds
	switch kind {
	case "Node":
		return &corev1.Node{}
	case "Pod":
		return &corev1.Pod{}
	case "ReplicationController":
		return &corev1.ReplicationController{}
	case "ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "Deployment":
		return &appsv1.Deployment{}
	case "Job":
		return &batchv1.Job{}
	case "StatefulSet":
		return &appsv1.StatefulSet{}
	case "DaemonSet":
		return &appsv1.DaemonSet{}
	case "CronJob":
		return &batchv1.CronJob{}
	case "HorizontalPodAutoscaler":
		return &autoscaler{}
	case "PriorityClass":
		return &schedulingv1.PriorityClass{}
	case "Service":
		return &corev1.Service{}
	case "PodDisruptionBudget":
		return &policyv1.PodDisruptionBudget{}
	case "PersistentVolume":
		return &corev1.PersistentVolume{}
	case "PersistentVolumeClaim":
		return &corev1.PersistentVolumeClaim{}
	case "StorageClass":
		return &storagev1.StorageClass{}
	case "CSINode":
		return &storagev1.CSINode{}
	case "CSIDriver":
		return &storagev1.CSIDriver{}
	case "CSIStorageCapacity":
		return &storagev1.CSIStorageCapacity{}
	case "VolumeAttachment":
		return &storagev1.VolumeAttachment{}
	case "RuntimeClass":
		return &nodev1.RuntimeClass{}
	case "ResourceQuota":
		return &corev1.ResourceQuota{}
	case "LimitRange":
		return &corev1.LimitRange{}
	}
	return &corev1.Namespace{}
}

// addSimulated decodes an object. One with problems is remembered by name only,
// so that what refers to it raises no further problem.
func (s *Set) addSimulated(c *checker, t typeKey) {
	value := newObject(t.kind)
	wrong := s.decode(c.root, c.prefix, value)
	c.problems = append(c.problems, wrong...)
	if class, ok := value.(*nodev1.RuntimeClass); ok && len(wrong) == 0 {
		s.addRuntimeClass(c, class)
	}
	if class, ok := value.(*schedulingv1.PriorityClass); ok {
		s.addClass(c, class, len(wrong) > 0)
	}
	isNew := s.register(c, t.kind, value)
	if len(wrong) == 0 && isNew {
		s.audit.object(t, c.root, c.prefix)
		s.objects = append(s.objects, &object{value, c.root, c.prefix})
	}
}

// clusterKinds are the simulated kinds whose objects are in no namespace.
var clusterKinds = []string{
	"Node", "Namespace", "PriorityClass", "PersistentVolume", "StorageClass", "CSINode", "CSIDriver", "VolumeAttachment", "RuntimeClass",
}

// register notes the name of an object and reports whether it is the first of
// that name. A namespace may be declared in each of several files.
func (s *Set) register(c *checker, kind string, value metav1.Object) bool {
	name := value.GetName()
	if name == "" {
		return true
	}
	key := objectKey{kind, namespaceOf(value), name}
	if slices.Contains(clusterKinds, kind) {
		key.namespace = ""
	}
	first, found := s.seen[key]
	if !found {
		s.seen[key] = c.position()
		return true
	}
	if kind != "Namespace" {
		c.addf("metadata.name", "%s %s is also defined at %s:%d", kind, quote(name), first.File, first.Line)
	}
	return false
}

// namespaceOf returns the namespace of an object that has one.
func namespaceOf(value metav1.Object) string {
	if namespace := value.GetNamespace(); namespace != "" {
		return namespace
	}
	return metav1.NamespaceDefault
}
