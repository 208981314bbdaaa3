package manifest

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// Verdict is what a run makes of a field, or of all objects of a kind.
type Verdict uint8

// The verdicts, the gravest first.
const (
	// Matters is ignored although a real cluster would behave differently.
	Matters Verdict = iota
	// Unknown is ignored, and only its user can tell whether it matters.
	Unknown
	// Approximated has an effect that differs from the real one.
	Approximated
	// Harmless is ignored and has no effect on scheduling or on the life of pods.
	Harmless
	// Used has the effect that it has in a real cluster.
	Used
	// atDefault marks values that change nothing. They count as not set.
	atDefault
)

var verdictNames = [...]string{"ignored-matters", "ignored-unknown", "approximated", "ignored-harmless", "used", "default"}

// String returns the verdict in one word, such as ignored-matters.
func (v Verdict) String() string { return verdictNames[v] }

// Place is where a field is set, or where an object starts.
type Place struct {
	Position
	Path string // from the document, such as items[3].spec.priority; empty for a document as a whole
}

// AuditEntry tells what a run makes of one field of one kind, or of a kind that
// is not simulated.
type AuditEntry struct {
	APIVersion, Kind string
	// Field is a path from the object, such as
	// spec.template.spec.containers[*].image, and stands for everything below. It
	// is empty for the objects of the kind as such.
	Field string
	// PodField is the same seen from the pod, for fields of pods and of templates
	// of pods: spec.containers[*].image. It is empty for others.
	PodField string
	Verdict  Verdict
	Reason   string
	Count    int // how often it is set, or how many objects there are
	// Places are where, in the order of reading: the first, or the first
	// limits.Problems of what matters.
	Places []Place
}

// Audit returns what has been read so far and what a run makes of it: the kinds,
// sorted, then the fields that are set, in the order of the table. Null, empty strings, empty lists and empty
// maps count as not set, and so do some defaults.
func (s *Set) Audit() []AuditEntry { return s.audit.entries() }

// Count takes an object, or a patch of one, into the audit that came after the last
// Add. Of a patch only the fields count.
func (s *Set) Count(n *yamlnode.Node, apiVersion, kind string, isPatch bool) {
	t := typeKey{apiVersion, kind}
	if !isPatch {
		s.audit.object(t, n, "")
		return
	}
	s.audit.trail = s.audit.trail[:0]
	s.audit.descend(n, s.audit.table.kinds[t], "")
}

// auditor counts what is set.
type auditor struct {
	table  *auditTable
	fields []auditCount // by row
	kinds  map[typeKey]*auditCount
	trail  []auditStep // the way from the object to the field at hand
}

type auditCount struct {
	n      int
	places []Place
}

// auditStep is one step of a path: a name, or an index if the name is empty.
type auditStep struct {
	name  string
	index int
}

func newAuditor() *auditor {
	table := fieldTable()
	return &auditor{table: table, fields: make([]auditCount, len(table.rows)), kinds: make(map[typeKey]*auditCount)}
}

// object counts an object, and its fields if it is simulated.
func (a *auditor) object(t typeKey, root *yamlnode.Node, prefix string) {
	c := a.kinds[t]
	if c == nil {
		c = &auditCount{}
		a.kinds[t] = c
	}
	c.add(kindVerdict(t).verdict, func() Place { return Place{positionOf(root), prefix} })
	a.trail = a.trail[:0]
	a.descend(root, a.table.kinds[t], prefix)
}

func (c *auditCount) add(v Verdict, place func() Place) {
	keep := 1
	if v == Matters {
		keep = limits.Problems
	}
	if c.n++; c.n <= keep {
		c.places = append(c.places, place())
	}
}

// descend looks at what is inside a map, or inside the items of a list, at a
// node of the table. Fields that the table does not know are those that only
// other versions of Kubernetes write into a status.
func (a *auditor) descend(n *yamlnode.Node, t *auditNode, prefix string) {
	if t == nil || t.children == nil {
		return
	}
	for i, item := range n.Items {
		a.trail = append(a.trail, auditStep{index: i})
		a.descend(item, t, prefix)
		a.trail = a.trail[:len(a.trail)-1]
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		child := t.children[f.Name]
		if child == nil || isUnset(f.Value) {
			continue
		}
		a.trail = append(a.trail, auditStep{name: f.Name})
		if row := child.rowOf(f.Value); row >= 0 {
			a.fields[row].add(a.table.rows[row].verdict, func() Place {
				return Place{Position{n.File(), int(f.Line), int(f.Column)}, a.path(prefix)}
			})
		}
		a.descend(f.Value, child, prefix)
		a.trail = a.trail[:len(a.trail)-1]
	}
}

func isUnset(n *yamlnode.Node) bool {
	switch n.Kind {
	case yamlnode.Null:
		return true
	case yamlnode.String:
		return n.Text == ""
	case yamlnode.Map:
		return len(n.Fields) == 0
	case yamlnode.Seq:
		return len(n.Items) == 0
	}
	return false
}

// path writes the way to the field at hand.
func (a *auditor) path(prefix string) string {
	for _, s := range a.trail {
		if s.name == "" {
			prefix = yamlnode.IndexPath(prefix, s.index)
		} else {
			prefix = yamlnode.KeyPath(prefix, s.name)
		}
	}
	return prefix
}

func (a *auditor) entries() []AuditEntry {
	var out []AuditEntry
	for t, c := range a.kinds {
		v := kindVerdict(t)
		out = append(out, AuditEntry{
			APIVersion: t.apiVersion, Kind: t.kind, Verdict: v.verdict, Reason: v.reason, Count: c.n, Places: c.places,
		})
	}
	slices.SortFunc(out, func(a, b AuditEntry) int {
		return cmp.Or(cmp.Compare(a.APIVersion, b.APIVersion), cmp.Compare(a.Kind, b.Kind))
	})
	for i, c := range a.fields {
		r := &a.table.rows[i]
		if c.n == 0 || r.verdict == atDefault {
			continue
		}
		out = append(out, AuditEntry{
			APIVersion: r.apiVersion, Kind: r.kind, Field: r.field, PodField: r.podField,
			Verdict: r.verdict, Reason: r.reason, Count: c.n, Places: c.places,
		})
	}
	return out
}
