package models

// Dense identifiers. They count up from 0 in order of creation, are never mixed
// and never reused within a run.
type (
	// PodID names a pod object. A replacement is another pod with another id.
	PodID int32
	// NodeID names a node object.
	NodeID int32
	// OwnerID names an object that owns pods: a ReplicaSet, a Deployment, a Job.
	OwnerID int32
	// SpecID names a compiled PodSpec; pods of one template share it.
	SpecID int32
	// NodeSpecID names a compiled NodeSpec.
	NodeSpecID int32
	// OwnerSpecID names a compiled OwnerSpec.
	OwnerSpecID int32
	// ClaimID names a PersistentVolumeClaim.
	ClaimID int32
	// VolumeID names a PersistentVolume.
	VolumeID int32
)

// None is the absent id of every kind.
const None = -1
