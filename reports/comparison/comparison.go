package comparison

import "github.com/podsim/podsim/reports"

// Comparison is what an experiment comes to: several policies on the same
// arrivals, lifetimes and faults, over several seeds. It depends on nothing but
// the scenario, the policies, the seeds and the version of podsim; equal
// experiments have equal comparisons, whatever machine ran them in what order.
type Comparison struct {
	Name        string   `json:"name"`
	Scenario    string   `json:"scenario"`
	Description string   `json:"description"`
	Version     string   `json:"version"` // of podsim
	Digest      string   `json:"digest"`  // of the experiment: scenario, policies, axes and version
	Policies    []Policy `json:"policies"`
	Baseline    string   `json:"baseline"` // one of them, to which the others are compared
	Seeds       []uint64 `json:"seeds"`
	Stopped     string   `json:"stopped"` // why there are no more seeds, of a sequential experiment
	Partial     bool     `json:"partial"` // interrupted: some runs are missing
	Runs        int      `json:"runs"`

	Confidence float64  `json:"confidence"` // such as 0.95
	WarmUp     float64  `json:"warmUpSeconds"`
	Methods    []string `json:"methods"` // how intervals, tests and corrections were computed, one sentence each

	Cells      []Cell      `json:"cells"` // one for each point of the grid
	Assertions []Assertion `json:"assertions"`
	Notes      []string    `json:"notes"` // what the reader must know: what was assumed or not simulated
}

// Policy is one of the policies compared.
type Policy struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Digest      string `json:"digest"`
}

// Setting is the value of one axis.
type Setting struct {
	Axis  string `json:"axis"`
	Value string `json:"value"`
}

// Cell is one point of the grid of axes; without axes there is one cell without
// settings.
type Cell struct {
	Settings []Setting `json:"settings"`
	Metrics  []Metric  `json:"metrics"`
	// Inputs shows by seed that arrivals, lifetimes and faults were the same for
	// all policies.
	Inputs []Input `json:"inputs"`
	// Failures are assertions of the scenario that failed in some runs.
	Failures []Failure `json:"failures"`
}

// Input is the digest of what came from outside into the runs of one seed.
type Input struct {
	Seed    uint64   `json:"seed"`
	Digests []string `json:"digests"` // by policy, in the order of Comparison.Policies
	Equal   bool     `json:"equal"`
}

// Failure is an assertion of the scenario that failed.
type Failure struct {
	Policy    string   `json:"policy"`
	Assertion string   `json:"assertion"`
	Seeds     []uint64 `json:"seeds"`
}

// Metric is one metric over all policies.
type Metric struct {
	Name     string            `json:"name"`
	Unit     string            `json:"unit"` // s, share, …; empty for counts
	Better   reports.Direction `json:"better"`
	Outcomes []Outcome         `json:"outcomes"` // by policy, in the order of Comparison.Policies
	Deltas   []Delta           `json:"deltas"`   // of the other policies to the baseline
	// Bound is the best possible value, proven by a relaxation, averaged over the
	// seeds; nil where none is known.
	Bound *Bound `json:"bound"`
}

// Bound is a value that no policy can better.
type Bound struct {
	Value float64   `json:"value"` // mean over the seeds
	Gaps  []float64 `json:"gaps"`  // by policy: how far its mean is from the bound, as a share of the bound
	How   string    `json:"how"`
}

// Interval is a confidence interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Outcome is a metric of one policy over the seeds.
type Outcome struct {
	Policy   string    `json:"policy"`
	N        int       `json:"n"` // seeds that have a value
	Mean     float64   `json:"mean"`
	SD       float64   `json:"sd"`
	Median   float64   `json:"median"`
	Min      float64   `json:"min"`
	Max      float64   `json:"max"`
	Interval *Interval `json:"interval"` // of the mean; nil with one seed
	// MedianInterval is that of the median, nil with too few seeds for one. Its ends
	// are values of seeds.
	MedianInterval *Interval  `json:"medianInterval"`
	Values         []*float64 `json:"values"` // by seed, in the order of Comparison.Seeds; null where nothing could be measured
}

// Verdict says what a comparison shows.
type Verdict string

// The verdicts.
const (
	Better       Verdict = "better"
	Worse        Verdict = "worse"
	Inconclusive Verdict = "inconclusive" // more seeds may tell
	Same         Verdict = "same"         // equal in every seed
	Higher       Verdict = "higher"       // of metrics that are neither good nor bad
	Lower        Verdict = "lower"
	NotMeasured  Verdict = "not measured"
)

// Delta is a policy minus the baseline, paired by seed.
type Delta struct {
	Policy    string    `json:"policy"`
	N         int       `json:"n"` // pairs
	Mean      float64   `json:"mean"`
	Relative  *float64  `json:"relative"`  // mean over the baseline's mean; nil if that is 0
	Interval  *Interval `json:"interval"`  // of the mean, the one the verdict is taken from
	T         *Interval `json:"t"`         // the same by Student's t
	Bootstrap *Interval `json:"bootstrap"` // the same by the bootstrap
	Effect    *float64  `json:"effect"`    // standardised: mean over standard deviation of the differences
	P         *float64  `json:"p"`
	Adjusted  *float64  `json:"pAdjusted"` // by Holm over all metrics and policies of the cell
	Wins      int       `json:"wins"`      // seeds in which the policy is better (lower, for neither)
	Losses    int       `json:"losses"`
	// WidthRatio is the width of the paired interval over that of one that
	// ignores the pairs: below 1, common random numbers have paid.
	WidthRatio *float64 `json:"widthRatio"`
	Verdict    Verdict  `json:"verdict"`
	WorstSeeds []uint64 `json:"worstSeeds"` // where the policy loses most against the baseline, at most 5
}

// Assertion is an assertion over the policies and how it went.
type Assertion struct {
	Text     string    `json:"assertion"`
	Settings []Setting `json:"settings"`
	Passed   bool      `json:"passed"`
	Got      string    `json:"got"`     // left side, right side and the interval of their difference
	Message  string    `json:"message"` // one line; of a failure only
}
