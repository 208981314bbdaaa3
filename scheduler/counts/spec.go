package counts

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// spec is a pod specification with the pods that have it.
type spec struct {
	*models.PodSpec
	placed      tally
	terminating tally // of those placed
	// While pods are placed: where it stands among the bearers of its labels,
	// which matchers select it and which terms it carries, as often as it does.
	slots    []int32
	matchers []*matcher
	carried  [framework.TermKinds][]*term
	// selected are the answers to Carriers, once asked for.
	selected *[framework.TermKinds]selected
}

// selected are the terms that select a specification, as of one generation.
type selected struct {
	generation uint64
	terms      []*term
	out        []framework.Carrier
}

func (x *Index) spec(id models.SpecID) *spec {
	if int(id) >= len(x.specs) {
		x.specs = append(x.specs, make([]*spec, x.view.Specs()-len(x.specs))...)
	}
	s := x.specs[id]
	if s == nil {
		s = &spec{PodSpec: x.view.Spec(id)}
		x.specs[id] = s
		if _, known := x.namespaces[s.Namespace]; !known {
			x.namespaces[s.Namespace] = x.view.Namespace(s.Namespace)
		}
	}
	return s
}

// place counts a pod that took room on a node.
func (x *Index) place(s *spec, node models.NodeID) {
	if s.placed.Total == 0 {
		x.enliven(s)
	}
	s.placed.add(node, 1)
	for _, m := range s.matchers {
		m.tally.add(node, 1)
	}
	s.carry(node, 1)
}

func (s *spec) carry(node models.NodeID, n int32) {
	for kind := range s.carried {
		for _, t := range s.carried[kind] {
			t.tally.add(node, n)
		}
	}
}

// terminate counts a placed pod that was marked for deletion.
func (x *Index) terminate(s *spec, node models.NodeID) {
	s.terminating.add(node, 1)
	for _, m := range s.matchers {
		if m.SkipTerminating {
			m.tally.add(node, -1)
		}
	}
}

// leave counts a pod that gave its room back.
func (x *Index) leave(s *spec, node models.NodeID, terminating bool) {
	s.placed.add(node, -1)
	if terminating {
		s.terminating.add(node, -1)
	}
	for _, m := range s.matchers {
		if !terminating || !m.SkipTerminating {
			m.tally.add(node, -1)
		}
	}
	s.carry(node, -1)
	if s.placed.Total == 0 {
		x.retire(s)
	}
}

// enliven makes a specification known to those who look for labels.
func (x *Index) enliven(s *spec) {
	s.slots, s.matchers = s.slots[:0], s.matchers[:0]
	bearings(s.PodSpec, func(label models.Label) {
		s.slots = append(s.slots, int32(len(x.bearers[label])))
		x.bearers[label] = append(x.bearers[label], s)
		for _, id := range x.matchers.anchors[label] {
			if m := x.matchers.all[id]; m.Matches(x.view, s.PodSpec) {
				s.matchers = append(s.matchers, m)
			}
		}
	})
	for kind := range framework.TermKinds {
		of := framework.Terms(s.PodSpec, kind)
		for i := range of {
			s.carried[kind] = append(s.carried[kind], x.terms[kind].get(x, &of[i]))
		}
	}
}

// retire takes it out again.
func (x *Index) retire(s *spec) {
	i := 0
	bearings(s.PodSpec, func(label models.Label) {
		all := x.bearers[label]
		last := len(all) - 1
		if moved := all[last]; moved != s {
			all[s.slots[i]] = moved
			moved.slots[moved.slot(label.Key)] = s.slots[i]
		}
		all[last] = nil
		if last == 0 {
			delete(x.bearers, label)
		} else {
			x.bearers[label] = all[:last]
		}
		i++
	})
	for kind := range s.carried {
		for _, t := range s.carried[kind] {
			x.terms[kind].release(t)
		}
		s.carried[kind] = s.carried[kind][:0]
	}
}

// slot returns which of the slots belongs to a key.
func (s *spec) slot(key models.Sym) int {
	switch key {
	case namespaceKey:
		return len(s.Labels)
	case everyKey:
		return len(s.Labels) + 1
	}
	return slices.IndexFunc(s.Labels, func(l models.Label) bool { return l.Key == key })
}

// matches reports whether a term selects a specification.
func matches(v cluster.View, t *models.AffinityTerm, s *models.PodSpec) bool {
	return t.Matches(s.Namespace, v.Namespace(s.Namespace), s.Labels, v.Dictionary())
}
