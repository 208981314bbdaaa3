package control

import (
	"errors"
	"fmt"
	"math"

	"github.com/podsim/podsim/models"
)

// The replicas that a metric asks for.
// Source: pkg/controller/podautoscaler/replica_calculator.go,
// pkg/controller/podautoscaler/metrics/utilization.go.

// podGroup is how a pod counts when replicas are computed.
type podGroup uint8

const (
	countedPod podGroup = iota
	unreadyPod          // its metric says nothing yet
	missingPod          // it has no metric
	ignoredPod          // it is on its way out
)

// scaledPod is a pod of a target: its metric and what it requests.
type scaledPod struct {
	group          podGroup
	value, request int64
}

// tolerances are the deviations from a target that are let be, by direction.
type tolerances struct{ down, up float64 }

func (t tolerances) within(ratio float64) bool { return 1-t.down <= ratio && ratio <= 1+t.up }

var (
	errNoPods      = errors.New("no pods returned by selector while calculating replica count")
	errNotReceived = errors.New("did not receive metrics for targeted pods (pods might be unready)")
	errNoMatch     = errors.New("no metrics returned matched known pods")
)

// measure computes how far the metrics of some pods are from a target; counts says
// which pods, and with which values.
type measure func(counts func(*scaledPod) (int64, bool)) (ratio float64, n int64, err error)

// byUtilization returns the replicas for a target in percent of the requests, with the
// utilization and the average of the pods that count.
func byUtilization(current int32, pods []scaledPod, target int32, t tolerances) (replicas, utilization int32, average int64, err error) {
	first := true
	measured := func(counts func(*scaledPod) (int64, bool)) (float64, int64, error) {
		total, requested, n := int64(0), int64(0), int64(0)
		for i := range pods {
			if value, ok := counts(&pods[i]); ok {
				total, requested, n = total+value, requested+pods[i].request, n+1
			}
		}
		if requested == 0 {
			return 0, 0, errNoMatch
		}
		percent := int32(total * 100 / requested)
		if first {
			utilization, average, first = percent, total/n, false
		}
		return float64(percent) / float64(target), n, nil
	}
	fallback := func(p *scaledPod) int64 { return p.request * int64(max(100, target)) / 100 }
	replicas, err = proposal(current, pods, measured, fallback, t)
	return replicas, utilization, average, err
}

// byAverage returns the replicas for a target in the unit of the metric, with the
// average of the pods that count.
func byAverage(current int32, pods []scaledPod, target int64, t tolerances) (replicas int32, average int64, err error) {
	first := true
	measured := func(counts func(*scaledPod) (int64, bool)) (float64, int64, error) {
		total, n := int64(0), int64(0)
		for i := range pods {
			if value, ok := counts(&pods[i]); ok {
				total, n = total+value, n+1
			}
		}
		is := total / n
		if first {
			average, first = is, false
		}
		return float64(is) / float64(target), n, nil
	}
	replicas, err = proposal(current, pods, measured, func(*scaledPod) int64 { return target }, t)
	return replicas, average, err
}

// proposal returns the replicas that the metrics of pods ask for. Pods without a metric
// count for what hinders the change: nothing when it is up, fallback when it is down.
func proposal(current int32, pods []scaledPod, measured measure, fallback func(*scaledPod) int64, t tolerances) (int32, error) {
	n, err := grouped(pods)
	if err != nil {
		return 0, err
	}
	ratio, _, err := measured(func(p *scaledPod) (int64, bool) { return p.value, p.group == countedPod })
	if err != nil {
		return 0, err
	}
	upWithUnready := n[unreadyPod] > 0 && ratio > 1
	if !upWithUnready && n[missingPod] == 0 {
		if t.within(ratio) {
			return current, nil
		}
		return ceiling(ratio * float64(n[countedPod])), nil
	}
	again, counted, err := measured(func(p *scaledPod) (int64, bool) { return hindering(p, ratio, fallback) })
	if err != nil {
		return 0, err
	}
	return damped(current, ratio, again, counted, t), nil
}

// hindering returns the value with which a pod counts against a change by a ratio, and
// whether it counts.
func hindering(p *scaledPod, ratio float64, fallback func(*scaledPod) int64) (int64, bool) {
	switch {
	case p.group == countedPod:
		return p.value, true
	case p.group == missingPod && ratio < 1:
		return fallback(p), true
	case p.group == missingPod, p.group == unreadyPod:
		return 0, ratio > 1
	}
	return 0, false
}

