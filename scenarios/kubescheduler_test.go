package scenarios_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

const kubeScheduler = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"

func schedulerFile(text string) *scenarios.File {
	return &scenarios.File{Name: "k.yaml", Reader: strings.NewReader(kubeScheduler + text)}
}

// configured loads the base scenario with a KubeSchedulerConfiguration.
func configured(t *testing.T, text string) *scenarios.Run {
	t.Helper()
	run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(base)}},
		Scheduler: schedulerFile(text)})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// asked lists who is asked at a point.
func asked(p *scheduler.Profile, at framework.Point) string { return strings.Join(p.Order[at], " ") }

func plugin(t *testing.T, p *scheduler.Profile, name string) *scheduler.Plugin {
	t.Helper()
	i := slices.IndexFunc(p.Plugins, func(q scheduler.Plugin) bool { return q.Name == name })
	if i < 0 {
		t.Fatalf("no plugin %s in %v", name, p.Plugins)
	}
	return &p.Plugins[i]
}

func TestAnEmptySchedulerConfigurationIsTheDefault(t *testing.T) {
	run := configured(t, "")
	got, want := run.Config.Scheduler, scheduler.DefaultConfig(plugins.Table())
	if len(got.Profiles) != 1 || got.Queue != want.Queue || got.Profiles[0].SchedulerName != "default-scheduler" {
		t.Fatalf("got %+v", got)
	}
	p, d := &got.Profiles[0], &want.Profiles[0]
	for i, entry := range plugins.Table()[:len(d.Plugins)] {
		if p.Plugins[i].Name != entry.Name || p.Plugins[i].Off != 0 || p.Plugins[i].Weight != int64(max(entry.Weight, 1)) {
			t.Errorf("plugin %d: got %+v, want %s of weight %d", i, p.Plugins[i], entry.Name, entry.Weight)
		}
	}
	if p.PercentageOfNodesToScore != 0 || p.Ties != engine.TiesHeap || len(p.Plugins) != len(d.Plugins) {
		t.Errorf("got %+v", p)
	}
}

func TestPluginsAreMergedWithTheDefaults(t *testing.T) {
	run := configured(t, `
percentageOfNodesToScore: 30
podInitialBackoffSeconds: 2
podMaxBackoffSeconds: 60
profiles:
- schedulerName: a
  percentageOfNodesToScore: 70
  plugins:
    multiPoint:
      enabled: [{name: ImageLocality, weight: 9}, {name: TaintToleration}, {name: BestFit}]
      disabled: [{name: NodeDeclaredFeatures}, {name: NodePorts}]
    filter: {enabled: [{name: PodTopologySpread}, {name: NodeResourcesFit}], disabled: [{name: NodeName}]}
    score: {enabled: [{name: InterPodAffinity, weight: 4}, {name: WorstFit}], disabled: [{name: NodeAffinity}]}
    preScore: {disabled: [{name: NodeAffinity}]}
    postFilter: {disabled: [{name: "*"}]}
- schedulerName: b
  plugins:
    multiPoint: {disabled: [{name: "*"}], enabled: [{name: DefaultBinder}, {name: PrioritySort}, {name: NodeResourcesFit, weight: 2}]}
`)
	c := run.Config.Scheduler
	if c.Queue.InitialBackoff != 2*time.Second || c.Queue.MaxBackoff != time.Minute {
		t.Errorf("queue %+v", c.Queue)
	}
	a, b := &c.Profiles[0], &c.Profiles[1]
	if a.PercentageOfNodesToScore != 70 || b.PercentageOfNodesToScore != 30 {
		t.Errorf("percentages %d and %d", a.PercentageOfNodesToScore, b.PercentageOfNodesToScore)
	}
	for _, want := range []struct {
		profile *scheduler.Profile
		at      framework.Point
		names   string
	}{
		{a, framework.AtFilter, "PodTopologySpread NodeResourcesFit NodeUnschedulable TaintToleration NodeAffinity " +
			"VolumeRestrictions NodeVolumeLimits VolumeBinding VolumeZone InterPodAffinity DynamicResources"},
		{a, framework.AtScore, "InterPodAffinity TaintToleration NodeResourcesFit VolumeBinding PodTopologySpread " +
			"DynamicResources NodeResourcesBalancedAllocation ImageLocality BestFit WorstFit"},
		{a, framework.AtPostFilter, ""},
		{a, framework.AtQueueSort, "PrioritySort"},
		{b, framework.AtFilter, "NodeResourcesFit"},
		{b, framework.AtScore, "NodeResourcesFit"},
		{b, framework.AtPreEnqueue, ""},
		{b, framework.AtBind, "DefaultBinder"},
	} {
		if got := asked(want.profile, want.at); got != want.names {
			t.Errorf("%s at %s:\ngot  %s\nwant %s", want.profile.SchedulerName, want.at, got, want.names)
		}
	}
	weights := map[string]int64{}
	for _, name := range []string{"ImageLocality", "TaintToleration", "InterPodAffinity", "WorstFit", "PodTopologySpread"} {
		weights[name] = plugin(t, a, name).Weight
	}
	want := map[string]int64{"ImageLocality": 9, "TaintToleration": 1, "InterPodAffinity": 4, "WorstFit": 1, "PodTopologySpread": 2}
	if diff := cmp.Diff(want, weights); diff != "" {
		t.Errorf("weights: %s", diff)
	}
	off := plugin(t, a, "NodeAffinity").Off
	if !off.Has(framework.AtScore) || !off.Has(framework.AtPreScore) || off.Has(framework.AtFilter) {
		t.Errorf("NodeAffinity is off at %b; want the two points of scoring", off)
	}
}

