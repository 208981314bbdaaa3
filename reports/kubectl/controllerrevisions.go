package kubectl

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

// controllerRevisions are the templates that StatefulSets and DaemonSets keep.
func controllerRevisions() *kind {
	return &kind{
		name: "controllerrevision", plural: "controllerrevisions", group: "apps",
		columns: []string{"NAME", "CONTROLLER", "REVISION", "AGE"}, aging: []string{"AGE"},
		list: func(m *Moment) (out []object) {
			for id := range m.View.Owners() {
				if o := m.View.Owner(models.OwnerID(id)); o.Kind().Revised() && !o.Deleted() {
					for r := range o.Revisions() {
						out = append(out, m.revision(o, r))
					}
				}
			}
			return out
		},
		touched: func(op *models.Op, _ cluster.View) []int32 {
			if op.Kind != models.OpRecordRevision {
				return nil
			}
			return []int32{op.Def}
		},
		one: func(m *Moment, id int32) (object, bool) {
			for owner := range m.View.Owners() {
				o := m.View.Owner(models.OwnerID(owner))
				if o.Deleted() || !o.Kind().Revised() {
					continue
				}
				for r := range o.Revisions() {
					if int32(r.Template) == id {
						return m.revision(o, r), true
					}
				}
			}
			return object{}, false
		},
		describe: func(m *Moment, o object) string {
			p := newPage()
			p.line(0, "Name:\t%s", o.name)
			p.line(0, "Namespace:\t%s", o.namespace)
			p.pairs(0, "Labels", "=", o.labels)
			p.pairs(0, "Annotations", ": ", nil)
			p.content(0, o.manifest(), "name", "namespace", "labels")
			p.events(m, UID("ControllerRevision", o.id))
			return p.text()
		},
	}
}

// revisionName is the name of the ControllerRevision of a template.
// Source: pkg/controller/history/controller_history.go (ControllerRevisionName).
func (m *Moment) revisionName(o cluster.Owner, template models.SpecID) string {
	hash := m.View.Dictionary().String(control.RevisionHash(m.View, m.View.Spec(template)))
	if o.Kind() == models.StatefulSet {
		return hash // its pods have the whole name in their label
	}
	return o.Name() + "-" + hash
}

// revision shows a ControllerRevision.
// Source: pkg/printers/internalversion/printers.go (printControllerRevision).
func (m *Moment) revision(o cluster.Owner, r cluster.Revision) object {
	d := m.View.Dictionary()
	template := m.View.Spec(r.Template)
	name, namespace := m.revisionName(o, r.Template), d.String(o.Spec().Namespace)
	labels := labelsOf(m.ownLabels(o, template), d)
	labels[models.LabelRevisionHash] = d.String(control.RevisionHash(m.View, template))
	return object{
		id: int32(r.Template), namespace: namespace, name: name, labels: labels,
		cells: []string{name, strings.ToLower(o.Kind().String()) + ".apps/" + o.Name(), strconv.FormatInt(r.Number, 10), m.age(r.Created)},
		manifest: func() map[string]any {
			body := m.podTemplate(o, template)
			body["$patch"] = "replace"
			return map[string]any{
				"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": r.Number,
				"data": map[string]any{"spec": map[string]any{"template": body}},
				"metadata": map[string]any{
					"name": name, "namespace": namespace, "labels": anyMap(labels), "uid": UID("ControllerRevision", int32(r.Template)),
					"creationTimestamp": m.stamp(r.Created), "ownerReferences": m.ownerReference(o.ID()),
				},
			}
		},
	}
}
