package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// NodeVolumeLimits rejects nodes to which no more volumes of a CSI driver can be
// attached.
// Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.
type NodeVolumeLimits struct {
	added    []attachable // of the pod
	attached []attachable // to the node, of the drivers in added
}

// attachable is a volume that counts against the limit of a driver. What is not
// made yet has no handle, but a claim.
type attachable struct {
	driver, handle models.Sym
	claim          models.ClaimID
}

var (
	_ framework.PreFilter        = (*NodeVolumeLimits)(nil)
	_ framework.Filter           = (*NodeVolumeLimits)(nil)
	_ framework.EventsToRegister = (*NodeVolumeLimits)(nil)
)

var tooManyVolumes = framework.NewStatus(framework.Unschedulable, "node(s) exceed max volume count")

// Name returns the name of the plugin.
func (*NodeVolumeLimits) Name() string { return "NodeVolumeLimits" }

// Reads declares that pods on the node and claims are looked at.
func (*NodeVolumeLimits) Reads() framework.Reads {
	return framework.ReadsNodeLoad | framework.ReadsCluster
}

// PreFilter skips pods without volumes that count.
func (*NodeVolumeLimits) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	if !countsVolumes(c.Spec) {
		return nil, false, framework.Skipped
	}
	return nil, false, nil
}

func countsVolumes(spec *models.PodSpec) bool {
	for i := range spec.Volumes {
		if v := &spec.Volumes[i]; v.ClaimsVolume() || v.Driver != 0 || v.Kind == models.OtherDisk {
			return true
		}
	}
	return false
}

// Filter rejects a node if a driver would have more volumes there than its limit.
func (p *NodeVolumeLimits) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	p.added = p.added[:0]
	for i := range c.Spec.Volumes {
		v := &c.Spec.Volumes[i]
		if status := p.check(c, v); status != nil {
			return status
		}
		if a, ok := attachableOf(c.View, c.Pod, v); ok && !slices.Contains(p.added, a) {
			p.added = append(p.added, a)
		}
	}
	node := c.View.CSINode(n.Spec().Name)
	if len(p.added) == 0 || node == nil {
		return nil
	}
	for i := range node.Drivers {
		if d := &node.Drivers[i]; d.Limit != models.Unset && !p.fits(c, n, node, d) {
			return tooManyVolumes
		}
	}
	return nil
}

// check refuses a pod whose claim does not exist or belongs to another.
func (p *NodeVolumeLimits) check(c *framework.Cycle, v *models.Volume) *framework.Status {
	if !v.ClaimsVolume() {
		return nil
	}
	claim, ok := claimOf(c.View, c.Pod, v)
	if !ok {
		name := claimName(c.View, c.Pod, v)
		return unresolvable("looking up PVC %s/%s: persistentvolumeclaim %q not found",
			c.View.Dictionary().String(c.Spec.Namespace), name, name)
	}
	if v.Kind == models.EphemeralVolume && !ownsClaim(c.View, c.Pod, claim.Spec()) {
		return notOwner(c.View, c.Pod, claim.Spec())
	}
	return nil
}

// fits reports whether the pod's volumes of a driver fit beside those attached. A
// volume counts once, however many pods use it.
func (p *NodeVolumeLimits) fits(c *framework.Cycle, n framework.Node, node *models.CSINodeSpec, d *models.CSINodeDriver) bool {
	if !slices.ContainsFunc(p.added, func(a attachable) bool { return a.driver == d.Name }) {
		return true
	}
	p.attached = p.attached[:0]
	for _, id := range n.Pods() {
		pod := c.View.Pod(id)
		volumes := pod.Spec().Volumes
		for i := range volumes {
			if a, ok := attachableOf(c.View, pod, &volumes[i]); ok {
				p.attach(d, a)
			}
		}
	}
	used := len(p.attached)
	for i := range node.Attachments {
		a := &node.Attachments[i]
		if volume, ok := c.View.FindVolume(a.Volume); ok && volume.Spec().CSI {
			p.attach(d, attachable{a.Driver, volume.Spec().Handle, models.None})
		}
	}
	count := 0
	for _, a := range p.added {
		// What is attached to no pod counts again, even the pod's own volume.
		if a.driver == d.Name && !slices.Contains(p.attached[:used], a) {
			count++
		}
	}
	return count == 0 || len(p.attached)+count <= int(d.Limit)
}

func (p *NodeVolumeLimits) attach(d *models.CSINodeDriver, a attachable) {
	if a.driver == d.Name && !slices.Contains(p.attached, a) {
		p.attached = append(p.attached, a)
	}
}

// attachableOf returns what a volume of a pod counts as. Claims that do not exist
// or belong to another pod do not count.
func attachableOf(v cluster.View, pod cluster.Pod, volume *models.Volume) (attachable, bool) {
	if !volume.ClaimsVolume() {
		return attachable{volume.Driver, volume.Handle, models.None}, volume.Driver != 0
	}
	claim, ok := claimOf(v, pod, volume)
	if !ok || volume.Kind == models.EphemeralVolume && !ownsClaim(v, pod, claim.Spec()) {
		return attachable{}, false
	}
	spec := claim.Spec()
	if spec.Volume != 0 {
		if bound, ok := v.FindVolume(spec.Volume); ok {
			a := attachable{bound.Spec().Driver, bound.Spec().Handle, models.None}
			return a, a.driver != 0 && a.handle != 0
		}
	}
	class := v.StorageClass(spec.Class)
	if class == nil || class.Driver == 0 {
		return attachable{}, false
	}
	return attachable{class.Driver, 0, claim.ID()}, true
}

// EventsToRegister tells that a pod is worth another attempt when a pod with
// volumes that count went away, or a claim of it was made.
func (*NodeVolumeLimits) EventsToRegister() []framework.Hint {
	return []framework.Hint{{
		On: framework.AssignedPodDelete,
		Queue: func(_ cluster.View, _ cluster.Pod, e *framework.Event) bool {
			return countsVolumes(e.Spec)
		},
	}, onClaim}
}
