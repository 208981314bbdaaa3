package control

import (
	"fmt"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/usage"
)

// The periods by which the CPU of new pods is not trusted.
// Source: pkg/controller/podautoscaler/config (HorizontalPodAutoscalerCPUInitializationPeriod,
// HorizontalPodAutoscalerInitialReadinessDelay).
const (
	cpuInitialization = 5 * time.Minute
	initialReadiness  = 30 * time.Second
)

// groupOf tells how a pod counts that has a metric of a moment, or none.
// Source: pkg/controller/podautoscaler/replica_calculator.go (groupPods).
func groupOf(now models.Time, pod cluster.Pod, measured, isCPU bool, sample models.Time) podGroup {
	switch {
	case pod.Deleting() || pod.Phase() == models.Failed:
		return ignoredPod
	case pod.Phase() == models.Pending:
		return unreadyPod
	case !measured:
		return missingPod
	case !isCPU:
		return countedPod
	}
	start, changed := wholeSecond(pod.BoundAt()), pod.ReadyChangedAt()
	if changed == models.Never {
		changed = start
	}
	changed = wholeSecond(changed)
	unready := !pod.Ready() && start.Add(initialReadiness) > changed
	if start.Add(cpuInitialization) > now {
		unready = !pod.Ready() || wholeSecond(sample) < changed.Add(usage.Window)
	}
	if unready {
		return unreadyPod
	}
	return countedPod
}

// pods lists the pods that the selector of the target finds.
func (s *scaling) pods() []cluster.Pod {
	if s.found == nil {
		d := s.v.Dictionary()
		s.found = []cluster.Pod{}
		s.meter.Index.Each(s.v, s.o.Spec().Namespace, func(labels models.Labels) bool { return s.state.selector.Matches(labels, d) },
			func(pod cluster.Pod) { s.found = append(s.found, pod) })
	}
	return s.found
}

// sampled reports whether the metrics server has seen a pod at its last pass.
func (s *scaling) sampled(pod cluster.Pod) bool {
	return pod.Up() && pod.StartedAt() <= s.sample && !s.v.Node(pod.Node()).Down()
}

// ofResource returns the pods with what they use of a resource, and of a container if
// one is named.
// Source: pkg/controller/podautoscaler/metrics/client.go (GetResourceMetric).
func (s *scaling) ofResource(m *models.MetricRule) ([]scaledPod, error) {
	name := s.v.Dictionary().String(m.Name)
	resource, isKnown := measuredResources[name]
	items, out := 0, make([]scaledPod, 0, len(s.pods()))
	for _, pod := range s.pods() {
		var p scaledPod
		measured := false
		if s.sampled(pod) && s.meter.Measures(pod) {
			items++
			if isKnown && m.Container == 0 {
				p.value, measured = s.meter.Resource(pod, resource, s.sample)
			} else if isKnown {
				p.value, measured = s.meter.Container(pod, m.Container, resource, s.sample)
			}
			p.value = thousandths(resource, p.value)
		}
		p.group = groupOf(s.now, pod, measured, name == "cpu", s.sample)
		out = append(out, p)
	}
	if items == 0 {
		return nil, fmt.Errorf("unable to get metrics for resource %s: no metrics returned from resource metrics API", name)
	}
	return out, nil
}

// requests fills in what the pods request. One that requests nothing spoils it for all.
func (s *scaling) requests(m *models.MetricRule, pods []scaledPod) (err error) {
	d := s.v.Dictionary()
	name := d.String(m.Name)
	for i, pod := range s.pods() {
		if pods[i].request, err = requestOf(pod.Spec(), pod.Name(), measuredResources[name], name, m.Container, d.String); err != nil {
			return err
		}
	}
	return nil
}

// measuredResources are those that the metrics server measures.
var measuredResources = map[string]models.Resource{"cpu": models.CPU, "memory": models.Memory}

