package kubectl

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func (m *Moment) ownerManifest(o cluster.Owner) map[string]any {
	d, spec := m.View.Dictionary(), o.Spec()
	r := ownerReference(o, d)
	meta := map[string]any{
		"name": r.Name, "namespace": r.Namespace, "uid": r.UID, "creationTimestamp": m.stamp(o.Created()), "generation": o.Generation(),
	}
	addLabels(meta, spec.Labels, d)
	if annotations := m.annotations(o); len(annotations) > 0 {
		meta["annotations"] = anyMap(annotations)
	}
	if o.Parent() != models.None {
		meta["ownerReferences"] = m.ownerReference(o.Parent())
	}
	template := m.View.Spec(m.templateOf(o))
	body := map[string]any{"template": m.podTemplate(o, template)}
	if selector := m.selectorManifest(o); selector != nil {
		body["selector"] = selector
	}
	out := map[string]any{"apiVersion": r.APIVersion, "kind": r.Kind, "metadata": meta, "spec": body}
	switch o.Kind() {
	case models.Deployment:
		m.deploymentManifest(o, body, out)
	case models.Job:
		m.jobManifest(o, body, out)
	case models.StatefulSet:
		m.statefulSetManifest(o, body, out)
	case models.DaemonSet:
		m.daemonSetManifest(o, body, out)
	case models.CronJob:
		m.cronJobManifest(o, body, out)
	default:
		n := o.Counts()
		body["replicas"] = o.Replicas()
		if spec.MinReadySeconds > 0 {
			body["minReadySeconds"] = spec.MinReadySeconds
		}
		out["status"] = counters(map[string]int32{
			"readyReplicas": n.Ready, "availableReplicas": o.Available(m.At), "fullyLabeledReplicas": n.Active, "terminatingReplicas": n.Terminating,
		}, "replicas", n.Active)
	}
	return out
}

// podTemplate writes the template of the pods of an owner.
func (m *Moment) podTemplate(o cluster.Owner, template *models.PodSpec) map[string]any {
	meta := map[string]any{}
	addLabels(meta, m.ownLabels(o, template), m.View.Dictionary())
	if x := m.extraOfOwner(o, template); len(x.annotations) > 0 {
		meta["annotations"] = x.annotations
	}
	return map[string]any{"metadata": meta, "spec": m.templateSpec(o, template)}
}

// ownLabels are the labels of a template, without the one that the controller adds in
// its ReplicaSets or pods.
func (m *Moment) ownLabels(o cluster.Owner, template *models.PodSpec) models.Labels {
	added := ""
	switch o.Kind() {
	case models.Deployment:
		added = models.LabelPodTemplateHash
	case models.StatefulSet, models.DaemonSet:
		added = models.LabelRevisionHash
	default:
		return template.Labels
	}
	d := m.View.Dictionary()
	return slices.DeleteFunc(slices.Clone(template.Labels), func(l models.Label) bool { return d.String(l.Key) == added })
}

// written are the tolerations of a template without those that the API server adds to
// every pod, and the controller to those of DaemonSets.
// Source: plugin/pkg/admission/defaulttolerationseconds,
// pkg/controller/daemon/util/daemonset_util.go (AddOrUpdateDaemonPodTolerations).
func (m *Moment) written(of models.OwnerKind, tolerations []models.Toleration) []models.Toleration {
	d := m.View.Dictionary()
	return slices.DeleteFunc(slices.Clone(tolerations), func(t models.Toleration) bool {
		key := d.String(t.Key)
		away := (key == models.TaintNotReady || key == models.TaintUnreachable) && t.Exists && t.Effect == models.NoExecute
		if of == models.DaemonSet {
			return t.Exists && t.Seconds == nil && (away || t.Effect == models.NoSchedule && strings.HasPrefix(key, "node.kubernetes.io/"))
		}
		return away && t.Seconds != nil && *t.Seconds == 300
	})
}

// counters are counts that the API leaves out at 0, but for one.
func counters(counts map[string]int32, always string, n int32) map[string]any {
	out := map[string]any{always: n}
	for name, n := range counts {
		if n != 0 {
			out[name] = n
		}
	}
	return out
}

// annotations are those that the controllers of Deployments and DaemonSets write.
func (m *Moment) annotations(o cluster.Owner) map[string]string {
	const prefix = "deployment.kubernetes.io/"
	out := make(map[string]string)
	if o.Kind() == models.Deployment {
		revision := int64(0)
		for set := range o.Children() {
			revision = max(revision, set.Revision())
		}
		if revision > 0 {
			out[prefix+"revision"] = strconv.FormatInt(revision, 10)
		}
	}
	if o.Kind() == models.DaemonSet {
		generation := int64(0)
		for r := range o.Revisions() {
			generation = max(generation, r.Number)
		}
		out["deprecated.daemonset.template.generation"] = strconv.FormatInt(generation, 10)
	}
	if o.Parent() != models.None && o.Kind() == models.ReplicaSet {
		out[prefix+"desired-replicas"] = count(o.DesiredThen())
		out[prefix+"max-replicas"] = count(o.MaximumThen())
		if o.Revision() > 0 {
			out[prefix+"revision"] = strconv.FormatInt(o.Revision(), 10)
		}
	}
	return out
}

