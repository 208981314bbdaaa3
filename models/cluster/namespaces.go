package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// namespaceRow is the state of a namespace that is not simply there from the start.
type namespaceRow struct {
	created models.Time
	deleted models.Time // when it was marked for deletion
	ending  bool
	gone    bool
	// conditions are by type; those without a type are not set.
	conditions [models.NamespaceConditions]Condition
}

func (c *Cluster) changeNamespace(now models.Time, op *models.Op) error {
	spec, row := c.namespaces[op.Name], c.ended[op.Name]
	name := c.dictionary.String(op.Name)
	there := spec != nil && (row == nil || !row.gone)
	switch {
	case op.Kind == models.OpAddNamespace && there:
		return fmt.Errorf("namespace %s is there already", name)
	case op.Kind == models.OpAddNamespace && spec == nil:
		return fmt.Errorf("namespace %s is not defined", name)
	case op.Kind == models.OpAddNamespace:
		c.ended[op.Name] = &namespaceRow{created: now, deleted: models.Never}
		return nil
	case !there:
		return fmt.Errorf("there is no namespace %s", name)
	case op.Kind == models.OpEndNamespace:
		if row != nil && row.ending {
			return fmt.Errorf("namespace %s is being deleted already", name)
		}
		if row == nil {
			row = &namespaceRow{}
			c.ended[op.Name] = row
		}
		row.ending, row.deleted = true, now
		return nil
	case row == nil || !row.ending:
		return fmt.Errorf("namespace %s is not being deleted", name)
	case op.Kind == models.OpDropNamespace:
		row.gone = true
		return nil
	}
	return noteNamespace(now, op, row)
}

func noteNamespace(now models.Time, op *models.Op, row *namespaceRow) error {
	if op.Def < 0 || op.Def >= int32(models.NamespaceConditions) {
		return fmt.Errorf("namespace condition %d does not exist", op.Def)
	}
	if op.Arg < 0 || op.Arg > int64(models.ConditionTrue) {
		return fmt.Errorf("condition status %d does not exist", op.Arg)
	}
	was := &row.conditions[op.Def]
	is := Condition{Type: 1, Status: models.ConditionStatus(op.Arg), Reason: op.Reason, Message: op.Message, Changed: now}
	if was.Type != 0 && was.Status == is.Status {
		is.Changed = was.Changed
	}
	*was = is
	return nil
}

// Namespaces returns the names of the namespaces that are there, sorted.
func (v View) Namespaces() []models.Sym {
	var names []models.Sym
	for name := range v.c.namespaces {
		if v.NamespaceState(name).Exists() {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b models.Sym) int { return compareTexts(v.c.dictionary, a, b) })
	return names
}

// NamespaceState returns the handle of a namespace.
func (v View) NamespaceState(name models.Sym) Namespace { return Namespace{v.c, name} }

// NamespacesChange reports whether any namespace is not simply there.
func (v View) NamespacesChange() bool { return len(v.c.ended) > 0 }

// Namespace reads one namespace.
type Namespace struct {
	c    *Cluster
	name models.Sym
}

// Exists reports whether it is there.
func (n Namespace) Exists() bool {
	row := n.c.ended[n.name]
	return n.c.namespaces[n.name] != nil && (row == nil || !row.gone)
}

// Terminating reports whether it is being deleted.
func (n Namespace) Terminating() bool {
	row := n.c.ended[n.name]
	return row != nil && row.ending && !row.gone
}

// Created returns when it was made; those of the start are as old as the run.
func (n Namespace) Created() models.Time {
	if row := n.c.ended[n.name]; row != nil {
		return row.created
	}
	return 0
}

// Deleted returns when it was marked for deletion, or Never.
func (n Namespace) Deleted() models.Time {
	if row := n.c.ended[n.name]; row != nil {
		return row.deleted
	}
	return models.Never
}

// Condition returns a condition of its status, if it is set. It has no Type: that is
// the one asked for.
func (n Namespace) Condition(kind models.NamespaceCondition) (Condition, bool) {
	row := n.c.ended[n.name]
	if row == nil || row.conditions[kind].Type == 0 {
		return Condition{}, false
	}
	is := row.conditions[kind]
	is.Type = 0
	return is, true
}
