package admission

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// Quota is a ResourceQuota with its status.
type Quota struct {
	ID   models.PolicyID
	Spec *models.PolicySpec
	// Hard and Used are those of the status: nothing is held to a quota before the
	// quota controller has looked at it.
	Hard, Used models.Amounts
}

// covers reports whether an object counts under the quota.
// Source: k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go (Matches).
func (q *Quota) covers(u *usage, pod *models.PodSpec) bool {
	for i := range q.Spec.Scopes {
		if pod == nil || !inScope(&q.Spec.Scopes[i], pod) {
			return false
		}
	}
	return slices.ContainsFunc(q.Hard, func(a models.Amount) bool { return u.concerns(a.Name) })
}

// check holds a new object to the quotas of its namespace. It returns what it adds to
// each, or why it is refused. pod is nil for other objects.
// Source: k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go (CheckRequest).
func check(quotas []Quota, u *usage, pod *models.PodSpec, d *models.Dictionary) (added []models.Amounts, why string) {
	var interesting []int
	for i := range quotas {
		q := &quotas[i]
		if !q.covers(u, pod) {
			continue
		}
		if missing := unspecified(q, pod, d); missing != "" {
			return nil, "failed quota: " + d.String(q.Spec.Name) + ": must specify " + missing
		}
		if unknown := q.unknown(u); unknown != "" {
			return nil, "status unknown for quota: " + d.String(q.Spec.Name) + ", resources: " + unknown
		}
		interesting = append(interesting, i)
	}
	added = make([]models.Amounts, len(quotas))
	for _, i := range interesting {
		if added[i], why = quotas[i].charge(u, d); why != "" {
			return nil, why
		}
	}
	return added, ""
}

// unknown lists the resources of the quota that concern an object and of which the
// status does not say how much is used.
func (q *Quota) unknown(u *usage) string {
	var names []string
	for _, a := range q.Hard {
		if name := a.Name; u.concerns(name) {
			if _, known := q.Used.Of(a.Name); !known {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ",")
}

// unspecified lists what containers of a pod must give under a quota and do not.
// Source: pkg/quota/v1/evaluator/core/pods.go (Constraints).
func unspecified(q *Quota, pod *models.PodSpec, d *models.Dictionary) string {
	if pod == nil {
		return ""
	}
	s := subjectOf(pod, d)
	if s.detail.Whole {
		return ""
	}
	var missing []string
	for _, a := range q.Hard {
		name := a.Name
		if !slices.Contains(mustBeGiven, name) {
			continue
		}
		var containers []string
		for i := range s.detail.Containers {
			c := &s.detail.Containers[i]
			given := computeUsage(c.Requests, c.Limits)
			if _, ok := given.list.Of(a.Name); !ok {
				containers = append(containers, s.name(i))
			}
		}
		if len(containers) > 0 {
			slices.Sort(containers)
			missing = append(missing, name+" for: "+strings.Join(containers, ","))
		}
	}
	return strings.Join(missing, "; ")
}

// charge returns what an object adds to the quota, or why that is too much.
func (q *Quota) charge(u *usage, d *models.Dictionary) (models.Amounts, string) {
	added := q.mask(u.amounts)
	var exceeded, used, hard models.Amounts
	for _, a := range added {
		have, _ := q.Used.Of(a.Name)
		most, _ := q.Hard.Of(a.Name)
		if sum := have.Plus(a); sum.Exceeds(most) {
			exceeded, used, hard = append(exceeded, a), append(used, have), append(hard, most)
		}
	}
	if len(exceeded) == 0 {
		return added, ""
	}
	return nil, "exceeded quota: " + d.String(q.Spec.Name) + ", requested: " + list(exceeded) + ", used: " + list(used) + ", limited: " + list(hard)
}

// mask leaves of amounts those that are above zero and that the quota is about.
func (q *Quota) mask(amounts models.Amounts) (out models.Amounts) {
	for _, a := range amounts {
		if _, ok := q.Hard.Of(a.Name); ok && a.Value != 0 {
			out = append(out, a)
		}
	}
	return out
}

// list writes amounts as the refusals of quotas do.
func list(amounts models.Amounts) string {
	parts := make([]string, len(amounts))
	for i, a := range amounts {
		parts[i] = a.Name + "=" + a.String()
	}
	return strings.Join(parts, ",")
}
