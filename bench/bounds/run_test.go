package bounds

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// used counts the nodes with a pod: the most at the end of any moment.
type used struct {
	now  models.Time
	most int
	view cluster.View
}

func (u *used) Observe(now models.Time, _ *models.Op, v cluster.View) {
	if now > u.now {
		u.look()
		u.now = now
	}
	u.view = v
}

func (u *used) look() {
	n := 0
	for id := range u.view.Nodes() {
		if len(u.view.Node(models.NodeID(id)).Pods()) > 0 {
			n++
		}
	}
	u.most = max(u.most, n)
}

// bounded is a run with what it came to and what was proven of it.
type bounded struct {
	run      *scenarios.Run
	measures map[string]float64
	bounds   map[string]float64
	nodes    int64 // that the pods at the peak need
	used     int
}

// simulate runs a scenario with its bounds.
func simulate(t *testing.T, in scenarios.Input, warmUp time.Duration, countUsed bool) *bounded {
	t.Helper()
	run, err := scenarios.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	config := reports.Config{Horizon: run.Config.Horizon, WarmUp: warmUp, Prices: make(map[string]float64)}
	for _, g := range run.Groups {
		if g.Price > 0 {
			config.Prices[g.Name] = g.Price
		}
	}
	recorder, err := reports.NewRecorder(config, s.Cluster().View())
	if err != nil {
		t.Fatal(err)
	}
	observer := NewObserver(s.Cluster().View(), run.Groups, models.Time(warmUp))
	s.Cluster().Observe(recorder)
	s.Cluster().Observe(observer)
	u := &used{view: s.Cluster().View()}
	if countUsed {
		s.Cluster().Observe(u)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	summary, err := recorder.Finish(s.End(true))
	if err != nil {
		t.Fatal(err)
	}
	b := &bounded{run: run, measures: make(map[string]float64), bounds: make(map[string]float64)}
	for _, m := range summary.Measures() {
		if m.Value != nil {
			b.measures[m.Name] = *m.Value
		}
	}
	for _, m := range observer.Measures(s.End(true), summary) {
		b.bounds[m.Name] = *m.Value
	}
	u.look()
	b.nodes, _ = observer.atPeak()
	b.used = u.most
	return b
}

// check holds every bound against the run's own value.
func (b *bounded) check(t *testing.T, countUsed bool) {
	t.Helper()
	for name, bound := range b.bounds {
		if value, ok := b.measures[name]; !ok || bound > value {
			t.Errorf("%s: the bound is %g, the run has %g", name, bound, value)
		}
	}
	if countUsed && b.nodes > int64(b.used) {
		t.Errorf("the pods at the peak need %d nodes, the run used %d", b.nodes, b.used)
	}
}

func TestNoBoundExceedsARunsOwnValue(t *testing.T) {
	for _, e := range scenarios.Embedded() {
		if len(e.Data) > 0 {
			continue
		}
		for i, profile := range []string{"default", "most-allocated", "first-fit"} {
			t.Run(e.Name+"/"+profile, func(t *testing.T) {
				seed := uint64(1 + i)
				b := simulate(t, scenarios.Input{
					Files: []scenarios.File{e.File()}, Seed: &seed, For: 12 * time.Hour,
					Set: []string{"Scenario.spec.scheduler.profile=" + profile},
				}, time.Duration(i)*time.Hour, false)
				b.check(t, false)
				for _, name := range []string{NodeHours} {
					if b.bounds[name] == 0 {
						t.Errorf("%s has no bound", name)
					}
				}
				t.Logf("%v of %g node hours, cost %g, makespan %g, mean pending %g", b.bounds,
					b.measures[NodeHours], b.measures[Cost], b.measures[Makespan], b.measures[PendingMean])
			})
		}
	}
}

// overload draws a small cluster of several groups and more work than it can do at
// once, some of it held to one of the groups.
func overload(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("apiVersion: podsim/v1alpha1\nkind: Scenario\nmetadata: {name: overload}\nspec: {for: 2h}\n")
	groups := 1 + r.IntN(3)
	for g := range groups {
		fmt.Fprintf(&b, `---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: g%d}
spec:
  count: %d
  price: %g
  template: {metadata: {labels: {pool: p%d}}, status: {capacity: {cpu: %d, memory: %dGi, pods: %d}}}
`, g, 1+r.IntN(4), float64(r.IntN(50))/10, g, 2+r.IntN(15), 4+r.IntN(60), 5+r.IntN(30))
	}
	for w := range 1 + r.IntN(4) {
		selector := ""
		if r.IntN(3) == 0 {
			selector = fmt.Sprintf("nodeSelector: {pool: p%d}, ", r.IntN(groups))
		}
		arrivals := fmt.Sprintf("{type: once, count: %d, at: %dm}", 1+r.IntN(40), r.IntN(30))
		if r.IntN(2) == 0 {
			arrivals = fmt.Sprintf("{type: poisson, rate: %d/h, until: 1h}", 20+r.IntN(200))
		}
		policy, work := "Never", fmt.Sprintf("runTime: {type: exponential, mean: %dm}", 1+r.IntN(15))
		if r.IntN(4) == 0 {
			policy, work = "Always", fmt.Sprintf("lifetime: {type: exponential, mean: %dm}", 5+r.IntN(60))
		}
		fmt.Fprintf(&b, `---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: w%d}
spec:
  arrivals: %s
  %s
  template:
    apiVersion: v1
    kind: Pod
    spec: {restartPolicy: %s, %scontainers: [{name: m, image: i, resources: {requests: {cpu: %dm, memory: %dMi}}}]}
`, w, arrivals, work, policy, selector, 100+r.IntN(1900), r.IntN(4000))
	}
	return b.String()
}

func TestNoBoundExceedsAnyPolicyUnderOverload(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	tight := make(map[string]int)
	for trial := range 40 {
		text := overload(r)
		warmUp := time.Duration(r.IntN(3)) * 10 * time.Minute
		for _, profile := range []string{"default", "most-allocated", "worst-fit", "random"} {
			b := simulate(t, scenarios.Input{
				Files: []scenarios.File{{Name: "overload.yaml", Reader: strings.NewReader(text)}},
				Set:   []string{"Scenario.spec.scheduler.profile=" + profile},
			}, warmUp, true)
			b.check(t, true)
			if t.Failed() {
				t.Fatalf("trial %d, %s, warm-up %s\n%s", trial, profile, warmUp, text)
			}
			for name, bound := range b.bounds {
				if share := map[bool]float64{true: 0.1, false: 0.5}[name == PendingMean]; bound > float64(b.measures[name]*share) {
					tight[name]++
				}
			}
			if b.nodes*2 > int64(b.used) {
				tight[NodesUsed]++
			}
		}
	}
	t.Logf("close, of 160: %v", tight)
	for _, name := range []string{NodesUsed, NodeHours, Cost, Makespan, PendingMean} {
		if least := map[bool]int{true: 8, false: 16}[name == PendingMean]; tight[name] < least {
			t.Errorf("%s: the bound is close to the value in %d of 160 runs only", name, tight[name])
		}
	}
}

// A burst of equal pods on one node: the bounds are what happens.
func TestABurstOfEqualPodsMeetsItsBounds(t *testing.T) {
	text := `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: burst}
spec: {latencies: {profile: none}}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec: {count: 2, price: 3, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: w}
spec:
  arrivals: {type: once, count: 40, at: 1m}
  runTime: 10m
  template:
    apiVersion: v1
    kind: Pod
    spec: {restartPolicy: Never, containers: [{name: m, image: i, resources: {requests: {cpu: 1}}}]}
`
	b := simulate(t, scenarios.Input{Files: []scenarios.File{{Name: "burst.yaml", Reader: strings.NewReader(text)}}}, 0, true)
	b.check(t, true)
	// 40 pods, 8 at a time: five rounds of ten minutes, of which the pods wait 0 to 4.
	for name, want := range map[string]float64{Makespan: 3000, PendingMean: 1200, NodeHours: 1.666, Cost: 5} {
		if got := b.bounds[name]; got < want*0.998 {
			t.Errorf("%s: the bound is %g; want %g (the run has %g)", name, got, want, b.measures[name])
		}
	}
	if b.nodes != 2 {
		t.Errorf("the pods at the peak need %d nodes; want 2", b.nodes)
	}
}
