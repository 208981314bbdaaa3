package why

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/spelling"
)

// Names finds, among all objects of a run, the one that is most likely meant by a name that
// none has. It observes the cluster of a replay.
type Names struct {
	query Query
	best  string
	// elsewhere is a namespace that has an object of the name, begun the first object whose
	// name begins so.
	elsewhere, begun string
	other            Query // an object of the name and another kind, if it has a Kind
	scratch          []byte
}

// NewNames begins the search.
func NewNames(q Query) *Names { return &Names{query: q} }

// Observe looks at the name of an object that is made.
func (n *Names) Observe(_ models.Time, op *models.Op, v cluster.View) {
	switch op.Kind {
	case models.OpCreatePod, models.OpAdoptPod:
		pod := v.Pod(op.Pod)
		n.scratch = pod.AppendName(n.scratch[:0])
		n.look(podKind, pod.Spec().Namespace, v.Dictionary())
	case models.OpCreateOwner, models.OpAdoptOwner:
		o := v.Owner(op.Owner)
		n.scratch = o.AppendName(n.scratch[:0])
		n.look(o.Kind().String(), o.Spec().Namespace, v.Dictionary())
	}
}

func (n *Names) look(kind string, namespace models.Sym, d *models.Dictionary) {
	if kind != n.query.Kind {
		if n.other.Kind == "" && string(n.scratch) == n.query.Name && shortName(kind) != "" {
			n.other = Query{kind, d.String(namespace), n.query.Name}
		}
		return
	}
	if d.String(namespace) != n.query.Namespace {
		if n.elsewhere == "" && string(n.scratch) == n.query.Name {
			n.elsewhere = d.String(namespace)
		}
		return
	}
	name := string(n.scratch)
	if n.begun == "" && strings.HasPrefix(name, n.query.Name) {
		n.begun = name
	}
	n.best = spelling.Guess(n.query.Name, []string{n.best, name})
}

// Guess is the object that is most likely meant, as it is to be written; empty if none is
// near.
func (n *Names) Guess() string {
	kind := shortName(n.query.Kind) + "/"
	switch {
	case n.elsewhere != "":
		return kind + n.elsewhere + "/" + n.query.Name
	case n.begun != "" && n.query.Kind == podKind:
		return kind + n.begun
	case n.other.Kind != "" && n.other.Namespace == n.query.Namespace:
		return shortName(n.other.Kind) + "/" + n.query.Name
	case n.other.Kind != "":
		return shortName(n.other.Kind) + "/" + n.other.Namespace + "/" + n.query.Name
	case n.begun != "":
		return kind + n.begun
	case n.best != "":
		return kind + n.best
	}
	return ""
}
