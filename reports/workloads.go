package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// workloads follows the objects that users create: Deployments, ReplicaSets and
// ReplicationControllers of their own one by one, Jobs by the base of their name.
type workloads struct {
	// refs finds what an owner belongs to, by OwnerID: twice the index of its
	// service, or one more than twice the index of its group of Jobs.
	refs     []int32
	services []service
	groups   []jobGroup
	byBase   map[jobBase]int32

	complete, failed int64 // Jobs
	lastFailed       []byte
	wanted           []*Check // checks of a workload that has not been seen yet
	disruptions      *disruptions
	faults           *faults
}

// service is a workload that wants a number of replicas to be there.
type service struct {
	owner   models.OwnerID
	kind    uint8
	reached bool // it once had as many available replicas as desired
	deleted bool

	desired, ready, available  int32
	minReady, minAvailable     int32 // since reached
	created, reachedAt, since  models.Time
	readyArea, availableArea   float64 // replica-seconds
	belowSeconds, lostReplicas float64
	account                    lossAccount
	hits, faults               []int32 // disruptions and other faults that it has not recovered from
}

func (w *workloads) observeOwner(s *step) {
	id := s.op.Owner
	switch s.op.Kind {
	case models.OpCreateOwner:
		w.create(s)
	case models.OpScaleOwner:
		if sv := w.own(id); sv != nil {
			whole := sv.whole()
			sv.integrate(s.now)
			sv.desired = int32(s.op.Arg)
			sv.reach(s.now)
			w.settle(sv, s, whole)
		}
	case models.OpDeleteOwner:
		if sv := w.own(id); sv != nil {
			sv.integrate(s.now)
			sv.deleted, sv.desired = true, 0
			w.settle(sv, s, true)
		} else if ref := w.refs[id]; ref&1 == 1 && s.view.Owner(id).Kind() == models.Job && s.view.Owner(id).FinishedAt() == models.Never {
			w.groups[ref>>1].deleted++
		}
	case models.OpFinishOwner:
		w.finishJob(s)
	}
}

// noWorkload stands for what is neither a service nor among the Jobs of a group.
const noWorkload int32 = -1

func (w *workloads) create(s *step) {
	owner := s.view.Owner(s.op.Owner)
	switch kind := owner.Kind(); {
	case kind == models.Job:
		g := w.group(s)
		w.groups[g].created++
		w.refs = append(w.refs, g<<1|1)
	case kind == models.CronJob:
		w.refs = append(w.refs, w.group(s)<<1|1)
	case kind == models.HorizontalPodAutoscaler: // it has no pods
		w.refs = append(w.refs, noWorkload)
	case owner.Parent() != models.None:
		w.refs = append(w.refs, w.refs[owner.Parent()])
	default:
		w.refs = append(w.refs, int32(len(w.services))<<1)
		w.services = append(w.services, service{
			owner: owner.ID(), kind: uint8(kind) + 1, desired: owner.Replicas(),
			created: s.now, since: s.now, reachedAt: models.Never, account: lossAccount{gap: models.Never},
		})
		w.resolve(s.view, int32(len(w.services)-1))
	}
}

// own returns the service that is this very owner, not one of its children.
func (w *workloads) own(id models.OwnerID) *service {
	ref := w.refs[id]
	if ref&1 == 1 || w.services[ref>>1].owner != id {
		return nil
	}
	return &w.services[ref>>1]
}

// adopt notes the workload of a new pod.
func (w *workloads) adopt(s *step) {
	owner := s.pod.Owner()
	if owner == models.None {
		return
	}
	ref := w.refs[owner]
	s.row.workload = ref
	s.row.kind = uint8(models.Job) + 1
	if ref&1 == 0 {
		s.row.kind = w.services[ref>>1].kind
	}
}

func (w *workloads) observePod(s *step) {
	ref := s.row.workload
	if ref == models.None {
		return
	}
	if s.restarts() {
		w.accountOf(ref).restarts++
	}
	if ref&1 == 1 {
		if (s.op.Kind == models.OpFinishPod || s.op.Kind == models.OpRejectPod) && s.pod.Phase() == models.Failed {
			w.groups[ref>>1].podFailures++
		}
		return
	}
	ready := difference(s.row.isReady(), s.was.isReady())
	available := difference(s.row.available(), s.was.available())
	if ready != 0 || available != 0 {
		sv := &w.services[ref>>1]
		whole := sv.whole()
		sv.change(s.now, ready, available)
		w.settle(sv, s, whole)
		if available < 0 && s.row.hit != models.None { // by a shutdown, in which pods end one by one
			w.disruptions.shorten(s.row.hit, ref)
		}
	}
}

