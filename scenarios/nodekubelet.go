package scenarios

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/pressure"
)

// NodeKubeletSpec is how the kubelets of a node group are configured.
// Source: staging:kubelet/config/v1beta1 (KubeletConfiguration).
type NodeKubeletSpec struct {
	KubeReserved   Amounts `yaml:"kubeReserved" help:"kept from pods for the kubelet and the container runtime: cpu, memory, ephemeral-storage. With it, systemReserved or evictionHard, allocatable is what they leave of the capacity"`
	SystemReserved Amounts `yaml:"systemReserved" help:"kept from pods for the system"`
	EvictionHard   Amounts `yaml:"evictionHard" help:"hard thresholds of eviction, in amounts or percentages; memory.available and nodefs.available are kept from pods where anything is reserved (default: memory.available 100Mi, nodefs.available 10%, nodefs.inodesFree 5%, imagefs.available 15%, imagefs.inodesFree 5%; one that is given drops the others)"`

	EvictionSoft                     Amounts        `yaml:"evictionSoft" help:"soft thresholds of eviction, which have to be met for a time before a pod goes, within a grace"`
	EvictionSoftGracePeriod          Amounts        `yaml:"evictionSoftGracePeriod" help:"how long each soft threshold has to be met: {memory.available: 1m30s}"`
	EvictionMinimumReclaim           Amounts        `yaml:"evictionMinimumReclaim" help:"how much more than a threshold must be available before it is no longer met: {memory.available: 200Mi}"`
	EvictionMaxPodGracePeriod        *int           `yaml:"evictionMaxPodGracePeriod" min:"0" default:"0" help:"most seconds of grace for pods that go for a soft threshold"`
	EvictionPressureTransitionPeriod *time.Duration `yaml:"evictionPressureTransitionPeriod" default:"5m" help:"how long a condition such as MemoryPressure stays True after it was last observed"`
	MergeDefaultEvictionSettings     bool           `yaml:"mergeDefaultEvictionSettings" help:"evictionHard leaves the default thresholds of other signals as they are"`
	Inodes                           *int64         `yaml:"inodes" min:"1" help:"inodes of the disk of the node, for nodefs.inodesFree and imagefs.inodesFree (default: nobody counts them)"`
	PIDs                             *int64         `yaml:"pids" min:"1" help:"processes that the node can have, for pid.available (default: nobody counts them)"`

	MaxPods *int `yaml:"maxPods" min:"1" help:"pods that the node takes (default: capacity of pods, else 110)"`

	ShutdownGracePeriod              *time.Duration      `yaml:"shutdownGracePeriod" default:"0s" help:"how long a shutdown waits for pods in all, in whole seconds; 0 ends them with the node"`
	ShutdownGracePeriodCriticalPods  *time.Duration      `yaml:"shutdownGracePeriodCriticalPods" default:"0s" help:"the part of it that is for critical pods, after all others"`
	ShutdownGracePeriodByPodPriority []PriorityGraceSpec `yaml:"shutdownGracePeriodByPodPriority" help:"instead of the two: how long a shutdown waits for the pods of each priority, the lowest first"`
}

// Amounts are amounts by name, as Kubernetes writes them: 500m, 1Gi, 4.
type Amounts map[string]string

// UnmarshalNode reads texts and numbers.
func (a *Amounts) UnmarshalNode(n *yamlnode.Node, _ *yamlnode.Decoder) error {
	if n.Kind != yamlnode.Map {
		return fmt.Errorf("got %s; want amounts by name, such as {memory: 1Gi}", n.Kind)
	}
	*a = make(Amounts, len(n.Fields))
	for _, f := range n.Fields {
		switch f.Value.Kind {
		case yamlnode.Map, yamlnode.Seq, yamlnode.Bool, yamlnode.Null:
			return fmt.Errorf("%s: got %s; want an amount such as 1Gi", f.Name, f.Value.Kind)
		}
		(*a)[f.Name] = f.Value.Text
	}
	return nil
}

// PriorityGraceSpec is how long a shutdown waits for pods from a priority on.
type PriorityGraceSpec struct {
	Priority int `yaml:"priority" required:"true" help:"the least priority of these pods"`
	Seconds  int `yaml:"shutdownGracePeriodSeconds" required:"true" min:"0" help:"how long it waits for them"`
}

