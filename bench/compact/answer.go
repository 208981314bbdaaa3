package compact

import (
	"slices"

	"github.com/podsim/podsim/reports/capacity"
)

// answer puts together what the trials say.
func (c *compaction) answer(variants []variant) *capacity.Compaction {
	out := &capacity.Compaction{
		Nodes: c.nodes, Closed: -c.nodes, Pods: len(c.pods), Requests: capacity.Needs(c.cell.Dictionary(), &c.requested, &c.allocatable),
		Settings: c.options.CompactionSettings, Dropped: c.dropped, Softened: c.softened,
		Variants: []capacity.PackedWorkload{}, Notes: []string{},
	}
	for i := range c.cell.Nodes {
		if c.cell.Nodes[i].Copy == 0 {
			out.Closed++
		}
	}
	for i := range c.pods {
		if c.pods[i].picky {
			out.Picky++
		}
	}
	out.Allowed = variants[0].parts[0].allowed
	for i := range variants {
		p := c.packedWorkload(&variants[i])
		if i == 0 {
			out.Packed = p
			continue
		}
		compare(&p, &out.Packed)
		out.Variants = append(out.Variants, p)
	}
	return out
}

// packedWorkload adds the parts of a variant up, trial by trial.
func (c *compaction) packedWorkload(v *variant) capacity.PackedWorkload {
	out := capacity.PackedWorkload{Name: v.name, Help: v.help, Parts: []capacity.PackedPart{}}
	for i := range v.parts {
		p := &v.parts[i]
		one := capacity.PackedPart{Name: p.name, Pods: len(p.pods), Cells: p.cells, Left: p.left, Trials: []capacity.CompactionTrial{}}
		var sizes []int
		for _, t := range p.trials {
			if t != nil {
				one.Trials, sizes = append(one.Trials, *t), append(sizes, t.Nodes)
			}
		}
		if len(sizes) > 0 {
			one.Nodes = percentile(sizes, c.options.Percentile)
		}
		out.Parts = append(out.Parts, one)
	}
	for trial := range c.options.Trials {
		if size, done := v.size(trial); done {
			out.Trials, out.Sizes = append(out.Trials, trial+1), append(out.Sizes, size)
		}
	}
	if out.Sizes != nil {
		out.Min, out.Max, out.Nodes = slices.Min(out.Sizes), slices.Max(out.Sizes), percentile(out.Sizes, c.options.Percentile)
	}
	return out
}

// size is what all parts need together in a trial, if that is known.
func (v *variant) size(trial int) (size int, done bool) {
	for i := range v.parts {
		p := &v.parts[i]
		if p.cells == 0 || p.trials[trial] == nil {
			return 0, false
		}
		size += p.trials[trial].Nodes
	}
	return size, true
}

// compare relates a variant to the workload as it is: the percentiles, and the trials
// of one number.
func compare(p, base *capacity.PackedWorkload) {
	if p.Sizes == nil || base.Sizes == nil {
		return
	}
	over := func(n, of int) *float64 {
		share := float64(n-of) / float64(of)
		return &share
	}
	p.Overhead = over(p.Nodes, base.Nodes)
	for i, trial := range p.Trials {
		at := slices.Index(base.Trials, trial)
		if at < 0 {
			continue
		}
		o := over(p.Sizes[i], base.Sizes[at])
		if p.OverheadMin == nil || *o < *p.OverheadMin {
			p.OverheadMin = o
		}
		if p.OverheadMax == nil || *o > *p.OverheadMax {
			p.OverheadMax = o
		}
	}
}
