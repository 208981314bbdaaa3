package kubectl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func budgets() *kind {
	return &kind{
		name: "poddisruptionbudget", plural: "poddisruptionbudgets", short: []string{"pdb"}, group: "policy",
		columns: []string{"NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"},
		aging:   []string{"AGE"},
		list: func(m *Moment) (out []object) {
			for id := range m.View.RunBudgets() {
				if b := m.View.Budget(int32(id)); !b.Deleted() {
					out = append(out, m.budget(b))
				}
			}
			return out
		},
		touched: func(op *models.Op, v cluster.View) []int32 {
			switch op.Kind {
			case models.OpAddBudget:
				return []int32{int32(v.RunBudgets() - 1)}
			case models.OpUpdateBudget, models.OpRemoveBudget, models.OpWriteBudgetStatus, models.OpAllowDisruption:
				return []int32{op.Def}
			}
			return nil
		},
		one: func(m *Moment, id int32) (object, bool) {
			b := m.View.Budget(id)
			return m.budget(b), !b.Deleted()
		},
		describe: func(m *Moment, o object) string { return describeBudget(m, m.View.Budget(o.id)) },
	}
}

// budget shows a PodDisruptionBudget.
// Source: pkg/printers/internalversion/printers.go (printPodDisruptionBudget).
func (m *Moment) budget(b cluster.Budget) object {
	d, spec := m.View.Dictionary(), b.Spec()
	return object{
		id: b.ID(), namespace: d.String(spec.Namespace), name: b.Name(),
		cells:    []string{b.Name(), shareText(spec.MinAvailable, "N/A"), shareText(spec.MaxUnavailable, "N/A"), count(b.Status().Allowed), m.age(b.Created())},
		manifest: func() map[string]any { return m.budgetManifest(b) },
	}
}

// shareText writes a number or a percentage.
func shareText(s models.Share, otherwise string) string {
	switch {
	case !s.Given:
		return otherwise
	case s.Percent:
		return fmt.Sprintf("%d%%", s.Value)
	}
	return count(s.Value)
}

func budgetSelector(spec *models.BudgetSpec, d *models.Dictionary) string {
	if spec.Selector.None {
		return "<unset>"
	}
	return orNone(spec.Selector.Requirements.Text(d))
}

// describeBudget describes a PodDisruptionBudget.
// Source: k8s.io/kubectl/pkg/describe (describePodDisruptionBudgetV1).
func describeBudget(m *Moment, b cluster.Budget) string {
	p, d, spec, is := newPage(), m.View.Dictionary(), b.Spec(), b.Status()
	p.line(0, "Name:\t%s", b.Name())
	p.line(0, "Namespace:\t%s", d.String(spec.Namespace))
	switch {
	case spec.MinAvailable.Given:
		p.line(0, "Min available:\t%s", shareText(spec.MinAvailable, ""))
	case spec.MaxUnavailable.Given:
		p.line(0, "Max unavailable:\t%s", shareText(spec.MaxUnavailable, ""))
	}
	p.line(0, "Selector:\t%s", budgetSelector(spec, d))
	p.line(0, "Status:")
	p.line(2, "Allowed disruptions:\t%d", is.Allowed)
	p.line(2, "Current:\t%d", is.CurrentHealthy)
	p.line(2, "Desired:\t%d", is.DesiredHealthy)
	p.line(2, "Total:\t%d", is.ExpectedPods)
	p.evictionsOf(m, b)
	p.events(m, UID("PodDisruptionBudget", b.ID()))
	return p.text()
}

func (m *Moment) budgetManifest(b cluster.Budget) map[string]any {
	d, spec, is := m.View.Dictionary(), b.Spec(), b.Status()
	body := map[string]any{}
	for field, share := range map[string]models.Share{"minAvailable": spec.MinAvailable, "maxUnavailable": spec.MaxUnavailable} {
		switch {
		case share.Given && share.Percent:
			body[field] = shareText(share, "")
		case share.Given:
			body[field] = share.Value
		}
	}
	if spec.AlwaysEvict {
		body["unhealthyPodEvictionPolicy"] = "AlwaysAllow"
	}
	if !spec.Selector.None {
		body["selector"] = labelSelector(spec.Selector.Requirements, d)
	}
	status := map[string]any{
		"currentHealthy": is.CurrentHealthy, "desiredHealthy": is.DesiredHealthy, "expectedPods": is.ExpectedPods, "disruptionsAllowed": is.Allowed,
	}
	if is.Observed > 0 {
		status["observedGeneration"] = is.Observed
	}
	if len(is.Disrupted) > 0 {
		pods := map[string]any{}
		for _, x := range is.Disrupted {
			pods[m.View.Pod(x.Pod).Name()] = m.stamp(x.At)
		}
		status["disruptedPods"] = pods
	}
	if is.Conditioned {
		truth, reason := is.Condition()
		status["conditions"] = []any{map[string]any{
			"type": "DisruptionAllowed", "status": truth.String(), "reason": reason, "message": d.String(is.Failed),
			"lastTransitionTime": m.stamp(is.Changed), "observedGeneration": is.Observed,
		}}
	}
	return map[string]any{
		"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": body, "status": status,
		"metadata": map[string]any{
			"name": b.Name(), "namespace": d.String(spec.Namespace), "uid": UID("PodDisruptionBudget", b.ID()),
			"creationTimestamp": m.stamp(b.Created()), "generation": b.Generation(),
		},
	}
}

// disruptionController is how the disruption controller calls itself in Events.
// Source: pkg/controller/disruption/disruption.go (NewDisruptionController).
const disruptionController = "controllermanager"

// budget tells what the disruption controller says of a budget when it writes its status.
// Source: pkg/controller/disruption/disruption.go (trySync).
func (e *Events) budget(op *models.Op, v cluster.View) {
	if op.Kind != models.OpWriteBudgetStatus {
		return
	}
	b, d := v.Budget(op.Def), v.Dictionary()
	spec := b.Spec()
	about := Reference{
		APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Namespace: d.String(spec.Namespace), Name: b.Name(), UID: UID("PodDisruptionBudget", b.ID()),
	}
	if b.Pods() == 0 {
		e.tell(disruptionController, about, Normal, "NoPods", "No matching pods found")
	}
	switch byScale := spec.MaxUnavailable.Given || spec.MinAvailable.Percent; {
	case op.Message != 0:
		e.tell(disruptionController, about, Warning, "CalculateExpectedPodCountFailed", "Failed to calculate the number of expected pods: "+d.String(op.Message))
	case byScale && b.Unmanaged() > 0:
		e.tell(disruptionController, about, Warning, "UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: "+
			goSelector(spec.Selector.Requirements, d)+") were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, "+
			"which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.")
	}
}

// goSelector writes a selector as Go prints it.
func goSelector(selector models.Selector, d *models.Dictionary) string {
	var labels, expressions []string
	for i := range selector {
		r := &selector[i]
		if r.Op == models.In && len(r.Values) == 1 {
			labels = append(labels, d.String(r.Key)+": "+d.String(r.Values[0])+",")
			continue
		}
		var values []string
		for _, v := range r.Values {
			values = append(values, d.String(v))
		}
		operator := [...]string{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}[r.Op]
		expressions = append(expressions, fmt.Sprintf("LabelSelectorRequirement{Key:%s,Operator:%s,Values:[%s],},", d.String(r.Key), operator, strings.Join(values, " ")))
	}
	slices.Sort(labels)
	return "&LabelSelector{MatchLabels:map[string]string{" + strings.Join(labels, "") + "},MatchExpressions:[]LabelSelectorRequirement{" +
		strings.Join(expressions, "") + "},}"
}
