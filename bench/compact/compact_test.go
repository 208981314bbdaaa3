package compact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/podsim/podsim/bench/testbed"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scheduler/place"
)

// plainly packs a cell from scratch as the protocol says, without anything that the
// package does: it builds a cluster of its own and asks the plain scan. It returns how
// many pods find no node.
func plainly(t testing.TB, cell *place.Cell, nodes []int, pods []models.PodID, of *bed) int {
	t.Helper()
	b := newBed(t)
	b.Dictionary = of.Dictionary
	b.Cluster = of.Cluster.Vacated()
	b.Dictionary = b.Cluster.Dictionary()
	for id, node := range slices.Sorted(slices.Values(nodes)) {
		b.Apply(models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(b.Cluster.DefineNode(cell.Nodes[node].NodeSpec))})
	}
	s, err := scan(b.Dictionary)
	if err != nil {
		t.Fatal(err)
	}
	placer := place.New(b.Cluster, s, place.Options{})
	pending := 0
	for i, pod := range pods {
		b.Apply(models.Op{Kind: models.OpCreatePod, Pod: models.PodID(i), Owner: models.None, Def: int32(of.Cluster.View().Pod(pod).SpecID()),
			Name: b.Dictionary.Sym(fmt.Sprint("pod-", i)), Ordinal: models.Exact})
		if placer.Place(models.PodID(i))[0].Node == "" {
			pending++
		}
	}
	return pending
}

// Each trial ends where the protocol does: what remains holds all pods, and one node
// less does not, as a plain packing confirms.
func TestTrialsEndWhereOneNodeLessIsTooFew(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBed(t)
		for range rapid.IntRange(6, 16).Draw(r, "nodes") {
			b.node(rapid.Int64Range(2, 8).Draw(r, "cores"), rapid.Int64Range(4, 16).Draw(r, "memory"))
		}
		var pods []models.PodID
		for i := range rapid.IntRange(2, 5).Draw(r, "workloads") {
			pods = append(pods, b.Workload(fmt.Sprint("app-", i), rapid.IntRange(1, 5).Draw(r, "pods"),
				rapid.Int64Range(100, 2000).Draw(r, "milli"), rapid.Int64Range(1, 4).Draw(r, "memory")*gi/2)...)
		}
		cell := place.NewCell(b.Cluster)
		o := Options{CompactionSettings: Defaults(), Workers: 1}
		o.Trials, o.PickyShare = 2, 0
		w, err := newWorkload(cell, testbed.Scheduler, &o)
		if err != nil {
			r.Fatal(err)
		}
		c := &compaction{workload: w, options: &o, schedulers: testbed.Scheduler}
		p := newPart("all", 0, 0, w.pods)
		c.parts = []*part{&p}
		if err := c.grow(context.Background()); err != nil {
			r.Fatal(err)
		}
		if p.cells != 1 || len(w.dropped) > 0 {
			r.Skip("the cell is too small")
		}
		for number := range o.Trials {
			got, err := c.trial(context.Background(), &p, number)
			if err != nil {
				r.Fatal(err)
			}
			order := c.order(&p, number)
			if n := plainly(t, cell, order[:got.Nodes], pods, b); n > 0 {
				r.Fatalf("trial %d: on %d nodes %d pods find no node", number, got.Nodes, n)
			}
			if got.Nodes > 1 && plainly(t, cell, order[:got.Nodes-1], pods, b) == 0 {
				r.Fatalf("trial %d: %d nodes would do, too (got %d)", number, got.Nodes-1, got.Nodes)
			}
			if got.Bound > got.Nodes {
				r.Fatalf("trial %d: %d nodes are below the bound of %d", number, got.Nodes, got.Bound)
			}
		}
	})
}

// sharedCell has production that asks for memory and batch that asks for cpu. Its nodes
// are alike, so that little hangs on which of them are removed.
func sharedCell(t *testing.T, seed int64) *bed {
	b := newBed(t)
	for range 60 {
		b.node(16, 48)
	}
	important := func(p *models.PodSpec) { p.Priority = 1000 }
	for i := range int64(12) {
		n := 1 + (i*7+seed*5)%13
		b.Workload(fmt.Sprint("service-", i), int(n), 300+100*(i+seed)%7, (3+(i*5+seed)%9)*gi, important)
		b.Workload(fmt.Sprint("batch-", i), int(2*n), 1000+250*((i*3+seed)%13), (1+(i+seed)%2)*gi)
	}
	return b
}

