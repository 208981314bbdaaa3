package sim

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/fault"
)

// deeds are what users do to pods, nodes and namespaces, beside changing objects.
const deeds = 13

// deed lets the user do something of that kind.
func (h *doings) deed(at models.Time, o *userObject, kind int) {
	switch kind {
	case 0, 1:
		h.step(Step{At: at, Kind: StepEvict, Grace: one(h.draw, time.Duration(-1), 0, time.Second), Object: h.podOf(o)})
	case 2, 3:
		h.drain(at)
	case 4:
		h.resize(at, o)
	case 5:
		was := o.versions[o.version].Pod
		is := *was
		is.Containers = []models.Container{was.Containers[0]}
		is.Containers[0].Image = h.d.Sym("app:2")
		pod := h.podOf(o)
		h.step(Step{At: at, Kind: StepUpdate, Done: "patched", Object: pod, Change: &PodChange{Was: was, Is: &is}})
		h.step(Step{At: at, Kind: StepDebug, Object: pod, Debug: DebugOptions{Image: h.d.Sym("busybox:1"), For: 30 * time.Second}})
	case 6:
		h.budget(at, o)
	case 7:
		kind := StepLabel
		if h.draw.IntN(2) == 0 {
			kind = StepUnlabel
		}
		h.step(Step{At: at, Kind: kind, Done: "labeled", Overwrite: true, Object: h.podOf(o),
			Labels: models.NewLabels(models.Label{Key: h.d.Sym("app"), Value: h.d.Sym(one(h.draw, h.objects...).name)})})
	case 8:
		h.step(Step{At: at, Kind: one(h.draw, StepDeleteNamespace, StepAddNamespace), Object: StepObject{Namespace: h.d.Sym("shop")}})
	case 9: // twice, with more or less time for it
		pod := h.podOf(o)
		for range 2 {
			h.step(Step{At: at, Kind: StepDelete, Grace: one(h.draw, -1, time.Second, 100*time.Second, 5*time.Second), Object: pod})
			at += models.Time(one(h.draw, 0, 2*time.Second, 6*time.Second))
		}
	case 10:
		h.config.Steps = append(h.config.Steps, Step{At: at, Kind: StepFault, Fault: len(h.config.Faults)})
		h.config.Faults = append(h.config.Faults, fault.Fault{
			Name: h.d.Sym(fmt.Sprint("deed", len(h.config.Faults))), Until: models.Never, Target: fault.Target{Count: 1 + h.draw.IntN(2)},
			Action: one(h.draw, fault.Crash, fault.Silence, fault.Partition, fault.NotReady, fault.Shutdown), Duration: seconds(h.draw, 30, 2, 400),
			Grace: one(h.draw, nil, []models.ShutdownGrace{{Grace: 20 * time.Second}}),
		})
	case 11:
		h.service(at, o)
	case 12:
		h.room(at)
	}
}

// service makes, changes or deletes a Service over the pods of an object.
func (h *doings) service(at models.Time, o *userObject) {
	spec := &models.ServiceSpec{
		Namespace: o.owner.Namespace, Name: h.d.Sym("front-" + o.name), Type: one(h.draw, "", "NodePort"), Later: true,
		Selector: models.NewLabels(models.Label{Key: h.d.Sym("app"), Value: h.d.Sym(one(h.draw, o, o, h.objects[0]).name)}),
	}
	h.step(Step{At: at, Kind: one(h.draw, StepApply, StepApply, StepUpdate, StepDelete), Done: "configured", Service: spec,
		Object: StepObject{Other: ServiceObject, Namespace: spec.Namespace, Name: spec.Name, Ordinal: models.Exact}})
}

// room lets pods take less of a node, or more. In the end they may take what they could.
func (h *doings) room(at models.Time) {
	node, cpu := models.NodeID(h.draw.IntN(3)), h.d.Sym("cpu")
	patch := func(amount int64) *NodeChange { return &NodeChange{Allocatable: []NodeAmount{{cpu, amount}}} }
	h.step(Step{At: at, Kind: StepChangeNode, Done: "patched", Node: node, NodeChange: patch(one(h.draw, int64(0), 300, 1000, 90000))})
	h.last = append(h.last, Step{
		At: busy, Kind: StepChangeNode, Done: "patched", Node: node, NodeChange: patch(h.config.Nodes[node].Allocatable[models.CPU]), Replicas: models.Unset,
	})
}

