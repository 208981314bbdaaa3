package control

import (
	"testing"

	"github.com/podsim/podsim/models"
)

// A suspended Job has no pods, and none of those that it had counts as failed. Its clock
// starts anew when it goes on.
func TestAJobIsSuspendedAndGoesOn(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.owner(models.OwnerSpec{Kind: models.Job, Replicas: 2, Completions: 2, TTLAfterFinished: -1})
	suspended := *o.Spec()
	suspended.Rules = &models.JobRules{Suspend: true, BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}
	running, stopped := o.SpecID(), w.DefineOwner(&suspended)
	w.sync(o)
	w.run(0, node)
	w.now = 10 * second
	w.do(models.Op{Kind: models.OpUpdateOwner, Owner: o.ID(), Def: int32(stopped)})
	w.sync(o)
	if n := o.Counts(); n.Active != 0 || o.JobCounts().Failed != 0 || o.JobStarted() != models.Never {
		t.Errorf("suspended: %+v, %+v, started %s", n, o.JobCounts(), o.JobStarted())
	}
	if c, _ := o.Condition(w.Dictionary().Sym("Suspended")); c.Status != models.ConditionTrue {
		t.Errorf("the condition Suspended is %s", c.Status)
	}
	w.now = 20 * second
	w.do(models.Op{Kind: models.OpUpdateOwner, Owner: o.ID(), Def: int32(running)})
	ops, _ := w.sync(o)
	if made := created(ops); len(made) != 2 || o.JobStarted() != w.now {
		t.Errorf("resumed: %d pods made, started %s", len(made), o.JobStarted())
	}
	if c, _ := o.Condition(w.Dictionary().Sym("Suspended")); c.Status != models.ConditionFalse {
		t.Errorf("the condition Suspended is %s", c.Status)
	}
}

// With podReplacementPolicy Failed a pod is replaced, and counted, when it has ended; else
// as soon as it is deleted.
func TestAJobReplacesTerminatingOrFailedPods(t *testing.T) {
	for _, waits := range []bool{false, true} {
		w := newWorld(t)
		node := w.node("a")
		o := w.owner(models.OwnerSpec{Kind: models.Job, Replicas: 1, Completions: 1, BackoffLimit: 6, TTLAfterFinished: -1,
			Rules: &models.JobRules{ReplaceFailed: waits, BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}})
		w.sync(o)
		w.run(0, node)
		w.do(DeletePod(w.View().Pod(0), 0))
		w.sync(o)
		if failed := o.JobCounts().Failed; (failed == 0) != waits {
			t.Errorf("waits %t: %d failures while the pod terminates", waits, failed)
		}
		w.now = 15 * second
		w.finish(0, 143)
		ops, wake := w.sync(o)
		if made := len(created(ops)); (made == 0) != waits || waits && wake != 25*second || o.JobCounts().Failed != 1 {
			t.Errorf("waits %t: %d pods made after its end, next look at %s, %+v", waits, made, wake, o.JobCounts())
		}
	}
}