// The directions that were published of Borg's cells: production and batch apart need
// more machines than together, smaller cells more the more of them there are, and
// requests in powers of two more than those that users asked for.
func TestWhatWasPublishedOfCellsShows(t *testing.T) {
	for seed := range int64(3) {
		b := sharedCell(t, seed)
		apart, err := ParseSegregation("priority>=1000")
		if err != nil {
			t.Fatal(err)
		}
		c := b.run(func(o *Options) { o.Segregate, o.SplitCells, o.Bucket, o.Trials = apart, []int{2, 5, 10}, true, 3 })
		shared := c.Packed.Nodes
		if shared < 5 || shared > c.Nodes {
			t.Fatalf("seed %d: %d of %d nodes are needed; want a cell that can be compacted", seed, shared, c.Nodes)
		}
		names := []string{"segregated", "2 cells", "5 cells", "10 cells", "powers of two"}
		var got []int
		for i, name := range names {
			v := c.Variants[i]
			if !strings.Contains(v.Name, name) {
				t.Fatalf("variant %d is %q, want %s", i, v.Name, name)
			}
			if *v.Overhead != float64(v.Nodes-shared)/float64(shared) {
				t.Errorf("seed %d: %s: overhead %v of %d nodes over %d", seed, name, *v.Overhead, v.Nodes, shared)
			}
			got = append(got, v.Nodes)
		}
		if !(shared < got[0] && shared <= got[1] && got[1] < got[2] && got[2] < got[3] && shared < got[4]) {
			t.Errorf("seed %d: shared %d, %v: %d; want more of all, increasing with the number of cells", seed, shared, names, got)
		}
	}
}

func TestWhatIsLeftOutSoftenedAndPicky(t *testing.T) {
	b := newBed(t)
	for i := range 8 {
		b.node(8, 32, func(n *models.NodeSpec) {
			n.Unschedulable = i == 7
			if i < 2 {
				n.Labels = n.Labels.With(b.Dictionary.Sym("gpu"), b.Dictionary.Sym("yes"))
			}
		})
	}
	zone := func(p *models.PodSpec) {
		p.NodeSelector = models.NewLabels(models.Label{Key: b.Dictionary.Sym(models.LabelZone), Value: b.Dictionary.Sym("zone-0")})
	}
	b.Workload("many", 4, 500, gi, zone) // more than half of seven nodes
	b.Workload("few", 2, 500, gi, zone)
	b.Workload("gpu", 1, 500, gi, func(p *models.PodSpec) {
		p.NodeSelector = models.NewLabels(models.Label{Key: b.Dictionary.Sym("gpu"), Value: b.Dictionary.Sym("yes")})
	})
	b.Workload("host", 1, 500, gi, func(p *models.PodSpec) {
		p.NodeSelector = models.NewLabels(models.Label{Key: b.Dictionary.Sym(models.LabelHostname), Value: b.Dictionary.Sym("node-3")})
	})
	b.Workload("named", 1, 500, gi, func(p *models.PodSpec) {
		p.HasRequiredTerms = true
		p.RequiredTerms = []models.NodeTerm{{Names: models.Selector{{Op: models.In, Values: []models.Sym{b.Dictionary.Sym("node-3")}}}}}
	})
	b.Workload("huge", 1, 9000, gi)
	b.Workload("gated", 1, 500, gi, func(p *models.PodSpec) { p.SchedulingGates = []models.Sym{b.Dictionary.Sym("wait")} })
	leaving := b.Workload("leaving", 1, 500, gi)
	b.Apply(models.Op{Kind: models.OpDeletePod, Pod: leaving[0]})

	c := b.run(func(o *Options) { o.PickyNodes, o.PickyShare = 2, 0.2 })
	got := map[string]int{}
	const untried = "the scheduler does not try it: SchedulingGates"
	for _, d := range c.Dropped {
		reason, _, _ := strings.Cut(d.Reason, "Gates: ")
		if reason != d.Reason {
			reason += "Gates"
		}
		got[reason] = d.Pods
	}
	want := map[string]int{dropPinned: 2, dropOversize: 1, dropLeaving: 1, untried: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]capacity.SoftenedWorkload{{Workload: "ReplicaSet default/many", Pods: 4}}, c.Softened); diff != "" {
		t.Errorf("softened (-want +got):\n%s", diff)
	}
	if c.Nodes != 7 || c.Closed != 1 || c.Pods != 7 || c.Picky != 1 || c.Allowed != 1 {
		t.Errorf("got %d nodes, %d closed, %d pods, %d picky of which %d may wait", c.Nodes, c.Closed, c.Pods, c.Picky, c.Allowed)
	}
}

