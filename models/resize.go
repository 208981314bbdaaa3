package models

// ResizeArg is the argument of the operations of a resize: the specification whose
// resources count for the scheduler from now on, and the one whose did before.
func ResizeArg(counted, before SpecID) int64 { return int64(before)<<32 | int64(uint32(counted)) }

// SplitResizeArg takes a ResizeArg apart.
func SplitResizeArg(arg int64) (counted, before SpecID) { return SpecID(arg), SpecID(arg >> 32) }

// SpecBefore returns the specification whose requests a pod had before the operation; ok
// is false for operations that change no specification.
func (op *Op) SpecBefore() (before SpecID, ok bool) {
	switch op.Kind {
	case OpUpdatePod, OpRelabelPod:
		return SpecID(op.Arg), true
	case OpResizePod, OpDeferResize, OpAllocatePod, OpActuatePod:
		_, before = SplitResizeArg(op.Arg)
		return before, true
	}
	return 0, false
}

// The reasons why a resize is not carried out.
// Source: k8s.io/api/core/v1/types.go (PodReasonDeferred, PodReasonInfeasible).
const (
	ResizeDeferredReason   = "Deferred"
	ResizeInfeasibleReason = "Infeasible"
)
