package control

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// revised makes an owner whose pods carry the revision v1.
func (w *world) revised(spec models.OwnerSpec) cluster.Owner {
	w.t.Helper()
	spec.RevisionHistoryLimit = 10
	spec.Template = w.version("v1", spec.Kind)
	id := models.OwnerID(w.View().Owners())
	w.do(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Def: int32(w.DefineOwner(&spec)),
		Name: w.Dictionary().Sym("set"), Ordinal: models.Exact})
	return w.View().Owner(id)
}

// version is a template whose pods carry a revision.
func (w *world) version(hash string, kind models.OwnerKind) models.SpecID {
	d := w.Dictionary()
	pod := &models.PodSpec{GracePeriod: 30 * time.Second, Requests: models.Resources{models.Pods: 1},
		Labels: models.NewLabels(models.Label{Key: d.Sym(models.LabelRevisionHash), Value: d.Sym(hash)})}
	if kind == models.DaemonSet {
		pod.Tolerations = []models.Toleration{{Key: d.Sym(models.TaintUnschedulable), Exists: true, Effect: models.NoSchedule}}
	}
	return w.DefinePod(pod)
}

// update gives an owner another template, or another specification of the same.
func (w *world) update(o cluster.Owner, hash string, change func(*models.OwnerSpec)) {
	w.t.Helper()
	spec := *o.Spec()
	if hash != "" {
		spec.Template = w.version(hash, spec.Kind)
	}
	if change != nil {
		change(&spec)
	}
	w.do(models.Op{Kind: models.OpUpdateOwner, Owner: o.ID(), Def: int32(w.DefineOwner(&spec))})
}

// acts syncs an owner and tells what its controller does with pods.
func (w *world) acts(o cluster.Owner) string {
	w.t.Helper()
	ops, _ := w.sync(o)
	var list []string
	for _, op := range ops {
		switch op.Kind {
		case models.OpCreatePod, models.OpDeletePod:
			pod := w.View().Pod(op.Pod)
			name := pod.Name()
			if o.Kind() == models.DaemonSet {
				name = w.View().Dictionary().String(pod.Spec().RequiredTerms[0].Names[0].Values[0])
			}
			sign := map[models.OpKind]string{models.OpCreatePod: "+", models.OpDeletePod: "-"}[op.Kind]
			list = append(list, fmt.Sprintf("%s%s@%s", sign, name, w.View().Dictionary().String(RevisionHash(w.View(), pod.Spec()))))
		case models.OpRecordRevision:
			list = append(list, fmt.Sprintf("revision %d", op.Arg))
		case models.OpSettleRevision:
			list = append(list, "settled")
		case models.OpScaleOwner:
			list = append(list, fmt.Sprintf("on %d", op.Arg))
		}
	}
	return strings.Join(list, " ")
}

func (w *world) expect(o cluster.Owner, when, want string) {
	w.t.Helper()
	if got := w.acts(o); got != want {
		w.t.Errorf("%s: got %q, want %q", when, got, want)
	}
}

// pod returns the pod of a number, or the last one of a node.
func (w *world) podOf(o cluster.Owner, number int32) models.PodID {
	found := models.PodID(models.None)
	for pod := range o.Pods() {
		if n, _ := NumberOf(pod); o.Kind() == models.DaemonSet && pod.Node() == models.NodeID(number) || o.Kind() == models.StatefulSet && n == number {
			found = pod.ID()
		}
	}
	return found
}

func (w *world) gone(pod models.PodID) {
	w.t.Helper()
	w.do(models.Op{Kind: models.OpRemovePod, Pod: pod})
}

func TestAStatefulSetGoesFromPodToPod(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.revised(models.OwnerSpec{Kind: models.StatefulSet, Replicas: 3})
	w.expect(o, "at first", "revision 1 settled +set-0@v1")
	w.expect(o, "while the first is not Ready", "")
	w.run(w.podOf(o, 0), node)
	w.expect(o, "when the first is Ready", "+set-1@v1")
	w.run(w.podOf(o, 1), node)
	w.expect(o, "when the second is Ready", "+set-2@v1")
	w.run(w.podOf(o, 2), node)
	w.do(models.Op{Kind: models.OpScaleOwner, Owner: o.ID(), Arg: 1}, models.Op{Kind: models.OpUnreadyPod, Pod: w.podOf(o, 0)})
	w.expect(o, "scaled down while the first is not Ready", "")
	w.do(models.Op{Kind: models.OpReadyPod, Pod: w.podOf(o, 0)})
	w.expect(o, "scaled down", "-set-2@v1")
	w.expect(o, "while the highest is still there", "")
	w.gone(w.podOf(o, 2))
	w.expect(o, "when the highest has gone", "-set-1@v1")
}

