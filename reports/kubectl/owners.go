package kubectl

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// ownerKind returns what kinds of controllers have in common.
func ownerKind(k kind, of models.OwnerKind, show func(*Moment, cluster.Owner) []string, describe func(*Moment, cluster.Owner) string) *kind {
	k.all = true
	if k.wide == nil {
		k.wide = []string{"CONTAINERS", "IMAGES", "SELECTOR"}
	}
	columns := len(k.wide)
	object := func(m *Moment, o cluster.Owner) object {
		out := m.owner(o, show(m, o))
		out.wide = out.wide[:columns]
		return out
	}
	k.list = func(m *Moment) (out []objectOf) {
		for id := range m.View.Owners() {
			if o := m.View.Owner(models.OwnerID(id)); o.Kind() == of && !o.Deleted() {
				out = append(out, object(m, o))
			}
		}
		return out
	}
	k.touched = func(op *models.Op, v cluster.View) []int32 { return touchedOwners(op, v, of) }
	k.one = func(m *Moment, id int32) (objectOf, bool) {
		o := m.View.Owner(models.OwnerID(id))
		return object(m, o), !o.Deleted()
	}
	k.describe = func(m *Moment, x objectOf) string { return describe(m, m.View.Owner(models.OwnerID(x.id))) }
	return &k
}

type objectOf = object

// touchedOwners lists the owners of a kind whose status an operation changes: the one
// that it is about, and those above it or above its pod.
func touchedOwners(op *models.Op, v cluster.View, of models.OwnerKind) (ids []int32) {
	owner := models.OwnerID(models.None)
	switch fields := op.Kind.Fields(); {
	case fields&models.FieldPod != 0:
		owner = v.Pod(op.Pod).Owner()
	case fields&models.FieldOwner != 0:
		owner = op.Owner
	}
	for owner != models.None {
		o := v.Owner(owner)
		if o.Kind() == of {
			ids = append(ids, int32(owner))
		}
		owner = o.Parent()
	}
	return ids
}

func (m *Moment) owner(o cluster.Owner, cells []string) object {
	d, spec := m.View.Dictionary(), o.Spec()
	names, images := m.containerCells(m.View.Spec(m.templateOf(o)))
	return object{
		id: int32(o.ID()), namespace: d.String(spec.Namespace), name: o.Name(), labels: labelsOf(spec.Labels, d), cells: cells,
		wide:     []string{names, images, m.selectorText(o)},
		manifest: func() map[string]any { return m.ownerManifest(o) },
	}
}

// templateOf returns the template of the pods of an owner; that of a CronJob is in its
// Job.
func (m *Moment) templateOf(o cluster.Owner) models.SpecID {
	if o.Kind() == models.CronJob {
		return m.View.OwnerSpec(o.Spec().ReplicaSet).Template
	}
	return o.Spec().Template
}

// containerCells lists the app containers of a template and their images.
func (m *Moment) containerCells(spec *models.PodSpec) (names, images string) {
	d := m.View.Dictionary()
	var n, i []string
	for k := range spec.Containers {
		if c := &spec.Containers[k]; c.Kind == models.AppContainer {
			n, i = append(n, d.String(c.Name)), append(i, d.String(c.WrittenImage()))
		}
	}
	return strings.Join(n, ","), strings.Join(i, ",")
}

// selectorText writes the selector of an owner. That of a Job is made by the API
// server.
func (m *Moment) selectorText(o cluster.Owner) string {
	if m.madeSelector(o) {
		return jobUID + "=" + UID("Job", int32(o.ID()))
	}
	return orNone(o.Spec().Selector.Text(m.View.Dictionary()))
}

// madeSelector reports whether the selector of an owner is the one that the API server
// makes for Jobs. podsim itself selects by the name of the Job.
func (m *Moment) madeSelector(o cluster.Owner) bool {
	s := o.Spec().Selector
	return o.Kind() == models.Job && (len(s) == 0 || len(s) == 1 && m.View.Dictionary().String(s[0].Key) == models.LabelJobName)
}

// jobUID is the label by which a Job knows its pods.
const jobUID = "batch.kubernetes.io/controller-uid"

func count(n int32) string { return strconv.Itoa(int(n)) }
