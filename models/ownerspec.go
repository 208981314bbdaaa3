package models

import "time"

// OwnerKind is the kind of an object that owns pods.
type OwnerKind uint8

// The kinds of owners that podsim simulates.
const (
	ReplicaSet OwnerKind = iota
	ReplicationController
	Deployment
	Job
)

var ownerKinds = [...]string{"ReplicaSet", "ReplicationController", "Deployment", "Job"}

// String returns the kind as Kubernetes writes it.
func (k OwnerKind) String() string { return ownerKinds[k] }

// Unset stands for an optional count that was not given.
const Unset int32 = -1

// Recounted stands for a count that follows from the state of the cluster.
const Recounted int32 = -2

// OwnerSpec is a compiled controller object. It is immutable once defined;
// the number of replicas it starts from may be changed by an operation.
type OwnerSpec struct {
	Kind      OwnerKind
	Namespace Sym
	Labels    Labels
	Template  SpecID
	Selector  Selector
	// ReplicaSet is what a Deployment makes of its template, and TemplateHash
	// the suffix of that ReplicaSet's name and the value of the
	// pod-template-hash label of its pods.
	ReplicaSet   OwnerSpecID
	TemplateHash Sym

	// Replicas is the desired number of pods of a ReplicaSet,
	// ReplicationController or Deployment, and the parallelism of a Job.
	Replicas        int32
	MinReadySeconds int32

	// Completions of a Job; Unset if any success completes it.
	Completions    int32
	BackoffLimit   int32
	ActiveDeadline time.Duration // 0 is none
	// TTLAfterFinished is how long a finished Job stays; negative is for ever.
	TTLAfterFinished time.Duration
}
