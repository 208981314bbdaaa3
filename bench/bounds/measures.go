package bounds

import (
	"math"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
)

// how says what each measure is bounded by, in the words of a report.
var how = []struct{ name, text string }{
	{NodesUsed, "the nodes that the pods at the peak need, by the sums of their requests, dual feasible functions and the LP relaxation of packing"},
	{NodeHours, "nodes that are there only while pods need them, packed by the LP relaxation"},
	{Cost, "nodes that are there only while pods need them, of the cheapest groups that will do, packed by the LP relaxation"},
	{Makespan, "when the last work came and how long it takes, and all work over all capacity"},
	{PendingMean, "one machine with the capacity of all nodes, the smallest task first"},
}

// The names of the measures that are bounded, as reports has them.
const (
	NodesUsed   = "nodes.used" // most nodes with a pod at any moment
	NodeHours   = "node_hours"
	Cost        = "cost"
	Makespan    = "makespan"
	PendingMean = "pending.mean"
)

// How says what the bound of a measure is that of; empty if it has none.
func How(name string) string {
	for _, h := range how {
		if h.name == name {
			return h.text
		}
	}
	return ""
}

// Measures returns for each measure that the run has and that can be bounded the
// least value with which what the run served could have been served. The run's own
// value is never lower, whatever its policy. Measures without a bound above 0 are
// left out. It is called once, when the run is over.
func (o *Observer) Measures(end models.Time, summary *reports.Summary) []reports.Measure {
	o.settle(end)
	found := make(map[string]float64)
	if nodes, ok := o.atPeak(); ok {
		found[NodesUsed] = float64(nodes)
	}
	if b, ok := o.overTime(end); ok {
		found[NodeHours], found[Cost] = b.Nodes, b.Cost
	}
	if o.queue.begun {
		found[Makespan] = o.makespan()
	}
	if n := summary.Measured.Waits.Pending.Count; n > 0 && !o.queue.overflow {
		found[PendingMean] = o.waiting() / float64(n)
	}
	var out []reports.Measure
	for _, m := range summary.Measures() {
		if value, ok := found[m.Name]; ok && value > 0 {
			value = rounded(value)
			m.Value = &value
			out = append(out, m)
		}
	}
	return out
}

// rounded rounds down to thousandths, as measures are rounded to them, but for
// what is a hair below.
func rounded(x float64) float64 { return math.Floor(float64(x*1000)*(1+1e-9)) / 1000 }

// atPeak is how many nodes the pods at the peak need.
func (o *Observer) atPeak() (int64, bool) {
	o.peak.keep()
	p := o.packing(1)
	for id, n := range o.peak.at {
		if n > 0 {
			p.Demands = append(p.Demands, o.demand(models.SpecID(id), float64(n)))
		}
	}
	nodes, _, err := p.Whole()
	return nodes, err == nil && len(p.Demands) > 0
}

// overTime is how many hours of nodes, and at which cost, the pods need for the
// time they ran.
func (o *Observer) overTime(end models.Time) (Bound, bool) {
	p := o.packing((end - min(o.warmUp, end)).Seconds() / 3600)
	for id := range o.specs {
		if hours := o.specs[id].seconds / 3600; hours > 0 {
			p.Demands = append(p.Demands, o.demand(models.SpecID(id), hours))
		}
	}
	b, err := p.Continuous()
	return b, err == nil
}

// packing has the nodes of the run, each so many times.
func (o *Observer) packing(times float64) *Packing {
	p := &Packing{Resources: o.view.Dictionary().ResourceNames()}
	for i := range o.nodes.shapes {
		s := &o.nodes.shapes[i]
		p.Shapes = append(p.Shapes, Shape{
			Allocatable: s.allocatable[:len(p.Resources)], Price: s.price,
			Count: float64(float64(len(s.nodes))*times) * (1 + tolerance),
		})
	}
	return p
}

func (o *Observer) demand(id models.SpecID, copies float64) Demand {
	spec, d := o.view.Spec(id), o.view.Dictionary()
	demand := Demand{Name: d.String(spec.Namespace), Copies: copies}
	for r := range d.ResourceNames() {
		demand.Requests = append(demand.Requests, spec.Requests[r])
	}
	set := o.suitable(id)
	for s := range o.nodes.shapes {
		if set&(1<<s) != 0 {
			demand.On = append(demand.On, s)
		}
	}
	return demand
}

// suitable returns the shapes that pods of a specification may go to.
func (o *Observer) suitable(id models.SpecID) uint64 {
	s := o.of(id)
	if !s.judged {
		s.judged, s.on = true, o.nodes.suitable(o.view.Spec(id), s.seen)
	}
	return s.on
}

// makespan is the time from the creation of the first run-to-completion pod to the
// earliest end of the last.
func (o *Observer) makespan() float64 {
	end := o.queue.longest.Seconds()
	if len(o.queue.work) < tasksMost {
		o.eachLoad(o.queue.work, func(work []load) { end = max(end, lastEnd(work)) })
	}
	return max(0, end-o.queue.first.Seconds())
}

// waiting is the most that any resource proves of the seconds that pods waited.
func (o *Observer) waiting() float64 {
	most := 0.0
	o.eachLoad(o.queue.stays, func(stays []load) { most = max(most, waiting(stays)) })
	return most
}

// eachLoad visits the loads of tasks by set of shapes that pods may go to: those
// that may go nowhere else, by resource.
func (o *Observer) eachLoad(tasks []task, visit func([]load)) {
	const most = 16
	all := uint64(1)<<len(o.nodes.shapes) - 1
	sets := []uint64{all}
	counted := make(map[uint64]bool)
	counted[all] = true
	for _, t := range tasks {
		if set := o.suitable(t.spec); !counted[set] && len(sets) < most {
			counted[set] = true
			sets = append(sets, set)
		}
	}
	for _, set := range sets {
		for r := range o.view.Dictionary().ResourceNames() {
			request := func(id models.SpecID) int64 {
				if o.suitable(id)&^set != 0 {
					return 0
				}
				return o.view.Spec(id).Requests[r]
			}
			if l := loads(tasks, request, o.nodes.capacity(set, models.Resource(r))); len(l) > 0 {
				visit(l)
			}
		}
	}
}
