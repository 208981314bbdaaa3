package headroom

import (
	"cmp"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
)

// answer puts together what the draws say.
func (h *headroom) answer() *capacity.Headroom {
	o := h.options
	out := &capacity.Headroom{
		Nodes: h.open, Pods: h.pods, Requests: h.requests(), Growth: o.Growth.describe(), Settings: o.HeadroomSettings,
		Survive: o.Survive, Losses: []capacity.HeadroomLoss{}, Notes: []string{},
	}
	for i := range h.cell.Pods {
		if h.cell.Pods[i].Node < 0 && !h.cell.Pods[i].Deleting {
			out.Pending++
		}
	}
	least, worst := h.least()
	out.More, out.Full = h.ranges(least)
	for i, f := range least {
		out.Limited = out.Limited || f.more == o.Limit
		draw := capacity.HeadroomDraw{Draw: h.done[i] + 1, More: f.more, Full: h.full(f), Domain: h.losses[worst[i]].domain}
		if f.stop >= 0 {
			draw.Stop = h.named(h.growing[f.stop].workload)
		}
		out.Draws = append(out.Draws, draw)
	}
	if o.Survive != "" {
		out.Losses = h.lossAnswers(worst)
	}
	out.Growing, out.Stops, out.Course = h.grows(), h.stops(least), h.course(least, &out.Full)
	return out
}

// least returns the worst loss of each draw that is done: the first that leaves least.
func (h *headroom) least() (least []*filled, worst []int) {
	for _, draw := range h.done {
		at := 0
		for l := range h.losses {
			if h.draws[l][draw].compare(h.draws[at][draw]) < 0 {
				at = l
			}
		}
		least, worst = append(least, h.draws[at][draw]), append(worst, at)
	}
	return least, worst
}

// compare orders by how much fits, what does not hold what runs first.
func (f *filled) compare(g *filled) int {
	switch {
	case (f.homeless == nil) == (g.homeless == nil):
		return cmp.Compare(f.more, g.more)
	case f.homeless != nil:
		return -1
	}
	return 1
}

// full tells when the first pod is expected that does not fit; a loss that is not
// survived now makes that now, and at the limit of what is tried it is not known.
func (h *headroom) full(f *filled) *reports.Seconds {
	switch {
	case f.homeless != nil:
		return moment(0)
	case f.stop < 0:
		return nil
	}
	return moment(h.options.Growth.when(float64(h.pods), float64(f.more+1)))
}

// between is the interval about full.
func (h *headroom) between(f *filled) (low, high *reports.Seconds) {
	if f.homeless != nil || f.stop < 0 {
		return h.full(f), h.full(f)
	}
	from, to := h.options.Growth.between(float64(h.pods), float64(f.more+1), h.options.Confidence)
	return moment(from), moment(to)
}

// moment is nil for what never happens.
func moment(seconds float64) *reports.Seconds {
	if math.IsInf(seconds, 0) {
		return nil
	}
	s := reports.Seconds(seconds)
	return &s
}

// ranges are the median over draws and the interval that holds as many of them as the
// confidence says. For a fitted growth the interval of moments reaches from the earliest
// prediction for the low end to the latest for the high end.
func (h *headroom) ranges(draws []*filled) (capacity.PodsRange, capacity.TimeRange) {
	sorted := slices.Clone(draws)
	slices.SortStableFunc(sorted, func(a, b *filled) int { return a.compare(b) })
	tail := (1 - h.options.Confidence) / 2
	low, median, high := quantile(sorted, tail), quantile(sorted, 0.5), quantile(sorted, 1-tail)
	full := capacity.TimeRange{Median: h.full(median)}
	full.Low, _ = h.between(low)
	_, full.High = h.between(high)
	return capacity.PodsRange{Low: low.more, Median: median.more, High: high.more}, full
}

// quantile is the nearest rank, counted from the end that is nearer, so that an interval
// has as many draws below it as above.
func quantile(sorted []*filled, p float64) *filled {
	n := len(sorted)
	if p > 0.5 {
		return sorted[n-1-min(int(float64(float64(n)*(1-p))+1e-9), n-1)]
	}
	return sorted[min(int(float64(float64(n)*p)+1e-9), n-1)]
}

