package kubectl

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func addLabels(meta map[string]any, labels models.Labels, d *models.Dictionary) {
	if len(labels) > 0 {
		meta["labels"] = anyMap(labelsOf(labels, d))
	}
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = value
	}
	return out
}

// amounts are the amounts of resources that are not 0, as quantities.
func (m *Moment) amounts(r *models.Resources) map[string]any {
	out := make(map[string]any)
	for i, name := range m.View.Dictionary().ResourceNames() {
		if r[i] != 0 {
			out[name] = quantity(models.Resource(i), name, r[i])
		}
	}
	return out
}

// ownerReference is what an object says about the controller that it belongs to.
func (m *Moment) ownerReference(id models.OwnerID) []any {
	r := ownerReference(m.View.Owner(id), m.View.Dictionary())
	return []any{map[string]any{
		"apiVersion": r.APIVersion, "kind": r.Kind, "name": r.Name, "uid": r.UID, "controller": true, "blockOwnerDeletion": true,
	}}
}

func (m *Moment) podManifest(pod cluster.Pod) map[string]any {
	d, spec := m.View.Dictionary(), pod.Spec()
	meta := map[string]any{
		"name": pod.Name(), "namespace": d.String(spec.Namespace), "uid": UID("Pod", int32(pod.ID())), "creationTimestamp": m.stamp(pod.Created()),
		"generation": pod.Generation(),
	}
	addLabels(meta, spec.Labels, d)
	if annotations := m.annotationsOf(pod); len(annotations) > 0 {
		meta["annotations"] = anyMap(annotations)
	}
	if spec.Static && pod.Node() != models.None {
		r := nodeReference(m.View.Node(pod.Node()))
		meta["ownerReferences"] = []any{map[string]any{"apiVersion": r.APIVersion, "kind": r.Kind, "name": r.Name, "uid": r.UID, "controller": true}}
	}
	if pod.Owner() != models.None {
		meta["ownerReferences"] = m.ownerReference(pod.Owner())
		meta["generateName"] = m.View.Owner(pod.Owner()).Name() + "-"
	}
	if pod.Deleting() && pod.Deadline() != models.Never {
		meta["deletionTimestamp"] = m.stamp(pod.Deadline())
		meta["deletionGracePeriodSeconds"] = graceOf(pod)
	}
	body, status := m.wholeSpec(pod), m.podStatusManifest(pod)
	if containers, statuses := m.ephemeralManifest(pod); containers != nil {
		body["ephemeralContainers"] = containers
		if status["containerStatuses"] != nil {
			status["ephemeralContainerStatuses"] = statuses
		}
	}
	return map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": body, "status": status}
}

// wholeSpec is the specification of a pod with what podsim keeps only to show it, and what
// admission adds.
func (m *Moment) wholeSpec(pod cluster.Pod) map[string]any {
	body, x := m.podSpec(m.desired(pod), pod.Spec().Tolerations), m.extraOfPod(pod)
	if pod.Node() != models.None {
		body["nodeName"] = m.View.Node(pod.Node()).Name()
	}
	if name := pod.ControlledHostname(); name != "" {
		body["hostname"] = name
	}
	x.complete(body)
	m.addClaims(pod, body)
	x.admit(pod, body)
	return body
}

// templateSpec is the specification of the pods of an owner, in the same way.
func (m *Moment) templateSpec(o cluster.Owner, template *models.PodSpec) map[string]any {
	body, x := m.podSpec(template, m.written(o.Kind(), template.Tolerations)), m.extraOfOwner(o, template)
	x.complete(body)
	if o.Kind() == models.StatefulSet {
		delete(body, "subdomain") // its pods have that, by the name of its Service
	}
	return body
}

// annotationsOf are the annotations of a pod, as far as podsim keeps them. Those of a
// mirror pod tell which static pod it stands for, by a hash of where that is defined.
// Source: pkg/kubelet/types/constants.go, pkg/kubelet/config/common.go.
func (m *Moment) annotationsOf(pod cluster.Pod) map[string]string {
	x := m.extraOfPod(pod)
	out := texts(x.annotations)
	if cost := pod.Spec().DeletionCost; cost != 0 {
		out[models.AnnotationDeletionCost] = strconv.Itoa(int(cost))
	}
	for key, mark := range map[string]models.EvictionMarks{models.AnnotationEvict: models.MarkEvict, models.AnnotationPreferStay: models.MarkPreferStay} {
		if _, has := out[key]; pod.Spec().Marks&mark == 0 {
			delete(out, key)
		} else if !has {
			out[key] = "" // whatever the user wrote
		}
	}
	if pod.Spec().Static {
		hash := fnv.New128a()
		fmt.Fprintf(hash, "%s/%s %d", m.View.Dictionary().String(pod.Spec().Namespace), pod.Name(), pod.SpecID())
		text := hex.EncodeToString(hash.Sum(nil))
		out["kubernetes.io/config.hash"], out["kubernetes.io/config.mirror"], out["kubernetes.io/config.source"] = text, text, "file"
	}
	return out
}

