package reports

import "github.com/podsim/podsim/models"

// waitingSpecs are the specifications of the pods that wait for a node.
type waitingSpecs struct {
	rows  []waitingSpec // by SpecID
	dense []models.SpecID
	least []*models.Resources // requests of which no other's are a part
}

type waitingSpec struct {
	pods     int32
	place    int32 // in dense
	requests *models.Resources
}

func (w *waitingSpecs) add(id models.SpecID, spec *models.PodSpec) {
	for int(id) >= len(w.rows) {
		w.rows = append(w.rows, waitingSpec{})
	}
	row := &w.rows[id]
	if row.pods == 0 {
		row.requests, row.place = &spec.Requests, int32(len(w.dense))
		w.dense = append(w.dense, id)
	}
	row.pods++
}

func (w *waitingSpecs) remove(id models.SpecID) {
	row := &w.rows[id]
	row.pods--
	if row.pods > 0 {
		return
	}
	last := w.dense[len(w.dense)-1]
	w.dense[row.place], w.rows[last].place = last, row.place
	w.dense = w.dense[:len(w.dense)-1]
}

// reduce finds the least requests: a node that has room for any has room for one of
// them. Pods that fit no Ready node even if it is empty strand nothing: no policy
// could place them.
func (w *waitingSpecs) reduce(nodes []nodeRoom, kinds int) {
	w.least = w.least[:0]
	for _, id := range w.dense {
		requests, needed := w.rows[id].requests, true
		if !placeable(requests, nodes, kinds) {
			continue
		}
		kept := w.least[:0]
		for i, other := range w.least {
			if fits(other, requests, kinds) {
				needed = false
				kept = append(kept, w.least[i:]...)
				break
			}
			if !fits(requests, other, kinds) {
				kept = append(kept, other)
			}
		}
		if w.least = kept; needed {
			w.least = append(w.least, requests)
		}
	}
}

func placeable(requests *models.Resources, nodes []nodeRoom, kinds int) bool {
	for i := range nodes {
		if nodes[i].ready && fits(requests, &nodes[i].allocatable, kinds) {
			return true
		}
	}
	return false
}

// strand reports whether pods wait of which none fits into the room.
func (w *waitingSpecs) strand(free *models.Resources, kinds int) bool {
	for _, requests := range w.least {
		if fits(requests, free, kinds) {
			return false
		}
	}
	return len(w.least) > 0
}

// fits reports whether a request is at most what is free, as NodeResourcesFit has
// it: a resource that is not requested is not looked at.
// Source: pkg/scheduler/framework/plugins/noderesources/fit.go (fitsRequest).
func fits(request, free *models.Resources, kinds int) bool {
	for r := range kinds {
		if request[r] > free[r] && request[r] > 0 {
			return false
		}
	}
	return true
}

// mix is a systematic sample of the pods created so far: every so many, at most
// mixMost of them.
type mix struct {
	specs    []*models.PodSpec
	created  int64
	every    int64
	kinds    []mixKind // specs without repetition
	outdated bool
}

type mixKind struct {
	spec   *models.PodSpec
	weight float64
}

const mixMost = 64

func (m *mix) observe(spec *models.PodSpec) {
	if m.every == 0 {
		m.every = 1
	}
	if m.created%m.every == 0 {
		if len(m.specs) == mixMost {
			m.every *= 2
			for i := range mixMost / 2 {
				m.specs[i] = m.specs[2*i]
			}
			m.specs = m.specs[:mixMost/2]
		}
		if m.created%m.every == 0 {
			m.specs = append(m.specs, spec)
			m.outdated = true
		}
	}
	m.created++
}

// weigh counts the specifications of the sample.
func (m *mix) weigh() {
	if !m.outdated {
		return
	}
	m.outdated = false
	m.kinds = m.kinds[:0]
	each := 1 / float64(len(m.specs))
next:
	for _, spec := range m.specs {
		for i := range m.kinds {
			if m.kinds[i].spec == spec {
				m.kinds[i].weight += each
				continue next
			}
		}
		m.kinds = append(m.kinds, mixKind{spec, each})
	}
}

// misfit is the share of the sample that does not fit into the room.
func (m *mix) misfit(free *models.Resources, kinds int) float64 {
	sum := 0.0
	for i := range m.kinds {
		if !fits(&m.kinds[i].spec.Requests, free, kinds) {
			sum += m.kinds[i].weight
		}
	}
	return sum
}
