package kubectl

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func namespaces() *kind {
	return &kind{
		name: "namespace", plural: "namespaces", short: []string{"ns"}, cluster: true,
		columns: []string{"NAME", "STATUS", "AGE"}, aging: []string{"AGE"},
		list: func(m *Moment) (out []object) {
			for _, name := range m.View.Namespaces() {
				out = append(out, m.namespace(name))
			}
			return out
		},
		touched: func(op *models.Op, _ cluster.View) []int32 {
			switch op.Kind {
			case models.OpAddNamespace, models.OpEndNamespace, models.OpNoteNamespace, models.OpDropNamespace:
				return []int32{int32(op.Name)}
			}
			return nil
		},
		one: func(m *Moment, id int32) (object, bool) {
			return m.namespace(models.Sym(id)), m.View.NamespaceState(models.Sym(id)).Exists()
		},
		describe: describeNamespace,
	}
}

func phaseOf(n cluster.Namespace) string {
	if n.Terminating() {
		return "Terminating"
	}
	return "Active"
}

// namespace shows a Namespace, which has no number but the symbol of its name.
// Source: pkg/printers/internalversion/printers.go (printNamespace).
func (m *Moment) namespace(name models.Sym) object {
	d, n := m.View.Dictionary(), m.View.NamespaceState(name)
	return object{
		id: int32(name), name: d.String(name), labels: labelsOf(m.View.Namespace(name), d),
		cells:    []string{d.String(name), phaseOf(n), m.age(n.Created())},
		manifest: func() map[string]any { return m.namespaceManifest(name) },
	}
}

// describeNamespace describes a Namespace with what new objects in it are held to.
// Source: k8s.io/kubectl/pkg/describe/describe.go (describeNamespace).
func describeNamespace(m *Moment, o object) string {
	p, n := newPage(), m.View.NamespaceState(models.Sym(o.id))
	p.line(0, "Name:\t%s", o.name)
	p.pairs(0, "Labels", "=", o.labels)
	p.line(0, "Annotations:\t<none>")
	p.line(0, "Status:\t%s", phaseOf(n))
	if _, told := n.Condition(0); told {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage")
		p.line(1, "----\t------\t------------------\t------\t-------")
		d := m.View.Dictionary()
		for kind := range models.NamespaceConditions {
			c, _ := n.Condition(kind)
			p.line(1, "%s\t%s\t%s\t%s\t%s", kind, c.Status, m.longDate(c.Changed), d.String(c.Reason), d.String(c.Message))
		}
	}
	var quotas, limits []cluster.Policy
	for _, id := range m.View.PoliciesIn(models.Sym(o.id)) {
		if policy := m.View.Policy(id); policy.Spec().Kind == models.ResourceQuota {
			quotas = append(quotas, policy)
		} else {
			limits = append(limits, policy)
		}
	}
	p.line(0, "")
	p.namespaceQuotas(quotas, m.View.Dictionary())
	p.line(0, "")
	if len(limits) == 0 {
		p.line(0, "No LimitRange resource.")
		return p.text()
	}
	p.line(0, "Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
	p.line(0, " ----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
	for _, policy := range limits {
		p.limits(policy.Spec(), " ")
	}
	return p.text()
}

func (p *page) namespaceQuotas(quotas []cluster.Policy, d *models.Dictionary) {
	if len(quotas) == 0 {
		p.line(0, "No resource quota.")
		return
	}
	p.line(0, "Resource Quotas")
	for _, q := range quotas {
		p.line(1, "Name:\t%s", d.String(q.Spec().Name))
		p.quotaScopes(q.Spec(), 1, "")
		p.quotaUse(q, 1, "---")
	}
}

func (m *Moment) namespaceManifest(name models.Sym) map[string]any {
	d, n := m.View.Dictionary(), m.View.NamespaceState(name)
	meta := map[string]any{"name": d.String(name), "uid": UID("Namespace", int32(name)), "creationTimestamp": m.stamp(n.Created())}
	if labels := labelsOf(m.View.Namespace(name), d); len(labels) > 0 {
		meta["labels"] = labels
	}
	status := map[string]any{"phase": phaseOf(n)}
	if n.Terminating() {
		meta["deletionTimestamp"] = m.stamp(n.Deleted())
	}
	var conditions []any
	for kind := range models.NamespaceConditions {
		if c, told := n.Condition(kind); told {
			conditions = append(conditions, map[string]any{
				"type": kind.String(), "status": c.Status.String(), "reason": d.String(c.Reason), "message": d.String(c.Message),
				"lastTransitionTime": m.stamp(c.Changed),
			})
		}
	}
	if conditions != nil {
		status["conditions"] = conditions
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": meta, "spec": map[string]any{"finalizers": []any{"kubernetes"}}, "status": status,
	}
}