// selectorManifest writes a selector; a ReplicationController has plain labels.
func (m *Moment) selectorManifest(o cluster.Owner) map[string]any {
	if m.madeSelector(o) {
		return map[string]any{"matchLabels": map[string]any{jobUID: UID("Job", int32(o.ID()))}}
	}
	out := labelSelector(o.Spec().Selector, m.View.Dictionary())
	if match, ok := out["matchLabels"].(map[string]any); ok && o.Kind() == models.ReplicationController {
		return match
	}
	return out
}

// labelSelector writes a selector as the API has it.
func labelSelector(s models.Selector, d *models.Dictionary) map[string]any {
	match := map[string]any{}
	var expressions []any
	for i := range s {
		r := &s[i]
		if r.Op == models.In && len(r.Values) == 1 {
			match[d.String(r.Key)] = d.String(r.Values[0])
			continue
		}
		expression := map[string]any{"key": d.String(r.Key), "operator": operatorOf(r)}
		var values []any
		for _, v := range r.Values {
			values = append(values, d.String(v))
		}
		if values != nil {
			expression["values"] = values
		}
		expressions = append(expressions, expression)
	}
	out := map[string]any{}
	if len(match) > 0 {
		out["matchLabels"] = match
	}
	if expressions != nil {
		out["matchExpressions"] = expressions
	}
	return out
}

func operatorOf(r *models.Requirement) string {
	return [...]string{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}[r.Op]
}

func shareManifest(s models.Share) any {
	if s.Percent {
		return count(s.Value) + "%"
	}
	return s.Value
}

func (m *Moment) deploymentManifest(o cluster.Owner, body, out map[string]any) {
	spec := o.Spec()
	body["replicas"], body["revisionHistoryLimit"] = o.Replicas(), spec.RevisionHistoryLimit
	if spec.ProgressDeadline > 0 {
		body["progressDeadlineSeconds"] = int64(spec.ProgressDeadline / time.Second)
	}
	if spec.MinReadySeconds > 0 {
		body["minReadySeconds"] = spec.MinReadySeconds
	}
	if spec.Paused {
		body["paused"] = true
	}
	strategy := map[string]any{"type": spec.Strategy.String()}
	if spec.Strategy == models.RollingUpdate {
		strategy["rollingUpdate"] = map[string]any{"maxSurge": shareManifest(spec.MaxSurge), "maxUnavailable": shareManifest(spec.MaxUnavailable)}
	}
	body["strategy"] = strategy
	s := m.rolledOut(o)
	status := counters(map[string]int32{
		"updatedReplicas": s.updated, "readyReplicas": s.ready, "availableReplicas": s.available, "unavailableReplicas": s.unavailable(),
		"terminatingReplicas": s.terminating,
	}, "replicas", s.total)
	status["observedGeneration"] = o.Generation()
	var conditions []any
	d := m.View.Dictionary()
	for c := range o.Conditions() {
		conditions = append(conditions, map[string]any{
			"type": d.String(c.Type), "status": c.Status.String(), "reason": d.String(c.Reason), "message": d.String(c.Message),
			"lastTransitionTime": m.stamp(c.Changed),
		})
	}
	if conditions != nil {
		status["conditions"] = conditions
	}
	out["status"] = status
}

// jobRules writes what rules a Job.
func (m *Moment) jobRules(spec *models.OwnerSpec, parallelism int32, body map[string]any) {
	body["parallelism"], body["backoffLimit"] = parallelism, spec.BackoffLimit
	if spec.Completions != models.Unset {
		body["completions"] = spec.Completions
	}
	if spec.ActiveDeadline > 0 {
		body["activeDeadlineSeconds"] = int64(spec.ActiveDeadline / time.Second)
	}
	if spec.TTLAfterFinished >= 0 {
		body["ttlSecondsAfterFinished"] = int64(spec.TTLAfterFinished / time.Second)
	}
	body["completionMode"], body["suspend"] = "NonIndexed", false
	if r := spec.Rules; r != nil {
		if r.Indexed {
			body["completionMode"] = "Indexed"
		}
		body["suspend"] = r.Suspend
	}
}

func (m *Moment) jobManifest(o cluster.Owner, body, out map[string]any) {
	n := o.Counts()
	m.jobRules(o.Spec(), o.Replicas(), body)
	status := counters(map[string]int32{"active": n.Active, "succeeded": n.Succeeded, "failed": n.Failed + n.Lost}, "ready", n.Ready)
	status["terminating"] = n.Terminating
	status["startTime"] = m.stamp(o.Created())
	if !o.Live() {
		condition := map[string]any{
			"type": "Failed", "status": "True", "reason": m.View.Dictionary().String(o.Reason()), "lastTransitionTime": m.stamp(o.FinishedAt()),
		}
		if o.Complete() {
			condition["type"] = "Complete"
			status["completionTime"] = m.stamp(o.FinishedAt())
		}
		status["conditions"] = []any{condition}
	}
	out["status"] = status
}
