package timelines

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// isPolicy reports whether an object is a ResourceQuota or LimitRange.
func (o Object) isPolicy() bool {
	return o.Kind() == models.ResourceQuota.String() || o.Kind() == models.LimitRange.String()
}

// policy tells of a ResourceQuota.
func (w *watcher) policy(op *models.Op, v cluster.View) {
	id := models.PolicyID(op.Arg)
	if op.Kind == models.OpUseQuota {
		id = models.PolicyID(op.Def)
	}
	p, d := v.Policy(id), v.Dictionary()
	kind, name := p.Spec().Kind.String(), d.String(p.Spec().Name)
	switch {
	case p.Spec().Kind != models.ResourceQuota: // recordings tell nothing of LimitRanges
	case op.Kind == models.OpPutPolicy && p.Created() == w.now:
		w.tell(kind, name, Added, "")
	case op.Kind == models.OpRemovePolicy:
		w.tell(kind, name, Deleted, "")
	case op.Kind == models.OpSyncQuota:
		hard, _ := p.Hard()
		for _, a := range hard {
			w.tell(kind, name, "hard."+a.Name, a.String())
		}
	case op.Kind == models.OpUseQuota:
		is, _ := p.Used().Of(d.String(op.Name))
		w.tell(kind, name, "used."+is.Name, is.String())
	}
}

// refused notes the name that a pod would have had: recordings write an asterisk for
// what was generated of it.
func (w *watcher) refused(op *models.Op, d *models.Dictionary) {
	if op.Kind == models.OpFailCreate && op.Ordinal >= 0 {
		name := string(models.AppendName(nil, d.String(op.Name), op.Ordinal))
		w.names.replace(name, w.names.owners[op.Owner]+"-*")
	}
}