func TestAStatefulSetThatIsParallelWaitsForNobody(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.revised(models.OwnerSpec{Kind: models.StatefulSet, Replicas: 3, Parallel: true, FirstOrdinal: 7})
	w.expect(o, "at first", "revision 1 settled +set-7@v1 +set-8@v1 +set-9@v1")
	w.run(w.podOf(o, 7), node)
	w.do(models.Op{Kind: models.OpScaleOwner, Owner: o.ID(), Arg: 1})
	w.expect(o, "scaled down", "-set-9@v1 -set-8@v1")
}

func TestARolloutOfAStatefulSet(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.revised(models.OwnerSpec{Kind: models.StatefulSet, Replicas: 3, Parallel: true})
	w.acts(o)
	for n := range int32(3) {
		w.run(w.podOf(o, n), node)
	}
	replace := func(n int32) {
		w.gone(w.podOf(o, n))
		w.acts(o)
		w.run(w.podOf(o, n), node)
	}
	w.update(o, "v2", func(s *models.OwnerSpec) { s.Partition = 1 })
	w.expect(o, "a new template", "revision 2 -set-2@v1")
	w.expect(o, "while the pod is there", "")
	replace(2)
	w.expect(o, "when the pod has come back", "-set-1@v1")
	replace(1)
	w.expect(o, "at the partition", "")
	w.do(DeletePod(w.View().Pod(w.podOf(o, 0)), 0))
	w.gone(w.podOf(o, 0))
	w.expect(o, "a pod below the partition", "+set-0@v1")
	w.run(w.podOf(o, 0), node)
	w.update(o, "", func(s *models.OwnerSpec) { s.Partition = 0 })
	w.expect(o, "without the partition", "-set-0@v1")
	replace(0)
	w.expect(o, "when all are of the template", "settled")
	w.update(o, "v1", nil)
	w.expect(o, "back to the first template", "revision 3 -set-2@v2")
}

func TestWhatAStatefulSetDoesNotTouch(t *testing.T) {
	w := newWorld(t)
	node := w.node("a")
	o := w.revised(models.OwnerSpec{Kind: models.StatefulSet, Replicas: 2, Strategy: models.OnDelete, Parallel: true})
	w.acts(o)
	w.run(w.podOf(o, 0), node)
	w.update(o, "v2", nil)
	w.expect(o, "OnDelete", "revision 2")
	w.update(o, "", func(s *models.OwnerSpec) { s.Strategy, s.Parallel = models.RollingUpdate, false })
	w.expect(o, "a pod of an old template that is not Ready", "")
	w.finish(w.podOf(o, 0), 0)
	w.expect(o, "a pod that has ended well", "-set-0@v1")
	w.expect(o, "while its name is taken", "")
	w.gone(w.podOf(o, 0))
	w.expect(o, "when its name is free", "+set-0@v2")
}

func TestHistoriesOfRevisionsAreShort(t *testing.T) {
	for _, kind := range []models.OwnerKind{models.StatefulSet, models.DaemonSet} {
		w := newWorld(t)
		o := w.revised(models.OwnerSpec{Kind: kind, Strategy: models.OnDelete})
		w.acts(o)
		w.update(o, "v2", func(s *models.OwnerSpec) { s.RevisionHistoryLimit = 1 })
		w.acts(o)
		w.update(o, "v3", nil)
		w.acts(o)
		w.update(o, "v4", nil)
		w.acts(o)
		var numbers []int64
		for r := range o.Revisions() {
			numbers = append(numbers, r.Number)
		}
		// The first one stays the current one of a StatefulSet.
		want := map[models.OwnerKind]string{models.StatefulSet: "[1 3 4]", models.DaemonSet: "[3 4]"}[kind]
		if got := fmt.Sprint(numbers); got != want {
			t.Errorf("%s: revisions %s, want %s", kind, got, want)
		}
	}
}

