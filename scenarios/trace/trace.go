package trace

import (
	"time"

	"github.com/podsim/podsim/models"
)

// Shape is what many instances have in common.
type Shape struct {
	App, Role string
	// CPU is in thousandths of a core, Memory and Disk are in bytes. A limit of
	// 0 is none.
	CPU, CPULimit       int64
	Memory, MemoryLimit int64
	Disk, DiskLimit     int64
	GPUs                int64
	RDMA                int64 // per cent of a network card
	// PerNode is the most instances of the app on one node; 0 is no limit.
	PerNode int32
}

// Row is one instance.
type Row struct {
	At models.Time // when it came; 0 if it was there when the trace began
	// Lifetime is how long it stayed; negative if it outlived the trace.
	Lifetime time.Duration
	Shape    int32 // index into Trace.Shapes
	Base     int32 // index into Trace.Bases
	// Number goes with the base into the name; -1 for a name that is its base.
	Number int32
}

// Trace is a recorded workload.
type Trace struct {
	Shapes []Shape // in order of first appearance
	Bases  []string
	Rows   []Row // in order of time, equal times as in the file
}

// PerNodeLimits returns how many instances limit the instances of their app on
// one node.
func (t *Trace) PerNodeLimits() int {
	limited := 0
	for _, row := range t.Rows {
		if t.Shapes[row.Shape].PerNode > 0 {
			limited++
		}
	}
	return limited
}