func TestArgumentsOfPluginsAreRead(t *testing.T) {
	run := configured(t, `
profiles:
- pluginConfig:
  - name: NodeResourcesFit
    args: {apiVersion: kubescheduler.config.k8s.io/v1, kind: NodeResourcesFitArgs, scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 3}]}}
  - name: DefaultPreemption
    args: {minCandidateNodesPercentage: 0}
  - name: VolumeBinding
    args: {bindTimeoutSeconds: 5}
  - name: DynamicResources
    args: {filterTimeout: 0s, bindingTimeout: 2m}
  - name: ImageLocality
    args: {}
  - name: InterPodAffinity
`)
	p := &run.Config.Scheduler.Profiles[0]
	fit := &plugins.NodeResourcesFitArgs{
		TypeMeta:        plugins.TypeMeta{APIVersion: "kubescheduler.config.k8s.io/v1", Kind: "NodeResourcesFitArgs"},
		ScoringStrategy: &plugins.ScoringStrategy{Type: plugins.MostAllocated, Resources: []plugins.ResourceSpec{{Name: "cpu", Weight: 3}}},
	}
	if diff := cmp.Diff(any(fit), plugin(t, p, "NodeResourcesFit").Args); diff != "" {
		t.Error(diff)
	}
	if args := plugin(t, p, "ImageLocality").Args; args != nil {
		t.Errorf("ImageLocality has arguments %v", args)
	}
	if args, ok := plugin(t, p, "DynamicResources").Args.(*plugins.DynamicResourcesArgs); !ok || *args.BindingTimeout != 2*time.Minute {
		t.Errorf("arguments of DynamicResources: %v", plugin(t, p, "DynamicResources").Args)
	}
}

