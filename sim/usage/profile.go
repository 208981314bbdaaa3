package usage

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Profile is what the pods of a behaviour use. A nil law is an amount that nobody
// measures.
type Profile struct {
	CPU, Memory *Law
	// Logs, the WritableLayer and the Volumes of the pod are what it keeps on the disk of
	// its node, in bytes; Inodes are those that it takes there.
	Logs, WritableLayer, Volumes, Inodes *Law
	// Processes are those that run in it.
	Processes *Law
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

// law returns the law of an amount, nil if the profile has none.
func (p *Profile) law(what Amount) *Law {
	if p == nil {
		return nil
	}
	return [amounts]*Law{p.CPU, p.Memory, p.Logs, p.WritableLayer, p.Volumes, p.Inodes, p.Processes}[what]
}

// Burdens reports whether pods use anything of which a node can run short but CPU.
func (p *Profile) Burdens() bool {
	return p != nil && (p.Memory != nil || p.Logs != nil || p.WritableLayer != nil || p.Volumes != nil || p.Inodes != nil || p.Processes != nil)
}

// SharesLoad reports whether any of that is a share of a load.
func (p *Profile) SharesLoad() bool {
	for what := Memory; what < amounts; what++ {
		if law := p.law(what); law != nil && law.Load != nil {
			return true
		}
	}
	return false
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
func (p *Profile) part(pod cluster.Pod, name models.Sym, what Amount) (low, high, whole int64, ok bool) {
	spec, d := pod.Spec(), pod.View().Dictionary()
	byRequests := false
	for i := range spec.Containers {
		byRequests = byRequests || spec.Amounts != nil && requested(&spec.Amounts.Containers[i], what) > 0
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
			weight = requested(&spec.Amounts.Containers[i], what)
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
