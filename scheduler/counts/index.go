package counts

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// Index is a framework.Counts that takes in what changed since it was last asked.
// The zero Index is ready for use once At told it of a view.
type Index struct {
	view  cluster.View
	built bool
	seen  uint64 // changes taken in
	facts uint64

	keys     map[models.Sym]*domains
	specs    []*spec // by SpecID; nil if nobody asked and none is placed
	bearers  map[models.Label][]*spec
	matchers matchers
	terms    [framework.TermKinds]terms

	// The labels of namespaces as they were, if they matter.
	sensitive  bool
	namespaces map[models.Sym]models.Labels
}

var _ framework.Counts = (*Index)(nil)

// At makes v the view that questions are about. It must be called whenever
// something may have changed.
func (x *Index) At(v cluster.View) {
	if x.view != v {
		x.view, x.built = v, false
	}
	if !x.sensitive {
		return
	}
	for name, labels := range x.namespaces {
		if !slices.Equal(labels, v.Namespace(name)) {
			x.built = false
			return
		}
	}
}

// heed has the labels of namespaces watched from the first term on to which they
// matter.
func (x *Index) heed(t *models.AffinityTerm) {
	if x.sensitive || t.NamespaceSelector.None || len(t.NamespaceSelector.Requirements) == 0 {
		return
	}
	x.sensitive = true
	for name := range x.namespaces {
		x.namespaces[name] = x.view.Namespace(name)
	}
}

// catchUp takes in the changes since the last question.
func (x *Index) catchUp() {
	last := x.view.Changes()
	if x.built && x.seen == last {
		return
	}
	if x.built {
		if _, known := x.view.Change(x.seen); !known {
			x.built = false
		}
	}
	if !x.built {
		x.rebuild()
		return
	}
	x.matchers.sweep(x)
	for ; x.seen < last; x.seen++ {
		change, _ := x.view.Change(x.seen)
		x.take(&change)
	}
}

func (x *Index) take(c *cluster.Change) {
	switch c.Kind {
	case cluster.PodPlaced:
		x.place(x.spec(c.Spec), c.Node)
	case cluster.PodTerminating:
		x.terminate(x.spec(c.Spec), c.Node)
	case cluster.PodLeft:
		x.leave(x.spec(c.Spec), c.Node, false)
	case cluster.TerminatingPodLeft:
		x.leave(x.spec(c.Spec), c.Node, true)
	case cluster.NodeJoined, cluster.NodeLeft, cluster.NodeFacts:
		x.facts++
		x.relabel(c.Node)
	}
}

// rebuild forgets everything and counts every pod anew.
func (x *Index) rebuild() {
	*x = Index{view: x.view, built: true, seen: x.view.Changes(), facts: x.facts + 1,
		keys: make(map[models.Sym]*domains), bearers: make(map[models.Label][]*spec),
		namespaces: make(map[models.Sym]models.Labels)}
	x.matchers.reset()
	for kind := range x.terms {
		x.terms[kind].reset()
	}
	for id := range models.NodeID(x.view.Nodes()) {
		if x.view.Node(id).Removed() {
			continue
		}
		for _, pod := range x.view.Node(id).Pods() {
			pod := x.view.Pod(pod)
			s := x.spec(pod.SpecID())
			x.place(s, id)
			if pod.Deleting() {
				x.terminate(s, id)
			}
		}
	}
}

// Facts implements framework.Counts.
func (x *Index) Facts() uint64 {
	x.catchUp()
	return x.facts
}

// Matching implements framework.Counts.
func (x *Index) Matching(m *framework.Matcher) *framework.Tally {
	x.catchUp()
	return &x.matchers.get(x, m).tally.Tally
}

// Carriers implements framework.Counts.
func (x *Index) Carriers(kind framework.TermKind, pod cluster.Pod) []framework.Carrier {
	x.catchUp()
	return x.terms[kind].selecting(x, x.spec(pod.SpecID()), kind)
}

// domains are the domains of one key, with where to find a value.
type domains struct {
	framework.Domains
	index map[models.Sym]int32
}

// Domains implements framework.Counts.
func (x *Index) Domains(key models.Sym) *framework.Domains {
	x.catchUp()
	d, ok := x.keys[key]
	if !ok {
		d = &domains{index: make(map[models.Sym]int32)}
		x.keys[key] = d
	}
	for len(d.ByNode) < x.view.Nodes() {
		value, ok := x.view.Node(models.NodeID(len(d.ByNode))).Labels().Get(key)
		at := int32(-1)
		if ok {
			at = d.domain(value)
		}
		d.ByNode = append(d.ByNode, at)
	}
	return &d.Domains
}

func (d *domains) domain(value models.Sym) int32 {
	at, ok := d.index[value]
	if !ok {
		at = int32(len(d.Values))
		d.index[value] = at
		d.Values = append(d.Values, value)
	}
	return at
}

// relabel forgets the domains of keys of which a node now has another value.
func (x *Index) relabel(node models.NodeID) {
	labels := x.view.Node(node).Labels()
	for key, d := range x.keys {
		if int(node) >= len(d.ByNode) {
			continue
		}
		value, ok := labels.Get(key)
		if at := d.ByNode[node]; ok != (at >= 0) || ok && d.Values[at] != value {
			delete(x.keys, key)
		}
	}
}
