package scenarios

// Bounds on a scenario. They stop hostile or mistaken input before memory does.
const (
	MaxFiles      = 256         // files of a scenario, includes counted
	MaxNodes      = 1_000_000   // nodes of a run
	MaxObjects    = 100_000_000 // objects that one workload may bring
	MaxCurve      = 10_000      // points of a curve
	MaxTimes      = 1_000_000   // moments in one list
	MaxSets       = 1_000       // --set options
	maxRate       = 1_000_000   // arrivals a second
	maxNameLength = 63          // of groups, workloads and data: they become parts of names and values of labels
)