// podSpec writes what podsim keeps of a specification. Requests are those of the one
// container, or of the pod as a whole if it has several: podsim keeps their sum.
func (m *Moment) podSpec(spec *models.PodSpec, tolerations []models.Toleration) map[string]any {
	d := m.View.Dictionary()
	out := map[string]any{
		"restartPolicy": spec.RestartPolicy.String(), "schedulerName": d.String(spec.SchedulerName), "priority": spec.Priority,
		"terminationGracePeriodSeconds": int64(spec.GracePeriod / time.Second),
	}
	resources := m.resources(spec)
	var inits, apps []any
	for i := range spec.Containers {
		c := &spec.Containers[i]
		container := map[string]any{"name": d.String(c.Name), "image": d.String(c.WrittenImage()), "imagePullPolicy": "IfNotPresent", "resources": map[string]any{}}
		if c.AlwaysPull {
			container["imagePullPolicy"] = "Always"
		}
		if c.NeverPull {
			container["imagePullPolicy"] = "Never"
		}
		if len(spec.Containers) == 1 {
			container["resources"] = resources
		}
		addLife(container, c.Life)
		switch c.Kind {
		case models.AppContainer:
			apps = append(apps, container)
		case models.Sidecar:
			container["restartPolicy"] = "Always"
			inits = append(inits, container)
		default:
			inits = append(inits, container)
		}
	}
	out["containers"] = apps
	if inits != nil {
		out["initContainers"] = inits
	}
	if len(spec.Containers) > 1 && len(resources) > 0 {
		out["resources"] = resources
	}
	var gates []any
	for _, gate := range spec.ReadinessGates {
		gates = append(gates, map[string]any{"conditionType": d.String(gate)})
	}
	if gates != nil {
		out["readinessGates"] = gates
	}
	if spec.HostNetwork {
		out["hostNetwork"] = true
	}
	m.placementRules(spec, tolerations, out)
	return out
}

// placementRules writes where a pod may be, as far as it is not affinity.
func (m *Moment) placementRules(spec *models.PodSpec, tolerated []models.Toleration, out map[string]any) {
	d := m.View.Dictionary()
	if spec.PriorityClass != 0 {
		out["priorityClassName"] = d.String(spec.PriorityClass)
	}
	if len(spec.NodeSelector) > 0 {
		out["nodeSelector"] = anyMap(labelsOf(spec.NodeSelector, d))
	}
	if spec.ActiveDeadline > 0 {
		out["activeDeadlineSeconds"] = int64(spec.ActiveDeadline / time.Second)
	}
	var tolerations []any
	for i := range tolerated {
		t := &tolerated[i]
		toleration := map[string]any{"operator": "Equal"}
		if t.Exists {
			toleration["operator"] = "Exists"
		}
		for field, value := range map[string]string{"key": d.String(t.Key), "value": d.String(t.Value), "effect": t.Effect.String()} {
			if value != "" {
				toleration[field] = value
			}
		}
		if t.Seconds != nil {
			toleration["tolerationSeconds"] = *t.Seconds
		}
		tolerations = append(tolerations, toleration)
	}
	if tolerations != nil {
		out["tolerations"] = tolerations
	}
	var spread []any
	for i := range spec.Spread {
		c := &spec.Spread[i]
		constraint := map[string]any{"topologyKey": d.String(c.TopologyKey), "maxSkew": c.MaxSkew, "whenUnsatisfiable": unsatisfiable(c)}
		if !c.Selector.None {
			constraint["labelSelector"] = labelSelector(c.Selector.Requirements, d)
		}
		spread = append(spread, constraint)
	}
	if spread != nil {
		out["topologySpreadConstraints"] = spread
	}
}

