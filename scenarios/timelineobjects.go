package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// user is whoever does the steps: what it knows of the objects of the cluster. Since
// nobody else changes what they ask for, that is known before the run.
type user struct {
	*loader
	known map[objectName]*userObject
	// deleted are the namespaces that steps have deleted so far, or that they will make.
	deleted []string
	order   []objectName
	faults  map[string]string // where those of steps are defined, by name
	// nodesApplied are the nodes that there are as objects, as they were applied last.
	nodesApplied map[string]*yamlnode.Node
}

// objectName names an object of Kubernetes.
type objectName struct{ kind, namespace, name string }

// userObject is an object as the steps so far have left it.
type userObject struct {
	objectName
	root     *yamlnode.Node // nil before it is made and after it is deleted
	last     *yamlnode.Node // as it was applied last
	owner    *manifest.Owner
	replicas int32
	// versions and revisions are those of the template of an object that rolls out;
	// primed tells that the first of them is known.
	versions  manifest.Versions
	revisions []revision
	primed    bool
	// ran tells that a Job was without suspension once, and suspended when it was
	// suspended last; -1 is before the run.
	ran       bool
	suspended models.Time
}

// revision is a template that an object which rolls out has, or had.
type revision struct {
	number   int64
	at       models.Time // when it became the template
	pod      *models.PodSpec
	template *yamlnode.Node
}

// revisionAnnotation numbers the ReplicaSets of a Deployment.
// Source: pkg/controller/deployment/util (RevisionAnnotation).
const revisionAnnotation = "deployment.kubernetes.io/revision"

// newUser gathers what is there from the start.
func (l *loader) newUser() *user {
	u := &user{loader: l, known: make(map[objectName]*userObject), faults: make(map[string]string), nodesApplied: make(map[string]*yamlnode.Node)}
	roots := l.rootsByName()
	for i := range l.objects.Owners {
		o := &l.objects.Owners[i]
		if root := roots[objectName{o.Kind.String(), o.Namespace, o.Name}]; root != nil && !l.taken[o] {
			object := u.add(objectName{o.Kind.String(), o.Namespace, o.Name})
			object.root, object.last, object.owner, object.replicas = u.set.Persisted(root), root, o, o.Spec.Replicas
			object.suspended, object.ran = -1, !isTrue(root.At("spec").Get("suspend"))
		}
	}
	for i := range l.objects.Pods {
		pod := &l.objects.Pods[i]
		if root := roots[objectName{"Pod", pod.Namespace, pod.Name}]; root != nil && !l.taken[pod] {
			object := u.add(objectName{"Pod", pod.Namespace, pod.Name})
			object.root, object.last = u.set.Persisted(root), root
		}
	}
	u.knowPolicies()
	u.knowNodes()
	return u
}

func (u *user) add(name objectName) *userObject {
	o := &userObject{objectName: name}
	u.known[name] = o
	u.order = append(u.order, name)
	return o
}

// rootsByName returns the documents of workloads, those in lists too.
func (l *loader) rootsByName() map[objectName]*yamlnode.Node {
	roots := make(map[objectName]*yamlnode.Node)
	for _, document := range l.documents {
		if document.own {
			continue
		}
		for _, o := range itemsOf(document) {
			if manifest.IsWorkload(o.root) {
				roots[nameOfObject(o)] = o.root
			}
		}
	}
	return roots
}

func nameOfObject(o *object) objectName {
	namespace := textOf(o.at("metadata.namespace"))
	if namespace == "" {
		namespace = defaultNamespace
	}
	return objectName{o.kind, namespace, o.name}
}

const defaultNamespace = "default"

// resources are the names that kubectl has for the kinds that steps can concern.
var resources = []struct {
	kind  string
	names []string // the first is the one to show
}{
	{"Deployment", []string{"deployment", "deployments", "deploy", "deployment.apps", "deployments.apps"}},
	{"ReplicaSet", []string{"replicaset", "replicasets", "rs", "replicaset.apps", "replicasets.apps"}},
	{"ReplicationController", []string{"replicationcontroller", "replicationcontrollers", "rc"}},
	{"Job", []string{"job", "jobs", "job.batch", "jobs.batch"}},
	{"StatefulSet", []string{"statefulset", "statefulsets", "sts", "statefulset.apps", "statefulsets.apps"}},
	{"DaemonSet", []string{"daemonset", "daemonsets", "ds", "daemonset.apps", "daemonsets.apps"}},
	{"CronJob", []string{"cronjob", "cronjobs", "cj", "cronjob.batch", "cronjobs.batch"}},
	{"HorizontalPodAutoscaler", []string{
		"horizontalpodautoscaler", "horizontalpodautoscalers", "hpa", "horizontalpodautoscaler.autoscaling", "horizontalpodautoscalers.autoscaling",
	}},
	{"Pod", []string{"pod", "pods", "po"}},
	{nodeKind, []string{"node", "nodes", "no"}},
	{"ResourceQuota", []string{"resourcequota", "resourcequotas", "quota"}},
	{"LimitRange", []string{"limitrange", "limitranges", "limits"}},
	{"Namespace", []string{"namespace", "namespaces", "ns"}},
	{budgetKind, []string{"poddisruptionbudget", "poddisruptionbudgets", "pdb", "poddisruptionbudget.policy", "poddisruptionbudgets.policy"}},
	{"Service", []string{"service", "services", "svc"}},
	{claimKind, []string{"persistentvolumeclaim", "persistentvolumeclaims", "pvc"}},
}

