package models

// EvictionMarks are what descheduler programs read of a pod, and nobody else.
type EvictionMarks uint8

// The marks of a pod.
// Source: descheduler pkg/framework/plugins/defaultevictor/defaultevictor.go,
// pkg/descheduler/evictions/utils/utils.go, pkg/utils/pod.go (IsPodWithLocalStorage,
// IsPodWithResourceClaims).
const (
	MarkEvict      EvictionMarks = 1 << iota // an annotation: whatever protects pods, this one may go
	MarkPreferStay                           // an annotation: others should go first
	MarkHostPath                             // it has a volume of kind hostPath
	MarkDevices                              // it claims devices

	// AnnotatedMarks are those that change with the annotations of a pod.
	AnnotatedMarks = MarkEvict | MarkPreferStay
)

// The annotations that make marks, with any value.
const (
	AnnotationEvict      = "descheduler.alpha.kubernetes.io/evict"
	AnnotationPreferStay = "descheduler.alpha.kubernetes.io/prefer-no-eviction"
)
