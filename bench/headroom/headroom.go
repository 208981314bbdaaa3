package headroom

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/podsim/podsim/bench/dispatch"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler/place"
)

// Options say what is asked. Settings are taken as they are.
type Options struct {
	capacity.HeadroomSettings
	Growth *Growth
	// Survive is the key of the node label whose values name what must be able to fail,
	// such as topology.kubernetes.io/zone; empty for nothing.
	Survive string
	// Templates grow; without any it is what runs.
	Templates []place.Template
	Workers   int
	// Progress is told how much of the work is done, one call at a time.
	Progress func(done, of int)
}

// Defaults returns the usual settings: intervals that hold 90 of 100 draws.
func Defaults() capacity.HeadroomSettings {
	return capacity.HeadroomSettings{Draws: 40, Confidence: 0.9, Seed: 1, Limit: 1_000_000}
}

// Check refuses settings that mean nothing.
func (o *Options) Check() error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(o.Draws < 1 || o.Draws > maxDraws, "draws: want 1 to %d (got %d)", maxDraws, o.Draws)
	refuse(!(o.Confidence >= 0.5 && o.Confidence < 1), "confidence: want 0.5 to below 1 (got %v)", o.Confidence)
	refuse(o.Limit < 1 || o.Limit > maxCopies, "limit: want 1 to %d copies (got %d)", maxCopies, o.Limit)
	return errors.Join(problems...)
}

// The bounds on what may be asked.
const (
	maxDraws  = 10_000
	maxCopies = 10_000_000
	maxLosses = 1000
)

// ErrNothing tells that nothing grows, or that there is nothing to lose.
var ErrNothing = errors.New("no headroom to ask for")

// Run tells when a cell runs full. When the context ends it returns what the draws that
// are done say beside the error, or nil if none is.
func Run(ctx context.Context, cell *place.Cell, schedulers place.Schedulers, o Options) (*capacity.Headroom, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	h := &headroom{cell: cell, schedulers: schedulers, options: &o}
	for i := range cell.Nodes {
		h.nodes = append(h.nodes, i)
		if cell.Nodes[i].Open {
			h.open++
		}
	}
	if err := h.grow(); err != nil {
		return nil, err
	}
	if err := h.lose(); err != nil {
		return nil, err
	}
	err := h.fill(ctx)
	for number := range o.Draws {
		if !slices.ContainsFunc(h.draws, func(of []*filled) bool { return of[number] == nil }) {
			h.done = append(h.done, number)
		}
	}
	if err != nil && (ctx.Err() == nil || h.done == nil) {
		return nil, err
	}
	out := h.answer()
	out.Partial = err != nil
	return out, err
}

// headroom is one call of Run.
type headroom struct {
	cell       *place.Cell
	schedulers place.Schedulers
	options    *Options
	nodes      []int // all of them
	open       int   // of them, that take pods
	pods       int   // that are there now and grow
	growing    []growing
	copies     []int // from which copies are drawn: a place in growing for each pod
	losses     []loss
	draws      [][]*filled // by loss and draw; nil while they are not done
	done       []int       // the draws that are done whatever is lost
	alone      []*filled   // of the largest workloads; nil while they are not done
}

// growing are pods of which copies come.
type growing struct {
	kinds    []kind
	workload int // in the cell
	number   int // pods, in all
}

// kind are pods that are alike.
type kind struct {
	like place.CellPod // the first of them
	copy place.CellPod // what comes of it
	pods int
}

// grow decides what copies come of.
func (h *headroom) grow() error {
	known := make(map[int]int)
	for i := range h.cell.Pods {
		p := &h.cell.Pods[i]
		if p.Node < 0 || p.Daemon || p.Deleting || p.Spec.Static {
			continue
		}
		h.pods++
		if len(h.options.Templates) > 0 {
			continue
		}
		at, ok := known[p.Workload]
		if !ok {
			at = len(h.growing)
			known[p.Workload] = at
			h.growing = append(h.growing, growing{workload: p.Workload})
		}
		h.growing[at].add(h.cell, p)
	}
	for i := range h.options.Templates {
		t := &h.options.Templates[i]
		pod := h.cell.Add(t)
		h.growing = append(h.growing, growing{kinds: []kind{{pod, pod, t.Replicas}}, workload: pod.Workload, number: t.Replicas})
	}
	for i := range h.growing {
		for range h.growing[i].number {
			h.copies = append(h.copies, i)
		}
	}
	if len(h.copies) == 0 {
		return fmt.Errorf("%w: no pod is on a node that could be copied; name what grows with a template", ErrNothing)
	}
	if h.pods == 0 && (h.options.Growth.fit != nil || h.options.Growth.share > 0) {
		return fmt.Errorf("%w: a share of no pods is none; want growth in pods", ErrNothing)
	}
	return nil
}

