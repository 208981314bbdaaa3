package compact

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler/place"
)

// workload is what is packed, and on what.
type workload struct {
	cell  *place.Cell
	pool  []int // nodes that take pods, and behind them their copies
	nodes int   // of the pool, without copies
	pods  []pod // in the order of packing

	requested, allocatable models.Resources
	dropped                []capacity.DroppedPods
	softened               []capacity.SoftenedWorkload
}

// pod is a pod that is packed.
type pod struct {
	place.CellPod
	picky bool
}

// part is pods that share nodes with no others.
type part struct {
	name    string
	number  int // among the parts of its variant
	pods    []pod
	allowed int              // picky pods that may stay pending
	least   models.Resources // what those request that are placed in any case

	cells  int                         // of the cell, that it needs whole; 0 if it fits in none
	left   []capacity.PendingPod       // pods that find no node in any
	trials []*capacity.CompactionTrial // nil while they are not done
}

// Why pods are left out.
const (
	dropLeaving  = "being deleted"
	dropDaemon   = "bound to nodes by a DaemonSet"
	dropPinned   = "bound to one node: by its name, as a static pod, by its host name or by a local volume"
	dropOversize = "no node takes it, even an empty one"
)

// newWorkload decides what is packed of a cell.
func newWorkload(cell *place.Cell, schedulers place.Schedulers, o *Options) (*workload, error) {
	w := &workload{cell: cell, dropped: []capacity.DroppedPods{}, softened: []capacity.SoftenedWorkload{}}
	for i := range cell.Nodes {
		if cell.Nodes[i].Open {
			w.pool = append(w.pool, i)
			w.allocatable, _ = w.allocatable.Add(cell.Nodes[i].Allocatable)
		}
	}
	w.nodes = len(w.pool)
	if w.nodes == 0 {
		return nil, fmt.Errorf("%w: no node takes pods (%d are cordoned, not Ready or down)", ErrNothing, len(cell.Nodes))
	}
	if o.PickyNodes < 0 {
		o.PickyNodes = max(handful, int(handfulShare*float64(w.nodes)))
	}
	if err := w.choose(schedulers, o.PickyNodes); err != nil {
		return nil, err
	}
	if len(w.pods) == 0 {
		return nil, w.nothing()
	}
	return w, nil
}

// nothing says why there is nothing to pack.
func (w *workload) nothing() error {
	if len(w.dropped) == 0 {
		return fmt.Errorf("%w: there are no pods", ErrNothing)
	}
	var reasons []string
	for i := range w.dropped {
		d := &w.dropped[i]
		reasons = append(reasons, fmt.Sprintf("%s %s, %s", reports.Plural(d.Pods, "pod"), d.Reason, strings.Join(d.Examples, ", ")))
	}
	return fmt.Errorf("%w: %s", ErrNothing, strings.Join(reasons, "; "))
}

// choose keeps the pods that are packed, in the order in which the queue would have
// them: by priority, then in the order in which they came.
func (w *workload) choose(schedulers place.Schedulers, pickyNodes int) error {
	dropped := make(map[string]int)
	free := w.softenLarge(w.free(dropped))
	packing, err := w.cell.Pack(w.pool, schedulers)
	if err != nil {
		return err
	}
	natures := natures{workload: w, packing: packing, known: make(map[*models.PodSpec]nature), most: pickyNodes}
	for i := range free {
		n, err := natures.of(&free[i])
		if err != nil {
			return err
		}
		if n.drop != "" {
			w.drop(dropped, n.drop, &free[i])
			continue
		}
		w.pods = append(w.pods, pod{free[i], n.picky})
		w.requested, _ = w.requested.Add(free[i].Spec.Requests)
	}
	place.ByPriority(w.pods, func(p *pod) *place.CellPod { return &p.CellPod })
	return nil
}

// free returns the pods that are not bound to where they are.
func (w *workload) free(dropped map[string]int) []place.CellPod {
	var free []place.CellPod
	for i := range w.cell.Pods {
		p := &w.cell.Pods[i]
		switch {
		case p.Deleting:
			w.drop(dropped, dropLeaving, p)
		case p.Daemon:
			w.drop(dropped, dropDaemon, p)
		case w.pinned(p.Spec):
			w.drop(dropped, dropPinned, p)
		default:
			free = append(free, *p)
		}
	}
	return free
}