// whole reports whether a workload has all its replicas, or never had.
func (sv *service) whole() bool { return !sv.reached || sv.available >= sv.desired }

// settle tells faults that a workload, which was whole before or not, has come to lack
// replicas, or has all again.
func (w *workloads) settle(sv *service, s *step, was bool) {
	switch {
	case sv.available < sv.desired:
		if was && sv.reached && len(w.faults.held) > 0 {
			w.faults.shorten(sv, w.refs[sv.owner]>>1)
		}
	case len(sv.hits)+len(sv.faults) > 0:
		w.disruptions.recovered(sv.hits, s.now)
		w.faults.recovered(sv.faults, s.now)
		sv.hits, sv.faults = sv.hits[:0], sv.faults[:0]
	}
}

// crash takes the containers on a node out of service. The API learns it later.
func (w *workloads) crash(s *step, pods *tracks) {
	for _, id := range s.view.Node(s.op.Node).Pods() {
		row := pods.at(id)
		if row.available() && row.workload != models.None && row.workload&1 == 0 {
			w.services[row.workload>>1].change(s.now, 0, -1)
		}
		row.flags &^= flagUp
	}
}

func difference(is, was bool) int32 {
	switch {
	case is && !was:
		return 1
	case was && !is:
		return -1
	}
	return 0
}

func (sv *service) change(now models.Time, ready, available int32) {
	sv.integrate(now)
	sv.ready += ready
	sv.available += available
	sv.reach(now)
}

func (sv *service) reach(now models.Time) {
	if !sv.reached && sv.desired > 0 && sv.available >= sv.desired {
		sv.reached, sv.reachedAt = true, now
		sv.minReady, sv.minAvailable = sv.ready, sv.available
	}
}

// integrate accounts for the time since the last change. What changes back
// within one instant leaves no trace.
func (sv *service) integrate(now models.Time) {
	if now == sv.since || sv.deleted {
		return
	}
	from, seconds := sv.since, now.Sub(sv.since).Seconds()
	sv.since = now
	sv.readyArea += float64(float64(sv.ready) * seconds)
	sv.availableArea += float64(float64(sv.available) * seconds)
	if !sv.reached {
		return
	}
	sv.account.integrate(from, now, sv.desired, sv.ready, sv.available)
	sv.minReady, sv.minAvailable = min(sv.minReady, sv.ready), min(sv.minAvailable, sv.available)
	if missing := sv.desired - sv.available; missing > 0 {
		sv.belowSeconds += seconds
		sv.lostReplicas += float64(float64(missing) * seconds)
	}
}

// lostAt is the replica-seconds lost up to now.
func (sv *service) lostAt(now models.Time) float64 {
	at := *sv
	at.integrate(now)
	return at.lostReplicas
}

func (w *workloads) summary(end models.Time, v cluster.View) []WorkloadSummary {
	out := make([]WorkloadSummary, len(w.services))
	for i := range w.services {
		sv := &w.services[i]
		sv.integrate(end)
		lived := sv.since.Sub(sv.created).Seconds()
		out[i] = WorkloadSummary{
			Name: workloadName(v, sv.owner), Created: secondsOf(sv.created), Deleted: sv.deleted,
			Desired: sv.desired, Ready: sv.ready, Available: sv.available,
			BelowDesired: roundSeconds(sv.belowSeconds), ReplicaSecondsLost: round3(sv.lostReplicas),
		}
		if sv.reached {
			at := secondsOf(sv.reachedAt)
			out[i].ReachedDesired = &at
			out[i].ReadyMin, out[i].AvailableMin = sv.minReady, sv.minAvailable
		}
		if lived > 0 {
			out[i].ReadyMean, out[i].AvailableMean = round3(sv.readyArea/lived), round3(sv.availableArea/lived)
		}
	}
	slices.SortStableFunc(out, func(a, b WorkloadSummary) int {
		return cmp.Or(cmp.Compare(b.ReplicaSecondsLost, a.ReplicaSecondsLost), strings.Compare(a.Name, b.Name))
	})
	return out
}
