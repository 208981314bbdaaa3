package headroom

import (
	"cmp"
	"context"
	"slices"

	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/sim/kernel"
)

// filled is how many more pods fit.
type filled struct {
	more int
	// stop is what grows whose pod finds no node, -1 at the limit or where a pod that has
	// to move finds none; why says so.
	stop     int
	why      string
	homeless *capacity.PendingPod
}

// pollEvery is how many pods are placed between two looks at the context.
const pollEvery = 64

// copies says of what grows the n-th copy of a draw is, and which of its pods it takes
// after.
type copies func(n int) (growing int, chance kernel.Source)

// drawn lets the pods come in the order of a draw: by number and seed, whatever fails.
func (h *headroom) drawn(number int) copies {
	streams := kernel.NewStreams(h.options.Seed)
	return func(n int) (int, kernel.Source) {
		source := streams.At("headroom/copy", uint64(number), uint64(n))
		return h.copies[kernel.Pick(source, len(h.copies))], source
	}
}

// only lets nothing but one workload come.
func (h *headroom) only(growing int) copies {
	streams := kernel.NewStreams(h.options.Seed)
	return func(n int) (int, kernel.Source) {
		return growing, streams.At("headroom/alone", uint64(growing), uint64(n))
	}
}

// fillUp puts the pods where they stand, moves those of lost nodes, and lets copies come
// until one finds no node.
func (h *headroom) fillUp(ctx context.Context, l *loss, next copies) (filled, error) {
	p, homeless, err := h.stand(l)
	if err != nil || homeless != nil {
		return filled{stop: -1, homeless: homeless}, err
	}
	for n := range h.options.Limit {
		if n%pollEvery == 0 && ctx.Err() != nil {
			return filled{}, ctx.Err()
		}
		grows, chance := next(n)
		g := &h.growing[grows]
		pod := g.pick(kernel.Pick(chance, g.number)).Copy(n + 1)
		placed, err := p.Place(&pod)
		if err != nil {
			return filled{}, err
		}
		if placed.Node < 0 {
			return filled{more: n, stop: grows, why: placed.Message + placed.Skipped}, nil
		}
	}
	return filled{more: h.options.Limit, stop: -1}, nil
}

// stand puts together what is left after a loss. A pod that has to move and finds no node
// is homeless.
func (h *headroom) stand(l *loss) (*place.Packing, *capacity.PendingPod, error) {
	p, err := h.cell.Pack(l.nodes, h.schedulers)
	if err != nil {
		return nil, nil, err
	}
	for i := range h.cell.Pods {
		if h.cell.Pods[i].Node < 0 {
			continue
		}
		if _, err := p.Put(&h.cell.Pods[i]); err != nil {
			return nil, nil, err
		}
	}
	for i := range l.moved {
		placed, err := p.Place(&l.moved[i])
		if err != nil {
			return nil, nil, err
		}
		if placed.Node < 0 {
			return p, &capacity.PendingPod{Pod: h.cell.PodName(&l.moved[i]), Why: placed.Message + placed.Skipped}, nil
		}
	}
	return p, nil, nil
}

// largest are what grows, the most pods first: the places of those that are told of.
func (h *headroom) largest() []int {
	order := make([]int, len(h.growing))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(h.growing[b].number, h.growing[a].number) })
	return order[:min(len(order), mostAlone)]
}
