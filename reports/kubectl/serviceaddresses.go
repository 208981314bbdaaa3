package kubectl

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"

	"github.com/podsim/podsim/models"
)

// The addresses that Services get, and the ports of nodes. What comes before the offset
// is left to those who ask for a certain one.
// Source: cmd/kube-apiserver/app/options/options.go (DefaultServiceIPCIDR is that of
// kubeadm here), pkg/registry/core/service/ipallocator/bitmap.go (calculateRangeOffset),
// pkg/registry/core/service/portallocator/allocator.go (calculateRangeOffset).
const (
	serviceRange   = 10<<24 | 96<<16 // 10.96.0.0/12
	serviceSize    = 1 << 20
	serviceOffset  = 256
	nodePortFirst  = 30000
	nodePortSize   = 2768
	nodePortOffset = 86
)

// typeClusterIP, typeLoadBalancer and typeExternalName are types of Services.
const (
	typeClusterIP    = "ClusterIP"
	typeLoadBalancer = "LoadBalancer"
	typeExternalName = "ExternalName"
)

// serviceAddress is what an API server gives a Service.
type serviceAddress struct {
	clusterIP string // None of a headless Service, empty of one that has none
	nodePorts []int32
}

// serviceAddresses gives each Service its address and the ports of nodes that it asks
// for. Where the original draws lots, the name of the Service decides: the next free one
// from there on.
// Source: pkg/registry/core/service/ipallocator/ipallocator.go (allocateNextService).
func serviceAddresses(services []*models.ServiceSpec, d *models.Dictionary) []serviceAddress {
	out := make([]serviceAddress, len(services))
	addresses, ports := make(map[uint32]bool), make(map[int32]bool)
	for i, s := range services {
		out[i] = serviceAddress{s.ClusterIP, make([]int32, len(s.Ports))}
		if given, err := netip.ParseAddr(s.ClusterIP); err == nil && given.Is4() {
			b := given.As4()
			addresses[binary.BigEndian.Uint32(b[:])] = true
		}
		for k := range s.Ports {
			out[i].nodePorts[k] = s.Ports[k].NodePort
			ports[s.Ports[k].NodePort] = true
		}
	}
	for i, s := range services {
		lot := lotOf(d.String(s.Namespace) + "/" + d.String(s.Name))
		if s.Type != typeExternalName && s.ClusterIP == "" {
			const free = serviceSize - 1 - serviceOffset // the last one is for broadcasts
			for n := range uint32(free) {
				address := serviceRange + serviceOffset + (lot+n)%free
				if !addresses[address] {
					addresses[address] = true
					out[i].clusterIP = netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, address))).String()
					break
				}
			}
		}
		if s.Type != "NodePort" && (s.Type != typeLoadBalancer || s.NoNodePorts) {
			continue
		}
		for k := range out[i].nodePorts {
			for n := uint32(0); out[i].nodePorts[k] == 0 && n < nodePortSize-nodePortOffset; n++ {
				if port := nodePortFirst + nodePortOffset + int32((lot+n)%(nodePortSize-nodePortOffset)); !ports[port] {
					ports[port] = true
					out[i].nodePorts[k] = port
				}
			}
		}
	}
	return out
}

func lotOf(name string) uint32 {
	hash := fnv.New32a()
	hash.Write([]byte(name))
	return hash.Sum32()
}
