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
	scratch          []byte
}

// NewNames begins the search.
func NewNames(q Query) *Names { return &Names{query: q} }

// Observe looks at the name of an object that is made.
func (n *Names) Observe(_ models.Time, op *models.Op, v cluster.View) {
	switch {
	case op.Kind == models.OpCreatePod && n.query.Kind == podKind:
		pod := v.Pod(op.Pod)
		n.scratch = pod.AppendName(n.scratch[:0])
		n.look(pod.Spec().Namespace, v.Dictionary())
	case op.Kind == models.OpCreateOwner && v.Owner(op.Owner).Kind().String() == n.query.Kind:
		o := v.Owner(op.Owner)
		n.scratch = o.AppendName(n.scratch[:0])
		n.look(o.Spec().Namespace, v.Dictionary())
	}
}

func (n *Names) look(namespace models.Sym, d *models.Dictionary) {
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
	kind := strings.ToLower(n.query.Kind) + "/"
	switch {
	case n.elsewhere != "":
		return kind + n.elsewhere + "/" + n.query.Name
	case n.begun != "":
		return kind + n.begun
	case n.best != "":
		return kind + n.best
	}
	return ""
}
