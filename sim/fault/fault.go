package fault

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// Scope says what fails as one.
type Scope uint8

// The scopes of faults.
const (
	// Together: all targets fail at the same moment.
	Together Scope = iota
	// PerNode: every target has failures of its own.
	PerNode
	// PerZone: the targets of one zone fail together.
	PerZone
	// PerRack: the targets of one rack fail together.
	PerRack
)

// Action says what a fault does to its nodes.
type Action uint8

// The actions of faults.
const (
	// Crash: they lose power, and boot when it is over.
	Crash Action = iota
	// Silence: their kubelets stop, and are started when it is over. Containers go on.
	Silence
	// Partition: they do not reach the control plane. Kubelets and containers go on.
	Partition
	// NotReady: their kubelets report that they are not ready, and go on otherwise.
	NotReady
	// Shutdown: they are told to shut down, end their pods and go off; they boot when it
	// is over.
	Shutdown
	// Reboot: they go down and boot; their pods stay, and containers start again.
	Reboot
	// Slow: what begins on them takes longer by a factor.
	Slow
	// Loss: they lose power for good, and are deleted or taken out of service when that is
	// noticed.
	Loss
	// Reclaim: they are lost some time after a notice.
	Reclaim
	// MemoryPressure: processes that belong to no pod take some of their memory.
	MemoryPressure
	// DiskPressure: files that belong to no pod take some of their disk.
	DiskPressure
	// RegistryOutage: registries answer nobody.
	RegistryOutage
	// RegistrySlow: registries take longer, and send less, by a factor.
	RegistrySlow
	// SchedulerOutage: the scheduler does not run.
	SchedulerOutage
	// ControllerOutage: the controller manager does not run.
	ControllerOutage
	// APISlow: the API server takes longer, by a factor and a delay.
	APISlow

	Actions // is how many there are
)

var actionNames = [Actions]string{
	Crash: "crash", Silence: "silence", Partition: "partition", NotReady: "notReady", Shutdown: "shutdown", Reboot: "reboot",
	Slow: "slow", Loss: "loss", Reclaim: "reclaim", MemoryPressure: "memoryPressure", DiskPressure: "diskPressure", RegistryOutage: "registryOutage", RegistrySlow: "registrySlow",
	SchedulerOutage: "schedulerOutage", ControllerOutage: "controllerManagerOutage", APISlow: "apiSlow",
}

// ActionNamed returns the action of a name.
func ActionNamed(name string) (Action, bool) {
	at := slices.Index(actionNames[:], name)
	return Action(max(at, 0)), at >= 0
}

// String returns the action as fault plans write it.
func (a Action) String() string { return actionNames[a] }

// OfNodes reports whether the action is one on nodes, and not on registries or the
// control plane.
func (a Action) OfNodes() bool { return a < RegistryOutage }

// OfRegistries reports whether the action is one on registries.
func (a Action) OfRegistries() bool { return a == RegistryOutage || a == RegistrySlow }

// Ends reports whether what the action does can be over.
func (a Action) Ends() bool { return a != Loss && a != Reclaim }

// Fault is one line of a fault plan: what happens to which nodes, when, and for how
// long.
type Fault struct {
	Name   models.Sym
	Action Action
	Target Target
	Scope  Scope
	// Shared is the chance that a failure has a cause which its node, rack or zone shares
	// with all other targets of its rack or zone (Wide): then these fail with it.
	// Source: K. N. Fleming, A reliability model for common mode failures in redundant
	// safety systems, 1975 (the beta factor).
	Shared float64
	Wide   Scope
	// At are fixed moments of failure, in order.
	At []models.Time
	// Lasts are how long those of At last, if each has its own Duration.
	Lasts []time.Duration
	// Between is the time from an end of the fault (or From) to the next
	// failure: the time to failure. Nil leaves At alone.
	Between kernel.Distribution
	// Duration is how long it lasts: the time to repair. Nil is for
	// ever.
	Duration kernel.Distribution
	// From and Until bound the drawn failures.
	From, Until models.Time
	// Grace says how long a Shutdown waits for pods, instead of what the nodes say.
	Grace []models.ShutdownGrace
	// Factor says how many times as long things take that are slow.
	Factor float64
	// Delay is what each reaction that goes through a slow API server takes besides.
	Delay time.Duration
	// Notice is how long before they go the nodes of a Reclaim are told, and Warning how
	// long before that it is known to threaten.
	Notice, Warning time.Duration
	// Registries are those that a fault of registries is about, by their hosts; none is
	// all.
	Registries []string
	// Amount is what MemoryPressure and DiskPressure take of each node, in bytes; if it is
	// 0, they take the Share of what it has.
	Amount int64
	Share  float64
}

// Takes returns how much of a capacity the fault takes.
func (f *Fault) Takes(capacity int64) int64 {
	if f.Amount > 0 {
		return f.Amount
	}
	return int64(float64(float64(capacity) * f.Share))
}

// Times is how many times as slow something is after another fault has taken hold of it,
// or has let go (by 1 or -1), of so many that hold it now. Without any it is 1.
func Times(was, factor float64, by, faults int32) float64 {
	switch {
	case faults == 0:
		return 1
	case by > 0:
		return float64(was * factor)
	}
	return float64(was / factor)
}

// Target selects nodes. All its conditions hold; an empty target is every node.
type Target struct {
	Names    []models.Sym
	Groups   []models.Sym
	Zones    []models.Sym
	Racks    []models.Sym
	Selector models.Selector
	// Count takes so many of the selected nodes, drawn anew at each failure;
	// 0 takes all.
	Count int
	// Fraction takes this share of them, rounded up; 0 takes all.
	Fraction float64
}

// Selects reports whether the target's conditions hold for a node.
func (t *Target) Selects(spec *models.NodeSpec, d *models.Dictionary) bool {
	return oneOf(t.Names, spec.Name) && oneOf(t.Groups, spec.Group) && labelled(t.Zones, models.LabelZone, spec, d) &&
		labelled(t.Racks, models.LabelRack, spec, d) && t.Selector.Matches(spec.Labels, d)
}

// labelled reports whether a node has one of the values of a label; any will do if none is
// asked for.
func labelled(values []models.Sym, label string, spec *models.NodeSpec, d *models.Dictionary) bool {
	if len(values) == 0 {
		return true
	}
	value, _ := spec.Labels.Get(d.Sym(label))
	return oneOf(values, value)
}

func oneOf(list []models.Sym, sym models.Sym) bool {
	for _, s := range list {
		if s == sym {
			return true
		}
	}
	return len(list) == 0
}
