package control

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// rolled is a Deployment with its ReplicaSets, all of them with statuses.
type rolled struct {
	*world
	o    cluster.Owner
	node models.NodeID
}

func (w *world) template(version int) models.SpecID {
	return w.DefinePod(&models.PodSpec{Labels: models.NewLabels(models.Label{Key: 1, Value: models.Sym(version + 1)})})
}

// owned defines a Deployment of a version of its template.
func (w *world) owned(spec models.OwnerSpec, version int) models.OwnerSpecID {
	spec.Kind, spec.Template = models.Deployment, w.template(version)
	spec.TemplateHash = w.Dictionary().Sym(fmt.Sprint("v", version))
	spec.ReplicaSet = w.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Template: spec.Template, MinReadySeconds: spec.MinReadySeconds})
	return w.DefineOwner(&spec)
}

func newRolled(t *testing.T, spec models.OwnerSpec) *rolled {
	w := newWorld(t)
	node := w.node("a")
	w.do(models.Op{Kind: models.OpCreateOwner, Parent: models.None, Def: int32(w.owned(spec, 0)), Name: w.Dictionary().Sym("web"), Ordinal: models.Exact})
	return &rolled{w, w.View().Owner(0), node}
}

func (r *rolled) update(spec models.OwnerSpec, version int) {
	r.do(models.Op{Kind: models.OpUpdateOwner, Def: int32(r.owned(spec, version))})
}

// settle syncs everything until nothing is left to do. Pods of healthy versions run
// at once.
func (r *rolled) settle(healthy ...int) {
	for range 200 {
		quiet := true
		for id := range r.View().Owners() {
			o := r.View().Owner(models.OwnerID(id))
			ops, next := r.controllers.Reconcile(r.now, r.View(), o, nil)
			r.do(ops...)
			quiet = quiet && len(ops) == 0 && !next.Wrote
		}
		for pod := range r.View().Live() {
			switch {
			case pod.Deleting():
				quiet = false
				r.do(models.Op{Kind: models.OpRemovePod, Pod: pod.ID()})
			case !pod.Ready() && slices.ContainsFunc(healthy, func(v int) bool { return r.template(v) == pod.SpecID() }):
				quiet = false
				r.run(pod.ID(), r.node)
			}
		}
		if quiet {
			return
		}
	}
	r.t.Fatal("it never comes to rest")
}

// sizes are the replicas of the ReplicaSets, oldest first.
func (r *rolled) sizes() string {
	var list []string
	for set := range r.o.Children() {
		list = append(list, fmt.Sprintf("%s=%d", strings.TrimPrefix(set.Name(), "web-"), set.Replicas()))
	}
	return strings.Join(list, " ")
}

func (r *rolled) condition(kind string) string {
	c, ok := r.o.Condition(r.Dictionary().Sym(kind))
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %s: %s", c.Status, r.Dictionary().String(c.Reason), r.Dictionary().String(c.Message))
}

func percent(n int32) models.Share { return models.Share{Value: n, Percent: true, Given: true} }
func pods(n int32) models.Share    { return models.Share{Value: n, Given: true} }

// With a template whose pods never become Ready a rollout stops where its bounds are.
func TestHowFarARolloutGetsWithPodsThatAreNeverReady(t *testing.T) {
	tests := []struct {
		replicas           int32
		surge, unavailable models.Share
		want               string
	}{
		{1, percent(25), percent(25), "v0=1 v1=1"},
		{2, percent(25), percent(25), "v0=2 v1=1"},
		{3, percent(25), percent(25), "v0=3 v1=1"},
		{4, percent(25), percent(25), "v0=3 v1=2"},
		{10, percent(25), percent(25), "v0=8 v1=5"},
		{10, pods(0), pods(1), "v0=9 v1=1"},
		{10, pods(1), pods(0), "v0=10 v1=1"},
		{10, percent(100), pods(0), "v0=10 v1=10"},
		{10, pods(0), percent(100), "v0=0 v1=10"},
		{10, percent(0), percent(9), "v0=9 v1=1"},
		{3, pods(7), pods(7), "v0=0 v1=3"},
		{0, percent(25), percent(25), "v0=0 v1=0"},
	}
	for _, test := range tests {
		spec := models.OwnerSpec{Replicas: test.replicas, MaxSurge: test.surge, MaxUnavailable: test.unavailable, RevisionHistoryLimit: 10}
		r := newRolled(t, spec)
		r.settle(0)
		r.update(spec, 1)
		r.settle(0)
		if got := r.sizes(); got != test.want {
			t.Errorf("%d replicas, surge %v, unavailable %v: %s; want %s", test.replicas, test.surge, test.unavailable, got, test.want)
		}
		r.update(spec, 0)
		r.settle(0)
		if got, want := r.sizes(), fmt.Sprintf("v0=%d v1=0", test.replicas); got != want {
			t.Errorf("back to the old template: %s; want %s", got, want)
		}
		if set := r.View().Owner(1); set.Revision() != 3 {
			t.Errorf("the old ReplicaSet is revision %d; want 3", set.Revision())
		}
	}
}

