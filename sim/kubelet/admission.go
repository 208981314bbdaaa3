package kubelet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Refusal is why a kubelet refuses a pod: the reason and what the Event says of it.
type Refusal struct {
	Reason, Message string
	// Short is what the pod lacks, if it is room that it lacks.
	Short *Shortage
}

// ReasonShutdown and MessageShutdown are those of pods that come to a node which shuts
// down. Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager.go (Admit).
const (
	ReasonShutdown  = "NodeShutdown"
	MessageShutdown = "Pod was rejected as the node is shutting down."
)

// Shortage is how much of a resource a pod lacks on a node.
type Shortage struct {
	Resource models.Resource
	Name     string
	Amount   int64
}

// MayRefuse reports whether the kubelet of a node may have something against a pod that
// is there. It is quick; Refusals tells.
func MayRefuse(pod cluster.Pod, n cluster.Node) bool {
	spec, allocatable, requested := pod.Spec(), n.Allocatable(), n.Requested()
	for r := range spec.Requests {
		if spec.Requests[r] > 0 && requested[r] > allocatable[r] {
			return true
		}
	}
	return len(spec.HostPorts) > 0 || spec.OS != 0 || spec.OSLabel != 0 || differs(spec, n) || repels(n, spec)
}

// foreign lists what speaks against a pod for its operating system. A node that is not
// labelled runs Linux.
// Source: pkg/kubelet/lifecycle/predicate.go (rejectPodAdmissionBasedOnOSSelector,
// rejectPodAdmissionBasedOnOSField).
func foreign(spec *models.PodSpec, n cluster.Node) (list []Refusal) {
	d := n.View().Dictionary()
	system, ok := n.Labels().Get(d.Sym(models.LabelOS))
	if !ok {
		system = d.Sym("linux")
	}
	if spec.OSLabel != 0 && spec.OSLabel != system {
		list = append(list, Refusal{
			Reason: "PodOSSelectorNodeLabelDoesNotMatch", Message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
		})
	}
	if spec.OS != 0 && spec.OS != system {
		list = append(list, Refusal{Reason: "PodOSNotSupported", Message: "Failed to admit pod as the OS field doesn't match node OS"})
	}
	return list
}

func differs(spec *models.PodSpec, n cluster.Node) bool {
	return (len(spec.NodeSelector) > 0 || spec.HasRequiredTerms) && !spec.MatchesNode(n.Spec().Name, n.Labels(), n.View().Dictionary())
}

func repels(n cluster.Node, spec *models.PodSpec) bool {
	for _, taint := range n.Taints() {
		if taint.Effect == models.NoExecute && !models.Tolerated(spec.Tolerations, taint) {
			return true
		}
	}
	return false
}

// Refusals returns everything that the kubelet of a node has against a pod beside the
// others there, in the order in which it looks. It tells the first.
// Source: pkg/kubelet/lifecycle/predicate.go (generalFilter), and
// pkg/scheduler/eventhandlers.go (AdmissionCheck). That the pod is for another node
// cannot be.
func Refusals(pod cluster.Pod, n cluster.Node, others []cluster.Pod) []Refusal {
	d, spec := pod.View().Dictionary(), pod.Spec()
	list := append(foreign(spec, n), shortages(spec, n, others, d)...)
	add := func(plugin, why string) {
		list = append(list, Refusal{Reason: plugin, Message: "Predicate " + plugin + " failed: " + why})
	}
	if differs(spec, n) {
		add("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
	}
	if clashes(spec.HostPorts, others, d) {
		add("NodePorts", "node(s) didn't have free ports for the requested pod ports")
	}
	if repels(n, spec) {
		add("TaintToleration", "node(s) had taints that the pod didn't tolerate")
	}
	return list
}

// clashes reports whether a host port is taken. 0.0.0.0 is every address, as no address
// is; a port 0 is none.
func clashes(ports []models.HostPort, others []cluster.Pod, d *models.Dictionary) bool {
	address := func(p models.HostPort) models.HostPort {
		if d.String(p.IP) == "0.0.0.0" {
			p.IP = 0
		}
		return p
	}
	for _, p := range ports {
		for _, other := range others {
			if p.Port > 0 && slices.ContainsFunc(other.Spec().HostPorts, func(q models.HostPort) bool { return address(p).Conflicts(address(q)) }) {
				return true
			}
		}
	}
	return false
}

// shortages returns the resources of which a pod finds too little, pods first.
// Source: pkg/scheduler/framework/plugins/noderesources/fit.go (fitsRequest).
func shortages(spec *models.PodSpec, n cluster.Node, others []cluster.Pod, d *models.Dictionary) (list []Refusal) {
	var used models.Resources
	for _, other := range others {
		used, _ = used.Add(other.Spec().Requests)
	}
	allocatable, capacity := n.Allocatable(), &n.Spec().Capacity
	names := d.ResourceNames()
	look := func(r models.Resource) {
		wanted := spec.Requests[r]
		extended := r >= models.FirstExtended && !strings.HasPrefix(names[r], "hugepages-")
		switch {
		case wanted == 0 || wanted <= allocatable[r]-used[r]:
		case extended && allocatable[r] == 0 && capacity[r] == 0: // the node does not know of it
		default:
			list = append(list, Refusal{
				Reason: "OutOf" + names[r],
				Message: fmt.Sprintf("Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d",
					names[r], wanted, used[r], allocatable[r]),
				Short: &Shortage{r, names[r], wanted - (allocatable[r] - used[r])},
			})
		}
	}
	look(models.Pods)
	for r := range names {
		if models.Resource(r) != models.Pods {
			look(models.Resource(r))
		}
	}
	return list
}

// Critical reports whether a kubelet makes room for a pod instead of refusing it.
// Source: pkg/kubelet/types/pod_update.go (IsCriticalPod).
func Critical(pod cluster.Pod) bool {
	return pod.Spec().Static || pod.Spec().Priority >= models.SystemCritical
}
