package kubescheduler

import "fmt"

// The keys of the labels by which nodes are grouped.
const (
	hostKey   = "kubernetes.io/hostname"
	zoneKey   = "topology.kubernetes.io/zone"
	regionKey = "topology.kubernetes.io/region"
	rackKey   = "example.com/rack"
)

var namespaces = []string{"default", "team", "batch"}

// owner is a controller that pods may belong to.
type owner struct {
	apiVersion, kind, name, namespace string
	labels                            Object
}

// define draws the objects that are there before nodes and pods.
func (g *generator) define() {
	if g.chance(0.7) {
		for _, name := range namespaces[1:] {
			labels := Object{"team": name}
			if g.chance(0.5) {
				labels["stage"] = oneOf(g, "prod", "test")
			}
			g.push(Object{"apiVersion": "v1", "kind": "Namespace", "metadata": Object{"name": name, "labels": labels}})
		}
	}
	if g.has(DefaultSpread) {
		g.services()
	}
	if g.has(Priority) {
		g.priorities()
	}
	if g.has(Volumes) {
		g.storage()
	}
}

func (g *generator) namespace() string { return oneOf(g, "default", "default", "team", "batch") }

// services draws Services and controllers of pods.
func (g *generator) services() {
	for i := range 1 + g.IntN(5) {
		spec := Object{"ports": []any{Object{"port": 80}}, "selector": g.someLabels()}
		if g.chance(0.1) {
			delete(spec, "selector")
		}
		g.push(Object{"apiVersion": "v1", "kind": "Service",
			"metadata": Object{"name": fmt.Sprintf("service-%d", i), "namespace": g.namespace()}, "spec": spec})
	}
	for i := range g.IntN(6) {
		o := owner{"apps/v1", "ReplicaSet", fmt.Sprintf("owner-%d", i), g.namespace(), g.someLabels()}
		selector := Object{"matchLabels": o.labels}
		if g.chance(0.3) {
			selector = Object{"matchExpressions": []any{Object{"key": "app", "operator": "In", "values": []any{"web", "db"}}}}
			o.labels = Object{"app": "web"}
		}
		template := Object{"metadata": Object{"labels": o.labels}, "spec": Object{"containers": []any{Object{"name": "app", "image": "tiny:1"}}}}
		spec := Object{"replicas": 0, "selector": selector, "template": template}
		if g.chance(0.35) {
			o.apiVersion, o.kind, spec["selector"] = "v1", "ReplicationController", o.labels
			template["metadata"] = Object{"labels": o.labels}
		}
		g.owners = append(g.owners, o)
		g.push(Object{"apiVersion": o.apiVersion, "kind": o.kind, "metadata": Object{"name": o.name, "namespace": o.namespace, "uid": o.name},
			"spec": spec})
	}
}

// someLabels draws labels that some pods have.
func (g *generator) someLabels() Object {
	labels := Object{"app": oneOf(g, "web", "db", "cache")}
	if g.chance(0.3) {
		labels["tier"] = oneOf(g, "front", "back")
	}
	return labels
}

// own gives a pod to one of the controllers.
func (g *generator) own(metadata Object) {
	o := oneOf(g, g.owners...)
	metadata["namespace"] = o.namespace
	labels := Object{}
	for key, value := range o.labels {
		labels[key] = value
	}
	if g.chance(0.4) {
		labels["tier"] = oneOf(g, "front", "back")
	}
	metadata["labels"] = labels
	metadata["ownerReferences"] = []any{Object{"apiVersion": o.apiVersion, "kind": o.kind, "name": o.name, "uid": o.name, "controller": true}}
}

var classNames = []string{"low", "normal", "high", "polite"}

// priorities draws priority classes and disruption budgets.
func (g *generator) priorities() {
	for i, name := range classNames {
		class := Object{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": Object{"name": name},
			"value": []int{-10, 100, 100000, 200000}[i]}
		if name == "polite" {
			class["preemptionPolicy"] = "Never"
		}
		if name == "normal" && g.chance(0.3) {
			class["globalDefault"] = true
		}
		g.push(class)
	}
	for i := range g.IntN(5) {
		spec := Object{"selector": Object{"matchLabels": g.someLabels()}}
		spec[oneOf(g, "minAvailable", "maxUnavailable")] = oneOf[any](g, 0, 1, 2, "50%")
		g.push(Object{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
			"metadata": Object{"name": fmt.Sprintf("budget-%d", i), "namespace": g.namespace()}, "spec": spec,
			"status": Object{"disruptionsAllowed": g.IntN(3), "currentHealthy": 3, "desiredHealthy": 1, "expectedPods": 3, "observedGeneration": 1}})
	}
}
