package kubectl

import (
	"fmt"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func autoscalers() *kind {
	k := ownerKind(kind{
		name: "horizontalpodautoscaler", plural: "horizontalpodautoscalers", short: []string{"hpa"}, group: "autoscaling", all: true,
		columns: []string{"NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"}, aging: []string{"AGE"},
	}, models.HorizontalPodAutoscaler, autoscalerCells, describeAutoscaler)
	k.wide = nil
	list, one := k.list, k.one
	k.list = func(m *Moment) []object {
		objects := list(m)
		for i := range objects {
			m.asAutoscaler(&objects[i])
		}
		return objects
	}
	k.one = func(m *Moment, id int32) (object, bool) {
		o, ok := one(m, id)
		m.asAutoscaler(&o)
		return o, ok
	}
	return k
}

// asAutoscaler takes from an object what only owners of pods have.
func (m *Moment) asAutoscaler(o *object) {
	id := models.OwnerID(o.id)
	o.wide, o.manifest = nil, func() map[string]any { return m.autoscalerManifest(m.View.Owner(id)) }
}

// Source: pkg/printers/internalversion/printers.go (printHorizontalPodAutoscaler,
// formatHPAMetrics).
func autoscalerCells(m *Moment, o cluster.Owner) []string {
	rules, status := o.Spec().Autoscaler, o.Autoscaler()
	const shown = 2
	var list []string
	for i := range rules.Metrics {
		list = append(list, m.metricCell(&rules.Metrics[i], measurement(&status, i)))
	}
	targets := strings.Join(list[:min(len(list), shown)], ", ")
	if len(list) > shown {
		targets = fmt.Sprintf("%s + %d more...", targets, len(list)-shown)
	}
	return []string{o.Name(), m.targetText(rules), targets, count(rules.Min), count(rules.Max), count(status.Current), m.age(o.Created())}
}

func (m *Moment) targetText(rules *models.AutoscalerRules) string {
	d := m.View.Dictionary()
	return d.String(rules.Target.Kind) + "/" + d.String(rules.Target.Name)
}

// measurement returns what is known of a metric.
func measurement(status *cluster.AutoscalerStatus, i int) cluster.Measurement {
	if i < len(status.Metrics) {
		return status.Metrics[i]
	}
	return cluster.Measurement{models.Unmeasured, models.Unmeasured, models.Unmeasured}
}

func (m *Moment) isResource(r *models.MetricRule) bool {
	return r.Source == models.ResourceMetric || r.Source == models.ContainerResourceMetric
}

// amountText writes an amount of a metric.
func (m *Moment) amountText(r *models.MetricRule, kind models.TargetKind, amount int64) string {
	switch {
	case amount == models.Unmeasured:
		return "<unknown>"
	case kind == models.Utilization:
		return fmt.Sprintf("%d%%", amount)
	}
	return Thousandths(amount, m.isResource(r) && m.View.Dictionary().String(r.Name) == "memory")
}

// aimText writes what a metric is to be, as its user wrote it.
func (m *Moment) aimText(r *models.MetricRule) string {
	if r.Target == models.Utilization {
		return fmt.Sprintf("%d%%", r.Amount)
	}
	return m.View.Dictionary().String(r.Quantity)
}

func (m *Moment) metricCell(r *models.MetricRule, is cluster.Measurement) string {
	text := m.amountText(r, r.Target, is[r.Target]) + "/" + m.aimText(r)
	switch {
	case m.isResource(r):
		return m.View.Dictionary().String(r.Name) + ": " + text
	case r.Target == models.AverageValue && r.Source != models.PodsMetric:
		return text + " (avg)"
	}
	return text
}

// describeAutoscaler describes a HorizontalPodAutoscaler.
// Source: k8s.io/kubectl/pkg/describe (describeHorizontalPodAutoscalerV2).
func describeAutoscaler(m *Moment, o cluster.Owner) string {
	p, d, rules, status := newPage(), m.View.Dictionary(), o.Spec().Autoscaler, o.Autoscaler()
	p.line(0, "Name:\t%s", o.Name())
	p.line(0, "Namespace:\t%s", d.String(o.Spec().Namespace))
	p.pairs(0, "Labels", "=", labelsOf(o.Spec().Labels, d))
	p.pairs(0, "Annotations", ": ", nil)
	p.line(0, "CreationTimestamp:\t%s", m.longDate(o.Created()))
	p.line(0, "Reference:\t%s", m.targetText(rules))
	p.line(0, "Metrics:\t( current / target )")
	for i := range rules.Metrics {
		r, is := &rules.Metrics[i], measurement(&status, i)
		current := m.amountText(r, r.Target, is[r.Target])
		if r.Target == models.Utilization && is[models.AverageValue] != models.Unmeasured {
			current += " (" + m.amountText(r, models.AverageValue, is[models.AverageValue]) + ")"
		}
		p.line(1, "%s:\t%s / %s", m.metricTitle(r), current, m.aimText(r))
	}
	p.line(0, "Min replicas:\t%d", rules.Min)
	p.line(0, "Max replicas:\t%d", rules.Max)
	if b := rules.Behavior; b != nil {
		p.line(0, "Behavior:")
		p.scalingRules("Scale Up", &b.Up)
		p.scalingRules("Scale Down", &b.Down)
	}
	p.line(0, "%s pods:\t%d current / %d desired", d.String(rules.Target.Kind), status.Current, status.Desired)
	first := true
	for c := range o.Conditions() {
		if first {
			p.line(0, "Conditions:")
			p.line(1, "Type\tStatus\tReason\tMessage")
			p.line(1, "----\t------\t------\t-------")
			first = false
		}
		p.line(1, "%s\t%s\t%s\t%s", d.String(c.Type), c.Status, d.String(c.Reason), d.String(c.Message))
	}
	p.events(m, UID(o.Kind().String(), int32(o.ID())))
	return p.text()
}

// metricTitle says what a metric is about.
func (m *Moment) metricTitle(r *models.MetricRule) string {
	d := m.View.Dictionary()
	name := d.String(r.Name)
	target := " (target value)"
	if r.Target == models.AverageValue {
		target = " (target average value)"
	}
	switch r.Source {
	case models.PodsMetric:
		return fmt.Sprintf("%q on pods", name)
	case models.ObjectMetric:
		return fmt.Sprintf("%q on %s/%s", name, d.String(r.Object.Kind), d.String(r.Object.Name)) + target
	case models.ExternalMetric:
		return fmt.Sprintf("%q", name) + target
	}
	title := "resource " + name + " on pods"
	if r.Source == models.ContainerResourceMetric {
		title = fmt.Sprintf("resource %s of container %q on pods", name, d.String(r.Container))
	}
	if r.Target == models.Utilization {
		title += "  (as a percentage of request)"
	}
	return title
}

func (p *page) scalingRules(title string, rules *models.ScalingRules) {
	p.line(1, "%s:", title)
	p.line(2, "Stabilization Window: %d seconds", rules.Window/time.Second)
	if len(rules.Policies) == 0 {
		return
	}
	p.line(2, "Select Policy: %s", rules.Select)
	p.line(2, "Policies:")
	for _, policy := range rules.Policies {
		p.line(3, "- Type: %s\tValue: %d\tPeriod: %d seconds", policyType(policy), policy.Value, policy.Period/time.Second)
	}
}

func policyType(p models.ScalingPolicy) string {
	if p.Percent {
		return "Percent"
	}
	return "Pods"
}
