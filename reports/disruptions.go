package reports

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// disruptions follows faults: nodes that crashed at one instant for one reason,
// the pods that this cost, and what replaced them.
//
// A pod is hit when its node crashes while it is active. It survives if its
// containers start again; it is lost if it is deleted or fails first, unless its
// owner does without it: what is scaled away is no loss.
type disruptions struct {
	all    []disruption
	ofNode []int32 // the disruption that a node is down by, by NodeID
	hitBy  []int32 // the last disruption that hit a workload, by OwnerID
	losses losses
	// workloads tells which of them lack replicas.
	workloads *workloads
	lost      int64
	// lastLost names the newest lost pod.
	lastLost []byte
}

type disruption struct {
	at        models.Time
	reason    models.Sym
	nodes     []models.NodeID
	restored  int
	until     models.Time // the last restoration
	workloads []models.OwnerID

	hit, lost, replaced       int64
	running, ready            int64 // replacements
	firstRunning, lastRunning models.Time
	firstReady, lastReady     models.Time
	recovery
}

func (d *disruptions) observeNode(s *step, pods *tracks) {
	switch s.op.Kind {
	case models.OpAddNode:
		if int(s.op.Node) == len(d.ofNode) {
			d.ofNode = append(d.ofNode, models.None)
		}
	case models.OpRestoreNode:
		of := &d.all[d.ofNode[s.op.Node]]
		of.restored++
		of.until = s.now
		d.ofNode[s.op.Node] = models.None
	case models.OpShutDownNode:
		d.crash(s, pods)
	case models.OpCrashNode:
		if at := d.ofNode[s.op.Node]; at == models.None {
			d.crash(s, pods)
		} else { // the end of its shutdown
			d.cut(s, pods, at)
		}
	}
}

// cut is a node that goes off before all of its pods have ended.
func (d *disruptions) cut(s *step, pods *tracks, at int32) {
	for _, id := range s.view.Node(s.op.Node).Pods() {
		if row := pods.at(id); row.hit == at && row.workload != models.None {
			d.shorten(at, row.workload)
		}
	}
}

// crash is a node that goes down, or begins to.
func (d *disruptions) crash(s *step, pods *tracks) {
	at := d.open(s)
	of := &d.all[at]
	d.ofNode[s.op.Node] = at
	of.nodes = append(of.nodes, s.op.Node)
	for _, id := range s.view.Node(s.op.Node).Pods() {
		row := pods.at(id)
		if !row.active() || s.view.Pod(id).Assumed() != models.None {
			continue
		}
		row.hit = at
		of.hit++
		if row.workload == models.None {
			continue
		}
		owner := root(s.view, s.view.Pod(id).Owner())
		for int(owner) >= len(d.hitBy) {
			d.hitBy = append(d.hitBy, models.None)
		}
		if d.hitBy[owner] != at {
			d.hitBy[owner] = at
			of.workloads = append(of.workloads, owner)
		}
		d.shorten(at, row.workload)
	}
}

// shorten notes that a workload lacks replicas since a disruption.
func (d *disruptions) shorten(at, workload int32) {
	if workload&1 == 1 {
		return
	}
	sv := &d.workloads.services[workload>>1]
	if sv.available < sv.desired && (len(sv.hits) == 0 || sv.hits[len(sv.hits)-1] != at) {
		sv.hits = append(sv.hits, at)
		d.all[at].short++
	}
}

// recovered tells disruptions that a workload has all its replicas again.
func (d *disruptions) recovered(hits []int32, now models.Time) {
	for _, at := range hits {
		d.all[at].short--
		d.all[at].whole = now
	}
}

// open finds the disruption that a crash belongs to, or begins one.
func (d *disruptions) open(s *step) int32 {
	for i := len(d.all) - 1; i >= 0 && d.all[i].at == s.now; i-- {
		if d.all[i].reason == s.op.Reason {
			return int32(i)
		}
	}
	d.all = append(d.all, disruption{
		at: s.now, reason: s.op.Reason, until: models.Never,
		firstRunning: models.Never, lastRunning: models.Never,
		firstReady: models.Never, lastReady: models.Never, recovery: recovery{whole: models.Never},
	})
	return int32(len(d.all) - 1)
}

