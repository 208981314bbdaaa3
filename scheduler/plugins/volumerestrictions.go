package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// VolumeRestrictions rejects nodes on which a disk of the pod is in use, and all
// nodes while a claim for one pod only has another user.
// Source: pkg/scheduler/framework/plugins/volumerestrictions.
type VolumeRestrictions struct {
	exclusive []models.Sym // claims of the pod that only one pod may use
	users     int          // of these, by pods on nodes
}

var (
	_ framework.PreFilterExtensions = (*VolumeRestrictions)(nil)
	_ framework.Filter              = (*VolumeRestrictions)(nil)
	_ framework.EventsToRegister    = (*VolumeRestrictions)(nil)
)

var (
	diskInUse  = framework.NewStatus(framework.Unschedulable, "node(s) had no available disk")
	claimInUse = framework.NewStatus(framework.Unschedulable, "node(s) unavailable due to PersistentVolumeClaim "+
		"with ReadWriteOncePod access mode already in-use by another pod")
)

// Name returns the name of the plugin.
func (*VolumeRestrictions) Name() string { return "VolumeRestrictions" }

// Reads declares that pods on the node and users of claims anywhere are looked at.
func (*VolumeRestrictions) Reads() framework.Reads {
	return framework.ReadsNodeLoad | framework.ReadsCluster
}

// PreFilter looks for users of claims that only one pod may use, and skips pods
// without such and without disks.
func (p *VolumeRestrictions) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	p.exclusive, p.users = p.exclusive[:0], 0
	disks := false
	for i := range c.Spec.Volumes {
		v := &c.Spec.Volumes[i]
		disks = disks || isRestrictedDisk(v)
		if v.Kind != models.ClaimVolume {
			continue
		}
		claim, ok := c.View.FindClaim(c.Spec.Namespace, v.Claim)
		if !ok {
			return nil, false, notFound("persistentvolumeclaim", c.View.Dictionary().String(v.Claim))
		}
		if claim.Spec().Modes&models.ReadWriteOncePod == 0 || slices.Contains(p.exclusive, v.Claim) {
			continue
		}
		p.exclusive = append(p.exclusive, v.Claim)
		if c.View.ClaimUsers(c.Spec.Namespace, v.Claim) > 0 {
			p.users++
		}
	}
	if !disks && p.users == 0 {
		return nil, false, framework.Skipped
	}
	return nil, false, nil
}

func isRestrictedDisk(v *models.Volume) bool {
	return v.Kind >= models.GCEDisk && v.Kind <= models.RBDDisk
}

// AddPod counts what a pod uses that came to a node on an overlay.
func (p *VolumeRestrictions) AddPod(_ *framework.Cycle, pod cluster.Pod, _ framework.Node) {
	p.users += p.uses(pod.Spec())
}

// RemovePod takes back what a pod uses that left a node on an overlay.
func (p *VolumeRestrictions) RemovePod(_ *framework.Cycle, pod cluster.Pod, _ framework.Node) {
	p.users -= p.uses(pod.Spec())
}

// uses counts the claims that a pod names. As in the original, its namespace does
// not matter.
func (p *VolumeRestrictions) uses(spec *models.PodSpec) int {
	n := 0
	for i := range spec.Volumes {
		if v := &spec.Volumes[i]; v.Kind == models.ClaimVolume && slices.Contains(p.exclusive, v.Claim) {
			n++
		}
	}
	return n
}

// Filter rejects a node on which a disk of the pod is in use.
func (p *VolumeRestrictions) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	if hasRestrictedDisk(c.Spec) {
		for _, id := range n.Pods() {
			if disksConflict(c.Spec, c.View.Pod(id).Spec()) {
				return diskInUse
			}
		}
	}
	if p.users > 0 {
		return claimInUse
	}
	return nil
}

func hasRestrictedDisk(spec *models.PodSpec) bool {
	for i := range spec.Volumes {
		if isRestrictedDisk(&spec.Volumes[i]) {
			return true
		}
	}
	return false
}

func disksConflict(a, b *models.PodSpec) bool {
	for i := range a.Volumes {
		for j := range b.Volumes {
			if a.Volumes[i].Conflicts(&b.Volumes[j]) {
				return true
			}
		}
	}
	return false
}

// EventsToRegister tells that a pod is worth another attempt when a pod of its
// namespace went away that used a disk or a claim of it, and when a node joined.
func (*VolumeRestrictions) EventsToRegister() []framework.Hint {
	return []framework.Hint{
		{
			On: framework.AssignedPodDelete,
			Queue: func(_ cluster.View, pod cluster.Pod, e *framework.Event) bool {
				spec := pod.Spec()
				return spec.Namespace == e.Spec.Namespace && (disksConflict(spec, e.Spec) || sharesClaim(spec, e.Spec))
			},
		},
		{On: framework.NodeAdd},
		onAnyTaint,
		onClaim,
	}
}

func sharesClaim(a, b *models.PodSpec) bool {
	for i := range a.Volumes {
		for j := range b.Volumes {
			x, y := &a.Volumes[i], &b.Volumes[j]
			if x.Kind == models.ClaimVolume && y.Kind == models.ClaimVolume && x.Claim == y.Claim {
				return true
			}
		}
	}
	return false
}
