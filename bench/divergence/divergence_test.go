package divergence_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/bench/divergence"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
)

const small = `
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: small}
spec: {for: 1h, seed: %d}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: node}
spec: {count: 6, template: {status: {capacity: {cpu: 8, memory: 32Gi}}}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: w}
spec:
  arrivals: {type: poisson, rate: 2/m}
  runTime: {type: exponential, mean: 10m}
  template:
    apiVersion: batch/v1
    kind: Job
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: 1500m, memory: 2Gi}}}]}}}
---
apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: f}
spec: {faults: [{name: loss, target: {nodes: [node-1]}, at: 40m, for: 10m}]}
`

// favourite gives one pod's most wanted node the highest score, and all other
// pairs of pod and node none.
type favourite struct {
	pod, node string
}

func (favourite) Name() string           { return "Favourite" }
func (favourite) Reads() framework.Reads { return framework.ReadsCluster }
func (f favourite) Score(c *framework.Cycle, n framework.Node) int64 {
	if c.Pod.Name() == f.pod && n.Name() == f.node {
		return framework.MaxNodeScore
	}
	return 0
}

// side is the small scenario with this favourite and these changes.
func side(t *testing.T, seed int, f favourite, set ...string) divergence.Side {
	t.Helper()
	return func() (sim.Config, *models.Dictionary, error) {
		table := append(plugins.Table(), plugins.Entry{Name: "Favourite", Default: true, Weight: 100,
			New: func(any, *models.Dictionary) (framework.Plugin, error) { return f, nil }})
		run, err := scenarios.Load(scenarios.Input{
			Files: []scenarios.File{{Name: "small.yaml", Reader: strings.NewReader(fmt.Sprintf(small, seed))}},
			Table: table, Set: set,
		})
		if err != nil {
			return sim.Config{}, nil, err
		}
		return run.Config, run.Dictionary, nil
	}
}

// bound records which pods were bound where.
type bound struct {
	pods, nodes []string
}

func (b *bound) Observe(_ models.Time, op *models.Op, v cluster.View) {
	if op.Kind == models.OpBindPod {
		b.pods = append(b.pods, v.Pod(op.Pod).Name())
		b.nodes = append(b.nodes, v.Node(op.Node).Name())
	}
}

func bindings(t *testing.T, s divergence.Side) *bound {
	t.Helper()
	config, dictionary, err := s()
	if err != nil {
		t.Fatal(err)
	}
	run, err := sim.New(config, dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := new(bound)
	run.Cluster().Observe(b)
	if err := run.Run(nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// plant chooses a pod, and a node that it can go to but does not.
func plant(t *testing.T, seed int, plain *bound) (f favourite, victim int) {
	t.Helper()
	for i := range plain.pods {
		victim := (i + len(plain.pods)*seed/14) % len(plain.pods)
		f := favourite{pod: plain.pods[victim], node: "node-5"}
		if plain.nodes[victim] != f.node && bindings(t, side(t, seed, f)).nodes[victim] == f.node {
			return f, victim
		}
	}
	t.Fatalf("seed %d: no pod could go elsewhere", seed)
	return favourite{}, 0
}

func TestThePlantedDecisionIsNamed(t *testing.T) {
	for seed := 1; seed <= 12; seed++ {
		plain := bindings(t, side(t, seed, favourite{}))
		planted, victim := plant(t, seed, plain)
		d, err := divergence.Find(context.Background(), side(t, seed, favourite{}), side(t, seed, planted))
		if err != nil {
			t.Fatal(err)
		}
		if d.Same || d.A == nil || d.B == nil || len(d.Start) > 0 {
			t.Fatalf("seed %d: no parting found: %+v", seed, d)
		}
		pod := "default/" + planted.pod
		if d.A.Pod != pod || d.B.Pod != pod || d.A.Node != plain.nodes[victim] || d.B.Node != planted.node || d.A.At != d.B.At {
			t.Fatalf("seed %d: they part at %q and %q; want %s on %s and %s", seed, d.A.What, d.B.What, pod, plain.nodes[victim], planted.node)
		}
		checkScores(t, d, planted.node)
		if len(d.Pods) == 0 || !differs(d, pod) {
			t.Fatalf("seed %d: %s is not among the pods that fared differently", seed, pod)
		}
	}
}

// checkScores wants the planted plugin to make the difference on side B.
func checkScores(t *testing.T, d *divergence.Divergence, node string) {
	t.Helper()
	sum := func(side *divergence.Decision, name string) (favourite int64) {
		n := side.Find(name)
		if n == nil || n.Total == nil {
			t.Fatalf("no scores of %s", name)
		}
		total := int64(0)
		for i, p := range side.Plugins {
			total += n.Weighted[i]
			if p.Name == "Favourite" {
				favourite = n.Weighted[i]
			}
		}
		if total != *n.Total {
			t.Fatalf("the shares of %s sum to %d; want %d", name, total, *n.Total)
		}
		return favourite
	}
	if a, b := sum(d.A, node), sum(d.B, node); a != 0 || b != 100*framework.MaxNodeScore {
		t.Fatalf("Favourite gives %s %d and %d; want 0 and %d", node, a, b, 100*framework.MaxNodeScore)
	}
	if best := d.B.Nodes[0].Name; best != node {
		t.Fatalf("%s is the best of side B; want %s", best, node)
	}
}

func differs(d *divergence.Divergence, pod string) bool {
	for _, c := range d.Pods {
		if c.Pod == pod {
			return true
		}
	}
	return false
}

func TestEqualPoliciesDoNotPart(t *testing.T) {
	d, err := divergence.Find(context.Background(), side(t, 3, favourite{}), side(t, 3, favourite{}))
	if err != nil || !d.Same || d.A != nil || d.B != nil || len(d.Pods) > 0 || len(d.Owners) > 0 || d.PodsSame == 0 {
		t.Fatalf("got %+v, %v", d, err)
	}
}

func TestAnotherClusterIsToldApartFromDecisions(t *testing.T) {
	d, err := divergence.Find(context.Background(), side(t, 3, favourite{}), side(t, 3, favourite{}, "NodeGroup/node.spec.count=8"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "only B has 2 of the nodes: node-6 to node-7"; len(d.Start) != 1 || d.Start[0] != want {
		t.Errorf("start %q; want %q", d.Start, want)
	}
	if d.Same || d.A.Pod == "" {
		t.Errorf("they do not part at a decision about a pod: %+v", d.A)
	}
}

func TestAPolicyThatStopsDecidingPartsWhereTheOtherGoesOn(t *testing.T) {
	d, err := divergence.Find(context.Background(), side(t, 3, favourite{}), side(t, 3, favourite{}, "Scenario.spec.for=50m"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Same || d.A == nil || d.B != nil || d.A.At < 3000 {
		t.Errorf("got %+v and %+v; want a decision of A after 50 minutes and none of B", d.A, d.B)
	}
}

func TestFindStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	long := side(t, 3, favourite{}, "Scenario.spec.for=300h")
	if _, err := divergence.Find(ctx, long, long); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v; want %v", err, context.Canceled)
	}
}
