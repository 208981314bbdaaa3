package models

// JobRules is what rules a Job beyond the counts that every Job has. A Job without
// any of it has none.
type JobRules struct {
	// Indexed tells that each pod works on one index below Completions.
	Indexed bool `json:",omitempty"`
	// Suspend stops the Job: it has no pods and its clock does not run.
	Suspend bool `json:",omitempty"`
	// ReplaceFailed is podReplacementPolicy Failed: a pod is replaced, and counted as
	// failed, when it has ended, not as soon as it terminates.
	ReplaceFailed bool `json:",omitempty"`
	// BackoffLimitPerIndex is how often the pods of an index may fail; Unset if
	// failures count for the Job as a whole.
	BackoffLimitPerIndex int32
	// MaxFailedIndexes is how many indexes may fail; Unset is any number.
	MaxFailedIndexes int32
	// FailureRules are those of podFailurePolicy, in order; HasFailurePolicy tells
	// an empty policy from none.
	HasFailurePolicy bool          `json:",omitempty"`
	FailureRules     []FailureRule `json:",omitempty"`
	// SuccessRules are those of successPolicy, in order.
	SuccessRules []SuccessRule `json:",omitempty"`
}

// FailureAction is what follows when a rule of a podFailurePolicy matches.
type FailureAction uint8

// The actions on failed pods.
const (
	CountFailure  FailureAction = iota // it counts towards the limits, as without a rule
	IgnoreFailure                      // it does not count
	FailIndex                          // its index fails, whatever its limit
	FailJob                            // the Job fails
)

// String returns the action as Kubernetes writes it.
func (a FailureAction) String() string {
	return [...]string{"Count", "Ignore", "FailIndex", "FailJob"}[a]
}

// FailureRule is a rule of a podFailurePolicy: about exit codes if it has Codes, else
// about conditions of the pod.
// Source: pkg/controller/job/pod_failure_policy.go.
type FailureRule struct {
	Action     FailureAction
	Container  Sym             `json:",omitempty"` // the only one that counts, or 0
	NotIn      bool            `json:",omitempty"` // any code but Codes
	Codes      []int32         `json:",omitempty"`
	Conditions []PodConditions `json:",omitempty"` // any of them
}

// PodConditions is a pattern of a condition of a pod.
type PodConditions struct {
	Type   Sym
	Status ConditionStatus
}

// SuccessRule is a rule of a successPolicy: that all Indexes have succeeded, or Count
// of them; without Indexes Count of any.
// Source: pkg/controller/job/success_policy.go.
type SuccessRule struct {
	Indexes Indexes `json:",omitempty"`
	Count   int32   // Unset if not given
}

// IndexArg is the argument of OpIndexPod: an index, and how many failures of the
// index before it were ignored.
func IndexArg(index, ignored int32) int64 { return int64(ignored)<<32 | int64(index) }

// SplitIndexArg is the inverse of IndexArg.
func SplitIndexArg(arg int64) (index, ignored int32) { return int32(arg), int32(arg >> 32) }
