package capacity

import "github.com/podsim/podsim/reports"

// Plan is the answer to the question which nodes to buy. It depends on nothing but
// the plan, its scenario, the seeds and the version of podsim, whatever machine
// found it with how many workers and after how many interruptions.
type Plan struct {
	Name        string `json:"name"`
	Scenario    string `json:"scenario"`
	Description string `json:"description"`
	Version     string `json:"version"` // of podsim
	Digest      string `json:"digest"`  // of the plan: scenario, candidates, objectives, contingencies and version

	Minimise   string      `json:"minimise"` // cost or nodes
	Currency   string      `json:"currency"` // of prices; may be empty
	Candidates []Candidate `json:"candidates"`
	FixedNodes int         `json:"fixedNodes"` // that are in every run beside the candidates
	FixedCost  float64     `json:"fixedCost"`  // of them for an hour; part of the cost of every mix
	// Unreplaced of the Pods that are there from the start are not made anew when their node
	// is lost, though the plan has nodes lost; both are 0 if it has none lost.
	Pods       int     `json:"pods"`
	Unreplaced int     `json:"unreplaced"`
	Demand     float64 `json:"demand"` // factor on all that asks for nodes; 0 is 1

	// Recommendation is the least mix that meets the plan, nil if none was found.
	Recommendation *Mix `json:"recommendation"`
	// Proven tells that no mix that is less meets the plan, and Argument why it is so or
	// what the claim rests on.
	Proven   bool   `json:"proven"`
	Argument string `json:"argument"`
	Partial  bool   `json:"partial"` // interrupted: the search is not over

	RunnersUp []Mix   `json:"runnersUp"` // the next that meet, the least first
	Below     []Mix   `json:"below"`     // the dearest mixes below the recommendation that were judged, with why they do not do
	Mixes     []Mix   `json:"mixes"`     // all that were judged by simulation, in the order of cost
	Bound     *Bound  `json:"bound"`     // what every mix that meets needs at least; nil if nothing is known
	Frontier  []Point `json:"frontier"`  // the least cost at which an objective reaches a value

	Sensitivity []Change      `json:"sensitivity"`
	Binding     []Constraint  `json:"binding"`  // what makes less not do, the strongest first
	Headroom    []Room        `json:"headroom"` // what the recommendation leaves free
	Failures    FailureMatrix `json:"failures"` // contingencies × objectives, of the recommendation

	Confidence  float64 `json:"confidence"`  // of statements of chance, such as 0.95
	Reliability float64 `json:"reliability"` // share of seeds in which the objectives must hold; 0 is all that are run
	// MissChance bounds the chance that the recommendation misses an objective on another
	// seed, with that confidence; nil if nothing hangs on the seed.
	MissChance *float64 `json:"missChance"`
	Seeds      []uint64 `json:"seeds"` // that the recommendation was judged on

	Effort      Effort   `json:"effort"`
	Assumptions []string `json:"assumptions"` // what the answer takes for granted
	Notes       []string `json:"notes"`       // what the reader must know: what was not simulated
}

// Candidate is a kind of node that can be bought.
type Candidate struct {
	Name        string            `json:"name"`
	Price       float64           `json:"price"` // of a node for an hour
	Min         int               `json:"min"`
	Max         int               `json:"max"`
	Step        int               `json:"step"`
	Zones       []string          `json:"zones"`
	Spot        bool              `json:"spot"`
	Allocatable map[string]string `json:"allocatable"` // of one node, as Kubernetes writes quantities
}

// Mix is a number of nodes of each candidate.
type Mix struct {
	Counts []int   `json:"counts"` // by candidate, in the order of Plan.Candidates
	Nodes  int     `json:"nodes"`  // the sum of them
	Cost   float64 `json:"cost"`   // for an hour, also of nodes that are no candidates
	Meets  bool    `json:"meets"`
	Miss   *Miss   `json:"miss"` // the first that was found, if it does not
	Runs   int     `json:"runs"` // that it was judged on
}

