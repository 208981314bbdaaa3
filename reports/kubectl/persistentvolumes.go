package kubectl

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Volumes that are made for a claim once it is placed are no objects of podsim: here they
// have the numbers below those of volumes.
const firstProvisioned = -2

func persistentVolumes() *kind {
	return &kind{
		name: "persistentvolume", plural: "persistentvolumes", short: []string{"pv"}, cluster: true,
		columns: []string{"NAME", "CAPACITY", "ACCESS MODES", "RECLAIM POLICY", "STATUS", "CLAIM", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "REASON", "AGE"},
		wide:    []string{"VOLUMEMODE"}, aging: []string{"AGE"},
		list: func(m *Moment) (out []object) {
			for id := range m.View.Volumes() {
				if o, ok := m.volume(int32(id)); ok {
					out = append(out, o)
				}
			}
			for id := range m.View.Claims() {
				if o, ok := m.volume(firstProvisioned - int32(id)); ok {
					out = append(out, o)
				}
			}
			return out
		},
		touched:  touchedVolumes,
		one:      func(m *Moment, id int32) (object, bool) { return m.volume(id) },
		describe: describeVolume,
	}
}

// touchedVolumes lists the volumes that an operation changes, or that follow it.
func touchedVolumes(op *models.Op, v cluster.View) (ids []int32) {
	switch op.Kind {
	case models.OpPlaceClaim:
		return []int32{firstProvisioned - op.Def}
	case models.OpRemoveClaim:
		ids = append(ids, firstProvisioned-op.Def)
		for id := range v.Volumes() {
			if v.Volume(models.VolumeID(id)).Claim().Names(v.Claim(models.ClaimID(op.Def)).Spec()) {
				ids = append(ids, int32(id))
			}
		}
	case models.OpBindClaim:
		return []int32{int32(op.Arg)}
	case models.OpCreatePod:
		for i := range v.Pod(op.Pod).Spec().Volumes {
			ids = append(ids, int32(v.Volumes()+i))
		}
	}
	return ids
}

// pv is a volume as it is shown.
type pv struct {
	models.VolumeSpec
	claim        models.ClaimRef
	phase        string
	created      models.Time
	name, policy string
}

// volumeOf returns a volume by its number, or one that was made for a placed claim. One
// whose policy is Delete goes with its claim.
func (m *Moment) volumeOf(id int32) (v pv, ok bool) {
	d := m.View.Dictionary()
	if id <= firstProvisioned {
		at := models.ClaimID(firstProvisioned - id)
		if int(at) >= m.View.Claims() {
			return v, false
		}
		c := m.View.Claim(at)
		spec := c.Spec()
		if _, placed := c.Node(); !placed || c.Removed() || spec.Bound() {
			return v, false
		}
		v.VolumeSpec = models.VolumeSpec{Class: spec.Class, Capacity: spec.Request, Modes: spec.Modes, Block: spec.Block}
		v.claim = models.ClaimRef{Namespace: spec.Namespace, Name: spec.Name, Given: true}
		v.phase, v.created, v.name, v.policy = "Bound", c.Created(), provisionedName(d, spec), "Delete"
		return v, true
	}
	if int(id) >= m.View.Volumes() {
		return v, false
	}
	volume := m.View.Volume(models.VolumeID(id))
	v = pv{VolumeSpec: *volume.Spec(), claim: volume.Claim(), phase: "Available", created: volume.Created(), policy: "Retain"}
	v.name = d.String(v.Name)
	if v.Reclaim != "" {
		v.policy = v.Reclaim
	}
	if v.claim.Given {
		v.phase = "Bound"
		if claim, there := m.View.FindClaim(v.claim.Namespace, v.claim.Name); !there || claim.Spec().Bound() && claim.Spec().Volume != v.Name {
			v.phase = "Released"
		}
	}
	if v.Deleting {
		v.phase = "Terminating"
	}
	return v, v.phase != "Released" || v.policy != "Delete"
}

func (m *Moment) claimText(ref models.ClaimRef) string {
	if !ref.Given {
		return ""
	}
	d := m.View.Dictionary()
	return d.String(ref.Namespace) + "/" + d.String(ref.Name)
}

