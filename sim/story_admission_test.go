package sim

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// amount reads 500m, 2 or 64Mi.
func amount(t *testing.T, d *datadriven.TestData, name, text string) models.Amount {
	a := models.Amount{Name: name, Milli: strings.HasSuffix(name, "cpu")}
	var suffix string
	if n, err := fmt.Sscanf(text, "%d%s", &a.Value, &suffix); n == 0 {
		d.Fatalf(t, "%s: %v", name, err)
	}
	switch {
	case suffix == "Mi":
		a.Value, a.Format = a.Value<<20, models.BinarySI
	case a.Milli && suffix == "":
		a.Value *= 1000
	}
	return a
}

// policy plans a ResourceQuota or LimitRange: there from the start, or made or changed at
// a moment.
func (s *story) policy(t *testing.T, d *datadriven.TestData) {
	var name, priority string
	d.ScanArgs(t, "name", &name)
	spec := &models.PolicySpec{Namespace: cmp.Or(s.inside, s.d.Sym("default")), Name: s.d.Sym(name)}
	var item models.LimitItem
	lists := map[string]*models.Amounts{
		"hard": &spec.Hard, "min": &item.Min, "max": &item.Max, "default": &item.Default, "request": &item.DefaultRequest, "ratio": &item.MaxRatio,
	}
	for _, arg := range d.CmdArgs {
		list := lists[arg.Key]
		for _, value := range arg.Vals {
			if resource, text, ok := strings.Cut(value, ":"); ok && list != nil {
				a := amount(t, d, resource, text)
				if arg.Key == "ratio" {
					a.Value, a.Milli = a.Value*1000, true
				}
				*list = list.With(a)
			}
			if arg.Key == "scope" {
				for _, scope := range models.Scopes() {
					if scope.String() == value {
						spec.Scopes = append(spec.Scopes, models.QuotaScope{Scope: scope, Op: models.Exists, Listed: true})
					}
				}
			}
		}
	}
	if d.MaybeScanArgs(t, "priorityclass", &priority); priority != "" {
		spec.Scopes = append(spec.Scopes, models.QuotaScope{Scope: models.ScopePriorityClass, Op: models.In, Values: []models.Sym{s.d.Sym(priority)}})
	}
	if d.Cmd == "limits" {
		spec.Kind, spec.Limits = models.LimitRange, []models.LimitItem{item}
	}
	at := span(t, d, "at", -1)
	if at < 0 {
		s.config.Objects.Policies = append(s.config.Objects.Policies, spec)
		return
	}
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(at), Kind: StepPutPolicy, Text: d.Cmd, Done: "configured", Policy: spec, Replicas: models.Unset, Grace: -1,
	})
}

// namespace lets what follows be in a namespace, or plans a step with it.
func (s *story) namespace(t *testing.T, d *datadriven.TestData) {
	var name, do string
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "do", &do)
	sym := s.d.Sym(name)
	if do == "" {
		s.config.Objects.Namespaces = append(s.config.Objects.Namespaces, &models.NamespaceSpec{Name: sym})
		s.inside = sym
		return
	}
	kind := StepDeleteNamespace
	if do == "add" {
		kind = StepAddNamespace
	}
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(span(t, d, "at", 0)), Kind: kind, Text: do + " namespace/" + name, Object: StepObject{Namespace: sym}, Replicas: models.Unset, Grace: -1,
	})
}

func (s *story) intoNamespace(template *Template) {
	if s.inside == 0 {
		return
	}
	template.Pod.Namespace = s.inside
	for _, owner := range []*models.OwnerSpec{template.Owner, template.ReplicaSet} {
		if owner != nil {
			owner.Namespace = s.inside
		}
	}
}

// runtime lets pods name a RuntimeClass that there is not.
func (s *story) runtime(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	name := ""
	if d.MaybeScanArgs(t, "runtime", &name); name == "" {
		return
	}
	pod.Detail = &models.PodDetail{Containers: []models.ContainerDetail{{}}, MissingRuntime: name}
	s.config.Objects.Rejects = true
}
