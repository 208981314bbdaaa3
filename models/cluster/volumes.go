package cluster

import (
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/oplog"
)

// storage is what the cluster knows of volumes and claims. Names find the last
// that was defined under them.
type storage struct {
	classes  map[models.Sym]*models.StorageClassSpec
	csiNodes map[models.Sym]*models.CSINodeSpec

	volumes []volumeRow
	byName  map[models.Sym]models.VolumeID
	byClass map[models.Sym][]models.VolumeID

	claims  []claimRow
	byClaim map[claimKey]models.ClaimID

	// users counts the pods that hold room on a node and name a claim, whether
	// it exists or not. Claims of ephemeral volumes do not count.
	// Source: pkg/scheduler/framework/types.go (PVCRefCounts).
	users map[claimKey]int32
}

type claimKey struct{ namespace, name models.Sym }

// volumeRow is a volume with the claim that it is meant for; None is the one it
// came with.
type volumeRow struct {
	spec    *models.VolumeSpec
	claim   models.ClaimID
	created models.Time
}

// claimRow is a claim with the node for which its volume is to be made; None is
// the one it came with.
type claimRow struct {
	spec    *models.ClaimSpec
	node    models.NodeID
	removed bool
	awaited bool // nobody has made it yet
	ending  bool // it is marked for deletion
	created models.Time
}

func newStorage() storage {
	return storage{
		classes:  make(map[models.Sym]*models.StorageClassSpec),
		csiNodes: make(map[models.Sym]*models.CSINodeSpec),
		byName:   make(map[models.Sym]models.VolumeID),
		byClass:  make(map[models.Sym][]models.VolumeID),
		byClaim:  make(map[claimKey]models.ClaimID),
		users:    make(map[claimKey]int32),
	}
}

// define makes everything known to the storage of another cluster with the same
// symbols, without what was decided about it.
func (s *storage) define(to *storage) {
	maps.Copy(to.classes, s.classes)
	maps.Copy(to.csiNodes, s.csiNodes)
	for _, v := range s.volumes {
		to.volumes = append(to.volumes, volumeRow{v.spec, models.None, v.created})
	}
	for _, c := range s.claims {
		to.claims = append(to.claims, claimRow{spec: c.spec, node: models.None, created: c.created, awaited: c.spec.Later})
	}
	maps.Copy(to.byName, s.byName)
	maps.Copy(to.byClaim, s.byClaim)
	for class, list := range s.byClass {
		to.byClass[class] = slices.Clone(list)
	}
}

// DefineStorageClass makes a StorageClass known.
func (c *Cluster) DefineStorageClass(spec *models.StorageClassSpec) {
	c.storage.classes[spec.Name] = spec
	c.log.Define(oplog.StorageClassSpec, encodeSpec(spec))
}

// DefineVolume makes a PersistentVolume known and returns its id.
func (c *Cluster) DefineVolume(spec *models.VolumeSpec) models.VolumeID {
	id := models.VolumeID(len(c.storage.volumes))
	c.storage.volumes = append(c.storage.volumes, volumeRow{spec, models.None, c.now})
	c.storage.byName[spec.Name] = id
	c.storage.byClass[spec.Class] = append(c.storage.byClass[spec.Class], id)
	c.log.Define(oplog.VolumeSpec, encodeSpec(spec))
	return id
}

// DefineClaim makes a PersistentVolumeClaim known and returns its id. It is there at once,
// unless it is one that comes Later.
func (c *Cluster) DefineClaim(spec *models.ClaimSpec) models.ClaimID {
	id := models.ClaimID(len(c.storage.claims))
	c.storage.claims = append(c.storage.claims, claimRow{spec: spec, node: models.None, created: c.now, awaited: spec.Later})
	if !spec.Later {
		c.storage.byClaim[claimKey{spec.Namespace, spec.Name}] = id
	}
	c.log.Define(oplog.ClaimSpec, encodeSpec(spec))
	return id
}

// DefineCSINode makes a CSINode known.
func (c *Cluster) DefineCSINode(spec *models.CSINodeSpec) {
	c.storage.csiNodes[spec.Node] = spec
	c.log.Define(oplog.CSINodeSpec, encodeSpec(spec))
}