// kindOf returns the kind that kubectl's name of a resource stands for.
func kindOf(resource string) (kind string, known []string) {
	for _, r := range resources {
		if slices.Contains(r.names, strings.ToLower(resource)) {
			return r.kind, nil
		}
		known = append(known, r.names[0])
	}
	return "", known
}

func resourceOf(kind string) string {
	for _, r := range resources {
		if r.kind == kind {
			return r.names[0]
		}
	}
	return kind
}

// find returns the object that a step is about, of one of these kinds. ok is false if
// that is a problem, which has been told. The object is nil if only the run knows it:
// a pod that a controller makes, say.
func (u *user) find(s *userStep, t *ObjectTarget, kinds ...string) (o *userObject, name objectName, ok bool) {
	resource, text, slashed := strings.Cut(t.Target, "/")
	if !slashed || text == "" || strings.Contains(text, "/") {
		u.blameStep(s, "target", "got %s; want a kind and a name, such as deployment/web", quote(t.Target))
		return nil, name, false
	}
	kind, known := kindOf(resource)
	if kind == "" {
		u.blameStep(s, "target", "%s", unknown("resource", resource, known))
		return nil, name, false
	}
	if !slices.Contains(kinds, kind) {
		u.blameStep(s, "target", "%s cannot be done with a %s; want %s", s.action, kind, strings.Join(kinds, ", "))
		return nil, name, false
	}
	name = objectName{kind, t.Namespace, text}
	if name.namespace == "" {
		name.namespace = defaultNamespace
	}
	if o := u.known[name]; o != nil {
		return o, name, true
	}
	if u.comesLater(name) {
		return nil, name, true
	}
	u.blameStep(s, "target", "%s", unknown(resourceOf(kind)+" in namespace "+name.namespace, text, u.namesLike(name)))
	return nil, name, false
}

func (u *user) namesLike(name objectName) []string {
	var known []string
	for _, n := range u.order {
		if n.kind == name.kind && n.namespace == name.namespace {
			known = append(known, n.name)
		}
	}
	return known
}

// comesLater reports whether a name may be that of an object which comes during the
// run: what controllers make, and what Workloads bring.
func (u *user) comesLater(name objectName) bool {
	if _, _, ok := u.arrivingName(name); ok {
		return true
	}
	if name.kind != "Pod" && name.kind != "ReplicaSet" {
		return false
	}
	for _, n := range u.order {
		if n.kind != "Pod" && n.namespace == name.namespace && strings.HasPrefix(name.name, n.name+"-") {
			return true
		}
	}
	for _, w := range u.byKind("Workload") {
		if strings.HasPrefix(name.name, w.name+"-") {
			return true
		}
	}
	return false
}

// arrivingName takes the name of an object that a Workload brings apart: web-3.
func (u *user) arrivingName(name objectName) (base string, number int32, ok bool) {
	for _, w := range u.byKind("Workload") {
		kind, namespace := textOf(w.at("spec.template.kind")), textOf(w.at("spec.template.metadata.namespace"))
		if w.at("spec.templateRef") != nil {
			kind, namespace = textOf(w.at("spec.templateRef.kind")), textOf(w.at("spec.templateRef.namespace"))
		}
		if namespace == "" {
			namespace = defaultNamespace
		}
		rest, found := strings.CutPrefix(name.name, w.name+"-")
		n, err := strconv.ParseInt(rest, 10, 31)
		if found && err == nil && strconv.FormatInt(n, 10) == rest && kind == name.kind && namespace == name.namespace {
			return w.name, int32(n), true
		}
	}
	return "", 0, false
}

// ownerKinds are the kinds of owners by their names.
var ownerKinds = map[string]models.OwnerKind{
	"Deployment": models.Deployment, "ReplicaSet": models.ReplicaSet,
	"ReplicationController": models.ReplicationController, "Job": models.Job, "CronJob": models.CronJob,
	"StatefulSet": models.StatefulSet, "DaemonSet": models.DaemonSet,
	"HorizontalPodAutoscaler": models.HorizontalPodAutoscaler,
}

// stepObject names an object for the run.
func (u *user) stepObject(name objectName) sim.StepObject {
	out := sim.StepObject{
		IsPod: name.kind == "Pod", Other: otherKinds[name.kind], Owner: ownerKinds[name.kind], Namespace: u.dict.Sym(name.namespace),
		Name: u.dict.Sym(name.name), Ordinal: models.Exact,
	}
	if out.IsPod || out.Other != sim.NoOther {
		return out // pods are found by the name as a whole
	}
	if base, number, ok := u.arrivingName(name); ok && u.known[name] == nil {
		out.Name, out.Ordinal = u.dict.Sym(base), models.Numbered(number)
	}
	return out
}
