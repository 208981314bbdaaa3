package playback

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Recording is a run as it can be shown over time.
type Recording struct {
	End       models.Time
	Times     []models.Time // of the samples, ascending; the last one is that of the end
	Gauges    []Gauges      // one a sample
	Resources []string      // names of those of Gauges, by ordinal
	Zones     []string      // of Gauges; nil when there are too many
	Rows      []Row
	Owners    []string // workloads with the most of the grid, the last of which stands for all others
	Grid      Grid
	Lives     []Life
	Pods      int64 // that there were
	Waits     Waits
}

// Row is a node, or alike nodes put together.
type Row struct {
	Name        string
	Nodes       int
	Group, Zone string
	MostPods    int32 // at any sample
}

// Grid is what the rows held at each sample, row after row: CPU[row*samples+sample].
type Grid struct {
	CPU, Memory []byte // share requested of what is allocatable, in half per cent; Nothing without a node
	Pods        []byte // share of Row.MostPods, likewise
	State       []byte // a State
	Owner       []byte // of Recording.Owners, with the most cpu there; NoOwner or Nothing
}

// NoOwner stands for a row without pods.
const NoOwner = 254

// ownersMost bounds the workloads of a recording that are told apart.
const ownersMost = 12

// Life is a pod from its creation on.
type Life struct {
	Name  string // namespace/name
	Owner int    // of Recording.Owners
	Row   int    // where it came last; -1 if it never came to a node
	Why   []Why
	Spans []Span
	Marks []Mark
	// Sparse tells that spans were left out that did not last.
	Sparse bool
}

// Span is the time of a pod in a phase.
type Span struct {
	Phase       Phase
	From, Until models.Time
	Row         int // of Recording.Rows; -1: none
}

// end takes what is to be known of a pod whose object goes.
func (l *life) end(now models.Time, pod cluster.Pod) {
	l.ended = now
	if l.why != 0 {
		l.name = podName(pod)
	}
}

func podName(pod cluster.Pod) string {
	return pod.View().Dictionary().String(pod.Spec().Namespace) + "/" + pod.Name()
}

// Finish ends the recording at a moment not before the last operation.
func (r *Recorder) Finish(end models.Time) (*Recording, error) {
	if end < r.now {
		return nil, fmt.Errorf("a run cannot end at %s, before its last operation at %s", end, r.now)
	}
	r.sampleUntil(end)
	r.now = end
	if last := len(r.samples) - 1; last < 0 || r.samples[last].at < end {
		r.take(end)
	}
	r.finishWaiting()
	out := &Recording{
		End: end, Pods: r.gauges.Created, Waits: r.waits, Resources: slices.Clone(r.view.Dictionary().ResourceNames()),
	}
	if !r.moreZones {
		out.Zones = slices.Clone(r.zones)
	}
	for i := range r.samples {
		out.Times = append(out.Times, r.samples[i].at)
		out.Gauges = append(out.Gauges, r.samples[i].gauges)
	}
	order, place := r.rowOrder()
	numbers := r.owners(out)
	r.fill(out, order, numbers)
	for _, l := range r.lives.chosen() {
		out.Lives = append(out.Lives, r.tell(l, place, numbers))
	}
	return out, nil
}

// finishWaiting chooses among the pods that still wait.
func (r *Recorder) finishWaiting() {
	for pod := range r.view.Live() {
		if row := r.pods.at(pod.ID()); row.phase == Pending {
			r.chooseWaiting(pod, row)
		}
	}
}

// rowOrder puts rows of one group and zone next to each other. place tells where each
// row comes to lie.
func (r *Recorder) rowOrder() (order, place []int32) {
	order = make([]int32, len(r.rows.all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		x, y := &r.rows.all[a], &r.rows.all[b]
		return cmp.Or(strings.Compare(x.group, y.group), strings.Compare(x.zone, y.zone), cmp.Compare(x.first, y.first))
	})
	place = make([]int32, len(order))
	for to, from := range order {
		place[from] = int32(to)
	}
	return order, place
}

