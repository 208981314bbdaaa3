package scheduler_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/scheduler/queue"
)

func TestDefaultProfileSpreadsPods(t *testing.T) {
	w := newDefaultWorld(t)
	w.join(0, 3, 4000)
	for range 6 {
		w.create(0, 1000, models.DefaultScheduler)
	}
	for range 6 {
		w.next(0)
	}
	w.idle(0)
	for n := range 3 {
		if pods := w.c.View().Node(models.NodeID(n)).Pods(); len(pods) != 2 {
			t.Errorf("n%d holds %v; want two pods", n, pods)
		}
	}
	if got, want := w.Counters(), (scheduler.Counters{Scheduled: 6, Evaluated: 18, Feasible: 18}); got != want {
		t.Errorf("counters %+v; want %+v", got, want)
	}
}

func TestPodThatFitsNowhereIsTriedAgainWhenRoomIsFree(t *testing.T) {
	w := newDefaultWorld(t)
	w.join(0, 2, 1000)
	first, _ := w.create(0, 800, models.DefaultScheduler)
	second, _ := w.create(0, 800, models.DefaultScheduler)
	third, _ := w.create(0, 800, models.DefaultScheduler)
	w.place(0, first, 0)
	w.place(0, second, 1)
	out, _ := w.next(at(0.5))
	if out.Verdict != scheduler.Unschedulable || out.Message != "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, "+
		"preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod." {
		t.Fatalf("outcome %+v", out)
	}
	name := w.c.View().Pod(third).Spec().SchedulerName
	if got := w.Plugins(nil, name, out.Rejectors); !slices.Equal(got, []string{"NodeResourcesFit"}) {
		t.Fatalf("rejected by %v", got)
	}
	w.idle(at(1))
	w.finish(at(2), second)
	w.place(at(2), third, 1)
	if got := w.c.View().Pod(third).Attempts(); got != 2 {
		t.Errorf("%d attempts; want 2", got)
	}
}

// What happens between the decision and its answer happened during the attempt.
func TestEventDuringTheDecisionTimeIsNotLost(t *testing.T) {
	w := newDefaultWorld(t)
	w.join(0, 1, 1000)
	first, _ := w.create(0, 800, models.DefaultScheduler)
	second, _ := w.create(0, 800, models.DefaultScheduler)
	w.place(0, first, 0)
	out, _ := w.Next(at(1), w.c.View())
	if out.Verdict != scheduler.Unschedulable {
		t.Fatalf("outcome %+v", out)
	}
	w.finish(at(1.005), first)
	w.Failed(at(1.01), second, w.c.View())
	w.place(at(1.01), second, 0)
}

func TestClusterWithoutNodesIsRetriedByBackoffNotByEvents(t *testing.T) {
	w := newDefaultWorld(t)
	pod, _ := w.create(0, 100, models.DefaultScheduler)
	out, _ := w.next(at(0.2))
	if out.Verdict != scheduler.Unschedulable || out.Message != "no nodes available to schedule pods" || out.Rejectors != 0 {
		t.Fatalf("outcome %+v", out)
	}
	w.join(at(0.5), 1, 1000)
	w.Notify(at(0.5), &framework.Event{Kind: framework.NodeAdd}, w.c.View())
	w.idle(at(0.5))
	if next := w.NextFlush(at(0.5)); next != at(2) {
		t.Fatalf("next flush at %s; want 2s", next)
	}
	w.Flush(at(2), w.c.View())
	w.place(at(2), pod, 0)
}

func TestProfilesShareOneQueue(t *testing.T) {
	table := plugins.Table()
	config := scheduler.DefaultConfig(table)
	packing, _ := scheduler.LookupProfile("most-allocated", table)
	packing.SchedulerName = "packing"
	config.Profiles = append(config.Profiles, packing)
	w := newWorld(t, config, table)
	w.join(0, 2, 4000)
	if _, ok := w.create(0, 100, "somebody-else"); ok {
		t.Error("took a pod of another scheduler")
	}
	a, _ := w.create(0, 1000, models.DefaultScheduler)
	b, _ := w.create(0, 1000, "packing")
	c, _ := w.create(0, 1000, models.DefaultScheduler)
	w.place(0, a, 0)
	w.place(0, b, 0)
	w.place(0, c, 1)
	w.idle(0)
}

func TestNextFitGoesOnFromTheLastNode(t *testing.T) {
	table := plugins.Table()
	profile, ok := scheduler.LookupProfile("next-fit", table)
	if !ok {
		t.Fatal("no such profile")
	}
	w := newWorld(t, scheduler.Config{Profiles: []scheduler.Profile{profile}, Queue: queue.DefaultConfig()}, table)
	w.join(0, 3, 4000)
	for _, node := range []models.NodeID{0, 1, 2, 0} {
		pod, _ := w.create(0, 100, models.DefaultScheduler)
		w.place(0, pod, node)
	}
}