// ofPods returns the pods with a metric of their own.
// Source: pkg/controller/podautoscaler/metrics/client.go (GetRawMetric).
func (s *scaling) ofPods(m *models.MetricRule) ([]scaledPod, error) {
	name := s.v.Dictionary().String(m.Name)
	items, out := 0, make([]scaledPod, 0, len(s.pods()))
	for _, pod := range s.pods() {
		var p scaledPod
		measured := false
		if s.sampled(pod) {
			p.value, measured = s.meter.Metric(pod, name, s.sample)
		}
		if measured {
			items++
		}
		p.group = groupOf(s.now, pod, measured, false, s.sample)
		out = append(out, p)
	}
	if items == 0 {
		return nil, fmt.Errorf("unable to get metric %s: unable to fetch metrics from custom metrics API: the server could not find the metric %s for pods", name, name)
	}
	return out, nil
}

// ofObject returns a metric of an object.
func (s *scaling) ofObject(m *models.MetricRule) (int64, error) {
	d := s.v.Dictionary()
	for _, series := range s.meter.AllSeries() {
		if series.Kind == m.Object.Kind && series.Object == m.Object.Name && series.Kind != 0 && s.fits(series, m) {
			return s.meter.Series(series, s.sample), nil
		}
	}
	metric, kind, name := d.String(m.Name), d.String(m.Object.Kind), d.String(m.Object.Name)
	return 0, fmt.Errorf("unable to get metric %s: unable to fetch metrics from custom metrics API: the server could not find the metric %s for %s %s on %s %s/%s",
		metric, metric, strings.ToLower(kind)+"s", name, kind, d.String(s.o.Spec().Namespace), name)
}

// ofExternal returns the sum of the metrics from outside the cluster that fit.
func (s *scaling) ofExternal(m *models.MetricRule) (int64, error) {
	d := s.v.Dictionary()
	total, found := int64(0), false
	for _, series := range s.meter.AllSeries() {
		if series.Kind == 0 && s.fits(series, m) {
			total, found = total+s.meter.Series(series, s.sample), true
		}
	}
	if !found {
		return 0, fmt.Errorf("unable to get external metric %s/%s/%s: no metrics returned from external metrics API",
			d.String(s.o.Spec().Namespace), d.String(m.Name), d.String(m.SelectorText))
	}
	return total, nil
}

func (s *scaling) fits(series *usage.Series, m *models.MetricRule) bool {
	return series.Metric == m.Name && series.Namespace == s.o.Spec().Namespace && m.Selector.Matches(series.Labels, s.v.Dictionary())
}

// readyPods counts the pods that share the work.
func (s *scaling) readyPods() (n int32, err error) {
	if len(s.pods()) == 0 {
		return 0, errNoPods
	}
	for _, pod := range s.pods() {
		if pod.Phase() == models.Running && pod.Ready() {
			n++
		}
	}
	return n, nil
}

// metricResult is what a metric of an autoscaler comes to.
type metricResult struct {
	replicas int32
	name     string // as reasons have it
	is       cluster.Measurement
}

// compute returns the replicas that a metric asks for; what is said of an error ends with
// the error itself.
// Source: pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric).
func (s *scaling) compute(m *models.MetricRule) (r metricResult, reason, said string, err error) {
	r.is = cluster.Measurement{models.Unmeasured, models.Unmeasured, models.Unmeasured}
	name := s.v.Dictionary().String(m.Name)
	switch m.Source {
	case models.ResourceMetric:
		err = s.resource(m, &r)
		return r, "FailedGetResourceMetric", "failed to get " + name + " resource metric value: ", err
	case models.ContainerResourceMetric:
		err = s.resource(m, &r)
		return r, "FailedGetContainerResourceMetric", "failed to get " + s.v.Dictionary().String(m.Container) + " container metric value: ", err
	case models.PodsMetric:
		err = s.podsMetric(m, &r)
		return r, "FailedGetPodsMetric", "failed to get pods metric value: ", err
	case models.ObjectMetric:
		value, err := s.ofObject(m)
		if err == nil {
			err = s.value(m, &r, value, s.v.Dictionary().String(m.Object.Kind)+" metric "+name)
		}
		said = "failed to get object metric value: "
		if m.Target == models.AverageValue {
			said += "failed to get " + name + " object metric: "
		}
		return r, "FailedGetObjectMetric", said, err
	}
	value, err := s.ofExternal(m)
	if err == nil {
		err = s.value(m, &r, value, s.externalName(m))
	}
	said = "failed to get " + name + " external metric value: failed to get external metric " + name + ": "
	if m.Target == models.AverageValue {
		said = "failed to get " + name + " external metric value: failed to get " + name + " external metric: "
	}
	return r, "FailedGetExternalMetric", said, err
}

