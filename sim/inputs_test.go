package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// Whatever decides, however slowly: what comes from outside is the same.
func TestPoliciesMeetTheSameInputs(t *testing.T) {
	differ := 0
	for seed := range uint64(60) {
		make := func(change func(*Config)) *Simulation {
			h := newHistory(t, rand.New(rand.NewPCG(seed, 6)))
			h.config.CheckEvery = 0
			change(&h.config)
			return h.run()
		}
		one := make(func(*Config) {})
		other := make(func(c *Config) {
			table := plugins.Table()
			profile, _ := scheduler.LookupProfile("most-allocated", table)
			profile.Ties = engine.TiesFirst
			c.Scheduler = scheduler.DefaultConfig(table)
			c.Scheduler.Profiles = []scheduler.Profile{profile}
			c.Latencies, c.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
			c.Latencies.Decision = 3 * time.Second
		})
		if one.InputDigest() != other.InputDigest() {
			t.Errorf("seed %d: another policy, other inputs", seed)
		}
		if one.Cluster().Digest() != other.Cluster().Digest() {
			differ++
		}
	}
	if differ < 30 {
		t.Errorf("only %d of 60 runs differ: the policies are too alike to show anything", differ)
	}
}

// inputsOf returns the digest of a small run that a test changes.
func inputsOf(t *testing.T, change func(w *world, t *Template)) string {
	t.Helper()
	w := newWorld(t)
	w.config.Horizon = models.Time(time.Hour)
	w.node("n1", "a", models.Resources{models.CPU: 4000, models.Memory: 1 << 30})
	task := &Template{Pod: w.pod(100, models.RestartNever), Behavior: &kubelet.Behavior{RunTime: kernel.Constant(60)}}
	w.arrive(0, "first", task)
	w.arrive(10*second, "second", task)
	w.config.Faults = []fault.Fault{{Name: w.d.Sym("power"), At: []models.Time{1800 * second},
		Duration: kernel.Constant(60), Until: models.Never}}
	if change != nil {
		change(w, task)
	}
	return w.run().InputDigest()
}

func TestOtherInputsHaveOtherDigests(t *testing.T) {
	was := inputsOf(t, nil)
	if again := inputsOf(t, nil); again != was {
		t.Fatal("the same run twice, two digests")
	}
	for change, do := range map[string]func(*world, *Template){
		"the seed":             func(w *world, _ *Template) { w.config.Seed++ },
		"a time of arrival":    func(w *world, _ *Template) { w.list[1].At++ },
		"a name":               func(w *world, _ *Template) { w.list[1].Name = w.d.Sym("third") },
		"a lifetime":           func(w *world, _ *Template) { w.list[1].Lifetime = time.Minute },
		"a run time":           func(w *world, _ *Template) { w.list[1].RunTime = time.Minute },
		"a scaling":            func(w *world, _ *Template) { w.list[1].Scalings = []Scaling{{time.Minute, 2}} },
		"a step":               func(w *world, _ *Template) { w.config.Steps = []Step{{At: 60 * second, Kind: StepCordon}} },
		"one arrival fewer":    func(w *world, _ *Template) { w.list = w.list[:1] },
		"a request":            func(_ *world, of *Template) { of.Pod.Requests[models.CPU]++ },
		"a label":              func(w *world, of *Template) { of.Pod.Labels = of.Pod.Labels.With(w.d.Sym("a"), w.d.Sym("b")) },
		"a law":                func(_ *world, of *Template) { of.Behavior.RunTime = kernel.Constant(61) },
		"the time of a fault":  func(w *world, _ *Template) { w.config.Faults[0].At[0]++ },
		"how long a fault is":  func(w *world, _ *Template) { w.config.Faults[0].Duration = kernel.Constant(61) },
		"the name of a fault":  func(w *world, _ *Template) { w.config.Faults[0].Name = w.d.Sym("fire") },
		"which nodes it takes": func(w *world, _ *Template) { w.config.Faults[0].Target.Zones = []models.Sym{w.d.Sym("b")} },
		"an owner": func(w *world, of *Template) {
			of.Owner = &models.OwnerSpec{Kind: models.Job, Replicas: 1, Completions: 1}
		},
	} {
		if inputsOf(t, do) == was {
			t.Errorf("%s has changed, the digest has not", change)
		}
	}
}

// Symbols and resources are numbered as they are read, which a policy may change.
func TestInputsDoNotDependOnHowThingsAreNumbered(t *testing.T) {
	run := func(before ...string) string {
		w := newWorld(t)
		for _, text := range before {
			w.d.Sym(text)
			if _, err := w.d.Resource("example.com/" + text); err != nil {
				t.Fatal(err)
			}
		}
		gpu, err := w.d.Resource("example.com/gpu")
		if err != nil {
			t.Fatal(err)
		}
		allocatable := models.Resources{models.CPU: 4000, models.Memory: 1 << 30}
		allocatable[gpu] = 8
		w.node("n1", "a", allocatable)
		spec := w.pod(100, models.RestartNever)
		spec.Requests[gpu] = 1
		spec.SchedulerName = w.d.Sym("my-scheduler")
		if before != nil {
			spec.SchedulerName = w.d.Sym(models.DefaultScheduler)
		}
		spec.Labels = models.NewLabels(models.Label{Key: w.d.Sym("app"), Value: w.d.Sym("x")},
			models.Label{Key: w.d.Sym("tier"), Value: w.d.Sym("y")})
		w.arrive(0, "p", &Template{Pod: spec})
		return w.run().InputDigest()
	}
	if run() != run("tier", "y", "zzz", "app") {
		t.Error("other numbers, another digest")
	}
}
