package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// batch is a world of given arrivals that a test may scale and permute: pods that
// find their way through a full cluster without back-off.
func batch(t *testing.T, seed uint64, n int) *world {
	w := newWorld(t)
	for i := range 3 {
		w.node(fmt.Sprint("n", i), "a", models.Resources{models.CPU: int64(2000 + 1000*i), models.Memory: 8 << 30})
	}
	w.config.Scheduler = scheduler.DefaultConfig(plugins.Table())
	w.config.Scheduler.Queue.InitialBackoff, w.config.Scheduler.Queue.MaxBackoff = 0, 0
	w.config.Latencies.Decision = time.Second
	draw := rand.New(rand.NewPCG(seed, 7))
	at := models.Time(0)
	for i := range n {
		pod := w.pod(500+500*draw.Int64N(3), models.RestartNever)
		pod.Priority = int32(i) // all differ
		if draw.IntN(2) == 0 {
			at += models.Time(draw.Int64N(int64(20 * time.Second)))
		}
		w.arrive(at, fmt.Sprint("p", i), &Template{Pod: pod})
		a := &w.list[len(w.list)-1]
		a.RunTime = time.Duration(draw.Int64N(int64(time.Minute)))
		if draw.IntN(4) == 0 {
			a.Lifetime = time.Duration(draw.Int64N(int64(time.Minute)))
		}
	}
	return w
}

// stamped is every operation with its time in nanoseconds, divided by k.
type stamped struct {
	k     models.Time
	lines []string
	waits int
}

func (s *stamped) Observe(now models.Time, op *models.Op, v cluster.View) {
	line := op.Kind.String()
	if op.Kind.Fields()&models.FieldPod != 0 {
		line += " " + v.Pod(op.Pod).Name()
	}
	if op.Kind.Fields()&models.FieldNode != 0 && op.Node != models.None {
		line += " " + v.Node(op.Node).Name()
	}
	if op.Kind == models.OpFailScheduling {
		s.waits++
	}
	s.lines = append(s.lines, fmt.Sprintf("%d+%d/%d %s", now/s.k, now%s.k, s.k, line))
}

// Without back-off and faults no constant of Kubernetes is in play but
// the age after which waiting pods are tried again whatever happened; nobody waits
// that long. All else scales with time.
func TestScaledTimeScalesEverything(t *testing.T) {
	waits := 0
	for seed := range uint64(30) {
		once, slow := &stamped{k: 1}, &stamped{k: 3}
		batch(t, seed, 60).run(once)
		w := batch(t, seed, 60)
		w.config.Latencies.Decision *= 3
		for i := range w.list {
			a := &w.list[i]
			a.At, a.RunTime = 3*a.At, 3*a.RunTime
			if a.Lifetime > 0 {
				a.Lifetime *= 3
			}
		}
		w.run(slow)
		for i, line := range slow.lines {
			slow.lines[i] = strings.Replace(line, "+0/3", "+0/1", 1)
		}
		if diff := cmp.Diff(once.lines, slow.lines); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		waits += once.waits
	}
	if waits < 100 {
		t.Errorf("%d attempts found no node: the clusters are not full", waits)
	}
}

