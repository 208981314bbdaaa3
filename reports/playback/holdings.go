package playback

import "slices"

// holdings are what the pods of each workload request of the nodes of a row, by the
// number of the workload. Numbers stand by themselves, so that few lines of the cache
// are read to find one.
type holdings struct {
	workloads []uint16
	amounts   []holding
	idle      int // of these: workloads without pods, which often come back
}

type holding struct {
	cpu  int64
	pods int32
}

// noWorkload stands for rows without pods.
const noWorkload = ^uint16(0)

// hold adds to what a workload has of a row.
func (h *holdings) hold(workload uint16, cpu int64, pods int32) {
	i, end := 0, len(h.workloads)
	for i < end {
		if middle := int(uint(i+end) >> 1); h.workloads[middle] < workload {
			i = middle + 1
		} else {
			end = middle
		}
	}
	if i == len(h.workloads) || h.workloads[i] != workload {
		h.workloads = slices.Insert(h.workloads, i, workload)
		h.amounts = slices.Insert(h.amounts, i, holding{})
		h.idle++
	}
	of := &h.amounts[i]
	if of.pods == 0 {
		h.idle--
	}
	of.cpu += cpu
	of.pods += pods
	if of.pods == 0 {
		h.idle++
		if h.idle > len(h.amounts)/2 && h.idle > idleMost {
			h.clean()
		}
	}
}

// idleMost is how many workloads without pods are kept at least.
const idleMost = 64

// clean drops workloads without pods.
func (h *holdings) clean() {
	kept := 0
	for i := range h.amounts {
		if h.amounts[i].pods > 0 {
			h.workloads[kept], h.amounts[kept] = h.workloads[i], h.amounts[i]
			kept++
		}
	}
	h.workloads, h.amounts, h.idle = h.workloads[:kept], h.amounts[:kept], 0
}

// most returns the workload with the most cpu, then with the most pods.
func (h *holdings) most() uint16 {
	workload, best := noWorkload, holding{}
	for i := range h.amounts {
		of := &h.amounts[i]
		if of.cpu > best.cpu || of.cpu == best.cpu && of.pods > best.pods {
			workload, best = h.workloads[i], *of
		}
	}
	return workload
}