// A stuck rollout of ten replicas with three more and two fewer, 8 old and 5 new, is
// scaled. The last two are what a real control plane did.
func TestScalingDuringARolloutIsProportional(t *testing.T) {
	tests := []struct {
		scale []int64
		want  string
	}{
		{[]int64{0}, "v0=0 v1=0"},
		{[]int64{10}, "v0=8 v1=5"},
		{[]int64{11}, "v0=9 v1=5"},
		{[]int64{1000}, "v0=617 v1=386"},
		{[]int64{20}, "v0=14 v1=9"},
		{[]int64{20, 8}, "v0=6 v1=5"},
	}
	for _, test := range tests {
		spec := models.OwnerSpec{Replicas: 10, MaxSurge: pods(3), MaxUnavailable: pods(2), RevisionHistoryLimit: 10}
		r := newRolled(t, spec)
		r.settle(0)
		r.update(spec, 1)
		r.settle(0)
		for _, replicas := range test.scale {
			r.do(models.Op{Kind: models.OpScaleOwner, Arg: replicas})
			r.sync(r.o)
			if replicas != 8 {
				continue
			}
			if got := r.sizes(); got != "v0=7 v1=4" {
				t.Errorf("first %s; want v0=7 v1=4", got)
			}
			r.settle()
		}
		if got := r.sizes(); got != test.want {
			t.Errorf("scaled to %v: %s; want %s", test.scale, got, test.want)
		}
	}
}

func TestAPausedDeploymentMakesNoReplicaSet(t *testing.T) {
	spec := models.OwnerSpec{Replicas: 2, MaxSurge: pods(1), RevisionHistoryLimit: 0, ProgressDeadline: time.Minute, Paused: true}
	r := newRolled(t, spec)
	r.settle(0)
	if got := r.sizes(); got != "" {
		t.Errorf("paused from the start: %s; want no ReplicaSet", got)
	}
	if got := r.condition("Progressing"); got != "Unknown DeploymentPaused: Deployment is paused" {
		t.Error(got)
	}
	spec.Paused = false
	r.update(spec, 0)
	r.settle(0)
	if got := r.sizes() + "; " + r.condition("Progressing"); got != `v0=2; True NewReplicaSetAvailable: ReplicaSet "web-v0" has successfully progressed.` {
		t.Error(got)
	}
}

func TestWithoutADeadlineNothingIsSaidOfProgress(t *testing.T) {
	spec := models.OwnerSpec{Replicas: 1, MaxSurge: pods(1), ProgressDeadline: time.Minute}
	r := newRolled(t, spec)
	r.settle(0)
	if r.condition("Progressing") == "" {
		t.Error("with a deadline progress is told of")
	}
	spec.ProgressDeadline = 0
	r.update(spec, 0)
	r.settle(0)
	if got := r.condition("Progressing"); got != "" {
		t.Errorf("%s; want nothing", got)
	}
}

// A rollout without progress has failed when the deadline has passed since the last
// progress; the controller looks a second later.
func TestARolloutTimesOutWithoutProgress(t *testing.T) {
	spec := models.OwnerSpec{Replicas: 2, MaxSurge: pods(1), ProgressDeadline: 30 * time.Second}
	r := newRolled(t, spec)
	r.settle()
	for _, wait := range []models.Time{31 * second, 0} {
		_, wake := r.sync(r.o)
		if wait == 0 {
			wait = models.Never - r.now
		}
		if wake != r.now+wait {
			t.Fatalf("looks again at %s; want %s", wake, r.now+wait)
		}
		if wake < models.Never {
			r.now = wake
			r.sync(r.o)
		}
	}
	if got := r.condition("Progressing"); got != `False ProgressDeadlineExceeded: ReplicaSet "web-v0" has timed out progressing.` {
		t.Error(got)
	}
	r.settle(0) // late, but well
	if got := r.condition("Progressing"); got != `True NewReplicaSetAvailable: ReplicaSet "web-v0" has successfully progressed.` {
		t.Error(got)
	}
}

