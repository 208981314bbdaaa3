package kubectl

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func claims() *kind {
	return &kind{
		name: "persistentvolumeclaim", plural: "persistentvolumeclaims", short: []string{"pvc"},
		columns: []string{"NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"},
		wide:    []string{"VOLUMEMODE"}, aging: []string{"AGE"},
		list: func(m *Moment) (out []object) {
			bound := m.volumesByClaim()
			for id := range m.View.Claims() {
				if c := m.View.Claim(models.ClaimID(id)); !c.Removed() {
					out = append(out, m.claim(c, bound))
				}
			}
			return out
		},
		touched: touchedClaims,
		one: func(m *Moment, id int32) (object, bool) {
			if int(id) >= m.View.Claims() || m.View.Claim(models.ClaimID(id)).Removed() {
				return object{}, false
			}
			return m.claim(m.View.Claim(models.ClaimID(id)), m.volumesByClaim()), true
		},
		describe: describeClaim,
	}
}

// touchedClaims lists the claims that an operation changes. Those that a new pod has and
// nobody has made yet follow it.
func touchedClaims(op *models.Op, v cluster.View) (ids []int32) {
	switch op.Kind {
	case models.OpPlaceClaim, models.OpRemoveClaim, models.OpAddClaim, models.OpEndClaim:
		return []int32{op.Def}
	case models.OpBindClaim:
		if op.Def != models.None {
			return []int32{op.Def}
		}
		for id := range v.Claims() {
			ids = append(ids, int32(id))
		}
	case models.OpCreatePod:
		spec := v.Pod(op.Pod).Spec()
		for i := range spec.Volumes {
			ids = append(ids, int32(v.Claims()+i))
		}
	}
	return ids
}

// claimKey names a claim.
type claimKey struct{ namespace, name models.Sym }

// volumesByClaim finds the volumes that are bound to claims or meant for them.
func (m *Moment) volumesByClaim() map[claimKey]cluster.Volume {
	out := make(map[claimKey]cluster.Volume)
	for id := range m.View.Volumes() {
		v := m.View.Volume(models.VolumeID(id))
		if ref := v.Claim(); ref.Given {
			out[claimKey{ref.Namespace, ref.Name}] = v
		}
	}
	return out
}

// claimState is the status of a claim.
type claimState struct {
	phase    string
	volume   string // "" if none
	capacity int64
	modes    models.AccessModes
}

// claimStateOf works out the status of a claim. One that was placed has a volume that was
// made for it.
func (m *Moment) claimStateOf(c cluster.Claim, bound map[claimKey]cluster.Volume) claimState {
	d, spec := m.View.Dictionary(), c.Spec()
	s := claimState{phase: "Pending", modes: spec.Modes, capacity: spec.Request}
	volume, found := bound[claimKey{spec.Namespace, spec.Name}]
	_, placed := c.Node()
	switch {
	case found && (spec.Volume == 0 || spec.Volume == volume.Spec().Name):
		s.phase, s.volume = "Bound", d.String(volume.Spec().Name)
		s.capacity, s.modes = volume.Spec().Capacity, volume.Spec().Modes
	case spec.Bound():
		s.phase, s.volume = "Bound", d.String(spec.Volume)
	case placed:
		s.phase, s.volume = "Bound", provisionedName(d, spec)
	}
	switch {
	case spec.Lost:
		s.phase = "Lost"
	case c.Deleting():
		s.phase = "Terminating"
	}
	return s
}

// provisionedName is the name of a volume that is made for a claim.
func provisionedName(d *models.Dictionary, c *models.ClaimSpec) string {
	return "pvc-" + d.String(c.Namespace) + "-" + d.String(c.Name)
}

// storage writes bytes as a quantity.
func storage(bytes int64) string { return quantity(models.EphemeralStorage, "", bytes) }

// modesOf lists access modes, by their short names if asked for.
// Source: pkg/apis/core/helper/helpers.go (GetAccessModesAsString).
func modesOf(modes models.AccessModes, short bool) (out []string) {
	for i, name := range [...][2]string{{"ReadWriteOnce", "RWO"}, {"ReadOnlyMany", "ROX"}, {"ReadWriteMany", "RWX"}, {"ReadWriteOncePod", "RWOP"}} {
		if modes&(1<<i) == 0 {
			continue
		}
		if short {
			out = append(out, name[1])
		} else {
			out = append(out, name[0])
		}
	}
	return out
}

func shortModes(modes models.AccessModes) string { return strings.Join(modesOf(modes, true), ",") }

func volumeMode(block bool) string {
	if block {
		return "Block"
	}
	return "Filesystem"
}

