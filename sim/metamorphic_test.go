package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
)

// histories calls a test with random histories; each call of again makes the same
// one afresh.
func histories(t *testing.T, n uint64, test func(t *testing.T, again func() *history)) {
	t.Helper()
	for seed := range n {
		test(t, func() *history { return newHistory(t, rand.New(rand.NewPCG(seed, 6))) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// story runs a world and returns what happened, with all names.
func (w *world) story() string {
	w.t.Helper()
	p := &tape{}
	w.run(p)
	return p.text.String()
}

func wantSame(t *testing.T, want, got string) {
	t.Helper()
	if want != got {
		t.Error(cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
	}
}

func TestObserversChangeNothing(t *testing.T) {
	histories(t, 50, func(t *testing.T, again func() *history) {
		with, without := again().run(&tape{}, newRules(0, make(map[string]int))), again().run()
		if with.Cluster().Digest() != without.Cluster().Digest() {
			t.Error("another digest with observers")
		}
	})
}

func TestARunInPartsEqualsTheWholeRun(t *testing.T) {
	histories(t, 50, func(t *testing.T, again func() *history) {
		whole, parts := again().run(), again().simulation()
		end := parts.config.Horizon
		for _, at := range []models.Time{0, 1, busy / 3, busy, busy + quiet/2, end, end} {
			parts.config.Horizon = at
			if err := parts.Run(nil); err != nil {
				t.Fatal(err)
			}
		}
		if whole.Cluster().Digest() != parts.Cluster().Digest() || whole.Events() != parts.Events() {
			t.Error("another digest in parts")
		}
	})
}

func TestAPausedRunGoesOnAsIfNothingHadBeen(t *testing.T) {
	whole, paused := queueing(t, 3000, "default").run(), queueing(t, 3000, "default").simulation()
	pauses := 0
	for {
		err := paused.Run(func(models.Time, uint64) bool { return true })
		if err == nil {
			break
		}
		if !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
		pauses++
	}
	if pauses < 2 || whole.Cluster().Digest() != paused.Cluster().Digest() {
		t.Errorf("%d pauses, digests equal: %t", pauses, whole.Cluster().Digest() == paused.Cluster().Digest())
	}
}

// definitions makes everything known to a cluster that another one knows, in the
// same order.
type definitions struct{ pods, nodes, owners int }

func (n *definitions) copy(from cluster.View, to *cluster.Cluster) {
	for ; n.pods < from.Specs(); n.pods++ {
		to.DefinePod(from.Spec(models.SpecID(n.pods)))
	}
	for ; n.nodes < from.Nodes(); n.nodes++ {
		to.DefineNode(from.Node(models.NodeID(n.nodes)).Spec())
	}
	for id := range from.Owners() {
		for o := from.Owner(models.OwnerID(id)); n.owners <= int(o.SpecID()); n.owners++ {
			to.DefineOwner(from.OwnerSpec(models.OwnerSpecID(n.owners)))
		}
	}
}

func TestTheSecondHalfOfALogFollowsFromACheckpoint(t *testing.T) {
	histories(t, 50, func(t *testing.T, again func() *history) {
		h := again()
		h.config.Sources = append(h.config.Sources, &h.list)
		var log bytes.Buffer
		s, err := New(h.config, h.d, &log)
		if err == nil {
			err = errors.Join(s.Run(nil), s.Cluster().Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		replay, err := cluster.NewReplay(&log)
		if err != nil {
			t.Fatal(err)
		}
		for range s.Cluster().Operations() / 2 {
			if _, _, err := replay.Step(); err != nil {
				t.Fatal(err)
			}
		}
		restored := cluster.New(replay.Cluster.Dictionary(), nil)
		var known definitions
		known.copy(replay.Cluster.View(), restored)
		if err := restored.Restore(replay.Cluster.Snapshot()); err != nil {
			t.Fatal(err)
		}
		for {
			at, op, err := replay.Step()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			known.copy(replay.Cluster.View(), restored)
			if err := restored.Apply(at, &op); err != nil {
				t.Fatal(err)
			}
		}
		if end := s.Cluster().Snapshot(); !bytes.Equal(end, restored.Snapshot()) || !bytes.Equal(end, replay.Cluster.Snapshot()) {
			t.Error("the halves lead to another state")
		}
		wantSame(t, inventory(s.Cluster().View()), inventory(restored.View()))
		if err := restored.Check(); err != nil {
			t.Error(err)
		}
	})
}

// inventory is all that a view tells about what is there.
func inventory(v cluster.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %+v\n", v.Now(), v.Totals())
	for p := range v.Live() {
		fmt.Fprintln(&b, p.Name(), p.SpecID(), p.Owner(), p.Node(), p.Phase(), p.Ready(), p.Up(), p.Deleting(), p.Epoch(), p.Created(), p.BoundAt(),
			p.StartedAt(), p.ReadyChangedAt(), p.ExitedAt(), p.Deadline(), p.Starts(), p.Restarts(), p.Attempts(), p.ExitCode(), p.Reason(), p.Cause(), p.Ordinal())
	}
	for id := range v.Nodes() {
		n := v.Node(models.NodeID(id))
		fmt.Fprintln(&b, n.Name(), n.Taints(), n.Unschedulable(), *n.Allocatable(), *n.Requested(), n.NonZero(), n.Pods(), n.Ports(), n.Images(),
			n.Ready(), n.ReadyChangedAt(), n.Down(), n.DownAt(), n.DownTime(v.Now()), n.Crashes(), n.Joined())
	}
	for id := range v.Owners() {
		o := v.Owner(models.OwnerID(id))
		fmt.Fprintf(&b, "%s %d %d %d %d %+v %d %s %s %t %t %t %d", o.Name(), o.SpecID(), o.Parent(), o.Child(), o.Replicas(), o.Counts(), o.NextOrdinal(),
			o.Created(), o.FinishedAt(), o.Live(), o.Complete(), o.Deleted(), o.Reason())
		fmt.Fprint(&b, " ", o.Generation(), o.Revision(), o.DesiredThen(), o.MaximumThen(), slices.Collect(o.Conditions()))
		for p := range o.Pods() {
			fmt.Fprint(&b, " ", p.ID())
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// Four times everything is the same again. The stand-ins for absent requests are given
// amounts and scale like all others.
func TestScaledResourcesChangeNothing(t *testing.T) {
	scale := func(r *models.Resources) {
		r[models.CPU] *= 4
		r[models.Memory] *= 4
	}
	histories(t, 80, func(t *testing.T, again func() *history) {
		scaled := again()
		for _, n := range scaled.config.Nodes {
			scale(&n.Capacity)
			scale(&n.Allocatable)
		}
		for _, a := range scaled.list {
			p := a.Template.Pod
			scale(&p.Requests)
			for _, amount := range []*int64{&p.NonZeroCPU, &p.NonZeroMemory, &p.ScoredCPU, &p.ScoredMemory} {
				*amount *= 4
			}
		}
		wantSame(t, amounts.ReplaceAllString(again().story(), ": N"), amounts.ReplaceAllString(scaled.story(), ": N"))
	})
}

// amounts are those in what kubelets say of a shortage.
var amounts = regexp.MustCompile(`: \d+`)

func TestAnUnusedLabelChangesNothing(t *testing.T) {
	histories(t, 50, func(t *testing.T, again func() *history) {
		labelled := again()
		for i, n := range labelled.config.Nodes {
			n.Labels = n.Labels.With(labelled.d.Sym("color"), labelled.d.Sym(fmt.Sprint(i)))
		}
		wantSame(t, again().story(), labelled.story())
	})
}

// A node that takes no pods, in a zone of its own, changes nothing but the messages
// that count nodes. Ties are broken by the list of nodes, since the order of the
// search depends on how many there are; nothing fails, since the node lifecycle
// controller looks at all zones.
func TestANodeThatTakesNoPodsChangesNothing(t *testing.T) {
	plain := func(h *history) *history {
		h.config.Faults = nil
		profile := scheduler.DefaultProfile(plugins.Table())
		profile.Ties = engine.TiesFirst
		h.config.Scheduler.Profiles = []scheduler.Profile{profile}
		return h
	}
	without := func(h *history) string {
		p := &tape{}
		for _, k := range models.OpKinds() {
			if k != models.OpFailScheduling && k != models.OpAddNode {
				p.only = append(p.only, k.String())
			}
		}
		h.run(p)
		return p.text.String()
	}
	histories(t, 80, func(t *testing.T, again func() *history) {
		larger := plain(again())
		larger.node("useless", "z", models.Resources{models.CPU: 1000, models.Pods: -1})
		useless := larger.config.Nodes[len(larger.config.Nodes)-1]
		useless.Capacity[models.Pods], useless.Allocatable[models.Pods] = 0, 0
		useless.Taints = []models.Taint{{Key: larger.d.Sym("nobody"), Effect: models.NoSchedule}}
		wantSame(t, without(plain(again())), without(larger))
	})
}