func (m *Moment) podStatusManifest(pod cluster.Pod) map[string]any {
	s := m.statusOfPod(pod)
	out := map[string]any{"phase": pod.Phase().String(), "qosClass": pod.Spec().QOS.String()}
	if reason, message := m.endOf(pod); reason != "" {
		out["reason"] = reason
		if message != "" {
			out["message"] = message
		}
	}
	if pod.Nominated() != models.None {
		out["nominatedNodeName"] = m.View.Node(pod.Nominated()).Name()
	}
	var conditions []any
	for _, c := range m.conditionsOf(pod) {
		condition := map[string]any{"type": c.kind, "status": c.status, "lastProbeTime": nil, "lastTransitionTime": m.stamp(c.at)}
		if m.isTracked(pod, c.kind) {
			condition["observedGeneration"] = m.observed(pod)
		}
		if c.reason != "" {
			condition["reason"] = c.reason
		}
		if c.message != "" {
			condition["message"] = c.message
		}
		conditions = append(conditions, condition)
	}
	if conditions != nil {
		out["conditions"] = conditions
	}
	if s.state == unseen {
		return out
	}
	out["startTime"], out["observedGeneration"] = m.stamp(pod.BoundAt()), m.observed(pod)
	if host := nodeAddress(m.View, pod.Node()); host != "" {
		out["hostIP"], out["hostIPs"] = host, []any{map[string]any{"ip": host}}
	}
	if address := m.address(pod); address != "" {
		out["podIP"], out["podIPs"] = address, []any{map[string]any{"ip": address}}
	}
	var inits, apps []any
	for i := range pod.Spec().Containers {
		if c := &pod.Spec().Containers[i]; c.Kind == models.AppContainer {
			status := m.containerStatus(pod, c, &s)
			m.addAllocated(status, pod)
			apps = append(apps, status)
		} else {
			inits = append(inits, m.containerStatus(pod, c, &s))
		}
	}
	out["containerStatuses"] = apps
	if inits != nil {
		out["initContainerStatuses"] = inits
	}
	return out
}

// observed is the generation of a pod that its status is of. A kubelet that is not heard
// has not seen its deletion.
// Source: pkg/api/v1/pod/util.go (CalculatePodStatusObservedGeneration).
func (m *Moment) observed(pod cluster.Pod) int64 {
	if pod.Node() != models.None && pod.Deleting() {
		if n := m.View.Node(pod.Node()); !n.Heard() && pod.DeletedAt() >= n.HeardUntil(m.At) {
			return pod.Generation() - 1
		}
	}
	return pod.Generation()
}

func (m *Moment) containerStatus(pod cluster.Pod, c *models.Container, s *podStatus) map[string]any {
	d := m.View.Dictionary()
	if itemisedNow(pod) {
		return m.itemisedStatus(pod, slices.IndexFunc(pod.Spec().Containers, func(is models.Container) bool { return is.Name == c.Name }))
	}
	isUp := s.state == running
	out := map[string]any{
		"name": d.String(c.Name), "image": d.String(c.Image), "ready": s.ready > 0, "started": isUp, "restartCount": int32(0),
		"lastState": map[string]any{},
	}
	if lack, lacks := lackOf(pod, c); lacks {
		out["state"] = map[string]any{"waiting": map[string]any{"reason": d.String(lack.Reason), "message": d.String(lack.Message)}}
		return out
	}
	if c.Kind == models.InitContainer {
		if s.state == waiting && pod.Starts() == 0 {
			out["state"] = map[string]any{"waiting": map[string]any{"reason": "PodInitializing"}}
			return out
		}
		out["ready"], out["started"] = true, false
		out["state"] = map[string]any{"terminated": map[string]any{"reason": "Completed", "exitCode": int32(0)}}
		return out
	}
	out["restartCount"] = pod.Restarts()
	terminated := map[string]any{"reason": m.lastReason(pod), "exitCode": pod.ExitCode()}
	if pod.ExitedAt() != models.Never {
		terminated["finishedAt"] = m.stamp(pod.ExitedAt())
	}
	switch s.state {
	case running:
		out["state"] = map[string]any{"running": map[string]any{"startedAt": m.stamp(pod.StartedAt())}}
	case waiting:
		out["state"] = map[string]any{"waiting": map[string]any{"reason": s.reason}}
	default:
		terminated["startedAt"] = m.stamp(pod.StartedAt())
		out["state"] = map[string]any{"terminated": terminated}
		return out
	}
	if pod.ExitedAt() != models.Never {
		out["lastState"] = map[string]any{"terminated": terminated}
	}
	return out
}
