package framework

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Counts tells where the pods are that matter to a cycle: by node, to be summed up
// over topology domains. One implementation looks at every pod for every
// question and is the reference; another keeps the answers up to date. What is
// returned belongs to the Counts, must not be changed and holds until the cluster
// changes.
type Counts interface {
	// Domains returns the domains of a topology key.
	Domains(key models.Sym) *Domains
	// Matching counts the pods that m selects on each node.
	Matching(m *Matcher) *Tally
	// Carriers returns the terms of one kind that pods on nodes carry and that
	// select the pod, each once, with the number of pods that carry it on each
	// node. The order is no part of the answer.
	Carriers(kind TermKind, pod cluster.Pod) []Carrier
	// Facts returns a number that changes whenever nodes join or the facts of any
	// node change: labels, taints, schedulability, allocatable.
	Facts() uint64
}

// Domains are the values of a topology key.
type Domains struct {
	// ByNode is the domain of each node by NodeID, or -1 if it lacks the key.
	ByNode []int32
	// Values are the domains in the order in which nodes brought them.
	Values []models.Sym
}

// Matcher selects pods of some namespaces by labels.
type Matcher struct {
	// Terms must all select the pod; their topology keys and weights do not matter.
	Terms []models.AffinityTerm
	// SkipTerminating leaves out pods that are marked for deletion.
	SkipTerminating bool
}

// Matches reports whether the matcher selects a pod of this specification.
func (m *Matcher) Matches(v cluster.View, spec *models.PodSpec) bool {
	of, d := v.Namespace(spec.Namespace), v.Dictionary()
	for i := range m.Terms {
		if !m.Terms[i].Matches(spec.Namespace, of, spec.Labels, d) {
			return false
		}
	}
	return true
}

// Tally is a number of pods on each node that has any.
type Tally struct {
	Nodes  []models.NodeID
	Counts []int32 // of Nodes; positive
	Total  int32
}

// TermKind tells the lists of terms of a pod apart.
type TermKind uint8

// The kinds of terms.
const (
	RequiredAffinity TermKind = iota
	RequiredAntiAffinity
	PreferredAffinity
	PreferredAntiAffinity
	TermKinds
)

// Terms returns the terms of one kind that a pod carries.
func Terms(spec *models.PodSpec, kind TermKind) []models.AffinityTerm {
	switch kind {
	case RequiredAffinity:
		return spec.Affinity
	case RequiredAntiAffinity:
		return spec.AntiAffinity
	case PreferredAffinity:
		return spec.PreferredAffinity
	}
	return spec.PreferredAntiAffinity
}

// Carrier is a term with the pods that carry it.
type Carrier struct {
	Term *models.AffinityTerm
	Tally
}

// Walk is the plain Counts: it looks at all nodes and pods for every question.
type Walk struct{ View cluster.View }

// Domains implements Counts.
func (w Walk) Domains(key models.Sym) *Domains {
	out := &Domains{ByNode: make([]int32, w.View.Nodes())}
	for id := range out.ByNode {
		value, ok := w.View.Node(models.NodeID(id)).Labels().Get(key)
		at := slices.Index(out.Values, value)
		switch {
		case !ok:
			at = -1
		case at < 0:
			at = len(out.Values)
			out.Values = append(out.Values, value)
		}
		out.ByNode[id] = int32(at)
	}
	return out
}

// Matching implements Counts.
func (w Walk) Matching(m *Matcher) *Tally {
	out := new(Tally)
	for id := range models.NodeID(w.View.Nodes()) {
		if w.View.Node(id).Removed() {
			continue
		}
		var n int32
		for _, pod := range w.View.Node(id).Pods() {
			if pod := w.View.Pod(pod); (!m.SkipTerminating || !pod.Deleting()) && m.Matches(w.View, pod.Spec()) {
				n++
			}
		}
		out.add(id, n)
	}
	return out
}

func (t *Tally) add(node models.NodeID, n int32) {
	if n > 0 {
		t.Nodes, t.Counts, t.Total = append(t.Nodes, node), append(t.Counts, n), t.Total+n
	}
}

// Carriers implements Counts.
func (w Walk) Carriers(kind TermKind, pod cluster.Pod) []Carrier {
	var out []Carrier
	spec, d := pod.Spec(), w.View.Dictionary()
	of := w.View.Namespace(spec.Namespace)
	for id := range models.NodeID(w.View.Nodes()) {
		if w.View.Node(id).Removed() {
			continue
		}
		for _, other := range w.View.Node(id).Pods() {
			terms := Terms(w.View.Pod(other).Spec(), kind)
			for i := range terms {
				if terms[i].Matches(spec.Namespace, of, spec.Labels, d) {
					out = append(out, Carrier{&terms[i], Tally{[]models.NodeID{id}, []int32{1}, 1}})
				}
			}
		}
	}
	return out
}

// Facts implements Counts: nothing is ever the same for those who do not remember.
func (w Walk) Facts() uint64 { return w.View.Changes() }
