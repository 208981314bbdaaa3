package counts

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// Labels that every specification has in this package, besides its own.
const (
	namespaceKey models.Sym = -1 - iota // its namespace is the value
	everyKey                            // without a value
)

// anchor returns labels of which a specification must have one to be selected.
// They all have one key. Nothing is ever selected if there are none.
func anchor(m *framework.Matcher) []models.Label {
	best := []models.Label{{Key: everyKey}}
	wide := true // best is but a fallback
	for i := range m.Terms {
		term := &m.Terms[i]
		if term.Selector.None || term.NamespaceSelector.None && len(term.Namespaces) == 0 {
			return nil
		}
		for j := range term.Selector.Requirements {
			r := &term.Selector.Requirements[j]
			if r.Op == models.In && (wide || len(r.Values) < len(best)) {
				best, wide = labels(r.Key, r.Values), false
			}
		}
		if wide && term.NamespaceSelector.None {
			best = labels(namespaceKey, term.Namespaces)
		}
	}
	return best
}

// labels are all values of one key, each once.
func labels(key models.Sym, values []models.Sym) []models.Label {
	out := make([]models.Label, 0, len(values))
	for _, value := range values {
		if label := (models.Label{Key: key, Value: value}); !slices.Contains(out, label) {
			out = append(out, label)
		}
	}
	return out
}

// bearings calls visit with every label of a specification, those of this package
// included.
func bearings(spec *models.PodSpec, visit func(models.Label)) {
	for _, label := range spec.Labels {
		visit(label)
	}
	visit(models.Label{Key: namespaceKey, Value: spec.Namespace})
	visit(models.Label{Key: everyKey})
}

// anchors finds selectors, by number, through the labels of a specification.
type anchors map[models.Label][]int32

func (a anchors) add(id int32, at []models.Label) {
	for _, label := range at {
		a[label] = append(a[label], id)
	}
}

func (a anchors) remove(id int32, at []models.Label) {
	for _, label := range at {
		ids := a[label]
		i := slices.Index(ids, id)
		ids[i] = ids[len(ids)-1]
		if ids = ids[:len(ids)-1]; len(ids) == 0 {
			delete(a, label)
			continue
		}
		a[label] = ids
	}
}
