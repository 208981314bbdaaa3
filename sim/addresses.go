package sim

import (
	"net/netip"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/images"
)

// addressRange are the addresses of a node that has fewer of them than room for pods. A
// pod has one from the making of its sandbox until it ends or is gone.
// Source: github.com/containernetworking/plugins, plugins/ipam/host-local.
type addressRange struct {
	size    int                   // without those of the network, of the bridge and for broadcasts
	held    map[models.PodID]bool // nil before the first is asked for
	waiting []models.PodID        // in the order in which they came
	text    string                // its first and last address, that of the bridge among them
}

// limitAddresses keeps count of the addresses of a node from when its range turns out to be
// smaller than the number of pods that it may have.
func (s *Simulation) limitAddresses(id models.NodeID) {
	node := s.view.Node(id)
	given := node.Spec().PodCIDR
	if given == 0 || s.ranges[id] != nil {
		return
	}
	prefix, err := netip.ParsePrefix(s.view.Dictionary().String(given))
	if err != nil {
		return
	}
	size, first, last := usable(prefix)
	if int64(size) >= node.Allocatable()[models.Pods] {
		return
	}
	if s.ranges == nil {
		s.ranges = make(map[models.NodeID]*addressRange)
	}
	s.ranges[id] = &addressRange{size: size, text: first + "-" + last}
}

// count takes in who has an address when one is asked for for the first time: pods that
// were there before.
func (r *addressRange) count(node cluster.Node) {
	r.held = make(map[models.PodID]bool)
	for _, id := range node.Pods() {
		p := node.View().Pod(id)
		if !p.Spec().HostNetwork && !p.Phase().Terminal() && (p.Starts() > 0 || p.Sandbox() != models.Never) {
			r.held[id] = true
		}
	}
}

// usable is how many pods find an address in a range, up to some millions, and the first
// and the last address of it, that of the bridge being the first.
func usable(prefix netip.Prefix) (size int, first, last string) {
	const most = 24
	prefix = prefix.Masked()
	hosts := prefix.Addr().BitLen() - prefix.Bits()
	bytes := prefix.Addr().AsSlice()
	for i := range hosts {
		bytes[len(bytes)-1-i/8] |= 1 << (i % 8)
	}
	end, _ := netip.AddrFromSlice(bytes)
	return max(1<<min(hosts, most)-3, 0), prefix.Addr().Next().String(), end.Prev().String()
}

// take gives a pod an address, or reports that there is none, for which it waits then.
func (r *addressRange) take(pod cluster.Pod) bool {
	if r.held == nil {
		r.count(pod.View().Node(pod.Node()))
	}
	id := pod.ID()
	switch {
	case r.held[id]:
	case len(r.held) < r.size:
		r.held[id] = true
		r.leave(id)
	default:
		if !slices.Contains(r.waiting, id) {
			r.waiting = append(r.waiting, id)
		}
		return false
	}
	return true
}

// leave notes that a pod waits no longer.
func (r *addressRange) leave(id models.PodID) {
	r.waiting = slices.DeleteFunc(r.waiting, func(waits models.PodID) bool { return waits == id })
}

// releaseAddress gives back the address of a pod that has ended or is gone. Who waits for
// one finds it when its kubelet next tries.
func (s *Simulation) releaseAddress(pod cluster.Pod) {
	if len(s.unmade) > 0 {
		s.forgetSandbox(pod)
	}
	if len(s.ranges) == 0 || s.ranges[pod.Node()] == nil || !s.ranges[pod.Node()].held[pod.ID()] {
		return
	}
	r := s.ranges[pod.Node()]
	delete(r.held, pod.ID())
	for _, id := range r.waiting {
		w := s.unmade[id]
		if at := images.NextSync(w.told.Add(sandboxRetry), s.nodeNow()); at < w.again {
			s.retrySandbox(id, w, at)
		}
	}
}
