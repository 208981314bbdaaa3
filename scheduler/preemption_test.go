package scheduler_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
)

// tinyPod is a pod of a tiny cluster, in plain terms.
type tinyPod struct {
	id        models.PodID
	cores     int64
	priority  int32
	app       string // its label; empty if it has none
	node      int    // -1 if it has none
	second    int64  // in which it was bound
	nominated int    // -1 if it is not
	stopping  bool   // since it was preempted
	never     bool   // preempts others
}

// tinyBudget is a PodDisruptionBudget over the pods of an app.
type tinyBudget struct {
	app       string
	allowed   int32
	disrupted models.PodID // a pod that it has given up already, or -1
}

// tinyWorld is a cluster of nodes with cores and nothing else.
type tinyWorld struct {
	cores   []int64
	pods    []tinyPod
	budgets []tinyBudget
	// The pod to be scheduled is the last one.
}

func (w *tinyWorld) incoming() *tinyPod { return &w.pods[len(w.pods)-1] }

// fits is the rule of resources: with the pods that are there, and as well with
// those that are nominated for the node and not less important.
func (w *tinyWorld) fits(node int, there []tinyPod) bool {
	in := w.incoming()
	free := w.cores[node] - in.cores
	for _, p := range there {
		free -= p.cores
	}
	for _, p := range w.pods {
		if p.node < 0 && p.nominated == node && p.id != in.id && p.priority >= in.priority {
			free -= p.cores
		}
	}
	return free >= 0
}

func (w *tinyWorld) on(node int) (pods []tinyPod) {
	for _, p := range w.pods {
		if p.node == node {
			pods = append(pods, p)
		}
	}
	return pods
}

// tinyOutcome is what preemption is to find.
type tinyOutcome struct {
	Message    string
	Nominated  int // -1 if nowhere
	Victims    []models.PodID
	Candidates map[int][]models.PodID
	Best       []int
}

// preempt is the procedure, step by step as it is described.
func (w *tinyWorld) preempt() tinyOutcome {
	in, none := w.incoming(), tinyOutcome{Nominated: -1}
	n := len(w.cores)
	hopeless := 0
	for _, cores := range w.cores {
		if in.cores > cores {
			hopeless++
		}
	}
	say := func(text string) string {
		return fmt.Sprintf("0/%d nodes are available: %d Insufficient cpu. no new claims to deallocate, preemption: %s", n, n, text)
	}
	if in.never {
		none.Message = say("not eligible due to preemptionPolicy=Never.")
		none.Nominated = in.nominated
		return none
	}
	if in.nominated >= 0 && in.cores <= w.cores[in.nominated] {
		for _, p := range w.on(in.nominated) {
			if p.stopping && p.priority < in.priority {
				none.Message = say("not eligible due to a terminating pod on the nominated node.")
				none.Nominated = in.nominated
				return none
			}
		}
	}
	reasons := map[string]int{"Preemption is not helpful for scheduling": hopeless}
	out := tinyOutcome{Nominated: -1, Candidates: make(map[int][]models.PodID)}
	var best []int64
	for node, cores := range w.cores {
		if in.cores > cores {
			continue
		}
		victims, violations, why := w.victims(node)
		if why != "" {
			reasons[why]++
			continue
		}
		out.Candidates[node] = ids(victims)
		score := rank(victims, violations)
		switch slices.Compare(score, best) {
		case 0:
			out.Best = append(out.Best, node)
		case -1:
			best, out.Best = score, []int{node}
		default:
			if best == nil {
				best, out.Best = score, []int{node}
			}
		}
	}
	if len(out.Best) == 0 {
		var parts []string
		for text, count := range reasons {
			if count > 0 {
				parts = append(parts, fmt.Sprint(count, " ", text))
			}
		}
		slices.Sort(parts)
		none.Message = say(fmt.Sprintf("0/%d nodes are available: %s.", n, strings.Join(parts, ", ")))
		return none
	}
	out.Nominated = out.Best[0]
	out.Victims = out.Candidates[out.Nominated]
	out.Message = fmt.Sprintf("0/%d nodes are available: %d Insufficient cpu.", n, n)
	return out
}

