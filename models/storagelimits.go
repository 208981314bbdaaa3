package models

// StorageLimits are the limits of what a pod keeps on the disk of its node. Their texts are
// the amounts as Kubernetes writes them.
type StorageLimits struct {
	// Volume is the first emptyDir volume of the pod, in which all is counted that the pod
	// keeps in such volumes, if that has a limit: VolumeSize, or 0.
	Volume, VolumeText Sym
	VolumeSize         int64
	// Pod is the limit of the pod as a whole, which is that of its containers together, or 0.
	Pod     int64
	PodText Sym
	// Containers are the limits of the containers, by index.
	Containers []StorageLimit `json:",omitempty"`
}

// StorageLimit is the limit of the ephemeral storage of a container, or 0.
type StorageLimit struct {
	Size int64
	Text Sym
}
