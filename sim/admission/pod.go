package admission

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// pick selects requests or limits.
type pick func(*models.ContainerDetail) models.Amounts

func requestsOf(c *models.ContainerDetail) models.Amounts { return c.Requests }
func limitsOf(c *models.ContainerDetail) models.Amounts   { return c.Limits }

// subject is a pod that is looked at, container by container.
type subject struct {
	dict   *models.Dictionary
	spec   *models.PodSpec
	detail *models.PodDetail
}

// subjectOf looks at a pod. One of which only the sums are known, as from a trace, has
// one container with all of it.
func subjectOf(spec *models.PodSpec, d *models.Dictionary) subject {
	if spec.Detail != nil {
		return subject{d, spec, spec.Detail}
	}
	whole := models.ContainerDetail{Requests: amountsOf(&spec.Requests, d), Limits: amountsOf(&spec.Limits, d)}
	return subject{d, spec, &models.PodDetail{Containers: []models.ContainerDetail{whole}}}
}

func amountsOf(r *models.Resources, d *models.Dictionary) (out models.Amounts) {
	for i, name := range d.ResourceNames() {
		if r[i] == 0 || models.Resource(i) == models.Pods {
			continue
		}
		a := models.Amount{Name: name, Value: r[i], Milli: models.Resource(i) == models.CPU}
		if inBytes(name) {
			a.Format = models.BinarySI
		}
		out = out.With(a)
	}
	return out
}

func inBytes(name string) bool {
	return name == "memory" || name == "ephemeral-storage" || strings.HasPrefix(name, hugePages)
}

const hugePages = "hugepages-"

// kind returns what container i is. The one of a pod without details is an app.
func (s *subject) kind(i int) models.ContainerKind {
	if i >= len(s.spec.Containers) {
		return models.AppContainer
	}
	return s.spec.Containers[i].Kind
}

func (s *subject) name(i int) string {
	if i >= len(s.spec.Containers) {
		return ""
	}
	return s.dict.String(s.spec.Containers[i].Name)
}

// order returns the containers as the API lists them to admission: apps, then those
// that come before them.
func (s *subject) order() []int {
	var apps, inits []int
	for i := range s.detail.Containers {
		if s.kind(i) == models.AppContainer {
			apps = append(apps, i)
		} else {
			inits = append(inits, i)
		}
	}
	return append(apps, inits...)
}

// aggregate returns what the containers need at the worst moment of the pod's life.
// standIns take the place of what a container does not give.
// Source: k8s.io/component-helpers/resource/helpers.go (AggregateContainerRequests).
func (s *subject) aggregate(of pick, standIns models.Amounts) models.Amounts {
	var total, sidecars, starting models.Amounts
	for _, i := range s.order() {
		own := of(&s.detail.Containers[i])
		for _, a := range standIns {
			if _, ok := own.Of(a.Name); !ok {
				own = own.With(a)
			}
		}
		switch s.kind(i) {
		case models.AppContainer:
			total = total.Plus(own)
		case models.Sidecar:
			total = total.Plus(own)
			sidecars = sidecars.Plus(own)
			starting = starting.Max(sidecars)
		default:
			starting = starting.Max(own.Plus(sidecars))
		}
	}
	return total.Max(starting)
}

// mayBeWhole reports whether a pod as a whole can have a resource. To LimitRanges only
// CPU and memory are such.
func mayBeWhole(name string) bool {
	return name == "cpu" || name == "memory" || strings.HasPrefix(name, hugePages)
}

func (s *subject) withWhole(sums, whole models.Amounts, may func(string) bool) models.Amounts {
	for _, a := range whole {
		if may(a.Name) {
			sums = sums.With(a)
		}
	}
	return sums
}

// requests and limits are those of the pod with its overhead, which raises limits but
// makes none.
// Source: k8s.io/component-helpers/resource/helpers.go (PodRequests, PodLimits).
func (s *subject) requests(standIns models.Amounts) models.Amounts {
	sums := s.withWhole(s.aggregate(requestsOf, standIns), s.detail.Requests, mayBeWhole)
	return sums.Plus(s.detail.Overhead)
}

