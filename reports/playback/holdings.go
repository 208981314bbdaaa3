package playback

import "slices"

// holdings are what the pods of each workload request of the nodes of a row, by the
// number of the workload. Numbers stand by themselves, so that few lines of the cache
// are read to find one.
type holdings struct {
	workloads []uint16
	amounts   []holding
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
	}
	of := &h.amounts[i]
	of.cpu += cpu
	of.pods += pods
	if of.pods == 0 {
		h.workloads = slices.Delete(h.workloads, i, i+1)
		h.amounts = slices.Delete(h.amounts, i, i+1)
	}
}

// most returns the workload with the most cpu, then with the most pods.
func (h *holdings) most() uint16 {
	workload, best := noWorkload, holding{}
	for i := range h.amounts {
		if of := &h.amounts[i]; workload == noWorkload || of.cpu > best.cpu || of.cpu == best.cpu && of.pods > best.pods {
			workload, best = h.workloads[i], *of
		}
	}
	return workload
}
