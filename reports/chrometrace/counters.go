package chrometrace

import (
	"math"
	"slices"

	"github.com/podsim/podsim/models"
)

// counters are the numbers of the trace. They are written where they change, but so that
// there are not more of them than a trace can hold.
type counters struct {
	step   models.Time // the least time between two moments
	taken  int         // moments, since the step was last widened
	next   models.Time // the earliest next one
	dirty  bool
	zones  []*zone
	shown  map[string][]float64
	thin   bool
	ofZone map[models.Sym]*zone
}

// zone is one of the zones of the cluster, or all nodes that have none.
type zone struct {
	name                   string
	requested, allocatable [2]int64 // cpu and memory
	ready, down            int64
}

// momentsWanted is how many moments a trace has at about most, zonesMost how many zones.
const (
	momentsWanted = 4000
	zonesMost     = 20
)

func newCounters(c *Config) counters {
	n := counters{
		next: c.From, shown: make(map[string][]float64), ofZone: make(map[models.Sym]*zone),
	}
	until := min(c.Until, c.Horizon)
	if n.thin = until == models.Never || until <= c.From; !n.thin {
		n.step = (until - c.From) / momentsWanted
	}
	n.step = max(n.step, models.Time(1e6))
	return n
}

// sample writes the counters as they are after the last moment with operations, unless
// that is too soon after those before.
func (r *Recorder) sample(next models.Time) {
	n := &r.counters
	at := max(n.next, r.now)
	if !n.dirty || at >= next {
		return
	}
	n.dirty = false
	n.next = at + n.step
	if n.taken++; n.thin && n.taken == momentsWanted/2 {
		n.taken, n.step = 0, 2*n.step
	}
	r.sampleZones()
	t := r.view.Totals()
	r.counter(at, r.cluster, "pods", []string{"waiting for a node", "starting", "running"}, []float64{float64(t.Pending), float64(t.Bound), float64(t.Running)})
	var ready, down int64
	for _, z := range n.zones {
		ready, down = ready+z.ready, down+z.down
	}
	r.counter(at, r.cluster, "nodes", []string{"ready", "down"}, []float64{float64(ready), float64(down)})
	for _, z := range n.zones[:min(len(n.zones), zonesMost)] {
		suffix := ""
		if z.name != "" {
			suffix = " of zone " + z.name
		}
		for i, resource := range []string{"cpu", "memory"} {
			r.counter(at, r.cluster, resource+" requested"+suffix, []string{"per cent"}, []float64{perCent(z.requested[i], z.allocatable[i])})
		}
	}
	for _, w := range r.workloads {
		r.counter(at, r.owners, w.name, []string{"ready", "missing"}, []float64{float64(w.ready), float64(max(w.desired-w.ready, 0))})
	}
}

// last has all counters written once more: they go on up to the end.
func (n *counters) last(end models.Time) {
	n.dirty, n.next = true, end
	clear(n.shown)
}

// sampleZones sums what is requested of the nodes whose Ready condition is True.
func (r *Recorder) sampleZones() {
	n := &r.counters
	for _, z := range n.zones {
		*z = zone{name: z.name}
	}
	key, _ := r.view.Dictionary().Lookup(zoneLabel)
	for id := range r.view.Nodes() {
		node := r.view.Node(models.NodeID(id))
		if node.Removed() {
			continue
		}
		label, _ := node.Labels().Get(key)
		z := n.ofZone[label]
		if z == nil {
			z = &zone{name: r.text(label)}
			n.ofZone[label] = z
			n.zones = append(n.zones, z)
		}
		if node.Down() {
			z.down++
		}
		if node.Ready() != models.ConditionTrue {
			continue
		}
		z.ready++
		requested, allocatable := node.Requested(), node.Allocatable()
		for i, resource := range []models.Resource{models.CPU, models.Memory} {
			z.requested[i] += requested[resource]
			z.allocatable[i] += allocatable[resource]
		}
	}
}

// perCent is a share in per cent, exact to a tenth.
func perCent(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return math.Round(float64(part)/float64(whole)*1000) / 10
}

// counter writes the values of a counter, unless they are as they were.
func (r *Recorder) counter(at models.Time, p *process, name string, series []string, values []float64) {
	if slices.Equal(r.counters.shown[name], values) {
		return
	}
	r.counters.shown[name] = values
	r.declare(p)
	r.out.begin(phaseCounter, at, thread{process: p.id})
	r.out.name("", name)
	for i, s := range series {
		r.out.number(s, values[i])
	}
	r.out.end()
}
