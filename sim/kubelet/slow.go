package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Slow makes what begins on a node take so many times as long; 1 is as ever.
func (k *Kubelet) Slow(node models.NodeID, times float64) {
	if times == 1 {
		delete(k.slow, node)
		return
	}
	k.slow[node] = times
}

// Late makes kubelets hear so much later of what is written to the API server.
func (k *Kubelet) Late(by time.Duration) { k.late = by }

// stretched is how long something takes on the node of a pod, to the millisecond.
func (k *Kubelet) stretched(pod cluster.Pod, took time.Duration) time.Duration {
	if len(k.slow) == 0 {
		return took
	}
	times, ok := k.slow[pod.Node()]
	if !ok {
		return took
	}
	longer := float64(float64(took) * times)
	if longer >= float64(models.Never) {
		return time.Duration(models.Never)
	}
	return max(time.Duration(longer).Round(time.Millisecond), took)
}