// named is a workload as reports name it.
func (h *headroom) named(workload int) string { return h.cell.Workloads[workload].String() }

// lossAnswers tells of each loss, the worst first.
func (h *headroom) lossAnswers(worst []int) []capacity.HeadroomLoss {
	var out []capacity.HeadroomLoss
	for i := range h.losses {
		l := &h.losses[i]
		one := capacity.HeadroomLoss{Domain: l.domain, Nodes: l.lost, Moved: len(l.moved), Stuck: l.stuck, Homeless: h.draws[i][h.done[0]].homeless}
		var draws []*filled
		for at, draw := range h.done {
			draws = append(draws, h.draws[i][draw])
			if h.draws[i][draw].compare(h.draws[worst[at]][draw]) == 0 {
				one.Worst++
			}
		}
		one.More, one.Full = h.ranges(draws)
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b capacity.HeadroomLoss) int {
		return cmp.Or(-cmp.Compare(a.Worst, b.Worst), cmp.Compare(a.More.Median, b.More.Median))
	})
	return out
}

// grows tells what comes.
func (h *headroom) grows() []capacity.GrowingPods {
	var out []capacity.GrowingPods
	told := make(map[int]int)
	for i, at := range h.largest() {
		told[at] = i
	}
	for i := range h.growing {
		g := &h.growing[i]
		one := capacity.GrowingPods{Workload: h.named(g.workload), Pods: g.number, Share: float64(g.number) / float64(len(h.copies))}
		if at, ok := told[i]; ok && h.alone[at] != nil {
			one.Alone, one.Why = &h.alone[at].more, h.alone[at].why
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b capacity.GrowingPods) int { return cmp.Compare(b.Pods, a.Pods) })
	return out
}

// stops tells what ends the draws, the most frequent first.
func (h *headroom) stops(draws []*filled) []capacity.HeadroomStop {
	out := []capacity.HeadroomStop{}
	at := make(map[string]int)
	for _, f := range draws {
		name, why := "", f.why
		switch {
		case f.homeless != nil:
			name, why = f.homeless.Pod, f.homeless.Why
		case f.stop >= 0:
			name = h.named(h.growing[f.stop].workload)
		default:
			continue
		}
		if _, known := at[name]; !known {
			at[name] = len(out)
			out = append(out, capacity.HeadroomStop{Workload: name, Why: why})
		}
		out[at[name]].Share += 1 / float64(len(draws))
	}
	slices.SortStableFunc(out, func(a, b capacity.HeadroomStop) int { return cmp.Compare(b.Share, a.Share) })
	return out
}

// courseSteps is into how many parts the time until the cluster is full is cut.
const courseSteps = 8

// course follows the demand until the late end of the interval, or twice as far as the
// median where it has none.
func (h *headroom) course(draws []*filled, full *capacity.TimeRange) []capacity.HeadroomMoment {
	out := []capacity.HeadroomMoment{}
	var end float64
	switch {
	case full.High != nil:
		end = float64(*full.High)
	case full.Median != nil:
		end = 2 * float64(*full.Median)
	}
	if end == 0 {
		return out
	}
	for step := range courseSteps + 1 {
		at := end * float64(step) / courseSteps
		times := h.options.Growth.demand(float64(h.pods), at)
		m := capacity.HeadroomMoment{At: reports.Seconds(at), Demand: times, Pods: int(math.Round(times * float64(h.pods)))}
		for _, draw := range draws {
			if f := h.full(draw); f != nil && float64(*f) <= at*(1+1e-12) {
				m.Full += 1 / float64(len(draws))
			}
		}
		out = append(out, m)
	}
	return out
}

// requests are what pods request now of the nodes that take more.
func (h *headroom) requests() []capacity.Need {
	var requested, allocatable models.Resources
	for i := range h.cell.Nodes {
		if h.cell.Nodes[i].Open {
			allocatable, _ = allocatable.Add(h.cell.Nodes[i].Allocatable)
		}
	}
	for i := range h.cell.Pods {
		if p := &h.cell.Pods[i]; p.Node >= 0 && h.cell.Nodes[p.Node].Open {
			requested, _ = requested.Add(p.Spec.Requests)
		}
	}
	return capacity.Needs(h.cell.Dictionary(), &requested, &allocatable)
}
