package capacity

// Compaction is how many nodes a workload needs when it is packed from scratch: the
// answer of Borg's cell compaction (Verma et al.: Large-scale cluster management at
// Google with Borg, EuroSys 2015, §5.1). It depends on nothing but the cell, the
// settings and the version of podsim.
type Compaction struct {
	Source
	Nodes    int    `json:"nodes"`    // that take pods
	Closed   int    `json:"closed"`   // that take none: cordoned, not Ready or down; they do not count
	Pods     int    `json:"pods"`     // that are packed
	Requests []Need `json:"requests"` // of these pods

	Settings CompactionSettings `json:"settings"`
	// Dropped are the pods that are left out, by reason, and Softened the workloads
	// whose hard constraints have become preferences.
	Dropped  []DroppedPods      `json:"dropped"`
	Softened []SoftenedWorkload `json:"softened"`
	Picky    int                `json:"picky"`   // pods that few nodes could take
	Allowed  int                `json:"allowed"` // of these, how many may stay pending

	// Packed is the workload as it is, and Variants are other ways to run it.
	Packed   PackedWorkload   `json:"packed"`
	Variants []PackedWorkload `json:"variants"`
	Partial  bool             `json:"partial"` // interrupted: not all trials are done
	Notes    []string         `json:"notes"`   // what the reader must know
}

// CompactionSettings are what the user may choose.
type CompactionSettings struct {
	Trials     int     `json:"trials"`
	Percentile float64 `json:"percentile"` // such as 90
	PickyShare float64 `json:"pickyShare"` // of the pods that may stay pending if they are picky
	PickyNodes int     `json:"pickyNodes"` // a pod that at most so many nodes could take is picky
	Seed       uint64  `json:"seed"`
	MaxCells   int     `json:"maxCells"` // how often the cell may be there, itself included
}

// DroppedPods are pods that are left out.
type DroppedPods struct {
	Reason   string   `json:"reason"`
	Pods     int      `json:"pods"`
	Examples []string `json:"examples"` // namespace/name of the first few
}

// SoftenedWorkload is a workload whose hard constraints have become preferences.
type SoftenedWorkload struct {
	Workload string `json:"workload"` // Kind namespace/name
	Pods     int    `json:"pods"`
}

// PackedWorkload is what one way to run the workload needs.
type PackedWorkload struct {
	Name string `json:"name"`
	Help string `json:"help"` // what it means
	// Parts share no nodes; a workload that is not parted is one.
	Parts []PackedPart `json:"parts"`
	// Sizes are the nodes that all parts need together, in the trials that Trials names;
	// nil if no trial is done, or if a part has no pod that finds a node. Nodes is their
	// percentile.
	Sizes  []int `json:"sizes"`
	Trials []int `json:"trials"`
	Min    int   `json:"min"`
	Max    int   `json:"max"`
	Nodes  int   `json:"nodes"`
	// Overhead is Nodes in relation to those of the workload as it is, such as 0.25;
	// nil for that itself. OverheadMin and OverheadMax are the extremes over trials.
	Overhead    *float64 `json:"overhead"`
	OverheadMin *float64 `json:"overheadMin"`
	OverheadMax *float64 `json:"overheadMax"`
}

// PackedPart is a part of a workload with a cell of its own.
type PackedPart struct {
	Name  string `json:"name"`
	Pods  int    `json:"pods"`
	Cells int    `json:"cells"` // how often the cell had to be there so that it fits; 0 if it fits in none
	// Left are the pods that find no node in however many cells, and are left out.
	Left   []PendingPod      `json:"left"`
	Trials []CompactionTrial `json:"trials"`
	Nodes  int               `json:"nodes"` // the percentile over trials
}

// CompactionTrial is one order in which nodes are removed.
type CompactionTrial struct {
	Trial    int `json:"trial"`    // from 1; the same orders go by the same numbers
	Nodes    int `json:"nodes"`    // the smallest size that fits
	Bound    int `json:"bound"`    // the smallest at which the resources add up
	Packings int `json:"packings"` // that were tried
	// Full are the shares of the remaining nodes' resources that the placed pods request,
	// by resource, in the order of Compaction.Requests.
	Full []float64 `json:"full"`
	// Pending are the picky pods that stay pending, and Stop is the pod that finds no
	// node when one more is removed; nil if that was not tried.
	Pending []PendingPod `json:"pending"`
	Stop    *PendingPod  `json:"stop"`
}

// PendingPod is a pod that found no node.
type PendingPod struct {
	Pod string `json:"pod"` // namespace/name
	Why string `json:"why"` // as the event FailedScheduling has it
}
