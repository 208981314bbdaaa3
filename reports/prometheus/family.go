package prometheus

import "slices"

// Type is the type of a metric.
type Type uint8

// The types.
const (
	Gauge Type = iota
	Counter
	Histogram
)

// String returns the type as the text format writes it.
func (t Type) String() string { return [...]string{"gauge", "counter", "histogram"}[t] }

// Component is the program that has a metric in a real cluster.
type Component uint8

// The components, in the order of the table.
const (
	KubeStateMetrics Component = iota
	KubeScheduler
	KubeControllerManager
	Kubelet
	Podsim
	components
)

// String returns the name of the component, which is also that of its scrape job.
func (c Component) String() string {
	return [...]string{"kube-state-metrics", "kube-scheduler", "kube-controller-manager", "kubelet", "podsim"}[c]
}

// Components lists all components.
func Components() []Component {
	out := make([]Component, components)
	for i := range out {
		out[i] = Component(i)
	}
	return out
}

// Family is a metric with all its series.
type Family struct {
	Component Component
	Name      string
	Type      Type
	Help      string
	// Labels are the names of the labels that every series has. Open tells that series
	// have further ones: those that users give their objects.
	Labels []string
	Open   bool
	// Buckets are the upper bounds of a histogram, but for infinity.
	Buckets []float64
	// Unsummed tells that sums over its series mean nothing: of points in time, say.
	Unsummed bool
	// Live tells that it is known while a run goes on only.
	Live bool

	id int
}

// Families returns all families in the order of their components.
func Families() []*Family { return slices.Clone(table) }

// table is filled from the parts, one file a kind of object or component. A family is known
// by its place in it.
var table = func() []*Family {
	var all []*Family
	for i := range kinds {
		k := &kinds[i]
		for j := range k.families {
			f := &k.families[j]
			f.Component, f.Labels = KubeStateMetrics, slices.Concat(k.base, f.Labels)
			all = append(all, &f.Family)
		}
	}
	for _, part := range [][]*Family{schedulerFamilies, controllerFamilies, kubeletFamilies, podsimFamilies} {
		all = append(all, part...)
	}
	for i, f := range all {
		f.id = i
	}
	return all
}()

// exponential returns n bounds from the first on, each factor times the one before.
// Source: github.com/prometheus/client_golang (ExponentialBuckets).
func exponential(first, factor float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = first
		first *= factor
	}
	return out
}