// owners chooses the workloads that are told apart: those with the most cells of the
// grid, then those with the most pods. It returns the number of each.
func (r *Recorder) owners(out *Recording) (numbers []uint8) {
	cells := make([]int64, max(len(r.workloads.all), 1))
	for i := range r.samples {
		for _, c := range r.samples[i].cells {
			if c.workload != noWorkload {
				cells[c.workload]++
			}
		}
	}
	list := make([]uint16, 0, len(cells))
	for w := 1; w < len(cells); w++ {
		if cells[w] > 0 || r.workloads.all[w].pods > 0 {
			list = append(list, uint16(w))
		}
	}
	slices.SortStableFunc(list, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(cells[b], cells[a]), cmp.Compare(r.workloads.all[b].pods, r.workloads.all[a].pods))
	})
	shown := list[:min(len(list), ownersMost)]
	numbers = make([]uint8, len(cells))
	for i := range numbers {
		numbers[i] = uint8(len(shown))
	}
	for i, w := range shown {
		numbers[w] = uint8(i)
		out.Owners = append(out.Owners, r.workloads.name(w, r.view))
	}
	out.Owners = append(out.Owners, otherName)
	return numbers
}

// fill writes the rows and the grid.
func (r *Recorder) fill(out *Recording, order []int32, numbers []uint8) {
	samples := len(r.samples)
	size := len(order) * samples
	g := Grid{make([]byte, size), make([]byte, size), make([]byte, size), make([]byte, size), make([]byte, size)}
	for to, from := range order {
		of := &r.rows.all[from]
		shown := Row{Name: of.name(r.view), Nodes: of.nodes}
		if !of.mixed {
			shown.Group, shown.Zone = of.group, of.zone
		}
		column := make([]cell, samples)
		for i := range r.samples {
			column[i] = cell{cpu: Nothing, memory: Nothing, state: Missing, workload: noWorkload}
			if cells := r.samples[i].cells; int(from) < len(cells) {
				column[i] = cells[from]
			}
			shown.MostPods = max(shown.MostPods, column[i].pods)
		}
		for i, c := range column {
			g.write(to*samples+i, c, shown.MostPods, numbers)
		}
		out.Rows = append(out.Rows, shown)
	}
	out.Grid = g
}

func (g *Grid) write(at int, c cell, mostPods int32, numbers []uint8) {
	g.CPU[at], g.Memory[at], g.State[at] = c.cpu, c.memory, byte(c.state)
	switch {
	case c.state == Missing:
		g.Pods[at], g.Owner[at] = Nothing, Nothing
	case c.workload == noWorkload:
		g.Owner[at] = NoOwner
	default:
		g.Pods[at], g.Owner[at] = level(int64(c.pods), int64(mostPods)), numbers[c.workload]
	}
}

// tell writes a life as it is shown.
func (r *Recorder) tell(l *life, place []int32, numbers []uint8) Life {
	until := r.now
	if pod := r.view.Pod(l.pod); r.lives.open[l.pod] == l {
		l.name = podName(pod)
	} else {
		until = l.ended
	}
	row := func(node models.NodeID) int {
		if node == models.None {
			return -1
		}
		return int(place[r.nodes[node].row])
	}
	out := Life{Name: l.name, Owner: int(numbers[l.workload]), Row: -1, Marks: l.marks, Sparse: l.sparse}
	for why := range whys {
		if l.why&(1<<why) != 0 {
			out.Why = append(out.Why, why)
		}
	}
	for i, s := range l.spans {
		to := until
		if i+1 < len(l.spans) {
			to = l.spans[i+1].from
		}
		if to > s.from || i+1 == len(l.spans) {
			out.Spans = append(out.Spans, Span{s.phase, s.from, to, row(s.node)})
		}
		out.Row = row(s.node)
	}
	return out
}
