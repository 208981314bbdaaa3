package sim

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/admission"
	"github.com/podsim/podsim/sim/control"
)

// beginAdmission makes ready to admit objects, if there is anything to admit them by.
// What stands there from the start has been counted before.
func (s *Simulation) beginAdmission() {
	if !s.config.admits() {
		return
	}
	s.admission = admission.New(s.view, s.cluster.DefinePod)
	s.emptying, s.misses = make(map[models.Sym]models.Time), make(map[models.Sym]int)
	s.retries, s.counting = make(map[models.OwnerID]*retry), make(map[models.PolicyID]models.Time)
	for _, spec := range s.config.Objects.Policies {
		s.putPolicy(models.PolicyID(s.view.Policies()), spec)
	}
	for id := range s.view.Policies() {
		if id := models.PolicyID(id); s.view.Policy(id).Spec().Kind == models.ResourceQuota {
			s.doAll(s.admission.Sync(s.agenda.Now(), id, s.ops[:0]))
			s.planCount(id, s.agenda.Now())
		}
	}
}

// admits reports whether anything in a run may be refused.
func (c *Config) admits() bool {
	for i := range c.Steps {
		if c.Steps[i].Kind >= StepPutPolicy && c.Steps[i].Kind <= StepDeleteNamespace || c.Steps[i].strands() {
			return true
		}
	}
	return len(c.Objects.Policies) > 0 || c.Objects.Rejects
}

// strands reports whether a step may part a pod from its owner: one of a StatefulSet keeps
// the name that the next pod is to have.
func (step *Step) strands() bool {
	switch step.Kind {
	case StepLabel, StepUnlabel:
		return step.Object.IsPod
	case StepDelete:
		return step.Propagation == models.Orphan
	}
	return false
}

// putPolicy makes a ResourceQuota or LimitRange, or changes it.
func (s *Simulation) putPolicy(id models.PolicyID, spec *models.PolicySpec) {
	s.do(models.Op{Kind: models.OpPutPolicy, Arg: int64(id), Def: int32(s.cluster.DefinePolicy(spec))})
	s.admission.PolicyChanged(id)
}

// admitPod admits a pod that its user makes, or notes that it was refused.
func (s *Simulation) admitPod(a *Arrival) (models.SpecID, bool) {
	spec, ops, refusal := s.admission.Pod(a.Template.spec, s.ops[:0])
	if refusal.Form != models.NotRefused {
		s.refuse(a, "pods", refusal)
		return spec, false
	}
	s.doAll(ops)
	return spec, true
}

// admitOwner is admitPod for a controller object.
func (s *Simulation) admitOwner(a *Arrival) bool {
	resource := admission.ResourceOf(a.Template.Owner.Kind)
	ops, refusal := s.admission.Object(resource, a.Template.Owner.Namespace, s.ops[:0])
	if refusal.Form != models.NotRefused {
		s.refuse(a, resource, refusal)
		return false
	}
	s.doAll(ops)
	return true
}

// refuse notes that a user was refused an object.
func (s *Simulation) refuse(a *Arrival, resource string, refusal models.Refusal) {
	d := s.view.Dictionary()
	s.refused = refusal
	s.do(models.Op{
		Kind: models.OpRefuse, Name: a.Name, Ordinal: a.Ordinal, Reason: d.Sym(resource),
		Arg: int64(refusal.Form), Message: d.Sym(refusal.Why),
	})
}

// admissionHears lets the quota controller follow what happens.
func (s *Simulation) admissionHears(op *models.Op) {
	if namespace := s.admission.Hears(op); namespace != 0 {
		s.planCounts(namespace)
	}
	if op.Kind == models.OpDeletePod && op.Arg > 0 && s.admission.HasQuota(s.view.Pod(op.Pod).Spec().Namespace) {
		// Nothing tells the quota controller that a pod should have been gone for long.
		lapses := s.agenda.Now() + 2*models.Time(op.Arg)
		s.agenda.Schedule(lapses.Floor(admission.Resync).Add(admission.Resync), evLapse, 0, int32(op.Pod), 0)
	}
}

// planCounts lets the quota controller look at all quotas of a namespace.
func (s *Simulation) planCounts(namespace models.Sym) {
	for _, id := range s.admission.Quotas(namespace) {
		s.planCount(id, s.agenda.Now().Add(s.config.Latencies.Controller))
	}
}