// softenLarge softens the pods of workloads that have more of them than half the nodes.
func (w *workload) softenLarge(pods []place.CellPod) []place.CellPod {
	known := make(map[*models.PodSpec]place.CellPod)
	listed := make(map[int]bool)
	for i := range pods {
		of := &w.cell.Workloads[pods[i].Workload]
		if 2*of.Pods <= w.nodes || !constrained(pods[i].Spec) {
			continue
		}
		pods[i] = w.soften(known, pods[i])
		if !listed[pods[i].Workload] {
			listed[pods[i].Workload] = true
			w.softened = append(w.softened, capacity.SoftenedWorkload{Workload: of.String(), Pods: of.Pods})
		}
	}
	return pods
}

// examples is how many pods are named for each reason.
const examples = 3

func (w *workload) drop(known map[string]int, reason string, p *place.CellPod) {
	at, ok := known[reason]
	if !ok {
		at = len(w.dropped)
		known[reason] = at
		w.dropped = append(w.dropped, capacity.DroppedPods{Reason: reason})
	}
	d := &w.dropped[at]
	if d.Pods++; d.Pods <= examples {
		d.Examples = append(d.Examples, w.cell.PodName(p))
	}
}

// natures knows what follows from the specification of a pod alone.
type natures struct {
	*workload
	packing *place.Packing // an empty cell
	known   map[*models.PodSpec]nature
	most    int // nodes that could take a picky pod
}

type nature struct {
	drop  string
	picky bool
}

func (n *natures) of(p *place.CellPod) (nature, error) {
	if known, ok := n.known[p.Spec]; ok {
		return known, nil
	}
	var out nature
	if why, err := n.packing.Refuses(p); err != nil {
		return out, err
	} else if why != "" {
		out.drop = "the scheduler does not try it: " + why
	}
	suits := 0
	for _, node := range n.pool {
		if n.cell.Suits(p.Spec, node) {
			suits++
		}
	}
	if out.drop == "" && suits == 0 {
		out.drop = dropOversize
	}
	out.picky = suits <= n.most && 2*suits < n.nodes // in a small cell a handful may be all
	n.known[p.Spec] = out
	return out, nil
}

// pinned reports whether a pod can be on one node only, whatever else is there.
func (w *workload) pinned(p *models.PodSpec) bool {
	d := w.cell.Dictionary()
	hostname, known := d.Lookup(models.LabelHostname)
	if _, bound := p.NodeSelector.Get(hostname); p.Static || p.NodeName != 0 || known && bound {
		return true
	}
	terms := len(p.RequiredTerms) > 0
	for i := range p.RequiredTerms {
		t := &p.RequiredTerms[i]
		one := len(t.Names) > 0 && t.Names[0].Op == models.In
		for j := range t.Labels {
			one = one || t.Labels[j].Key == hostname && t.Labels[j].Op == models.In && len(t.Labels[j].Values) == 1
		}
		terms = terms && one
	}
	return terms && len(p.RequiredTerms) == 1 || w.local(p)
}

// local reports whether a pod uses a volume that one node alone reaches.
func (w *workload) local(p *models.PodSpec) bool {
	for volume := range w.cell.Volumes(p) {
		if !volume.Affinity.Limited {
			continue
		}
		reached := 0
		for _, node := range w.pool[:w.nodes] {
			if volume.Affinity.Matches(w.cell.Nodes[node].Labels, w.cell.Dictionary()) {
				reached++
			}
		}
		if reached <= 1 {
			return true
		}
	}
	return false
}

// newPart makes a part of pods in their order.
func newPart(name string, number int, share float64, pods []pod) part {
	p := part{name: name, number: number, pods: pods}
	p.settle(share)
	return p
}

// settle works out how many pods may stay pending, and what the others need.
func (p *part) settle(share float64) {
	p.least = models.Resources{}
	var picky []models.Resources
	for i := range p.pods {
		p.least, _ = p.least.Add(p.pods[i].Spec.Requests)
		if p.pods[i].picky {
			picky = append(picky, p.pods[i].Spec.Requests)
		}
	}
	p.allowed = min(int(math.Floor(float64(share*float64(len(p.pods))))), len(picky))
	for r := range p.least { // whichever picky pods stay pending, they request no more than that
		slices.SortFunc(picky, func(a, b models.Resources) int { return int(min(max(b[r]-a[r], -1), 1)) })
		for _, request := range picky[:p.allowed] {
			p.least[r] -= request[r]
		}
	}
}
