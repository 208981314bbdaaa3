package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/sim"
)

// randomScenario is a cluster in which Jobs and Deployments come and go and nodes crash.
func randomScenario(r *rand.Rand) string {
	policy := []string{"", "", "  scheduler: {profile: most-allocated}\n", "  scheduler: {ties: random}\n"}[r.IntN(4)]
	return fmt.Sprintf(`apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: random}
spec:
  for: 4h
  seed: %d
  latencies: {profile: none}
%s---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec:
  count: %d
  zones: [a, b]
  template: {status: {capacity: {cpu: %d, memory: 32Gi, pods: %d}}}
---
apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: crashes}
spec: {faults: [{name: crash, action: crash, scope: perNode, every: {type: exponential, mean: 2h}, for: {type: exponential, mean: 20m}}]}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: jobs}
spec:
  arrivals: {type: poisson, rate: %d/h}
  runTime: {type: exponential, mean: 20m}
  template:
    apiVersion: batch/v1
    kind: Job
    spec:
      template:
        metadata: {labels: {app: w}}
        spec:
          restartPolicy: Never
          containers: [{name: c, image: i, resources: {requests: {cpu: %dm, memory: 1Gi}}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 300m}}}]}
`, r.IntN(1000), policy, 2+r.IntN(7), 2+r.IntN(7), 8+r.IntN(40), 2+r.IntN(20), 200+r.IntN(1500), 1+r.IntN(6))
}

// copies is a pod to ask about, and n of them with names.
func copies(r *rand.Rand) func(n int) string {
	spec := fmt.Sprintf(`containers: [{name: c, image: i, resources: {requests: {cpu: %dm, memory: %dMi}}}]`, 100+r.IntN(900), 64+r.IntN(2000))
	if r.IntN(3) == 0 {
		spec = `topologySpreadConstraints: [{maxSkew: 2, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: copy}}}], ` + spec
	}
	return func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "---\n{apiVersion: v1, kind: Pod, metadata: {name: copy-%d, labels: {app: copy}}, spec: {%s}}\n", i, spec)
		}
		return b.String()
	}
}

// addedTo runs a scenario up to a moment, adds pods, and counts those that found a node.
func addedTo(t *testing.T, scenario, at, pods string) (bound int) {
	t.Helper()
	run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: scenario}}, At: []string{at + " apply -f " + pods}})
	if err != nil {
		t.Fatal(err)
	}
	run.Config.Horizon = run.Config.Steps[0].At + 1
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	for pod := range s.Cluster().View().Live() {
		if strings.HasPrefix(pod.Name(), "copy-") && pod.Node() >= 0 {
			bound++
		}
	}
	return bound
}

// As many copies fit at a moment as find a node if they are added to the run then.
func TestFitAtAMomentIsWhatARunWouldTake(t *testing.T) {
	folder := t.TempDir()
	scenario, one, many := filepath.Join(folder, "s.yaml"), filepath.Join(folder, "one.yaml"), filepath.Join(folder, "many.yaml")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	full := 0
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		of := copies(r)
		write(scenario, randomScenario(r))
		write(one, of(1))
		at := fmt.Sprintf("%dm%dms", 5+r.IntN(230), 101+r.IntN(800)) // nothing else happens at that instant
		var out, problems bytes.Buffer
		if code := Main([]string{"fit", scenario, "--at", at, "--pod", one, "-o", "json"}, strings.NewReader(""), &out, &problems); code != ExitPass {
			t.Fatalf("seed %d: exit code %d: %s", seed, code, problems.String())
		}
		var fit place.Fit
		if err := json.Unmarshal(out.Bytes(), &fit); err != nil {
			t.Fatal(err)
		}
		write(many, of(fit.Pods+3))
		if got := addedTo(t, scenario, at, many); got != fit.Pods {
			t.Errorf("seed %d at %s: %d of %d pods found a node; want %d, which fit", seed, at, got, fit.Pods+3, fit.Pods)
		}
		if fit.Pods == 0 {
			full++
		}
	}
	if full > 25 {
		t.Errorf("%d of 50 clusters were full; want room in most", full)
	}
}