// changeClaim notes what the scheduler has decided about a claim, before anybody
// has made or bound a volume.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (AssumePodVolumes).
func (c *Cluster) changeClaim(op *models.Op) error {
	if back := op.Kind == models.OpBindClaim && op.Def == models.None; !back && (op.Def < 0 || int(op.Def) >= len(c.storage.claims)) {
		return fmt.Errorf("no claim has id %d", op.Def)
	}
	takesBack := op.Kind == models.OpPlaceClaim && op.Node == models.None // whoever decided so may not know yet
	if op.Def >= 0 && c.storage.claims[op.Def].gone() && !takesBack {
		return fmt.Errorf("claim %d is gone", op.Def)
	}
	if op.Kind == models.OpRemoveClaim {
		c.storage.remove(models.ClaimID(op.Def))
		return nil
	}
	if op.Kind == models.OpPlaceClaim {
		return c.placeClaim(op, &c.storage.claims[op.Def])
	}
	if op.Arg < 0 || op.Arg >= int64(len(c.storage.volumes)) {
		return fmt.Errorf("no volume has id %d", op.Arg)
	}
	volume, claim := &c.storage.volumes[op.Arg], models.ClaimID(op.Def)
	switch {
	case volume.claim == claim:
		return fmt.Errorf("volume %d is meant so already", op.Arg)
	case claim != models.None && volume.claim != models.None:
		return fmt.Errorf("volume %d is meant for claim %d already", op.Arg, volume.claim)
	case claim != models.None && volume.spec.Claim.Given && !volume.spec.Claim.Names(c.storage.claims[claim].spec):
		return fmt.Errorf("volume %d is bound to another claim", op.Arg)
	}
	volume.claim = claim
	return nil
}

// gone reports whether there is no such claim, be it not yet or no longer.
func (c *claimRow) gone() bool { return c.removed || c.awaited }

// beginOrEnd makes a claim that was awaited, or marks one for deletion.
func (s *storage) beginOrEnd(now models.Time, op *models.Op) error {
	if op.Def < 0 || int(op.Def) >= len(s.claims) {
		return fmt.Errorf("no claim has id %d", op.Def)
	}
	claim := &s.claims[op.Def]
	key := claimKey{claim.spec.Namespace, claim.spec.Name}
	_, taken := s.byClaim[key]
	switch {
	case op.Kind == models.OpEndClaim && (claim.gone() || claim.ending):
		return fmt.Errorf("claim %d is gone or being deleted", op.Def)
	case op.Kind == models.OpEndClaim:
		claim.ending = true
	case !claim.awaited:
		return fmt.Errorf("claim %d has been made already", op.Def)
	case taken:
		return fmt.Errorf("there is another claim of the name of claim %d", op.Def)
	default:
		claim.awaited, claim.created = false, now
		s.byClaim[key] = models.ClaimID(op.Def)
	}
	return nil
}

// remove takes a claim away, so that another one of its name can come. What it was
// bound to stays meant for it.
func (s *storage) remove(id models.ClaimID) {
	claim := &s.claims[id]
	claim.removed = true
	key := claimKey{claim.spec.Namespace, claim.spec.Name}
	if s.byClaim[key] == id {
		delete(s.byClaim, key)
	}
}

// nameClaims lets names find the claims that a snapshot says are there.
func (s *storage) nameClaims() {
	clear(s.byClaim)
	for id := range s.claims {
		if claim := &s.claims[id]; !claim.gone() {
			s.byClaim[claimKey{claim.spec.Namespace, claim.spec.Name}] = models.ClaimID(id)
		}
	}
}

func (c *Cluster) placeClaim(op *models.Op, claim *claimRow) error {
	switch {
	case op.Node != models.None && (op.Node < 0 || int(op.Node) >= len(c.nodes)):
		return fmt.Errorf("no node has id %d", op.Node)
	case claim.node == op.Node:
		return fmt.Errorf("claim %d is placed so already", op.Def)
	case op.Node != models.None && claim.node != models.None:
		return fmt.Errorf("the volume of claim %d is to be made for node %s already", op.Def, c.nodeName(claim.node))
	}
	claim.node = op.Node
	return nil
}