// step plans a step with what is not an owner.
func (h *doings) step(step Step) {
	step.Replicas = models.Unset
	h.config.Steps = append(h.config.Steps, step)
}

// podOf names a pod that an object may have: controllers number them.
func (h *doings) podOf(o *userObject) StepObject {
	name, ordinal := o.name, int32(h.draw.IntN(6))
	switch o.owner.Kind {
	case models.Deployment:
		name = fmt.Sprintf("%s-v%d", name, o.version)
	case models.StatefulSet:
		ordinal = models.Numbered(ordinal)
	}
	return StepObject{IsPod: true, Namespace: o.owner.Namespace, Name: h.d.Sym(name), Ordinal: ordinal}
}

// drain drains a node in one of the ways that there are.
func (h *doings) drain(at models.Time) {
	on := func() bool { return h.draw.IntN(4) > 0 }
	options := DrainOptions{IgnoreDaemonSets: on(), DeleteEmptyDir: on(), Force: on(), DisableEviction: !on(),
		Timeout: one(h.draw, 0, 30*time.Second, 5*time.Minute), SkipDeleted: one(h.draw, 0, 0, 3)}
	if h.draw.IntN(3) == 0 {
		options.Pods = h.selects("app", one(h.draw, h.objects...).name)
	}
	h.config.Steps = append(h.config.Steps, Step{
		At: at, Kind: StepDrain, Node: models.NodeID(h.draw.IntN(3)), Grace: one(h.draw, time.Duration(-1), time.Second), Drain: options,
	})
}

// resize gives a pod more or less than it has, sometimes more than is there. In the end
// the user takes it back.
func (h *doings) resize(at models.Time, o *userObject) {
	was := o.versions[o.version].Pod
	is := *was
	is.Requests[models.CPU] = one(h.draw, int64(50), 200, 40000, 70000)
	is.NonZeroCPU, is.ScoredCPU = is.Requests[models.CPU], is.Requests[models.CPU]
	change := PodChange{Was: was, Is: &is, Resize: true}
	if h.draw.IntN(2) == 0 {
		change.Restarts = []models.Sym{was.Containers[0].Name}
	}
	back, pod := PodChange{Was: &is, Is: was, Resize: true}, h.podOf(o)
	h.step(Step{At: at, Kind: StepUpdate, Done: "patched", Object: pod, Change: &change})
	h.last = append(h.last, Step{At: busy, Kind: StepUpdate, Done: "patched", Object: pod, Change: &back, Replicas: models.Unset})
}

// budget makes, changes or deletes the budget of an object. In the end none is left.
func (h *doings) budget(at models.Time, o *userObject) {
	spec := &models.BudgetSpec{
		Namespace: o.owner.Namespace, Name: h.d.Sym("budget-" + o.name), AlwaysEvict: h.draw.IntN(3) == 0,
		Selector: models.LabelSelector{Requirements: h.selects("app", one(h.draw, o, o, o, h.objects[0]).name)},
	}
	share := models.Share{Value: one(h.draw, int32(1), 0, 2, 50), Given: true}
	if share.Percent = share.Value == 50; h.draw.IntN(2) == 0 {
		spec.MinAvailable = share
	} else {
		spec.MaxUnavailable = share
	}
	object := StepObject{Other: BudgetObject, Namespace: spec.Namespace, Name: spec.Name, Ordinal: models.Exact}
	h.step(Step{At: at, Kind: one(h.draw, StepApply, StepApply, StepUpdate, StepDelete), Done: "configured", Budget: spec, Object: object})
	h.last = append(h.last, Step{At: busy, Kind: StepDelete, Object: object, Replicas: models.Unset})
}
