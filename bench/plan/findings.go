package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
)

// worse reports whether a value of an objective is on the wrong side of another.
func worse(o *judge.Outcome, than *float64) bool {
	if than == nil {
		return o.Value != nil
	}
	if o.Value == nil {
		return false
	}
	if o.Better == reports.HigherIsBetter {
		return *o.Value < *than
	}
	return *o.Value > *than
}

// matrix tells what becomes of each objective in each contingency with the best mix.
func (e *engine) matrix() capacity.FailureMatrix {
	p := e.plan
	f := capacity.FailureMatrix{Contingencies: []capacity.ContingencyName{}, Objectives: []string{}, Cells: [][]capacity.MatrixCell{}}
	for i := range p.Objectives {
		f.Objectives = append(f.Objectives, cmp.Or(p.Objectives[i].Words, p.Objectives[i].Text))
	}
	for c := range p.Contingencies {
		f.Contingencies = append(f.Contingencies, capacity.ContingencyName{Name: p.Contingencies[c].Name, Help: p.Contingencies[c].Help})
		f.Cells = append(f.Cells, make([]capacity.MatrixCell, len(p.Objectives)))
		for i := range p.Objectives {
			f.Cells[c][i].Asked = p.Objectives[i].AsksOf(&p.Contingencies[c])
		}
	}
	if e.best == nil {
		return f
	}
	e.eachVerdict(e.record(e.best), func(t trial, v *judge.Verdict) {
		next := 0
		for i := range p.Objectives {
			cell := &f.Cells[t.contingency][i]
			if !cell.Asked {
				continue
			}
			o := &v.Objectives[next]
			next++
			cell.Of++
			if o.Met {
				cell.Met++
			}
			if worse(o, cell.Worst) {
				cell.Worst, cell.Unit = o.Value, o.Unit
			}
		}
	})
	return f
}

// points are what a better value of each objective costs: of the mixes that were
// measured, those that no cheaper one betters.
func (e *engine) points() []capacity.Point {
	points := []capacity.Point{}
	for i := range e.plan.Objectives {
		name := cmp.Or(e.plan.Objectives[i].Words, e.plan.Objectives[i].Text)
		var stairs []capacity.Point
		for _, r := range e.sorted() {
			if !r.accepted && !slices.Contains(e.frontier, r) {
				continue
			}
			point, ok := e.point(name, r)
			if last := len(stairs) - 1; ok && (last < 0 || point.Meets && !stairs[last].Meets || betters(&point, &stairs[last])) {
				stairs = append(stairs, point)
			}
		}
		points = append(points, stairs...)
	}
	return points
}

// point is the worst value of an objective that was seen of a mix; false if it has none,
// or if a run was stopped at a miss, so that its values are not known.
func (e *engine) point(objective string, r *record) (capacity.Point, bool) {
	point := capacity.Point{Objective: objective, Mix: e.mixOf(r), Meets: r.accepted}
	var worst *float64
	stopped := false
	e.eachVerdict(r, func(_ trial, v *judge.Verdict) {
		stopped = stopped || v.Stopped != nil
		for i := range v.Objectives {
			if o := &v.Objectives[i]; o.Text == objective && worse(o, worst) {
				limit := o.Limit
				worst, point.Unit, point.Better, point.Limit = o.Value, o.Unit, o.Better, &limit
			}
		}
	})
	if worst != nil {
		point.Value = *worst
	}
	return point, worst != nil && !stopped
}

func betters(a, b *capacity.Point) bool {
	if a.Better == reports.HigherIsBetter {
		return a.Value > b.Value
	}
	return a.Value < b.Value
}

// headroom is what the best mix leaves free of each resource, in the contingency that
// leaves least.
func (e *engine) headroom() []capacity.Room {
	rooms := []capacity.Room{}
	e.eachVerdict(e.record(e.best), func(t trial, v *judge.Verdict) {
		for _, peak := range v.Peaks {
			if peak.Allocatable <= 0 {
				continue
			}
			room := capacity.Room{
				Resource: peak.Resource, Allocatable: peak.Allocatable, Requested: peak.Requested, Share: 1 - peak.Share,
				Contingency: e.plan.Contingencies[t.contingency].Name,
			}
			i := slices.IndexFunc(rooms, func(r capacity.Room) bool { return r.Resource == peak.Resource })
			if i < 0 {
				rooms = append(rooms, room)
			} else if room.Share < rooms[i].Share {
				rooms[i] = room
			}
		}
	})
	return rooms
}

