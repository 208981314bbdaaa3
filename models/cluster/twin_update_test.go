package cluster_test

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// variants are the specifications of pods that differ from the first one, or from the
// gated one, in what some operation may change.
func variants(first, gated *models.PodSpec) []*models.PodSpec {
	with := func(spec models.PodSpec, change func(*models.PodSpec)) *models.PodSpec {
		change(&spec)
		return &spec
	}
	return []*models.PodSpec{
		with(*first, func(p *models.PodSpec) { p.Requests[models.CPU], p.NonZeroCPU = 200, 200 }),
		with(*first, func(p *models.PodSpec) { p.Requests[models.Memory] = 2 << 30 }),
		with(*first, func(p *models.PodSpec) {
			p.Requests[models.CPU], p.Requests[models.Memory], p.NonZeroCPU = 200, 2<<30, 200
		}),
		with(*first, func(p *models.PodSpec) { p.Containers = []models.Container{{Name: 1, Image: 3}, {Name: 2, Image: 2}} }),
		with(*gated, func(p *models.PodSpec) { p.SchedulingGates = nil }),
		with(*first, func(p *models.PodSpec) { p.Labels = models.Labels{{Key: 1, Value: 2}} }),
	}
}

// kin says in what specifications differ: those of one root in their labels, what an
// update may change, and their resources.
var kin = []struct{ root, labels, update, resources int }{
	{0, 0, 0, 0}, {1, 0, 0, 0}, {2, 0, 0, 0}, {3, 0, 0, 0},
	{0, 0, 0, 1}, {0, 0, 0, 2}, {0, 0, 0, 3}, {0, 0, 1, 0}, {2, 0, 1, 0}, {0, 1, 0, 0},
}

// infeasible is the symbol of the word in the twin's dictionary.
const infeasible = 9

// twinResize is a resize as the twin knows it.
type twinResize struct {
	is                           bool
	desired, allocated, actuated models.SpecID
	state                        cluster.ResizeState
	since                        models.Time
	message                      models.Sym
}

func resizeOf(pod cluster.Pod) twinResize {
	r, is := pod.Resize()
	return twinResize{is, r.Desired, r.Allocated, r.Actuated, r.State, r.Since, r.Message}
}

func (w *twin) isSpec(id int64) bool { return id >= 0 && id < int64(len(w.specs)) }

func (w *twin) updatable(p *twinPod, id int32) bool {
	a, b := kin[p.spec], kin[id]
	return a.root == b.root && a.labels == b.labels && a.resources == b.resources
}

func (w *twin) resizable(p *twinPod, id int64) bool {
	a, b := kin[p.spec], kin[id]
	return a.root == b.root && a.labels == b.labels && a.update == b.update
}

// resized returns the resize after an operation that is lawful in itself.
func (w *twin) resized(now models.Time, op *models.Op, p *twinPod) (next twinResize, counted int64, why string) {
	next, counted = p.resize, int64(int32(op.Arg))
	to := cluster.ResizeInProgress
	switch op.Kind {
	case models.OpResizePod:
		if !next.is {
			next = twinResize{is: true, allocated: p.spec, actuated: p.spec}
		}
		if p.node == models.None {
			next.allocated, next.actuated = models.SpecID(op.Def), models.SpecID(op.Def)
		}
		next.desired, next.state, next.since = models.SpecID(op.Def), cluster.ResizeDesired, now
		return next, counted, ""
	case models.OpDeferResize:
		to, next.message = cluster.ResizeDeferred, op.Message
		if op.Reason == infeasible {
			to = cluster.ResizeInfeasible
		}
	case models.OpAllocatePod:
		next.allocated, next.message = next.desired, 0
	case models.OpActuatePod:
		next.actuated = next.allocated
		if p.resize.state != cluster.ResizeInProgress {
			why = "is not allocated yet"
		}
	}
	if op.Kind != models.OpActuatePod && p.resize.state == cluster.ResizeInProgress {
		why = "is allocated already"
	}
	if next.state != to {
		next.state, next.since = to, now
	}
	return next, counted, why
}

