package scenarios

import (
	"reflect"

	"github.com/podsim/podsim/models/manifest"
)

// APIVersion is that of podsim's own kinds.
const APIVersion = manifest.ScenarioGroup + "/v1alpha1"

// Object is the envelope of podsim's own kinds. The tags of its fields and of
// the specifications are the reference: yaml names a field, help says what it
// means, required and enum say what it may be, min is its least value, default
// the value that it has if it is left out.
type Object[Spec any] struct {
	APIVersion string   `yaml:"apiVersion" required:"true" help:"podsim/v1alpha1"`
	Kind       string   `yaml:"kind" required:"true" help:"kind of the object"`
	Metadata   Metadata `yaml:"metadata" help:"what identifies the object"`
	Spec       Spec     `yaml:"spec" help:"what the object says"`
}

// Metadata identifies an object.
type Metadata struct {
	Name        string            `yaml:"name" help:"name, unique among objects of the kind; required except for Scenario, Assertions, Experiment, Plan and PriceBook"`
	Labels      map[string]string `yaml:"labels" help:"free for the user; podsim does not read them"`
	Annotations map[string]string `yaml:"annotations" help:"free for the user; podsim does not read them"`
}

// KindHelp describes one of podsim's own kinds.
type KindHelp struct {
	Name string
	Help string
	Type reflect.Type // an Object
}

// Kinds returns podsim's own kinds in the order of the documentation.
func Kinds() []KindHelp {
	return []KindHelp{
		{"Scenario", "the run as a whole: how long, which seed, which files, which latencies", reflect.TypeFor[Object[ScenarioSpec]]()},
		{"NodeGroup", "a number of equal nodes, dealt over zones and racks", reflect.TypeFor[Object[NodeGroupSpec]]()},
		{"Registry", "where images come from: how large they are, how fast they come, what fails", reflect.TypeFor[Object[RegistrySpec]]()},
		{"Workload", "objects that arrive during the run", reflect.TypeFor[Object[WorkloadSpec]]()},
		{"PodBehavior", "how pods behave: start-up, run time, exit codes, crashes, what they use", reflect.TypeFor[Object[PodBehaviorSpec]]()},
		{"MetricSeries", "an amount that changes over time: a load that pods share, a metric for autoscalers", reflect.TypeFor[Object[MetricSeriesSpec]]()},
		{"FaultPlan", "what breaks when, and for how long", reflect.TypeFor[Object[FaultPlanSpec]]()},
		{"Timeline", "what users do during the run, as with kubectl: roll out, scale, delete, cordon", reflect.TypeFor[Object[TimelineSpec]]()},
		{"Assertions", "what must hold; the run fails otherwise", reflect.TypeFor[Object[AssertionsSpec]]()},
		{"Experiment", "policies to compare on a scenario: on which seeds, by which metrics", reflect.TypeFor[Object[ExperimentSpec]]()},
		{"Policy", "a named set of settings to compare with others", reflect.TypeFor[Object[PolicySpec]]()},
		{"Plan", "which nodes to buy: from which candidates, for which objectives, and what they must survive", reflect.TypeFor[Object[PlanSpec]]()},
		{"PriceBook", "nodes that can be bought, and their prices", reflect.TypeFor[Object[PriceBookSpec]]()},
	}
}

func kindNames() []string {
	kinds := Kinds()
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].Name
	}
	return names
}
