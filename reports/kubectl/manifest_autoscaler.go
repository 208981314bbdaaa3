package kubectl

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// autoscalerManifest writes a HorizontalPodAutoscaler as the API has it.
func (m *Moment) autoscalerManifest(o cluster.Owner) map[string]any {
	d, rules, status := m.View.Dictionary(), o.Spec().Autoscaler, o.Autoscaler()
	r := ownerReference(o, d)
	meta := map[string]any{"name": r.Name, "namespace": r.Namespace, "uid": r.UID, "creationTimestamp": m.stamp(o.Created())}
	addLabels(meta, o.Spec().Labels, d)
	var metrics, current []any
	for i := range rules.Metrics {
		rule := &rules.Metrics[i]
		metrics = append(metrics, m.metricManifest(rule, "target", m.aimManifest(rule)))
		if i >= len(status.Metrics) {
			continue
		}
		if is := status.Metrics[i]; is.Measured() {
			current = append(current, m.metricManifest(rule, "current", m.measuredManifest(rule, is)))
		} else {
			current = append(current, map[string]any{"type": ""})
		}
	}
	spec := map[string]any{
		"scaleTargetRef": m.objectReference(&rules.Target), "minReplicas": rules.Min, "maxReplicas": rules.Max, "metrics": metrics,
	}
	if b := rules.Behavior; b != nil {
		spec["behavior"] = map[string]any{"scaleUp": m.rulesManifest(&b.Up), "scaleDown": m.rulesManifest(&b.Down)}
	}
	out := map[string]any{"currentMetrics": nil, "currentReplicas": status.Current, "desiredReplicas": status.Desired}
	if current != nil {
		out["currentMetrics"] = current
	}
	if status.LastScale != models.Never {
		out["lastScaleTime"] = m.stamp(status.LastScale)
	}
	var conditions []any
	for c := range o.Conditions() {
		conditions = append(conditions, map[string]any{
			"type": d.String(c.Type), "status": c.Status.String(), "reason": d.String(c.Reason), "message": d.String(c.Message),
			"lastTransitionTime": m.stamp(c.Changed),
		})
	}
	if conditions != nil {
		out["conditions"] = conditions
	}
	return map[string]any{"apiVersion": r.APIVersion, "kind": r.Kind, "metadata": meta, "spec": spec, "status": out}
}

func (m *Moment) objectReference(r *models.ObjectReference) map[string]any {
	d := m.View.Dictionary()
	out := map[string]any{"kind": d.String(r.Kind), "name": d.String(r.Name)}
	if version := d.String(r.APIVersion); version != "" {
		out["apiVersion"] = version
	}
	return out
}

// metricManifest writes a metric with what it is to be, or what it is.
func (m *Moment) metricManifest(r *models.MetricRule, field string, value map[string]any) map[string]any {
	d := m.View.Dictionary()
	source := map[string]any{field: value}
	if m.isResource(r) {
		source["name"] = d.String(r.Name)
	} else {
		metric := map[string]any{"name": d.String(r.Name)}
		if r.HasSelector {
			metric["selector"] = labelSelector(r.Selector, d)
		}
		source["metric"] = metric
	}
	name := map[models.MetricSource]string{
		models.ResourceMetric: "resource", models.ContainerResourceMetric: "containerResource", models.PodsMetric: "pods",
		models.ObjectMetric: "object", models.ExternalMetric: "external",
	}[r.Source]
	switch r.Source {
	case models.ContainerResourceMetric:
		source["container"] = d.String(r.Container)
	case models.ObjectMetric:
		source["describedObject"] = m.objectReference(&r.Object)
	}
	return map[string]any{"type": r.Source.String(), name: source}
}

// amountFields are the names of amounts in the API.
var amountFields = [...]string{models.Utilization: "averageUtilization", models.AverageValue: "averageValue", models.TotalValue: "value"}

func (m *Moment) aimManifest(r *models.MetricRule) map[string]any {
	out := map[string]any{"type": r.Target.String(), amountFields[r.Target]: any(r.Amount)}
	if r.Target != models.Utilization {
		out[amountFields[r.Target]] = m.aimText(r)
	}
	return out
}

func (m *Moment) measuredManifest(r *models.MetricRule, is cluster.Measurement) map[string]any {
	out := make(map[string]any)
	for kind, amount := range is {
		switch {
		case amount == models.Unmeasured:
		case models.TargetKind(kind) == models.Utilization:
			out[amountFields[kind]] = amount
		default:
			out[amountFields[kind]] = m.amountText(r, models.TargetKind(kind), amount)
		}
	}
	return out
}

func (m *Moment) rulesManifest(rules *models.ScalingRules) map[string]any {
	out := map[string]any{"stabilizationWindowSeconds": int64(rules.Window / time.Second), "selectPolicy": rules.Select.String()}
	if rules.HasTolerance {
		out["tolerance"] = m.View.Dictionary().String(rules.ToleranceText)
	}
	var policies []any
	for _, p := range rules.Policies {
		policies = append(policies, map[string]any{"type": policyType(p), "value": p.Value, "periodSeconds": int64(p.Period / time.Second)})
	}
	out["policies"] = policies
	return out
}
