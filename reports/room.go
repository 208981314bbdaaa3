package reports

import (
	"math"
	"time"

	"github.com/podsim/podsim/models"
)

// room keeps what is free on every node and asks, at regular moments, who could use
// it. Each answer stands for the time up to the next one.
//
// There are at most some 288 moments for each step of niceSteps, whatever the
// interval of the time series, so that results do not hang on a reporting option.
type room struct {
	nodes   []nodeRoom // by NodeID
	zones   []zoneRoom
	shape   *models.Resources
	waiting waitingSpecs
	mix     mix

	next    models.Time
	step    time.Duration
	taken   int
	widens  bool // the horizon is unknown
	changed bool // since the last answer
	last    answer
	lastAt  models.Time
	areas   answer
	// What stranded room costs, by node group: an hour, and up to now.
	strandedPrice, strandedCost []float64
}

type nodeRoom struct {
	free, allocatable models.Resources
	ready             bool
	zone              int32 // None without the label
	group             int32 // as bills number them
	price             float64
}

// zoneRoom sums the Ready nodes of a zone while an answer is computed.
type zoneRoom struct {
	name              models.Sym
	free, allocatable models.Resources
}

// answer is what is told of one moment, or the integral of that over time in
// seconds, by resource.
type answer [models.MaxResources]resourceAnswer

// resourceAnswer holds amounts, save for the deviations, which are shares that
// count for as long as there was anything to compare.
type resourceAnswer struct {
	allocatable, free           float64
	stranded, leftOver, misfits float64
	mixFree                     float64 // free while there was a workload to draw from
	nodes, zones                float64 // standard deviations
	nodesSeconds, zonesSeconds  float64
}

func newRoom(c Config) room {
	ro := room{shape: c.Shape, next: models.Time(c.WarmUp), lastAt: models.None, step: niceSteps[0], widens: true}
	if c.Horizon > 0 && c.Horizon != models.Never {
		ro.step, ro.widens = NiceInterval(time.Duration(c.Horizon)/samplesWanted), false
	}
	return ro
}

// until answers for all moments before now.
func (ro *room) until(now models.Time, kinds int) {
	for ro.next < now {
		ro.stood(ro.next)
		if ro.changed || ro.lastAt == models.None {
			ro.answer(kinds)
		}
		ro.lastAt = ro.next
		ro.next = ro.next.Add(ro.step)
		if ro.taken++; ro.widens && ro.taken%samplesWanted == 0 {
			ro.step = wider(ro.step)
			ro.next = ro.next.Ceil(ro.step)
		}
	}
}

// stood accounts for the last answer, which stood until now.
func (ro *room) stood(now models.Time) {
	if ro.lastAt == models.None || now <= ro.lastAt {
		return
	}
	seconds := now.Sub(ro.lastAt).Seconds()
	for i, price := range ro.strandedPrice {
		ro.strandedCost[i] += float64(price*seconds) / 3600
	}
	for r := range ro.areas {
		to, of := &ro.areas[r], &ro.last[r]
		if of.allocatable == 0 {
			continue
		}
		to.allocatable += float64(of.allocatable * seconds)
		to.free += float64(of.free * seconds)
		to.stranded += float64(of.stranded * seconds)
		to.leftOver += float64(of.leftOver * seconds)
		to.misfits += float64(of.misfits * seconds)
		to.mixFree += float64(of.mixFree * seconds)
		to.nodes += float64(of.nodes * seconds)
		to.zones += float64(of.zones * seconds)
		to.nodesSeconds += float64(of.nodesSeconds * seconds)
		to.zonesSeconds += float64(of.zonesSeconds * seconds)
	}
}

// finish lets the last answer stand to the end.
func (ro *room) finish(end models.Time, kinds int) {
	ro.until(end, kinds)
	ro.stood(end)
	ro.lastAt = max(ro.lastAt, end)
}

// answer looks at all Ready nodes.
func (ro *room) answer(kinds int) {
	ro.changed = false
	ro.last = answer{}
	clear(ro.strandedPrice)
	ro.waiting.reduce(ro.nodes, kinds)
	ro.mix.weigh()
	for i := range ro.zones {
		ro.zones[i].free, ro.zones[i].allocatable = models.Resources{}, models.Resources{}
	}
	var nodes [models.MaxResources]moments
	for i := range ro.nodes {
		n := &ro.nodes[i]
		if !n.ready {
			continue
		}
		stranded := ro.waiting.strand(&n.free, kinds)
		unfit := ro.mix.misfit(&n.free, kinds)
		left := ro.leftOver(&n.free, kinds)
		unused, parts := 0.0, 0
		for r := range kinds {
			whole := n.allocatable[r]
			if whole <= 0 || !counts(models.Resource(r)) {
				continue
			}
			free, to := float64(max(n.free[r], 0)), &ro.last[r]
			to.allocatable += float64(whole)
			to.free += free
			if stranded {
				to.stranded += free
			}
			to.leftOver += float64(max(left[r], 0))
			to.misfits += float64(free * unfit)
			empty := free / float64(whole)
			nodes[r].add(empty)
			unused += empty
			parts++
			if n.zone != models.None {
				ro.zones[n.zone].free[r] += max(n.free[r], 0)
				ro.zones[n.zone].allocatable[r] += whole
			}
		}
		if stranded && parts > 0 {
			ro.strandedPrice[n.group] += float64(n.price*unused) / float64(parts)
		}
	}
	ro.compare(kinds, &nodes)
}

// compare tells how unevenly nodes and zones are used.
func (ro *room) compare(kinds int, nodes *[models.MaxResources]moments) {
	for r := range kinds {
		to := &ro.last[r]
		if len(ro.mix.specs) > 0 {
			to.mixFree = to.free
		}
		if nodes[r].n > 0 {
			to.nodes, to.nodesSeconds = nodes[r].deviation(), 1
		}
		var zones moments
		for i := range ro.zones {
			if z := &ro.zones[i]; z.allocatable[r] > 0 {
				zones.add(Share(z.free[r], z.allocatable[r]))
			}
		}
		if zones.n > 1 {
			to.zones, to.zonesSeconds = zones.deviation(), 1
		}
	}
}

// leftOver is what remains of free when as many pods of the shape as possible have
// been put there.
func (ro *room) leftOver(free *models.Resources, kinds int) models.Resources {
	if ro.shape == nil {
		return models.Resources{}
	}
	most := int64(math.MaxInt64)
	for r := range kinds {
		if ro.shape[r] > 0 {
			most = min(most, max(free[r], 0)/ro.shape[r])
		}
	}
	left := *free
	for r := range kinds {
		left[r] -= most * ro.shape[r]
	}
	return left
}

// counts reports whether the room in a resource is told of: cpu, memory and
// extended resources, as in the time series.
func counts(r models.Resource) bool {
	return r == models.CPU || r == models.Memory || r >= models.FirstExtended
}

// moments sums values for their standard deviation, by Welford's method.
type moments struct {
	n             int
	mean, squares float64
}

func (m *moments) add(x float64) {
	m.n++
	off := x - m.mean
	m.mean += off / float64(m.n)
	m.squares += float64(off * (x - m.mean))
}

func (m *moments) deviation() float64 { return math.Sqrt(m.squares / float64(m.n)) }
