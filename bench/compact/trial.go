package compact

import (
	"context"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/sim/kernel"
)

// packed is what became of a packing.
type packed struct {
	// stop is the pod that made it fail; nil if all fits.
	stop    *capacity.PendingPod
	pending []pending
	placed  models.Resources // requested by the pods that found nodes
}

// pollEvery is how many pods are placed between two looks at the context.
const pollEvery = 64

// pending is a pod that found no node.
type pending struct {
	pod int // its place in the part
	why string
}

// pack packs a part from scratch on some nodes of the pool. It ends at the first pod
// that must not stay pending: one that is not picky, or a picky one when as many are
// pending already as are allowed. If all pods are, none must not.
func (c *compaction) pack(ctx context.Context, p *part, nodes []int, allowed int) (packed, error) {
	packing, err := c.cell.Pack(nodes, c.schedulers)
	if err != nil {
		return packed{}, err
	}
	out := packed{pending: []pending{}}
	for i := range p.pods {
		if i%pollEvery == 0 && ctx.Err() != nil {
			return packed{}, ctx.Err()
		}
		pod := &p.pods[i]
		placed, err := packing.Place(&pod.CellPod)
		switch {
		case err != nil:
			return packed{}, err
		case placed.Node >= 0:
			out.placed, _ = out.placed.Add(pod.Spec.Requests)
			continue
		}
		why := placed.Message + placed.Skipped
		if allowed < len(p.pods) && !pod.picky || len(out.pending) == allowed {
			out.stop = &capacity.PendingPod{Pod: c.cell.PodName(&pod.CellPod), Why: why}
			return out, nil
		}
		out.pending = append(out.pending, pending{i, why})
	}
	return out, nil
}

// named says which pods of a part are pending.
func (c *compaction) named(p *part, list []pending) []capacity.PendingPod {
	out := make([]capacity.PendingPod, len(list))
	for i, one := range list {
		out[i] = capacity.PendingPod{Pod: c.cell.PodName(&p.pods[one.pod].CellPod), Why: one.why}
	}
	return out
}

// takeOut takes pods out of a part that find no node in however many cells.
func (c *compaction) takeOut(p *part, list []pending) {
	p.left = c.named(p, list)
	out := make(map[int]bool, len(list))
	for _, one := range list {
		out[one.pod] = true
	}
	var kept []pod
	for i := range p.pods {
		if !out[i] {
			kept = append(kept, p.pods[i])
		}
	}
	p.pods = kept
	p.settle(c.options.PickyShare)
}

// trial is one order of removal and the sizes that were tried.
type trial struct {
	*compaction
	part  *part
	order []int // of the pool; the last are removed first
	out   capacity.CompactionTrial
	best  packed
}

// trial finds the smallest size that fits, for one order in which nodes are removed.
func (c *compaction) trial(ctx context.Context, p *part, number int) (capacity.CompactionTrial, error) {
	t := trial{compaction: c, part: p, order: c.order(p, number), out: capacity.CompactionTrial{Trial: number + 1}}
	low := t.bound()
	t.out.Bound = low
	if err := t.search(ctx, low-1, len(t.order)); err != nil {
		return capacity.CompactionTrial{}, err
	}
	t.out.Pending = t.named(t.part, t.best.pending)
	t.out.Full = t.full()
	return t.out, nil
}

// order draws the order of removal: that of seed, trial and number of the part among
// those of its variant.
func (c *compaction) order(p *part, number int) []int {
	order := slices.Clone(c.pool[:p.cells*c.nodes])
	source := kernel.NewStreams(c.options.Seed).At("compact/removal", uint64(p.number), uint64(number))
	for i := len(order) - 1; i > 0; i-- {
		j := kernel.Pick(source, i+1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// bound returns the least number of the first nodes in the order on which the requests
// of the pods that must be placed add up.
func (t *trial) bound() int {
	var room models.Resources
	for i, node := range t.order {
		if t.part.least.FitsIn(room) {
			return max(i, 1)
		}
		room, _ = room.Add(t.cell.Nodes[node].Allocatable)
	}
	return len(t.order)
}

// coarse is the number of sizes below which halving gives way to single steps.
const coarse = 4

// search finds the smallest size that fits. All sizes up to low do not, for lack of
// resources; high does. It gallops upwards from the bound, halves what lies between
// until few sizes are left, and takes single nodes away from there until the workload
// no longer fits.
func (t *trial) search(ctx context.Context, low, high int) error {
	fits := func(size int) (bool, error) { return t.fits(ctx, size) }
	for step := max(len(t.order)/32, 1); low+step < high; step *= 2 {
		ok, err := fits(low + step)
		if err != nil {
			return err
		}
		if ok {
			high = low + step
			break
		}
		low += step
	}
	for high-low > coarse {
		middle := low + (high-low)/2
		ok, err := fits(middle)
		switch {
		case err != nil:
			return err
		case ok:
			high = middle
		default:
			low = middle
		}
	}
	for high-1 > low {
		ok, err := fits(high - 1)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		high--
	}
	t.out.Nodes = high
	if t.best.pending == nil { // the whole pool, which was packed before the trials
		_, err := fits(high)
		return err
	}
	return nil
}

// fits packs the first nodes of the order, and keeps what it says about the smallest
// size that fits and the largest that does not.
func (t *trial) fits(ctx context.Context, size int) (bool, error) {
	// Nodes keep their order, so that ties are broken as in the cell itself.
	nodes := slices.Sorted(slices.Values(t.order[:size]))
	p, err := t.pack(ctx, t.part, nodes, t.part.allowed)
	if err != nil {
		return false, err
	}
	t.out.Packings++
	if p.stop != nil {
		t.out.Stop = p.stop // the last that is tried and fails is the largest: low only rises
		return false, nil
	}
	t.best, t.out.Nodes = p, size
	return true, nil
}

// full returns how full the remaining nodes are, by resource.
func (t *trial) full() []float64 {
	var room models.Resources
	for _, node := range t.order[:t.out.Nodes] {
		room, _ = room.Add(t.cell.Nodes[node].Allocatable)
	}
	var shares []float64
	for _, r := range t.resources() {
		share := 0.0
		if room[r] > 0 {
			share = float64(t.best.placed[r]) / float64(room[r])
		}
		shares = append(shares, share)
	}
	return shares
}