func (s *subject) limits() models.Amounts {
	sums := s.withWhole(s.aggregate(limitsOf, nil), s.detail.Limits, mayBeWhole)
	for _, a := range s.detail.Overhead {
		if have, ok := sums.Of(a.Name); ok {
			sums = sums.With(have.Plus(a))
		}
	}
	return sums
}

// completed returns the specification of a pod with other details: everything that
// follows from them is computed anew. ok is false if a resource is one too many for
// the run.
func completed(spec *models.PodSpec, detail *models.PodDetail, d *models.Dictionary) (out *models.PodSpec, err error) {
	fresh := *spec
	fresh.Detail = detail
	s := subject{d, &fresh, detail}
	requests, limits := s.requests(nil), s.limits()
	if fresh.Requests, err = resources(requests, d); err != nil {
		return nil, err
	}
	fresh.Requests[models.Pods] = 1
	if fresh.Limits, err = resources(limits, d); err != nil {
		return nil, err
	}
	cpu := models.Amount{Name: "cpu", Value: 100, Milli: true}
	memory := models.Amount{Name: "memory", Value: 200 << 20, Format: models.BinarySI}
	standIns := models.Amounts{cpu, memory}
	scored := s.aggregate(requestsOf, standIns).Plus(detail.Overhead)
	fresh.ScoredCPU, fresh.ScoredMemory = valueOf(scored, cpu.Name), valueOf(scored, memory.Name)
	if len(s.withWhole(nil, detail.Requests, mayBeWhole)) > 0 {
		standIns = slices.DeleteFunc(standIns, func(a models.Amount) bool {
			_, given := requests.Of(a.Name)
			return given
		})
	}
	nonZero := s.requests(standIns)
	fresh.NonZeroCPU, fresh.NonZeroMemory = valueOf(nonZero, cpu.Name), valueOf(nonZero, memory.Name)
	fresh.QOS = s.qos()
	return &fresh, nil
}

func valueOf(l models.Amounts, name string) int64 {
	a, _ := l.Of(name)
	return a.Value
}

func resources(l models.Amounts, d *models.Dictionary) (out models.Resources, err error) {
	for _, a := range l {
		if a.Value == 0 {
			continue
		}
		r, err := d.Resource(a.Name)
		if err != nil {
			return out, err
		}
		out[r] = a.Value
	}
	return out, nil
}

// qos returns the quality-of-service class.
// Source: pkg/apis/core/v1/helper/qos/qos.go (ComputePodQOS).
func (s *subject) qos() models.QOSClass {
	var requests, limits models.Amounts
	guaranteed := true
	if s.detail.Whole {
		requests, limits = s.positive(s.detail.Requests), s.positive(s.detail.Limits)
		guaranteed = len(limits) == 2 || len(s.detail.Limits) == 0
	} else {
		for i := range s.detail.Containers {
			c := &s.detail.Containers[i]
			requests = requests.Plus(s.positive(c.Requests))
			bounds := s.positive(c.Limits)
			limits = limits.Plus(bounds)
			guaranteed = guaranteed && len(bounds) == 2
		}
	}
	if len(requests) == 0 && len(limits) == 0 {
		return models.BestEffort
	}
	for _, a := range requests {
		limit, ok := limits.Of(a.Name)
		guaranteed = guaranteed && ok && limit.Value == a.Value
	}
	if guaranteed && len(requests) == len(limits) {
		return models.Guaranteed
	}
	return models.Burstable
}

// positive returns the CPU and memory in a list that are above zero.
func (s *subject) positive(l models.Amounts) (out models.Amounts) {
	for _, a := range l {
		if a.Value > 0 && (a.Name == "cpu" || a.Name == "memory") {
			out = append(out, a)
		}
	}
	return out
}
