package kubectl

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func resourceQuotas() *kind {
	return policyKind(models.ResourceQuota, kind{
		name: "resourcequota", plural: "resourcequotas", short: []string{"quota"}, columns: []string{"NAME", "REQUEST", "LIMIT", "AGE"},
	}, (*Moment).quotaCells, describeQuota)
}

func limitRanges() *kind {
	return policyKind(models.LimitRange, kind{
		name: "limitrange", plural: "limitranges", short: []string{"limits"}, columns: []string{"NAME", "CREATED AT"},
	}, (*Moment).limitCells, describeLimits)
}

// policyKind returns what ResourceQuotas and LimitRanges have in common.
func policyKind(of models.PolicyKind, k kind, cells func(*Moment, cluster.Policy) []string, describe func(*Moment, cluster.Policy) string) *kind {
	k.aging = []string{"AGE"}
	k.list = func(m *Moment) (out []object) {
		for id := range m.View.Policies() {
			if p := m.View.Policy(models.PolicyID(id)); p.Spec().Kind == of && !p.Deleted() {
				out = append(out, m.policy(p, cells(m, p)))
			}
		}
		return out
	}
	k.touched = func(op *models.Op, v cluster.View) []int32 {
		id := models.PolicyID(op.Arg)
		switch op.Kind {
		case models.OpPutPolicy, models.OpRemovePolicy, models.OpSyncQuota:
		case models.OpUseQuota:
			id = models.PolicyID(op.Def)
		default:
			return nil
		}
		if v.Policy(id).Spec().Kind != of {
			return nil
		}
		return []int32{int32(id)}
	}
	k.one = func(m *Moment, id int32) (object, bool) {
		p := m.View.Policy(models.PolicyID(id))
		return m.policy(p, cells(m, p)), !p.Deleted()
	}
	k.describe = func(m *Moment, o object) string { return describe(m, m.View.Policy(models.PolicyID(o.id))) }
	return &k
}

func (m *Moment) policy(p cluster.Policy, cells []string) object {
	d, spec := m.View.Dictionary(), p.Spec()
	return object{
		id: int32(p.ID()), namespace: d.String(spec.Namespace), name: d.String(spec.Name), labels: labelsOf(spec.Labels, d), cells: cells,
		manifest: func() map[string]any { return m.policyManifest(p) },
	}
}

// quotaCells shows a ResourceQuota: limits apart from the rest.
// Source: pkg/printers/internalversion/printers.go (printResourceQuota).
func (m *Moment) quotaCells(p cluster.Policy) []string {
	var requests, limits []string
	hard, _ := p.Hard()
	for _, a := range hard {
		used, _ := p.Used().Of(a.Name)
		text := a.Name + ": " + used.String() + "/" + a.String()
		if strings.HasPrefix(a.Name, "limits.") {
			limits = append(limits, text)
		} else {
			requests = append(requests, text)
		}
	}
	return []string{m.View.Dictionary().String(p.Spec().Name), strings.Join(requests, ", "), strings.Join(limits, ", "), m.age(p.Created())}
}

func (m *Moment) limitCells(p cluster.Policy) []string {
	return []string{m.View.Dictionary().String(p.Spec().Name), m.stamp(p.Created())}
}

// describeQuota describes a ResourceQuota.
// Source: k8s.io/kubectl/pkg/describe/describe.go (describeQuota).
func describeQuota(m *Moment, p cluster.Policy) string {
	page, d, spec := newPage(), m.View.Dictionary(), p.Spec()
	page.line(0, "Name:\t%s", d.String(spec.Name))
	page.line(0, "Namespace:\t%s", d.String(spec.Namespace))
	page.quotaScopes(spec, 0, " ")
	page.quotaUse(p, 0, "----")
	return page.text()
}

// scopeHelp says what is in a scope.
// Source: k8s.io/kubectl/pkg/describe/describe.go (helpTextForResourceQuotaScope).
var scopeHelp = map[models.Scope]string{
	models.ScopeTerminating:    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
	models.ScopeNotTerminating: "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
	models.ScopeBestEffort:     "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
	models.ScopeNotBestEffort:  "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
}

