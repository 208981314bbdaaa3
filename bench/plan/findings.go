package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
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

// points are what a better value of the tightest objective costs: of the mixes that
// were measured, those that no cheaper one betters.
func (e *engine) points() []capacity.Point {
	points := []capacity.Point{}
	name := e.tightest()
	var better reports.Direction
	for _, r := range e.sorted() {
		if !r.accepted && !slices.Contains(e.frontier, r) {
			continue
		}
		point := capacity.Point{Objective: name, Mix: e.mixOf(r), Meets: r.accepted}
		limit := 0.0
		var worst *float64
		e.eachVerdict(r, func(_ trial, v *judge.Verdict) {
			for i := range v.Objectives {
				if o := &v.Objectives[i]; o.Text == name && worse(o, worst) {
					worst, point.Unit, better, limit = o.Value, o.Unit, o.Better, o.Limit
				}
			}
		})
		if worst == nil {
			continue
		}
		point.Value, point.Limit, point.Better = *worst, &limit, better
		last := len(points) - 1
		if last >= 0 && (better == reports.HigherIsBetter && point.Value <= points[last].Value ||
			better != reports.HigherIsBetter && point.Value >= points[last].Value) && !(point.Meets && !points[last].Meets) {
			continue
		}
		points = append(points, point)
	}
	return points
}

// tightest is the objective that mixes miss most often, the first one if none does.
func (e *engine) tightest() string {
	name, most := "", 0
	misses := make(map[string]int)
	for _, r := range e.sorted() {
		if miss := e.missOf(r); miss != nil {
			if misses[miss.Objective]++; misses[miss.Objective] > most {
				name, most = miss.Objective, misses[miss.Objective]
			}
		}
	}
	if name == "" && len(e.plan.Objectives) > 0 {
		name = cmp.Or(e.plan.Objectives[0].Words, e.plan.Objectives[0].Text)
	}
	return name
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
	rooms := e.headroom()
	slices.SortStableFunc(rooms, func(a, b capacity.Room) int { return cmp.Compare(a.Share, b.Share) })
	for _, room := range rooms {
		const full = 0.9
		if share := 1 - room.Share; share >= full && !slices.ContainsFunc(list, func(c capacity.Constraint) bool { return c.What == room.Resource }) {
			list = append(list, capacity.Constraint{
				What: room.Resource, Share: share, Of: "of what is there is requested at the peak, in " + room.Contingency,
				Why: "the recommendation leaves little of it.",
			})
		}
	}
	return list
}

// refusals counts why pods had no node in the runs that the dearest mixes below the
// best one miss.
func (e *engine) refusals() []capacity.Constraint {
	pods := make(map[string]int64)
	names := make(map[string]string)
	var reasons []string
	total, mixes := int64(0), 0
	note := func(reason string, n int64, pod string) {
		what := bindingName(reason)
		if pods[what] == 0 {
			reasons = append(reasons, what)
			names[what] = pod
		} else if names[what] != pod {
			names[what] = ""
		}
		pods[what] += n
		total += n
	}
	for _, r := range slices.Backward(e.sorted()) {
		if !r.rejected || e.order(r.mix) > 0 || r.first == nil || mixes == belowMost {
			continue
		}
		mixes++
		v := r.verdicts[*r.first]
		for _, s := range v.Stuck {
			note(s.Reason, s.Pods, s.Pod)
		}
		if len(v.Stuck) == 0 {
			for _, s := range v.Refused.Reasons {
				note(s.Reason, s.Pods, "")
			}
		}
	}
	list := []capacity.Constraint{}
	for _, what := range reasons {
		c := capacity.Constraint{What: what, Share: float64(pods[what]) / float64(total)}
		c.Of = "of the reasons why pods find no node with the mixes just below"
		c.Why = fmt.Sprintf("it keeps pods waiting in the runs that %s just below miss.", reports.PluralOf(mixes, "mix", "mixes"))
		if names[what] != "" && pods[what] == int64(mixes) {
			c.Why = fmt.Sprintf("one awkward pod, %s, finds no node with the mixes just below.", reports.Visible(names[what]))
		}
		list = append(list, c)
	}
	return list
}

// bindingName is what a reason of the scheduler is about.
// Source: pkg/scheduler/framework/plugins (the messages of their filters).
func bindingName(reason string) string {
	for _, known := range []struct{ part, name string }{
		{"Too many pods", "pod limit"}, {"topology spread", "topology spread"}, {"anti-affinity", "pod anti-affinity"},
		{"pod affinity", "pod affinity"}, {"taint", "taints"}, {"node affinity/selector", "node affinity or selector"},
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