// damped returns the replicas for the ratio of all the pods that count in the end; ratio
// is that of those with a metric.
func damped(current int32, ratio, again float64, counted int64, t tolerances) int32 {
	if t.within(again) || ratio < 1 && again > 1 || ratio > 1 && again < 1 {
		return current // too little, or the other direction
	}
	replicas := ceiling(again * float64(counted))
	if again < 1 && replicas > current || again > 1 && replicas < current {
		return current
	}
	return replicas
}

// grouped counts pods by their groups; it fails if there is nothing to go by.
func grouped(pods []scaledPod) (n [ignoredPod + 1]int, err error) {
	for i := range pods {
		n[pods[i].group]++
	}
	switch {
	case len(pods) == 0:
		err = errNoPods
	case n[countedPod] == 0:
		err = errNotReceived
	}
	return n, err
}

// ceiling rounds a number of replicas up.
func ceiling(replicas float64) int32 {
	if replicas = math.Ceil(replicas); replicas < math.MaxInt32 {
		return int32(replicas)
	}
	return math.MaxInt32
}

// byRatio returns the replicas for a value that all pods bring about together.
func byRatio(current int32, ratio float64, ready int32, t tolerances) int32 {
	switch {
	case current == 0:
		return ceiling(ratio)
	case t.within(ratio):
		return current
	}
	return ceiling(ratio * float64(ready))
}

// byShare returns the replicas for a value that all pods share, of which each is to have
// so much, and what each has.
func byShare(replicas int32, value, target int64, t tolerances) (int32, int64) {
	n := replicas
	if ratio := float64(value) / float64(float64(target)*float64(replicas)); !t.within(ratio) {
		n = ceiling(float64(value) / float64(target))
	}
	if replicas == 0 {
		return n, value
	}
	return n, int64(math.Ceil(float64(value) / float64(replicas)))
}

// requestOf returns what a pod requests of a resource, in thousandths: the pod as a
// whole, or one of its containers.
func requestOf(spec *models.PodSpec, pod string, r models.Resource, resource string, container models.Sym, name func(models.Sym) string) (int64, error) {
	amounts := spec.Amounts
	switch {
	case amounts == nil && (container == 0 || container == onlyContainer(spec)):
		if spec.Requests[r] == 0 {
			return 0, fmt.Errorf("missing request for %s in container %s of Pod %s", resource, name(onlyContainer(spec)), pod)
		}
		return thousandths(r, spec.Requests[r]), nil
	case amounts == nil:
		return 0, fmt.Errorf("container %s not found in Pod %s", name(container), pod)
	case amounts.PodLevel && container == 0:
		if spec.Requests[r] == 0 {
			return 0, fmt.Errorf("missing pod-level request for %s in Pod %s", resource, pod)
		}
		return thousandths(r, spec.Requests[r]), nil
	}
	total, found := int64(0), container == 0
	for _, i := range runningContainers(spec) {
		if container != 0 && spec.Containers[i].Name != container {
			continue
		}
		request := amounts.Containers[i].Request(r)
		if request == models.Unmeasured {
			return 0, fmt.Errorf("missing request for %s in container %s of Pod %s", resource, name(spec.Containers[i].Name), pod)
		}
		total, found = total+thousandths(r, request), true
	}
	if !found {
		return 0, fmt.Errorf("container %s not found in Pod %s", name(container), pod)
	}
	return total, nil
}

// runningContainers are the containers that run together, app containers first.
func runningContainers(spec *models.PodSpec) (order []int) {
	for _, kind := range []models.ContainerKind{models.AppContainer, models.Sidecar} {
		for i := range spec.Containers {
			if spec.Containers[i].Kind == kind {
				order = append(order, i)
			}
		}
	}
	return order
}

func onlyContainer(spec *models.PodSpec) models.Sym {
	if len(spec.Containers) == 0 {
		return 0
	}
	return spec.Containers[0].Name
}

// thousandths turns an amount of a resource into thousandths of its unit in Kubernetes.
func thousandths(r models.Resource, amount int64) int64 {
	if r == models.CPU {
		return amount
	}
	return amount * 1000
}
