package plugins

import (
	"slices"
	"sort"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// VolumeBinding holds pods to nodes that reach the volumes of their claims, or for
// which volumes can be found or made, and decides which. It does not score: that
// needs the gate StorageCapacityScoring, which is off.
// Source: pkg/scheduler/framework/plugins/volumebinding.
type VolumeBinding struct {
	bound   []models.ClaimID // fully bound claims of the pod
	delayed []models.ClaimID // that wait for their first consumer

	// Of the node that was looked at last.
	searching bySize
	making    []models.ClaimID // claims whose volume is to be made
	bindings  []binding
}

// binding is a volume that was found for a claim.
type binding struct {
	claim  models.ClaimID
	volume models.VolumeID
}

var (
	_ framework.PreFilter        = (*VolumeBinding)(nil)
	_ framework.Filter           = (*VolumeBinding)(nil)
	_ framework.Reserve          = (*VolumeBinding)(nil)
	_ framework.EventsToRegister = (*VolumeBinding)(nil)
)

// conflicts are the reasons why volumes keep a pod off a node.
type conflicts uint8

const (
	affinityConflict conflicts = 1 << iota
	nothingToBind
	noSpace
	volumeMissing
	allConflicts = 1<<iota - 1
)

// conflictStatuses are the answers to each set of reasons, in the order in which
// the original lists them.
var conflictStatuses = func() (out [allConflicts + 1]*framework.Status) {
	for set := conflicts(1); set <= allConflicts; set++ {
		var reasons []string
		for i, reason := range []string{
			"node(s) didn't match PersistentVolume's node affinity",
			"node(s) didn't find available persistent volumes to bind",
			"node(s) did not have enough free storage",
			"node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
		} {
			if set&(1<<i) != 0 {
				reasons = append(reasons, reason)
			}
		}
		out[set] = framework.NewStatus(framework.UnschedulableAndUnresolvable, reasons...)
	}
	return out
}()

var unboundImmediate = framework.NewStatus(framework.UnschedulableAndUnresolvable,
	"pod has unbound immediate PersistentVolumeClaims")

// Name returns the name of the plugin.
func (*VolumeBinding) Name() string { return "VolumeBinding" }

// Reads declares that labels and names of nodes are looked at, and what other pods
// made of volumes and claims.
func (*VolumeBinding) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsCluster
}

// PreFilter sorts the pod's claims and skips pods without any.
func (p *VolumeBinding) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	return nil, false, p.prepare(c)
}

// prepare sorts the pod's claims.
func (p *VolumeBinding) prepare(c *framework.Cycle) *framework.Status {
	p.bound, p.delayed = p.bound[:0], p.delayed[:0]
	claims := false
	for i := range c.Spec.Volumes {
		if v := &c.Spec.Volumes[i]; v.ClaimsVolume() {
			claims = true
			if status := usable(c, v); status != nil {
				return status
			}
		}
	}
	if !claims {
		return framework.Skipped
	}
	immediate := false
	for i := range c.Spec.Volumes {
		v := &c.Spec.Volumes[i]
		if !v.ClaimsVolume() {
			continue
		}
		claim, _ := claimOf(c.View, c.Pod, v)
		switch spec := claim.Spec(); {
		case spec.Bound():
			p.bound = append(p.bound, claim.ID())
		case spec.Volume == 0 && waitsForConsumer(c.View, spec):
			p.delayed = append(p.delayed, claim.ID())
		default:
			immediate = true
		}
	}
	if immediate {
		return unboundImmediate
	}
	return nil
}

// usable refuses a pod whose claim does not exist, is lost or goes away, or
// belongs to another pod.
// Source: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go (podHasPVCs).
func usable(c *framework.Cycle, v *models.Volume) *framework.Status {
	claim, ok := claimOf(c.View, c.Pod, v)
	if !ok && v.Kind == models.EphemeralVolume {
		return unresolvable("waiting for ephemeral volume controller to create the persistentvolumeclaim %q",
			claimName(c.View, c.Pod, v))
	}
	if !ok {
		return notFound("persistentvolumeclaim", claimName(c.View, c.Pod, v))
	}
	d, spec := c.View.Dictionary(), claim.Spec()
	switch {
	case spec.Lost:
		return unresolvable("persistentvolumeclaim %q bound to non-existent persistentvolume %q", d.String(spec.Name), d.String(spec.Volume))
	case claim.Deleting():
		return unresolvable("persistentvolumeclaim %q is being deleted", d.String(spec.Name))
	case v.Kind == models.EphemeralVolume && !ownsClaim(c.View, c.Pod, spec):
		return notOwner(c.View, c.Pod, spec)
	}
	return nil
}