// Pods of one instant are tried by priority, in whatever order they come.
func TestTheOrderOfArrivalsOfOneInstantDoesNotMatter(t *testing.T) {
	for seed := range uint64(30) {
		sorted := func(shuffle bool) []string {
			w, s := batch(t, seed, 60), &stamped{k: 1}
			if shuffle {
				slices.SortStableFunc(w.list, func(a, b Arrival) int {
					if a.At != b.At {
						return int(a.At - b.At)
					}
					return int(kernel.Entity(w.d.String(a.Name))>>40) - int(kernel.Entity(w.d.String(b.Name))>>40)
				})
			}
			w.run(s)
			slices.Sort(s.lines)
			return s.lines
		}
		if diff := cmp.Diff(sorted(false), sorted(true)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

// Where every pod has a single node to go to, the order of nodes decides nothing.
// Nodes fail one at a time, since the nodes of a zone are tainted in their order.
func TestTheOrderOfNodesDoesNotMatterWhereThereIsNoChoice(t *testing.T) {
	const n = 6
	events := func(order []int) []string {
		w := newWorld(t)
		w.config.Horizon = models.Time(4 * time.Hour)
		w.config.Latencies, w.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
		for _, i := range order {
			w.node(fmt.Sprint("n", i), fmt.Sprint(i%2), models.Resources{models.CPU: 4000, models.Memory: 8 << 30})
		}
		for i := range n {
			name := fmt.Sprint("n", i)
			t := &Template{Pod: w.pod(1000, models.RestartAlways), Owner: &models.OwnerSpec{Kind: models.ReplicaSet, Replicas: int32(1 + i%4)}}
			t.Pod.NodeSelector = models.NewLabels(models.Label{Key: w.d.Sym(models.LabelHostname), Value: w.d.Sym(name)})
			w.arrive(models.Time(i)*second, "set-"+name, t)
			w.config.Faults = append(w.config.Faults, fault.Fault{Name: w.d.Sym("power"), Until: models.Never,
				Target: fault.Target{Names: []models.Sym{w.d.Sym(name)}}, Duration: kernel.Constant(float64(100 + 200*i)),
				At: []models.Time{models.Time(10+30*i) * models.Time(time.Minute)}})
		}
		s := &stamped{k: 1}
		w.run(s)
		slices.Sort(s.lines)
		return s.lines
	}
	want := events([]int{0, 1, 2, 3, 4, 5})
	for _, order := range [][]int{{5, 4, 3, 2, 1, 0}, {3, 0, 5, 1, 4, 2}} {
		if diff := cmp.Diff(want, events(order)); diff != "" {
			t.Errorf("order %v: %s", order, diff)
		}
	}
}

// queueing is a world of random arrivals, run times and failures under a profile.
func queueing(t *testing.T, pods int32, profile string) *world {
	w := newWorld(t)
	w.config.Horizon = models.Time(6 * time.Hour)
	w.config.Latencies, w.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
	w.config.Scheduler = scheduler.DefaultConfig(plugins.Table())
	w.config.Scheduler.Profiles[0], _ = scheduler.LookupProfile(profile, plugins.Table())
	for i := range 10 {
		w.node(fmt.Sprint("n", i), "a", models.Resources{models.CPU: 8000, models.Memory: 32 << 30})
	}
	law := func(mean float64) kernel.Distribution {
		d, problems := kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: &mean})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return d
	}
	w.config.Sources = []Source{&poisson{
		template: &Template{Pod: w.pod(1000, models.RestartNever), Behavior: &kubelet.Behavior{RunTime: law(300), StartUp: law(5)}},
		name:     w.d.Sym("p"), between: law(6), streams: kernel.NewStreams(1), n: pods, left: pods,
	}}
	w.config.Faults = []fault.Fault{{Name: w.d.Sym("power"), Scope: fault.PerNode, Between: law(7200), Duration: law(600), Until: models.Never}}
	return w
}

// chances notes what no policy may change, and where pods went, which one does.
type chances struct{ arrivals, faults, runs, places map[string]string }

func (c *chances) Observe(now models.Time, op *models.Op, v cluster.View) {
	switch op.Kind {
	case models.OpCreatePod:
		c.arrivals[v.Pod(op.Pod).Name()] = now.String()
	case models.OpBindPod:
		c.places[v.Pod(op.Pod).Name()] = v.Node(op.Node).Name()
	case models.OpFinishPod:
		if pod := v.Pod(op.Pod); op.Arg == 0 {
			c.runs[pod.Name()] = now.Sub(pod.StartedAt()).String()
		}
	case models.OpCrashNode, models.OpRestoreNode:
		n := v.Node(op.Node)
		c.faults[fmt.Sprint(n.Name(), op.Kind, n.Crashes())] = now.String()
	}
}

func TestAnotherPolicyMeetsTheSameChances(t *testing.T) {
	seen := make(map[string]*chances)
	for _, profile := range []string{"default", "most-allocated"} {
		c := &chances{make(map[string]string), make(map[string]string), make(map[string]string), make(map[string]string)}
		queueing(t, 2000, profile).run(c)
		seen[profile] = c
	}
	a, b := seen["default"], seen["most-allocated"]
	if diff := cmp.Diff(a.arrivals, b.arrivals); diff != "" {
		t.Errorf("other arrivals: %s", diff)
	}
	if diff := cmp.Diff(a.faults, b.faults); diff != "" {
		t.Errorf("other faults: %s", diff)
	}
	both, moved := 0, 0
	for name, run := range a.runs {
		if other, ok := b.runs[name]; ok {
			both++
			if run != other {
				t.Errorf("%s runs for %s under one policy and for %s under the other", name, run, other)
			}
		}
		if a.places[name] != b.places[name] {
			moved++
		}
	}
	if both < 1000 || moved < 1000 || len(a.faults) < 10 {
		t.Errorf("%d pods ended under both policies, %d on other nodes, %d faults: too few to tell", both, moved, len(a.faults))
	}
}