// binding says what keeps less from being enough: why pods found no node with the
// mixes just below the best one, and of what that one is full.
func (e *engine) binding() []capacity.Constraint {
	list := e.refusals()
	slices.SortStableFunc(list, func(a, b capacity.Constraint) int { return cmp.Compare(b.Share, a.Share) })
	if e.best == nil {
		return list
	}
	rooms := e.headroom()
	slices.SortStableFunc(rooms, func(a, b capacity.Room) int { return cmp.Compare(a.Share, b.Share) })
	for _, room := range rooms {
		const full = 0.9
		if share := 1 - room.Share; share >= full && !slices.ContainsFunc(list, func(c capacity.Constraint) bool { return c.What == room.Resource }) {
			list = append(list, capacity.Constraint{
				What: room.Resource, Share: share, Of: "of what is there is requested at the peak, in " + room.Contingency,
				Why: "The recommendation leaves little of it.",
			})
		}
	}
	return list
}

// refusals counts why pods had no node in the runs that the dearest mixes below the
// best one miss: of all nodes that were ruled out, how many by each reason.
func (e *engine) refusals() []capacity.Constraint {
	t := tally{nodes: make(map[string]int64), pod: make(map[string]string)}
	for _, r := range slices.Backward(e.sorted()) {
		if r.rejected && e.order(r.mix) < 0 && r.first != nil && t.mixes < belowMost {
			t.mixes++
			t.add(r.verdicts[*r.first], e.plan.Contingencies[r.first.contingency].Family)
		}
	}
	list := []capacity.Constraint{}
	where := "just below"
	if e.best == nil {
		where = "that come nearest"
	}
	missed := fmt.Sprintf("the %d mixes %s miss", t.mixes, where)
	if t.mixes == 1 {
		missed = "the mix " + strings.Replace(where, "come", "comes", 1) + " misses"
	}
	for _, what := range t.whats {
		c := capacity.Constraint{
			What: what, Share: float64(t.nodes[what]) / float64(t.total), Of: "of the nodes that pods were refused by in the mixes " + where,
			Why: fmt.Sprintf("It keeps pods waiting in the runs that %s.", missed),
		}
		if pod := t.pod[what]; pod != "" && t.alone {
			c.Why = fmt.Sprintf("Nothing but one awkward pod, %s, is without a node in the runs that %s.", reports.Visible(pod), missed)
		}
		list = append(list, c)
	}
	return list
}

// tally counts refusals.
type tally struct {
	whats []string
	nodes map[string]int64
	pod   map[string]string // the one that the reason keeps; empty if there are several
	total int64
	mixes int
	alone bool // no mix left more than one pod without a node
}

// add takes in one run. Of nodes that are down it is no news that they refuse pods.
func (t *tally) add(v *judge.Verdict, family string) {
	t.alone = (t.alone || t.mixes == 1) && !slices.ContainsFunc(v.Stuck, func(s judge.Stuck) bool { return s.Pods > 1 })
	refused := v.Refused.Reasons
	for _, s := range v.Stuck {
		if nodes := max(s.Nodes, 1); bindingName(s.Reason) == taints {
			if nodes = s.Nodes - s.Pods*v.NotReady; nodes > 0 {
				t.note(s.Reason, nodes, s.Pod)
			} else if len(v.Stuck) == 1 {
				t.note(noneReady, 1, s.Pod)
			}
		} else {
			t.note(s.Reason, nodes, s.Pod)
		}
	}
	if len(v.Stuck) == 0 {
		for _, s := range refused {
			// How many nodes were down at each attempt is not known.
			if lossy := family != scenarios.Undisturbed && family != scenarios.MoreDemand; !lossy || bindingName(s.Reason) != taints {
				t.note(s.Reason, max(s.Nodes, 1), "")
			}
		}
	}
}

func (t *tally) note(reason string, nodes int64, pod string) {
	what := bindingName(reason)
	if t.nodes[what] == 0 {
		t.whats = append(t.whats, what)
		t.pod[what] = pod
	} else if t.pod[what] != pod {
		t.pod[what] = ""
	}
	t.nodes[what] += nodes
	t.total += nodes
}

const (
	taints    = "taints"
	noneReady = "no node that is Ready"
)

// bindingName is what a reason of the scheduler is about.
// Source: pkg/scheduler/framework/plugins (the messages of their filters).
func bindingName(reason string) string {
	for _, known := range []struct{ part, name string }{
		{"Too many pods", "pod limit"}, {"topology spread", "topology spread"}, {"anti-affinity", "pod anti-affinity"},
		{"pod affinity", "pod affinity"}, {"taint", taints}, {"node affinity/selector", "node affinity or selector"},
		{"free ports", "host ports"}, {"volume", "volumes"},
	} {
		if strings.Contains(reason, known.part) {
			return known.name
		}
	}
	if resource, ok := strings.CutPrefix(reason, "Insufficient "); ok {
		return resource
	}
	return reason
}

// verdictNotes are what runs of the best mix say of themselves.
func (e *engine) verdictNotes() []string {
	var notes []string
	e.eachVerdict(e.record(e.best), func(_ trial, v *judge.Verdict) {
		for _, note := range v.Notes {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	})
	return notes
}
