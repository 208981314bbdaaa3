package usage

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Profile is what the pods of a behaviour use. A nil law is an amount that nobody
// measures.
type Profile struct {
	CPU, Memory *Law
	// Metrics are those of the pods themselves, in thousandths.
	Metrics []Metric
	// Shares say how the containers share CPU and memory; without any they do so by
	// their requests.
	Shares []Share
}

// Metric is a metric that every pod has of its own.
type Metric struct {
	Name string
	Law  *Law
}

// Share is the weight of a container, by its name.
type Share struct {
	Container string
	Weight    int64
}

// law returns the law of a resource, nil if the profile has none.
func (p *Profile) law(r models.Resource) *Law {
	switch {
	case p == nil:
		return nil
	case r == models.CPU:
		return p.CPU
	case r == models.Memory:
		return p.Memory
	}
	return nil
}

// metric returns the law of a metric, nil if the profile has none.
func (p *Profile) metric(name string) *Law {
	if p == nil {
		return nil
	}
	for i := range p.Metrics {
		if p.Metrics[i].Name == name {
			return p.Metrics[i].Law
		}
	}
	return nil
}

// part returns where the share of a container begins and ends in the whole that all
// containers of a pod use.
func (p *Profile) part(pod cluster.Pod, name models.Sym, r models.Resource) (low, high, whole int64, ok bool) {
	spec, d := pod.Spec(), pod.View().Dictionary()
	byRequests := false
	for i := range spec.Containers {
		byRequests = byRequests || spec.Amounts != nil && spec.Amounts.Containers[i].Request(r) > 0
	}
	for i := range spec.Containers {
		c := &spec.Containers[i]
		weight := int64(1)
		switch {
		case c.Kind == models.InitContainer:
			weight = 0
		case len(p.Shares) > 0:
			weight = p.weight(d.String(c.Name))
		case byRequests:
			weight = max(spec.Amounts.Containers[i].Request(r), 0)
		}
		if c.Name == name && c.Kind != models.InitContainer {
			low, high, ok = whole, whole+weight, true
		}
		whole += weight
	}
	return low, high, max(whole, 1), ok
}

func (p *Profile) weight(container string) int64 {
	for i := range p.Shares {
		if p.Shares[i].Container == container {
			return p.Shares[i].Weight
		}
	}
	return 0
}
