package plugins

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// VolumeZone rejects nodes outside of the zones and regions that are labels of the
// volumes to which claims of the pod are bound.
// Source: pkg/scheduler/framework/plugins/volumezone.
type VolumeZone struct {
	keys  [4]models.Sym // the labels of zones and regions, the old ones first
	zones []models.VolumeZone
}

var (
	_ framework.PreFilter        = (*VolumeZone)(nil)
	_ framework.Filter           = (*VolumeZone)(nil)
	_ framework.EventsToRegister = (*VolumeZone)(nil)
)

// NewVolumeZone returns the plugin.
func NewVolumeZone(d *models.Dictionary) *VolumeZone {
	p := new(VolumeZone)
	for i, key := range models.VolumeZoneLabels {
		p.keys[i] = d.Sym(key)
	}
	return p
}

var otherZone = framework.NewStatus(framework.UnschedulableAndUnresolvable, "node(s) had no available volume zone")

// Name returns the name of the plugin.
func (*VolumeZone) Name() string { return "VolumeZone" }

// Reads declares that the labels of nodes are looked at, and those of volumes.
func (*VolumeZone) Reads() framework.Reads {
	return framework.ReadsNodeFacts | framework.ReadsCluster
}

// PreFilter collects the zones of the pod's volumes and skips pods whose volumes
// have none.
func (p *VolumeZone) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	p.zones = p.zones[:0]
	for i := range c.Spec.Volumes {
		if v := &c.Spec.Volumes[i]; v.Kind == models.ClaimVolume {
			if status := p.collect(c, v); status != nil {
				return nil, false, status
			}
		}
	}
	if len(p.zones) == 0 {
		return nil, false, framework.Skipped
	}
	return nil, false, nil
}

// collect notes the zones of one claim's volume.
func (p *VolumeZone) collect(c *framework.Cycle, v *models.Volume) *framework.Status {
	d := c.View.Dictionary()
	claim, ok := c.View.FindClaim(c.Spec.Namespace, v.Claim)
	if !ok {
		return notFound("persistentvolumeclaim", d.String(v.Claim))
	}
	spec := claim.Spec()
	if spec.Volume != 0 {
		volume, ok := c.View.FindVolume(spec.Volume)
		if !ok {
			return notFound("persistentvolume", d.String(spec.Volume))
		}
		p.zones = append(p.zones, volume.Spec().Zones...)
		return nil
	}
	if spec.Class == 0 {
		return unresolvable("PersistentVolumeClaim had no pv name and storageClass name")
	}
	class := c.View.StorageClass(spec.Class)
	switch {
	case class == nil:
		return notFound("storageclass.storage.k8s.io", d.String(spec.Class))
	case class.WaitForConsumer:
		return nil
	}
	return unresolvable("PersistentVolume had no name")
}

// Filter rejects a node in another zone. One without any label of a zone or region
// is taken to be in all.
func (p *VolumeZone) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	labels := n.Labels()
	if !p.labelled(labels) {
		return nil
	}
	for i := range p.zones {
		zone := &p.zones[i]
		value, ok := labels.Get(zone.Key)
		if !ok {
			value, ok = labels.Get(p.successor(zone.Key))
		}
		if !ok || !slices.Contains(zone.Values, value) {
			return otherZone
		}
	}
	return nil
}

func (p *VolumeZone) labelled(labels models.Labels) bool {
	for _, key := range p.keys {
		if _, ok := labels.Get(key); ok {
			return true
		}
	}
	return false
}

// successor returns the label that took the place of an old one.
func (p *VolumeZone) successor(key models.Sym) models.Sym {
	if i := slices.Index(p.keys[:2], key); i >= 0 {
		return p.keys[i+2]
	}
	return key
}

// EventsToRegister tells that a pod is worth another attempt when a node joined or
// the labels of one changed, or a claim of it was made.
func (*VolumeZone) EventsToRegister() []framework.Hint {
	return []framework.Hint{{On: framework.NodeAdd | framework.NodeLabel}, onAnyTaint, onClaim}
}
