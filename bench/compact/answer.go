package compact

import (
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
	whole := true
	for i := range v.parts {
		p := &v.parts[i]
		one := capacity.PackedPart{Name: p.name, Pods: len(p.pods), Cells: p.cells, Left: p.left, Trials: []capacity.CompactionTrial{}}
		if p.cells > 0 {
			one.Trials = p.trials
			var sizes []int
			for _, t := range p.trials {
				sizes = append(sizes, t.Nodes)
			}
			one.Nodes = percentile(sizes, c.options.Percentile)
		}
		whole = whole && p.cells > 0
		out.Parts = append(out.Parts, one)
	}
	if !whole {
		return out
	}
	out.Sizes = make([]int, c.options.Trials)
	for i := range out.Parts {
		for trial := range out.Sizes {
			out.Sizes[trial] += out.Parts[i].Trials[trial].Nodes
		}
	}
	out.Min, out.Max = out.Sizes[0], out.Sizes[0]
	for _, size := range out.Sizes {
		out.Min, out.Max = min(out.Min, size), max(out.Max, size)
	}
	out.Nodes = percentile(out.Sizes, c.options.Percentile)
	return out
}

// compare relates a variant to the workload as it is: the percentiles, and the trials
// one by one, the i-th of one to the i-th of the other.
func compare(p, base *capacity.PackedWorkload) {
	if p.Sizes == nil || base.Sizes == nil {
		return
	}
	over := func(n, of int) *float64 {
		share := float64(n-of) / float64(of)
		return &share
	}
	p.Overhead = over(p.Nodes, base.Nodes)
	for i := range p.Sizes {
		o := over(p.Sizes[i], base.Sizes[i])
		if p.OverheadMin == nil || *o < *p.OverheadMin {
			p.OverheadMin = o
		}
		if p.OverheadMax == nil || *o > *p.OverheadMax {
			p.OverheadMax = o
		}
	}
}
