package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim"
)

// packed is a cluster whose scheduler fills one node before the next.
const packed = `apiVersion: podsim/v1alpha1
kind: Scenario
spec:
  for: 31m
  scheduler: {profile: most-allocated, plugins: [{name: PodTopologySpread, disabled: true}]}
  eviction: {descheduler: {interval: 10m}}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec: {count: 3, template: {status: {capacity: {cpu: 4, memory: 16Gi, pods: 110}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 6
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, resources: {requests: {cpu: 500m, memory: 1Gi}}}]}
---
`

// policyOf is a DeschedulerPolicy with one profile.
func policyOf(profile string) string {
	return "apiVersion: descheduler/v1alpha2\nkind: DeschedulerPolicy\nprofiles:\n- " + profile + "\n"
}

// evictions writes down what the descheduler does.
type evictions struct{ lines []string }

func (e *evictions) Observe(now models.Time, op *models.Op, v cluster.View) {
	d := v.Dictionary()
	if op.Kind == models.OpEvictPod {
		e.lines = append(e.lines, fmt.Sprintf("%s %s from %s: %s", now, d.String(op.Name), v.Node(v.Pod(op.Pod).Node()).Name(), d.String(op.Reason)))
	}
}

// TestUseIsLoweredAndPackedAgain shows the loop of two policies that do not go together:
// the descheduler takes pods from the node with much use, and the scheduler puts them back
// there.
func TestUseIsLoweredAndPackedAgain(t *testing.T) {
	run := mustLoad(t, input(packed+policyOf(`{pluginConfig: [{name: LowNodeUtilization, args: {thresholds: {cpu: 20}, targetThresholds: {cpu: 50}}}],
  plugins: {balance: {enabled: [LowNodeUtilization]}}}`)))
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	var seen evictions
	s.Cluster().Observe(&seen)
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, at := range []string{"10m0s", "20m0s", "30m0s"} {
		for range 2 {
			want = append(want, at+" sigs.k8s.io.descheduler from workers-0: LowNodeUtilization")
		}
	}
	if got := strings.Join(seen.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("evicted\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// TestWhatIsWrongWithADeschedulerPolicy shows that strategies and their arguments are
// checked as the descheduler does it, with their places.
func TestWhatIsWrongWithADeschedulerPolicy(t *testing.T) {
	config := func(name, args string) string {
		return fmt.Sprintf("{name: p, pluginConfig: [{name: %s, args: {%s}}]}", name, args)
	}
	const args = "profiles[0].pluginConfig[0].args"
	tests := map[string]struct{ profile, want string }{
		"unknown plugin":     {"{pluginConfig: [{name: PodLifetime}]}", `profiles[0].pluginConfig[0].name: unknown plugin "PodLifetime"; did you mean "PodLifeTime"?`},
		"unknown strategy":   {"{plugins: {deschedule: {enabled: [PodLifetime]}}}", `profiles[0].plugins.deschedule.enabled[0]: unknown strategy "PodLifetime"; did you mean "PodLifeTime"?`},
		"wrong point":        {"{plugins: {deschedule: {enabled: [RemoveDuplicates]}}}", "profiles[0].plugins.deschedule.enabled[0]: RemoveDuplicates does not serve deschedule"},
		"enabled twice":      {"{pluginConfig: [{name: RemoveDuplicates}], plugins: {balance: {enabled: [RemoveDuplicates, RemoveDuplicates]}}}", "profiles[0].plugins.balance.enabled[1]: RemoveDuplicates is enabled twice"},
		"not configured":     {"{plugins: {balance: {enabled: [RemoveDuplicates]}}}", "profiles[0].plugins.balance.enabled[0]: RemoveDuplicates stands nowhere in pluginConfig"},
		"not measured":       {config("LowNodeUtilization", "thresholds: {cpu: 20}, targetThresholds: {cpu: 50}, metricsUtilization: {source: KubernetesMetrics}"), args + ".metricsUtilization: nothing is measured for it; want metricsProviders: [{source: KubernetesMetrics}] in the policy"},
		"class too high":     {config("DefaultEvictor", "priorityThreshold: {name: system-node-critical}"), args + ".priorityThreshold.name: got 2000001000; want at most 2000000000"},
		"configured twice":   {"{pluginConfig: [{name: RemoveDuplicates}, {name: RemoveDuplicates}]}", "profiles[0].pluginConfig[1].name: RemoveDuplicates is configured twice"},
		"unknown argument":   {config("RemoveDuplicates", "excludeOwnerKind: []"), args + `.excludeOwnerKind: unknown field "excludeOwnerKind"; did you mean "excludeOwnerKinds"?`},
		"both lists":         {config("RemoveDuplicates", "namespaces: {include: [a], exclude: [b]}"), args + ".namespaces: include and exclude are both given"},
		"no thresholds":      {config("LowNodeUtilization", "targetThresholds: {cpu: 50}"), args + ".thresholds: there are no thresholds"},
		"threshold too high": {config("HighNodeUtilization", "thresholds: {cpu: 120}"), args + ".thresholds.cpu: out of range (got 120; want 0 to 100)"},
		"upside down":        {config("LowNodeUtilization", "thresholds: {cpu: 60}, targetThresholds: {cpu: 50}"), args + ".thresholds.cpu: got 60; want at most what targetThresholds have, which is 50"},
		"other resources":    {config("LowNodeUtilization", "thresholds: {cpu: 20, memory: 20}, targetThresholds: {memory: 50}"), args + ".targetThresholds: cpu is missing, which thresholds have"},
		"included":           {config("HighNodeUtilization", "thresholds: {cpu: 20}, evictableNamespaces: {include: [a]}"), args + ".evictableNamespaces.include: namespaces cannot be included here; want exclude"},
		"mode":               {config("HighNodeUtilization", "thresholds: {cpu: 20}, evictionModes: [Only]"), args + `.evictionModes[0]: unknown mode "Only"`},
		"Prometheus":         {config("LowNodeUtilization", "thresholds: {cpu: 20}, targetThresholds: {cpu: 50}, metricsUtilization: {source: Prometheus}"), args + ".metricsUtilization.source: podsim has no Prometheus"},
		"constraint":         {config("RemovePodsViolatingTopologySpreadConstraint", "constraints: [Schedule]"), args + `.constraints[0]: unknown constraint "Schedule"`},
		"no affinity":        {config("RemovePodsViolatingNodeAffinity", ""), args + ": nodeAffinityType is missing"},
		"both taints":        {config("RemovePodsViolatingNodeTaints", "includedTaints: [a], excludedTaints: [b]"), args + ".includedTaints: includedTaints and excludedTaints are both given"},
		"no restarts":        {config("RemovePodsHavingTooManyRestarts", ""), args + ".podRestartThreshold: must be >= 1 (got 0)"},
		"state":              {config("RemovePodsHavingTooManyRestarts", "podRestartThreshold: 1, states: [CrashLoop]"), args + `.states[0]: unknown state "CrashLoop"`},
		"no life time":       {config("PodLifeTime", ""), args + ": want maxPodLifeTimeSeconds, states, conditions or exitCodes"},
		"condition":          {config("PodLifeTime", "conditions: [{type: Redy}]"), args + `.conditions[0].type: unknown condition "Redy"; did you mean "Ready"?`},
		"class":              {config("DefaultEvictor", "priorityThreshold: {name: nobody}"), args + `.priorityThreshold.name: unknown PriorityClass "nobody"`},
		"protections":        {config("DefaultEvictor", "evictDaemonSetPods: true, podProtections: {extraEnabled: [PodsWithPVC]}"), args + ".evictDaemonSetPods: cannot stand beside podProtections; want DaemonSetPods there"},
		"age":                {config("DefaultEvictor", "minPodAge: soon"), args + `.minPodAge: got "soon"; want a duration such as 5m`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := loadError(t, input(packed+policyOf(test.profile)))
			if !strings.Contains(got, test.want) || strings.Contains(got, "\n") || !strings.HasPrefix(got, "s.yaml:") {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}
