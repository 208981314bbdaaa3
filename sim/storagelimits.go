package sim

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/kubelet"
	"github.com/podsim/podsim/sim/pressure"
	"github.com/podsim/podsim/sim/usage"
)

// storageLimit is one of the limits of what a pod keeps on the disk of its node.
type storageLimit struct {
	size    int64
	terms   []usage.Term
	message string // of the eviction of a pod beyond it
}

// storageLimits lists the limits of a pod in the order in which kubelets look at them. Those
// of a pod that is never evicted are none.
// Source: pkg/kubelet/eviction/eviction_manager.go (emptyDirLimitEviction,
// podEphemeralStorageLimitEviction, containerEphemeralStorageLimitEviction).
func (s *Simulation) storageLimits(pod cluster.Pod) (list []storageLimit) {
	spec, d := pod.Spec(), s.view.Dictionary()
	is := spec.StorageLimits
	if is == nil || !pod.Up() || !s.kubelet.Usage(pod).Burdens() || kubelet.Critical(pod) {
		return nil
	}
	if is.VolumeSize > 0 {
		list = append(list, storageLimit{is.VolumeSize, usage.Terms(nil, pod, usage.Volumes),
			fmt.Sprintf("Usage of EmptyDir volume %q exceeds the limit %q. ", d.String(is.Volume), d.String(is.VolumeText))})
	}
	if is.Pod > 0 {
		list = append(list, storageLimit{is.Pod, usage.Terms(nil, pod, onOneDisk...),
			fmt.Sprintf("Pod ephemeral local storage usage exceeds the total limit of containers %s. ", d.String(is.PodText))})
	}
	of := []usage.Amount{usage.Logs, usage.WritableLayer}
	if s.pulls {
		if _, _, own := s.images.Disk(pod.Node()); own {
			of = of[:1]
		}
	}
	for i, limit := range is.Containers {
		if limit.Size > 0 && spec.Containers[i].Kind == models.AppContainer {
			list = append(list, storageLimit{limit.Size, s.termsOf(pod, i, of),
				fmt.Sprintf("Container %s exceeded its local ephemeral storage limit %q. ", d.String(spec.Containers[i].Name), d.String(limit.Text))})
		}
	}
	return list
}

// planStorageLimits finds out when a pod of a node will first exceed a limit.
func (s *Simulation) planStorageLimits(node cluster.Node, manager *pressure.Manager) models.Time {
	at := models.Never
	for _, id := range node.Pods() {
		pod := s.view.Pod(id)
		if pod.Spec().StorageLimits == nil || !s.candidate(node, id) {
			continue
		}
		for _, limit := range s.storageLimits(pod) {
			turns, until, found := s.meter.Turns(limit.terms, s.agenda.Now(), limit.size, false)
			if !found {
				turns = until
			}
			if turns != models.Never {
				at = min(at, manager.Next(turns))
			}
		}
	}
	return at
}

// beyondStorageLimits evicts the pods of a node that exceed a limit, and reports whether
// there are any. They are no victims of disruptions, but of themselves.
// Source: pkg/kubelet/eviction/eviction_manager.go (localStorageEviction).
func (s *Simulation) beyondStorageLimits(node cluster.Node) bool {
	var list []eviction
	for _, id := range s.candidates(node) {
		for _, limit := range s.storageLimits(s.view.Pod(id)) {
			if used := s.meter.Sum(limit.terms, s.agenda.Now()); used > limit.size {
				why := fmt.Sprintf("it uses %d bytes of the disk, may have %d", used, limit.size)
				list = append(list, eviction{evict.Proposal{Pod: id, By: "kubelet", Cause: "StorageLimit", Why: why}, pressure.Hard, limit.message})
				break
			}
		}
	}
	if len(list) > 0 {
		s.evictFor(node.ID(), list)
	}
	return len(list) > 0
}
