package compact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/bench/dispatch"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler/place"
)

// Options say what is asked. Settings are taken as they are.
type Options struct {
	capacity.CompactionSettings
	// Segregate parts the workload by a rule, see ParseSegregation; nil for none.
	Segregate *Segregation
	// SplitCells are numbers of cells over which the workloads are dealt.
	SplitCells []int
	// Bucket asks for requests in powers of two.
	Bucket  bool
	Workers int
	// Progress is told how much of the work is done, one call at a time.
	Progress func(done, of int)
}

// Defaults returns the settings of the published protocol: 11 trials, their 90th
// percentile, 0.2 % of the pods that may stay pending if a handful of nodes or fewer
// could take them. pickyNodes below 0 stands for 5 or one node in a hundred.
func Defaults() capacity.CompactionSettings {
	return capacity.CompactionSettings{Trials: 11, Percentile: 90, PickyShare: 0.002, PickyNodes: -1, Seed: 1, MaxCells: 8}
}

// A handful of nodes: the larger of the two.
const (
	handful      = 5
	handfulShare = 0.01
)

// Check refuses settings that mean nothing.
func (o *Options) Check() error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(o.Trials < 1 || o.Trials > maxTrials, "trials: want 1 to %d (got %d)", maxTrials, o.Trials)
	refuse(!(o.Percentile > 0 && o.Percentile <= 100), "percentile: want a number above 0 and up to 100 (got %v)", o.Percentile)
	refuse(!(o.PickyShare >= 0 && o.PickyShare <= 1), "picky share: want 0 to 1 (got %v)", o.PickyShare)
	refuse(o.MaxCells < 1 || o.MaxCells > maxCells, "cells: want 1 to %d (got %d)", maxCells, o.MaxCells)
	for _, n := range o.SplitCells {
		refuse(n < 2 || n > maxSplit, "cells to split into: want 2 to %d (got %d)", maxSplit, n)
	}
	return errors.Join(problems...)
}

// The bounds on what may be asked.
const (
	maxTrials = 1000
	maxCells  = 64
	maxSplit  = 1000
)

// ErrNothing tells that there is nothing to pack, or nothing to pack it on.
var ErrNothing = errors.New("nothing to compact")

