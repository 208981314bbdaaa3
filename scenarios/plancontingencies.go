package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// contingencyDocuments is what a contingency adds to the scenario.
type contingencyDocuments struct {
	events []*object
	file   *heldFile // whose documents take the place of those of the scenario; nil without
	at     place
}

// survived is a contingency of the command line.
type survived struct {
	spec *ContingencySpec
	at   place
}

// readSurvive reads the contingencies of the command line.
func (b *planBuilder) readSurvive() {
	for _, text := range b.in.Survive {
		at := place{flag: "--survive " + shorten(text)}
		spec, err := parseSurvive(text)
		if err != nil {
			b.blame(at, "", "%v", err)
			continue
		}
		for _, wrong := range spec.problems() {
			b.blame(at, "", "%s", wrong.what)
		}
		b.survived = append(b.survived, survived{spec, at})
	}
}

// chooseContingencies makes the contingencies that the Plan and the options name, after
// the scenario undisturbed. Zones and racks are those of the trial.
func (b *planBuilder) chooseContingencies() {
	if len(b.trials) == 0 {
		return
	}
	b.out.Contingencies = []Contingency{{Name: Undisturbed, Family: Undisturbed, Help: "nothing happens that the scenario does not say", Demand: 1}}
	for i := range b.spec.Contingencies {
		b.addContingency(&b.spec.Contingencies[i], b.at(false, "", yamlnode.IndexPath("spec.contingencies", i)))
	}
	for _, asked := range b.survived {
		b.addContingency(asked.spec, asked.at)
	}
	if n := len(b.out.Contingencies) - 1; n > limits.Contingencies {
		b.blame(b.at(len(b.spec.Contingencies) == 0, "--survive", "spec.contingencies"), "", "%d contingencies; want at most %d", n, limits.Contingencies)
	}
}

// parseSurvive reads a contingency of the command line.
func parseSurvive(text string) (*ContingencySpec, error) {
	what, value, given := strings.Cut(strings.TrimSpace(text), "=")
	known := []string{"zone", "rack", "node", "nodes", "upgrade", "reclaim", "demand"}
	wrong := fmt.Errorf("got %s; want zone, zone=NAME, rack, node, nodes=2, upgrade, upgrade=GROUP, reclaim=20%% or demand=1.3", quote(text))
	switch {
	case !slices.Contains(known, what):
		return nil, errors.New(unknown("contingency", what, known))
	case what == "zone" && !given:
		value = anyOne
	case what == "rack" && !given:
		value = anyOne
	case what == "node" && !given:
		return &ContingencySpec{Lose: &LoseSpec{Nodes: 1}}, nil
	case what == "upgrade":
		return &ContingencySpec{Upgrade: &PlannedUpgradeSpec{Group: value}}, nil
	case value == "":
		return nil, wrong
	}
	switch what {
	case "zone":
		return &ContingencySpec{Lose: &LoseSpec{Zone: value}}, nil
	case "rack":
		return &ContingencySpec{Lose: &LoseSpec{Rack: value}}, nil
	case "nodes":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return nil, wrong
		}
		return &ContingencySpec{Lose: &LoseSpec{Nodes: n}}, nil
	case "reclaim":
		share, err := parsePortion(value)
		return &ContingencySpec{Reclaim: &share}, err
	case "demand":
		factor, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, wrong
		}
		return &ContingencySpec{Demand: &factor}, nil
	}
	return nil, wrong
}

// addContingency makes what a specification says: one contingency, or one for each zone
// or rack.
func (b *planBuilder) addContingency(spec *ContingencySpec, at place) {
	c := Contingency{Name: spec.Name, Demand: 1, At: b.moment(spec), For: pointed(spec.For)}
	c.at = at
	if spec.Demand != nil {
		c.Demand = *spec.Demand
	}
	switch {
	case spec.Lose != nil:
		b.addLosses(spec.Lose, c)
		return
	case spec.Upgrade != nil:
		b.addUpgrade(spec.Upgrade, c)
		return
	case spec.Reclaim != nil:
		b.addReclaim(*spec.Reclaim, c)
		return
	}
	c.At, c.For = 0, 0
	if spec.File != "" {
		b.addDocuments(spec.File, c)
		return
	}
	c.Family, c.Help = MoreDemand, "what asks for nodes is"
	b.add(c, "demand "+number(c.Demand))
}

