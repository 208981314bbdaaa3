package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// chance is what a random history is drawn from: rapid, which shrinks what fails,
// or a generator with a fixed seed.
type chance interface{ IntN(n int) int }

// script is a chance that rapid has drawn beforehand; when it is used up, all draws
// are 0.
type script []uint16

func (s *script) IntN(n int) int {
	if len(*s) == 0 {
		return 0
	}
	number := (*s)[0]
	*s = (*s)[1:]
	return int(number) % n
}

// Everything arrives and breaks in the first phase of a history. The quiet phase is
// long enough for every back-off, deadline and toleration to run out.
const (
	busy  = models.Time(30 * time.Minute)
	quiet = models.Time(3 * time.Hour)
)

// history is a random small world.
type history struct {
	*world
	draw    chance
	objects int
}

// one draws one of the values.
func one[T any](c chance, values ...T) T { return values[c.IntN(len(values))] }

func newHistory(t testing.TB, draw chance) *history {
	h := &history{world: newWorld(t), draw: draw}
	h.config.Seed = uint64(draw.IntN(1000))
	h.config.CheckEvery = 1
	h.config.Horizon = busy + quiet
	if draw.IntN(3) > 0 {
		h.config.Latencies, h.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
		h.config.Latencies.Decision = one(draw, 2*time.Millisecond, 500*time.Millisecond, 20*time.Second)
		h.config.Latencies.Binding = []time.Duration{0, 4 * time.Millisecond, 3 * time.Second}[h.config.Seed%3]
	}
	table := plugins.Table()
	profile, _ := scheduler.LookupProfile(one(draw, "default", "most-allocated", "next-fit"), table)
	profile.Ties = one(draw, engine.TiesHeap, engine.TiesFirst, engine.TiesRandom)
	h.config.Scheduler = scheduler.DefaultConfig(table)
	h.config.Scheduler.Profiles = []scheduler.Profile{profile}
	for range 1 + draw.IntN(5) {
		h.addNode()
	}
	for range 1 + draw.IntN(6) {
		h.addObject()
	}
	for range draw.IntN(5) {
		h.addFault()
	}
	h.sort()
	return h
}

// sort puts the arrivals in order of time.
func (h *history) sort() {
	for i := range h.list {
		for j := i; j > 0 && h.list[j].At < h.list[j-1].At; j-- {
			h.list[j], h.list[j-1] = h.list[j-1], h.list[j]
		}
	}
}

func (h *history) addNode() {
	d := h.d
	name := fmt.Sprint("n", len(h.config.Nodes))
	h.node(name, one(h.draw, "a", "b"), models.Resources{
		models.CPU: one(h.draw, int64(4000), 1000, 2500), models.Memory: 8 << 30, models.Pods: one(h.draw, int64(110), 3),
	})
	spec := h.config.Nodes[len(h.config.Nodes)-1]
	switch h.draw.IntN(8) {
	case 1:
		spec.Taints = []models.Taint{{Key: d.Sym("dedicated"), Effect: models.NoSchedule}}
	case 2:
		spec.Taints = []models.Taint{{Key: d.Sym("dedicated"), Effect: models.NoExecute}}
	case 3:
		spec.Unschedulable = true
	case 4:
		spec.Labels = spec.Labels.With(d.Sym("disk"), d.Sym("ssd"))
	}
}

// moment draws a time in the busy phase. Few of them are distinct, so that things
// coincide.
func (h *history) moment() models.Time {
	return models.Time(one(h.draw, 0, time.Second, time.Minute, 61*time.Second, 5*time.Minute, 10*time.Minute, 20*time.Minute)) +
		models.Time(one(h.draw, 0, 1, time.Millisecond, 10*time.Second))
}

func seconds(c chance, values ...float64) kernel.Distribution {
	if value := one(c, values...); value >= 0 {
		return kernel.Constant(value)
	}
	return nil
}

// shape draws a pod specification.
func (h *history) shape(policy models.RestartPolicy) *models.PodSpec {
	d := h.d
	spec := h.pod(one(h.draw, int64(500), 0, 1000, 2000), policy)
	spec.GracePeriod = one(h.draw, 30*time.Second, 0, 5*time.Minute)
	spec.Priority = int32(h.draw.IntN(3))
	switch h.draw.IntN(12) {
	case 1:
		spec.Tolerations = nil
	case 2:
		spec.Tolerations = []models.Toleration{{Exists: true}}
	case 3:
		spec.Tolerations = append(spec.Tolerations, models.Toleration{Key: d.Sym("dedicated"), Exists: true})
	case 4:
		spec.NodeSelector = models.NewLabels(models.Label{Key: d.Sym(models.LabelZone), Value: d.Sym("a")})
	case 5:
		spec.HasRequiredTerms = true
		spec.RequiredTerms = []models.NodeTerm{{Labels: models.Selector{{Key: d.Sym("disk"), Op: one(h.draw, models.Exists, models.DoesNotExist)}}}}
	case 6:
		spec.HostPorts = []models.HostPort{{Port: 80}}
	case 7:
		if policy != models.RestartAlways { // templates of ReplicaSets may not have one
			spec.ActiveDeadline = 2 * time.Minute
		}
	}
	return spec
}