func TestRefusedClaimBacksOffAndGivesItsRoomBack(t *testing.T) {
	w := newDefaultWorld(t)
	w.join(0, 1, 1000)
	pod, _ := w.create(0, 800, models.DefaultScheduler)
	other, _ := w.create(0, 1200, models.DefaultScheduler)
	out, _ := w.Next(at(0.1), w.c.View())
	w.next(at(0.2)) // the other one fits nowhere
	rival, _ := w.create(at(0.2), 1, "somebody-else")
	w.Rejected(at(0.3), out.Pod, w.c.View())
	w.Rejected(at(0.3), rival, w.c.View()) // no claim of it is open
	// NodeResourcesFit is told of the room and wants the other pod tried again.
	if got, want := w.Lengths(), (queue.Lengths{Backoff: 2}); got != want {
		t.Fatalf("lengths %+v; want %+v", got, want)
	}
	// An idle scheduler takes only the one that did not fail with an error.
	if out, _ := w.next(at(0.4)); out.Pod != other || out.Verdict != scheduler.Unschedulable {
		t.Fatalf("outcome %+v; want pod %d unschedulable", out, other)
	}
	w.idle(at(0.4))
	w.Flush(at(2), w.c.View())
	w.place(at(2), pod, 0)
	w.Delete(other)
	if got, want := w.Counters(), (scheduler.Counters{Scheduled: 1, Unschedulable: 2, Errors: 1, Evaluated: 4, Feasible: 2}); got != want {
		t.Fatalf("counters %+v; want %+v", got, want)
	}
}

func TestCommitterRefusesWhatNoLongerHolds(t *testing.T) {
	w := newDefaultWorld(t)
	w.join(0, 2, 1000)
	pod, _ := w.create(0, 100, models.DefaultScheduler)
	out, _ := w.Next(0, w.c.View())
	claim := out.Claim
	for _, c := range []struct {
		name   string
		change func(*scheduler.Claim)
		want   string
	}{
		{"no such node", func(c *scheduler.Claim) { c.Node, c.Op.Node = 9, 9 }, "no node has id 9"},
		{"no such pod", func(c *scheduler.Claim) { c.Pod, c.Op.Pod = 9, 9 }, "no pod has id 9"},
		{"another operation", func(c *scheduler.Claim) { c.Op.Kind = models.OpRemovePod }, "the operation is RemovePod"},
	} {
		bad := claim
		c.change(&bad)
		if err := w.commit.Commit(0, &bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want %q", c.name, err, c.want)
		}
	}
	if err := w.commit.Commit(0, &claim); err != nil {
		t.Fatal(err)
	}
	if err := w.commit.Commit(0, &claim); err == nil || !strings.Contains(err.Error(), "pod-0: it is on node n0 already") {
		t.Errorf("bound twice: %v", err)
	}
	w.Accepted(pod)

	doomed, _ := w.create(0, 100, models.DefaultScheduler)
	out, _ = w.Next(0, w.c.View())
	w.apply(0, models.Op{Kind: models.OpDeletePod, Pod: doomed})
	if err := w.commit.Commit(0, &out.Claim); err == nil || !strings.Contains(err.Error(), "being deleted") {
		t.Errorf("bound a pod that is being deleted: %v", err)
	}
	w.apply(0, models.Op{Kind: models.OpRemovePod, Pod: doomed})
	if err := w.commit.Commit(0, &out.Claim); err == nil || !strings.Contains(err.Error(), "it is gone") {
		t.Errorf("bound a removed pod: %v", err)
	}
	w.Delete(doomed)
	w.Rejected(0, doomed, w.c.View())
	if got := w.Lengths(); got != (queue.Lengths{}) {
		t.Errorf("lengths %+v; want none", got)
	}
}

func TestPodThatIsBeingDeletedIsSkipped(t *testing.T) {
	w := newDefaultWorld(t)
	w.join(0, 1, 1000)
	pod, _ := w.create(0, 100, models.DefaultScheduler)
	gone, _ := w.create(0, 100, models.DefaultScheduler)
	w.apply(0, models.Op{Kind: models.OpDeletePod, Pod: pod})
	w.apply(0, models.Op{Kind: models.OpDeletePod, Pod: gone})
	w.apply(0, models.Op{Kind: models.OpRemovePod, Pod: gone})
	out, ok := w.next(0)
	if !ok || out.Verdict != scheduler.Skipped || out.Message != "skip schedule deleting pod: default/pod-0" {
		t.Fatalf("outcome %+v, %t", out, ok)
	}
	w.idle(0)
	if got := w.Lengths(); got != (queue.Lengths{}) {
		t.Errorf("lengths %+v; want none", got)
	}
}

// lastNode prefers nodes that joined late: a policy of a user's own.
type lastNode struct{}

func (lastNode) Name() string           { return "LastNode" }
func (lastNode) Reads() framework.Reads { return framework.ReadsNodeFacts }
func (lastNode) Score(c *framework.Cycle, n framework.Node) int64 {
	return int64(n.ID()) * framework.MaxNodeScore / int64(c.Nodes)
}