// A picky pod may stay pending, so that the nodes that it needs can go; without that
// share they cannot.
func TestPickyPodsMayStayPending(t *testing.T) {
	b := newBed(t)
	for i := range 10 {
		b.node(8, 32, func(n *models.NodeSpec) {
			if i == 0 {
				n.Labels = n.Labels.With(b.Dictionary.Sym("gpu"), b.Dictionary.Sym("yes"))
			}
		})
	}
	b.Workload("plain", 9, 500, gi)
	b.Workload("gpu", 1, 500, gi, func(p *models.PodSpec) {
		p.NodeSelector = models.NewLabels(models.Label{Key: b.Dictionary.Sym("gpu"), Value: b.Dictionary.Sym("yes")})
	})
	patient := b.run(func(o *Options) { o.PickyShare = 0.1 })
	if patient.Packed.Max != 1 {
		t.Errorf("up to %d nodes are needed where the picky pod may wait, want 1", patient.Packed.Max)
	}
	strict := b.run(func(o *Options) { o.PickyShare = 0.05 })
	if strict.Packed.Max <= patient.Packed.Max {
		t.Errorf("%d nodes do where no pod may wait; want more than %d", strict.Packed.Max, patient.Packed.Max)
	}
	for _, trial := range strict.Packed.Parts[0].Trials {
		if len(trial.Pending) > 0 || trial.Nodes > 1 && !strings.HasPrefix(trial.Stop.Pod, "default/gpu-") {
			t.Errorf("got %+v, want no pod pending and to be stopped by the picky one", trial)
		}
	}
}

func TestACellThatIsTooSmallIsThereTwice(t *testing.T) {
	b := newBed(t)
	b.node(8, 32)
	b.node(8, 32)
	b.Workload("web", 3, 6000, gi)
	c := b.run()
	if c.Packed.Nodes != 3 || c.Packed.Parts[0].Cells != 2 {
		t.Errorf("got %d nodes of %d cells, want 3 of 2", c.Packed.Nodes, c.Packed.Parts[0].Cells)
	}
	one := b.run(func(o *Options) { o.MaxCells = 1 })
	if p := one.Packed.Parts[0]; len(p.Left) != 1 || p.Pods != 2 || one.Packed.Nodes != 2 || p.Left[0].Why == "" {
		t.Errorf("in one cell: got %+v, want one pod left out of three", p)
	}
}

// A workload of which no pod finds a node at all has no size, but it has an answer.
func TestAWorkloadThatNeverFits(t *testing.T) {
	b := newBed(t)
	b.node(8, 32)
	b.Workload("lonely", 1, 100, gi, func(p *models.PodSpec) {
		p.Affinity = []models.AffinityTerm{{TopologyKey: b.Dictionary.Sym(models.LabelZone), Namespaces: []models.Sym{p.Namespace},
			Selector: models.LabelSelector{Requirements: models.Selector{{Key: b.Dictionary.Sym("app"), Op: models.In, Values: []models.Sym{b.Dictionary.Sym("other")}}}}}}
	})
	b.Workload("lonelier", 1, 100, gi, func(p *models.PodSpec) { *p = *b.Cluster.View().Pod(0).Spec() })
	// One pod of each is no more than half the nodes only where there are more nodes.
	b.node(8, 32)
	c := b.run(func(o *Options) { o.Bucket = true })
	if c.Packed.Sizes != nil || c.Packed.Parts[0].Pods != 0 || len(c.Packed.Parts[0].Left) != 2 || c.Variants[0].Overhead != nil {
		t.Errorf("got %+v", c.Packed)
	}
}

func TestTheAnswerDoesNotDependOnWorkers(t *testing.T) {
	b := sharedCell(t, 1)
	for i := range int64(20) { // so that it matters which nodes remain
		b.node(8+4*(i%5), 64)
	}
	options := func(workers int) func(*Options) {
		return func(o *Options) { o.Workers, o.SplitCells, o.Trials = workers, []int{3}, 4 }
	}
	if diff := cmp.Diff(b.run(options(1)), b.run(options(3))); diff != "" {
		t.Errorf("one worker and three differ (-1 +3):\n%s", diff)
	}
	if diff := cmp.Diff(b.run(options(1)).Packed.Sizes, b.run(options(1), func(o *Options) { o.Seed = 2 }).Packed.Sizes); diff == "" {
		t.Error("another seed removes nodes in the same orders")
	}
}