func (s *scaling) externalName(m *models.MetricRule) string {
	return fmt.Sprintf("external metric %s(%s)", s.v.Dictionary().String(m.Name), s.v.Dictionary().String(m.SelectorText))
}

// resource computes the replicas for what pods use.
func (s *scaling) resource(m *models.MetricRule, r *metricResult) error {
	name := s.v.Dictionary().String(m.Name)
	pods, err := s.ofResource(m)
	if m.Target == models.AverageValue {
		r.name = name + " resource"
		if err == nil {
			r.replicas, r.is[models.AverageValue], err = byAverage(s.current, pods, m.Amount, s.tolerances())
		}
		if err != nil {
			return fmt.Errorf("failed to get %s usage: %w", name, err)
		}
		return nil
	}
	r.name = name + " resource utilization (percentage of request)"
	if m.Source == models.ContainerResourceMetric {
		r.name = name + " container resource utilization (percentage of request)"
	}
	if err == nil {
		_, err = grouped(pods)
	}
	if err == nil {
		err = s.requests(m, pods)
	}
	if err == nil {
		var percent int32
		r.replicas, percent, r.is[models.AverageValue], err = byUtilization(s.current, pods, int32(m.Amount), s.tolerances())
		r.is[models.Utilization] = int64(percent)
	}
	if err != nil {
		return fmt.Errorf("failed to get %s utilization: %w", name, err)
	}
	return nil
}

func (s *scaling) podsMetric(m *models.MetricRule, r *metricResult) error {
	r.name = "pods metric " + s.v.Dictionary().String(m.Name)
	pods, err := s.ofPods(m)
	if err == nil {
		r.replicas, r.is[models.AverageValue], err = byAverage(s.current, pods, m.Amount, s.tolerances())
	}
	return err
}

// value computes the replicas for a value that is no pod's own.
func (s *scaling) value(m *models.MetricRule, r *metricResult, value int64, name string) error {
	r.name = name
	if m.Target == models.AverageValue {
		r.name = s.externalName(m) // also of an object
		r.replicas, r.is[models.AverageValue] = byShare(s.statusReplicas(), value, m.Amount, s.tolerances())
		return nil
	}
	ratio, ready := float64(value)/float64(m.Amount), int32(0)
	if s.current != 0 && !s.tolerances().within(ratio) {
		var err error
		if ready, err = s.readyPods(); err != nil {
			return fmt.Errorf("unable to calculate ready pods: %w", err)
		}
	}
	r.replicas, r.is[models.TotalValue] = byRatio(s.current, ratio, ready, s.tolerances()), value
	return nil
}

// tolerances are those of the autoscaler.
func (s *scaling) tolerances() tolerances {
	t := tolerances{defaultTolerance, defaultTolerance}
	if b := s.rules.Behavior; b != nil {
		if b.Down.HasTolerance {
			t.down = b.Down.Tolerance
		}
		if b.Up.HasTolerance {
			t.up = b.Up.Tolerance
		}
	}
	return t
}

// defaultTolerance is the deviation from a target that is let be.
// Source: pkg/controller/podautoscaler/config (HorizontalPodAutoscalerTolerance).
const defaultTolerance = 0.1
