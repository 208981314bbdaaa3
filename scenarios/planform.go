package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// PlanSpec asks which nodes to buy.
type PlanSpec struct {
	Description   string            `yaml:"description" help:"what is planned, for the readers of the report"`
	Scenario      string            `yaml:"scenario" help:"the scenario: a file, relative to this one and within its folder, or the name of an embedded one; also the state of a cluster, as kubectl get writes it; without it, the stream that the plan stands in"`
	Nodes         string            `yaml:"nodes" enum:"keep,replace" default:"keep" help:"what becomes of nodes that are no candidates: keep them, or replace them, so that the pods on them are placed anew"`
	PriceBook     string            `yaml:"priceBook" help:"a file with a PriceBook, relative to this one and within its folder; those of the stream count, too"`
	Candidates    []CandidateSpec   `yaml:"candidates" help:"the nodes that can be bought (default: the shapes of the price book; without one, the node groups of the scenario)"`
	Objectives    []ObjectiveSpec   `yaml:"objectives" help:"what must hold of every run, each a text such as pending.p99 < 60s or all pods placed, or an object (default: all pods placed)"`
	Contingencies []ContingencySpec `yaml:"contingencies" help:"what the plan must survive, each by itself"`
	Demand        *float64          `yaml:"demand" min:"0" default:"1" help:"a factor on everything that asks for nodes: rates of arrivals, rows of traces, replicas, pods and Jobs that are there from the start, loads"`
	Minimise      string            `yaml:"minimise" enum:"cost,nodes" help:"what is to be as little as can be (default: cost, or nodes if nothing has a price)"`
	Seeds         int               `yaml:"seeds" min:"1" default:"10" help:"seeds on which a mix is judged; seed i is firstSeed + i"`
	MaxSeeds      int               `yaml:"maxSeeds" min:"1" help:"with reliability: the most seeds on which a mix is judged (default: 200, or seeds if that is more)"`
	FirstSeed     *uint64           `yaml:"firstSeed" help:"the first seed (default: the scenario's)"`
	Reliability   float64           `yaml:"reliability" min:"0" help:"share of seeds in which the objectives must hold, below 1 (default: in all that are run)"`
	Confidence    float64           `yaml:"confidence" min:"0.5" default:"0.95" help:"confidence of statements of chance, below 1"`
	WarmUp        *time.Duration    `yaml:"warmUp" default:"0s" help:"the beginning of each run that objectives leave out"`
	Budget        int               `yaml:"budget" min:"1" default:"400" help:"most mixes that are judged by simulation"`
}

// CandidateSpec is a kind of node that can be bought.
type CandidateSpec struct {
	Shape string   `yaml:"shape" help:"a shape of the price book; shape or group must be given"`
	Group string   `yaml:"group" help:"a NodeGroup of the scenario, whose count is asked for"`
	Name  string   `yaml:"name" help:"with shape: name of the group that its nodes make (default: that of the shape)"`
	Min   int      `yaml:"min" min:"0" default:"0" help:"least number of nodes"`
	Max   *int     `yaml:"max" min:"1" default:"1000" help:"most nodes"`
	Step  int      `yaml:"step" min:"1" default:"1" help:"they come by so many: 3 is one for each of three zones"`
	Zones []string `yaml:"zones" help:"with shape: zones over which they are dealt one by one (default: those of the shape, else those of the nodes of the scenario)"`
	Racks int      `yaml:"racks" min:"0" default:"0" help:"with shape: racks in each zone"`
	Price *float64 `yaml:"price" min:"0" help:"price of a node for an hour (default: that of the shape or the group)"`
}

// ObjectiveSpec is what must hold of a run.
type ObjectiveSpec struct {
	Assert string         `yaml:"assert" required:"true" help:"an assertion, such as availability >= 99.9%, or all pods placed, which is pods.pending == 0"`
	In     string         `yaml:"in" enum:"always,undisturbed,disturbed" default:"always" help:"where it must hold: in the undisturbed scenario, when something happens, or in both"`
	At     *time.Duration `yaml:"at" min:"1" help:"it must hold at this moment (default: at the end of the run)"`
	From   *time.Duration `yaml:"from" default:"0s" help:"with always: from when"`
	Until  *time.Duration `yaml:"until" min:"1" help:"with always: until when (default: the end of the run)"`
	Always bool           `yaml:"always" help:"it must hold at every moment; only metrics that are states can be asked so"`
}

// UnmarshalNode reads an objective that is a text alone, or an object.
func (s *ObjectiveSpec) UnmarshalNode(n *yamlnode.Node, d *yamlnode.Decoder) error {
	type plain ObjectiveSpec
	if n.Kind == yamlnode.String {
		s.Assert = n.Text
		return nil
	}
	d.Into(n, (*plain)(s))
	return nil
}

