package models

// Volume is a volume of a pod as the scheduler sees it: a claim, or a disk that
// not every pod may use at once. All other volumes are left out.
// Source: pkg/scheduler/framework/plugins/volumerestrictions (isVolumeConflict),
// nodevolumelimits/csi.go (filterAttachableVolumes).
type Volume struct {
	Kind VolumeKind
	// Claim is the name of a claim in the pod's namespace. That of an ephemeral
	// volume is the name of the volume: its claim is <pod>-<volume>.
	Claim Sym `json:",omitempty"`
	// Disk is what makes a disk the same as another: the name of a persistent
	// disk, the id of an EBS volume, the qualified name of an iSCSI target, the
	// name of an RBD image, with the pool and the monitors of the last.
	Disk     Sym   `json:",omitempty"`
	Pool     Sym   `json:",omitempty"`
	Monitors []Sym `json:",omitempty"`
	ReadOnly bool  `json:",omitempty"`
	// Driver and Handle are how the CSI driver that took over an in-tree disk
	// names it; the volume counts against the limit of that driver. Empty if none
	// did.
	Driver Sym `json:",omitempty"`
	Handle Sym `json:",omitempty"`
}

// VolumeKind tells volumes apart that the scheduler treats differently.
type VolumeKind uint8

// The kinds of volumes.
const (
	ClaimVolume VolumeKind = iota
	EphemeralVolume
	GCEDisk
	EBSDisk
	ISCSIDisk
	RBDDisk
	OtherDisk // can count against a limit only
)

// ClaimsVolume reports whether the volume is a claim or makes one.
func (v *Volume) ClaimsVolume() bool { return v.Kind <= EphemeralVolume }

// Conflicts reports whether two volumes are one disk that two pods on a node
// cannot both use.
// Source: pkg/scheduler/framework/plugins/volumerestrictions (isVolumeConflict).
func (v *Volume) Conflicts(w *Volume) bool {
	if v.Kind != w.Kind || v.Disk != w.Disk {
		return false
	}
	switch v.Kind {
	case EBSDisk:
		return true
	case GCEDisk, ISCSIDisk:
		return !(v.ReadOnly && w.ReadOnly)
	case RBDDisk:
		return v.Pool == w.Pool && !(v.ReadOnly && w.ReadOnly) && overlap(v.Monitors, w.Monitors)
	}
	return false
}

func overlap(a, b []Sym) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

// AccessModes is a set of ways in which a volume may be mounted.
type AccessModes uint8

// The access modes.
const (
	ReadWriteOnce AccessModes = 1 << iota
	ReadOnlyMany
	ReadWriteMany
	ReadWriteOncePod
)

// VolumeSpec is a compiled PersistentVolume. Which claim it is bound to may be
// changed by an operation.
type VolumeSpec struct {
	Name     Sym
	Labels   Labels `json:",omitempty"`
	Class    Sym    `json:",omitempty"`
	Capacity int64  // bytes
	Modes    AccessModes
	// Block is set by volumeMode Block.
	Block           bool `json:",omitempty"`
	AttributesClass Sym  `json:",omitempty"`
	// Claim is spec.claimRef.
	Claim ClaimRef
	// Available is set by phase Available, Deleting by a deletion timestamp.
	Available bool `json:",omitempty"`
	Deleting  bool `json:",omitempty"`
	// Affinity says which nodes reach the volume, and MigratedAffinity the same
	// for nodes on which CSI has taken over the plugin Migrated.
	Affinity         VolumeAffinity
	Migrated         Sym `json:",omitempty"`
	MigratedAffinity VolumeAffinity
	// Zones are the labels of zones and regions in the order in which VolumeZone
	// looks at them.
	Zones []VolumeZone `json:",omitempty"`
	// Driver and Handle are how the CSI driver names the volume, be it a CSI
	// volume by itself (CSI) or one that a driver has taken over.
	Driver Sym  `json:",omitempty"`
	Handle Sym  `json:",omitempty"`
	CSI    bool `json:",omitempty"`
	// Reclaim is spec.persistentVolumeReclaimPolicy; nobody acts on it.
	Reclaim string `json:",omitempty"`
}

// VolumeAffinity says which nodes reach a volume: any if it is not Limited, else
// those that match any of the terms.
type VolumeAffinity struct {
	Limited bool       `json:",omitempty"`
	Terms   []NodeTerm `json:",omitempty"`
}

// Matches reports whether nodes with these labels reach the volume. What a term
// says of names does not count, as the original asks for a node without a name.
// Source: k8s.io/component-helpers/storage/volume/helpers.go (CheckNodeAffinity),
// k8s.io/component-helpers/scheduling/corev1/nodeaffinity (nodeSelectorTerm.match).
func (a *VolumeAffinity) Matches(labels Labels, d *Dictionary) bool {
	if !a.Limited {
		return true
	}
	for i := range a.Terms {
		t := &a.Terms[i]
		if (len(t.Labels) > 0 || len(t.Names) > 0) && t.Labels.Matches(labels, d) {
			return true
		}
	}
	return false
}

