package images

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// Fail lets a fault put registries out of order, or lets go (by 1 or -1). None named
// means all.
func (m *Manager) Fail(now models.Time, names []string, by int32) {
	m.now = now
	for i := range m.registries {
		r := &m.registries[i]
		if !named(names, r) {
			continue
		}
		if r.failing += by; by > 0 {
			m.breakFlights(now, r)
		}
	}
}

// Throttle likewise makes registries so many times as slow.
func (m *Manager) Throttle(now models.Time, names []string, factor float64, by int32) {
	m.now = now
	for i := range m.registries {
		r := &m.registries[i]
		if !named(names, r) {
			continue
		}
		r.slow(factor, by)
		r.link.bandwidth = slower(r.Registry.Bandwidth, r.slowed)
		if len(r.flows) > 0 {
			m.share(now, r.flows[0].node)
		}
	}
}

func named(names []string, r *registry) bool {
	return len(names) == 0 || slices.Contains(names, r.Name)
}

// Slow makes the link of a node so many times as slow; 1 is as ever.
func (m *Manager) Slow(now models.Time, id models.NodeID, times float64) {
	m.now = now
	n := m.node(id)
	n.link.bandwidth = slower(n.Bandwidth, times)
	if len(n.flows) > 0 {
		m.share(now, n)
	}
}

// slow notes that a fault makes a registry slow, or no longer does.
func (r *registry) slow(factor float64, by int32) {
	if by > 0 {
		r.factors = append(r.factors, factor)
	} else if at := slices.Index(r.factors, factor); at >= 0 {
		r.factors = slices.Delete(r.factors, at, at+1)
	}
	r.slowed = 1
	for _, f := range r.factors {
		r.slowed = float64(r.slowed * f)
	}
}

// slower is a bandwidth that is so many times less; one without bound stays so.
func slower(bandwidth int64, times float64) int64 {
	if bandwidth == 0 {
		return 0
	}
	return max(int64(float64(bandwidth)/times), 1)
}

// stretched is a duration so many times as long, to the millisecond.
func stretched(d time.Duration, times float64) time.Duration {
	if times == 1 {
		return d
	}
	return time.Duration(min(float64(float64(d)*times), float64(models.Never)/4)).Round(time.Millisecond)
}
