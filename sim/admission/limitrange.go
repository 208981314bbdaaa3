package admission

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// withDefaults returns the details of a pod as LimitRanges complete them, and whether
// they differ. Of several defaults for a resource in one LimitRange the last counts,
// of several LimitRanges the first.
// Source: plugin/pkg/admission/limitranger/admission.go (PodMutateLimitFunc).
func (s *subject) withDefaults(ranges []*models.PolicySpec) (*models.PodDetail, bool) {
	out := *s.detail
	out.Containers = slices.Clone(s.detail.Containers)
	changed := false
	for _, r := range ranges {
		var requests, limits models.Amounts
		for i := range r.Limits {
			item := &r.Limits[i]
			if item.Type != models.LimitContainer {
				continue
			}
			for _, a := range item.DefaultRequest {
				requests = requests.With(a)
			}
			for _, a := range item.Default {
				limits = limits.With(a)
			}
		}
		for i := range out.Containers {
			c := &out.Containers[i]
			changed = s.fill(&c.Limits, limits) || changed
			changed = s.fill(&c.Requests, requests) || changed
		}
	}
	return &out, changed
}

// fill adds the amounts that a list lacks.
func (s *subject) fill(list *models.Amounts, defaults models.Amounts) (changed bool) {
	for _, a := range defaults {
		if _, given := list.Of(a.Name); !given {
			*list = list.With(a)
			changed = true
		}
	}
	return changed
}

// invalid returns what the API server's validation finds wrong in a pod after its
// defaults were set: requests above limits.
// Source: pkg/apis/core/validation/validation.go
// (validateContainerResourceRequirements).
func (s *subject) invalid() string {
	var wrong []string
	numbers := [2]int{}
	for i := range s.detail.Containers {
		list, n := "containers", &numbers[0]
		if s.kind(i) != models.AppContainer {
			list, n = "initContainers", &numbers[1]
		}
		path := fmt.Sprintf("spec.%s[%d].resources.requests", list, *n)
		*n++
		c := &s.detail.Containers[i]
		for _, request := range c.Requests {
			name := request.Name
			limit, limited := c.Limits.Of(request.Name)
			how := ""
			switch {
			case !limited:
			case request.Value != limit.Value && isWholesale(name):
				how = "must be equal to"
			case request.Value > limit.Value:
				how = "must be less than or equal to"
			}
			if how != "" {
				wrong = append(wrong, fmt.Sprintf("%s: Invalid value: %q: %s %s limit of %s", path, request, how, name, limit))
			}
		}
	}
	return together(wrong)
}

// isWholesale reports whether a resource cannot be overcommitted.
// Source: pkg/apis/core/helper/helpers.go (IsOvercommitAllowed).
func isWholesale(name string) bool {
	return strings.HasPrefix(name, hugePages) || strings.Contains(name, "/") && !strings.Contains(name, "kubernetes.io/")
}

// together writes several errors as one.
// Source: k8s.io/apimachinery/pkg/util/errors (aggregate.Error).
func together(errors []string) string {
	var once []string
	for _, e := range errors {
		if !slices.Contains(once, e) {
			once = append(once, e)
		}
	}
	if len(once) <= 1 {
		return strings.Join(once, "")
	}
	return "[" + strings.Join(once, ", ") + "]"
}

// outOfBounds returns what a LimitRange has against a pod.
// Source: plugin/pkg/admission/limitranger/admission.go (PodValidateLimitFunc).
func (s *subject) outOfBounds(r *models.PolicySpec) string {
	var wrong []string
	for i := range r.Limits {
		switch item := &r.Limits[i]; item.Type {
		case models.LimitContainer:
			for _, at := range s.order() {
				c := &s.detail.Containers[at]
				wrong = s.bounds(item, c.Requests, c.Limits, wrong)
			}
		case models.LimitPod:
			wrong = s.bounds(item, s.boundedSums(requestsOf, s.detail.Requests), s.boundedSums(limitsOf, s.detail.Limits), wrong)
		}
	}
	return together(wrong)
}