// ContingencySpec is something that the plan must survive. One of lose, upgrade,
// reclaim and file says what happens; demand goes with each of them, or stands alone.
type ContingencySpec struct {
	Name    string              `yaml:"name" help:"its name in the report (default: by what happens)"`
	Lose    *LoseSpec           `yaml:"lose" help:"nodes crash: zone, rack or node loses any one of them, which makes a contingency of each zone or rack; {zone: a}, {rack: a-r0} or {nodes: 2} say which"`
	Upgrade *PlannedUpgradeSpec `yaml:"upgrade" help:"nodes are upgraded in turn, as a step of a Timeline does it"`
	Reclaim *Portion            `yaml:"reclaim" help:"the cloud takes back a share of the spot nodes, rounded up: 20%"`
	Demand  *float64            `yaml:"demand" min:"0" help:"a factor on everything that asks for nodes, such as 1.3"`
	File    string              `yaml:"file" help:"a file of documents, relative to this one and within its folder, that take the place of those of the scenario of the same kind and name, or are added"`
	At      *time.Duration      `yaml:"at" help:"when it happens (default: at half of the run; after 1h if the scenario has no end)"`
	For     *time.Duration      `yaml:"for" min:"1" help:"with lose: how long it lasts (default: to the end of the run)"`
}

// LoseSpec says which nodes are lost.
type LoseSpec struct {
	Zone  string `yaml:"zone" help:"a zone by name, or any for each of them in turn"`
	Rack  string `yaml:"rack" help:"a rack by name, or any for each of them in turn"`
	Nodes int    `yaml:"nodes" min:"1" help:"so many nodes, drawn anew with each seed"`
}

// anyOne is the name that stands for each zone or rack in turn.
const anyOne = "any"

// UnmarshalNode reads zone, rack, node, or an object.
func (s *LoseSpec) UnmarshalNode(n *yamlnode.Node, d *yamlnode.Decoder) error {
	type plain LoseSpec
	if n.Kind != yamlnode.String {
		d.Into(n, (*plain)(s))
		return nil
	}
	switch n.Text {
	case "zone":
		s.Zone = anyOne
	case "rack":
		s.Rack = anyOne
	case "node":
		s.Nodes = 1
	default:
		return fmt.Errorf("%s", unknown("loss", n.Text, []string{"zone", "rack", "node"}))
	}
	return nil
}

// PlannedUpgradeSpec upgrades one group of nodes, or all of them.
type PlannedUpgradeSpec struct {
	Group          string `yaml:"group" help:"the node group: a candidate, or one of the scenario (default: all of them, side by side)"`
	UpgradeOptions `yaml:",inline"`
}

// Portion is a share of a whole: 20%, or 0.2.
type Portion float64

// UnmarshalNode reads a percentage or a number.
func (p *Portion) UnmarshalNode(n *yamlnode.Node, _ *yamlnode.Decoder) error {
	if n.Kind == yamlnode.Map || n.Kind == yamlnode.Seq || n.Kind == yamlnode.Bool {
		return n.Want("a share such as 20%")
	}
	share, err := parsePortion(n.Text)
	*p = share
	return err
}

// parsePortion reads 20% or 0.2: more than nothing, at most all.
func parsePortion(text string) (Portion, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := strconv.ParseFloat(number, 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x > 0 && x <= 1) {
		return 0, fmt.Errorf("got %s; want a share above 0 and at most 1, such as 20%%", quote(text))
	}
	return Portion(x), nil
}

// words writes a share as a percentage.
func (p Portion) words() string {
	return strconv.FormatFloat(float64(float64(p)*100), 'g', 6, 64) + "%"
}

// planDocument is the Plan of the stream.
type planDocument struct {
	*object
	spec *PlanSpec // nil if its form is wrong
}

// checkPlans checks the plans of the stream, of which the outermost counts, and the
// price books. A single run makes nothing else of them.
func (l *loader) checkPlans() {
	if v := l.in.variant; v != nil && !v.isBase {
		return // they have been checked
	}
	before := len(l.problems)
	l.checkPriceBooks()
	for _, o := range l.byKind("Plan") {
		spec := l.readPlan(o)
		if l.plan == nil || l.plan.origin.parent != nil && o.origin.parent == nil {
			l.plan = &planDocument{o, spec}
		}
	}
	l.plansAreWrong = len(l.problems) > before
}

// readPlan reads a Plan and checks what can be told without its scenario. It returns
// nil if its form is wrong.
func (l *loader) readPlan(o *object) *PlanSpec {
	var envelope Object[PlanSpec]
	if !l.decode(o, &envelope) {
		return nil
	}
	c := planChecker{l, o, &envelope.Spec}
	c.checkNumbers()
	c.checkCandidates()
	c.checkObjectives()
	c.checkContingencies()
	return c.spec
}

// planChecker checks one Plan.
type planChecker struct {
	*loader
	object *object
	spec   *PlanSpec
}

func (c *planChecker) blame(path, format string, args ...any) {
	c.loader.blame(c.object, path, format, args...)
}

