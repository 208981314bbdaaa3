package playback

// holdings are what the pods of each workload request of the nodes of a row, by the
// number of the workload: finding one must cost next to nothing, since each pod comes
// and goes.
type holdings struct {
	of []holding
	// top is the workload with the most cpu, then with the most pods, unless it has lost
	// some since.
	top  uint16
	lost bool
}

type holding struct {
	cpu  int64
	pods int32
}

func (h *holding) more(than *holding) bool {
	return h.cpu > than.cpu || h.cpu == than.cpu && h.pods > than.pods
}

// noWorkload stands for rows without pods.
const noWorkload = ^uint16(0)

// hold adds to what a workload has of a row.
func (h *holdings) hold(workload uint16, cpu int64, pods int32) {
	if missing := int(workload) + 1 - len(h.of); missing > 0 {
		h.of = append(h.of, make([]holding, missing)...)
	}
	changed := &h.of[workload]
	changed.cpu += cpu
	changed.pods += pods
	switch {
	case workload == h.top:
		h.lost = h.lost || cpu < 0 || pods < 0
	case changed.more(&h.of[h.top]):
		h.top = workload
	}
}

// most returns the workload with the most cpu, then with the most pods.
func (h *holdings) most() uint16 {
	if h.lost {
		h.lost = false
		for i := range h.of {
			if h.of[i].more(&h.of[h.top]) {
				h.top = uint16(i)
			}
		}
	}
	if int(h.top) >= len(h.of) || h.of[h.top].pods == 0 {
		return noWorkload
	}
	return h.top
}