// claim shows a claim.
// Source: pkg/printers/internalversion/printers.go (printPersistentVolumeClaim).
func (m *Moment) claim(c cluster.Claim, bound map[claimKey]cluster.Volume) object {
	d, spec, s := m.View.Dictionary(), c.Spec(), m.claimStateOf(c, bound)
	capacity, modes := "", ""
	if s.volume != "" {
		capacity, modes = storage(s.capacity), shortModes(s.modes)
	}
	name := d.String(spec.Name)
	return object{
		id: int32(c.ID()), namespace: d.String(spec.Namespace), name: name, labels: labelsOf(spec.Labels, d),
		cells: []string{name, s.phase, s.volume, capacity, modes, d.String(spec.Class), orUnset(d.String(spec.AttributesClass)), m.age(c.Created())},
		wide:  []string{volumeMode(spec.Block)},
		manifest: func() map[string]any {
			out := m.claimTemplateManifest(spec)
			meta, body := out["metadata"].(map[string]any), out["spec"].(map[string]any)
			meta["namespace"], meta["uid"], meta["creationTimestamp"] = d.String(spec.Namespace), claimUID(c, d), m.stamp(c.Created())
			meta["finalizers"] = []any{"kubernetes.io/pvc-protection"}
			status := map[string]any{"phase": s.phase}
			if s.volume != "" {
				body["volumeName"] = s.volume
				status["accessModes"], status["capacity"] = anyList(modesOf(s.modes, false)), map[string]any{"storage": capacity}
			}
			out["status"] = status
			return out
		},
	}
}

func claimUID(c cluster.Claim, d *models.Dictionary) string {
	if uid := d.String(c.Spec().UID); uid != "" {
		return uid
	}
	return UID("PersistentVolumeClaim", int32(c.ID()))
}

func anyList(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

// claimTemplateManifest writes a claim without its status.
func (m *Moment) claimTemplateManifest(spec *models.ClaimSpec) map[string]any {
	d := m.View.Dictionary()
	meta := map[string]any{"name": d.String(spec.Name)}
	addLabels(meta, spec.Labels, d)
	body := map[string]any{"volumeMode": volumeMode(spec.Block)}
	if modes := modesOf(spec.Modes, false); modes != nil {
		body["accessModes"] = anyList(modes)
	}
	if spec.Requested {
		body["resources"] = map[string]any{"requests": map[string]any{"storage": storage(spec.Request)}}
	}
	if spec.Class != 0 {
		body["storageClassName"] = d.String(spec.Class)
	}
	if len(spec.Selector) > 0 {
		body["selector"] = labelSelector(spec.Selector, d)
	}
	return map[string]any{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": body}
}

// describeClaim describes a claim.
// Source: k8s.io/kubectl/pkg/describe (describePersistentVolumeClaim).
func describeClaim(m *Moment, o object) string {
	p, d, c := newPage(), m.View.Dictionary(), m.View.Claim(models.ClaimID(o.id))
	spec, s := c.Spec(), m.claimStateOf(c, m.volumesByClaim())
	p.line(0, "Name:\t%s", o.name)
	p.line(0, "Namespace:\t%s", o.namespace)
	p.line(0, "StorageClass:\t%s", d.String(spec.Class))
	p.line(0, "Status:\t%s", s.phase)
	p.line(0, "Volume:\t%s", s.volume)
	p.pairs(0, "Labels", "=", o.labels)
	p.pairs(0, "Annotations", ": ", nil)
	p.line(0, "Finalizers:\t[kubernetes.io/pvc-protection]")
	capacity, modes := "", ""
	if s.volume != "" {
		capacity, modes = storage(s.capacity), shortModes(s.modes)
	}
	p.line(0, "Capacity:\t%s", capacity)
	p.line(0, "Access Modes:\t%s", modes)
	p.line(0, "VolumeMode:\t%s", volumeMode(spec.Block))
	p.list(0, "Used By", m.usersOf(spec))
	p.events(m, UID("PersistentVolumeClaim", o.id))
	return p.text()
}

// usersOf lists the pods that name a claim.
func (m *Moment) usersOf(claim *models.ClaimSpec) (out []string) {
	d := m.View.Dictionary()
	for pod := range m.View.Live() {
		spec := pod.Spec()
		if spec.Namespace != claim.Namespace || pod.Phase().Terminal() {
			continue
		}
		uses := slices.ContainsFunc(spec.Volumes, func(v models.Volume) bool {
			return v.Kind == models.ClaimVolume && v.Claim == claim.Name ||
				v.Kind == models.EphemeralVolume && pod.Name()+"-"+d.String(v.Claim) == d.String(claim.Name)
		})
		if uses {
			out = append(out, pod.Name())
		}
	}
	slices.Sort(out)
	return out
}