func (h *history) addObject() {
	c := h.draw
	h.objects++
	behavior := &kubelet.Behavior{StartUp: seconds(c, -1, 0, 5), StopTime: seconds(c, -1, 0, 3, 900), CrashEvery: seconds(c, -1, -1, -1, 40)}
	t := &Template{Behavior: behavior}
	name := fmt.Sprint("x", h.objects)
	switch c.IntN(5) {
	case 0:
		t.Pod = h.shape(models.RestartAlways)
		t.Owner = &models.OwnerSpec{Kind: models.ReplicaSet, Replicas: int32(c.IntN(5))}
	case 1:
		t.Pod = h.shape(models.RestartAlways)
		t.Owner = &models.OwnerSpec{Kind: models.Deployment, Replicas: int32(c.IntN(5)), TemplateHash: h.d.Sym("abc")}
		t.ReplicaSet = &models.OwnerSpec{Kind: models.ReplicaSet}
	case 2, 3:
		t.Pod = h.shape(one(c, models.RestartNever, models.RestartOnFailure))
		behavior.RunTime, behavior.ExitCode = seconds(c, 60, 0, 300), seconds(c, 0, 0, 1)
		t.Owner = &models.OwnerSpec{Kind: models.Job, Replicas: int32(1 + c.IntN(3)), Completions: int32(c.IntN(5) - 1),
			BackoffLimit: int32(c.IntN(4)), ActiveDeadline: one(c, 0, 0, 10*time.Minute), TTLAfterFinished: one(c, -1, 0, time.Minute)}
		t.Owner.Rules = jobRules(c, t.Owner, t.Pod.RestartPolicy)
	case 4:
		t.Pod = h.shape(one(c, models.RestartAlways, models.RestartNever, models.RestartOnFailure))
		behavior.RunTime = seconds(c, 60, 0, 300, -1)
		if c.IntN(2) == 0 {
			t.Pod.NodeName = h.config.Nodes[c.IntN(len(h.config.Nodes))].Name
			t.Pod.HostPorts = nil // one that two pods take is free to the scheduler when either leaves, so that rules are broken as in Kubernetes
		}
	}
	h.arrive(h.moment(), name, t)
	if a := &h.list[len(h.list)-1]; c.IntN(4) == 0 {
		a.Lifetime = one(c, time.Minute, 0, time.Second, 10*time.Minute)
	}
}

func (h *history) addFault() {
	f := fault.Fault{Name: h.d.Sym("power"), Until: models.Never, At: []models.Time{h.moment()},
		Duration: seconds(h.draw, 400, 0, 2, 30, 100)}
	if h.draw.IntN(3) == 0 { // again, just after it came back or long after
		f.At = append(f.At, f.At[0].Add(one(h.draw, 402*time.Second, 10*time.Minute)))
	}
	switch h.draw.IntN(4) {
	case 0:
		f.Target.Names = []models.Sym{h.config.Nodes[h.draw.IntN(len(h.config.Nodes))].Name}
	case 1:
		f.Target.Zones = []models.Sym{h.d.Sym("a")}
	case 2:
		f.Target.Count = 1
	}
	h.config.Faults = append(h.config.Faults, f)
}

// play runs the history and says what it did wrong.
func (h *history) play(marks map[string]int) error {
	s := h.simulation()
	rules := newRules(h.config.Latencies.Decision+h.config.Latencies.Binding, marks)
	s.Cluster().Observe(rules)
	if err := s.Run(nil); err != nil {
		return err
	}
	if s.Scheduler().Counters().Errors > 0 {
		marks["a claim was refused: the pod went away during the decision"]++
	}
	return errors.Join(append(rules.broken, settled(s)...)...)
}

// The histories are the same each time, so that every rare state is reached.
func TestRandomHistoriesKeepTheRulesAndSettle(t *testing.T) {
	marks := make(map[string]int)
	for seed := range uint64(1500) {
		if err := newHistory(t, rand.New(rand.NewPCG(seed, 5))).play(marks); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for _, mark := range rareStates {
		if marks[mark] == 0 {
			t.Errorf("never reached: %s", mark)
		}
	}
}

// The histories are new each time and shrink if they fail.
func TestNewRandomHistoriesKeepTheRulesAndSettle(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draws := script(rapid.SliceOfN(rapid.Uint16(), 50, 500).Draw(r, "draws"))
		if err := newHistory(t, &draws).play(make(map[string]int)); err != nil {
			r.Fatal(err)
		}
	})
}
