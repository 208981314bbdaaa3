package sim

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// resizedDetail returns what containers ask for after a change of it. What a change does
// not name stays as it is, such as what a LimitRange has set.
func resizedDetail(detail, was, is *models.PodDetail) *models.PodDetail {
	if detail == nil || was == nil || is == nil || len(detail.Containers) != len(is.Containers) || len(was.Containers) != len(is.Containers) {
		return detail
	}
	out := *detail
	out.Containers = slices.Clone(detail.Containers)
	for i := range out.Containers {
		c := &out.Containers[i]
		c.Requests = changedAmounts(c.Requests, was.Containers[i].Requests, is.Containers[i].Requests)
		c.Limits = changedAmounts(c.Limits, was.Containers[i].Limits, is.Containers[i].Limits)
	}
	out.Requests = changedAmounts(out.Requests, was.Requests, is.Requests)
	out.Limits = changedAmounts(out.Limits, was.Limits, is.Limits)
	return &out
}

func changedAmounts(list, was, is models.Amounts) models.Amounts {
	for _, a := range is {
		if old, given := was.Of(a.Name); !given || old.Value != a.Value {
			list = list.With(a)
		}
	}
	return list
}

// countedDetail returns what counts of what the containers of a pod ask for while it is
// resized: the most that any of its specifications has.
// Source: k8s.io/component-helpers/resource/helpers.go (PodRequests, UseStatusResources).
func countedDetail(desired *models.PodSpec, specs []*models.PodSpec) *models.PodDetail {
	if desired.Detail == nil {
		return nil
	}
	out := *desired.Detail
	out.Containers = slices.Clone(desired.Detail.Containers)
	for _, spec := range specs {
		if spec.Detail == nil || len(spec.Detail.Containers) != len(out.Containers) {
			continue
		}
		for i := range out.Containers {
			out.Containers[i].Requests = mostOf(out.Containers[i].Requests, spec.Detail.Containers[i].Requests)
		}
		out.Requests = mostOf(out.Requests, spec.Detail.Requests)
	}
	return &out
}

func mostOf(list, others models.Amounts) models.Amounts {
	for _, a := range others {
		if have, given := list.Of(a.Name); !given || have.Value < a.Value {
			list = list.With(a)
		}
	}
	return list
}
