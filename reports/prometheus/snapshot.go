package prometheus

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/kubectl"
)

// Series is one series of a family at a moment.
type Series struct {
	Labels       []string // the values of the labels of the family, in their order
	Extra        []Label  // those of a family that is Open
	Value        float64
	Distribution *Distribution // of a histogram, instead of the value
}

// Snapshot is all series at a moment.
type Snapshot struct {
	At models.Time
	// LeftOut tells how many objects of which kinds the limit left no room for.
	LeftOut []LeftOut
	wanted  []bool
	series  [][]Series // by family
}

// LeftOut is how many objects of a kind there are of which nothing is told.
type LeftOut struct {
	Kind    string
	Objects int
}

// Of returns the series of a family.
func (s *Snapshot) Of(f *Family) []Series { return s.series[f.id] }

// Add adds a series to a family, if that is wanted.
func (s *Snapshot) Add(f *Family, value float64, labels ...string) {
	if s.wanted[f.id] {
		s.series[f.id] = append(s.series[f.id], Series{Labels: labels, Value: value})
	}
}

func (s *Snapshot) addDistribution(f *Family, d *Distribution, labels ...string) {
	if s.wanted[f.id] {
		s.series[f.id] = append(s.series[f.id], Series{Labels: labels, Distribution: d.clone()})
	}
}

// Queue is how many pods are in which part of a scheduler's queue.
type Queue struct{ Active, Backoff, Unschedulable, Gated int }

// Snapshot returns all series at a moment: the state after all operations up to then. queue
// is nil if it is not known.
func (f *Fold) Snapshot(at models.Time, v cluster.View, queue *Queue) *Snapshot {
	f.release()
	s := &Snapshot{At: at, wanted: f.wanted, series: make([][]Series, len(table))}
	m := &maker{Fold: f, moment: kubectl.Moment{View: v, Addresses: f.addresses, Unsimulated: f.config.Unsimulated, At: at, Start: f.config.Start}}
	m.objects(s)
	f.scheduler.tell(s, v, queue)
	f.kubelets.tellControllers(s)
	f.simulator.tell(s, m)
	s.show()
	return s
}

// maker makes the series of objects, as far as there is room.
type maker struct {
	*Fold
	moment kubectl.Moment
	used   int
	full   bool
	count  []kindCount
}

// kindCount is how many objects of a kind there are, and how many are not told of.
type kindCount struct {
	kind         string
	all, leftOut int
}

// source is a kind of objects or of what else comes by object.
type source struct {
	name string
	ids  []int32
	make func(id int32) []gathered
}

// gathered is a series that is not in the snapshot yet.
type gathered struct {
	family *Family
	series Series
}

// growth is the part of the room, one in so many, that is left to objects that are told of
// already: they come to have more series in time.
const growth = 10

// objects tells of the objects that are there: first of those that were told of before,
// then of others while there is room.
func (m *maker) objects(s *Snapshot) {
	sources := m.sources()
	told := make([][][]gathered, len(sources))
	for i := range sources {
		src := &sources[i]
		told[i] = make([][]gathered, len(src.ids))
		known := m.shown[src.name]
		for k, id := range src.ids {
			if !known[id] {
				continue
			}
			if list := src.make(id); m.used+size(list) <= m.config.MaxSeries {
				told[i][k] = list
				m.used += size(list)
			} else {
				delete(known, id)
			}
		}
	}
	for i := range sources {
		m.admit(&sources[i], told[i])
		for _, list := range told[i] {
			for _, g := range list {
				s.series[g.family.id] = append(s.series[g.family.id], g.series)
			}
		}
	}
	for _, c := range m.count {
		if c.leftOut > 0 {
			s.LeftOut = append(s.LeftOut, LeftOut{c.kind, c.leftOut})
		}
	}
}

// admit lets further objects of a kind be told of, and forgets those that are gone.
func (m *maker) admit(src *source, told [][]gathered) {
	before := m.shown[src.name]
	now := make(map[int32]bool, len(src.ids))
	count := kindCount{kind: src.name, all: len(src.ids)}
	for k, id := range src.ids {
		if !before[id] && !m.full {
			list := src.make(id)
			if m.full = m.used+size(list) > m.config.MaxSeries-m.config.MaxSeries/growth; !m.full {
				told[k], before[id] = list, true
				m.used += size(list)
			}
		}
		if before[id] {
			now[id] = true
		} else {
			count.leftOut++
		}
	}
	m.shown[src.name] = now
	m.count = append(m.count, count)
}

// size is how many series Prometheus makes of these: each bucket of a histogram is one.
func size(list []gathered) (n int) {
	for i := range list {
		n += lines(&list[i].series)
	}
	return n
}

// sources are the kinds of which any family is wanted, pods next to last: a kubelet has
// many series of less interest.
func (m *maker) sources() []source {
	var out []source
	for i := range kinds {
		k := &kinds[i]
		if slices.ContainsFunc(k.families, func(f objectFamily) bool { return m.wanted[f.id] }) {
			out = append(out, source{k.name, slices.Collect(k.ids(m.moment.View)), func(id int32) []gathered { return m.object(k, id) }})
		}
	}
	if slices.ContainsFunc(kubeletFamilies, func(f *Family) bool { return m.wanted[f.id] }) {
		out = append(out, source{"kubelet", slices.Collect(heardNodes(m.moment.View)), m.kubelet})
	}
	for i := range out {
		if m.shown[out[i].name] == nil {
			m.shown[out[i].name] = make(map[int32]bool)
		}
	}
	return out
}

// object makes the series of an object of the API.
func (m *maker) object(k *kind, id int32) (out []gathered) {
	o := newObject(m.manifest(k.name, id))
	base := make([]string, len(k.base))
	for i, label := range k.base {
		switch label {
		case "namespace":
			base[i] = o.namespace
			if k.name == "namespace" {
				base[i] = o.name
			}
		case "uid":
			base[i] = o.uid
		default:
			base[i] = o.name
		}
	}
	for i := range k.families {
		f := &k.families[i]
		if !m.wanted[f.id] {
			continue
		}
		if f.labels != nil {
			out = append(out, gathered{&f.Family, Series{Labels: base, Extra: f.labels(&o), Value: 1}})
			continue
		}
		f.each(&o, func(value float64, labels ...string) {
			out = append(out, gathered{&f.Family, Series{Labels: slices.Concat(base, labels), Value: value}})
		})
	}
	return out
}

func (m *maker) manifest(kind string, id int32) map[string]any {
	switch kind {
	case "pod":
		return m.manifests.Pod(&m.moment, m.moment.View.Pod(models.PodID(id)))
	case "node":
		return m.manifests.Node(&m.moment, models.NodeID(id))
	}
	fields, _ := m.manifests.Of(&m.moment, kind, id)
	return fields
}