// nodeKubelet lets a kubelet's configuration decide what pods may take of a node.
func (l *loader) nodeKubelet(o *object, group *NodeGroupSpec, node *models.NodeSpec) {
	k := group.Kubelet
	if k == nil {
		return
	}
	status := group.Template.Get("status")
	if k.MaxPods != nil {
		if status != nil && status.Get("capacity") != nil && status.Get("capacity").Get("pods") != nil {
			l.blame(o, "spec.kubelet.maxPods", "contradicts pods of status.capacity; set one of them")
		}
		node.Capacity[models.Pods], node.Allocatable[models.Pods] = int64(*k.MaxPods), int64(*k.MaxPods)
	}
	eviction := l.nodeEviction(o, k)
	node.Shutdown = l.shutdownGrace(o, "spec.kubelet", k.ShutdownGracePeriod, k.ShutdownGracePeriodCriticalPods, k.ShutdownGracePeriodByPodPriority)
	if k.KubeReserved == nil && k.SystemReserved == nil && k.EvictionHard == nil {
		return
	}
	if status != nil && status.Get("allocatable") != nil {
		l.blame(o, "spec.kubelet", "reserves something, and status.allocatable is given; set one of them")
		return
	}
	l.reserve(o, k, node, eviction)
}

// reserve takes what is reserved from what pods may take.
// Source: pkg/kubelet/cm/node_container_manager_linux.go (GetNodeAllocatableReservation,
// validateNodeAllocatable), pkg/kubelet/nodestatus/setters.go (MachineInfo).
func (l *loader) reserve(o *object, k *NodeKubeletSpec, node *models.NodeSpec, eviction *pressure.Config) {
	var reserved models.Resources
	take := func(path, resource, text string, amount int64, err error) {
		r, known := l.ordinal(resource)
		switch {
		case err != nil:
			l.blame(o, path, "%v", err)
		case !known || node.Capacity[r] == 0: // no such resource: nothing to keep
		case amount > node.Capacity[r]-reserved[r]:
			l.blame(o, path, "got %s; with what else is reserved, that is more than the capacity of %s", text, resource)
		default:
			reserved[r] += amount
		}
	}
	for _, from := range []struct {
		path string
		list Amounts
	}{{"spec.kubelet.kubeReserved", k.KubeReserved}, {"spec.kubelet.systemReserved", k.SystemReserved}} {
		for _, name := range slices.Sorted(maps.Keys(from.list)) {
			path := yamlnode.KeyPath(from.path, name)
			if !slices.Contains([]string{"cpu", "memory", "ephemeral-storage", "pid"}, name) {
				l.blame(o, path, "got %s; want cpu, memory, ephemeral-storage or pid", quote(name))
				continue
			}
			amount, err := manifest.Quantity(from.list[name], name)
			take(path, name, from.list[name], amount, err)
		}
	}
	eviction.Reserved = reserved[models.Memory]
	for _, t := range eviction.Thresholds {
		resource, kept := keptFromPods[t.Signal]
		if r, ok := l.ordinal(resource); kept && ok && !t.Soft {
			path := yamlnode.KeyPath("spec.kubelet.evictionHard", t.Signal.String())
			take(path, resource, k.EvictionHard[t.Signal.String()], t.Value.Of(node.Capacity[r]), nil)
		}
	}
	if eviction.Reserved > 0 {
		eviction.Thresholds = pressure.WithAllocatable(eviction.Thresholds)
	}
	for r, name := range l.dict.ResourceNames() {
		if strings.HasPrefix(name, "hugepages-") { // is part of the memory
			reserved[models.Memory] += node.Capacity[r]
		}
	}
	for r := range node.Allocatable {
		node.Allocatable[r] = max(node.Capacity[r]-reserved[r], 0)
	}
}

func (l *loader) ordinal(name string) (models.Resource, bool) {
	r := slices.Index(l.dict.ResourceNames(), name)
	return models.Resource(max(r, 0)), r >= 0
}

// shutdownGrace compiles how long a shutdown waits for which pods, the least priority
// first; nil does not wait.
// Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager.go (migrateConfig), and
// pkg/kubelet/apis/config/validation/validation.go.
func (l *loader) shutdownGrace(o *object, path string, all, critical *time.Duration, byPriority []PriorityGraceSpec) []models.ShutdownGrace {
	given := func(d *time.Duration) time.Duration {
		if d == nil {
			return 0
		}
		return *d
	}
	switch {
	case byPriority != nil && (all != nil || critical != nil):
		l.blame(o, path+".shutdownGracePeriodByPodPriority", "contradicts shutdownGracePeriod; set one of them")
	case given(critical) > given(all):
		l.blame(o, path+".shutdownGracePeriodCriticalPods", "got %s; want at most shutdownGracePeriod, which is %s", given(critical), given(all))
	case given(all)%time.Second != 0 || given(critical)%time.Second != 0:
		l.blame(o, path+".shutdownGracePeriod", "want whole seconds")
	case byPriority != nil:
		var list []models.ShutdownGrace
		for _, p := range byPriority {
			list = append(list, models.ShutdownGrace{Priority: int32(p.Priority), Grace: time.Duration(p.Seconds) * time.Second})
		}
		slices.SortStableFunc(list, func(a, b models.ShutdownGrace) int { return cmp.Compare(a.Priority, b.Priority) })
		return list
	case given(all) > 0:
		return []models.ShutdownGrace{{Grace: given(all) - given(critical)}, {Priority: models.SystemCritical, Grace: given(critical)}}
	}
	return nil
}
