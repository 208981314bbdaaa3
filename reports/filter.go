package reports

import (
	"fmt"
	"path"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/spelling"
)

// Filter picks operations. The zero value picks none: see NewFilter.
type Filter struct {
	From, Until models.Time
	operations  map[models.OpKind]bool // nil is every kind
	objects     []string
}

// NewFilter returns a filter for operations of these kinds (none is all of them)
// that concern one of these objects (none is all of them) at From to Until. An
// object is the name of a node, namespace/name of a pod or Kind/namespace/name of
// a workload; * and ? stand for any characters but a slash.
func NewFilter(operations, objects []string) (Filter, error) {
	f := Filter{Until: models.Never, objects: objects}
	byName := make(map[string]models.OpKind)
	var names []string
	for _, kind := range models.OpKinds() {
		byName[kind.String()] = kind
		names = append(names, kind.String())
	}
	for _, name := range operations {
		kind, ok := byName[name]
		if !ok {
			guess := ""
			if near := spelling.Guess(name, names); near != "" {
				guess = fmt.Sprintf("; did you mean %q?", near)
			}
			return f, fmt.Errorf("unknown operation %q%s (known: %s)", name, guess, strings.Join(names, ", "))
		}
		if f.operations == nil {
			f.operations = make(map[models.OpKind]bool)
		}
		f.operations[kind] = true
	}
	for _, object := range objects {
		if _, err := path.Match(object, ""); err != nil {
			return f, fmt.Errorf("%q is no pattern of names", object)
		}
	}
	return f, nil
}

// Picks reports whether the filter picks an operation that was just applied.
func (f *Filter) Picks(now models.Time, op *models.Op, v cluster.View) bool {
	if now < f.From || now > f.Until || f.operations != nil && !f.operations[op.Kind] {
		return false
	}
	return len(f.objects) == 0 || f.concerns(op, v)
}

func (f *Filter) concerns(op *models.Op, v cluster.View) bool {
	fields := op.Kind.Fields()
	node := op.Node
	if fields&models.FieldPod != 0 {
		if f.names(string(appendPod(nil, v, v.Pod(op.Pod)))) {
			return true
		}
		if fields&models.FieldNode == 0 {
			node = v.Pod(op.Pod).Node()
		}
		if owner := v.Pod(op.Pod).Owner(); owner != models.None && f.namesOwner(owner, v) {
			return true
		}
	} else if fields&models.FieldOwner != 0 {
		return f.namesOwner(op.Owner, v)
	}
	return node != models.None && int(node) < v.Nodes() && f.names(v.Node(node).Name())
}

// namesOwner looks at a workload and at the Deployment above it.
func (f *Filter) namesOwner(owner models.OwnerID, v cluster.View) bool {
	if f.names(string(appendOwner(nil, v, owner))) {
		return true
	}
	parent := v.Owner(owner).Parent()
	return parent != models.None && f.names(string(appendOwner(nil, v, parent)))
}

func (f *Filter) names(name string) bool {
	for _, pattern := range f.objects {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}