// VolumeZoneLabels are the labels of zones and regions, the old ones first, in
// the order in which VolumeZone looks at those of volumes.
var VolumeZoneLabels = [4]string{
	"failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region", LabelZone, LabelRegion,
}

// VolumeZone is a label of a volume that names zones or regions.
// Source: pkg/scheduler/framework/plugins/volumezone (getPVTopologies).
type VolumeZone struct {
	Key    Sym
	Values []Sym
}

// ClaimRef names a claim, as a volume does that is bound to it. Without a name it
// names none; without a UID any of that name.
type ClaimRef struct {
	Namespace Sym  `json:",omitempty"`
	Name      Sym  `json:",omitempty"`
	UID       Sym  `json:",omitempty"`
	Given     bool `json:",omitempty"`
}

// Names reports whether r names the claim.
// Source: k8s.io/component-helpers/storage/volume/pv_helpers.go (IsVolumeBoundToClaim).
func (r ClaimRef) Names(c *ClaimSpec) bool {
	return r.Given && r.Name == c.Name && r.Namespace == c.Namespace && (r.UID == 0 || r.UID == c.UID)
}

// ClaimSpec is a compiled PersistentVolumeClaim. The node for which its volume is
// to be made may be changed by an operation.
type ClaimSpec struct {
	Namespace, Name Sym
	Labels          Labels      `json:",omitempty"`
	UID             Sym         `json:",omitempty"`
	Class           Sym         `json:",omitempty"`
	Modes           AccessModes `json:",omitempty"`
	// Request is the requested storage in bytes, if Requested.
	Request   int64 `json:",omitempty"`
	Requested bool  `json:",omitempty"`
	// Selector selects volumes by their labels; without requirements all.
	Selector        Selector `json:",omitempty"`
	Block           bool     `json:",omitempty"`
	AttributesClass Sym      `json:",omitempty"`
	// Volume is spec.volumeName, and Completed the annotation that the claim is
	// bound to it.
	Volume    Sym  `json:",omitempty"`
	Completed bool `json:",omitempty"`
	// Node is the node for which its volume is to be made, if Selected.
	Node     Sym  `json:",omitempty"`
	Selected bool `json:",omitempty"`
	Lost     bool `json:",omitempty"`
	Deleting bool `json:",omitempty"`
	// Pod is the pod that controls it, as it does the claim of its ephemeral
	// volume.
	Pod Sym `json:",omitempty"`
	// Later tells that it is there from an operation on, not from the start.
	Later bool `json:",omitempty"`
}

// Bound reports whether the claim is fully bound to its volume.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (isPVCFullyBound).
func (c *ClaimSpec) Bound() bool { return c.Volume != 0 && c.Completed }

// StorageClassSpec is a compiled StorageClass with what its CSI driver tells
// about the storage that is left.
type StorageClassSpec struct {
	Name        Sym
	Provisioner Sym
	// Driver is the CSI driver against whose limit volumes of the class count: the
	// provisioner, or who took over the in-tree one. Empty if they do not count.
	Driver Sym `json:",omitempty"`
	// WaitForConsumer is set by volumeBindingMode WaitForFirstConsumer.
	WaitForConsumer bool `json:",omitempty"`
	// Topologies are the allowed topologies: any of them; none allows all.
	Topologies []NodeTerm `json:",omitempty"`
	// Tracked is set if the CSIDriver wants Capacities to be looked at.
	Tracked    bool              `json:",omitempty"`
	Capacities []StorageCapacity `json:",omitempty"`
}

// StorageCapacity is a CSIStorageCapacity: volumes up to Limit bytes can be made
// for the nodes that Nodes selects.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (hasEnoughCapacity).
type StorageCapacity struct {
	Limit int64
	Nodes Selector `json:",omitempty"`
}

// CSINodeSpec is a compiled CSINode with the VolumeAttachments of its node.
type CSINodeSpec struct {
	Node    Sym
	Drivers []CSINodeDriver `json:",omitempty"`
	// Migrated are the in-tree plugins that CSI drivers have taken over there.
	Migrated    []Sym        `json:",omitempty"`
	Attachments []Attachment `json:",omitempty"`
}

// CSINodeDriver is a CSI driver on a node.
type CSINodeDriver struct {
	Name Sym
	// Limit is how many volumes of the driver the node takes; Unset if any number.
	Limit int32
}

// Attachment is a VolumeAttachment.
type Attachment struct {
	Driver Sym
	Volume Sym // the name of a PersistentVolume
}