// What is told begins at line 3.
func TestProblemsOfASchedulerConfiguration(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown field":     {"percentageOfNodeToScore: 3\n", `k.yaml:3:1: percentageOfNodeToScore: unknown field "percentageOfNodeToScore"; did you mean "percentageOfNodesToScore"?`},
		"given twice":       {"parallelism: 3\nparallelism: 4\n", `k.yaml:4:1: `},
		"percentage":        {"percentageOfNodesToScore: 101\n", "k.yaml:3:27: percentageOfNodesToScore: out of range (got 101; want 0 to 100)"},
		"parallelism":       {"parallelism: 0\n", "k.yaml:3:14: parallelism: must be > 0 (got 0)"},
		"backoff":           {"podInitialBackoffSeconds: 20\n", "podMaxBackoffSeconds: must be >= podInitialBackoffSeconds (got 10 and 20)"},
		"no backoff":        {"podInitialBackoffSeconds: 0\n", "k.yaml:3:27: podInitialBackoffSeconds: must be > 0 (got 0)"},
		"endless backoff":   {"podMaxBackoffSeconds: 9223372036854775807\n", "out of range (got 9223372036854775807; want at most 9223372036)"},
		"lease":             {"leaderElection: {leaderElect: true, leaseDuration: 5s}\n", "leaderElection.leaseDuration: must be > renewDeadline (got 5s and 10s)"},
		"burst":             {"clientConnection: {burst: -1}\n", "k.yaml:3:27: clientConnection.burst: must be >= 0 (got -1)"},
		"nameless profile":  {"profiles: [{}, {schedulerName: a}]\n", "k.yaml:3:12: profiles[0].schedulerName: schedulerName is missing"},
		"same name":         {"profiles: [{schedulerName: a}, {schedulerName: a}]\n", `profiles[1].schedulerName: a second profile for "a"; the first is profiles[0]`},
		"unlike queues":     {"profiles: [{schedulerName: a}, {schedulerName: b, plugins: {queueSort: {enabled: [{name: PrioritySort}]}}}]\n", "profiles[1].plugins.queueSort: all profiles share one queue; want the same as in profiles[0]"},
		"unknown plugin":    {"profiles: [{plugins: {score: {enabled: [{name: NodeResourceFit}]}}}]\n", `k.yaml:3:48: profiles[0].plugins.score.enabled[0].name: unknown plugin "NodeResourceFit"; did you mean "NodeResourcesFit"? (known: SchedulingGates, `},
		"misspelt disabled": {"profiles: [{plugins: {score: {disabled: [{name: ImageLocalty}]}}}]\n", `did you mean "ImageLocality"?`},
		"removed plugin":    {"profiles: [{plugins: {filter: {enabled: [{name: EBSLimits}]}}}]\n", `plugin "EBSLimits" was removed from Kubernetes`},
		"gang plugin":       {"profiles: [{plugins: {multiPoint: {enabled: [{name: GangScheduling}]}}}]\n", `plugin "GangScheduling" is not simulated`},
		"wrong point":       {"profiles: [{plugins: {score: {enabled: [{name: NodeName}]}}}]\n", "profiles[0].plugins.score.enabled[0].name: NodeName does not serve score (it serves filter)"},
		"enabled twice":     {"profiles: [{plugins: {score: {enabled: [{name: ImageLocality}, {name: ImageLocality}]}}}]\n", "profiles[0].plugins.score.enabled[1].name: ImageLocality is enabled twice"},
		"everywhere twice":  {"profiles: [{plugins: {multiPoint: {enabled: [{name: NodeName}, {name: NodeName}]}}}]\n", "NodeName is enabled twice"},
		"negative weight":   {"profiles: [{plugins: {score: {enabled: [{name: ImageLocality, weight: -2}]}}}]\n", "profiles[0].plugins.score.enabled[0].weight: must be >= 0 (got -2)"},
		"no queue":          {"profiles: [{plugins: {queueSort: {disabled: [{name: '*'}]}}}]\n", "profiles[0].plugins.queueSort: 0 plugins sort the queue; want one (PrioritySort does)"},
		"no binder":         {"profiles: [{plugins: {bind: {disabled: [{name: DefaultBinder}]}}}]\n", "profiles[0].plugins.bind: no plugin binds pods (DefaultBinder does)"},
		"blind filter":      {"profiles: [{plugins: {preFilter: {disabled: [{name: NodePorts}]}}}]\n", "NodePorts is enabled at filter, but not at preFilter, where it collects what it needs there: attempts would fail"},
		"unknown args":      {"profiles: [{pluginConfig: [{name: NodeResourcesFits}]}]\n", `profiles[0].pluginConfig[0].name: unknown plugin "NodeResourcesFits"; did you mean "NodeResourcesFit"?`},
		"args twice":        {"profiles: [{pluginConfig: [{name: NodeAffinity}, {name: NodeAffinity}]}]\n", "profiles[0].pluginConfig[1].name: NodeAffinity is configured twice"},
		"wrong args":        {"profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Most}}}]}]\n", `k.yaml:3:84: profiles[0].pluginConfig[0].args.scoringStrategy.type: unknown strategy (got "Most"`},
		"unknown arg":       {"profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {strategy: x}}]}]\n", `args.strategy: unknown field "strategy"`},
		"other args":        {"profiles: [{pluginConfig: [{name: VolumeBinding, args: {kind: NodeAffinityArgs}}]}]\n", "profiles[0].pluginConfig[0].args.kind: arguments of another plugin"},
		"short timeout":     {"profiles: [{pluginConfig: [{name: DynamicResources, args: {bindingTimeout: 1ms}}]}]\n", "args.bindingTimeout: out of range (got 1ms; want at least 1s)"},
		"extender weight":   {"extenders: [{urlPrefix: 'http://x', prioritizeVerb: p}]\n", "extenders[0].weight: must be > 0 with prioritizeVerb (got 0)"},
		"two binders":       {"extenders: [{urlPrefix: a, bindVerb: b}, {urlPrefix: c, bindVerb: b}]\n", "extenders[1].bindVerb: only one extender can bind"},
		"managed twice":     {"extenders: [{urlPrefix: x, managedResources: [{name: a/b}, {name: a/b}]}]\n", `extenders[0].managedResources[1].name: "a/b" is managed already`},
		"two documents":     {"---\n" + kubeScheduler, "k.yaml:4:1: a second KubeSchedulerConfiguration; the first is at k.yaml:1"},
		"foreign document":  {"---\nkind: Pod\napiVersion: v1\n", `k.yaml:4:7: kind: unknown kind "Pod" (known: KubeSchedulerConfiguration)`},
	} {
		t.Run(name, func(t *testing.T) {
			got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(base)}},
				Scheduler: schedulerFile(c.text)})
			if !strings.Contains(got, c.want) || strings.Count(got, "\n") > 0 {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestOnlyTheServedVersionIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration\n": `apiVersion: version "kubescheduler.config.k8s.io/v1beta3" is not read; Kubernetes 1.36 has kubescheduler.config.k8s.io/v1`,
		"kind: KubeSchedulerConfiguration\n":                                                  "apiVersion is missing; want kubescheduler.config.k8s.io/v1",
		"apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfigurations\n":     `kind: unknown kind "KubeSchedulerConfigurations"; did you mean "KubeSchedulerConfiguration"?`,
		kubeScheduler + "---\n" + kubeScheduler:                                               "s.yaml:19:1: a second KubeSchedulerConfiguration; the first is at s.yaml:16",
		kubeScheduler + "---\n" + document("Scenario", "x", "{}"):                             "a second Scenario",
	} {
		got := loadError(t, scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(base + text)}}})
		if !strings.Contains(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestASchedulerConfigurationInTheStream(t *testing.T) {
	load := func(scheduler, text string) (*scenarios.Run, error) {
		return scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(
			"apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {for: 1h, scheduler: " + scheduler + "}\n---\n" + kubeScheduler + text + "---\napiVersion: v1\nkind: Node\nmetadata: {name: node}\n")}}})
	}
	run, err := load("{ties: first}", "percentageOfNodesToScore: 12\n")
	if err != nil {
		t.Fatal(err)
	}
	if p := run.Config.Scheduler.Profiles[0]; p.PercentageOfNodesToScore != 12 || p.Ties != engine.TiesFirst {
		t.Errorf("got %+v", p)
	}
	_, err = load("{profile: best-fit}", "")
	want := "s.yaml:3:28: spec.scheduler: the KubeSchedulerConfiguration at s.yaml:5 says how the scheduler decides; want nothing but ties here"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestWhatBecomesOfASchedulerConfigurationIsTold(t *testing.T) {
	run := configured(t, `parallelism: 8
percentageOfNodesToScore: 50
clientConnection: {}
extenders: [{urlPrefix: "http://a"}, {urlPrefix: "http://b"}]
profiles: [{schedulerName: a}, {schedulerName: b, plugins: {score: {disabled: [{name: ImageLocality}]}}}]
`)
	type line struct {
		Field   string
		Verdict string
		Count   int
		At      string
	}
	var got []line
	for _, e := range run.Audit {
		if e.Kind == "KubeSchedulerConfiguration" {
			got = append(got, line{e.Field, e.Verdict.String(), e.Count, e.Places[0].Path})
		}
	}
	want := []line{
		{"", "used", 1, ""},
		{"extenders", "ignored-matters", 1, "extenders"},
		{"parallelism", "ignored-harmless", 1, "parallelism"},
		{"percentageOfNodesToScore", "used", 1, "percentageOfNodesToScore"},
		{"profiles[*].schedulerName", "used", 2, "profiles[0].schedulerName"},
		{"profiles[*].plugins.score", "used", 1, "profiles[1].plugins.score"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if manifest.Matters.String() != "ignored-matters" {
		t.Error("--strict looks for another verdict")
	}
}

func TestAWorldMayHaveASchedulerConfiguration(t *testing.T) {
	const node = "apiVersion: v1\nkind: Node\nmetadata: {name: node}\n---\n"
	load := func(text string) (*scenarios.World, error) {
		return scenarios.LoadWorld(scenarios.Input{Files: []scenarios.File{{Name: "w.yaml", Reader: strings.NewReader(node + text)}}})
	}
	w, err := load(kubeScheduler + "percentageOfNodesToScore: 12\n")
	if err != nil || w.Scheduler == nil || w.Scheduler.Profiles[0].PercentageOfNodesToScore != 12 {
		t.Errorf("got %+v, %v", w, err)
	}
	if w, err = load(""); err != nil || w.Scheduler != nil {
		t.Errorf("got %+v, %v; want no configuration", w, err)
	}
	if _, err = load(kubeScheduler + "extenders: [{urlPrefix: x}]\n"); err == nil || !strings.Contains(err.Error(), "extenders are not simulated") {
		t.Errorf("extenders: %v", err)
	}
}
