package why

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Story is all that befell an object, from the beginning of a run to its end. It observes
// the cluster of a replay.
type Story struct {
	query   Query
	at      models.Time // the moment that is asked about
	now     models.Time
	scratch []byte

	// lives are the pods that matter in the order of their creation: those of the name, and
	// all of the owners that may have made them, or of the workload.
	lives []*life
	pods  map[models.PodID]*life
	// onNode are those that have not ended, by their node.
	onNode map[models.NodeID][]*life

	// tried is when pods without a node were last tried up to the moment, whosever they are.
	tried map[models.PodID]models.Time

	owners  map[models.OwnerID]*ownership
	targets []models.OwnerID // workloads of the name, in the order of their creation
	facts   facts            // of the workload

	faults []faultSpan
	// trouble is the last of each node by now, and then the same at the moment.
	trouble, then map[models.NodeID]trouble
	cordoned      map[models.NodeID]models.Time // when nodes last were, up to the moment
	marked        mark                          // the last EvictPod
}

// faultSpan is a fault, while it lasts.
type faultSpan struct {
	name, action string
	from, until  models.Time
	nodes        int64
}

// trouble is what has last befallen a node.
type trouble struct {
	at   models.Time
	text string
}

// mark is who has chosen a pod to leave, and why. Its deletion follows at once.
type mark struct {
	at         models.Time
	pod        models.PodID
	by, reason string
	why        string
	budgets    []cluster.BudgetChange
}

// life is a pod as long as there is one.
type life struct {
	id      models.PodID
	name    string
	owner   models.OwnerID
	subject bool // it is asked about by name
	facts   facts

	created, bound, ready, gone models.Time
	node                        string
	nodeID                      models.NodeID
	departure                   *Departure
	before, after               *life
	attempt                     attempt
	sandboxFailed               bool   // that was the last heard of its sandbox up to the moment
	lostReady                   string // the reason for which it was last unready by then
}

// attempt is the last attempt to schedule a pod up to the moment, and how many there were.
type attempt struct {
	count      int
	at         models.Time
	operations uint64 // applied before it was recorded
	message    string
}

// ownership is what is kept of an owner.
type ownership struct {
	id models.OwnerID
	// scaledBy is who gave it the number of replicas that it is to have, if that was no user.
	scaledBy string
	// losses are pods that nobody has replaced yet, the oldest first.
	losses []*life
}

// NewStory begins the story of an object. at is the moment that is asked about;
// models.Never is the end of the run.
func NewStory(q Query, at models.Time) *Story {
	return &Story{
		query: q, at: at,
		pods: make(map[models.PodID]*life), tried: make(map[models.PodID]models.Time), onNode: make(map[models.NodeID][]*life),
		owners: make(map[models.OwnerID]*ownership), trouble: make(map[models.NodeID]trouble), then: make(map[models.NodeID]trouble), cordoned: make(map[models.NodeID]models.Time), marked: mark{pod: models.None},
	}
}

// Observe takes an operation in.
func (s *Story) Observe(now models.Time, op *models.Op, v cluster.View) {
	s.now = now
	switch fields := op.Kind.Fields(); {
	case op.Kind == models.OpNoteUpgrade:
		s.observeUpgrade(op, v.Dictionary())
	case fields&models.FieldPod != 0:
		s.observePod(op, v)
	case fields&models.FieldOwner != 0:
		s.observeOwner(op, v)
	case fields&models.FieldNode != 0:
		s.observeNode(op, v)
	case op.Kind == models.OpBeginFault || op.Kind == models.OpEndFault:
		s.observeFault(op, v.Dictionary())
	}
}

// Known reports whether there ever was such an object.
func (s *Story) Known() bool {
	if s.query.Kind != podKind {
		return len(s.targets) > 0
	}
	for _, l := range s.lives {
		if l.subject {
			return true
		}
	}
	return false
}

func (s *Story) observeFault(op *models.Op, d *models.Dictionary) {
	name, action := d.String(op.Name), d.String(op.Reason)
	if op.Kind == models.OpBeginFault {
		s.faults = append(s.faults, faultSpan{name, action, s.now, models.Never, op.Arg})
		return
	}
	for i := range s.faults {
		if f := &s.faults[i]; f.until == models.Never && f.name == name && f.action == action {
			f.until = s.now
			return
		}
	}
}

// during finds the last fault of one of some actions that is in force at a moment.
func (s *Story) during(at models.Time, actions ...string) (faultSpan, bool) {
	for i := len(s.faults) - 1; i >= 0; i-- {
		for _, action := range actions {
			if f := s.faults[i]; f.action == action && f.from <= at && at < f.until {
				return f, true
			}
		}
	}
	return faultSpan{}, false
}

// observeOwner keeps owners whose pods matter.
func (s *Story) observeOwner(op *models.Op, v cluster.View) {
	o := v.Owner(op.Owner)
	if op.Kind == models.OpRescale {
		s.rescaled(op, o)
	}
	if op.Kind == models.OpCreateOwner || op.Kind == models.OpAdoptOwner {
		s.adopt(o)
	}
	if owner := s.owners[op.Owner]; owner != nil && op.Kind == models.OpScaleOwner {
		owner.scaledBy = "" // an autoscaler tells of itself after it
	}
	if s.owners[op.Owner] != nil && s.query.Kind != podKind {
		if text := s.ownerDeed(op, o); text != "" {
			s.facts.add(s.now, s.at, text, triedAgain[op.Kind])
		}
	}
}

