package plugins

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestTableIsTheDefaultProfile(t *testing.T) {
	var got []string
	for _, e := range Table() {
		if !e.Default {
			continue
		}
		text := e.Name
		if e.Weight != 0 {
			text += "*" + string('0'+e.Weight)
		}
		got = append(got, text)
	}
	want := []string{"SchedulingGates", "PrioritySort", "NodeUnschedulable", "NodeName", "TaintToleration*3",
		"NodeAffinity*2", "NodePorts", "NodeResourcesFit*1",
		"VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread*2", "InterPodAffinity*2",
		"DynamicResources*2", "DefaultPreemption", "NodeResourcesBalancedAllocation*1", "ImageLocality*1",
		"DefaultBinder", "NodeDeclaredFeatures"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// checkEntries holds every entry to what readers of the table rely on.
func checkEntries(t *testing.T, table []Entry) {
	seen := make(map[string]bool)
	for _, e := range table {
		if seen[e.Name] || e.Help == "" || strings.ContainsAny(e.Help, "\n.") {
			t.Errorf("%s: listed twice, or without one line of help: %q", e.Name, e.Help)
		}
		seen[e.Name] = true
		p, err := e.New(nil, models.NewDictionary())
		if err != nil {
			t.Errorf("%s: defaults: %v", e.Name, err)
			continue
		}
		if p.Name() != e.Name {
			t.Errorf("%s calls itself %s", e.Name, p.Name())
		}
		if _, scores := p.(framework.Score); scores != (e.Weight > 0) {
			t.Errorf("%s: scores is %v, weight is %d", e.Name, scores, e.Weight)
		}
		_, filters := p.(framework.Filter)
		_, scores := p.(framework.Score)
		if looks := p.Reads() != framework.ReadsPodOnly; looks && !filters && !scores || filters && !looks {
			t.Errorf("%s: reads %b, filters %v, scores %v", e.Name, p.Reads(), filters, scores)
		}
		if e.Args != nil {
			if _, err := e.New(reflect.New(reflect.TypeOf(e.Args).Elem()).Interface(), models.NewDictionary()); err != nil {
				t.Errorf("%s: zero arguments: %v", e.Name, err)
			}
			if _, err := e.New(reflect.Zero(reflect.TypeOf(e.Args)).Interface(), models.NewDictionary()); err != nil {
				t.Errorf("%s: nil arguments: %v", e.Name, err)
			}
		}
		type foreign struct{}
		if p, err := e.New(new(foreign), models.NewDictionary()); err == nil || p != nil {
			t.Errorf("%s: took foreign arguments", e.Name)
		}
	}
}

func TestEveryEntryConstructsItsPlugin(t *testing.T) { checkEntries(t, Table()) }

// worstName is a policy of its own in a few lines: it prefers nodes whose name
// comes late in the alphabet.
type worstName struct{ factor int64 }

type worstNameArgs struct {
	Factor int64 `json:"factor"`
}

var _ framework.Score = (*worstName)(nil)

func (*worstName) Name() string           { return "WorstName" }
func (*worstName) Reads() framework.Reads { return framework.ReadsNodeFacts }
func (w *worstName) Score(_ *framework.Cycle, n framework.Node) int64 {
	return w.factor * int64(n.Name()[0]-'a')
}

func TestAPluginIsOneFileAndOneLine(t *testing.T) {
	table := append(Table(), Entry{
		Name: "WorstName", Help: "prefers late names", Weight: 1, Args: new(worstNameArgs),
		New: with(func(args worstNameArgs, _ *models.Dictionary) (*worstName, error) {
			return &worstName{args.Factor}, nil
		}),
	})
	checkEntries(t, table)
	entry := table[len(table)-1]
	args := reflect.New(reflect.TypeOf(entry.Args).Elem()).Interface()
	if err := json.Unmarshal([]byte(`{"factor": 2}`), args); err != nil {
		t.Fatal(err)
	}
	b := newBed(t)
	p, err := entry.New(args, b.d)
	if err != nil {
		t.Fatal(err)
	}
	n := b.node("c")
	if got := p.(framework.Score).Score(b.cycle(), n); got != 4 {
		t.Errorf("got %d, want 4", got)
	}
}

func TestArgumentsAreNamedAsInKubeSchedulerConfiguration(t *testing.T) {
	for name, text := range map[string]string{
		"NodeResourcesFit": `{"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "NodeResourcesFitArgs",
			"ignoredResources": ["example.com/a"], "ignoredResourceGroups": ["example.org"],
			"scoringStrategy": {"type": "RequestedToCapacityRatio", "resources": [{"name": "cpu", "weight": 2}, {"name": "nvidia.com/gpu"}],
				"requestedToCapacityRatio": {"shape": [{"utilization": 0, "score": 0}, {"utilization": 100, "score": 10}]}}}`,
		"NodeResourcesBalancedAllocation": `{"resources": [{"name": "cpu", "weight": 1}, {"name": "hugepages-2Mi"}]}`,
		"InterPodAffinity":                `{"kind": "InterPodAffinityArgs", "hardPodAffinityWeight": 0, "ignorePreferredTermsOfExistingPods": true}`,
		"NodeAffinity": `{"kind": "NodeAffinityArgs", "addedAffinity": {
			"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
				{"matchExpressions": [{"key": "example.com/cores", "operator": "Gt", "values": ["4"]}, {"key": "x", "operator": "DoesNotExist"}]},
				{"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["n1"]}]}]},
			"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": {}}]}}`,
	} {
		for _, e := range Table() {
			if e.Name != name {
				continue
			}
			args := reflect.New(reflect.TypeOf(e.Args).Elem()).Interface()
			in := json.NewDecoder(strings.NewReader(text))
			in.DisallowUnknownFields()
			if err := in.Decode(args); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := e.New(args, models.NewDictionary()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestWrongArgumentsAreAllReported(t *testing.T) {
	for _, test := range []struct {
		name, plugin string
		args         any
		want         []string
	}{
		{"unknown strategy", "NodeResourcesFit", &NodeResourcesFitArgs{ScoringStrategy: &ScoringStrategy{Type: "LeastAlocated"}}, []string{
			`scoringStrategy.type: unknown strategy (got "LeastAlocated"; want LeastAllocated, MostAllocated or RequestedToCapacityRatio)`}},
		{"everything at once", "NodeResourcesFit", &NodeResourcesFitArgs{
			TypeMeta:              TypeMeta{APIVersion: "v1", Kind: "NodeAffinityArgs"},
			IgnoredResources:      []string{"ok.com/x", "a b"},
			IgnoredResourceGroups: []string{"example.com/x"},
			ScoringStrategy: &ScoringStrategy{
				Type:      RequestedToCapacityRatio,
				Resources: []ResourceSpec{{"cpu", 101}, {"memroy", 1}, {"pods", -1}},
				RequestedToCapacityRatio: &RequestedToCapacityRatioParam{
					Shape: []UtilizationShapePoint{{10, 11}, {10, -1}, {101, 0}},
				},
			},
		}, []string{
			`apiVersion: unknown version (got "v1"; want kubescheduler.config.k8s.io/v1)`,
			`kind: arguments of another plugin (got "NodeAffinityArgs"; want NodeResourcesFitArgs)`,
			`ignoredResources[1]: not a resource name (got "a b"; want one such as example.com/license)`,
			`ignoredResourceGroups[0]: not a resource group (got "example.com/x"; want one such as example.com, without a slash)`,
			`scoringStrategy.resources[0].weight: out of range (got 101; want 1 to 100)`,
			`scoringStrategy.resources[1].name: not a resource that can be scored (got "memroy"; want cpu, memory, ephemeral-storage, a hugepages- resource or a name with a domain such as nvidia.com/gpu)`,
			`scoringStrategy.resources[2].weight: out of range (got -1; want 1 to 100)`,
			`scoringStrategy.resources[2].name: not a resource that can be scored (got "pods"; want cpu, memory, ephemeral-storage, a hugepages- resource or a name with a domain such as nvidia.com/gpu)`,
			`scoringStrategy.requestedToCapacityRatio.shape[0].score: out of range (got 11; want 0 to 10)`,
			`scoringStrategy.requestedToCapacityRatio.shape[1].utilization: not increasing (got 10 after 10)`,
			`scoringStrategy.requestedToCapacityRatio.shape[1].score: out of range (got -1; want 0 to 10)`,
			`scoringStrategy.requestedToCapacityRatio.shape[2].utilization: out of range (got 101; want 0 to 100)`}},
		{"no shape", "NodeResourcesFit", &NodeResourcesFitArgs{ScoringStrategy: &ScoringStrategy{Type: RequestedToCapacityRatio}}, []string{
			`scoringStrategy.requestedToCapacityRatio: missing (the strategy needs a shape)`}},
		{"empty shape", "NodeResourcesFit", &NodeResourcesFitArgs{ScoringStrategy: shape()}, []string{
			`scoringStrategy.requestedToCapacityRatio.shape: no point (want at least one)`}},
		{"a shape too many", "NodeResourcesFit", &NodeResourcesFitArgs{ScoringStrategy: &ScoringStrategy{
			Type: MostAllocated, RequestedToCapacityRatio: &RequestedToCapacityRatioParam{}}}, []string{
			`scoringStrategy.requestedToCapacityRatio: goes only with type RequestedToCapacityRatio (got type "MostAllocated")`}},
		{"balance", "NodeResourcesBalancedAllocation", &NodeResourcesBalancedAllocationArgs{
			Resources: []ResourceSpec{{"cpu", 2}, {"cpu", 1}, {"memory", 200}}}, []string{
			`resources[2].weight: out of range (got 200; want 1 to 100)`,
			`resources[0].weight: this plugin does not weigh resources (got 2; want 1)`,
			`resources[1].name: "cpu" is there twice`}},
		{"affinity", "NodeAffinity", &NodeAffinityArgs{AddedAffinity: &AddedAffinity{
			Required: &NodeSelector{[]NodeSelectorTerm{{
				MatchExpressions: []NodeSelectorRequirement{
					{"-", "In", nil}, {"a", "Gt", []string{"x"}}, {"a", "Lt", nil}, {"a", "Exists", []string{"x"}}, {"a", "in", []string{"x y"}}},
				MatchFields: []NodeSelectorRequirement{{"spec.name", "Exists", nil}},
			}}},
			Preferred: []PreferredSchedulingTerm{{Weight: 0}},
		}}, []string{
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: not a label key (got "-")`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: no value (operator In wants at least one)`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values[0]: not a whole number (got "x", operator Gt)`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].values: operator Lt wants one whole number (got [])`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[3].values: operator Exists takes no values (got ["x"])`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[4].values[0]: not a label value (got "x y")`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[4].operator: unknown operator (got "in"; want In, NotIn, Exists, DoesNotExist, Gt or Lt)`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: unknown field (got "spec.name"; want metadata.name)`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: unknown operator for a field (got "Exists"; want In or NotIn)`,
			`addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values: not one value (got [])`,
			`addedAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: out of range (got 0; want 1 to 100)`}},
	} {
		for _, e := range Table() {
			if e.Name != test.plugin {
				continue
			}
			p, err := e.New(test.args, models.NewDictionary())
			if p != nil || err == nil {
				t.Errorf("%s: no error", test.name)
			} else if got, want := err.Error(), strings.Join(test.want, "\n"); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, want)
			}
		}
	}
}

func TestQualifiedNames(t *testing.T) {
	for name, want := range map[string]bool{
		"cpu": true, "a_b.C-9": true, "example.com/gpu": true, strings.Repeat("a", 63): true,
		"": false, "-a": false, "a-": false, "a b": false, "/a": false, "a/": false, "a/b/c": false, "Example.com/a": false,
		"a..b/c": false, "-a.b/c": false, strings.Repeat("a", 64): false, strings.Repeat("a.", 127) + "a/b": false,
	} {
		if got := isQualifiedName(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]bool{
		"nvidia.com/gpu": true, "cpu": false, "kubernetes.io/x": false, "x.kubernetes.io/x": false, "requests.cpu/x": false, "a/": false,
	} {
		if got := isExtendedResource(name); got != want {
			t.Errorf("%q: extended is %v, want %v", name, got, want)
		}
	}
}
