package sim

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/images"
)

// addressRange are the addresses of a node that has fewer of them than room for pods. A
// pod has one from the making of its sandbox until it ends or is gone.
// Source: github.com/containernetworking/plugins, plugins/ipam/host-local.
type addressRange struct {
	size    int                   // without those of the network, of the bridge and for broadcasts
	held    map[models.PodID]bool // nil before the first is asked for
	waiting []sandboxWait         // in the order in which they came
	text    string                // its first and last address, that of the bridge among them
}

// sandboxWait is a pod whose kubelet tries to make its sandbox every ten seconds.
type sandboxWait struct {
	pod   models.PodID
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

// limitAddresses keeps count of the addresses of a node from when its range turns out to be
// smaller than the number of pods that it may have.
func (s *Simulation) limitAddresses(id models.NodeID) {
	node := s.view.Node(id)
	given := node.Spec().PodCIDR
	if given == 0 || s.ranges[id] != nil {
		return
	}
	prefix, err := netip.ParsePrefix(s.view.Dictionary().String(given))
	if err != nil {
		return
	}
	size, first, last := usable(prefix)
	if int64(size) >= node.Allocatable()[models.Pods] {
		return
	}
	if s.ranges == nil {
		s.ranges = make(map[models.NodeID]*addressRange)
	}
	s.ranges[id] = &addressRange{size: size, text: first + "-" + last}
}

// count takes in who has an address when one is asked for for the first time: pods that
// were there before.
func (r *addressRange) count(node cluster.Node) {
	r.held = make(map[models.PodID]bool)
	for _, id := range node.Pods() {
		p := node.View().Pod(id)
		if !p.Spec().HostNetwork && !p.Phase().Terminal() && (p.Starts() > 0 || p.Sandbox() != models.Never) {
			r.held[id] = true
		}
	}
}

// usable is how many pods find an address in a range, up to some millions, and the first
// and the last address of it, that of the bridge being the first.
func usable(prefix netip.Prefix) (size int, first, last string) {
	const most = 24
	prefix = prefix.Masked()
	hosts := prefix.Addr().BitLen() - prefix.Bits()
	bytes := prefix.Addr().AsSlice()
	for i := range hosts {
		bytes[len(bytes)-1-i/8] |= 1 << (i % 8)
	}
	end, _ := netip.AddrFromSlice(bytes)
	return max(1<<min(hosts, most)-3, 0), prefix.Addr().Next().String(), end.Prev().String()
}

// mayLackSandbox reports whether the kubelet of a pod may fail to make its sandbox.
func (s *Simulation) mayLackSandbox(pod cluster.Pod) bool {
	return len(s.ranges) > 0 && s.ranges[pod.Node()] != nil && !pod.Spec().HostNetwork
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
		s.kubelet.SandboxThere(s.agenda.Now(), id)
		s.work(id)
	case s.pulls:
		s.start(id, epoch)
	default:
		delay := s.kubelet.PullsDelay(pod, s.view.Node(pod.Node())) + s.kubelet.RestartDelay(pod)
		s.agenda.After(delay, evStart, epoch, int32(id), 0)
	}
}

// retriesSandbox reports whether the kubelet of a pod tries again now.
func (s *Simulation) retriesSandbox(pod cluster.Pod) bool {
	r := s.ranges[pod.Node()]
	at := r.waits(pod.ID())
	return at >= 0 && r.waiting[at].again <= s.agenda.Now() && !pod.Deleting() && !s.view.Node(pod.Node()).Down()
}

// sandboxMade makes the sandbox of a pod if there is an address for it, and tells if not.
// Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod).
func (s *Simulation) sandboxMade(pod cluster.Pod) bool {
	r, id, now := s.ranges[pod.Node()], pod.ID(), s.agenda.Now()
	if r.held == nil {
		r.count(s.view.Node(pod.Node()))
	}
	at := r.waits(id)
	made := r.held[id] || len(r.held) < r.size
	times := int64(1)
	if at >= 0 {
		times = int64(now.Sub(r.waiting[at].told) / sandboxRetry)
	}
	switch {
	case made:
		r.held[id] = true
		if at < 0 {
			return true
		}
		r.waiting = slices.Delete(r.waiting, at, at+1)
		times--
	case at < 0:
		at = len(r.waiting)
		r.waiting = append(r.waiting, sandboxWait{pod: id, gap: sandboxRetry / 2})
		fallthrough
	default:
		w := &r.waiting[at]
		w.told, w.gap = now, min(2*w.gap, mostSilence)
		s.retrySandbox(w, now.Add(w.gap))
	}
	if times > 0 {
		s.failSandbox(pod, times, fmt.Sprintf("rpc error: code = Unknown desc = failed to setup network for sandbox %q: plugin type=%q failed (add): "+
			"failed to allocate for range 0: no IP addresses available in range set: %s", sandboxID(pod), "bridge", r.text))
	}
	return made
}

func (s *Simulation) retrySandbox(w *sandboxWait, at models.Time) {
	w.again = at
	s.agenda.Schedule(at, evSandbox, 0, int32(w.pod), 1)
}

func (s *Simulation) failSandbox(pod cluster.Pod, times int64, message string) {
	d := s.view.Dictionary()
	s.do(models.Op{Kind: models.OpFailSandbox, Pod: pod.ID(), Arg: times, Reason: d.Sym(reasonSandbox), Message: d.Sym(message)})
}

// sandboxID stands for the identifiers of the sandboxes of a pod that could not be made.
func sandboxID(pod cluster.Pod) string {
	name := pod.View().Dictionary().String(pod.Spec().Namespace) + "/" + pod.Name()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
}

func (r *addressRange) waits(id models.PodID) int {
	return slices.IndexFunc(r.waiting, func(w sandboxWait) bool { return w.pod == id })
}

// forgetSandbox forgets that a pod waits for a sandbox: its kubelet takes it on anew.
func (s *Simulation) forgetSandbox(pod cluster.Pod) {
	r := s.ranges[pod.Node()]
	if at := r.waits(pod.ID()); at >= 0 {
		r.waiting = slices.Delete(r.waiting, at, at+1)
	}
}

// releaseAddress gives back the address of a pod that has ended or is gone. Who waits for
// one finds it when its kubelet next tries.
func (s *Simulation) releaseAddress(pod cluster.Pod) {
	if len(s.ranges) == 0 || s.ranges[pod.Node()] == nil {
		return
	}
	r := s.ranges[pod.Node()]
	s.forgetSandbox(pod)
	if !r.held[pod.ID()] {
		return
	}
	delete(r.held, pod.ID())
	for i := range r.waiting {
		w := &r.waiting[i]
		if at := images.NextSync(w.told, s.agenda.Now()); at < w.again {
			s.retrySandbox(w, at)
		}
	}
}
