package scenarios

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
)

// Plan is a Plan that was read and is right: which nodes can be bought, what must
// hold of the scenario with them, and what it must survive.
type Plan struct {
	Name, Description string
	Scenario          string // name of the scenario
	Minimise          string // cost or nodes
	Currency          string // of prices; may be empty
	// Candidates in the order of the plan; a mix is one count for each.
	Candidates []Candidate
	// FixedNodes stay whatever is bought, for FixedCost an hour: nodes of the scenario
	// that are no candidates.
	FixedNodes int
	FixedCost  float64
	// Pods are in the scenario from the start; those of DaemonSets and of kubelets, which go
	// with their nodes, and those that have ended do not count. Unreplaced of them are not
	// made anew when their node is lost: they have no controller, or the scenario does not
	// have it. The loss of a node asks for no room for these.
	Pods, Unreplaced int
	Objectives       []Objective
	// Contingencies are what the plan must survive. The first is the scenario
	// undisturbed.
	Contingencies []Contingency
	Seeds         int // on which every mix is judged
	MaxSeeds      int // to which they may be raised until the answer is safe
	FirstSeed     uint64
	WarmUp        time.Duration // the beginning of each run that objectives leave out
	Confidence    float64       // of every statement of chance
	// Reliability is the share of seeds in which the objectives must hold; 0 is all that
	// are run.
	Reliability float64
	Budget      int // most mixes that are judged by simulation
	// Demand is a factor on all that asks for nodes, in every contingency.
	Demand float64
	// Horizon is the end of every run, if something is left to happen till then. Scenarios
	// without an end are given one.
	Horizon models.Time
	// Dictionary holds the names in the nodes of candidates. Runs have their own.
	Dictionary *models.Dictionary
	Notes      []string // what was assumed
	Inputs     []InputFile
	Audit      []manifest.AuditEntry // what is made of the fields and kinds of Kubernetes
	// Digest is a SHA-256, in hexadecimal, over everything that the answer depends on
	// but the version of podsim, the number of seeds and the budget.
	Digest string

	planRuns
}

// Candidate is a kind of node that can be bought.
type Candidate struct {
	Name           string  // of the node group that its nodes are of in every run
	Price          float64 // of a node for an hour
	Min, Max, Step int     // counts are Min, Min+Step and so on up to Max
	Zones          []string
	Spot           bool
	// Node is one of its nodes, with the labels of the first zone; its names are those of
	// Plan.Dictionary.
	Node *models.NodeSpec
	// Allocatable is what pods may have of it, as Kubernetes writes quantities.
	Allocatable map[string]string
}

// The families of contingencies.
const (
	Undisturbed = "undisturbed"
	LosesZone   = "zone"
	LosesRack   = "rack"
	LosesNodes  = "nodes"
	Upgrades    = "upgrade"
	Reclaims    = "reclaim"
	MoreDemand  = "demand"
	OwnFaults   = "documents"
)

// Contingency is something that the plan must survive.
type Contingency struct {
	Name   string
	Family string // one of the constants
	Help   string // what happens, in words
	Demand float64
	// Zone, Rack or Nodes say what is lost from At on: a zone or rack by name, or so many
	// nodes, drawn anew with each seed.
	Zone, Rack string
	Nodes      int
	Share      float64       // of the spot nodes that are reclaimed
	At         models.Time   // when it happens
	For        time.Duration // how long it lasts; 0 is to the end of the run

	contingencyDocuments
}

// Disturbs reports whether something happens that the undisturbed scenario does not
// have.
func (c *Contingency) Disturbs() bool { return c.Family != Undisturbed }

// Objective is what must hold of each run.
type Objective struct {
	// Text is an assertion over one run, and Words what the plan says for it.
	Text, Words string
	// When it must hold, as in an Assertion: at a moment (0 is the end of the run), or
	// always.
	At, From, Until models.Time
	Always          bool
	Place           manifest.Position
	// Where it must hold: in the undisturbed scenario, in the others, or in both.
	Undisturbed, Disturbed bool
}

// AsksOf reports whether the objective must hold in a contingency of the plan.
func (o *Objective) AsksOf(c *Contingency) bool {
	if c.Disturbs() {
		return o.Disturbed
	}
	return o.Undisturbed
}
