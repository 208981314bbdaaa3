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
	StatefulSet
	DaemonSet
	CronJob
	HorizontalPodAutoscaler
)

var ownerKinds = [...]string{"ReplicaSet", "ReplicationController", "Deployment", "Job", "StatefulSet", "DaemonSet", "CronJob", "HorizontalPodAutoscaler"}

// String returns the kind as Kubernetes writes it.
func (k OwnerKind) String() string { return ownerKinds[k] }

// Revised reports whether owners of the kind keep their templates as revisions
// (ControllerRevisions) and replace their pods themselves.
func (k OwnerKind) Revised() bool { return k == StatefulSet || k == DaemonSet }

// Strategy says how the pods of an old template are replaced.
type Strategy uint8

// The strategies of Deployments, which do not have the last, and of StatefulSets and
// DaemonSets, which do not have the second.
const (
	RollingUpdate Strategy = iota // step by step, within MaxSurge and MaxUnavailable
	Recreate                      // all old pods go before the first new one comes
	OnDelete                      // a pod is replaced when somebody deletes it
)

// String returns the strategy as Kubernetes writes it.
func (s Strategy) String() string { return [...]string{"RollingUpdate", "Recreate", "OnDelete"}[s] }

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
	// ReplicaSet is what a Deployment makes of its template, and a CronJob at each
	// moment of its schedule, its Job.
	ReplicaSet OwnerSpecID
	// TemplateHash is the suffix of the name of that ReplicaSet and the value of the
	// pod-template-hash label of its pods. StatefulSets and DaemonSets have the value
	// of the controller-revision-hash label of their pods there.
	TemplateHash Sym

	// Replicas is the desired number of pods of a ReplicaSet,
	// ReplicationController, Deployment or StatefulSet, and the parallelism of a
	// Job. Of a DaemonSet it is the number of nodes that it wants to be on.
	Replicas        int32
	MinReadySeconds int32

	// How a Deployment or DaemonSet is rolled out: see Surge and Unavailable, and
	// NodeSurge and NodesUnavailable.
	Strategy                 Strategy
	MaxSurge, MaxUnavailable Share
	// ProgressDeadline is how long a rollout may make no progress before it is
	// reported; 0 is for ever.
	ProgressDeadline time.Duration
	// RevisionHistoryLimit is how many old ReplicaSets a Deployment keeps, and how
	// many old revisions a StatefulSet or DaemonSet.
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

	// FirstOrdinal is the number of the first pod of a StatefulSet, and Partition how
	// many of the first pods keep the current revision during a rollout.
	FirstOrdinal int32 `json:",omitempty"`
	Partition    int32 `json:",omitempty"`
	// Parallel lets a StatefulSet make and delete pods without waiting for others.
	Parallel bool `json:",omitempty"`
	// ClaimTemplates are the claims that each pod of a StatefulSet has, called
	// <template>-<pod>.
	ClaimTemplates []ClaimSpec `json:",omitempty"`
	// DeleteClaimsWhenScaled and DeleteClaimsWhenDeleted tell that claims go when
	// their pod is scaled away, or with the StatefulSet.
	DeleteClaimsWhenScaled  bool `json:",omitempty"`
	DeleteClaimsWhenDeleted bool `json:",omitempty"`

	// Rules are those of a Job that has more than the counts above.
	Rules *JobRules `json:",omitempty"`
	// Cron are the rules of a CronJob.
	Cron *CronRules `json:",omitempty"`
	// Autoscaler are the rules of a HorizontalPodAutoscaler.
	Autoscaler *AutoscalerRules `json:",omitempty"`
}

// NodeSurge returns on how many of the wanted nodes a rollout of a DaemonSet may run
// an old and a new pod at once; a percentage rounds up.
// Source: pkg/controller/daemon/util/daemonset_util.go (SurgeCount).
func (s *OwnerSpec) NodeSurge(nodes int32) int32 {
	if s.Strategy != RollingUpdate {
		return 0
	}
	return s.MaxSurge.Of(nodes)
}

// NodesUnavailable returns on how many of the wanted nodes no pod of a DaemonSet may
// be available during a rollout; a percentage rounds up. Where this and the surge come
// to nothing it is 1.
// Source: pkg/controller/daemon/util/daemonset_util.go (UnavailableCount),
// pkg/controller/daemon/update.go (updatedDesiredNodeCounts).
func (s *OwnerSpec) NodesUnavailable(nodes int32) int32 {
	if s.Strategy != RollingUpdate {
		return 0
	}
	unavailable := s.MaxUnavailable.Of(nodes)
	if nodes > 0 && unavailable == 0 && s.MaxSurge.Of(nodes) == 0 {
		return 1
	}
	return unavailable
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