func (c *planChecker) checkNumbers() {
	s := c.spec
	for _, share := range []struct {
		path  string
		value float64
	}{{"spec.confidence", s.Confidence}, {"spec.reliability", s.Reliability}} {
		if share.value >= 1 {
			c.blame(share.path, "must be < 1 (got %s)", number(share.value))
		}
	}
	for _, seeds := range []struct {
		path  string
		value int
	}{{"spec.seeds", s.Seeds}, {"spec.maxSeeds", s.MaxSeeds}} {
		if seeds.value > limits.Seeds {
			c.blame(seeds.path, "more than %d seeds", limits.Seeds)
		}
	}
	switch {
	case s.MaxSeeds > 0 && s.Reliability == 0:
		c.blame("spec.maxSeeds", "needs reliability: without it every seed is run")
	case s.MaxSeeds > 0 && s.MaxSeeds < s.Seeds:
		c.blame("spec.maxSeeds", "got %d; want at least seeds, which is %d", s.MaxSeeds, s.Seeds)
	}
	if s.Budget > limits.Mixes {
		c.blame("spec.budget", "more than %d mixes", limits.Mixes)
	}
	if s.Demand != nil {
		c.checkDemand("spec.demand", *s.Demand)
	}
}

// number writes a number as people do.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func (c *planChecker) checkDemand(path string, demand float64) {
	if err := demandProblem(demand); err != nil {
		c.blame(path, "%v", err)
	}
}

func (c *planChecker) checkCandidates() {
	if n := len(c.spec.Candidates); n > limits.Candidates {
		c.blame("spec.candidates", "more than %d candidates", limits.Candidates)
		return
	}
	seen := make(map[string]string)
	for i := range c.spec.Candidates {
		s, path := &c.spec.Candidates[i], yamlnode.IndexPath("spec.candidates", i)
		name := s.name()
		switch {
		case s.Shape == "" && s.Group == "":
			c.blame(path, "shape or group is missing")
		case s.Shape != "" && s.Group != "":
			c.blame(path+".group", "contradicts shape; set one of them")
		case s.Shape == "":
			for _, given := range []struct {
				field string
				is    bool
			}{{"name", s.Name != ""}, {"zones", s.Zones != nil}, {"racks", s.Racks > 0}} {
				if given.is {
					c.blame(path+"."+given.field, "goes with shape: the group says it itself")
				}
			}
		case s.Name != "" && !isName(s.Name):
			c.blame(path+".name", "%s", wantName(s.Name))
		}
		if first, twice := seen[name]; twice && name != "" {
			c.blame(path, "candidate %s is also defined at %s; want another name", quote(name), c.object.place(first))
		}
		seen[name] = path
		for _, wrong := range s.problems() {
			c.blame(path+"."+wrong.field, "%s", wrong.what)
		}
	}
}

// name is that of the node group that the nodes of a candidate are of.
func (s *CandidateSpec) name() string {
	switch {
	case s.Group != "":
		return s.Group
	case s.Name != "":
		return s.Name
	}
	return s.Shape
}

// defaultMost is how many nodes of a candidate there may be if nobody says it.
const defaultMost = 1000

// bounds returns the counts that are tried: from the least, by steps, to the most.
func (s *CandidateSpec) bounds() (least, most, step int) {
	least, most, step = s.Min, defaultMost, max(s.Step, 1)
	if s.Max != nil {
		most = *s.Max
	}
	if most > least {
		most -= (most - least) % step
	}
	return least, most, step
}

// fieldProblem is what is wrong with a field.
type fieldProblem struct{ field, what string }

// problems are those of the counts and the price.
func (s *CandidateSpec) problems() []fieldProblem {
	var out []fieldProblem
	least, most, _ := s.bounds()
	if s.Max != nil {
		most = *s.Max
	}
	switch {
	case most > limits.Nodes:
		out = append(out, fieldProblem{"max", fmt.Sprintf("more than %d nodes", limits.Nodes)})
	case most < max(least, 1):
		out = append(out, fieldProblem{"max", fmt.Sprintf("got %d; want at least %d", most, max(least, 1))})
	case s.Step > most:
		out = append(out, fieldProblem{"step", fmt.Sprintf("got %d; want at most max, which is %d", s.Step, most)})
	}
	if s.Price != nil && *s.Price > limits.Price {
		out = append(out, fieldProblem{"price", fmt.Sprintf("got %s; want at most %d", number(*s.Price), limits.Price)})
	}
	for i, zone := range s.Zones {
		switch {
		case !isLabelValue(zone):
			out = append(out, fieldProblem{yamlnode.IndexPath("zones", i), fmt.Sprintf("got %s; want the value of a label", quote(zone))})
		case slices.Contains(s.Zones[:i], zone):
			out = append(out, fieldProblem{yamlnode.IndexPath("zones", i), fmt.Sprintf("a second zone %s", quote(zone))})
		}
	}
	return out
}
