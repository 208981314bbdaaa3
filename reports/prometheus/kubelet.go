package prometheus

import (
	"iter"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

var startBuckets = []float64{0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600}

// Source: pkg/kubelet/metrics/metrics.go. The label node is the one that a scrape adds.
var (
	runningPods = &Family{Component: Kubelet, Name: "kubelet_running_pods", Help: "Pods of the node with a container that runs.",
		Labels: []string{"node"}}
	runningContainers = &Family{Component: Kubelet, Name: "kubelet_running_containers", Help: "Containers of the node by what they do.",
		Labels: []string{"node", "container_state"}}
	startedPods = &Family{Component: Kubelet, Name: "kubelet_started_pods_total", Type: Counter, Help: "Pods that the node has started.",
		Labels: []string{"node"}}
	startedContainers = &Family{Component: Kubelet, Name: "kubelet_started_containers_total", Type: Counter,
		Help: "Containers that the node has started, again or for the first time.", Labels: []string{"node", "container_type"}}
	podStart = &Family{Component: Kubelet, Name: "kubelet_pod_start_duration_seconds", Type: Histogram,
		Help: "Virtual time from when a pod was bound to the node until it ran.", Labels: []string{"node"}, Buckets: startBuckets}
	podStartTotal = &Family{Component: Kubelet, Name: "kubelet_pod_start_total_duration_seconds", Type: Histogram,
		Help: "Virtual time from the creation of a pod until it ran, pulls and init containers included.", Labels: []string{"node"}, Buckets: startBuckets}
	imagePull = &Family{Component: Kubelet, Name: "kubelet_image_pull_duration_seconds", Type: Histogram,
		Help: "Virtual time that pulls of images took.", Labels: []string{"node", "image_size_in_bytes"},
		Buckets: []float64{1, 5, 10, 20, 30, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600}}
	admissionRejections = &Family{Component: Kubelet, Name: "kubelet_admission_rejections_total", Type: Counter,
		Help: "Pods that the node has refused.", Labels: []string{"node", "reason"}}

	kubeletFamilies = []*Family{runningPods, runningContainers, startedPods, startedContainers, podStart, podStartTotal, imagePull, admissionRejections}

	taintDeletions = &Family{Component: KubeControllerManager, Name: "taint_eviction_controller_pod_deletions_total", Type: Counter,
		Help: "Pods that were deleted for a taint of their node."}

	controllerFamilies = []*Family{taintDeletions}
)

// kubeletFold counts what kubelets do, by node.
type kubeletFold struct {
	nodes          map[models.NodeID]*nodeCounts
	ran            map[models.PodID]bool // that are there
	taintDeletions float64
}

// nodeCounts are the counters and histograms of one kubelet.
type nodeCounts struct {
	pods       float64
	containers [3]float64 // by kind: app, init, ephemeral
	start      *Distribution
	startTotal *Distribution
	pulls      tally
	rejections tally
}

func newKubeletFold() kubeletFold {
	return kubeletFold{nodes: make(map[models.NodeID]*nodeCounts), ran: make(map[models.PodID]bool)}
}

// containerTypes are the values of a label, by place in nodeCounts.containers.
var containerTypes = [3]string{"container", "init_container", "ephemeral_container"}

func (f *kubeletFold) of(node models.NodeID) *nodeCounts {
	n := f.nodes[node]
	if n == nil {
		n = &nodeCounts{start: newDistribution(startBuckets), startTotal: newDistribution(startBuckets),
			pulls: newTally(imagePull), rejections: newTally(admissionRejections)}
		f.nodes[node] = n
	}
	return n
}

func (f *kubeletFold) observe(now models.Time, op *models.Op, v cluster.View, note func(func())) {
	switch op.Kind {
	case models.OpStartSandbox:
		node := v.Pod(op.Pod).Node()
		note(func() { f.of(node).pods++ })
	case models.OpStartPod:
		node, first := v.Pod(op.Pod).Node(), v.Pod(op.Pod).Starts() == 1
		note(func() {
			n := f.of(node)
			n.containers[0]++
			if first {
				n.pods++
			}
		})
		f.runs(now, v.Pod(op.Pod), note)
	case models.OpStartContainer:
		pod := v.Pod(op.Pod)
		node, place := pod.Node(), 0
		if pod.Spec().Containers[op.Def].Kind != models.AppContainer {
			place = 1
		}
		note(func() { f.of(node).containers[place]++ })
		f.runs(now, pod, note)
	case models.OpMarkContainer:
		f.runs(now, v.Pod(op.Pod), note)
	case models.OpStartEphemeral:
		node := v.Pod(op.Pod).Node()
		note(func() { f.of(node).containers[2]++ })
	case models.OpReceiveImage:
		if op.Arg != models.None {
			f.of(v.Pod(op.Pod).Node()).pulls.observe(models.Time(op.Arg).Seconds(), v.Node(v.Pod(op.Pod).Node()).Name(), sizeClass(v.ImageSize(op.Name)))
		}
	case models.OpRejectPod:
		node := v.Pod(op.Pod).Node()
		f.of(node).rejections.add(1, v.Node(node).Name(), v.Dictionary().String(op.Reason))
	case models.OpDeletePod:
		if strings.HasPrefix(v.Dictionary().String(op.Reason), "TaintManagerEviction") {
			f.taintDeletions++
		}
	case models.OpRemovePod:
		delete(f.ran, op.Pod)
	}
}

// runs notes that a pod runs for the first time.
func (f *kubeletFold) runs(now models.Time, pod cluster.Pod, note func(func())) {
	if pod.Phase() != models.Running || f.ran[pod.ID()] {
		return
	}
	f.ran[pod.ID()] = true
	node, bound, created := pod.Node(), pod.BoundAt(), pod.Created()
	note(func() {
		n := f.of(node)
		n.start.observe(startBuckets, now.Sub(bound).Seconds())
		n.startTotal.observe(startBuckets, now.Sub(created).Seconds())
	})
}

// sizeClasses are the classes of images by size.
// Source: pkg/kubelet/metrics/metrics.go (imageSizeBuckets).
var sizeClasses = []struct {
	from int64
	name string
}{
	{100e9, "GT100GB"}, {60e9, "60GB-100GB"}, {40e9, "40GB-60GB"}, {30e9, "30GB-40GB"}, {20e9, "20GB-30GB"}, {10e9, "10GB-20GB"},
	{5e9, "5GB-10GB"}, {1e9, "1GB-5GB"}, {500e6, "500MB-1GB"}, {100e6, "100MB-500MB"}, {10e6, "10MB-100MB"}, {1, "0-10MB"},
}

func sizeClass(bytes int64) string {
	for _, c := range sizeClasses {
		if bytes >= c.from {
			return c.name
		}
	}
	return "N/A"
}

func (f *kubeletFold) tellControllers(s *Snapshot) { s.Add(taintDeletions, f.taintDeletions) }

// heardNodes yields the nodes whose kubelets a scrape reaches.
func heardNodes(v cluster.View) iter.Seq[int32] {
	return numbered(v.Nodes(), func(id int32) bool {
		node := v.Node(models.NodeID(id))
		return !node.Removed() && node.Heard()
	})
}

// kubelet makes the series of the kubelet of a node.
func (m *maker) kubelet(id int32) (out []gathered) {
	put := func(f *Family, value float64, d *Distribution, labels ...string) {
		if m.wanted[f.id] {
			out = append(out, gathered{f, Series{Labels: labels, Value: value, Distribution: d}})
		}
	}
	node := m.moment.View.Node(models.NodeID(id))
	name := node.Name()
	pods, running, exited := busy(node)
	put(runningPods, float64(pods), nil, name)
	put(runningContainers, float64(running), nil, name, "running")
	put(runningContainers, float64(exited), nil, name, "exited")
	n := m.kubelets.nodes[node.ID()]
	if n == nil {
		put(startedPods, 0, nil, name)
		return out
	}
	put(startedPods, n.pods, nil, name)
	for i, started := range n.containers {
		if started > 0 {
			put(startedContainers, started, nil, name, containerTypes[i])
		}
	}
	if n.start.Count > 0 {
		put(podStart, 0, n.start.clone(), name)
		put(podStartTotal, 0, n.startTotal.clone(), name)
	}
	for _, row := range n.pulls.sorted() {
		put(imagePull, 0, row.distribution.clone(), row.labels...)
	}
	for _, row := range n.rejections.sorted() {
		put(admissionRejections, row.value, nil, row.labels...)
	}
	return out
}

// busy counts the pods on a node with a container that runs, and their containers.
func busy(node cluster.Node) (pods, running, exited int) {
	for _, id := range node.Pods() {
		pod := node.View().Pod(id)
		before := running
		if containers := pod.Containers(); containers != nil {
			for i := range containers {
				switch containers[i].State {
				case cluster.ContainerRunning:
					running++
				case cluster.ContainerTerminated:
					exited++
				}
			}
		} else if pod.Up() {
			running++
		}
		if running > before {
			pods++
		}
	}
	return pods, running, exited
}
