package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

const smallScenario = `
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: small}
spec: {for: 20m}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec: {count: 3, template: {status: {capacity: {cpu: 8, memory: 16Gi}}}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: jobs}
spec:
  arrivals: {type: poisson, rate: 3/m}
  runTime: {type: exponential, mean: 2m}
  template:
    apiVersion: v1
    kind: Pod
    spec:
      restartPolicy: Never
      containers: [{name: main, image: main, resources: {requests: {cpu: 3, memory: 2Gi}}}]
`

func loaded(t *testing.T, seeds int, policies ...string) *scenarios.Experiment {
	t.Helper()
	e, err := scenarios.LoadExperiment(scenarios.ExperimentInput{
		Base:     scenarios.Input{Files: []scenarios.File{{Name: "small.yaml", Reader: strings.NewReader(smallScenario)}}},
		Policies: policies, Seeds: seeds,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func local(e *scenarios.Experiment, workers int) Local {
	worker, err := NewWorker(e)
	if err != nil {
		panic(err) // without metrics of the user nothing can be wrong with them
	}
	return Local{Workers: workers, Do: worker.Do}
}

// shuffling has jobs done one by one in another order than Local, as an engine of
// several machines might.
type shuffling struct {
	Local
	seed uint64
}

func (s shuffling) Dispatch(ctx context.Context, jobs []Job, done func(int, Result) error) error {
	for _, i := range rand.New(rand.NewPCG(s.seed, 0)).Perm(len(jobs)) {
		err := s.Local.Dispatch(ctx, jobs[i:i+1], func(_ int, r Result) error { return done(i, r) })
		if err != nil {
			return err
		}
	}
	return nil
}

// runs carries an experiment out and returns the comparison as JSON.
func runs(t *testing.T, e *scenarios.Experiment, d Dispatcher, s *store.Store) string {
	t.Helper()
	c, err := Run(context.Background(), e, Options{Version: "1", Build: "b", Dispatcher: d, Store: s})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheComparisonDependsOnNoDispatcher(t *testing.T) {
	e := loaded(t, 4, "default", "random", "most-allocated")
	want := runs(t, e, local(e, 1), nil)
	for _, d := range []Dispatcher{local(e, 2), local(e, 8), shuffling{local(e, 1), 1}, shuffling{local(e, 1), 2}} {
		if got := runs(t, e, d, nil); got != want {
			t.Errorf("%T: another comparison", d)
		}
	}
	dir := t.TempDir()
	for range 2 { // the second time all is there
		s := opened(t, dir, NewIdentity(e, "1", "b"))
		if got := runs(t, e, local(e, 3), s); got != want {
			t.Error("another comparison with a store")
		}
		s.Close()
	}
}

// The context may end after any number of results: what is there by then is kept,
// and the next time goes on with it.
func TestAnInterruptedExperimentGoesOn(t *testing.T) {
	e := loaded(t, 3, "default", "random")
	want := runs(t, e, local(e, 1), nil)
	for after := range 7 {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			s := opened(t, t.TempDir(), NewIdentity(e, "1", "b"))
			defer s.Close()
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			c, err := Run(ctx, e, Options{Version: "1", Build: "b", Dispatcher: local(e, 1), Store: s, Progress: func(p Progress) {
				if p.Done == after {
					stop()
				}
			}})
			switch {
			case after == 6:
				if err != nil || c.Partial {
					t.Errorf("all was done, and yet %v", err)
				}
			case !errors.Is(err, ErrInterrupted):
				t.Errorf("got %v", err)
			case after == 0 && c != nil, after > 0 && (c == nil || !c.Partial || c.Runs != after):
				t.Errorf("after %d runs: %+v", after, c)
			}
			kept := 0
			c, err = Run(context.Background(), e, Options{Version: "1", Build: "b", Dispatcher: local(e, 2), Store: s,
				Progress: func(p Progress) { kept = p.Kept }})
			if err != nil || kept != after {
				t.Fatalf("%v, %d runs kept, want %d", err, kept, after)
			}
			if got, _ := json.MarshalIndent(c, "", " "); string(got) != want {
				t.Error("another comparison than without a break")
			}
		})
	}
}

// Results keep their names when a policy joins before them.
func TestAddedPoliciesUseWhatIsDone(t *testing.T) {
	dir := t.TempDir()
	two := loaded(t, 3, "default", "random")
	s := opened(t, dir, NewIdentity(two, "1", "b"))
	runs(t, two, local(two, 2), s)
	s.Close()
	three := loaded(t, 4, "most-allocated", "random", "default")
	s = opened(t, dir, NewIdentity(three, "1", "b"))
	defer s.Close()
	kept, of := 0, 0
	c, err := Run(context.Background(), three, Options{Version: "1", Build: "b", Dispatcher: local(three, 2), Store: s,
		Progress: func(p Progress) { kept, of = p.Kept, p.Of }})
	if err != nil || kept != 6 || of != 12 {
		t.Fatalf("%v, %d kept of %d, want 6 of 12", err, kept, of)
	}
	got, _ := json.MarshalIndent(c, "", " ")
	if want := runs(t, three, local(three, 2), nil); string(got) != want {
		t.Error("another comparison than from nothing")
	}
}

func TestAnotherBuildUsesNoResultsOfThisOne(t *testing.T) {
	e := loaded(t, 2, "default")
	if a, b := store.Key("a", e.RunKey(0, 0, 1)), store.Key("b", e.RunKey(0, 0, 1)); a == b {
		t.Error("equal keys")
	}
	keys := make(map[string]bool)
	for seed := range uint64(3) {
		keys[e.RunKey(0, 0, seed)] = true
	}
	if len(keys) != 3 {
		t.Errorf("%d keys of 3 seeds", len(keys))
	}
}

// Whether a sequential experiment goes on depends on results alone.
func TestASequentialExperimentStopsWhereItKnowsEnough(t *testing.T) {
	for _, c := range []struct {
		name    string
		until   scenarios.Until
		seeds   int
		stopped string
	}{
		{"at once", scenarios.Until{Metric: "pending.mean", HalfWidth: 1e9, AtMost: 100}, 10, "after 10 seeds: pending.mean is known to"},
		{"never", scenarios.Until{Metric: "pending.mean", HalfWidth: 1e-9, AtMost: 17}, 17, "after 17 seeds, the most allowed: pending.mean of policy random is known to"},
		{"few allowed", scenarios.Until{Metric: "pending.mean", HalfWidth: 1e-9, AtMost: 4}, 4, "after 4 seeds, the most allowed: "},
		{"share", scenarios.Until{Metric: "pending.mean", HalfWidth: 0.05, Relative: true, AtMost: 10}, 10, "after 10 seeds"},
		{"nothing to measure", scenarios.Until{Metric: "no.such", HalfWidth: 1e9, AtMost: 12}, 12, "the most allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := loaded(t, 1, "default", "random")
			e.Until = &c.until
			for _, d := range []Dispatcher{local(e, 2), shuffling{local(e, 1), 7}} {
				got, err := Run(context.Background(), e, Options{Version: "1", Dispatcher: d})
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Seeds) != c.seeds || !strings.Contains(got.Stopped, c.stopped) {
					t.Errorf("%d seeds, want %d; %s", len(got.Seeds), c.seeds, got.Stopped)
				}
			}
		})
	}
}

