package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Resume takes on a pod whose containers run already, as the cluster has them; they
// are all ready, or those are not that have a readiness probe. A run time that should
// be over already was not what keeps a container running, and counts from now.
func (k *Kubelet) Resume(now models.Time, pod cluster.Pod, given time.Duration, ready bool) {
	w := k.newWorker(now, pod, given)
	w.stage = living
	for i, is := range pod.Containers() {
		c := &w.containers[i]
		c.exists, c.starts = true, is.Restarts
		if is.State != cluster.ContainerRunning {
			continue
		}
		c.runs, c.started, c.isUp, c.shown = true, is.Started, true, is.Marks
		if run, code, ok := w.life(i); ok {
			ranFor := now.Sub(is.Started)
			if run > ranFor {
				run -= ranFor
			}
			c.at[ends], c.endCode = now.Add(run), code
		}
		c.starts++
		w.beginProbes(now, i)
		for kind, p := range c.prober {
			if p == nil {
				continue
			}
			c.at[probes+timer(kind)] = models.Never
			if p.kind != models.ReadinessProbe || ready {
				p.result, p.last, p.run = success, success, 1
			}
		}
		w.mark(now, i)
	}
}
