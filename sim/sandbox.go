package sim

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// sandboxWait is a pod whose kubelet tries to make its sandbox every ten seconds.
type sandboxWait struct {
	why   string
	told  models.Time   // the last failure that was told
	again models.Time   // the next try that matters: it may succeed, or it is told how many have not
	gap   time.Duration // between failures that are told
}

// sandboxRetry is the time between tries to make a sandbox.
// Source: pkg/kubelet/kubelet.go (backOffPeriod), pkg/kubelet/pod_workers.go (completeWork).
const sandboxRetry = 10 * time.Second

// mostSilence is how long failures go untold: recorders let no more pass.
// Source: k8s.io/client-go/tools/record/events_cache.go (defaultSpamQPS).
const mostSilence = 300 * time.Second

// reasonSandbox is why kubelets tell of pods without a sandbox.
// Source: pkg/kubelet/events/event.go (FailedCreatePodSandBox).
const reasonSandbox = "FailedCreatePodSandBox"

// mayLackSandbox reports whether the kubelet of a pod may fail to make its sandbox.
func (s *Simulation) mayLackSandbox(pod cluster.Pod) bool {
	spec := pod.Spec()
	return !spec.HostNetwork && (spec.FQDN != nil || len(s.ranges) > 0 && s.ranges[pod.Node()] != nil)
}

// makeSandbox is a kubelet that makes the sandbox of a pod, or tries again, and goes on with
// its containers.
func (s *Simulation) makeSandbox(id models.PodID, epoch uint32, again bool) {
	pod := s.view.Pod(id)
	if again {
		if !s.retriesSandbox(pod) {
			return
		}
		epoch = pod.Epoch()
	}
	if pod.Epoch() != epoch || !s.sandboxMade(pod) {
		return
	}
	switch {
	case pod.Itemised():
		s.kubelet.SandboxThere(s.nodeNow(), id)
		s.work(id)
	case s.pulls:
		s.start(id, epoch)
	default:
		delay := s.kubelet.PullsDelay(pod, s.view.Node(pod.Node())) + s.kubelet.RestartDelay(pod)
		s.planOnNode(s.nodeNow().Add(delay), evStart, epoch, int32(id), 0)
	}
}

// retriesSandbox reports whether the kubelet of a pod tries again now.
func (s *Simulation) retriesSandbox(pod cluster.Pod) bool {
	w := s.unmade[pod.ID()]
	return w != nil && w.again <= s.nodeNow() && !pod.Deleting() && !s.view.Node(pod.Node()).Down()
}

// sandboxMade makes the sandbox of a pod if nothing is in the way, and tells if something is.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod).
func (s *Simulation) sandboxMade(pod cluster.Pod) bool {
	id, now, times := pod.ID(), s.nodeNow(), int64(1)
	w, why := s.unmade[id], s.sandboxFails(pod)
	if w != nil {
		times = int64(now.Sub(w.told) / sandboxRetry)
	}
	if why == "" {
		if w != nil && times > 1 {
			s.failSandbox(pod, times-1, w.why)
		}
		delete(s.unmade, id)
		return true
	}
	s.failSandbox(pod, times, why)
	if w == nil {
		w = &sandboxWait{gap: sandboxRetry / 2}
		if s.unmade == nil {
			s.unmade = make(map[models.PodID]*sandboxWait)
		}
		s.unmade[id] = w
	}
	w.why, w.told, w.gap = why, now, min(2*w.gap, mostSilence)
	s.retrySandbox(id, w, now.Add(w.gap))
	return false
}

// sandboxFails tells what is in the way of the sandbox of a pod.
func (s *Simulation) sandboxFails(pod cluster.Pod) string {
	if why := longName(pod); why != "" {
		return why
	}
	r := s.ranges[pod.Node()]
	if r == nil || r.take(pod) {
		return ""
	}
	return fmt.Sprintf("rpc error: code = Unknown desc = failed to setup network for sandbox %q: plugin type=%q failed (add): "+
		"failed to allocate for range 0: no IP addresses available in range set: %s", sandboxID(pod), "bridge", r.text)
}

func (s *Simulation) retrySandbox(id models.PodID, w *sandboxWait, at models.Time) {
	w.again = at
	s.planOnNode(at, evSandbox, 0, int32(id), 1)
}

func (s *Simulation) failSandbox(pod cluster.Pod, times int64, why string) {
	d := s.view.Dictionary()
	s.do(models.Op{Kind: models.OpFailSandbox, Pod: pod.ID(), Arg: times, Reason: d.Sym(reasonSandbox), Message: d.Sym(why)})
}

// sandboxID stands for the identifiers of the sandboxes of a pod that could not be made.
func sandboxID(pod cluster.Pod) string {
	name := pod.View().Dictionary().String(pod.Spec().Namespace) + "/" + pod.Name()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
}

// forgetSandbox forgets that a pod waits for a sandbox: it is gone, or its kubelet takes it
// on anew.
func (s *Simulation) forgetSandbox(pod cluster.Pod) {
	delete(s.unmade, pod.ID())
	if r := s.ranges[pod.Node()]; r != nil {
		r.leave(pod.ID())
	}
}

// longName tells that the name that a pod wants its kernel to have is too long for that.
// Source: pkg/kubelet/util/util.go (GetNodenameForKernel).
func longName(pod cluster.Pod) string {
	const most = 64
	spec, d := pod.Spec(), pod.View().Dictionary()
	if spec.FQDN == nil {
		return ""
	}
	name := models.ShortHostname(hostname(pod)) + "." + d.String(spec.FQDN.Subdomain) + "." + d.String(spec.Namespace) + ".svc." + clusterDomain
	if len(name) <= most {
		return ""
	}
	return fmt.Sprintf("failed to construct FQDN from pod hostname and cluster domain, FQDN %s is too long (%d characters is the max, %d characters requested)",
		name, most, len(name))
}

// hostname is the name of the host that a pod is, before it is cut off.
func hostname(pod cluster.Pod) string {
	if given := pod.ControlledHostname(); given != "" {
		return given
	}
	if given := pod.Spec().FQDN.Hostname; given != 0 {
		return pod.View().Dictionary().String(given)
	}
	return pod.Name()
}

// clusterDomain is the domain of the names of Services, as kubeadm sets it.
const clusterDomain = "cluster.local"