// againstUpdate tells what speaks against an update or a step of a resize.
func (w *twin) againstUpdate(now models.Time, op *models.Op, p *twinPod) []string {
	switch op.Kind {
	case models.OpUpdatePod:
		if !w.isSpec(int64(op.Def)) {
			return []string{"no pod specification"}
		}
		return broken(op.Kind,
			rule{op.Kind, op.Arg != int64(p.spec), "it has specification"},
			rule{op.Kind, kin[p.spec].root == 2 && kin[p.spec].update > kin[op.Def].update, "can only go"},
			rule{op.Kind, !w.updatable(p, op.Def), "more than what may change"})
	case models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
	default:
		return nil
	}
	against := broken(op.Kind, rule{op.Kind, p.ended(), "has ended"}, rule{op.Kind, op.Arg>>32 != int64(p.spec), "it has specification"})
	if op.Kind == models.OpResizePod && !w.isSpec(int64(op.Def)) {
		return append(against, "no pod specification")
	}
	if op.Kind != models.OpResizePod && !p.resize.is {
		return append(against, "not being resized")
	}
	against = append(against, broken(op.Kind,
		rule{op.Kind, op.Kind == models.OpResizePod && !w.resizable(p, int64(op.Def)), "more than what may change"})...)
	next, counted, why := w.resized(now, op, p)
	if why != "" {
		against = append(against, why)
	}
	if !w.isSpec(counted) {
		return append(against, "no pod specification")
	}
	return append(against, broken(op.Kind,
		rule{op.Kind, !w.resizable(p, counted), "more than what may change"},
		rule{op.Kind, w.specs[counted].Requests != w.counted(&next), "not the largest of those"},
		rule{op.Kind, w.holds(p) && w.overflows(max(p.node, p.assumed), op.Pod, models.SpecID(counted)), "overflows"})...)
}

func (w *twin) holds(p *twinPod) bool {
	return (p.node != models.None || p.assumed != models.None) && !p.ended()
}

// counted is what a scheduler counts.
func (w *twin) counted(r *twinResize) models.Resources {
	var out models.Resources
	specs := []models.SpecID{r.allocated, r.actuated}
	if r.state != cluster.ResizeInfeasible {
		specs = append(specs, r.desired)
	}
	for _, spec := range specs {
		for i, amount := range w.specs[spec].Requests {
			out[i] = max(out[i], amount)
		}
	}
	return out
}

// updated carries out an update or a step of a resize.
func (w *twin) updated(now models.Time, op *models.Op, p *twinPod) {
	if op.Kind == models.OpUpdatePod {
		if op.Def != int32(p.spec) {
			p.generation++
		}
		p.spec = models.SpecID(op.Def)
		return
	}
	next, counted, _ := w.resized(now, op, p)
	if op.Kind == models.OpResizePod {
		p.generation++
	}
	p.spec, p.resize = models.SpecID(counted), next
	if op.Kind == models.OpResizePod && p.node == models.None || op.Kind == models.OpActuatePod {
		p.resize = twinResize{}
	}
}

// completeUpdate makes a drawn operation one that is likely to be lawful.
func (p *pair) completeUpdate(op *models.Op) {
	if op.Kind != models.OpUpdatePod && op.Kind != models.OpResizePod {
		for id := range models.PodID(p.View().Pods()) { // the few that are being resized
			if pod, ok := p.twin.pods[id]; ok && pod.resize.is {
				op.Pod = id
				break
			}
		}
	}
	pod, ok := p.twin.pods[op.Pod]
	if !ok {
		return
	}
	choices := func(fits func(id int) bool) []int {
		var ids []int
		for id := range p.twin.specs {
			if fits(id) {
				ids = append(ids, id)
			}
		}
		return ids
	}
	if op.Kind == models.OpUpdatePod {
		fit := choices(func(id int) bool { return p.twin.updatable(&pod, int32(id)) })
		op.Arg, op.Def = int64(pod.spec), int32(fit[p.draw.IntN(len(fit))])
		return
	}
	fit := choices(func(id int) bool { return p.twin.resizable(&pod, int64(id)) })
	if op.Kind == models.OpResizePod {
		op.Def = int32(fit[p.draw.IntN(len(fit))])
	}
	if op.Kind == models.OpDeferResize && p.draw.IntN(2) == 1 {
		op.Reason = infeasible
	}
	if op.Kind != models.OpResizePod && !pod.resize.is {
		return
	}
	next, _, _ := p.twin.resized(p.now, op, &pod)
	if at := slices.IndexFunc(fit, func(id int) bool { return p.twin.specs[id].Requests == p.twin.counted(&next) }); at >= 0 {
		op.Arg = models.ResizeArg(models.SpecID(fit[at]), pod.spec)
	}
}
