package kubelet

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

const second = models.Time(time.Second)

// pod returns a pod of this specification that is bound to a node and has
// started at time 0.
func pod(t *testing.T, spec models.PodSpec) (*cluster.Cluster, cluster.Pod) {
	t.Helper()
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	node := c.DefineNode(&models.NodeSpec{Name: d.Sym("n"), Images: []models.NodeImage{{Name: d.Sym("held:1")}}})
	for _, op := range []models.Op{
		{Kind: models.OpAddNode, Def: int32(node)},
		{Kind: models.OpCreatePod, Owner: models.None, Def: int32(c.DefinePod(&spec)), Name: d.Sym("p"), Ordinal: models.Exact},
		{Kind: models.OpBindPod},
		{Kind: models.OpStartPod},
	} {
		if err := c.Apply(0, &op); err != nil {
			t.Fatal(err)
		}
	}
	return c, c.View().Pod(0)
}

func instant() *Kubelet { return New(Instant(), kernel.NewStreams(1)) }

// A container that exits at once is started at 0, 0, 10, 30, 70, 150, 310, 610
// and 910 s.
func TestCrashLoopBackOffSeries(t *testing.T) {
	_, p := pod(t, models.PodSpec{})
	k := instant()
	starts, now := []models.Time{0}, models.Time(0)
	for range 8 {
		now = k.RestartAt(now, p)
		starts = append(starts, now/second)
	}
	if want := []models.Time{0, 0, 10, 30, 70, 150, 310, 610, 910}; !slices.Equal(starts, want) {
		t.Errorf("starts at %v s, want %v", starts, want)
	}
}

func TestTenMinutesOfRunningResetTheBackOff(t *testing.T) {
	_, p := pod(t, models.PodSpec{})
	for _, test := range []struct{ ran, wait models.Time }{{600, 20}, {601, 0}} {
		k := instant()
		k.RestartAt(0, p)
		started := k.RestartAt(0, p) // at 10 s
		exit := started + test.ran*second
		if got := (k.RestartAt(exit, p) - exit) / second; got != test.wait {
			t.Errorf("after %d s of running: a wait of %d s, want %d", test.ran, got, test.wait)
		}
	}
}

func TestRestartPolicies(t *testing.T) {
	tests := []struct {
		policy         models.RestartPolicy
		success, error bool
	}{
		{models.RestartAlways, true, true},
		{models.RestartOnFailure, false, true},
		{models.RestartNever, false, false},
	}
	for _, test := range tests {
		_, p := pod(t, models.PodSpec{RestartPolicy: test.policy})
		if Restarts(p, 0) != test.success || Restarts(p, 1) != test.error {
			t.Errorf("%s: restarts after 0 %t, after 1 %t; want %t, %t",
				test.policy, Restarts(p, 0), Restarts(p, 1), test.success, test.error)
		}
	}
}

func TestWhenContainersEnd(t *testing.T) {
	minute, crash := kernel.Constant(60), kernel.Constant(7)
	tests := []struct {
		rule   string
		policy models.RestartPolicy
		b      Behavior
		given  time.Duration
		run    time.Duration
		code   int64
		ends   bool
	}{
		{"a service runs for ever", models.RestartAlways, Behavior{}, -1, 0, 0, false},
		{"a task takes the default time", models.RestartNever, Behavior{}, -1, time.Minute, 0, true},
		{"a behaviour says how long", models.RestartAlways, Behavior{RunTime: minute}, -1, time.Minute, 0, true},
		{"an arrival's own run time wins", models.RestartNever, Behavior{RunTime: minute}, 5 * time.Second, 5 * time.Second, 0, true},
		{"an exit code", models.RestartNever, Behavior{ExitCode: kernel.Constant(3)}, -1, time.Minute, 3, true},
		{"a service crashes", models.RestartAlways, Behavior{CrashEvery: crash}, -1, 7 * time.Second, 1, true},
		{"a task crashes before its end", models.RestartNever, Behavior{CrashEvery: crash}, -1, 7 * time.Second, 1, true},
		{"a task ends before its crash", models.RestartNever, Behavior{CrashEvery: minute, RunTime: crash}, -1, 7 * time.Second, 0, true},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			k := instant()
			_, p := pod(t, models.PodSpec{RestartPolicy: test.policy, Behavior: k.Define(&test.b)})
			run, code, ends := k.End(p, test.given)
			if ends != test.ends || ends && (run != test.run || code != test.code) {
				t.Errorf("ends %t after %s with %d, want %t after %s with %d", ends, run, code, test.ends, test.run, test.code)
			}
		})
	}
}

func TestStartingTakesSandboxImagesAndContainers(t *testing.T) {
	k := New(DefaultConfig(), kernel.NewStreams(1))
	_, first := pod(t, models.PodSpec{})
	held := first.View().Node(0).Images()[0].Name
	web := held + 100
	_, p := pod(t, models.PodSpec{Containers: []models.Container{{Image: held}, {Image: web}, {Image: web}}})
	node := p.View().Node(0)
	want := 10*time.Millisecond + 500*time.Millisecond + 4*time.Second + 3*300*time.Millisecond
	if got := k.StartDelay(p, node); got != want {
		t.Errorf("starts after %s, want %s: one missing image, three containers", got, want)
	}
	if got := k.Missing(p, node); !slices.Equal(got, []models.Sym{web}) {
		t.Errorf("missing %v, want [%d]", got, web)
	}
}

func TestStoppingIsCutOffByTheGrace(t *testing.T) {
	k := New(DefaultConfig(), kernel.NewStreams(1))
	slow := Behavior{StopTime: kernel.Constant(20)}
	_, p := pod(t, models.PodSpec{Behavior: k.Define(&slow)})
	if got := k.StopDelay(p, time.Minute); got != 20*time.Second {
		t.Errorf("stops after %s, want 20s", got)
	}
	if got := k.StopDelay(p, 5*time.Second); got != 5*time.Second {
		t.Errorf("stops after %s, want the grace of 5s", got)
	}
}
