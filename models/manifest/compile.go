package manifest

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// Objects are the compiled objects of a Set, each kind in the order of input.
type Objects struct {
	Nodes  []Node
	Owners []Owner
	Pods   []Pod
	// Snapshot is the last moment that objects written by a server tell of: when
	// they were taken out of a live cluster. It is zero if none tells a moment.
	Snapshot time.Time
}

// Node is a compiled Node.
type Node struct {
	Name string
	Spec *models.NodeSpec
	// Ready is the status of its Ready condition; True if it has none.
	Ready models.ConditionStatus
	// TaintedSince is when it got the first of its NoExecute taints, as far as
	// they tell.
	TaintedSince time.Time
	Position
}

// Owner is a compiled ReplicaSet, ReplicationController, Deployment, Job, StatefulSet
// or DaemonSet. Spec leaves its ids, Template and ReplicaSet, to whoever defines it in a cluster.
type Owner struct {
	Name      string
	Kind      models.OwnerKind
	Namespace string
	Spec      *models.OwnerSpec
	// Pod is the template. Equal ones are the same pointer: copy before a change.
	Pod *models.PodSpec
	// ReplicaSet is what a Deployment makes of its template, else nil.
	ReplicaSet *models.OwnerSpec
	// Parent is the index in Owners of the controller that ownerReferences
	// name, or -1 if there is none in the input.
	Parent int
	// Current tells that a ReplicaSet is the one that its Deployment goes on with.
	Current bool
	// Status is what a server wrote about it; nil if none did.
	Status *OwnerStatus
	Position
}

// Pod is a compiled Pod.
type Pod struct {
	Name      string
	Namespace string
	// Spec is shared by pods that are equal in all that is modelled: copy before
	// a change.
	Spec *models.PodSpec
	// Owner is the index in Owners of the controller that ownerReferences name,
	// or -1 if there is none in the input.
	Owner int
	// Node is spec.nodeName: where the pod is bound, whether it exists or not.
	// In Spec it stands only if no server wrote the pod, since in what a server
	// writes it is the scheduler's choice, and pods of one template differ in it.
	Node  string
	Phase models.Phase
	// Controller is the kind of the controller that ownerReferences name.
	Controller string
	// Status is what a server wrote about it; nil if none did.
	Status *PodStatus
	Position
}

// compilation is one run of Compile.
type compilation struct {
	*Objects
	set       *Set
	problems  yamlnode.Problems
	index     map[objectKey]int // of Owners
	ownerMeta []*metav1.ObjectMeta
	templates []*corev1.PodTemplateSpec // of Owners
	podMeta   []*metav1.ObjectMeta
	storage   storage
}

// Compile checks and compiles everything added so far. Call it after the last
// Add: references to objects that come later would be problems. Objects for
// which Add reported problems are left out.
func (s *Set) Compile() (*Objects, yamlnode.Problems) {
	k := &compilation{Objects: &Objects{}, set: s, index: make(map[objectKey]int)}
	s.generated = 0
	clear(s.surplus)
	s.definitions = models.Definitions{}
	for _, o := range s.objects {
		k.object(o)
	}
	k.link()
	k.joinStorage()
	k.problems.Sort()
	return k.Objects, k.problems
}

func (k *compilation) object(o *object) {
	c := &checker{set: k.set, root: o.root, prefix: o.prefix}
	defer func() {
		c.created(o.value)
		k.problems = append(k.problems, c.problems...)
	}()
	if hasStatus(o.root) {
		if at := latest(o.value); at.After(k.Snapshot) {
			k.Snapshot = at
		}
	}
	switch value := o.value.(type) {
	case *corev1.Node:
		spec := c.nodeSpec(value, true)
		k.Nodes = append(k.Nodes, Node{
			Name: k.set.dict.String(spec.Name), Spec: spec, Ready: readyStatus(value), TaintedSince: taintedSince(value),
			Position: c.position(),
		})
		return
	case *corev1.Namespace, *corev1.Service, *policyv1.PodDisruptionBudget, *corev1.ResourceQuota, *corev1.LimitRange:
		c.define(value)
		return
	case *corev1.Pod:
		pod := c.pod(value, true)
		k.Pods = append(k.Pods, pod)
		k.podMeta = append(k.podMeta, &value.ObjectMeta)
		if pod.Controller == "" {
			k.set.show("Pod", pod.Namespace, pod.Name, pod.Spec, &value.ObjectMeta, &value.Spec)
		}
		return
	}
	if k.storageObject(c, o.value) {
		return
	}
	src, ok := sourceOf(o.value)
	if !ok {
		return // a PriorityClass, which Add has kept
	}
	owner := c.owner(o.value, src, true, hasStatus(o.root))
	if hasStatus(o.root) {
		owner.Status = c.ownerStatus(o.value, src.meta)
	}
	k.index[objectKey{owner.Kind.String(), owner.Namespace, owner.Name}] = len(k.Owners)
	k.Owners = append(k.Owners, owner)
	k.ownerMeta = append(k.ownerMeta, src.meta)
	k.templates = append(k.templates, src.template)
}

