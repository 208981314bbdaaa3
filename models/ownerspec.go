package models

import (
	"math"
	"time"
)

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

// Strategy says how a Deployment replaces the pods of an old template.
type Strategy uint8

// The strategies of Deployments.
const (
	RollingUpdate Strategy = iota // step by step, within MaxSurge and MaxUnavailable
	Recreate                      // all old pods go before the first new one comes
)

// String returns the strategy as Kubernetes writes it.
func (s Strategy) String() string { return [...]string{"RollingUpdate", "Recreate"}[s] }

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

	// How a Deployment is rolled out: see Surge and Unavailable.
	Strategy                 Strategy
	MaxSurge, MaxUnavailable Share
	// ProgressDeadline is how long a rollout may make no progress before it is
	// reported; 0 is for ever.
	ProgressDeadline time.Duration
	// RevisionHistoryLimit is how many old ReplicaSets a Deployment keeps.
	// math.MaxInt32 keeps all.
	RevisionHistoryLimit int32
	// Paused stops rollouts of a Deployment; it can still be scaled.
	Paused bool

	// Completions of a Job; Unset if any success completes it.
	Completions    int32
	BackoffLimit   int32
	ActiveDeadline time.Duration // 0 is none
	// TTLAfterFinished is how long a finished Job stays; negative is for ever.
	TTLAfterFinished time.Duration
}

// Surge returns how many pods more than desired a rollout of a Deployment may have;
// a percentage rounds up.
// Source: pkg/controller/deployment/util/deployment_util.go (MaxSurge).
func (s *OwnerSpec) Surge(replicas int32) int32 {
	if s.Strategy != RollingUpdate {
		return 0
	}
	return min(s.MaxSurge.Of(replicas), math.MaxInt32-replicas)
}

// Unavailable returns how many of the desired pods may be unavailable during a
// rollout of a Deployment; a percentage rounds down. Where this and the surge come
// to nothing it is 1, since the rollout could not proceed otherwise.
// Source: pkg/controller/deployment/util/deployment_util.go (MaxUnavailable,
// ResolveFenceposts).
func (s *OwnerSpec) Unavailable(replicas int32) int32 {
	if s.Strategy != RollingUpdate || replicas == 0 {
		return 0
	}
	unavailable := s.MaxUnavailable.Floor(replicas)
	if unavailable == 0 && s.MaxSurge.Of(replicas) == 0 {
		unavailable = 1
	}
	return min(unavailable, replicas)
}
