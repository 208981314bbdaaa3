package trace

import (
	"container/heap"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// Demand is what an object of a shape asks for.
type Demand struct {
	Pods    int64
	Amounts []Amount // of each pod
}

// Amount is an amount of a resource: of cpu in cores, of memory, storage and
// hugepages in bytes, else in pieces.
type Amount struct {
	Resource string
	Value    float64
}

// Info sums up a trace. Times are in seconds, amounts as in Amount.
type Info struct {
	Format     Format `json:"format"`
	Rows       int    `json:"rows"`
	Pods       int64  `json:"pods"`
	Shapes     int    `json:"shapes"`
	OutOfOrder int    `json:"out_of_order"`

	First float64 `json:"first_s"` // arrival
	Last  float64 `json:"last_s"`  // arrival
	End   float64 `json:"end_s"`   // the last end that is known, or the last arrival

	UnknownLifetimes int `json:"unknown_lifetimes"`
	UnknownRunTimes  int `json:"unknown_run_times"`
	UnknownEnds      int `json:"unknown_ends"`     // neither lifetime nor run time
	UnknownRequests  int `json:"unknown_requests"` // such as copies of templates
	// Notes are what else must be told, such as what was left out.
	Notes []string `json:"notes"`

	Arrivals      Arrivals       `json:"arrivals"`
	Peaks         []Peak         `json:"peaks"`
	Distributions []Distribution `json:"distributions"`
}

// Peak is the most that was asked for at the same time, objects of unknown end
// staying for ever.
type Peak struct {
	Resource string  `json:"resource"` // or pods
	Amount   float64 `json:"amount"`
	At       float64 `json:"at_s"` // the first moment
}

// Describe reads a trace to its end and sums it up. demand tells what an object of
// a shape asks for; ok is false if it cannot be known.
func Describe(r *Reader, demand func(*Shape) (d Demand, ok bool)) (*Info, error) {
	rows, err := InOrder(r)
	if err != nil {
		return nil, err
	}
	d, scalings := newDescription(r, demand), 0
	for {
		row, ok, err := rows.Next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		d.add(&row)
		scalings += len(row.Scalings)
	}
	info := &d.info
	info.Format, info.Rows, info.Shapes, info.OutOfOrder = r.Format(), rows.Rows, r.Shapes(), rows.OutOfOrder
	info.Notes = []string{}
	for _, note := range rows.Notes {
		info.Notes = append(info.Notes, note.Text(""))
	}
	if scalings > 0 {
		note := Note{Count: scalings, Of: "scalings", What: "are not counted in the peaks, which are of the pods that the objects came with"}
		info.Notes = append(info.Notes, note.Text(""))
	}
	d.finish()
	return info, nil
}

// description gathers an Info.
type description struct {
	info   Info
	reader *Reader
	demand func(*Shape) (Demand, bool)
	known  []shapeDemand // by shape, as far as they came up

	last     models.Time
	between  counts
	lifetime counts
	runTime  counts
	pods     counts
	requests []*counts // by resource

	resources []string // in order of appearance
	now, peak []float64
	peakAt    []models.Time
	ends      endHeap
}

type shapeDemand struct {
	asked, known bool
	pods         int64
	places       []int // in description.resources
	values       []float64
}

func newDescription(r *Reader, demand func(*Shape) (Demand, bool)) *description {
	d := &description{reader: r, demand: demand}
	d.resource("pods")
	return d
}

// resource returns the place of a resource.
func (d *description) resource(name string) int {
	if i := slices.Index(d.resources, name); i >= 0 {
		return i
	}
	d.resources = append(d.resources, name)
	d.now, d.peak, d.peakAt = append(d.now, 0), append(d.peak, 0), append(d.peakAt, 0)
	d.requests = append(d.requests, &counts{})
	return len(d.resources) - 1
}

func (d *description) of(shape int32) *shapeDemand {
	for int(shape) >= len(d.known) {
		d.known = append(d.known, shapeDemand{})
	}
	s := &d.known[shape]
	if s.asked {
		return s
	}
	asked, ok := d.demand(d.reader.Shape(shape))
	s.asked, s.known, s.pods = true, ok, max(asked.Pods, int64(d.reader.Shape(shape).Count))
	if !ok {
		s.pods = max(s.pods, 1)
	}
	s.places, s.values = []int{0}, []float64{float64(s.pods)}
	for _, a := range asked.Amounts {
		s.places, s.values = append(s.places, d.resource(a.Resource)), append(s.values, float64(a.Value*float64(s.pods)))
	}
	return s
}

func (d *description) add(row *Row) {
	i, s := &d.info, d.of(row.Shape)
	at := time.Duration(row.At).Seconds()
	if d.between.n == 0 && i.Pods == 0 {
		i.First = at
	} else {
		d.between.add(int64(row.At.Sub(d.last)), 1)
	}
	d.last, i.Last = row.At, at
	i.Pods += s.pods
	i.Arrivals.add(row.At)
	d.unknown(row, s)
	end := row.end()
	if end != models.Never {
		i.End = max(i.End, time.Duration(end).Seconds())
	}
	i.End = max(i.End, at)
	d.pods.add(s.pods, 1)
	for j, place := range s.places[1:] {
		each := float64(s.values[j+1]/float64(s.pods)) * countedParts(d.resources[place])
		d.requests[place].add(int64(min(each, 1<<62)), s.pods)
	}
	d.release(row.At)
	if end > row.At {
		d.hold(row.At, end, row.Shape)
	}
}

// unknown counts what is not known of a row, and takes in what is.
func (d *description) unknown(row *Row, s *shapeDemand) {
	if row.Lifetime >= 0 {
		d.lifetime.add(int64(row.Lifetime), 1)
	} else {
		d.info.UnknownLifetimes++
	}
	if row.RunTime >= 0 {
		d.runTime.add(int64(row.RunTime), 1)
	} else {
		d.info.UnknownRunTimes++
	}
	if row.Lifetime < 0 && row.RunTime < 0 {
		d.info.UnknownEnds++
	}
	if !s.known {
		d.info.UnknownRequests++
	}
}

// hold adds what an object asks for until it ends.
func (d *description) hold(at, end models.Time, shape int32) {
	s := &d.known[shape]
	for i, place := range s.places {
		if d.now[place] += s.values[i]; d.now[place] > d.peak[place] {
			d.peak[place], d.peakAt[place] = d.now[place], at
		}
	}
	if end != models.Never {
		heap.Push(&d.ends, ending{end, shape})
	}
}

// release takes off what objects asked for that have ended.
func (d *description) release(now models.Time) {
	for len(d.ends) > 0 && d.ends[0].at <= now {
		s := &d.known[heap.Pop(&d.ends).(ending).shape]
		for i, place := range s.places {
			d.now[place] -= s.values[i]
		}
	}
}

func (d *description) finish() {
	i := &d.info
	i.Peaks, i.Distributions = []Peak{}, []Distribution{}
	i.Arrivals.finish()
	order := make([]int, len(d.resources))
	for place := range order {
		order[place] = place
	}
	slices.SortStableFunc(order[1:], func(a, b int) int { return strings.Compare(d.resources[a], d.resources[b]) })
	const second = float64(time.Second)
	i.distribute("time between arrivals", "s", &d.between, second)
	i.distribute("lifetime", "s", &d.lifetime, second)
	i.distribute("run time", "s", &d.runTime, second)
	i.distribute("pods of an object", "", &d.pods, 1)
	for _, place := range order {
		name := d.resources[place]
		i.Peaks = append(i.Peaks, Peak{name, d.peak[place], time.Duration(d.peakAt[place]).Seconds()})
		i.distribute(name+" of a pod", unitOf(name), d.requests[place], countedParts(name))
	}
}

func (i *Info) distribute(name, unit string, c *counts, per float64) {
	if c.n > 0 {
		i.Distributions = append(i.Distributions, c.distribution(name, unit, per))
	}
}

// unitOf returns the unit of an Amount.
func unitOf(resource string) string {
	switch {
	case resource == "cpu":
		return "cores"
	case resource == "memory", resource == "ephemeral-storage", resource == "storage", strings.HasPrefix(resource, "hugepages-"):
		return "bytes"
	}
	return ""
}

// countedParts is in how many parts a unit of a resource is counted.
func countedParts(resource string) float64 {
	if resource == "cpu" {
		return 1000
	}
	return 1
}

// ending is when an object of a shape ends.
type ending struct {
	at    models.Time
	shape int32
}

// endHeap has the next end first.
type endHeap []ending

func (h endHeap) Len() int           { return len(h) }
func (h endHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h endHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *endHeap) Push(x any)        { *h = append(*h, x.(ending)) }
func (h *endHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