func TestOneLineInTheTableAddsAPolicy(t *testing.T) {
	table := append(plugins.Table(), plugins.Entry{Name: "LastNode", Help: "prefers late nodes", Default: true, Weight: 10,
		New: func(any, *models.Dictionary) (framework.Plugin, error) { return lastNode{}, nil }})
	for _, c := range []struct {
		table []plugins.Entry
		want  models.NodeID
	}{{plugins.Table(), 0}, {table, 2}} {
		w := newWorld(t, scheduler.DefaultConfig(c.table), c.table)
		w.join(0, 3, 4000)
		pod, _ := w.create(0, 100, models.DefaultScheduler)
		w.place(0, pod, c.want)
	}
	policies := scheduler.Policies(table)
	if last := policies[len(policies)-1]; last != (scheduler.Policy{Name: "LastNode", Kind: "plugin", Help: "prefers late nodes"}) {
		t.Errorf("policies end with %+v", last)
	}
	if policies[0].Name != "default" || policies[0].Kind != "profile" {
		t.Errorf("policies begin with %+v", policies[0])
	}
}

type broken struct{ lastNode }

func (broken) Score(*framework.Cycle, framework.Node) int64 { return math.MaxInt64 }

func TestBrokenPluginIsAnErrorNotAPanic(t *testing.T) {
	table := append(plugins.Table(), plugins.Entry{Name: "LastNode", Default: true,
		New: func(any, *models.Dictionary) (framework.Plugin, error) { return broken{}, nil }})
	w := newWorld(t, scheduler.DefaultConfig(table), table)
	w.join(0, 2, 4000)
	w.create(0, 100, models.DefaultScheduler)
	out, _ := w.next(0)
	if out.Verdict != scheduler.Errored || !strings.Contains(out.Message, `plugin "LastNode" returns an invalid score`) {
		t.Fatalf("outcome %+v", out)
	}
	if got := w.Lengths(); got != (queue.Lengths{Backoff: 1}) {
		t.Errorf("lengths %+v; want backoff", got)
	}
}

func TestConfigurationProblemsAreToldAllAtOnce(t *testing.T) {
	table := plugins.Table()
	good := scheduler.DefaultProfile(table)
	unsorted := scheduler.Profile{SchedulerName: "unsorted", Plugins: []scheduler.Plugin{{Name: "DefaultBinder"}}}
	unbound := scheduler.Profile{SchedulerName: "unbound", Plugins: []scheduler.Plugin{{Name: "PrioritySort"}}}
	odd := scheduler.Profile{SchedulerName: "odd", PercentageOfNodesToScore: 101, Ties: engine.TiesRandom,
		Plugins: []scheduler.Plugin{{Name: "NodeName", Weight: -1}, {Name: "NodeName"}}}
	misspelt := scheduler.Profile{SchedulerName: "misspelt", Plugins: []scheduler.Plugin{{Name: "NodeNmae"}, {Name: "NodeName", Args: 7}}}
	_, err := scheduler.New(scheduler.Config{Profiles: []scheduler.Profile{good, good, unsorted, unbound, odd, misspelt, {}},
		Queue: queue.Config{InitialBackoff: 2, MaxBackoff: 1}}, table, models.NewDictionary())
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"backoff: want 0 <= initial <= maximum",
		`profile "default-scheduler" is given twice`,
		`profile "unsorted": no plugin sorts the queue`,
		`profile "unbound": no plugin binds pods`,
		`profile "odd": percentageOfNodesToScore: out of range (got 101; want 0 to 100)`,
		"ties: random needs a source of random numbers",
		"plugin NodeName is enabled twice",
		"plugin NodeName: weight out of range (got -1",
		`profile "misspelt": plugin NodeNmae: unknown (known: SchedulingGates, PrioritySort,`,
		"plugin NodeName: the plugin takes no arguments (got int)",
		`profile "": the scheduler name is empty`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

// A whole run is the same twice.
func TestRunsAreDeterministic(t *testing.T) {
	run := func() string {
		w := newDefaultWorld(t)
		w.join(0, 7, 2000)
		for i := range 60 {
			w.create(0, int64(100+37*(i%9)), models.DefaultScheduler)
		}
		for second := range 40 {
			now := at(float64(second))
			w.Flush(now, w.c.View())
			for {
				if _, ok := w.next(now); !ok {
					break
				}
			}
			if pods := w.c.View().Node(models.NodeID(second % 7)).Pods(); len(pods) > 0 {
				w.finish(now, pods[0])
			}
		}
		return w.c.Digest()
	}
	if first, second := run(), run(); first != second {
		t.Fatalf("digests %s and %s", first, second)
	}
}

// BenchmarkPlacement binds 100,000 pods to 1,000 nodes.
func BenchmarkPlacement(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w := newDefaultWorld(b)
		w.join(0, 1000, 64_000)
		for range 100_000 {
			w.create(0, 100, models.DefaultScheduler)
		}
		for {
			if _, ok := w.next(0); !ok {
				break
			}
		}
		if n := w.Counters().Scheduled; n != 100_000 {
			b.Fatalf("%d pods scheduled", n)
		}
	}
}