func (p *page) quotaScopes(spec *models.PolicySpec, level int, before string) {
	var listed []models.Scope
	for _, s := range spec.Scopes {
		if s.Listed {
			listed = append(listed, s.Scope)
		}
	}
	if len(listed) == 0 {
		return
	}
	slices.SortFunc(listed, func(a, b models.Scope) int { return strings.Compare(a.String(), b.String()) })
	names := make([]string, len(listed))
	for i, s := range listed {
		names[i] = s.String()
	}
	p.line(level, "Scopes:\t%s", strings.Join(names, ", "))
	for _, s := range listed {
		if help := scopeHelp[s]; help != "" {
			p.line(level, "%s* %s", before, help)
		}
	}
}

func (p *page) quotaUse(q cluster.Policy, level int, rule string) {
	p.line(level, "Resource\tUsed\tHard")
	p.line(level, "--------\t%s\t%s", rule, rule)
	hard, _ := q.Hard()
	for _, a := range hard {
		used, _ := q.Used().Of(a.Name)
		used.Format, used.Milli = a.Format, a.Milli
		p.line(level, "%s\t%s\t%s", a.Name, used, a)
	}
}

// describeLimits describes a LimitRange.
// Source: k8s.io/kubectl/pkg/describe/describe.go (describeLimitRange).
func describeLimits(m *Moment, p cluster.Policy) string {
	page, d, spec := newPage(), m.View.Dictionary(), p.Spec()
	page.line(0, "Name:\t%s", d.String(spec.Name))
	page.line(0, "Namespace:\t%s", d.String(spec.Namespace))
	page.line(0, "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio")
	page.line(0, "----\t--------\t---\t---\t---------------\t-------------\t-----------------------")
	page.limits(spec, "")
	return page.text()
}

// limits writes the limits of a LimitRange, resource by resource.
func (p *page) limits(spec *models.PolicySpec, before string) {
	for i := range spec.Limits {
		item := &spec.Limits[i]
		lists := []models.Amounts{item.Min, item.Max, item.DefaultRequest, item.Default, item.MaxRatio}
		var names []string
		for _, list := range lists {
			for _, a := range list {
				if !slices.Contains(names, a.Name) {
					names = append(names, a.Name)
				}
			}
		}
		slices.Sort(names)
		for _, name := range names {
			cells := []string{before + item.Type.String(), name}
			for _, list := range lists {
				if a, given := list.Of(name); given {
					cells = append(cells, a.String())
				} else {
					cells = append(cells, "-")
				}
			}
			p.line(0, "%s", strings.Join(cells, "\t"))
		}
	}
}

func (m *Moment) policyManifest(p cluster.Policy) map[string]any {
	d, spec := m.View.Dictionary(), p.Spec()
	out := map[string]any{
		"apiVersion": "v1", "kind": spec.Kind.String(),
		"metadata": map[string]any{
			"name": d.String(spec.Name), "namespace": d.String(spec.Namespace), "uid": UID(spec.Kind.String(), int32(p.ID())),
			"creationTimestamp": m.stamp(p.Created()),
		},
	}
	if spec.Kind == models.LimitRange {
		var items []any
		for i := range spec.Limits {
			item := &spec.Limits[i]
			body := map[string]any{"type": item.Type.String()}
			for field, list := range map[string]models.Amounts{
				"min": item.Min, "max": item.Max, "default": item.Default, "defaultRequest": item.DefaultRequest, "maxLimitRequestRatio": item.MaxRatio,
			} {
				if len(list) > 0 {
					body[field] = quantities(list)
				}
			}
			items = append(items, body)
		}
		out["spec"] = map[string]any{"limits": items}
		return out
	}
	body := map[string]any{"hard": quantities(spec.Hard)}
	var listed, selected []any
	for _, s := range spec.Scopes {
		if s.Listed {
			listed = append(listed, s.Scope.String())
			continue
		}
		term := map[string]any{"scopeName": s.Scope.String(), "operator": [...]string{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}[s.Op]}
		if len(s.Values) > 0 {
			var values []any
			for _, v := range s.Values {
				values = append(values, d.String(v))
			}
			term["values"] = values
		}
		selected = append(selected, term)
	}
	if listed != nil {
		body["scopes"] = listed
	}
	if selected != nil {
		body["scopeSelector"] = map[string]any{"matchExpressions": selected}
	}
	out["spec"], out["status"] = body, map[string]any{}
	if hard, known := p.Hard(); known {
		out["status"] = map[string]any{"hard": quantities(hard), "used": quantities(p.Used())}
	}
	return out
}

func quantities(list models.Amounts) map[string]any {
	out := make(map[string]any, len(list))
	for _, a := range list {
		out[a.Name] = a.String()
	}
	return out
}