func (s *Simulation) planCount(id models.PolicyID, at models.Time) {
	if planned, ok := s.counting[id]; ok && planned <= at {
		return
	}
	s.counting[id] = at
	s.agenda.Schedule(at, evQuota, 0, int32(id), 0)
}

// countQuota is a sync of the quota controller.
func (s *Simulation) countQuota(id models.PolicyID) {
	now := s.agenda.Now()
	if s.counting[id] != now {
		return
	}
	delete(s.counting, id)
	s.doAll(s.admission.Sync(now, id, s.ops[:0]))
}

// lapse lets the quota controller find, at its regular look at everything, that a pod
// is still there which should have been gone for long.
func (s *Simulation) lapse(id models.PodID) {
	if pod := s.view.Pod(id); !pod.Removed() && !pod.Phase().Terminal() {
		for _, quota := range s.admission.Quotas(pod.Spec().Namespace) {
			s.planCount(quota, s.agenda.Now())
		}
	}
}

// submission is what a controller sends to the API server in one sync. It sends
// creations of pods in batches that double in size, and none after a batch in which
// one was refused.
// Source: pkg/controller/replicaset/replica_set.go (slowStartBatch), and alike in
// pkg/controller/job, pkg/controller/daemon and pkg/controller/statefulset.
type submission struct {
	*Simulation
	o       cluster.Owner
	size    int // of the batch
	left    int // of it
	failing bool
	over    bool         // nothing more is sent that depends on what was refused
	skipped bool         // the last creation was not sent or was refused
	noted   bool         // a Job has more to write than how many pods it has
	shift   models.PodID // pods that were not made
	made    bool
	refusal models.Refusal // the first
	name    string         // of what was refused first
	what    string         // its resource
}

// submit sends what a controller proposes, and lets it take note of what is refused.
func (s *Simulation) submit(o cluster.Owner, ops []models.Op, next *control.Next) {
	s.ops = nil
	sub := submission{Simulation: s, o: o, size: 1, left: 1}
	for i := range ops {
		sub.send(&ops[i])
	}
	s.ops = ops[:0]
	sub.conclude(next)
}

// send sends one operation, or leaves it out.
func (s *submission) send(op *models.Op) {
	switch op.Kind {
	case models.OpCreatePod:
		s.createPod(*op)
	case models.OpIndexPod:
		if !s.skipped {
			op.Pod -= s.shift
			s.do(*op)
		}
	case models.OpCreateOwner:
		s.createOwner(*op)
	case models.OpWriteJobStatus:
		if s.shift == 0 || s.noted || s.jobChanged() {
			s.do(*op)
		}
	default:
		s.noted = s.noted || op.Kind != models.OpDeletePod
		// A Deployment goes no further without its ReplicaSet, and a StatefulSet
		// deletes nothing before all of its pods are there.
		switch kind := s.o.Kind(); {
		case s.over && kind == models.Deployment:
		case s.over && kind == models.StatefulSet && op.Kind == models.OpDeletePod:
		default:
			s.do(*op)
		}
	}
}

// jobChanged reports whether the status of a Job tells of other pods than it has, as far
// as some were refused.
func (s *submission) jobChanged() bool {
	written, is := s.o.JobStatus(), s.o.Counts()
	return written.Started == models.Never || written.Active != is.Active || written.Ready != is.Ready || written.Terminating != is.Terminating
}

// createPod sends the creation of a pod.
func (s *submission) createPod(op models.Op) {
	if s.skipped = s.over; s.over {
		s.shift++
		return
	}
	op.Pod -= s.shift
	if op.Ordinal >= 0 {
		op.Ordinal = s.o.NextOrdinal()
	}
	spec, refusal := models.SpecID(op.Def), models.Refusal{Form: models.AlreadyExists}
	if !s.taken(&op) {
		spec, refusal = s.admitControlled(&op)
	}
	if refusal.Form == models.NotRefused {
		op.Def = int32(spec)
		s.do(op)
		s.made = true
	} else {
		s.skipped = true
		s.shift++
		s.fail(&op, "pods", refusal)
	}
	if s.left--; s.left == 0 {
		s.over = s.failing
		s.size *= 2
		s.left = s.size
	}
}

