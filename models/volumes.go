package models

// Volume is a volume of a pod as the scheduler sees it: a claim, or a disk that
// not every pod may use at once.
type Volume struct {
	Kind VolumeKind
	// Claim is the name of a claim in the pod's namespace.
	Claim Sym `json:",omitempty"`
}

// VolumeKind tells volumes apart that the scheduler treats differently.
type VolumeKind uint8

// The kinds of volumes.
const (
	ClaimVolume VolumeKind = iota
)
