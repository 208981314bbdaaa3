package evict

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// crowded is a node with five pods, all there from the beginning, ten minutes later:
//
//	pod  priority  uses  requests  of      restarts    cores  runs since  became Ready after
//	  0         0   100       200  a set   always          0         60s  120s
//	  1         0   300       200  a set   never           1        100s  110s
//	  2        10   900       100  a set   on failure      8        500s  5s, the last time
//	  3         0   400       200  nobody  always          0          5s  10s
//	  4         5     ?         ?  nobody  always          0       never  never
func crowded(t *testing.T, d *models.Dictionary) (cluster.View, Occasion) {
	t.Helper()
	c := cluster.New(d, nil)
	do := func(seconds int, op models.Op) {
		t.Helper()
		if err := c.Apply(models.Time(time.Duration(seconds)*time.Second), &op); err != nil {
			t.Fatal(err)
		}
	}
	do(0, models.Op{Kind: models.OpAddNode, Def: int32(c.DefineNode(&models.NodeSpec{Name: d.Sym("n")}))})
	do(0, models.Op{Kind: models.OpCreateOwner, Parent: models.None, Name: d.Sym("set"), Ordinal: models.Exact,
		Def: int32(c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Replicas: 3}))})
	pods := []struct {
		priority        int32
		used, requested int64
		owner           models.OwnerID
		restart         models.RestartPolicy
		cores           int64
	}{
		{0, 100, 200, 0, models.RestartAlways, 0},
		{0, 300, 200, 0, models.RestartNever, 1},
		{10, 900, 100, 0, models.RestartOnFailure, 8},
		{0, 400, 200, models.None, models.RestartAlways, 0},
		{5, 0, 0, models.None, models.RestartAlways, 0},
	}
	o := Occasion{Kind: Pressure, Signal: "memory.available", At: models.Time(10 * time.Minute), Node: 0}
	for i, p := range pods {
		spec := &models.PodSpec{Priority: p.priority, RestartPolicy: p.restart}
		spec.Requests[models.CPU] = 1000 * p.cores
		if i == 3 {
			spec.Requests[models.EphemeralStorage] = 1000
		}
		op := models.Op{Kind: models.OpCreatePod, Pod: models.PodID(i), Owner: p.owner, Def: int32(c.DefinePod(spec)), Ordinal: models.Exact, Name: d.Sym("p")}
		if p.owner != models.None {
			op.Name, op.Ordinal = 0, c.View().Owner(p.owner).NextOrdinal()
		}
		do(0, op)
		do(0, models.Op{Kind: models.OpBindPod, Pod: op.Pod})
		o.Pods = append(o.Pods, op.Pod)
	}
	for _, step := range []struct {
		at   int
		pod  models.PodID
		kind models.OpKind
	}{
		{5, 3, models.OpStartPod}, {10, 3, models.OpReadyPod}, {20, 2, models.OpStartPod}, {60, 0, models.OpStartPod}, {80, 2, models.OpReadyPod},
		{100, 1, models.OpStartPod}, {110, 1, models.OpReadyPod}, {120, 0, models.OpReadyPod},
		{490, 2, models.OpExitPod}, {500, 2, models.OpStartPod}, {505, 2, models.OpReadyPod},
	} {
		do(step.at, models.Op{Kind: step.kind, Pod: step.pod})
	}
	o.Scarce = func(pod cluster.Pod) (used, requested int64, known bool) {
		p := pods[pod.ID()]
		return p.used, p.requested, pod.Starts() > 0
	}
	return c.View(), o
}

// TestRankingsUnderPressure shows in which order each evictor would have the pods of a
// crowded node go.
func TestRankingsUnderPressure(t *testing.T) {
	d := models.NewDictionary()
	view, o := crowded(t, d)
	for _, test := range []struct {
		rule, name string
		args       any
		signal     string
		want       []models.PodID
	}{
		{"nothing known, above requests, importance, overuse", "kubelet", nil, "memory.available", []models.PodID{4, 3, 1, 2, 0}},
		{"the same of a disk", "kubelet", nil, "nodefs.available", []models.PodID{4, 3, 1, 2, 0}},
		{"of inodes those beyond the bytes that are requested", "kubelet", nil, "nodefs.inodesFree", []models.PodID{4, 1, 3, 2, 0}},
		{"of processes importance before all", "kubelet", nil, "pid.available", []models.PodID{3, 1, 0, 4, 2}},
		{"importance, then age", "priority", nil, "memory.available", []models.PodID{0, 1, 3, 4, 2}},
		{"overuse whatever the importance", "largestOveruse", nil, "memory.available", []models.PodID{4, 2, 3, 1, 0}},
		{"soonest Ready, bare pods last", "cheapestRestart", nil, "memory.available", []models.PodID{2, 1, 0, 3, 4}},
		{"soonest Ready, bare pods first", "cheapestRestart", &RestartArgs{BarePods: "first"}, "memory.available", []models.PodID{3, 4, 2, 1, 0}},
		{"soonest Ready, bare pods as others", "cheapestRestart", &RestartArgs{BarePods: "equal"}, "memory.available", []models.PodID{2, 3, 1, 0, 4}},
		{"services as kubelets have it, then the shortest runs", "leastWorkLost", nil, "memory.available", []models.PodID{4, 3, 0, 2, 1}},
		{"the same in cores", "leastWorkLost", &WorkArgs{Unit: "coreSeconds"}, "memory.available", []models.PodID{4, 3, 0, 1, 2}},
	} {
		t.Run(test.name+": "+test.rule, func(t *testing.T) {
			at := slices.IndexFunc(Table(), func(e Entry) bool { return e.Kind == Pressure && e.Name == test.name })
			evictor, err := Table()[at].New(test.args, d)
			if err != nil {
				t.Fatal(err)
			}
			o.Signal = test.signal
			var got []models.PodID
			for _, p := range evictor.Propose(view, o) {
				got = append(got, p.Pod)
				if p.By != "kubelet" || p.Cause != "NodePressure" || p.Why == "" {
					t.Errorf("pod %d goes by %q for %q: %q", p.Pod, p.By, p.Cause, p.Why)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestAlikePodsGoInTheOrderInWhichTheyCame holds of every ranking under pressure
// that there is.
func TestAlikePodsGoInTheOrderInWhichTheyCame(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	ops := []models.Op{{Kind: models.OpAddNode, Def: int32(c.DefineNode(&models.NodeSpec{Name: d.Sym("n")}))}}
	spec := int32(c.DefinePod(&models.PodSpec{}))
	want := make([]models.PodID, 20)
	for i := range want {
		want[i] = models.PodID(i)
		ops = append(ops, models.Op{Kind: models.OpCreatePod, Pod: want[i], Owner: models.None, Def: spec, Name: d.Sym("p"), Ordinal: models.Exact},
			models.Op{Kind: models.OpBindPod, Pod: want[i]})
	}
	for _, op := range ops {
		if err := c.Apply(0, &op); err != nil {
			t.Fatal(err)
		}
	}
	for _, entry := range Table() {
		if entry.Kind != Pressure {
			continue
		}
		evictor, err := entry.New(nil, d)
		if err != nil {
			t.Fatal(err)
		}
		var got []models.PodID
		for _, p := range evictor.Propose(c.View(), Occasion{Kind: Pressure, Signal: "memory.available", Pods: want,
			Scarce: func(cluster.Pod) (int64, int64, bool) { return 5, 3, true }}) {
			got = append(got, p.Pod)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", entry.Name, got, want)
		}
	}
}