// adopt takes an owner in if its pods matter.
func (s *Story) adopt(o cluster.Owner) {
	if s.owners[o.ID()] != nil || o.View().Dictionary().String(o.Spec().Namespace) != s.query.Namespace {
		return
	}
	name := o.Name()
	matters := false
	if s.query.Kind == podKind {
		matters = strings.HasPrefix(s.query.Name, name[:min(len(name), generatedFrom)])
	} else {
		matters = o.Kind().String() == s.query.Kind && name == s.query.Name
		if matters {
			s.targets = append(s.targets, o.ID())
		}
		matters = matters || o.Parent() != models.None && s.owners[o.Parent()] != nil && o.Kind() == models.ReplicaSet
	}
	if matters {
		s.owners[o.ID()] = &ownership{id: o.ID()}
	}
}

// generatedFrom is how much of the name of its owner a pod has in its own at least.
// Source: k8s.io/apiserver/pkg/storage/names/generate.go.
const generatedFrom = 58

func (s *Story) observePod(op *models.Op, v cluster.View) {
	if op.Kind == models.OpCreatePod || op.Kind == models.OpAdoptPod {
		s.create(v.Pod(op.Pod))
	}
	if op.Kind == models.OpEvictPod {
		s.mark(op, v)
	}
	if s.now <= s.at {
		s.queued(op)
	}
	l := s.pods[op.Pod]
	if l == nil {
		return
	}
	if l.subject {
		if text := s.podDeed(op, l, v); text != "" {
			l.facts.add(s.now, s.at, text, triedAgain[op.Kind])
		}
	}
	s.follow(op, l, v)
}

// queued keeps up when pods were last tried.
func (s *Story) queued(op *models.Op) {
	switch op.Kind {
	case models.OpFailScheduling:
		s.tried[op.Pod] = s.now
	case models.OpBindPod, models.OpRemovePod:
		delete(s.tried, op.Pod)
	}
}

// create takes a pod in if it matters.
func (s *Story) create(pod cluster.Pod) {
	if s.pods[pod.ID()] != nil || pod.View().Dictionary().String(pod.Spec().Namespace) != s.query.Namespace {
		return
	}
	s.scratch = pod.AppendName(s.scratch[:0])
	subject := s.query.Kind == podKind && string(s.scratch) == s.query.Name
	owner := s.owners[pod.Owner()]
	if pod.Owner() == models.None {
		owner = nil
	}
	if !subject && owner == nil {
		return
	}
	l := &life{
		id: pod.ID(), name: string(s.scratch), owner: pod.Owner(), subject: subject, created: s.now,
		bound: models.Never, ready: models.Never, gone: models.Never, nodeID: models.None,
	}
	s.lives = append(s.lives, l)
	s.pods[l.id] = l
	if owner == nil {
		return
	}
	if pod.View().Owner(owner.id).Kind() == models.StatefulSet {
		for i, lost := range owner.losses {
			if lost.name == l.name {
				owner.settle(i, l)
				break
			}
		}
	} else if kind := pod.View().Owner(owner.id).Kind(); kind != models.DaemonSet && len(owner.losses) > 0 {
		owner.settle(0, l)
	}
}

// settle lets a pod replace one that was lost.
func (o *ownership) settle(i int, by *life) {
	lost := o.losses[i]
	lost.after, by.before = by, lost
	o.losses = append(o.losses[:i], o.losses[i+1:]...)
}

// follow keeps up what is known of a pod.
func (s *Story) follow(op *models.Op, l *life, v cluster.View) {
	switch op.Kind {
	case models.OpFailScheduling:
		if s.now <= s.at {
			l.attempt = attempt{l.attempt.count + 1, s.now, v.Operations() - 1, v.Dictionary().String(op.Message)}
		}
	case models.OpBindPod:
		l.bound, l.nodeID, l.node = s.now, op.Node, v.Node(op.Node).Name()
		s.onNode[op.Node] = append(s.onNode[op.Node], l)
		s.daemonBound(l, v)
	case models.OpFailSandbox, models.OpStartSandbox, models.OpStartPod:
		if s.now <= s.at {
			l.sandboxFailed = op.Kind == models.OpFailSandbox
		}
	case models.OpReadyPod:
		if l.ready == models.Never {
			l.ready = s.now
		}
	case models.OpUnreadyPod:
		if s.now <= s.at {
			l.lostReady = v.Dictionary().String(op.Reason)
		}
	case models.OpDeletePod, models.OpFinishPod, models.OpRejectPod, models.OpKillPod:
		s.departs(op, l, v)
	case models.OpRemovePod:
		l.gone = s.now
	}
	if v.Pod(l.id).Phase().Terminal() || l.gone != models.Never {
		s.leaveNode(l)
	}
}

// daemonBound finds the pod of a DaemonSet that was on a node before.
func (s *Story) daemonBound(l *life, v cluster.View) {
	owner := s.owners[l.owner]
	if l.owner == models.None || owner == nil || v.Owner(l.owner).Kind() != models.DaemonSet {
		return
	}
	for i, lost := range owner.losses {
		if lost.nodeID == l.nodeID {
			owner.settle(i, l)
			return
		}
	}
}

func (s *Story) leaveNode(l *life) {
	if l.nodeID == models.None {
		return
	}
	list := s.onNode[l.nodeID]
	for i := range list {
		if list[i] == l {
			s.onNode[l.nodeID] = append(list[:i], list[i+1:]...)
			return
		}
	}
}

// subjectAt finds the pod of the name that is asked about: the one that is there at the
// moment, else the last one before it, else the first one after it.
func (s *Story) subjectAt(at models.Time) *life {
	var found *life
	for _, l := range s.lives {
		if l.subject && (found == nil || l.created <= at) {
			found = l
		}
	}
	return found
}

// targetAt does the same for a workload.
func (s *Story) targetAt(v cluster.View) models.OwnerID {
	found := s.targets[0]
	for _, id := range s.targets {
		if int(id) < v.Owners() {
			found = id
		}
	}
	return found
}
