package watch

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Queue is where pods wait in the scheduling queue.
type Queue struct{ Active, Backoff, Unschedulable, Gated int }

// Frame is what there is to see of a run at a moment.
type Frame struct {
	Scenario     string
	Now, Horizon models.Time // Never for an unknown horizon
	// Speed is how many virtual seconds go by in a real one, at most Wanted unless that is 0.
	// Halted says that the run stands still.
	Speed, Wanted float64
	Halted        bool

	Queue    Queue
	Totals   cluster.Totals
	Ready    int // nodes
	Down     int
	Nodes    int
	Cordoned int
	Zones    []Zone
	Faults   []Fault
	Below    []Workload // those that lack most first
	Happened []Happening
}

// Zone is the nodes of a zone; the name is empty for those that have none.
type Zone struct {
	Name        string
	Nodes       int     // whose Ready condition is True
	CPU, Memory float64 // share of what these have that is requested
}

// Fault is a fault that is not over.
type Fault struct {
	Text  string
	Since models.Time
}

// Workload is one that has fewer Ready pods than it is to have.
type Workload struct {
	Name           string
	Ready, Desired int32
}

// Take returns what there is to see now. It must be called in the goroutine of the run.
func (f *Fold) Take(now models.Time) *Frame {
	frame := &Frame{Now: now, Totals: f.view.Totals(), Happened: f.last(kept)}
	f.takeNodes(frame)
	for i := range f.faults {
		s := &f.faults[i]
		text := f.text(s.name) + ": " + f.text(s.action)
		switch {
		case s.down:
			text = f.text(s.name) + ": " + reports.Plural(int(s.count), "node") + " down"
		case s.count > 0:
			text += " of " + reports.Plural(int(s.count), "node")
		}
		frame.Faults = append(frame.Faults, Fault{text, s.since})
	}
	f.takeWorkloads(frame)
	return frame
}

// takeNodes sums nodes by zone.
func (f *Fold) takeNodes(frame *Frame) {
	type sums struct{ requested, allocatable [2]int64 }
	key, _ := f.view.Dictionary().Lookup(models.LabelZone)
	of := make(map[models.Sym]int)
	var all []sums
	for id := range f.view.Nodes() {
		node := f.view.Node(models.NodeID(id))
		if node.Removed() {
			continue
		}
		label, _ := node.Labels().Get(key)
		at, known := of[label]
		if !known {
			at = len(all)
			of[label], all, frame.Zones = at, append(all, sums{}), append(frame.Zones, Zone{Name: f.text(label)})
		}
		frame.Nodes++
		if node.Down() {
			frame.Down++
		}
		if node.Unschedulable() {
			frame.Cordoned++
		}
		if node.Ready() != models.ConditionTrue {
			continue
		}
		frame.Ready++
		frame.Zones[at].Nodes++
		requested, allocatable := node.Requested(), node.Allocatable()
		for i, r := range []models.Resource{models.CPU, models.Memory} {
			all[at].requested[i] += requested[r]
			all[at].allocatable[i] += allocatable[r]
		}
	}
	for i := range all {
		s, z := &all[i], &frame.Zones[i]
		z.CPU, z.Memory = reports.Share(s.requested[0], s.allocatable[0]), reports.Share(s.requested[1], s.allocatable[1])
	}
	slices.SortFunc(frame.Zones, func(a, b Zone) int { return cmp.Compare(a.Name, b.Name) })
}

// takeWorkloads finds those below their replicas.
func (f *Fold) takeWorkloads(frame *Frame) {
	kept := f.services[:0]
	for _, id := range f.services {
		o := f.view.Owner(id)
		if o.Deleted() {
			continue
		}
		kept = append(kept, id)
		ready := o.Counts().Ready
		if o.Kind() == models.Deployment {
			ready = 0
			for child := range o.Children() {
				ready += child.Counts().Ready
			}
		}
		if ready < o.Replicas() {
			frame.Below = append(frame.Below, Workload{reports.WorkloadName(f.view, id), ready, o.Replicas()})
		}
	}
	f.services = kept
	slices.SortStableFunc(frame.Below, func(a, b Workload) int { return cmp.Compare(b.Desired-b.Ready, a.Desired-a.Ready) })
}