// Run compacts a cell, to which copies of its nodes are added where it is too small.
// When the context ends it returns what is known so far beside the error, or nil before
// the trials begin.
func Run(ctx context.Context, cell *place.Cell, schedulers place.Schedulers, o Options) (*capacity.Compaction, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	w, err := newWorkload(cell, schedulers, &o)
	if err != nil {
		return nil, err
	}
	variants := w.variants(&o)
	c := &compaction{workload: w, options: &o, schedulers: schedulers}
	for i := range variants {
		for p := range variants[i].parts {
			c.parts = append(c.parts, &variants[i].parts[p])
		}
	}
	if err := c.grow(ctx); err != nil {
		return nil, err
	}
	err = c.compact(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	out := c.answer(variants)
	out.Partial = err != nil
	return out, err
}

// compaction is one call of Run.
type compaction struct {
	*workload
	options    *Options
	schedulers place.Schedulers
	parts      []*part
	done, of   int
}

// step tells that some work is done.
func (c *compaction) step(n int) {
	c.done += n
	if c.options.Progress != nil {
		c.options.Progress(c.done, c.of)
	}
}

// grow finds out how often the cell must be there so that each part fits into it whole.
// Pods that find no node in however many cells are taken out of their part.
func (c *compaction) grow(ctx context.Context) error {
	c.of = len(c.parts) * (c.options.Trials + 1)
	unfit, err := c.growInto(ctx, c.parts)
	if err != nil {
		return err
	}
	packs, err := c.packAll(ctx, unfit, c.pool, func(p *part) int { return len(p.pods) })
	if err != nil {
		return err
	}
	var again []*part
	for i, p := range unfit {
		if c.takeOut(p, packs[i].pending); len(p.pods) > 0 {
			again = append(again, p)
		} else {
			c.step(1 + c.options.Trials)
		}
	}
	unfit, err = c.growInto(ctx, again)
	for range unfit { // the cell is too small for what is left, too
		c.step(1 + c.options.Trials)
	}
	return err
}

// growInto tries the parts in more and more cells, and returns those that fit in none.
func (c *compaction) growInto(ctx context.Context, parts []*part) ([]*part, error) {
	for cells := 1; len(parts) > 0 && cells <= c.options.MaxCells; cells++ {
		if cells*c.nodes > len(c.pool) {
			c.clone(cells)
		}
		packs, err := c.packAll(ctx, parts, c.pool[:cells*c.nodes], func(p *part) int { return p.allowed })
		if err != nil {
			return nil, err
		}
		var left []*part
		for i, p := range parts {
			if packs[i].stop != nil {
				left = append(left, p)
				continue
			}
			p.cells = cells
			c.step(1)
		}
		parts = left
	}
	return parts, nil
}

// packAll packs parts on the same nodes, each by itself. Of each as many pods may stay
// pending as allowed says; those that are not picky only if all may.
func (c *compaction) packAll(ctx context.Context, parts []*part, nodes []int, allowed func(*part) int) ([]packed, error) {
	packs := make([]packed, len(parts))
	return packs, dispatch.Each(ctx, c.options.Workers, len(parts), func(ctx context.Context, i int) (packed, error) {
		return c.pack(ctx, parts[i], nodes, allowed(parts[i]))
	}, func(i int, p packed) error {
		packs[i] = p
		return nil
	})
}

// clone adds one more copy of the cell's nodes to the pool.
func (c *compaction) clone(number int) {
	for _, node := range c.pool[:c.nodes] {
		c.pool = append(c.pool, len(c.cell.Nodes))
		c.cell.CopyNode(node, number-1, c.unusedName(fmt.Sprintf("%s-copy-%d", c.cell.NodeName(node), number-1)))
	}
}

// unusedName returns a name that no node has yet.
func (c *compaction) unusedName(name string) string {
	d := c.cell.Dictionary()
	for {
		known, ok := d.Lookup(name)
		if !ok || !slices.ContainsFunc(c.cell.Nodes, func(n place.CellNode) bool { return n.Name == known }) {
			return name
		}
		name += "x"
	}
}

// compact does all trials of all parts that fit.
func (c *compaction) compact(ctx context.Context) error {
	type task struct {
		part  *part
		trial int
	}
	var tasks []task
	for _, p := range c.parts {
		if p.cells == 0 {
			continue
		}
		p.trials = make([]*capacity.CompactionTrial, c.options.Trials)
		for trial := range c.options.Trials {
			tasks = append(tasks, task{p, trial})
		}
	}
	// The largest parts first, so that no worker is left with a long one at the end.
	slices.SortStableFunc(tasks, func(a, b task) int { return cmp.Compare(len(b.part.pods), len(a.part.pods)) })
	return dispatch.Each(ctx, c.options.Workers, len(tasks), func(ctx context.Context, i int) (capacity.CompactionTrial, error) {
		return c.trial(ctx, tasks[i].part, tasks[i].trial)
	}, func(i int, result capacity.CompactionTrial) error {
		tasks[i].part.trials[tasks[i].trial] = &result
		c.step(1)
		return nil
	})
}

// percentile returns the smallest of the sizes that so many per cent of them do not
// exceed: the nearest rank.
func percentile(sizes []int, percent float64) int {
	sorted := slices.Sorted(slices.Values(sizes))
	rank := int(math.Ceil(float64(percent*float64(len(sorted))) / 100))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// resources are those that pods request or nodes have, by ordinal.
func (w *workload) resources() []models.Resource {
	var out []models.Resource
	for r := range w.cell.Dictionary().ResourceNames() {
		if w.requested[r] > 0 {
			out = append(out, models.Resource(r))
		}
	}
	return out
}