// moment is when a contingency happens.
func (b *planBuilder) moment(spec *ContingencySpec) models.Time {
	switch {
	case spec.At != nil:
		return models.Time(*spec.At)
	case b.base.endless():
		return models.Time(withoutEnd)
	}
	half := time.Duration(b.trials[0].loader.run.Config.Horizon / 2)
	return models.Time(max(half.Truncate(time.Second), half.Truncate(time.Millisecond)))
}

// add adds a contingency under a name that no other has.
func (b *planBuilder) add(c Contingency, name string) {
	if c.Name == "" {
		c.Name = name
	}
	if c.Demand != 1 {
		if c.Family != MoreDemand {
			c.Help += "; what asks for nodes is"
		}
		c.Help += " " + number(c.Demand) + " times as much"
	}
	base := c.Name
	for n := 2; slices.ContainsFunc(b.out.Contingencies, func(o Contingency) bool { return o.Name == c.Name }); n++ {
		c.Name = fmt.Sprintf("%s (%d)", base, n)
	}
	b.out.Contingencies = append(b.out.Contingencies, c)
}

// when says when a contingency happens, and for how long.
func (c *Contingency) when() string {
	text := "at " + plainDuration(time.Duration(c.At))
	if c.For > 0 {
		text += " for " + plainDuration(c.For)
	}
	return text
}

// named says what is meant where the name of a contingency, which the plan may give, does
// not.
func (c *Contingency) named(what, happens string) string {
	if c.Name == "" {
		return happens
	}
	return what + ": " + happens
}

// addLosses makes a contingency of each zone or rack that is meant.
func (b *planBuilder) addLosses(spec *LoseSpec, c Contingency) {
	l := b.trials[0].loader
	if spec.Nodes > 0 {
		if most := b.mostNodes(); spec.Nodes > most {
			b.blame(c.at, "lose", "got %d nodes; there are at most %d", spec.Nodes, most)
			return
		}
		c.Family, c.Nodes = LosesNodes, spec.Nodes
		what, crash := fmt.Sprintf("%d nodes", spec.Nodes), "they crash"
		if spec.Nodes == 1 {
			what, crash = "1 node", "it crashes"
		}
		c.Help = c.named(what, "drawn anew with each seed; "+crash+" "+c.when())
		b.addFault(c, what, map[string]any{"target": map[string]any{"count": spec.Nodes}})
		return
	}
	family, field, asked, known := LosesZone, "zones", spec.Zone, l.zones()
	if spec.Rack != "" {
		family, field, asked, known = LosesRack, "racks", spec.Rack, l.labelValues(models.LabelRack)
	}
	switch {
	case asked == anyOne && len(known) == 0:
		give := "zones: [a, b, c]"
		if family == LosesRack {
			give = "racks: 2"
		}
		b.blame(c.at, "lose", "no node is in a %s; give the candidates %s", family, give)
		return
	case asked != anyOne && !slices.Contains(known, asked):
		b.blame(c.at, "lose", "%s", unknown(family, asked, known))
		return
	case asked != anyOne:
		known = []string{asked}
	}
	for _, name := range known {
		one := c
		one.Family = family
		if family == LosesZone {
			one.Zone = name
		} else {
			one.Rack = name
		}
		what := family + " " + name
		if c.Name != "" && len(known) > 1 {
			one.Name = c.Name + " " + name
		}
		one.Help = c.named(what, "all of its nodes crash "+c.when())
		b.addFault(one, what, map[string]any{"target": map[string]any{field: []string{name}}})
	}
}

// mostNodes is how many nodes the largest mix has.
func (b *planBuilder) mostNodes() int {
	most := b.out.FixedNodes
	for _, c := range b.buyables {
		_, n, _ := c.bounds()
		most += n
	}
	return most
}

// addFault adds a contingency in which something breaks.
func (b *planBuilder) addFault(c Contingency, name string, fault map[string]any) {
	if c.Name == "" {
		c.Name = name
	}
	fault["name"], fault["at"] = c.Name, exactly(time.Duration(c.At))
	if c.For > 0 {
		fault["for"] = exactly(c.For)
	}
	b.addEvent(c, "FaultPlan", map[string]any{"faults": []any{fault}}, "spec.faults[0]")
}