// volume shows a volume.
// Source: pkg/printers/internalversion/printers.go (printPersistentVolume).
func (m *Moment) volume(id int32) (object, bool) {
	v, ok := m.volumeOf(id)
	d := m.View.Dictionary()
	return object{
		id: id, name: v.name, labels: labelsOf(v.Labels, d),
		cells: []string{
			v.name, storage(v.Capacity), shortModes(v.Modes), v.policy, v.phase, m.claimText(v.claim), d.String(v.Class),
			orUnset(d.String(v.AttributesClass)), "", m.age(v.created),
		},
		wide:     []string{volumeMode(v.Block)},
		manifest: func() map[string]any { return m.volumeManifest(id, &v) },
	}, ok
}

func (m *Moment) volumeManifest(id int32, v *pv) map[string]any {
	d := m.View.Dictionary()
	meta := map[string]any{
		"name": v.name, "uid": UID("PersistentVolume", id), "creationTimestamp": m.stamp(v.created),
		"finalizers": []any{"kubernetes.io/pv-protection"},
	}
	addLabels(meta, v.Labels, d)
	body := map[string]any{
		"accessModes": anyList(modesOf(v.Modes, false)), "capacity": map[string]any{"storage": storage(v.Capacity)},
		"persistentVolumeReclaimPolicy": v.policy, "volumeMode": volumeMode(v.Block),
	}
	if v.Class != 0 {
		body["storageClassName"] = d.String(v.Class)
	}
	if v.CSI {
		body["csi"] = map[string]any{"driver": d.String(v.Driver), "volumeHandle": d.String(v.Handle)}
	}
	if v.claim.Given {
		body["claimRef"] = map[string]any{
			"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": d.String(v.claim.Namespace), "name": d.String(v.claim.Name),
		}
	}
	return map[string]any{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": body, "status": map[string]any{"phase": v.phase}}
}

// describeVolume describes a volume. Of its source podsim keeps what a CSI driver calls
// it. Source: k8s.io/kubectl/pkg/describe (describePersistentVolume).
func describeVolume(m *Moment, o object) string {
	p, d := newPage(), m.View.Dictionary()
	v, _ := m.volumeOf(o.id)
	p.line(0, "Name:\t%s", o.name)
	p.pairs(0, "Labels", "=", o.labels)
	p.pairs(0, "Annotations", ": ", nil)
	p.line(0, "Finalizers:\t[kubernetes.io/pv-protection]")
	p.line(0, "StorageClass:\t%s", d.String(v.Class))
	p.line(0, "Status:\t%s", v.phase)
	p.line(0, "Claim:\t%s", m.claimText(v.claim))
	p.line(0, "Reclaim Policy:\t%s", v.policy)
	p.line(0, "Access Modes:\t%s", shortModes(v.Modes))
	p.line(0, "VolumeMode:\t%s", volumeMode(v.Block))
	p.line(0, "Capacity:\t%s", storage(v.Capacity))
	p.affinity(&v.Affinity, d)
	p.line(0, "Message:\t")
	p.line(0, "Source:")
	if v.CSI {
		p.line(2, "Type:\tCSI (a Container Storage Interface (CSI) volume source)")
		p.line(2, "Driver:\t%s", d.String(v.Driver))
		p.line(2, "VolumeHandle:\t%s", d.String(v.Handle))
	} else {
		p.line(1, "<unknown>")
	}
	p.events(m, UID("PersistentVolume", o.id))
	return p.text()
}

// affinity writes which nodes reach a volume.
// Source: k8s.io/kubectl/pkg/describe (printVolumeNodeAffinity).
func (p *page) affinity(a *models.VolumeAffinity, d *models.Dictionary) {
	if !a.Limited {
		p.line(0, "Node Affinity:\t<none>")
		return
	}
	p.line(0, "Node Affinity:\t")
	if len(a.Terms) == 0 {
		p.line(1, "Required Terms:\t<none>")
		return
	}
	p.line(1, "Required Terms:\t")
	for i := range a.Terms {
		var texts []string
		for k := range a.Terms[i].Labels {
			r := &a.Terms[i].Labels[k]
			var values []string
			for _, v := range r.Values {
				values = append(values, d.String(v))
			}
			text := d.String(r.Key) + " " + strings.ToLower(operatorOf(r))
			if len(values) > 0 {
				text += " [" + strings.Join(values, ", ") + "]"
			}
			texts = append(texts, text)
		}
		p.list(2, "Term "+count(int32(i)), texts)
	}
}