func (d *disruptions) observePod(s *step) {
	row := s.row
	switch s.op.Kind {
	case models.OpCreatePod:
		if d.losses.waiting > 0 {
			d.replace(s)
		}
		return
	case models.OpStartPod:
		row.hit = models.None
		if row.loss != models.None && s.was.started == models.Never {
			d.replacementRuns(s)
		}
		return
	case models.OpReadyPod:
		if row.loss != models.None {
			d.replacementReady(s)
		}
		return
	}
	if row.hit == models.None && row.loss == models.None || !s.was.active() || row.active() {
		return
	}
	switch {
	case s.op.Kind == models.OpFinishPod && s.pod.Phase() == models.Succeeded:
		row.hit = models.None
		if row.loss != models.None {
			d.replacementReady(s)
		}
	case s.op.Kind == models.OpDeletePod && slices.Contains(plannedReasons, s.text(s.op.Reason)):
		d.dispense(row)
	case row.hit != models.None:
		d.lose(s)
	default:
		// The replacement went before it was Ready: its loss is open again.
		d.losses.requeue(root(s.view, s.pod.Owner()), row.loss)
		row.loss = models.None
	}
}

// plannedReasons are why controllers delete pods that are too many, or of an old
// template.
var plannedReasons = []string{"ScaleDown", "RollingUpdate", "SurplusPod", "UnwantedNode"}

// dispense settles everything about a pod that is scaled away.
func (d *disruptions) dispense(row *track) {
	for i := row.loss; i != models.None; {
		next := d.losses.all[i].also
		d.losses.release(i)
		i = next
	}
	row.hit, row.loss = models.None, models.None
}

func (d *disruptions) lose(s *step) {
	row := s.row
	d.all[row.hit].lost++
	d.lost++
	d.lastLost = appendPod(d.lastLost[:0], s.view, s.pod)
	if owner := s.pod.Owner(); owner != models.None {
		d.losses.queue(root(s.view, owner), loss{disruption: row.hit, owner: owner, also: row.loss, at: d.all[row.hit].at})
	}
	row.hit, row.loss = models.None, models.None
}

func (d *disruptions) replace(s *step) {
	owner := s.pod.Owner()
	if owner == models.None {
		return
	}
	i := d.losses.take(root(s.view, owner))
	s.row.loss = i
	for ; i != models.None; i = d.losses.all[i].also {
		if l := &d.losses.all[i]; !l.replaced {
			l.replaced = true
			d.all[l.disruption].replaced++
		}
	}
}

func (d *disruptions) replacementRuns(s *step) {
	for i := s.row.loss; i != models.None; i = d.losses.all[i].also {
		l := &d.losses.all[i]
		if l.ran {
			continue
		}
		l.ran = true
		of := &d.all[l.disruption]
		of.running++
		of.firstRunning, of.lastRunning = span(of.firstRunning, s.now)
	}
}

func (d *disruptions) replacementReady(s *step) {
	for i := s.row.loss; i != models.None; {
		l := &d.losses.all[i]
		of := &d.all[l.disruption]
		of.ready++
		of.firstReady, of.lastReady = span(of.firstReady, s.now)
		if d.losses.times.add(int64(s.now - l.at)) {
			d.losses.nameWorst(s, l, of)
		}
		if from := d.losses.from; from > 0 && l.at >= from {
			d.losses.measured.add(int64(s.now - l.at))
		}
		next := l.also
		d.losses.release(i)
		i = next
	}
	s.row.loss = models.None
}

// span widens a range from first on so that it ends now.
func span(first, now models.Time) (models.Time, models.Time) {
	if first == models.Never {
		first = now
	}
	return first, now
}
