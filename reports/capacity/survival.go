package capacity

import "github.com/podsim/podsim/reports"

// Survival tells which failures of nodes, racks and zones break which objective of a
// scenario. It depends on nothing but the scenario, the question, the seeds and the
// version of podsim.
type Survival struct {
	Scenario string `json:"scenario"`
	Version  string `json:"version"` // of podsim
	Digest   string `json:"digest"`  // of the inputs: SHA-256, hexadecimal

	At    reports.Seconds  `json:"atSeconds"`  // when the failures happen
	For   *reports.Seconds `json:"forSeconds"` // how long they last; null is to the end of the run
	Seeds []uint64         `json:"seeds"`
	Nodes int              `json:"nodes"` // that are there when the failures happen
	Racks int              `json:"racks"`
	Zones int              `json:"zones"`

	// Bare are pods on these nodes that run for ever and that have no controller: nobody
	// makes them anew, so that no objective about pods that wait misses them.
	Bare int `json:"podsWithoutController"`

	Objectives  []string     `json:"objectives"`
	Undisturbed []MatrixCell `json:"undisturbed"` // by objective: without any failure

	Failures []Failure   `json:"failures"` // single ones first, then double ones
	Doubles  Doubles     `json:"doubles"`
	First    []Breakage  `json:"first"` // by objective: the least failure that breaks it
	Losses   []Tolerance `json:"losses"`
	// Tolerated is the largest number of nodes such that every objective holds whichever
	// of the sets of so many nodes that were tried is lost; TolerateBy tells the same by
	// objective. -1 is an objective that does not hold undisturbed; null if node failures
	// were not asked for.
	Tolerated   *int   `json:"tolerated"`
	ToleratedBy []*int `json:"toleratedBy"`

	Requirements []Requirement `json:"requirements"`

	Partial     bool     `json:"partial"` // interrupted: not all failures were tried
	Runs        int      `json:"runs"`
	Assumptions []string `json:"assumptions"`
	Notes       []string `json:"notes"` // what was not simulated
}

// The families of failures.
const (
	FamilyNode = "node"
	FamilyRack = "rack"
	FamilyZone = "zone"
)

// Failure is something that failed, and what became of the objectives.
type Failure struct {
	Parts []Part `json:"parts"` // one, or two that fail together
	Nodes int    `json:"nodes"` // that it takes
	// Stands is for how many failures it stands, itself counted: nodes that are alike
	// fail once.
	Stands int `json:"stands"`
	// Survived tells that every objective holds with every seed.
	Survived bool `json:"survived"`
	// EachSurvived tells of a double failure that each of its parts alone is survived.
	EachSurvived bool         `json:"eachSurvived"`
	Cells        []MatrixCell `json:"cells"`  // by objective
	Misses       []Miss       `json:"misses"` // of each objective that does not hold, the worst seed
	Why          string       `json:"why"`    // why pods are on no node in the worst seed; empty if none is
}

// Part is a node, rack or zone.
type Part struct {
	Family string `json:"family"`
	Name   string `json:"name"`
}

// Doubles tells how many of the double failures were tried.
type Doubles struct {
	Of    int `json:"of"` // that are not alike
	Tried int `json:"tried"`
}

// Breakage is the least failure that breaks an objective: the one that takes the
// fewest nodes.
type Breakage struct {
	Objective   string  `json:"objective"`
	Undisturbed bool    `json:"undisturbed"` // it does not even hold without a failure
	Failure     *int    `json:"failure"`     // index of Failures; null if none of them breaks it
	Lost        *LostAs `json:"lost"`        // a set of nodes that breaks it, if no failure with as few nodes does
	Miss        *Miss   `json:"miss"`
	Why         string  `json:"why"`
}

// LostAs names nodes that are lost together.
type LostAs struct {
	Nodes []string `json:"nodes"`
}

// Tolerance is what the loss of so many nodes at once does: a row of the N+k table.
type Tolerance struct {
	Lost int     `json:"lost"`
	Of   float64 `json:"of"` // sets of so many nodes there are
	// Different are these, sets of nodes that are alike counted once, and Tried how many
	// of them were tried; Complete tells that all were.
	Different float64      `json:"different"`
	Tried     int          `json:"tried"`
	Complete  bool         `json:"complete"`
	Survived  int          `json:"survived"` // of the sets tried: with all objectives
	Cells     []MatrixCell `json:"cells"`    // by objective, over sets and seeds
	Worst     []string     `json:"worst"`    // names of the nodes of the worst set, the first of equals
	Why       string       `json:"why"`      // why pods are on no node in it; empty if none is
}

// Requirement is a demand of the user, such as N+1.
type Requirement struct {
	Text    string `json:"requirement"`
	Met     bool   `json:"met"`
	Message string `json:"message"` // one line; of a failure only
}

// Name names what fails, such as zone a or node web-1 and rack r2.
func (f *Failure) Name() string {
	name := ""
	for i, p := range f.Parts {
		if i > 0 {
			name += " and "
		}
		name += p.Family + " " + p.Name
	}
	return name
}
