package kubelet

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

const (
	firstBackOff = 10 * time.Second
	// A container that ran this long since it was last started has its back-off
	// forgotten.
	backOffReset = 600 * time.Second
)

// backOff is a pod's entry in the kubelet's table of crash-loop back-offs.
type backOff struct {
	wait    time.Duration
	updated models.Time // the last decision to start
}

// Restarts reports whether containers that ended so are started again, unless their pod has
// been deleted.
// Source: pkg/kubelet/container/helpers.go (ShouldContainerBeRestarted).
func Restarts(pod cluster.Pod, exitCode int64) bool {
	switch pod.Spec().RestartPolicy {
	case models.RestartAlways:
		return true
	case models.RestartOnFailure:
		return exitCode != 0
	}
	return false
}

// RestartAt returns when the decision to start the containers again falls, after
// they ended now. The waits are 0, 10, 20, 40, … s up to Config.MaxBackOff and
// start over when the containers ran for more than ten minutes.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff),
// k8s.io/client-go/util/flowcontrol/backoff.go.
func (k *Kubelet) RestartAt(now models.Time, pod cluster.Pod) models.Time {
	entry, ok := k.backOffs[pod.ID()]
	if !ok || now.Sub(entry.updated) > backOffReset {
		k.backOffs[pod.ID()] = backOff{wait: firstBackOff, updated: now}
		return now
	}
	at := now.Add(entry.wait)
	k.backOffs[pod.ID()] = backOff{wait: min(2*entry.wait, k.config.MaxBackOff), updated: at}
	return at
}
