package scenarios

import (
	"errors"
	"time"
)

// PlanInput is what a plan is made of. What is given here goes before what the Plan
// says, and stands for one where the stream has none.
type PlanInput struct {
	// Base is the scenario, as Load takes it: a Plan may stand in its stream, name its
	// scenario, or be missing. Its Seed is the first, its Demand holds for all runs.
	Base Input
	// PriceBook is a file with a PriceBook, which goes before that of the plan
	// (--price-book); nil for none.
	PriceBook *File
	// Candidates are added to those of the plan (--candidate): the name of a shape or a
	// node group, and the counts that are tried, such as m-16=3..60 or m-16=0..60/3.
	Candidates []string
	// Objectives are added to those of the plan (--objective).
	Objectives []string
	// Survive are contingencies that are added to those of the plan (--survive): zone,
	// rack, nodes=2, upgrade, reclaim=20%, demand=1.3.
	Survive []string
	// Minimise is cost or nodes; empty leaves it to the plan (--minimise).
	Minimise string
	// Nodes is keep or replace; empty leaves it to the plan (--nodes).
	Nodes string
	// Seeds on which every mix is judged, and the most; 0 leaves them to the plan.
	Seeds, MaxSeeds int
	// Confidence, Reliability and Budget; 0 leaves them to the plan.
	Confidence, Reliability float64
	Budget                  int
	// WarmUp is the beginning of each run that objectives leave out; nil leaves it to
	// the plan.
	WarmUp *time.Duration
}

// planRuns is what the runs of a plan are made of.
type planRuns struct{}

// contingencyDocuments is what a contingency adds to the scenario.
type contingencyDocuments struct{}

// LoadPlan reads and checks a plan. The error is nil or yamlnode.Problems with
// everything wrong, each with its position.
func LoadPlan(in PlanInput) (*Plan, error) {
	return nil, errors.New("plans cannot be read yet")
}

// Load loads one run: so many nodes of each candidate, a contingency by its number,
// a seed. It may be called from several goroutines. It refuses files that have
// changed since the plan was loaded.
func (p *Plan) Load(mix []int, contingency int, seed uint64) (*Run, error) {
	return nil, errors.New("plans cannot be read yet")
}

// Key names one run with what is asked of it by all that a result depends on but the
// version of podsim: a SHA-256 in hexadecimal. Candidates of which there are no nodes
// do not count, nor how many nodes are allowed.
func (p *Plan) Key(mix []int, contingency int, seed uint64) string { return "" }

// WithDemand returns the same plan with all demand multiplied by a factor, for
// reading beside the plan.
func (p *Plan) WithDemand(factor float64) *Plan {
	scaled := *p
	scaled.Demand *= factor
	return &scaled
}
