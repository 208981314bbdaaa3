package scenarios

import (
	"time"

	"github.com/podsim/podsim/models/manifest"
)

// ExperimentSpec compares policies on one scenario.
type ExperimentSpec struct {
	Description string             `yaml:"description" help:"what the experiment is to find out, for its readers"`
	Scenario    string             `yaml:"scenario" help:"the scenario: a file, relative to this one and within its folder, or the name of an embedded one; without it, the stream that the experiment stands in"`
	Policies    []ExperimentPolicy `yaml:"policies" help:"the policies to compare; those of --policy are added (default: every Policy of the stream)"`
	Baseline    string             `yaml:"baseline" help:"the policy to which the others are compared (default: the first); scenario is the scenario as it is"`
	Axes        []AxisSpec         `yaml:"axes" help:"settings that vary for all policies; each combination of their values is compared by itself"`
	Seeds       int                `yaml:"seeds" min:"1" default:"10" help:"how often every policy is run; run i has the seed firstSeed + i"`
	FirstSeed   *uint64            `yaml:"firstSeed" help:"the seed of the first run (default: the scenario's)"`
	WarmUp      *time.Duration     `yaml:"warmUp" default:"0s" help:"the beginning of each run that metrics leave out"`
	Confidence  float64            `yaml:"confidence" min:"0.5" default:"0.95" help:"confidence of the intervals and verdicts, below 1"`
	Metrics     []string           `yaml:"metrics" help:"which metrics to compare (default: those that matter to most)"`
	Custom      []CustomMetricSpec `yaml:"custom" help:"metrics of your own"`
	Until       *UntilSpec         `yaml:"until" help:"go on with more seeds until an interval is narrow enough"`
	Assertions  []string           `yaml:"assertions" help:"what must hold between policies, such as cost(binpack) < 0.9 * cost(default)"`
}

// ExperimentPolicy is a policy of an experiment: a named set of settings.
type ExperimentPolicy struct {
	Name    string   `yaml:"name" required:"true" help:"its name in the report; with nothing else, a Policy of the stream, a scheduler profile, or scenario for the scenario as it is"`
	Profile string   `yaml:"profile" help:"a scheduler profile by name, by which all schedulers decide (podsim policies lists them)"`
	File    string   `yaml:"file" help:"a file, relative to this one and within its folder: a Policy, a KubeSchedulerConfiguration or a DeschedulerPolicy"`
	Set     []string `yaml:"set" help:"fields of the scenario to change: KIND/NAME.PATH=VALUE"`
}

// PolicySpec is a policy in a file of its own. Other documents of the file, such
// as a KubeSchedulerConfiguration or a NodeGroup, belong to the policy: they take
// the place of those of the same kind and name in the scenario, or are added.
type PolicySpec struct {
	Description string        `yaml:"description" help:"what it does, for readers of the report"`
	Profile     string        `yaml:"profile" help:"a scheduler profile by name, by which all schedulers decide (podsim policies lists them)"`
	Eviction    *EvictionSpec `yaml:"eviction" help:"who has to leave a node, and in which order: goes before what the scenario says of the same occasion"`
	Set         []string      `yaml:"set" help:"fields of the scenario to change: KIND/NAME.PATH=VALUE"`
}

// AxisSpec is a setting that varies.
type AxisSpec struct {
	Name   string `yaml:"name" required:"true" help:"its name in the report, such as nodes"`
	Set    string `yaml:"set" required:"true" help:"the field of the scenario that it sets: KIND/NAME.PATH"`
	Values Values `yaml:"values" required:"true" help:"its values, of whatever type the field has"`
}

// CustomMetricSpec is a metric by an expression (CEL). Without over the
// expression is computed once, from other metrics; with over it is computed for
// each row of a table and reduced to one number.
type CustomMetricSpec struct {
	Name   string `yaml:"name" required:"true" help:"its name in the report"`
	Unit   string `yaml:"unit" help:"shown behind its values"`
	Better string `yaml:"better" enum:"lower,neither,higher" default:"lower" help:"which way is better"`
	Over   string `yaml:"over" enum:"pods,nodes,timeseries" help:"the table whose rows the expression reads; its columns are the names (podsim columns)"`
	Where  string `yaml:"where" help:"with over: which rows count, as a condition"`
	Value  string `yaml:"value" required:"true" help:"the expression (CEL), such as ready_seconds - created_seconds or metric('cost') / metric('pods.succeeded')"`
	Reduce string `yaml:"reduce" enum:"mean,sum,count,min,max,p50,p90,p95,p99" default:"mean" help:"with over: how the rows become one number"`
}

// UntilSpec is when a sequential experiment stops.
type UntilSpec struct {
	Metric    string `yaml:"metric" required:"true" help:"the metric whose difference to the baseline is to be known well"`
	HalfWidth string `yaml:"halfWidth" required:"true" help:"half of the interval's width, for every policy: a number in the metric's unit, or a share of the baseline's mean such as 5%"`
	AtMost    int    `yaml:"atMost" min:"2" default:"200" help:"the most seeds"`
}

// Experiment is an Experiment that was read and is right: what to run, and what
// to ask of the results.
type Experiment struct {
	Name        string
	Description string
	Scenario    string // name of the scenario
	Policies    []Policy
	Baseline    int // index of Policies
	Axes        []Axis
	Seeds       int
	FirstSeed   uint64
	WarmUp      time.Duration
	Confidence  float64
	Metrics     []string // nil: the default ones
	Custom      []CustomMetricSpec
	Until       *Until
	Assertions  []ExperimentAssertion
	Notes       []string // what was assumed
	// Digest is a SHA-256, in hexadecimal, over everything that the results depend
	// on but the version of podsim and the number of seeds.
	Digest string

	reused           // what every run is made of
	document *object // the Experiment; nil if there is none
	cells    [][]Setting
	settings [][]option // by cell
	content  string     // digest of what all runs depend on
	known    map[InputFile]bool
}

// Policy is one of the policies to compare.
type Policy struct {
	Name        string
	Description string
	Profile     string // of podsim's table; empty leaves the scenario's
	Set         []string
	Digest      string // over all of it

	stream     *streamPolicy // that it is; nil if it stands in a file of its own or is none
	file       *heldFile     // whose documents take the place of those of the scenario; nil without
	options    []option      // Set, with where it stands
	configures bool          // the file has a KubeSchedulerConfiguration
}

// Axis is a setting that varies.
type Axis struct {
	Name   string
	Set    string
	Values []string
}

// Until is when a sequential experiment stops.
type Until struct {
	Metric    string
	HalfWidth float64
	Relative  bool // HalfWidth is a share of the baseline's mean
	AtMost    int
}

// ExperimentAssertion is an assertion over the policies of an experiment.
type ExperimentAssertion struct {
	Text string
	manifest.Position
}
