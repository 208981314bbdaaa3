package scenarios

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/fault"
)

// faultTakes compiles how much a fault takes of its nodes, which must have what it takes.
func (l *loader) faultTakes(o *object, path string, spec *FaultSpec, f *fault.Fault) {
	takes := f.Action == fault.MemoryPressure || f.Action == fault.DiskPressure
	switch {
	case !takes && spec.Takes != nil:
		l.blame(o, path+".takes", "action is neither memoryPressure nor diskPressure")
		return
	case !takes:
		return
	case spec.Takes == nil:
		l.blame(o, path+".takes", "is missing; want how much %s takes of each node, such as 2Gi or 90%%", spec.Action)
		return
	}
	value, err := thresholdValue(string(*spec.Takes))
	switch {
	case err != nil:
		l.blame(o, path+".takes", "%v", err)
	case value.None():
		l.blame(o, path+".takes", "got %s; want more than 0", *spec.Takes)
	}
	f.Amount, f.Share = value.Quantity, float64(value.Share)
	r, name := models.Memory, "memory"
	if f.Action == fault.DiskPressure {
		r, name = models.EphemeralStorage, "ephemeral-storage"
	}
	for _, n := range l.run.Config.Nodes {
		if !l.nodesAreWrong && f.Target.Selects(n, l.dict) && n.Capacity[r] == 0 {
			l.blame(o, path+".target", "node %s has no capacity of %s", quote(l.dict.String(n.Name)), name)
			return
		}
	}
}