// waitsForConsumer reports whether the class of a claim delays its binding.
// Source: k8s.io/component-helpers/storage/volume/pv_helpers.go (IsDelayBindingMode).
func waitsForConsumer(v cluster.View, claim *models.ClaimSpec) bool {
	class := v.StorageClass(claim.Class)
	return class != nil && class.WaitForConsumer
}

// Filter rejects a node that does not reach the volumes of the pod, or for which
// none can be found or made.
func (p *VolumeBinding) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	return conflictStatuses[p.find(c.View, n.Node)]
}

// find looks for the volumes of the pod on a node and says why it lacks any.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (FindPodVolumes).
func (p *VolumeBinding) find(v cluster.View, n cluster.Node) conflicts {
	p.making, p.bindings = p.making[:0], p.bindings[:0]
	reasons := p.checkBound(v, n)
	p.searching = bySize{v, p.searching.claims[:0]}
	for _, id := range p.delayed {
		name, selected := v.Claim(id).Node()
		switch {
		case !selected:
			p.searching.claims = append(p.searching.claims, id)
		case name != n.Spec().Name:
			return reasons | nothingToBind
		default:
			p.making = append(p.making, id)
		}
	}
	sort.Sort(&p.searching) // the sort of the original, for claims of one size
	missing := false
	for _, id := range p.searching.claims {
		if volume, ok := p.match(v, v.Claim(id).Spec(), n.Labels()); ok {
			p.bindings = append(p.bindings, binding{id, volume})
		} else {
			p.making, missing = append(p.making, id), true
		}
	}
	if len(p.making) > 0 {
		return reasons | p.checkMaking(v, n.Labels())
	}
	if missing {
		return reasons | nothingToBind
	}
	return reasons
}

// bySize orders claims by the storage they request.
type bySize struct {
	view   cluster.View
	claims []models.ClaimID
}

func (s *bySize) Len() int      { return len(s.claims) }
func (s *bySize) Swap(i, j int) { s.claims[i], s.claims[j] = s.claims[j], s.claims[i] }
func (s *bySize) Less(i, j int) bool {
	return s.view.Claim(s.claims[i]).Spec().Request < s.view.Claim(s.claims[j]).Spec().Request
}

// checkBound checks that the node reaches the volumes of bound claims.
func (p *VolumeBinding) checkBound(v cluster.View, n cluster.Node) conflicts {
	for _, id := range p.bound {
		volume, ok := v.FindVolume(v.Claim(id).Spec().Volume)
		if !ok {
			return volumeMissing
		}
		spec := volume.Spec()
		affinity := &spec.Affinity
		if spec.Migrated != 0 {
			if node := v.CSINode(n.Spec().Name); node != nil && slices.Contains(node.Migrated, spec.Migrated) {
				affinity = &spec.MigratedAffinity
			}
		}
		if !affinity.Matches(n.Labels(), v.Dictionary()) {
			return affinityConflict
		}
	}
	return 0
}

// match returns the volume for a claim: the one that is bound to it, else the
// smallest that is free and large enough; of equal ones the first.
// Source: k8s.io/component-helpers/storage/volume/pv_helpers.go (FindMatchingVolume).
func (p *VolumeBinding) match(v cluster.View, claim *models.ClaimSpec, labels models.Labels) (models.VolumeID, bool) {
	d := v.Dictionary()
	best, smallest := models.VolumeID(models.None), int64(0)
	for _, id := range v.VolumesOfClass(claim.Class) {
		volume := v.Volume(id)
		spec, ref := volume.Spec(), volume.Claim()
		switch own := ref.Names(claim); {
		case ref.Given && !own, spec.Capacity < claim.Request, spec.Block != claim.Block, spec.Deleting,
			spec.AttributesClass != claim.AttributesClass, p.taken(id):
		case own:
			return id, spec.Affinity.Matches(labels, d)
		case !spec.Available, claim.Modes&^spec.Modes != 0, best != models.None && spec.Capacity >= smallest,
			!claim.Selector.Matches(spec.Labels, d), !spec.Affinity.Matches(labels, d):
		default:
			best, smallest = id, spec.Capacity
		}
	}
	return best, best != models.None
}

