package sim

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/control"
)

// pull puts a source's next arrival on the agenda.
func (s *Simulation) pull(source int) {
	a, ok, err := s.sources[source].Next()
	if err != nil {
		s.fail(err)
		return
	}
	if !ok {
		return
	}
	if a.At < s.agenda.Now() {
		s.fail(fmt.Errorf("arrival of %s at %s lies in the past", s.view.Dictionary().String(a.Name), a.At))
		return
	}
	s.next[source] = a
	s.agenda.Schedule(a.At, evArrive, 0, int32(source), 0)
}

// arrive brings an object into the cluster.
func (s *Simulation) arrive(source int) {
	a := s.next[source]
	if a.Template != nil {
		s.define(a.Template)
	}
	s.inputs.arrived(source, &a, contentView{s.view})
	if a.PastNode != nil {
		s.adoptNode(a.PastNode)
		s.pull(source)
		return
	}
	parent := models.OwnerID(models.None)
	if a.Parent > 0 {
		parent = s.arrived[source][a.Parent-1]
	}
	switch {
	case a.Template.Owner != nil:
		id := s.arriveOwner(&a, parent)
		if a.At == 0 {
			s.arrived[source] = append(s.arrived[source], id)
		}
	case a.PastPod != nil:
		s.adoptPod(&a, parent)
	default:
		s.arrivePod(&a, parent)
	}
	s.pull(source)
}

// define makes a template known to the cluster at its first arrival.
func (s *Simulation) define(t *Template) {
	if t.defined {
		return
	}
	t.defined = true
	pod := *t.Pod
	if s.admission == nil {
		pod.Detail = nil // nobody asks for it
	}
	content := *t
	content.Pod = &pod
	t.content = contentOf(&content, s.view)
	if t.Behavior != nil {
		pod.Behavior = s.kubelet.Define(t.Behavior)
	}
	t.spec = s.cluster.DefinePod(&pod)
	if t.Owner == nil {
		return
	}
	owner := *t.Owner
	owner.Template = t.spec
	if t.ReplicaSet != nil {
		set := *t.ReplicaSet
		set.Template = t.spec
		owner.ReplicaSet = s.cluster.DefineOwner(&set)
	}
	t.owner = s.cluster.DefineOwner(&owner)
}

func (s *Simulation) arriveOwner(a *Arrival, parent models.OwnerID) models.OwnerID {
	id := models.OwnerID(s.view.Owners())
	if s.admission != nil && !s.admitOwner(a) {
		return models.None
	}
	if a.RunTime >= 0 {
		s.runTimes[ownerKey(id)] = a.RunTime
	}
	s.do(models.Op{
		Kind: models.OpCreateOwner, Owner: id, Parent: parent, Def: int32(a.Template.owner),
		Name: a.Name, Ordinal: a.Ordinal,
	})
	if a.PastOwner != nil {
		s.adoptOwner(id, a.PastOwner)
	}
	if a.Lifetime >= 0 {
		s.agenda.After(a.Lifetime, evExpire, 0, models.None, int32(id))
	}
	for _, scaling := range a.Scalings {
		s.agenda.After(scaling.After, evScale, 0, int32(id), scaling.Replicas)
	}
	return id
}

func (s *Simulation) arrivePod(a *Arrival, parent models.OwnerID) {
	id, spec := models.PodID(s.view.Pods()), a.Template.spec
	if s.admission != nil {
		admitted, ok := s.admitPod(a)
		if !ok {
			return
		}
		spec = admitted
	}
	if a.RunTime >= 0 {
		s.runTimes[podKey(id)] = a.RunTime
	}
	s.do(models.Op{
		Kind: models.OpCreatePod, Pod: id, Owner: parent, Def: int32(spec),
		Name: a.Name, Ordinal: a.Ordinal,
	})
	if a.Lifetime >= 0 {
		s.agenda.After(a.Lifetime, evExpire, 0, int32(id), models.None)
	}
}

// ownerKey and podKey tell the two kinds of ids apart in runTimes.
func ownerKey(id models.OwnerID) int64 { return int64(id) }
func podKey(id models.PodID) int64     { return -1 - int64(id) }

// givenRunTime is the run time that came with the arrival of a pod or of its
// owner; negative if none did.
func (s *Simulation) givenRunTime(id models.PodID) time.Duration {
	if len(s.runTimes) == 0 {
		return -1
	}
	key := podKey(id)
	if owner := s.view.Pod(id).Owner(); owner != models.None {
		key = ownerKey(owner)
	}
	if run, ok := s.runTimes[key]; ok {
		return run
	}
	return -1
}

// expire deletes an object whose lifetime is over, as its user would.
func (s *Simulation) expire(pod models.PodID, owner models.OwnerID) {
	if owner != models.None {
		if o := s.view.Owner(owner); !o.Deleted() && o.Terminating() == models.Background {
			s.do(models.Op{Kind: models.OpDeleteOwner, Owner: owner, Reason: s.reasons.lifetime})
		}
		return
	}
	if p := s.view.Pod(pod); !p.Removed() && !p.Deleting() {
		s.do(control.DeletePod(p, s.reasons.lifetime))
	}
}

// scale sets the number of replicas of an owner, as its user would.
func (s *Simulation) scale(id models.OwnerID, replicas int32) {
	if o := s.view.Owner(id); !o.Deleted() && o.Replicas() != replicas {
		s.do(models.Op{Kind: models.OpScaleOwner, Owner: id, Arg: int64(replicas)})
	}
}

// podCreated sends a new pod to the scheduler, or straight to the node that its
// user named.
func (s *Simulation) podCreated(id models.PodID) {
	pod := s.view.Pod(id)
	s.provideFor(pod)
	if pod.Spec().Static && pod.Spec().NodeName == 0 {
		return // its kubelet knows where it is
	}
	if name := pod.Spec().NodeName; name != 0 {
		if node, ok := s.nodeNamed(name); ok {
			s.do(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
		} else {
			s.planOrphan(pod)
		}
		return
	}
	s.scheduler.Add(s.agenda.Now(), id, s.view)
	s.wakeScheduler()
}

func (s *Simulation) nodeNamed(name models.Sym) (models.NodeID, bool) {
	for id := range s.view.Nodes() {
		if node := s.view.Node(models.NodeID(id)); node.Spec().Name == name && !node.Removed() {
			return models.NodeID(id), true
		}
	}
	return models.None, false
}
