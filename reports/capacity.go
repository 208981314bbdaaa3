package reports

import "github.com/podsim/podsim/models"

// capacity integrates what pods request of the Ready nodes, exactly: before any of
// the gauges changes, the time for which they stood is accounted for.
type capacity struct {
	since                       models.Time // and not before the warm-up is over
	requestedArea, allocateArea [models.MaxResources]float64
	peak                        [models.MaxResources]float64
}

func (c *capacity) integrate(now models.Time, g *gauges) {
	if now <= c.since {
		return
	}
	seconds := now.Sub(c.since).Seconds()
	c.since = now
	for r := range g.kinds {
		allocatable := g.allocatable[r]
		if allocatable <= 0 {
			continue
		}
		requested, whole := float64(g.requested[r]), float64(allocatable)
		c.requestedArea[r] += float64(requested * seconds)
		c.allocateArea[r] += float64(whole * seconds)
		if float64(c.peak[r]*whole) < requested {
			c.peak[r] = requested / whole
		}
	}
}

// use tells how much of a resource was requested; false if there was none of it.
func (c *capacity) use(r models.Resource) (average, peak float64, ok bool) {
	if c.allocateArea[r] <= 0 {
		return 0, 0, false
	}
	return c.requestedArea[r] / c.allocateArea[r], c.peak[r], true
}