// victims removes everybody who is less important and lets back in as many as
// possible, first those whose budget would be broken.
func (w *tinyWorld) victims(node int) (victims []tinyPod, violations int, why string) {
	var less, there []tinyPod
	for _, p := range w.on(node) {
		if p.priority < w.incoming().priority {
			less = append(less, p)
		} else {
			there = append(there, p)
		}
	}
	switch {
	case len(less) == 0:
		return nil, 0, "No preemption victims found for incoming pod"
	case !w.fits(node, there):
		return nil, 0, "Insufficient cpu"
	}
	slices.SortStableFunc(less, importance)
	left := make([]int32, len(w.budgets))
	for i, b := range w.budgets {
		left[i] = b.allowed
	}
	breaks := make(map[models.PodID]bool)
	for _, p := range less {
		for i, b := range w.budgets {
			if p.app == "" || b.app != p.app || b.disrupted == p.id {
				continue
			}
			left[i]--
			breaks[p.id] = breaks[p.id] || left[i] < 0
		}
	}
	groups := make(map[bool]bool)
	for _, breaking := range []bool{true, false} {
		for _, p := range less {
			if breaks[p.id] != breaking {
				continue
			}
			groups[breaking] = true
			if w.fits(node, append(slices.Clone(there), p)) {
				there = append(there, p)
				continue
			}
			victims = append(victims, p)
			if breaking {
				violations++
			}
		}
	}
	if len(groups) == 2 { // otherwise they are in order already
		slices.SortStableFunc(victims, importance)
	}
	return victims, violations, ""
}

func importance(a, b tinyPod) int {
	return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.second, b.second))
}

// rank is what candidates are compared by, the smaller the better.
func rank(victims []tinyPod, violations int) []int64 {
	sum, earliest := int64(0), int64(math.MaxInt64)
	for _, p := range victims {
		sum += int64(p.priority) + 1<<31
		if p.priority == victims[0].priority {
			earliest = min(earliest, p.second)
		}
	}
	return []int64{int64(violations), int64(victims[0].priority), sum, int64(len(victims)), -earliest}
}

func ids(pods []tinyPod) (out []models.PodID) {
	for _, p := range pods {
		out = append(out, p.id)
	}
	return out
}

// drawTiny draws a cluster in which the last pod fits nowhere.
func drawTiny(t *rapid.T) *tinyWorld {
	w := &tinyWorld{}
	for range rapid.IntRange(1, 4).Draw(t, "nodes") {
		w.cores = append(w.cores, int64(rapid.IntRange(1, 6).Draw(t, "cores")))
	}
	for node, free := range slices.Clone(w.cores) {
		for free > 0 && rapid.IntRange(0, 5).Draw(t, "more") > 0 {
			p := tinyPod{node: node, nominated: -1}
			p.cores = int64(rapid.IntRange(1, min(3, int(free))).Draw(t, "pod"))
			p.priority = int32(rapid.IntRange(0, 2).Draw(t, "priority"))
			p.app = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "app")
			p.second = int64(rapid.IntRange(0, 1).Draw(t, "second"))
			p.stopping = rapid.IntRange(0, 9).Draw(t, "stopping") == 0
			free -= p.cores
			w.pods = append(w.pods, p)
			if len(w.on(node)) > 5 {
				break
			}
		}
	}
	pending := func(label string) tinyPod {
		p := tinyPod{node: -1, nominated: -1}
		p.cores = int64(rapid.IntRange(1, 5).Draw(t, label))
		p.priority = int32(rapid.IntRange(0, 4).Draw(t, "priority"))
		p.nominated = rapid.IntRange(-1, len(w.cores)-1).Draw(t, "nominated")
		return p
	}
	for range rapid.IntRange(0, 2).Draw(t, "others") {
		w.pods = append(w.pods, pending("other"))
	}
	in := pending("incoming")
	in.never = rapid.IntRange(0, 9).Draw(t, "never") == 0
	w.pods = append(w.pods, in)
	for i := range w.pods {
		w.pods[i].id = models.PodID(i)
	}
	for range rapid.IntRange(0, 3).Draw(t, "budgets") {
		b := tinyBudget{app: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "budget"), disrupted: -1}
		b.allowed = int32(rapid.IntRange(0, 2).Draw(t, "allowed"))
		if rapid.IntRange(0, 3).Draw(t, "given up") == 0 {
			b.disrupted = models.PodID(rapid.IntRange(0, len(w.pods)-1).Draw(t, "disrupted"))
		}
		w.budgets = append(w.budgets, b)
	}
	return w
}