// add counts a pod among those that grow. Copies come without the volumes that it
// claims: those are its own.
func (g *growing) add(cell *place.Cell, p *place.CellPod) {
	g.number++
	for i := range g.kinds {
		if g.kinds[i].like.Like(p) {
			g.kinds[i].pods++
			return
		}
	}
	g.kinds = append(g.kinds, kind{*p, cell.WithoutClaims(*p), 1})
}

// pick returns a copy of the n-th pod.
func (g *growing) pick(n int) *place.CellPod {
	at := 0
	for n -= g.kinds[at].pods; n >= 0; n -= g.kinds[at].pods {
		at++
	}
	return &g.kinds[at].copy
}

// loss is a domain that fails; the one without a name takes nothing with it.
type loss struct {
	domain string
	nodes  []int // that are left
	lost   int   // that take pods otherwise
	moved  []place.CellPod
	stuck  int
}

// lose lists the domains that may fail.
func (h *headroom) lose() error {
	if h.options.Survive == "" {
		h.losses = []loss{{nodes: h.nodes}}
		return nil
	}
	d := h.cell.Dictionary()
	key, _ := d.Lookup(h.options.Survive)
	at := make(map[models.Sym]int)
	for i := range h.cell.Nodes {
		value, ok := h.cell.Nodes[i].Labels.Get(key)
		if !ok {
			continue
		}
		if _, known := at[value]; !known {
			at[value] = len(h.losses)
			h.losses = append(h.losses, loss{domain: d.String(value)})
		}
	}
	switch n := len(h.losses); {
	case n == 0:
		return fmt.Errorf("%w: no node has the label %s", ErrNothing, h.options.Survive)
	case n > maxLosses:
		return fmt.Errorf("%w: %d values of the label %s may fail; want %d or fewer", ErrNothing, n, h.options.Survive, maxLosses)
	}
	in := make([]int, len(h.cell.Nodes)) // the loss that takes a node; -1 for none
	for i := range h.cell.Nodes {
		in[i] = -1
		if value, ok := h.cell.Nodes[i].Labels.Get(key); ok {
			in[i] = at[value]
		}
	}
	for l := range h.losses {
		h.losses[l].split(h.cell, in, l)
	}
	return nil
}

// split tells the nodes that are left from those that are lost, and finds the pods that
// have to move.
func (l *loss) split(cell *place.Cell, in []int, number int) {
	for i := range cell.Nodes {
		if in[i] != number {
			l.nodes = append(l.nodes, i)
		} else if cell.Nodes[i].Open {
			l.lost++
		}
	}
	suits := make(map[*models.PodSpec]bool)
	for i := range cell.Pods {
		p := cell.Pods[i]
		if p.Node < 0 || in[p.Node] != number || p.Daemon || p.Deleting || p.Spec.Static {
			continue
		}
		could, known := suits[p.Spec]
		if !known {
			for _, node := range l.nodes {
				could = could || cell.Suits(p.Spec, node)
			}
			suits[p.Spec] = could
		}
		if could {
			l.moved = append(l.moved, p)
		} else {
			l.stuck++
		}
	}
	place.ByPriority(l.moved, func(p *place.CellPod) *place.CellPod { return p })
}

// mostAlone is how many workloads are also filled up alone.
const mostAlone = 10

// fill does the draws, each without any loss after the other, and fills up with single
// workloads.
func (h *headroom) fill(ctx context.Context) error {
	losses, largest := len(h.losses), h.largest()
	h.draws = make([][]*filled, losses)
	for l := range h.draws {
		h.draws[l] = make([]*filled, h.options.Draws)
	}
	h.alone = make([]*filled, len(largest))
	drawn := losses * h.options.Draws
	whole := loss{nodes: h.nodes}
	done, of := 0, drawn+len(largest)
	return dispatch.Each(ctx, h.options.Workers, of, func(ctx context.Context, task int) (filled, error) {
		if task >= drawn {
			return h.fillUp(ctx, &whole, h.only(largest[task-drawn]))
		}
		return h.fillUp(ctx, &h.losses[task%losses], h.drawn(task/losses))
	}, func(task int, f filled) error {
		if task >= drawn {
			h.alone[task-drawn] = &f
		} else {
			h.draws[task%losses][task/losses] = &f
		}
		if done++; h.options.Progress != nil {
			h.options.Progress(done, of)
		}
		return nil
	})
}