// A run of an experiment is the run of the scenario with this seed.
func TestARunIsWhatItsJobSays(t *testing.T) {
	e := loaded(t, 2, "default", "random")
	do := func(job Job) Result {
		t.Helper()
		r, err := local(e, 1).Do(context.Background(), job)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	base := do(Job{Policy: 0, Seed: 1})
	if !reflect.DeepEqual(base, do(Job{Policy: 0, Seed: 1})) {
		t.Error("the same job has another result")
	}
	other, next := do(Job{Policy: 1, Seed: 1}), do(Job{Policy: 0, Seed: 2})
	if base.Inputs != other.Inputs || base.Inputs == "" {
		t.Errorf("another policy meets other input: %s, %s", base.Inputs, other.Inputs)
	}
	if base.Digest == other.Digest || base.Digest == next.Digest || base.Inputs == next.Inputs {
		t.Error("another policy or seed is no other run")
	}
	names := make([]string, 0, len(base.Measures))
	for _, m := range base.Measures {
		names = append(names, m.Name)
	}
	if !slices.Contains(names, "pending.mean") {
		t.Error("no pending time")
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("two measures of one name")
	}
}

// What is known after each run is there to be taken, and is marked as unfinished.
func TestWhatIsKnownSoFarCanBeTaken(t *testing.T) {
	e := loaded(t, 3, "default", "random")
	taken := 0
	c, err := Run(context.Background(), e, Options{Version: "1", Dispatcher: local(e, 2), SoFar: func(take func() *comparison.Comparison) {
		taken++
		if c := take(); !c.Partial || c.Runs != taken {
			t.Errorf("after %d runs: %d runs, partial %v", taken, c.Runs, c.Partial)
		}
	}})
	if err != nil || c.Partial || taken != 6 {
		t.Errorf("%d offers, %v", taken, err)
	}
}