// Two templates with the same hash need two names.
func TestANameThatIsTakenIsAnotherOne(t *testing.T) {
	spec := models.OwnerSpec{Replicas: 1, MaxSurge: pods(1), RevisionHistoryLimit: 10}
	r := newRolled(t, spec)
	r.settle(0)
	same := models.OwnerSpec{Kind: models.Deployment, Template: r.template(1), TemplateHash: r.o.Spec().TemplateHash, MaxSurge: pods(1), RevisionHistoryLimit: 10}
	same.ReplicaSet = r.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Template: same.Template})
	r.do(models.Op{Kind: models.OpUpdateOwner, Def: int32(r.DefineOwner(&same))})
	if ops, wake := r.sync(r.o); len(ops) != 0 || wake <= r.now {
		t.Errorf("%s, again at %s; want another attempt", kinds(ops), wake)
	}
	r.settle(1)
	names := strings.Fields(r.sizes())
	if len(names) != 2 || names[0] != "v0=0" || strings.HasPrefix(names[1], "v0") || r.controllers.Status(0).Collisions != 1 {
		t.Errorf("%v after %d collisions; want two names after one", names, r.controllers.Status(0).Collisions)
	}
}

// The Deployment controller knows of pods what the statuses of its ReplicaSets say:
// a pod that has just become Ready is not available to it before these are written.
func TestADeploymentReadsStatusesNotPods(t *testing.T) {
	spec := models.OwnerSpec{Replicas: 1, MaxSurge: pods(1), MaxUnavailable: pods(0), RevisionHistoryLimit: 10}
	r := newRolled(t, spec)
	r.settle(0)
	r.update(spec, 1)
	r.settle(0)
	pod := models.PodID(r.View().Pods() - 1)
	r.run(pod, r.node)
	if ops, _ := r.sync(r.o); len(ops) != 0 {
		t.Errorf("%s before the status of the ReplicaSet is written", kinds(ops))
	}
	r.sync(r.View().Owner(r.o.Child()))
	if ops, _ := r.sync(r.o); kinds(ops) != "ScaleOwner" || r.sizes() != "v0=0 v1=1" {
		t.Errorf("%s, %s; want the old pod to go", kinds(ops), r.sizes())
	}
}

// What goes first is a matter of every pod's rank alone: taking some of a sorted list
// and taking the best of a heap are the same.
func TestVictimsAreTheFirstOfAll(t *testing.T) {
	rapid.Check(t, func(h *rapid.T) {
		w := newWorld(t)
		var nodes []models.NodeID
		for range 3 {
			nodes = append(nodes, w.node("a"))
		}
		parent := w.owner(models.OwnerSpec{Kind: models.Deployment})
		var specs []models.SpecID
		for cost := range int32(3) {
			specs = append(specs, w.DefinePod(&models.PodSpec{DeletionCost: cost - 1}))
		}
		set := w.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet})
		for id := range models.OwnerID(2) {
			w.do(models.Op{Kind: models.OpCreateOwner, Owner: id + 1, Parent: parent.ID(), Def: int32(set), Ordinal: models.Exact})
		}
		for id := range models.PodID(rapid.IntRange(1, 25).Draw(h, "pods")) {
			w.now += models.Time(rapid.SampledFrom([]int{0, 1, 900}).Draw(h, "later")) * second
			o := w.View().Owner(1 + models.OwnerID(rapid.IntRange(0, 1).Draw(h, "owner")))
			w.do(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: o.ID(), Def: int32(rapid.SampledFrom(specs).Draw(h, "spec")), Ordinal: o.NextOrdinal()})
			node := rapid.SampledFrom(nodes).Draw(h, "node")
			switch rapid.IntRange(0, 5).Draw(h, "life") {
			case 0:
			case 1:
				w.do(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
			case 2:
				w.run(id, node)
				w.do(DeletePod(w.View().Pod(id), 0))
			default:
				w.run(id, node)
			}
		}
		w.now += 1000 * second
		o := w.View().Owner(1)
		all := ids(newChoice().victims(w.now, w.View(), o, int(o.Counts().Active)))
		n := rapid.IntRange(0, len(all)).Draw(h, "n")
		if some := ids(newChoice().victims(w.now, w.View(), o, n)); !slices.Equal(some, all[:n]) {
			h.Fatalf("%d of %v: %v", n, all, some)
		}
		for i := range all {
			if pod := w.View().Pod(all[i]); i > 0 && pod.Ready() && w.View().Pod(all[i-1]).Ready() && pod.Spec().DeletionCost < w.View().Pod(all[i-1]).Spec().DeletionCost {
				h.Fatalf("pod %d goes after pod %d, but costs less", all[i], all[i-1])
			}
		}
	})
}

func ids(list []cluster.Pod) (out []models.PodID) {
	for _, pod := range list {
		out = append(out, pod.ID())
	}
	return out
}