// taken reports whether a pod that was parted from its owner has the name that another is
// to have.
func (s *submission) taken(op *models.Op) bool {
	if _, numbered := models.Number(op.Ordinal); !numbered {
		return false
	}
	s.strays = slices.DeleteFunc(s.strays, func(id models.PodID) bool { return s.view.Pod(id).Removed() })
	name := string(models.AppendName(nil, s.o.Name(), op.Ordinal))
	return slices.ContainsFunc(s.strays, func(id models.PodID) bool {
		pod := s.view.Pod(id)
		return pod.Owner() == models.None && pod.Spec().Namespace == s.o.Spec().Namespace && pod.Name() == name
	})
}

// admitControlled admits a pod of a controller, after the claims that a StatefulSet
// makes for it.
func (s *submission) admitControlled(op *models.Op) (models.SpecID, models.Refusal) {
	if s.o.Kind() == models.StatefulSet {
		if refusal := s.admitClaims(op); refusal.Form != models.NotRefused {
			return 0, refusal
		}
	}
	spec, ops, refusal := s.admission.Pod(models.SpecID(op.Def), s.ops[:0])
	if refusal.Form == models.NotRefused {
		s.doAll(ops)
	}
	return spec, refusal
}

// admitClaims admits the claims of a pod of a StatefulSet that are not there yet. The
// refusal of one is that of the pod, in other words.
// Source: pkg/controller/statefulset/stateful_pod_control.go
// (createPersistentVolumeClaims).
func (s *submission) admitClaims(op *models.Op) models.Refusal {
	templates := s.o.Spec().ClaimTemplates
	number, ok := models.Number(op.Ordinal)
	if !ok {
		return models.Refusal{}
	}
	for i := range templates {
		claim := control.ClaimOf(s.o, &templates[i], number)
		if _, there := s.view.FindClaim(claim.Namespace, claim.Name); there {
			continue
		}
		ops, refusal := s.admission.Claim(&claim, s.ops[:0])
		if refusal.Form != models.NotRefused {
			refused := *op
			refused.Name, refused.Ordinal = claim.Name, models.Exact
			s.tellRefusal(&refused, "persistentvolumeclaims", refusal)
			name := s.view.Dictionary().String(claim.Name)
			text := refusal.Text("persistentvolumeclaims", "PersistentVolumeClaim", name)
			return models.Refusal{Form: models.PartRefused, Why: "failed to create PVC " + name + ": " + text}
		}
		s.doAll(ops)
	}
	return models.Refusal{}
}

// createOwner sends the creation of a ReplicaSet or Job.
func (s *submission) createOwner(op models.Op) {
	spec := s.view.OwnerSpec(models.OwnerSpecID(op.Def))
	resource := admission.ResourceOf(spec.Kind)
	ops, refusal := s.admission.Object(resource, spec.Namespace, s.ops[:0])
	if refusal.Form == models.NotRefused {
		s.doAll(ops)
		s.do(op)
		return
	}
	s.over = true
	s.fail(&op, resource, refusal)
}

// fail takes note of a refusal. In a namespace that is being deleted none counts.
func (s *submission) fail(op *models.Op, resource string, refusal models.Refusal) {
	if refusal.Form == models.NamespaceTerminating {
		return
	}
	name := s.tellRefusal(op, resource, refusal)
	s.failing = true
	if s.refusal.Form == models.NotRefused {
		s.refusal, s.name, s.what = refusal, name, resource
	}
}

// tellRefusal writes down that a controller was refused an object, and returns the
// name that it would have had.
func (s *submission) tellRefusal(op *models.Op, resource string, refusal models.Refusal) string {
	d := s.view.Dictionary()
	base := op.Name
	if base == 0 {
		base = d.Sym(s.o.Name())
	}
	name := string(models.AppendName(nil, d.String(base), op.Ordinal))
	s.do(models.Op{
		Kind: models.OpFailCreate, Owner: s.o.ID(), Name: base, Ordinal: op.Ordinal, Reason: d.Sym(resource),
		Arg: int64(refusal.Form), Message: d.Sym(refusal.Why),
	})
	return name
}