// countClaims counts the claims that a pod names, once it is on a node or when it
// leaves.
func (c *Cluster) countClaims(spec *models.PodSpec, by int32) {
	for i := range spec.Volumes {
		if v := &spec.Volumes[i]; v.Kind == models.ClaimVolume {
			key := claimKey{spec.Namespace, v.Claim}
			if c.storage.users[key] += by; c.storage.users[key] == 0 {
				delete(c.storage.users, key)
			}
		}
	}
}

// StorageClass returns the class of that name, or nil.
func (v View) StorageClass(name models.Sym) *models.StorageClassSpec {
	return v.c.storage.classes[name]
}

// CSINode returns what CSI drivers tell about the node of that name, or nil.
func (v View) CSINode(node models.Sym) *models.CSINodeSpec { return v.c.storage.csiNodes[node] }

// Volumes returns the number of PersistentVolumes; ids run from 0.
func (v View) Volumes() int { return len(v.c.storage.volumes) }

// Volume returns the handle of a volume.
func (v View) Volume(id models.VolumeID) Volume { return Volume{v.c, id} }

// FindVolume returns the volume of that name, if there is one.
func (v View) FindVolume(name models.Sym) (Volume, bool) {
	id, ok := v.c.storage.byName[name]
	return Volume{v.c, id}, ok
}

// VolumesOfClass returns the volumes of a class in the order in which they were
// defined.
func (v View) VolumesOfClass(class models.Sym) []models.VolumeID { return v.c.storage.byClass[class] }

// Claims returns the number of PersistentVolumeClaims; ids run from 0.
func (v View) Claims() int { return len(v.c.storage.claims) }

// Claim returns the handle of a claim.
func (v View) Claim(id models.ClaimID) Claim { return Claim{v.c, id} }

// FindClaim returns the claim of that name, if there is one.
func (v View) FindClaim(namespace, name models.Sym) (Claim, bool) {
	id, ok := v.c.storage.byClaim[claimKey{namespace, name}]
	return Claim{v.c, id}, ok
}

// ClaimUsers returns how many pods on nodes name the claim as such, each as often
// as it names it.
func (v View) ClaimUsers(namespace, name models.Sym) int {
	return int(v.c.storage.users[claimKey{namespace, name}])
}

// Volume reads one PersistentVolume.
type Volume struct {
	c  *Cluster
	id models.VolumeID
}

// ID returns the volume's id.
func (v Volume) ID() models.VolumeID { return v.id }

// Spec returns the compiled volume.
func (v Volume) Spec() *models.VolumeSpec { return v.c.storage.volumes[v.id].spec }

// Claim returns the claim that it is bound to or meant for.
func (v Volume) Claim() models.ClaimRef {
	row := &v.c.storage.volumes[v.id]
	if row.claim == models.None {
		return row.spec.Claim
	}
	claim := v.c.storage.claims[row.claim].spec
	return models.ClaimRef{Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, Given: true}
}

// Created returns when the object was created.
func (v Volume) Created() models.Time { return v.c.storage.volumes[v.id].created }

// Claim reads one PersistentVolumeClaim.
type Claim struct {
	c  *Cluster
	id models.ClaimID
}

// ID returns the claim's id.
func (c Claim) ID() models.ClaimID { return c.id }

// Spec returns the compiled claim.
func (c Claim) Spec() *models.ClaimSpec { return c.c.storage.claims[c.id].spec }

// Node returns the name of the node for which its volume is to be made, and
// whether one was selected.
func (c Claim) Node() (name models.Sym, selected bool) {
	row := &c.c.storage.claims[c.id]
	if row.node == models.None {
		return row.spec.Node, row.spec.Selected
	}
	return c.c.nodeSpecs[c.c.nodes[row.node].spec].Name, true
}

// Created returns when the object was created.
func (c Claim) Created() models.Time { return c.c.storage.claims[c.id].created }

// Removed reports whether there is no such object, be it not yet or no longer.
func (c Claim) Removed() bool { return c.c.storage.claims[c.id].gone() }

// Deleting reports whether it is marked for deletion.
func (c Claim) Deleting() bool { return c.Spec().Deleting || c.c.storage.claims[c.id].ending }