// build makes a cluster of it and asks the scheduler about the last pod.
func (w *tinyWorld) build(t *testing.T) (*world, scheduler.Outcome) {
	real := newDefaultWorld(t)
	for id, cores := range w.cores {
		room := models.Resources{models.CPU: cores * 1000, models.Pods: 110}
		spec := real.c.DefineNode(&models.NodeSpec{Name: real.d.Sym(fmt.Sprint("n", id)), Capacity: room, Allocatable: room})
		real.apply(0, models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(spec)})
	}
	for _, p := range w.pods {
		spec := &models.PodSpec{SchedulerName: real.d.Sym(models.DefaultScheduler), Priority: p.priority, PreemptionNever: p.never,
			Requests: models.Resources{models.CPU: p.cores * 1000, models.Pods: 1}}
		if p.app != "" {
			spec.Labels = models.NewLabels(models.Label{Key: real.d.Sym("app"), Value: real.d.Sym(p.app)})
		}
		real.apply(0, models.Op{Kind: models.OpCreatePod, Pod: p.id, Def: int32(real.c.DefinePod(spec)), Owner: models.None,
			Name: real.d.Sym(fmt.Sprint("p", p.id)), Ordinal: models.Exact})
	}
	bound := slices.Clone(w.pods)
	slices.SortStableFunc(bound, func(a, b tinyPod) int { return cmp.Compare(a.second, b.second) })
	for _, p := range bound {
		now := models.Time(p.second) * models.Time(time.Second)
		if p.node >= 0 {
			real.apply(now, models.Op{Kind: models.OpBindPod, Pod: p.id, Node: models.NodeID(p.node)})
		}
	}
	for _, p := range w.pods {
		if p.stopping {
			real.apply(at(5), models.Op{Kind: models.OpDeletePod, Pod: p.id, Arg: 1, Reason: real.d.Sym(plugins.ReasonPreemption + " for another")})
		}
		if p.node < 0 && p.nominated >= 0 {
			real.apply(at(5), models.Op{Kind: models.OpNominatePod, Pod: p.id, Node: models.NodeID(p.nominated)})
		}
	}
	for i, b := range w.budgets {
		spec := &models.BudgetSpec{Name: real.d.Sym(fmt.Sprint("b", i)), Allowed: b.allowed,
			Selector: models.LabelSelector{Requirements: models.Selector{
				{Key: real.d.Sym("app"), Op: models.In, Values: []models.Sym{real.d.Sym(b.app)}}}}}
		if b.disrupted >= 0 {
			spec.Disrupted = []models.Sym{real.d.Sym(fmt.Sprint("p", b.disrupted))}
		}
		real.c.DefineBudget(spec)
	}
	real.Add(at(5), w.incoming().id, real.c.View())
	out, ok := real.Next(at(5), real.c.View())
	if !ok {
		t.Fatal("nothing to decide")
	}
	return real, out
}

// hold compares what the scheduler says about the last pod with the description.
// It returns nil if the pod fits somewhere.
func (w *tinyWorld) hold(t *testing.T, fatal func(format string, args ...any)) *tinyOutcome {
	for node := range w.cores {
		if w.fits(node, w.on(node)) {
			return nil
		}
	}
	real, out := w.build(t)
	want := w.preempt()
	got := tinyOutcome{Message: out.Message, Nominated: w.incoming().nominated, Victims: out.Victims}
	if out.Nominate.Kind != models.OpNone {
		got.Nominated = int(out.Nominate.Node)
	}
	for _, c := range out.Candidates {
		if got.Candidates == nil {
			got.Candidates = make(map[int][]models.PodID)
		}
		got.Candidates[int(c.Node)] = c.Victims
		if c.Best {
			got.Best = append(got.Best, int(c.Node))
		}
	}
	slices.Sort(got.Best)
	if d := diff.Diff(want, got); d != "" {
		fatal("%+v\nwant -, got +:\n%s", *w, d)
	}
	if err := real.c.Check(); err != nil {
		fatal("%+v: %v", *w, err)
	}
	return &want
}

// Preemption finds on every tiny cluster what its description says: the victims on
// each node, the node to be preferred, the nomination and the message.
func TestPreemptionIsAsDescribed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { drawTiny(rt).hold(t, rt.Fatalf) })
}

// The clusters are the same each time, so that every rare case is reached.
func TestPreemptionIsAsDescribedInRareCases(t *testing.T) {
	marks := make(map[string]int)
	clusters := rapid.Custom(drawTiny)
	for seed := range 1500 {
		w := clusters.Example(seed)
		if want := w.hold(t, t.Fatalf); want != nil {
			w.mark(want, marks)
		}
	}
	for _, mark := range []string{"several are best", "nowhere", "never", "waits", "two victims", "nominated before", "others are nominated"} {
		if marks[mark] == 0 {
			t.Errorf("never reached: %s", mark)
		}
	}
}

func (w *tinyWorld) mark(o *tinyOutcome, marks map[string]int) {
	for mark, is := range map[string]bool{
		"several are best": len(o.Best) > 1, "nowhere": strings.HasSuffix(o.Message, "incoming pod."),
		"never": strings.HasSuffix(o.Message, "Never."), "waits": strings.HasSuffix(o.Message, "nominated node."),
		"two victims": len(o.Victims) > 1, "nominated before": w.incoming().nominated >= 0 && o.Nominated >= 0,
		"others are nominated": slices.ContainsFunc(w.pods, func(p tinyPod) bool {
			return p.node < 0 && p.nominated >= 0 && p.nominated == o.Nominated && p.id != w.incoming().id
		}),
	} {
		if is {
			marks[mark]++
		}
	}
}
