package pressure

import "github.com/podsim/podsim/models"

// Signal is something of which a node can run short.
type Signal uint8

// The signals, with their units, in the order in which room is made for them.
// containerfs.available and containerfs.inodesFree are those of nodefs or imagefs, as the
// kubelet has it unless the runtime splits the two file systems.
// Source: pkg/kubelet/eviction/api/types.go.
const (
	MemoryAvailable            Signal = iota // bytes
	AllocatableMemoryAvailable               // bytes, of what pods may take in all
	NodeFsAvailable                          // bytes
	NodeFsInodesFree                         // inodes
	ImageFsAvailable                         // bytes
	ImageFsInodesFree                        // inodes
	PIDAvailable                             // processes

	Signals // is how many there are
)

var signals = [Signals]struct {
	name, resource string
	condition      models.NodePressure
}{
	MemoryAvailable:            {"memory.available", "memory", models.MemoryPressure},
	AllocatableMemoryAvailable: {"allocatableMemory.available", "memory", models.MemoryPressure},
	NodeFsAvailable:            {"nodefs.available", "ephemeral-storage", models.DiskPressure},
	NodeFsInodesFree:           {"nodefs.inodesFree", "inodes", models.DiskPressure},
	ImageFsAvailable:           {"imagefs.available", "ephemeral-storage", models.DiskPressure},
	ImageFsInodesFree:          {"imagefs.inodesFree", "inodes", models.DiskPressure},
	PIDAvailable:               {"pid.available", "pids", models.PIDPressure},
}

// String returns the name of the signal in a KubeletConfiguration.
func (s Signal) String() string { return signals[s].name }

// Resource returns what the signal calls for: memory, ephemeral-storage, inodes or pids.
// Source: pkg/kubelet/eviction/helpers.go (signalToResource).
func (s Signal) Resource() string { return signals[s].resource }

// Text writes an amount of what the signal is about as kubelets do.
// Source: pkg/kubelet/eviction/helpers.go (makeSignalObservations).
func (s Signal) Text(amount int64) string {
	switch s {
	case NodeFsInodesFree, ImageFsInodesFree, PIDAvailable:
		return models.FormatQuantity(amount, false, models.DecimalSI)
	}
	return models.FormatQuantity(amount, false, models.BinarySI)
}

// Condition returns the condition of a node that has too little.
// Source: pkg/kubelet/eviction/helpers.go (signalToNodeCondition).
func (s Signal) Condition() models.NodePressure { return signals[s].condition }

// SignalOf returns the signal of a name.
func SignalOf(name string) (Signal, bool) {
	for s := range Signals {
		if signals[s].name == name {
			return s, true
		}
	}
	return 0, false
}

// Set is a set of conditions.
type Set uint8

// Has reports whether a condition is in the set.
func (s Set) Has(c models.NodePressure) bool { return s&(1<<c) != 0 }