// taken reports whether another claim of the pod has been given the volume.
func (p *VolumeBinding) taken(id models.VolumeID) bool {
	for i := range p.bindings {
		if p.bindings[i].volume == id {
			return true
		}
	}
	return false
}

// notProvisioned is the provisioner of classes whose volumes nobody makes.
const notProvisioned = "kubernetes.io/no-provisioner"

// checkMaking checks that volumes can be made for a node with these labels.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (checkVolumeProvisions).
func (p *VolumeBinding) checkMaking(v cluster.View, labels models.Labels) conflicts {
	d := v.Dictionary()
	for _, id := range p.making {
		claim := v.Claim(id).Spec()
		class := v.StorageClass(claim.Class)
		if class.Provisioner == 0 || d.String(class.Provisioner) == notProvisioned || !allows(class, labels, d) {
			return nothingToBind
		}
		if claim.Requested && class.Tracked && !hasSpace(class, claim.Request, labels, d) {
			return noSpace
		}
	}
	return 0
}

// allows reports whether volumes of a class can be made for nodes with these labels.
// Source: pkg/apis/core/v1/helper (MatchTopologySelectorTerms).
func allows(class *models.StorageClassSpec, labels models.Labels, d *models.Dictionary) bool {
	for i := range class.Topologies {
		if class.Topologies[i].Matches(0, labels, d) {
			return true
		}
	}
	return len(class.Topologies) == 0
}

// hasSpace reports whether a volume of that size can be made.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (hasEnoughCapacity).
func hasSpace(class *models.StorageClassSpec, size int64, labels models.Labels, d *models.Dictionary) bool {
	for i := range class.Capacities {
		if space := &class.Capacities[i]; space.Limit >= size && space.Nodes.Matches(labels, d) {
			return true
		}
	}
	return false
}

// Reserve notes which volumes are meant for claims of the pod and which are to be
// made for its node, so that no other pod is given them. Nobody acts on it: claims
// stay unbound.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (AssumePodVolumes).
func (p *VolumeBinding) Reserve(c *framework.Cycle, node models.NodeID, ops []models.Op) ([]models.Op, *framework.Status) {
	if status := p.prepare(c); status != nil || len(p.delayed) == 0 {
		return ops, nil // nothing to decide, or rejected long ago
	}
	n := c.View.Node(node)
	p.find(c.View, n)
	for _, b := range p.bindings {
		if !c.View.Volume(b.volume).Claim().Names(c.View.Claim(b.claim).Spec()) {
			ops = append(ops, models.Op{Kind: models.OpBindClaim, Def: int32(b.claim), Arg: int64(b.volume)})
		}
	}
	for _, id := range p.making {
		op := models.Op{Kind: models.OpPlaceClaim, Def: int32(id), Node: node}
		if _, selected := c.View.Claim(id).Node(); !selected && !slices.Contains(ops, op) { // a pod may name a claim twice
			ops = append(ops, op)
		}
	}
	return ops, nil
}

// EventsToRegister tells that a pod is worth another attempt when a node joined or
// the labels of one changed, or a claim of it was made.
func (*VolumeBinding) EventsToRegister() []framework.Hint {
	return []framework.Hint{{On: framework.NodeAdd | framework.NodeLabel}, onAnyTaint, onClaim}
}

// onClaim is worth another attempt of the pods that name a claim which was made.
// Source: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go
// (isSchedulableAfterPersistentVolumeClaimChange).
var onClaim = framework.Hint{
	On: framework.ClaimAdd,
	Queue: func(_ cluster.View, pod cluster.Pod, e *framework.Event) bool {
		spec := pod.Spec()
		return spec.Namespace == e.Claim.Namespace && slices.ContainsFunc(spec.Volumes, func(v models.Volume) bool {
			return v.Kind == models.ClaimVolume && v.Claim == e.Claim.Name
		})
	},
}
