package fault

import (
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

	Actions // is how many there are
)

// Fault is one line of a fault plan: what happens to which nodes, when, and for how
// long.
type Fault struct {
	Name   models.Sym
	Action Action
	Target Target
	Scope  Scope
	// At are fixed moments of failure, in order.
	At []models.Time
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
}

// Target selects nodes. All its conditions hold; an empty target is every node.
type Target struct {
	Names    []models.Sym
	Groups   []models.Sym
	Zones    []models.Sym
	Selector models.Selector
	// Count takes so many of the selected nodes, drawn anew at each failure;
	// 0 takes all.
	Count int
	// Fraction takes this share of them, rounded up; 0 takes all.
	Fraction float64
}

// Selects reports whether the target's conditions hold for a node.
func (t *Target) Selects(spec *models.NodeSpec, d *models.Dictionary) bool {
	zone, _ := spec.Labels.Get(d.Sym(models.LabelZone))
	return oneOf(t.Names, spec.Name) && oneOf(t.Groups, spec.Group) && oneOf(t.Zones, zone) &&
		t.Selector.Matches(spec.Labels, d)
}

func oneOf(list []models.Sym, sym models.Sym) bool {
	for _, s := range list {
		if s == sym {
			return true
		}
	}
	return len(list) == 0
}
