package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// TestPodsBecomeAvailableMinReadySecondsAfterTheyWereReady lets the pods of one
// owner come and go. What is available, and when the next pod will be, must be what
// a look at every pod tells, at any later moment, also in a restored cluster.
func TestPodsBecomeAvailableMinReadySecondsAfterTheyWereReady(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := cluster.New(models.NewDictionary(), nil), models.Time(0)
		specs := []models.OwnerSpec{{MinReadySeconds: 3}, {MinReadySeconds: 5}, {}}
		define := func(c *cluster.Cluster) {
			room := models.Resources{models.Pods: 110}
			c.DefineNode(&models.NodeSpec{Capacity: room, Allocatable: room})
			c.DefinePod(&models.PodSpec{})
			for i := range specs {
				c.DefineOwner(&specs[i])
			}
		}
		define(c)
		apply := func(op models.Op) bool { return c.Apply(now, &op) == nil }
		apply(models.Op{Kind: models.OpAddNode})
		apply(models.Op{Kind: models.OpCreateOwner, Parent: models.None, Ordinal: models.Exact})
		o := c.View().Owner(0)
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			now += models.Time(rapid.IntRange(0, 2).Draw(t, "later")) * models.Time(time.Second)
			pod := models.PodID(rapid.IntRange(0, c.View().Pods()).Draw(t, "pod"))
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1, 2:
				pod = models.PodID(c.View().Pods())
				apply(models.Op{Kind: models.OpCreatePod, Pod: pod, Ordinal: o.NextOrdinal()})
				apply(models.Op{Kind: models.OpBindPod, Pod: pod})
				apply(models.Op{Kind: models.OpStartPod, Pod: pod})
			case 3, 4, 5:
				apply(models.Op{Kind: models.OpReadyPod, Pod: pod})
			case 6:
				apply(models.Op{Kind: models.OpUnreadyPod, Pod: pod})
			case 7:
				apply(models.Op{Kind: models.OpDeletePod, Pod: pod})
			case 8:
				apply(models.Op{Kind: models.OpUpdateOwner, Def: int32(rapid.IntRange(0, len(specs)-1).Draw(t, "def"))})
			case 9:
				ago := rapid.IntRange(0, 4).Draw(t, "ago")
				apply(models.Op{Kind: models.OpBackdatePod, Pod: pod, Def: int32(models.PastReady), Arg: int64(ago) * int64(time.Second)})
			}
			restored := cluster.New(models.NewDictionary(), nil)
			define(restored)
			if err := restored.Restore(c.Snapshot()); err != nil {
				t.Fatal(err)
			}
			for _, later := range []models.Time{0, 2, 3, 7} {
				at := now + later*models.Time(time.Second)
				want := available(o, at)
				for _, o := range []cluster.Owner{o, restored.View().Owner(0)} {
					if got := fmt.Sprint(o.Available(at), " ", o.NextAvailable(at)); got != want {
						t.Fatalf("at %s %s available (and the next); want %s", at, got, want)
					}
				}
			}
		}
	})
}

// available looks at every pod of an owner.
func available(o cluster.Owner, at models.Time) string {
	n, next := 0, models.Never
	for pod := range o.Pods() {
		ripe := pod.ReadyChangedAt() + models.Time(o.Spec().MinReadySeconds)*models.Time(time.Second)
		switch {
		case !pod.Active() || !pod.Ready():
		case ripe <= at:
			n++
		default:
			next = min(next, ripe)
		}
	}
	return fmt.Sprint(n, " ", next)
}

// A pod that was Ready a moment ago, was not so long before that, and is Ready again
// counts once.
func TestAPodThatIsReadyAgainAtOnceCountsOnce(t *testing.T) {
	c, now := cluster.New(models.NewDictionary(), nil), 2*models.Time(time.Second)
	c.DefineNode(&models.NodeSpec{Capacity: models.Resources{models.Pods: 1}, Allocatable: models.Resources{models.Pods: 1}})
	c.DefinePod(&models.PodSpec{})
	c.DefineOwner(&models.OwnerSpec{MinReadySeconds: 3})
	for i, op := range []models.Op{
		{Kind: models.OpAddNode}, {Kind: models.OpCreateOwner, Parent: models.None, Ordinal: models.Exact}, {Kind: models.OpCreatePod, Ordinal: models.Exact},
		{Kind: models.OpBindPod}, {Kind: models.OpStartPod}, {Kind: models.OpReadyPod}, {Kind: models.OpUnreadyPod},
		{Kind: models.OpBackdatePod, Def: int32(models.PastReady), Arg: int64(time.Second)}, {Kind: models.OpReadyPod},
	} {
		at := now
		if i < 4 {
			at = 0
		}
		if err := c.Apply(at, &op); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.View().Owner(0).Available(now); got != 0 {
		t.Errorf("%d available; want 0", got)
	}
}

// Pods that have been Ready for long leave the list, also when the pod that is noted
// stands there already.
func TestAPodIsNotedAgainAfterOthersHaveLeftTheList(t *testing.T) {
	c := cluster.New(models.NewDictionary(), nil)
	room := models.Resources{models.Pods: 4}
	c.DefineNode(&models.NodeSpec{Capacity: room, Allocatable: room})
	c.DefinePod(&models.PodSpec{})
	c.DefineOwner(&models.OwnerSpec{MinReadySeconds: 2})
	c.DefineOwner(&models.OwnerSpec{MinReadySeconds: 3})
	second := models.Time(time.Second)
	apply := func(at models.Time, op models.Op) {
		t.Helper()
		if err := c.Apply(at, &op); err != nil {
			t.Fatal(err)
		}
	}
	apply(0, models.Op{Kind: models.OpAddNode})
	apply(0, models.Op{Kind: models.OpCreateOwner, Parent: models.None, Ordinal: models.Exact})
	for pod := range models.PodID(4) {
		apply(0, models.Op{Kind: models.OpCreatePod, Pod: pod, Ordinal: int32(pod)})
		apply(0, models.Op{Kind: models.OpBindPod, Pod: pod})
		apply(0, models.Op{Kind: models.OpStartPod, Pod: pod})
	}
	for pod := range models.PodID(4) {
		apply(20*second, models.Op{Kind: models.OpReadyPod, Pod: pod})
	}
	readySince := func(pod models.PodID, ago models.Time) {
		apply(20*second, models.Op{Kind: models.OpBackdatePod, Pod: pod, Def: int32(models.PastReady), Arg: int64(ago * second)})
	}
	for pod := range models.PodID(3) {
		readySince(pod, 4)
	}
	apply(20*second, models.Op{Kind: models.OpUpdateOwner, Def: 1}) // the list is made anew
	readySince(3, 0)
	if got := c.View().Owner(0).Available(20 * second); got != 3 {
		t.Errorf("%d available; want 3", got)
	}
}
