package cluster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// past returns the operation that recalls something of pod 0.
func past(what models.Past, ago time.Duration) models.Op {
	return models.Op{Kind: models.OpBackdatePod, Pod: 0, Def: int32(what), Arg: int64(ago)}
}

func TestAPodBringsItsPastAlong(t *testing.T) {
	w := newWorld(t, 1)
	id := w.create(models.None)
	w.do(models.Op{Kind: models.OpBindPod, Pod: id, Node: 0})
	w.step(models.OpStartPod, id)
	w.do(past(models.PastCreated, time.Hour))
	w.do(past(models.PastBound, 59*time.Minute))
	w.do(past(models.PastStarted, time.Minute))
	w.do(past(models.PastRestarts, 7))
	pod := w.View().Pod(id)
	if pod.Created() != -models.Time(time.Hour) || pod.BoundAt() != -models.Time(59*time.Minute) ||
		pod.StartedAt() != -models.Time(time.Minute) || pod.Restarts() != 7 || pod.Starts() != 8 {
		t.Errorf("created %s, bound %s, started %s, %d restarts after %d starts",
			pod.Created(), pod.BoundAt(), pod.StartedAt(), pod.Restarts(), pod.Starts())
	}
	w.check()
}

func TestThePastHasAnOrder(t *testing.T) {
	tests := []struct {
		rule string
		op   models.Op
		want string
	}{
		{"the past is not the future", past(models.PastCreated, -1), "lies in the future"},
		{"a pod is not bound before it was created", past(models.PastBound, time.Second), "when what it needs happened"},
		{"what has not happened has no past", past(models.PastExited, 0), "has not happened"},
		{"a pod that never started was never restarted", past(models.PastRestarts, 1), "cannot have had 1 restarts"},
		{"only known things are recalled", past(models.Past(99), 0), "nothing to recall has number 99"},
		{"an owner must exist", models.Op{Kind: models.OpBackdateOwner, Owner: 5}, "no owner has id 5"},
		{"a Job that runs was not finished", models.Op{Kind: models.OpBackdateOwner, Owner: 0, Def: int32(models.PastFinished)}, "has not happened"},
		{"pods are not counted back", models.Op{Kind: models.OpBackdateOwner, Owner: 0, Def: int32(models.PastFailed), Arg: -1}, "cannot have had -1 more pods"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			w := newWorld(t, 1)
			w.owner()
			w.do(models.Op{Kind: models.OpBindPod, Pod: w.create(models.None), Node: 0})
			before := w.Digest()
			err := w.Apply(w.now, &test.op)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
			if w.Digest() != before {
				t.Error("the refused operation left a record")
			}
			w.check()
		})
	}
}

func TestPodsOfThePastAreCounted(t *testing.T) {
	w := newWorld(t, 1)
	owner := w.owner()
	for _, ago := range []time.Duration{time.Hour, time.Minute, time.Second} {
		id := w.create(owner)
		w.do(models.Op{Kind: models.OpBindPod, Pod: id, Node: 0})
		w.do(models.Op{Kind: models.OpFinishPod, Pod: id, Arg: 1})
		w.do(models.Op{Kind: models.OpBackdatePod, Pod: id, Def: int32(models.PastCreated), Arg: int64(2 * time.Hour)})
		w.do(models.Op{Kind: models.OpBackdatePod, Pod: id, Def: int32(models.PastExited), Arg: int64(ago)})
	}
	w.do(models.Op{Kind: models.OpBackdateOwner, Owner: owner, Def: int32(models.PastSucceeded), Arg: 4})
	if n := w.View().Owner(owner).Counts(); n.Succeeded != 4 || n.Failed != 3 {
		t.Errorf("got %+v", n)
	}
	w.check()
}