// Miss is an objective that does not hold in a run.
type Miss struct {
	Contingency string   `json:"contingency"`
	Objective   string   `json:"objective"`
	Value       *float64 `json:"value"`
	Unit        string   `json:"unit"`
	Seed        uint64   `json:"seed"`
	Message     string   `json:"message"` // one line
}

// Bound is what no mix that meets the plan can go below by arithmetic, and how far runs
// have gone beyond that.
type Bound struct {
	Cost        float64 `json:"cost"`
	Nodes       int     `json:"nodes"`
	Contingency string  `json:"contingency"` // that needs most
	How         string  `json:"how"`         // the argument, for people; empty if arithmetic says nothing
	// SearchedTo is below which cost, or number of nodes if these are minimised, all mixes
	// that arithmetic leaves are known to miss; nil if it is no more than what arithmetic
	// says. Assumed tells that this rests on more nodes never hurting.
	SearchedTo *float64 `json:"searchedTo"`
	Assumed    bool     `json:"assumed"`
	// Gap is how far the recommendation is above it, as a share of it; nil without
	// a recommendation.
	Gap *float64 `json:"gap"`
}

// Point is a point of the frontier: what a better value costs.
type Point struct {
	Objective string  `json:"objective"` // whose value it is
	Value     float64 `json:"value"`     // the worst over contingencies and seeds
	Unit      string  `json:"unit"`
	// Limit is what the objective asks for; nil if it is not one number. Better is the
	// way to the side of it on which values hold.
	Limit  *float64          `json:"limit"`
	Better reports.Direction `json:"better"`
	Mix    Mix               `json:"mix"`
	Meets  bool              `json:"meets"`
}

// Change is what becomes of the plan when something changes.
type Change struct {
	What  string   `json:"what"`  // such as one m-16 fewer, demand +10 %
	Meets *bool    `json:"meets"` // whether the recommendation, so changed, does; nil if the change is another plan
	Miss  *Miss    `json:"miss"`
	Mix   *Mix     `json:"mix"`  // the least that meets under this change; nil if it was not asked for or there is none
	Cost  *float64 `json:"cost"` // of it, minus that of the recommendation
	// Demand is the factor on all that asks for nodes if that is what changes, else 0. Proven
	// tells that no mix that is less than Mix meets the plan then.
	Demand float64 `json:"demand"`
	Proven bool    `json:"proven"`
}

// Constraint is what keeps less from being enough.
type Constraint struct {
	What  string  `json:"what"`  // such as cpu, pod limit, topology spread, pod web-7
	Share float64 `json:"share"` // how full the recommendation is of it at its peak, or the share of refusals
	Of    string  `json:"of"`    // what the share is of, in words: of cpu in use at the peak, of all refusals
	Why   string  `json:"why"`   // the sentence
}

// Room is what is free of a resource at the moment of the greatest demand, in the
// contingency that leaves least.
type Room struct {
	Resource    string  `json:"resource"`
	Allocatable float64 `json:"allocatable"` // of the nodes that are left then; cores, bytes or a number
	Requested   float64 `json:"requested"`
	Share       float64 `json:"share"` // that is free
	Contingency string  `json:"contingency"`
}

// FailureMatrix tells for each contingency what becomes of each objective.
type FailureMatrix struct {
	Contingencies []ContingencyName `json:"contingencies"`
	Objectives    []string          `json:"objectives"`
	Cells         [][]MatrixCell    `json:"cells"` // by contingency and objective
}

// ContingencyName names a contingency and says what happens in it.
type ContingencyName struct {
	Name string `json:"name"`
	Help string `json:"help"`
}

// MatrixCell is an objective in a contingency over all seeds.
type MatrixCell struct {
	Asked bool     `json:"asked"` // whether the objective must hold there
	Met   int      `json:"met"`   // runs in which it does
	Of    int      `json:"of"`
	Worst *float64 `json:"worst"` // value
	Unit  string   `json:"unit"`
}

// Effort is what the search took, apart from time.
type Effort struct {
	Space  float64 `json:"space"`  // mixes there are
	Ruled  int     `json:"ruled"`  // mixes ruled out without simulation
	Judged int     `json:"judged"` // mixes judged by simulation
	Runs   int     `json:"runs"`
}