// addEvent adds a contingency that is a document, of which a part stands for what the
// plan says.
func (b *planBuilder) addEvent(c Contingency, kind string, spec any, within string) {
	label := "contingency " + c.Name
	o, err := generated(label, kind, b.free(kind), spec)
	if err != nil {
		b.blame(c.at, "", "%v", err)
		return
	}
	at := c.at
	at.within = within
	b.places[label] = at
	c.events = []*object{o}
	b.add(c, c.Name)
}

// free returns a name that no document of a kind has.
func (b *planBuilder) free(kind string) string {
	name := "contingency"
	for n := 2; slices.ContainsFunc(b.base.byKind(kind), func(o *object) bool { return o.name == name }); n++ {
		name = fmt.Sprintf("contingency-%d", n)
	}
	return name
}

// exactly writes a duration so that it is read as the same.
func exactly(d time.Duration) string { return strconv.FormatInt(int64(d), 10) + "ns" }

// addUpgrade adds a contingency in which nodes are upgraded.
func (b *planBuilder) addUpgrade(spec *PlannedUpgradeSpec, c Contingency) {
	l := b.trials[0].loader
	var groups []string
	for i := range l.run.Groups {
		if l.run.Groups[i].Nodes > 0 {
			groups = append(groups, l.run.Groups[i].Name)
		}
	}
	what := "upgrade"
	switch {
	case spec.Group != "" && !slices.Contains(groups, spec.Group):
		b.blame(c.at, "upgrade.group", "%s", unknown("node group", spec.Group, groups))
		return
	case len(groups) == 0:
		b.blame(c.at, "upgrade", "there are no node groups to upgrade")
		return
	case spec.Group != "":
		groups, what = []string{spec.Group}, "upgrade "+spec.Group
	}
	var steps []any
	for _, group := range groups {
		fields := map[string]any{}
		if n := c.at.upgrade(); n != nil {
			for _, f := range n.Fields {
				text, err := f.Value.JSON()
				if err != nil {
					b.blame(c.at, "upgrade."+f.Name, "%v", err)
					return
				}
				fields[f.Name] = json.RawMessage(text)
			}
		}
		fields["group"] = group
		steps = append(steps, map[string]any{"at": exactly(time.Duration(c.At)), "upgrade": fields})
	}
	c.Family, c.Help = Upgrades, "the nodes of "+strings.Join(groups, ", ")+" are upgraded in turn, from "+plainDuration(time.Duration(c.At))+" on"
	if c.Name == "" {
		c.Name = what
	}
	b.addEvent(c, "Timeline", map[string]any{"steps": steps}, "spec.steps[0]")
}

// upgrade returns what a Plan says of an upgrade.
func (p place) upgrade() *yamlnode.Node {
	if p.object == nil {
		return nil
	}
	return yamlnode.Locate(p.object.root, p.path).Get("upgrade")
}

// addReclaim adds a contingency in which the cloud takes nodes back.
func (b *planBuilder) addReclaim(share Portion, c Contingency) {
	var spot []string
	for _, candidate := range b.buyables {
		if candidate.shape != nil && candidate.shape.Spot {
			spot = append(spot, candidate.name)
		}
	}
	if len(spot) == 0 {
		b.blame(c.at, "reclaim", "no candidate is of a shape that says spot: true")
		return
	}
	c.Family, c.Share = Reclaims, float64(share)
	c.Help = share.words() + " of the spot nodes, rounded up, drawn anew with each seed, taken back " + c.when()
	b.addFault(c, "reclaim "+share.words(), map[string]any{
		"action": "reclaim", "target": map[string]any{"nodeGroups": spot, "fraction": float64(share)},
	})
}

// addDocuments adds a contingency that is a file of documents.
func (b *planBuilder) addDocuments(name string, c Contingency) {
	file, err := holdBeside(b.document, name)
	if err != nil {
		b.blame(c.at, "file", "%s: %v", quote(name), err)
		return
	}
	c.Family, c.Help, c.file = OwnFaults, "as "+name+" says", file
	base := filepath.Base(name)
	b.add(c, strings.TrimSuffix(base, filepath.Ext(base)))
}
