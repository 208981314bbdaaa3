package kubectl

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Manifests shows objects of a run as the API has them, one at a time, to those who derive
// something from the objects as others see them.
type Manifests struct {
	one map[string]func(*Moment, int32) (object, bool)
}

// NewManifests returns all kinds that have numbers in a run.
func NewManifests() *Manifests {
	out := &Manifests{one: make(map[string]func(*Moment, int32) (object, bool))}
	for _, k := range kinds() {
		if k.one != nil {
			out.one[k.name] = k.one
		}
	}
	return out
}

// Of is an object of a kind, by the name of the kind in lower case and the number of the
// object in the run, as get -o json writes it. ok is false if there is none.
func (s *Manifests) Of(m *Moment, kind string, id int32) (manifest map[string]any, ok bool) {
	one := s.one[kind]
	if one == nil {
		return nil, false
	}
	o, ok := one(m, id)
	if !ok {
		return nil, false
	}
	return o.manifest(), true
}

// Pod is a pod as get -o json writes it.
func (*Manifests) Pod(m *Moment, pod cluster.Pod) map[string]any { return m.podManifest(pod) }

// Node likewise.
func (*Manifests) Node(m *Moment, id models.NodeID) map[string]any {
	return m.nodeManifest(m.View.Node(id))
}
