package scenarios_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

func compileSchema(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("podsim.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("podsim.schema.json") // checked against the schema of schemas
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// documentsOf reads documents as an editor does: as values of JSON.
func documentsOf(t *testing.T, text string) []any {
	t.Helper()
	parsed, err := yamlnode.Parse("s.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	list := make([]any, len(parsed))
	for i, d := range parsed {
		text, err := d.Root.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if list[i], err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// refusal returns why the schema refuses one of several documents.
func refusal(schema *jsonschema.Schema, documents []any) error {
	for _, d := range documents {
		if err := schema.Validate(d); err != nil {
			return err
		}
	}
	return nil
}

func TestSchemasAreTheSameBytesEveryTime(t *testing.T) {
	if !bytes.Equal(scenarios.Schema(nil), scenarios.Schema(nil)) {
		t.Error("a second schema of documents is another one")
	}
	for _, k := range scenarios.Kinds() {
		if !bytes.Equal(k.Schema(nil), k.Schema(nil)) {
			t.Errorf("a second schema of %s is another one", k.Name)
		}
	}
}

func TestSchemasKnowEveryField(t *testing.T) {
	for _, k := range scenarios.Kinds() {
		var schema map[string]any
		if err := json.Unmarshal(k.Schema(nil), &schema); err != nil {
			t.Fatal(err)
		}
		scenarios.WalkFields("", k.Fields(), func(path string, f *scenarios.Field) bool {
			at := schema
			for name := range strings.SplitSeq(path, ".") {
				name, isItem := strings.CutSuffix(name, "[]")
				at, _ = at["properties"].(map[string]any)[name].(map[string]any)
				if isItem {
					at, _ = at["items"].(map[string]any)
				}
			}
			if at["description"] != f.Help {
				t.Errorf("%s: the schema says %q of %s; want %q", k.Name, at["description"], path, f.Help)
			}
			return true
		})
	}
}

func TestEmbeddedScenariosFitTheSchema(t *testing.T) {
	all := compileSchema(t, scenarios.Schema(nil))
	for _, e := range scenarios.Embedded() {
		for _, d := range documentsOf(t, e.Text) {
			if err := all.Validate(d); err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
		}
	}
}

// everything is a scenario with most fields, in most of the ways in which they
// can be written.
const everything = `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: everything, labels: {a: b}}
spec:
  description: most fields
  for: 8h
  seed: 18446744073709551615
  start: "2026-05-01"
  interval:
  latencies: {profile: none, decision: 0, controller: 1ms500us, bind: {type: exponential, mean: 10ms}, sandbox: 0s, runTime: 1d}
  scheduler:
    profile: most-allocated
    percentageOfNodesToScore: 50
    ties: first
    plugins: [{name: ImageLocality, disabled: true}, {name: NodeResourcesFit, weight: 2, args: {scoringStrategy: {type: LeastAllocated}}}]
    profiles: [{schedulerName: other, profile: next-fit}]
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec:
  count: 4
  zones: [a, b]
  racks: 2
  price: 0.25
  template:
    metadata: {labels: {disk: fast}}
    spec: {taints: [{key: k, value: v, effect: PreferNoSchedule}]}
    status: {capacity: {cpu: 8, memory: 32Gi, nvidia.com/gpu: 1}, allocatable: {cpu: 7.5, memory: 30e9}}
---
apiVersion: v1
kind: List
items: [{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: main, image: a}]}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: etl}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: a}]}}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: curve}
spec:
  arrivals: {type: curve, points: [{at: Mon 08:30, rate: 40/m}, {at: Sun, rate: 0}], period: 1w, interpolation: step, until: 5h, batch: 2}
  lifetime: 20m
  startUp: {type: empirical, samples: [40s, 1m], interpolate: true}
  exitCode: {type: discrete, values: [0, 1], weights: [9, 1]}
  template: {apiVersion: v1, kind: Pod, spec: {restartPolicy: Never, containers: [{name: main, image: a}]}}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: renewal}
spec:
  arrivals: {type: renewal, between: {type: hyperexponential, branches: [{weight: 1, mean: 10m}, {weight: 2, mean: 1h}]}, from: 0, limit: 5}
  templateRef: {kind: Job, name: etl}
  runTime: {type: lognormal, mu: 3, sigma: 0.5}
---
apiVersion: podsim/v1alpha1
kind: Registry
metadata: {name: hub}
spec:
  {host: docker.io, bandwidth: 1.25G, latency: 100ms, failure: 0.5, imageSize: 200Mi, outages: [{at: 1h, for: 1m}],
    images: [{name: a, size: 1e9}, {name: b, missing: true}]}
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: times}
spec:
  arrivals: {type: times, at: [0, 90s, 1.5h]}
  stopTime: {type: exponential, rate: 1e2/h}
  template: {apiVersion: v1, kind: Pod, spec: {restartPolicy: Never, containers: [{name: main, image: a}]}}
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: b}
spec:
  selector: {matchLabels: {}, matchExpressions: [{key: app, operator: DoesNotExist}], namespace: default, owner: {kind: Workload, name: times}}
  crashEvery: 1w
---
apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: f}
spec:
  faults:
    - {name: drawn, target: {nodeGroups: [workers], fraction: 0.5}, scope: perZone, every: {type: weibull, shape: 2, scale: 1d}, for: 10m, from: 1h}
    - {name: fixed, target: {nodes: [workers-1], zones: [b], selector: {matchLabels: {disk: fast}}, count: 1}, action: crash, at: 2h}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: a}]}}}
---
apiVersion: podsim/v1alpha1
kind: Timeline
metadata: {name: t}
spec:
  steps:
    - {at: 1m, apply: {object: {apiVersion: v1, kind: Pod, metadata: {name: q}, spec: {containers: [{name: main, image: a}]}}}}
    - {at: 1m, patch: {target: deploy/web, type: merge, patch: {spec: {minReadySeconds: 5}}}, scale: null}
    - {at: 2m, setImage: {target: deployment/web, images: {main: b}}}
    - {at: 3m, scale: {target: deployments.apps/web, replicas: 3}}
    - {at: 4m, rolloutUndo: {target: deployment/web, toRevision: 1}}
    - {at: 5m, rolloutPause: {target: deployment/web, namespace: default}}
    - {at: 6m, rolloutResume: {target: deployment/web}}
    - {at: 7m, rolloutRestart: {target: deployment/web}}
    - {at: 8m, delete: {target: pod/p, grace: 0, force: true, cascade: background}}
    - {at: 8m, delete: {target: pod/q, grace: 5s}}
    - {at: 9m, cordon: {node: workers-0}}
    - {at: 10m, uncordon: {node: workers-0}}
    - {at: 11m, label: {node: workers-0, labels: {disk: slow}, overwrite: true}}
    - {at: 12m, unlabel: {node: workers-0, labels: [disk]}}
    - {at: 13m, taint: {node: workers-0, taint: a=b:NoExecute, overwrite: false}}
    - {at: 14m, untaint: {node: workers-0, taint: a}}
---
apiVersion: podsim/v1alpha1
kind: Assertions
spec: {assertions: [{that: nodes.down < 5, always: true, from: 1m, until: 2h}, {that: nodes.down < 5, at: 1h}]}
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: usage}
spec:
  selector: {matchLabels: {app: web}}
  usage:
    cpu: {load: {series: traffic, base: 10m, perUnit: 2m}}
    memory: {points: [{at: 0s, value: 100Mi}, {at: 1h, value: 1.5Gi}], since: start, interpolation: linear}
    metrics:
      - {name: packets, value: 40}
      - {name: depth, walk: {from: 5, min: 0, max: 10, step: 0.5, every: 30s}}
    containers: [{name: web, weight: 3}, {name: proxy, weight: 1}]
---
apiVersion: podsim/v1alpha1
kind: MetricSeries
metadata: {name: traffic}
spec:
  metric: requests_per_second
  namespace: shop
  labels: {zone: a}
  service: web
  describes: {kind: Ingress, name: main}
  points: [{at: "08:00", value: 20}, {at: "20:00", value: 1.5k}]
  period: 1d
---
apiVersion: podsim/v1alpha1
kind: Experiment
spec:
  description: most fields
  policies:
    - {name: a, profile: most-allocated}
    - {name: b, set: [NodeGroup/workers.spec.count=5]}
    - {name: p}
  baseline: a
  axes: [{name: nodes, set: NodeGroup/workers.spec.count, values: [40, "60", 1.5, true, x, {a: b}, [1]]}]
  seeds: 20
  firstSeed: 18446744073709551515
  warmUp: 1h
  confidence: 0.9
  metrics: [pending.p99, cost]
  custom:
    - {name: mine, unit: s, better: higher, over: pods, where: "true", value: readyAt - createdAt, reduce: p99}
    - {name: other.one, value: "1.0", better: neither}
  until: {metric: cost, halfWidth: 5%, atMost: 30}
  assertions: [cost(a) < cost(b)]
---
apiVersion: podsim/v1alpha1
kind: Policy
metadata: {name: p}
spec: {description: a policy, profile: best-fit, set: [NodeGroup/workers.spec.count=5]}
---
apiVersion: podsim/v1alpha1
kind: Plan
spec:
  description: most fields
  nodes: replace
  candidates:
  - {group: workers, max: 60, price: 0.5}
  - {shape: m-16, name: medium, zones: [a, b], racks: 2, min: 2, max: 40, step: 2}
  objectives:
  - all pods placed
  - {assert: pods.pending == 0, in: disturbed, from: 1h, until: 2h, always: true}
  - {assert: pending.p99 < 60s, at: 3h}
  contingencies:
  - {lose: zone}
  - {lose: {zone: a}, at: 2h, for: 1h, demand: 1.1, name: big}
  - {lose: {nodes: 2}}
  - {upgrade: {group: workers, batch: 2, drain: {force: true}}}
  - {reclaim: 20%}
  - {reclaim: 0.2}
  - {demand: 1.3}
  demand: 1.2
  minimise: cost
  seeds: 5
  maxSeeds: 50
  firstSeed: 7
  reliability: 0.9
  confidence: 0.9
  warmUp: 10m
  budget: 100
---
apiVersion: podsim/v1alpha1
kind: PriceBook
spec:
  currency: USD
  shapes:
  - name: m-16
    price: 0.7
    spot: true
    capacity: {cpu: 16, memory: 64Gi, nvidia.com/gpu: "1"}
    kubelet: {kubeReserved: {cpu: 100m}, evictionHard: {memory.available: 5%}}
    labels: {a: b}
    taints: [{key: spot, effect: NoSchedule}]
    zones: [a]
`

func TestASchemaOfOneKindTakesThatKindAlone(t *testing.T) {
	for _, k := range scenarios.Kinds() {
		schema, taken := compileSchema(t, k.Schema(nil)), 0
		for _, d := range documentsOf(t, everything) {
			err := schema.Validate(d)
			if isKind := d.(map[string]any)["kind"] == k.Name; isKind != (err == nil) {
				t.Errorf("schema of %s: %v for %v", k.Name, err, d)
			}
			if err == nil {
				taken++
			}
		}
		if taken == 0 {
			t.Errorf("no document is a %s", k.Name)
		}
	}
}

func TestTheSchemaRefusesWhatLoadRefuses(t *testing.T) {
	const job = "template: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: i}]}}}}}"
	w := func(fields string) string { return document("Workload", "w", "{"+fields+", "+job) }
	runTime := func(law string) string { return w("arrivals: {type: once}, runTime: " + law) }
	s := func(fields string) string {
		return "apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {" + fields + "}\n"
	}
	nodes := base[strings.Index(base, "---\n")+4:]
	tests := map[string]string{
		"unknown kind":               document("Workloads", "w", "{}"),
		"unknown version":            strings.Replace(document("FaultPlan", "f", "{faults: [{at: 1h}]}"), "v1alpha1", "v1", 1),
		"no version":                 "kind: NodeGroup\nmetadata: {name: x}\n",
		"no kind":                    "apiVersion: podsim/v1alpha1\nmetadata: {name: x}\n",
		"no name":                    "apiVersion: podsim/v1alpha1\nkind: FaultPlan\nspec: {faults: [{at: 1h}]}\n",
		"bad name":                   document("FaultPlan", "F_1", "{faults: [{at: 1h}]}"),
		"no name in Kubernetes":      "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: m, image: i}]}\n",
		"field of the envelope":      document("FaultPlan", "f", "{faults: [{at: 1h}]}\nstatus: {}"),
		"unknown field":              document("NodeGroup", "g", "{cuont: 1, count: 1, template: {}}"),
		"unknown field of an item":   document("FaultPlan", "f", "{faults: [{at: 1h, fro: 1h}]}"),
		"required field":             document("NodeGroup", "g", "{template: {}}"),
		"required field of an item":  document("Assertions", "a", "{assertions: [{always: true}]}"),
		"required field null":        document("NodeGroup", "g", "{count: null, template: {}}"),
		"negative count":             document("NodeGroup", "g", "{count: -1, template: {}}"),
		"half a node":                document("NodeGroup", "g", "{count: 1.5, template: {}}"),
		"count as text":              document("NodeGroup", "g", `{count: "3", template: {}}`),
		"zone for a list of zones":   document("NodeGroup", "g", "{count: 1, zones: a, template: {}}"),
		"number for a text":          document("NodeGroup", "g", "{count: 1, zones: [1], template: {}}"),
		"number for a label":         document("NodeGroup", "g", "{count: 1, template: {metadata: {labels: {a: 1}}}}"),
		"bad quantity":               document("NodeGroup", "g", "{count: 1, template: {status: {capacity: {cpu: 4 cores}}}}"),
		"negative quantity":          document("NodeGroup", "g", "{count: 1, template: {status: {capacity: {cpu: -4}}}}"),
		"list for an object":         document("NodeGroup", "g", "[]"),
		"word for a boolean":         s("scheduler: {plugins: [{name: ImageLocality, disabled: maybe}]}"),
		"unknown plugin":             s("scheduler: {plugins: [{name: ImageLocalty}]}"),
		"unknown profile":            s("scheduler: {profile: most-alocated}"),
		"per cent":                   s("scheduler: {percentageOfNodesToScore: 101}"),
		"profile for no scheduler":   s("scheduler: {profiles: [{profile: next-fit}]}"),
		"negative seed":              s("seed: -1"),
		"no unit":                    s("for: 90"),
		"no duration":                s("for: 0s"),
		"negative duration":          s("latencies: {decision: -1s}"),
		"unknown unit":               s("latencies: {decision: 1min}"),
		"unknown word":               s("latencies: {profile: non}"),
		"name of data":               s("data: [{name: T, format: dlrm}]"),
		"template of another kind":   document("Workload", "w", "{arrivals: {type: once}, template: {apiVersion: v1, kind: Service}}"),
		"no template":                document("Workload", "w", "{arrivals: {type: once}}"),
		"unknown arrivals":           w("arrivals: {type: poison, rate: 1/s}"),
		"arrivals lack a field":      w("arrivals: {type: poisson}"),
		"field of other arrivals":    w("arrivals: {type: poisson, rate: 1/s, count: 3}"),
		"rate without unit":          w("arrivals: {type: poisson, rate: 40}"),
		"rate zero":                  w("arrivals: {type: poisson, rate: 0/s}"),
		"rate in words":              w("arrivals: {type: poisson, rate: 40 a minute}"),
		"moment in a list":           w("arrivals: {type: times, at: [1h, 2]}"),
		"negative batch":             w("arrivals: {type: once, batch: -1}"),
		"duration for a number":      w("arrivals: {type: once, batch: 1s}"),
		"unknown distribution":       runTime("{type: lognorml, median: 5m, p95: 1h}"),
		"no distribution":            runTime("{median: 5m, p95: 1h}"),
		"unknown parameter":          runTime("{type: lognormal, meadian: 5m, p95: 1h}"),
		"parameter missing":          runTime("{type: weibull, shape: 2}"),
		"parameter too many":         runTime("{type: lognormal, median: 5m, p95: 1h, cv: 1}"),
		"parameter of another":       runTime("{type: constant, value: 5m, mean: 5m}"),
		"parameter without unit":     runTime("{type: lognormal, median: 5, p95: 1h}"),
		"parameter with unit":        runTime("{type: weibull, shape: 2s, scale: 1h}"),
		"parameter null":             runTime("{type: exponential, mean: null}"),
		"branch without mean":        runTime("{type: hyperexponential, branches: [{weight: 1}]}"),
		"samples twice":              runTime("{type: empirical, samples: [1s], file: x.txt}"),
		"at no moment":               document("FaultPlan", "f", "{faults: [{at: []}]}"),
		"neither at nor every":       document("FaultPlan", "f", "{faults: [{for: 1h}]}"),
		"more than all":              document("FaultPlan", "f", "{faults: [{at: 1h, target: {fraction: 25}}]}"),
		"step without action":        document("Timeline", "t", "{steps: [{at: 1h}]}"),
		"step without moment":        document("Timeline", "t", "{steps: [{cordon: {node: workers-1}}]}"),
		"unknown action of a step":   document("Timeline", "t", "{steps: [{at: 1h, attach: {node: workers-1}}]}"),
		"apply nothing":              document("Timeline", "t", "{steps: [{at: 1h, apply: {}}]}"),
		"negative replicas":          document("Timeline", "t", "{steps: [{at: 1h, scale: {target: deployment/web, replicas: -1}}]}"),
		"unknown cascade":            document("Timeline", "t", "{steps: [{at: 1h, delete: {target: pod/p, cascade: none}}]}"),
		"unknown operator":           document("PodBehavior", "b", "{selector: {matchExpressions: [{key: a, operator: Is}]}}"),
		"selector missing":           document("PodBehavior", "b", "{startUp: 1s}"),
		"profile of a policy":        document("Policy", "p", "{profile: most-alocated}"),
		"policy without name":        document("Experiment", "e", "{policies: [{profile: random}]}"),
		"bad name of a policy":       document("Experiment", "e", "{policies: [{name: A, profile: random}]}"),
		"axis of nothing":            document("Experiment", "e", "{axes: [{name: a, values: [1]}]}"),
		"one value for values":       document("Experiment", "e", "{axes: [{name: a, set: NodeGroup/workers.spec.count, values: 1}]}"),
		"more than sure":             document("Experiment", "e", "{confidence: 2}"),
		"negative first seed":        document("Experiment", "e", "{firstSeed: -1}"),
		"half-width in words":        document("Experiment", "e", "{until: {metric: m, halfWidth: [1]}}"),
		"metric over no table":       document("Experiment", "e", "{custom: [{name: m, over: jobs, value: x}]}"),
		"owner of no kind of owners": document("PodBehavior", "b", "{selector: {owner: {kind: Pod, name: x}}}"),
	}
	schema := compileSchema(t, scenarios.Schema(nil))
	if err := refusal(schema, documentsOf(t, base)); err != nil {
		t.Fatal(err)
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if refusal(schema, documentsOf(t, text)) == nil {
				t.Error("the schema takes it")
			}
			around := base
			if strings.Contains(text, "kind: Scenario") {
				around = nodes
			}
			if loadError(t, input(around+text)) == "" {
				t.Error("Load takes it")
			}
		})
	}
}

// formProblem is what Load says of the form of a document, which the schema must
// see too.
var formProblem = regexp.MustCompile(`unknown (field|parameter|type|scope|action|operator|interpolation|ties)|is missing|: (got (a string|a map|a list|true|false|-?[0-9.]+); want|no unit|invalid duration|must be >= )`)

// Whatever happens to a document that is right, the schema refuses only what Load
// refuses, and refuses what is wrong in form.
func TestTheSchemaAndLoadAgreeOnChangedDocuments(t *testing.T) {
	schema := compileSchema(t, scenarios.Schema(nil))
	if problems := loadError(t, input(everything)); problems != "" {
		t.Fatal(problems)
	}
	if err := refusal(schema, documentsOf(t, everything)); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var both, neither int
	for range 400 {
		documents := documentsOf(t, everything)
		m := mutation{random: random}
		m.change(documents)
		var text bytes.Buffer
		for _, d := range documents {
			if err := json.NewEncoder(&text).Encode(d); err != nil {
				t.Fatal(err)
			}
		}
		why, problems := refusal(schema, documents), loadError(t, input(text.String()))
		switch {
		case why != nil && problems == "":
			t.Errorf("%s: only the schema refuses it: %v", m.what, why)
		case why == nil && formProblem.MatchString(problems):
			t.Errorf("%s: only Load refuses it: %s", m.what, problems)
		case why != nil:
			both++
		case problems == "":
			neither++
		}
	}
	if both < 100 || neither < 10 {
		t.Errorf("%d changes refused and %d allowed by both: too few to tell", both, neither)
	}
}

// mutation changes one field of one of podsim's own objects.
type mutation struct {
	random *rand.Rand
	what   string
}

func (m *mutation) change(documents []any) {
	for {
		d := documents[m.random.IntN(len(documents))].(map[string]any)
		if d["apiVersion"] == scenarios.APIVersion && m.inside(d, d["kind"].(string)) {
			return
		}
	}
}

// inside walks down to some field. It stays out of what belongs to Kubernetes.
func (m *mutation) inside(object map[string]any, path string) bool {
	names := slices.Sorted(maps.Keys(object))
	if len(names) == 0 {
		return false
	}
	name := names[m.random.IntN(len(names))]
	m.what = path + "." + name
	switch name {
	case "template", "args", "labels", "matchLabels", "object":
		return false
	case "patch":
		if strings.HasSuffix(path, ".patch") {
			return false
		}
	}
	inner := object[name]
	if list, ok := inner.([]any); ok && len(list) > 0 && m.random.IntN(5) > 0 {
		inner = list[m.random.IntN(len(list))]
	}
	if deeper, ok := inner.(map[string]any); ok && m.random.IntN(6) > 0 {
		return m.inside(deeper, m.what)
	}
	if name == "spec" {
		return false
	}
	switch m.random.IntN(4) {
	case 0:
		delete(object, name)
		m.what += " removed"
	case 1:
		object[name+"x"] = object[name]
		m.what += " doubled as " + name + "x"
	default:
		values := []any{true, -1, 0, 1, 2.5, "x", "5s", "3/h", "0", map[string]any{}, []any{}, []any{"1h"}, map[string]any{"type": "constant", "value": "5s"}}
		i := m.random.IntN(len(values))
		object[name] = values[i]
		text, _ := json.Marshal(values[i])
		m.what += " = " + string(text)
	}
	return true
}
