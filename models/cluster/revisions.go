package cluster

import (
	"fmt"
	"iter"
	"slices"

	"github.com/podsim/podsim/models"
)

// recordRevision numbers a template among those of a StatefulSet or DaemonSet. One
// that comes back gets a higher number, and a history that is too long forgets some.
// Source: pkg/controller/history/controller_history.go.
func (c *Cluster) recordRevision(now models.Time, op *models.Op, row *ownerRow) error {
	switch {
	case !c.ownerSpecs[row.spec].Kind.Revised():
		return fmt.Errorf("owner %d keeps no revisions", op.Owner)
	case op.Def < 0 || int(op.Def) >= len(c.podSpecs):
		return fmt.Errorf("no pod specification has id %d", op.Def)
	case op.Arg != models.None && op.Arg <= 0:
		return fmt.Errorf("revisions of owner %d count from 1 (got %d)", op.Owner, op.Arg)
	}
	at := slices.IndexFunc(row.revisions, func(r Revision) bool { return r.Template == models.SpecID(op.Def) })
	switch {
	case op.Arg == models.None && at < 0:
		return fmt.Errorf("owner %d has no revision of template %d", op.Owner, op.Def)
	case op.Arg == models.None:
		row.revisions = slices.Delete(row.revisions, at, at+1)
		return nil
	}
	for _, r := range row.revisions {
		if r.Number >= op.Arg {
			return fmt.Errorf("owner %d has revision %d already", op.Owner, r.Number)
		}
	}
	if at < 0 {
		row.revisions = append(row.revisions, Revision{models.SpecID(op.Def), op.Arg, now})
	} else {
		row.revisions[at].Number = op.Arg
	}
	return nil
}

// settleRevision makes a revision the current one of a StatefulSet.
func (c *Cluster) settleRevision(op *models.Op, row *ownerRow) error {
	switch {
	case c.ownerSpecs[row.spec].Kind != models.StatefulSet:
		return fmt.Errorf("owner %d has no current revision: it is no StatefulSet", op.Owner)
	case op.Def < 0 || int(op.Def) >= len(c.podSpecs):
		return fmt.Errorf("no pod specification has id %d", op.Def)
	case row.current == models.SpecID(op.Def):
		return fmt.Errorf("template %d is the current revision of owner %d already", op.Def, op.Owner)
	}
	row.current = models.SpecID(op.Def)
	return nil
}

// Revisions yields the revisions of a StatefulSet or DaemonSet in the order in which
// they were first recorded.
func (o Owner) Revisions() iter.Seq[Revision] {
	return func(yield func(Revision) bool) {
		for _, r := range o.row().revisions {
			if !yield(r) {
				return
			}
		}
	}
}

// CurrentRevision returns the template of the current revision of a StatefulSet:
// the one that all its pods had last; None before the first.
func (o Owner) CurrentRevision() models.SpecID { return o.row().current }
