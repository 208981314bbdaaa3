package kubectl

import (
	"net/netip"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Addresses folds the operations of a run into the addresses of its pods. It
// implements cluster.Observer, and has to see the run from its first operation on.
//
// A pod has an address from the first sign of its sandbox, over all restarts of its
// containers, until it ends or is gone; a node that boots makes new sandboxes. Pods in
// the network of their node have the node's address. A node gives out the addresses of
// its range in turn, the next one after the last that it gave, as the plugin host-local
// does; the first of the range is that of the bridge.
// Source: github.com/containernetworking/plugins, plugins/ipam/host-local.
type Addresses struct {
	nodes []addressRange
	pods  map[models.PodID]netip.Addr
}

// addressRange is what a node has given out.
type addressRange struct {
	prefix netip.Prefix
	last   netip.Addr
	taken  map[netip.Addr]bool
}

// NewAddresses returns the addresses of a run that has not begun.
func NewAddresses() *Addresses {
	return &Addresses{pods: make(map[models.PodID]netip.Addr)}
}

// Of returns the address of a pod; ok is false if it has none.
func (a *Addresses) Of(pod models.PodID) (netip.Addr, bool) {
	address, ok := a.pods[pod]
	return address, ok
}

// Observe takes in one operation that was applied.
func (a *Addresses) Observe(_ models.Time, op *models.Op, v cluster.View) {
	switch op.Kind {
	case models.OpAddNode:
		if int(op.Node) < len(a.nodes) {
			return // it is back, with its pods and their addresses
		}
		prefix, _ := podRange(v, op.Node)
		a.nodes = append(a.nodes, addressRange{prefix: prefix, taken: make(map[netip.Addr]bool)})
	case models.OpStartSandbox, models.OpRequestImage, models.OpLackImage, models.OpReceiveImage, models.OpStartPod:
		pod := v.Pod(op.Pod)
		if _, has := a.pods[op.Pod]; !has && !pod.Spec().HostNetwork {
			if address, ok := a.nodes[pod.Node()].next(); ok {
				a.pods[op.Pod] = address
			}
		}
	case models.OpExitPod:
		if v.Dictionary().String(op.Reason) == reasonRebooted {
			a.release(op.Pod, v)
		}
	case models.OpFinishPod, models.OpRemovePod:
		a.release(op.Pod, v)
	}
}

func (a *Addresses) release(id models.PodID, v cluster.View) {
	if address, has := a.pods[id]; has {
		delete(a.pods, id)
		delete(a.nodes[v.Pod(id).Node()].taken, address)
	}
}

// next gives out an address. The last one of the range is for broadcasts.
func (r *addressRange) next() (netip.Addr, bool) {
	if !r.prefix.IsValid() {
		return netip.Addr{}, false
	}
	bridge := r.prefix.Masked().Addr().Next()
	address := r.last
	if !address.IsValid() {
		address = bridge
	}
	for range len(r.taken) + 1 {
		if address = address.Next(); !r.prefix.Contains(address.Next()) {
			address = bridge.Next()
		}
		if !r.prefix.Contains(address.Next()) {
			break // a range of one or two addresses
		}
		if !r.taken[address] {
			r.taken[address], r.last = true, address
			return address, true
		}
	}
	return netip.Addr{}, false
}

// podRange is the range of addresses for the pods of a node: what its manifest says, or
// the next /24 in the order in which nodes joined, from 10.244.0.0/24 on through
// 10.0.0.0/8. Source: pkg/controller/nodeipam/ipam/range_allocator.go.
func podRange(v cluster.View, id models.NodeID) (netip.Prefix, bool) {
	const first, ranges = 244 << 8, 1 << 16
	if given := v.Node(id).Spec().PodCIDR; given != 0 {
		prefix, err := netip.ParsePrefix(v.Dictionary().String(given))
		return prefix, err == nil
	}
	if id >= ranges {
		return netip.Prefix{}, false
	}
	n := (first + int(id)) % ranges
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 0}), 24), true
}

// nodeAddress is the address of a node: what its manifest says, or one of
// 172.16.0.0/12 in the order in which nodes joined, from 172.18.0.2 on.
func nodeAddress(v cluster.View, id models.NodeID) string {
	if given := v.Node(id).Spec().Address; given != 0 {
		return v.Dictionary().String(given)
	}
	const first, addresses = 2<<16 | 2, 1 << 20
	if int(id) >= addresses-first {
		return ""
	}
	n := first + int(id)
	return netip.AddrFrom4([4]byte{172, byte(16 + n>>16), byte(n >> 8), byte(n)}).String()
}

// address is that of a pod, as far as its kubelet has made it a sandbox.
func (m *Moment) address(pod cluster.Pod) string {
	if pod.Node() == models.None || pod.Phase().Terminal() {
		return ""
	}
	if pod.Spec().HostNetwork {
		if pod.Starts() > 0 || len(pod.Lacks()) > 0 {
			return nodeAddress(m.View, pod.Node())
		}
		return ""
	}
	if m.Addresses == nil {
		return ""
	}
	if address, ok := m.Addresses.Of(pod.ID()); ok {
		return address.String()
	}
	return ""
}