func TestRequestsInPowersOfTwo(t *testing.T) {
	for _, test := range []struct{ n, want int64 }{{0, 0}, {1, 500}, {500, 500}, {501, 1000}, {1000, 1000}, {5500, 8000}} {
		if got := nextBucket(test.n, leastCPU); got != test.want {
			t.Errorf("%d millicores become %d, want %d", test.n, got, test.want)
		}
	}
	b := newBed(t)
	b.node(7, 32)
	b.node(6, 40)
	b.Workload("large", 1, 4500, 3*gi) // 8 cores are more than any node has
	c := b.run(func(o *Options) { o.Bucket = true })
	if len(c.Variants) != 1 || c.Variants[0].Min != 1 || c.Variants[0].Max != 2 {
		t.Fatalf("got %+v, want one way, and one or two nodes", c.Variants)
	}
	for _, trial := range c.Variants[0].Parts[0].Trials {
		if want := []float64{2: 7.0 / 13, 1: 1}[trial.Nodes]; trial.Full[0] != want {
			t.Errorf("%d nodes are full by %v, want %v: the pod gets the whole of the roomiest", trial.Nodes, trial.Full[0], want)
		}
	}
	b.Workload("small", 1, 300, gi)
	if c = b.run(func(o *Options) { o.Bucket = true }); len(c.Variants) != 2 || c.Variants[0].Parts[0].Pods != 2 || c.Variants[1].Parts[0].Pods != 1 {
		t.Errorf("got %+v, want one with and one without the pod that is too large", c.Variants)
	}
}

func TestThePercentileIsTheNearestRank(t *testing.T) {
	sizes := []int{11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6}
	for percent, want := range map[float64]int{90: 10, 100: 11, 50: 6, 0.1: 1} {
		if got := percentile(sizes, percent); got != want {
			t.Errorf("the %v per cent of 1 to 11 is %d, want %d", percent, got, want)
		}
	}
}

func TestWhatCannotBeCompacted(t *testing.T) {
	empty := newBed(t)
	for _, test := range []struct {
		name string
		edit func(*Options)
		want string
	}{
		{"no nodes", func(*Options) {}, "no node takes pods"},
		{"trials", func(o *Options) { o.Trials = 0 }, "trials: want 1 to 1000 (got 0)"},
		{"percentile", func(o *Options) { o.Percentile = 0 }, "percentile: want a number above 0"},
		{"share", func(o *Options) { o.PickyShare = 2 }, "picky share: want 0 to 1"},
		{"cells", func(o *Options) { o.MaxCells = 0 }, "cells: want 1 to 64"},
		{"split", func(o *Options) { o.SplitCells = []int{1} }, "cells to split into: want 2 to 1000"},
	} {
		o := Options{CompactionSettings: Defaults()}
		test.edit(&o)
		if _, err := Run(context.Background(), place.NewCell(empty.Cluster), testbed.Scheduler, o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	none, err := Run(ended, place.NewCell(sharedCell(t, 1).Cluster), testbed.Scheduler, Options{CompactionSettings: Defaults()})
	if !errors.Is(err, context.Canceled) || none != nil {
		t.Errorf("got %v and %v after the end of the context", none, err)
	}
}

// What is done when the context ends is told, and is what a whole run says of it.
func TestAnInterruptedCompactionTellsWhatIsKnown(t *testing.T) {
	b := sharedCell(t, 1)
	b.node(8, 64)
	whole := b.run(func(o *Options) { o.SplitCells = []int{2} })
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{CompactionSettings: Defaults(), Workers: 1, SplitCells: []int{2}, Progress: func(done, _ int) {
		if done == 8 { // three parts that fit, and five trials
			cancel()
		}
	}}
	got, err := Run(ctx, place.NewCell(b.Cluster), testbed.Scheduler, o)
	if !errors.Is(err, context.Canceled) || got == nil || !got.Partial {
		t.Fatalf("got %+v and %v", got, err)
	}
	n := len(got.Packed.Trials)
	if n < 5 || n > 6 || !slices.Equal(got.Packed.Sizes, whole.Packed.Sizes[:n]) || got.Variants[0].Sizes != nil || got.Variants[0].Overhead != nil {
		t.Errorf("%d trials are done: %v, in the whole run %v; of the variant %v", n, got.Packed.Sizes, whole.Packed.Sizes, got.Variants[0].Sizes)
	}
	if diff := cmp.Diff(whole.Packed.Parts[0].Trials[:n], got.Packed.Parts[0].Trials); diff != "" {
		t.Errorf("the trials differ (-whole +interrupted):\n%s", diff)
	}
}

func TestSegregationsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"": "want namespace", "priority>=": "want an integer", "priority>=x": "want an integer", "a=b": "want namespace", "app": "", "namespace": "", "priority": "", "priority>=-3": "",
	} {
		_, err := ParseSegregation(text)
		if got := fmt.Sprint(err); (err == nil) != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	b := sharedCell(t, 0)
	for text, parts := range map[string]int{"app": 24, "namespace": 1, "priority": 2, "tier": 1} {
		s, err := ParseSegregation(text)
		if err != nil {
			t.Fatal(err)
		}
		c := b.run(func(o *Options) { o.Segregate, o.Trials = s, 1 })
		if got := len(c.Variants[0].Parts); got != parts {
			t.Errorf("%s makes %d parts, want %d", text, got, parts)
		}
	}
}