// hasStatus reports whether an object was written by a server.
func hasStatus(root *yamlnode.Node) bool {
	status := root.Get("status")
	return status != nil && len(status.Fields) > 0
}

// pod checks and compiles a pod.
func (c *checker) pod(pod *corev1.Pod, needsName bool) Pod {
	name := c.checkMeta(&pod.ObjectMeta, needsName)
	namespace := namespaceOf(pod)
	snapshot := hasStatus(c.root)
	spec := c.podSpec(podSource{
		meta: &pod.ObjectMeta, spec: &pod.Spec, namespace: namespace, path: "spec", snapshot: snapshot,
	})
	out := Pod{
		Name:      name,
		Namespace: namespace,
		Owner:     -1,
		Node:      pod.Spec.NodeName,
		Phase:     c.phase(pod),
		Position:  c.position(),
	}
	if reference := metav1.GetControllerOfNoCopy(pod); reference != nil {
		out.Controller = reference.Kind
	}
	if snapshot {
		spec.NodeName = 0
		out.Status = c.podStatus(pod)
	}
	out.Spec = c.set.intern(spec)
	return out
}

// phase returns the phase of a pod. Unknown, which servers no longer write,
// meant that its node had fallen silent.
func (c *checker) phase(pod *corev1.Pod) models.Phase {
	switch pod.Status.Phase {
	case corev1.PodRunning, corev1.PodUnknown:
		return models.Running
	case corev1.PodSucceeded:
		return models.Succeeded
	case corev1.PodFailed:
		return models.Failed
	case corev1.PodPending, "":
		return models.Pending
	}
	c.oneOf(string(pod.Status.Phase), "status.phase", "Pending", "Running", "Succeeded", "Failed")
	return models.Pending
}

// link resolves ownerReferences and finishes what depends on them.
func (k *compilation) link() {
	k.completeReplicaSets()
	for i := range k.Pods {
		k.Pods[i].Owner = k.controllerOf(k.podMeta[i])
	}
	newest := make(map[int]string) // by Deployment: hash of its current ReplicaSet
	for i := range k.Owners {
		parent := k.controllerOf(k.ownerMeta[i])
		if parent == i {
			parent = -1
		}
		k.Owners[i].Parent = parent
		if parent >= 0 && k.isCurrent(i, parent) && newest[parent] == "" {
			newest[parent] = k.ownerMeta[i].Labels[models.LabelPodTemplateHash]
			k.Owners[i].Current = true
		}
	}
	for i := range k.Owners {
		o := &k.Owners[i]
		if hashLabelOf(o.Kind) != "" {
			hash := newest[i]
			if o.Kind.Revised() {
				hash = k.revisionOf(i)
			}
			if hash == "" {
				hash = k.set.templateHash(o.Pod)
			}
			k.set.finish(o, hash)
		}
		o.Pod = k.set.intern(o.Pod)
		if i < len(k.templates) { // others are only known by their pods
			k.set.showTemplate(k.rootOf(i), o.Pod, k.templates[i])
		}
	}
}

// rootOf returns an owner, or the one that it belongs to.
func (k *compilation) rootOf(i int) *Owner {
	if parent := k.Owners[i].Parent; parent >= 0 {
		return &k.Owners[parent]
	}
	return &k.Owners[i]
}

// controllerOf returns the index of the owner that controls an object.
func (k *compilation) controllerOf(meta *metav1.ObjectMeta) int {
	reference := metav1.GetControllerOfNoCopy(meta)
	if reference == nil {
		return -1
	}
	i, ok := k.index[objectKey{reference.Kind, namespaceOf(meta), reference.Name}]
	if !ok {
		return -1
	}
	return i
}

// revisionAnnotation numbers the rollouts of a Deployment.
// Source: pkg/controller/deployment/util (RevisionAnnotation).
const revisionAnnotation = "deployment.kubernetes.io/revision"

// isCurrent reports whether a ReplicaSet in a snapshot is the one that its
// Deployment would make now, so that a simulation goes on with it.
func (k *compilation) isCurrent(replicaSet, deployment int) bool {
	rs, d := &k.Owners[replicaSet], &k.Owners[deployment]
	if rs.Kind != models.ReplicaSet || d.Kind != models.Deployment {
		return false
	}
	want, have := k.ownerMeta[deployment].Annotations[revisionAnnotation], k.ownerMeta[replicaSet].Annotations[revisionAnnotation]
	if want != "" && have != "" {
		return want == have
	}
	return k.set.templateHash(rs.Pod) == k.set.templateHash(d.Pod)
}
