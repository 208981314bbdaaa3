package kubectl

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// leaseRenewal is how often a kubelet renews the Lease of its node.
// Source: pkg/kubelet/apis/config/v1beta1/defaults.go, a quarter of
// nodeLeaseDurationSeconds.
const leaseRenewal = 10 * time.Second

// describeNode describes a node.
// Source: k8s.io/kubectl/pkg/describe (describeNode).
func describeNode(m *Moment, o object) string {
	n, d, p := m.View.Node(models.NodeID(o.id)), m.View.Dictionary(), newPage()
	p.line(0, "Name:\t%s", o.name)
	p.line(0, "Roles:\t%s", o.cells[2])
	p.pairs(0, "Labels", "=", o.labels)
	p.line(0, "Annotations:\t<none>")
	p.line(0, "CreationTimestamp:\t%s", m.longDate(n.Joined()))
	var taints []string
	for _, t := range n.Taints() {
		text := d.String(t.Key)
		if t.Value != 0 {
			text += "=" + d.String(t.Value)
		}
		taints = append(taints, text+":"+t.Effect.String())
	}
	slices.Sort(taints)
	p.list(0, "Taints", taints)
	p.line(0, "Unschedulable:\t%t", n.Unschedulable())
	p.lease(m, n)
	p.line(0, "Conditions:")
	p.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
	p.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
	for _, c := range nodeConditions(n) {
		p.line(1, "%s \t%s \t%s \t%s \t%s \t%s", c.kind, c.status, m.longDate(m.heartbeat(n)), m.longDate(c.at), c.reason, c.message)
	}
	p.line(0, "Addresses:")
	if address := nodeAddress(m.View, n.ID()); address != "" {
		p.line(1, "InternalIP:\t%s", address)
	}
	p.line(1, "Hostname:\t%s", cmp.Or(o.labels[models.LabelHostname], o.name))
	p.amounts(0, "Capacity", m.amounts(&n.Spec().Capacity))
	p.amounts(0, "Allocatable", m.amounts(n.Allocatable()))
	p.line(0, "System Info:")
	for _, name := range []string{"Machine ID", "System UUID", "Boot ID", "Kernel Version", "OS Image", "Operating System", "Architecture",
		"Container Runtime Version", "Kubelet Version"} {
		label := map[string]string{"Operating System": "kubernetes.io/os", "Architecture": "kubernetes.io/arch"}[name]
		p.line(1, "%s:\t%s", name, cmp.Or(o.labels[label], "<unknown>"))
	}
	if prefix, ok := podRange(m.View, n.ID()); ok {
		p.line(0, "PodCIDR:\t%s", prefix)
		p.line(0, "PodCIDRs:\t%s", prefix)
	}
	p.nodePods(m, n)
	p.evictionsFrom(m, n)
	p.events(m, UID("Node", o.id))
	return p.text()
}

// lease writes when the kubelet has last renewed the Lease of its node: a whole number
// of renewals after it was first heard, or heard again.
func (p *page) lease(m *Moment, n cluster.Node) {
	since := n.HeardSince()
	renewed := since + (n.HeardUntil(m.At) - since).Floor(leaseRenewal)
	p.line(0, "Lease:")
	p.line(1, "HolderIdentity:\t%s", n.Name())
	p.line(1, "AcquireTime:\t<unset>")
	p.line(1, "RenewTime:\t%s", m.longDate(renewed))
}

// nodePods writes the pods on a node that have not ended, and what they take of it.
// Source: k8s.io/kubectl/pkg/describe (describeNodeResource).
func (p *page) nodePods(m *Moment, n cluster.Node) {
	var list []object
	for _, id := range n.Pods() {
		if pod := m.View.Pod(id); pod.Node() == n.ID() {
			list = append(list, m.pod(pod))
		}
	}
	slices.SortFunc(list, func(a, b object) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	p.line(0, "Non-terminated Pods:\t(%d in total)", len(list))
	p.line(1, "Namespace\tName\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
	p.line(1, "---------\t----\t------------\t----------\t---------------\t-------------\t---")
	var requests, limits models.Resources
	room := n.Allocatable()
	for i := range list {
		pod := m.View.Pod(models.PodID(list[i].id))
		spec := pod.Spec()
		for r := range requests {
			requests[r] += spec.Requests[r]
			limits[r] += spec.Limits[r]
		}
		p.line(1, "%s\t%s\t%s\t%s\t%s\t%s\t%s", list[i].namespace, list[i].name,
			portion(models.CPU, "cpu", spec.Requests[models.CPU], room), portion(models.CPU, "cpu", spec.Limits[models.CPU], room),
			portion(models.Memory, "memory", spec.Requests[models.Memory], room), portion(models.Memory, "memory", spec.Limits[models.Memory], room),
			m.age(pod.Created()))
	}
	p.line(0, "Allocated resources:")
	p.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)")
	p.line(1, "Resource\tRequests\tLimits")
	p.line(1, "--------\t--------\t------")
	names := m.View.Dictionary().ResourceNames()
	extended := make(map[string]models.Resource)
	for i, name := range names {
		switch r := models.Resource(i); {
		case r == models.Pods:
		case r < models.FirstExtended, strings.HasPrefix(name, "hugepages-"):
			p.line(1, "%s\t%s\t%s", name, portion(r, name, requests[r], room), portion(r, name, limits[r], room))
		case room[r] > 0:
			extended[name] = r
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extended)) {
		r := extended[name]
		p.line(1, "%s\t%s\t%s", name, quantity(r, name, requests[r]), quantity(r, name, limits[r]))
	}
}

// portion is an amount with the part that it is of what pods may take.
func portion(r models.Resource, name string, n int64, of *models.Resources) string {
	percent := int64(0)
	if of[r] > 0 {
		percent = int64(float64(float64(n)/float64(of[r])) * 100)
	}
	return fmt.Sprintf("%s (%d%%)", quantity(r, name, n), percent)
}