func TestADaemonSetIsOnTheNodesThatItFits(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.node(name)
	}
	d := w.Dictionary()
	taint := func(kind models.OpKind, key string, effect models.Effect) {
		w.do(models.Op{Kind: kind, Node: 2, Taint: models.Taint{Key: d.Sym(key), Effect: effect}})
	}
	taint(models.OpTaintNode, "k", models.NoSchedule)
	o := w.revised(models.OwnerSpec{Kind: models.DaemonSet, MaxUnavailable: models.Share{Value: 1, Given: true}})
	w.expect(o, "at first", "revision 1 +n0@v1 +n1@v1 on 2")
	w.run(0, 0)
	w.run(1, 1)
	if w.controllers.NodeConcerns(o, w.View().Node(2)) {
		t.Error("a node that is not wanted concerns nobody")
	}
	taint(models.OpUntaintNode, "k", models.NoSchedule)
	if !w.controllers.NodeConcerns(o, w.View().Node(2)) {
		t.Error("a node that is wanted and has no pod concerns it")
	}
	w.expect(o, "without the taint", "+n2@v1 on 3")
	w.run(2, 2)
	taint(models.OpTaintNode, models.TaintUnschedulable, models.NoSchedule)
	taint(models.OpTaintNode, "k", models.NoSchedule)
	if w.controllers.NodeConcerns(o, w.View().Node(2)) {
		t.Error("a taint that drives no pod off concerns nobody")
	}
	w.expect(o, "a taint that drives no pod off", "on 2")
	if got, want := DaemonSetStatusOf(w.now, o), (DaemonSetStatus{Desired: 2, Current: 2, Ready: 2, Available: 2, Updated: 2, Misscheduled: 1}); got != want {
		t.Errorf("status %+v, want %+v", got, want)
	}
	taint(models.OpTaintNode, "k", models.NoExecute)
	w.expect(o, "a taint that drives pods off", "-n2@v1")
}

func TestARolloutOfADaemonSet(t *testing.T) {
	for name, test := range map[string]struct {
		surge, unavailable         int32
		first, second, third, last string
	}{
		"unavailable": {0, 2, "revision 2 -n0@v1 -n1@v1", "+n0@v2 +n1@v2", "-n2@v1", "+n2@v2"},
		"surge":       {1, 0, "revision 2 +n0@v2", "", "-n0@v1", "+n1@v2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, name := range []string{"a", "b", "c"} {
				w.node(name)
			}
			o := w.revised(models.OwnerSpec{Kind: models.DaemonSet, MaxSurge: models.Share{Value: test.surge, Given: true},
				MaxUnavailable: models.Share{Value: test.unavailable, Given: true}})
			w.acts(o)
			for node := range models.NodeID(3) {
				w.run(models.PodID(node), node)
			}
			w.update(o, "v2", nil)
			w.expect(o, "a new template", test.first)
			w.removeDeleted(o)
			w.expect(o, "when old pods have gone", test.second)
			for pod := range o.Pods() {
				if pod.Node() == models.None {
					w.run(pod.ID(), 0)
					break
				}
			}
			w.expect(o, "when a new pod is Ready", test.third)
			w.removeDeleted(o)
			w.expect(o, "when another old pod has gone", test.last)
		})
	}
}

// removeDeleted takes away the pods that are being deleted.
func (w *world) removeDeleted(o cluster.Owner) {
	for pod := range o.Pods() {
		if pod.Deleting() {
			w.gone(pod.ID())
		}
	}
}

func TestFailedDaemonPodsBackOff(t *testing.T) {
	f := make(failures)
	now := models.Time(0)
	var waits []string
	for range 12 {
		at, wait := f.backOff(now, 1, 2)
		if !wait {
			at, wait = f.backOff(now, 1, 2)
		}
		if !wait {
			t.Fatalf("at %s: no back-off", now)
		}
		waits = append(waits, at.Sub(now).String())
		now = at
	}
	if got := strings.Join(waits, " "); got != "1s 2s 4s 8s 16s 32s 1m4s 2m8s 4m16s 8m32s 15m0s 15m0s" {
		t.Errorf("got %s", got)
	}
	if _, wait := f.backOff(now, 1, 3); wait {
		t.Error("another node has a back-off of its own")
	}
	now = now.Add(30*time.Minute + 1)
	if _, wait := f.backOff(now, 1, 2); wait || f[failureKey{1, 2}].wait != time.Second {
		t.Error("after twice the last back-off it begins anew")
	}
}
