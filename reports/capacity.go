package reports

import "github.com/podsim/podsim/models"

// capacity integrates what pods request of the Ready nodes, exactly: before any of
// the gauges changes, the time for which they stood is accounted for.
type capacity struct {
	since                       models.Time // and not before the warm-up is over
	requestedArea, allocateArea [models.MaxResources]float64
	peaks                       [models.MaxResources]fullest
}

// fullest is the state that had the largest share requested; it stood from a moment
// on.
type fullest struct {
	at                     models.Time
	requested, allocatable int64
	share                  float64
}

func (c *capacity) integrate(now models.Time, g *gauges) {
	if now <= c.since {
		return
	}
	since, seconds := c.since, now.Sub(c.since).Seconds()
	c.since = now
	for r := range g.kinds {
		allocatable := g.allocatable[r]
		if allocatable <= 0 {
			continue
		}
		requested, whole := float64(g.requested[r]), float64(allocatable)
		c.requestedArea[r] += float64(requested * seconds)
		c.allocateArea[r] += float64(whole * seconds)
		if p := &c.peaks[r]; float64(p.share*whole) < requested || p.allocatable == 0 {
			*p = fullest{since, g.requested[r], allocatable, requested / whole}
		}
	}
}

// use tells how much of a resource was requested; false if there was none of it.
func (c *capacity) use(r models.Resource) (average, peak float64, ok bool) {
	if c.allocateArea[r] <= 0 {
		return 0, 0, false
	}
	return c.requestedArea[r] / c.allocateArea[r], c.peaks[r].share, true
}