// boundedSums are the sums that the limits of a pod as a whole are about: without
// overhead.
func (s *subject) boundedSums(of pick, whole models.Amounts) models.Amounts {
	return s.withWhole(s.aggregate(of, nil), whole, func(name string) bool { return name == "cpu" || name == "memory" })
}

func (s *subject) bounds(item *models.LimitItem, requests, limits models.Amounts, wrong []string) []string {
	add := func(what string) {
		if what != "" {
			wrong = append(wrong, what)
		}
	}
	kind := item.Type.String()
	for _, a := range item.Min {
		add(belowMin(kind, a, requests, limits))
	}
	for _, a := range item.Max {
		add(aboveMax(kind, a, requests, limits))
	}
	for _, a := range item.MaxRatio {
		add(aboveRatio(kind, a, requests, limits))
	}
	return wrong
}

// Source of these: plugin/pkg/admission/limitranger/admission.go (minConstraint,
// maxConstraint, maxRequestConstraint, limitRequestRatioConstraint).

func belowMin(kind string, least models.Amount, requests, limits models.Amounts) string {
	request, requested := requests.Of(least.Name)
	limit, limited := limits.Of(least.Name)
	begin := fmt.Sprintf("minimum %s usage per %s is %s", least.Name, kind, least)
	switch {
	case !requested:
		return begin + ".  No request is specified"
	case least.Exceeds(request):
		return begin + ", but request is " + request.String()
	case limited && least.Exceeds(limit):
		return begin + ", but limit is " + limit.String()
	}
	return ""
}

func aboveMax(kind string, most models.Amount, requests, limits models.Amounts) string {
	request, requested := requests.Of(most.Name)
	limit, limited := limits.Of(most.Name)
	begin := fmt.Sprintf("maximum %s usage per %s is %s", most.Name, kind, most)
	switch {
	case !limited:
		return begin + ".  No limit is specified"
	case limit.Exceeds(most):
		return begin + ", but limit is " + limit.String()
	case requested && request.Exceeds(most):
		return begin + ", but request is " + request.String()
	}
	return ""
}

func aboveRatio(kind string, most models.Amount, requests, limits models.Amounts) string {
	request, limit := valueOf(requests, most.Name), valueOf(limits, most.Name)
	begin := fmt.Sprintf("%s max limit to request ratio per %s is %s, but ", most.Name, kind, most)
	switch {
	case request == 0:
		return begin + "no request is specified or request is 0"
	case limit == 0:
		return begin + "no limit is specified or limit is 0"
	}
	if ratio := float64(limit) / float64(request); float64(ratio*1000) > float64(most.Value) {
		return begin + fmt.Sprintf("provided ratio is %f", ratio)
	}
	return ""
}

// claimOutOfBounds returns what a LimitRange has against a claim.
// Source: plugin/pkg/admission/limitranger/admission.go
// (PersistentVolumeClaimValidateLimitFunc).
func claimOutOfBounds(r *models.PolicySpec, claim *models.ClaimSpec) string {
	var requests models.Amounts
	if claim.Requested {
		requests = models.Amounts{{Name: "storage", Value: claim.Request, Format: models.BinarySI}}
	}
	var wrong []string
	for i := range r.Limits {
		item := &r.Limits[i]
		if item.Type != models.LimitClaim {
			continue
		}
		for _, a := range item.Min {
			if what := belowMin(item.Type.String(), a, requests, nil); what != "" {
				wrong = append(wrong, what)
			}
		}
		for _, a := range item.Max {
			request, requested := requests.Of(a.Name)
			begin := fmt.Sprintf("maximum %s usage per %s is %s", a.Name, item.Type, a)
			switch {
			case !requested:
				wrong = append(wrong, begin+".  No request is specified")
			case request.Exceeds(a):
				wrong = append(wrong, begin+", but request is "+request.String())
			}
		}
	}
	return together(wrong)
}
