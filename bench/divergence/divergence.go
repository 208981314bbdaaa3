package divergence

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim"
)

// Side makes one run ready. It is called several times and returns equal runs,
// which have not begun.
type Side func() (sim.Config, *models.Dictionary, error)

// Divergence is where two runs part and what came of it.
type Divergence struct {
	// Same tells that nothing was decided differently.
	Same bool `json:"same"`
	// Decisions are those before the runs part, the same on both sides.
	Decisions int `json:"decisions"`
	// A and B are the first decisions that differ; null for a side that decided
	// nothing more.
	A *Decision `json:"a"`
	B *Decision `json:"b"`
	// Start is what differs before anything was decided, such as the nodes.
	Start []string `json:"start"`

	PodsSame int           `json:"podsSame"` // that fared the same on both sides
	Pods     []PodChange   `json:"pods"`     // that did not, the largest difference in waiting first
	Owners   []OwnerChange `json:"owners"`
}

// Find runs both sides to their end, and both again up to where they part. It
// stops with the error of ctx when that is done.
func Find(ctx context.Context, a, b Side) (*Divergence, error) {
	var sums []uint64
	left, err := complete(ctx, a, func(_ int, sum uint64) { sums = append(sums, sum) })
	if err != nil {
		return nil, err
	}
	parted, seen := nothingWanted, 0
	right, err := complete(ctx, b, func(number int, sum uint64) {
		seen++
		if parted == nothingWanted && (number >= len(sums) || sums[number] != sum) {
			parted = number
		}
	})
	if err != nil {
		return nil, err
	}
	if parted == nothingWanted && seen < len(sums) {
		parted = seen // side A went on
	}
	va, vb := left.view(), right.view()
	d := &Divergence{Start: differentStart(va, vb), Decisions: len(sums), Same: parted == nothingWanted}
	d.Pods, d.PodsSame, d.Owners = changed(left.fold, right.fold, va, vb)
	if d.Same {
		return d, nil
	}
	d.Decisions = parted
	if d.A, err = look(ctx, a, parted); err == nil {
		d.B, err = look(ctx, b, parted)
	}
	return d, err
}

// ended is a run that has ended.
type ended struct {
	trail *trail
	fold  *fold
}

func (e *ended) view() cluster.View { return e.trail.simulation.Cluster().View() }

// complete runs a side to its end.
func complete(ctx context.Context, side Side, decided func(number int, sum uint64)) (*ended, error) {
	t, err := side.follow()
	if err != nil {
		return nil, err
	}
	t.decided = decided
	e := &ended{t, newFold()}
	t.simulation.Cluster().Observe(e.fold)
	return e, t.run(ctx)
}

// look runs a side up to a decision and returns it; nil if the run ends before.
func look(ctx context.Context, side Side, number int) (*Decision, error) {
	t, err := side.follow()
	if err != nil {
		return nil, err
	}
	t.wanted = number
	err = t.run(ctx)
	return t.found, err
}

// run lets the simulation go on until it ends or the wanted decision was seen.
func (t *trail) run(ctx context.Context) error {
	err := t.simulation.Run(func(models.Time, uint64) bool { return t.seen || ctx.Err() != nil })
	if errors.Is(err, sim.ErrStopped) {
		err = nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// differentStart tells what differs of the nodes that both sides had in the end.
func differentStart(a, b cluster.View) []string {
	left, right := nodeNames(a), nodeNames(b)
	list := []string{}
	for _, side := range []struct {
		mark      string
		own, than []string
	}{{"A", left, right}, {"B", right, left}} {
		var only []string
		for _, name := range side.own {
			if _, found := slices.BinarySearch(side.than, name); !found {
				only = append(only, name)
			}
		}
		switch len(only) {
		case 0:
		case 1:
			list = append(list, "only "+side.mark+" has the node "+only[0])
		default:
			list = append(list, "only "+side.mark+" has "+strconv.Itoa(len(only))+" of the nodes: "+only[0]+" to "+only[len(only)-1])
		}
	}
	return list
}

func nodeNames(v cluster.View) []string {
	names := make([]string, 0, v.Nodes())
	for i := range v.Nodes() {
		names = append(names, v.Node(models.NodeID(i)).Name())
	}
	slices.Sort(names)
	return names
}
