package scenarios

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// allPlaced are the words for an objective, and the assertion that they stand for.
const (
	allPlaced        = "all pods placed"
	nothingIsPending = "pods.pending == 0"
)

// inAssertions turns an objective into an assertion.
func inAssertions(words string) string {
	if text := strings.Join(strings.Fields(words), " "); text != allPlaced {
		return strings.TrimSpace(words)
	}
	return nothingIsPending
}

// ParseObjective reads an objective that must hold in the end, whatever happens: an
// assertion, or all pods placed. Whether the assertion is one is for others to say.
func ParseObjective(words string, place manifest.Position) (Objective, error) {
	if err := objectiveProblem(words); err != nil {
		return Objective{}, err
	}
	return Objective{Text: inAssertions(words), Words: oneLine(words), Place: place, Undisturbed: true, Disturbed: true}, nil
}

func (c *planChecker) checkObjectives() {
	if len(c.spec.Objectives) > limits.ChosenMetrics {
		c.blame("spec.objectives", "more than %d objectives", limits.ChosenMetrics)
		return
	}
	for i := range c.spec.Objectives {
		s, path := &c.spec.Objectives[i], yamlnode.IndexPath("spec.objectives", i)
		text := path
		if n := yamlnode.Locate(c.object.root, path); n != nil && n.Kind == yamlnode.Map {
			text += ".assert"
		}
		if err := objectiveProblem(s.Assert); err != nil {
			c.blame(text, "%v", err)
		}
		bounded := s.From != nil || s.Until != nil
		switch {
		case s.At != nil && (s.Always || bounded):
			c.blame(path+".at", "contradicts always, from and until")
		case bounded && !s.Always:
			c.blame(path, "from and until need always: true")
		case s.From != nil && s.Until != nil && *s.Until <= *s.From:
			c.blame(path+".until", "got %s; want more than from, which is %s", *s.Until, *s.From)
		}
	}
}

// objectiveProblem says what is wrong with the text of an objective before others
// compile it.
func objectiveProblem(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("is empty; want an assertion such as pending.p99 < 60s, or %s", allPlaced)
	case len(text) > limits.Expression:
		return fmt.Errorf("longer than %d bytes", limits.Expression)
	}
	return nil
}

func (c *planChecker) checkContingencies() {
	if len(c.spec.Contingencies) > limits.Contingencies {
		c.blame("spec.contingencies", "more than %d contingencies", limits.Contingencies)
		return
	}
	for i := range c.spec.Contingencies {
		path := yamlnode.IndexPath("spec.contingencies", i)
		for _, wrong := range c.spec.Contingencies[i].problems() {
			at := path
			if wrong.field != "" {
				at += "." + wrong.field
			}
			c.blame(at, "%s", wrong.what)
		}
	}
}

// happens returns the fields that say what happens.
func (s *ContingencySpec) happens() []string {
	var out []string
	for _, given := range []struct {
		field string
		is    bool
	}{{"lose", s.Lose != nil}, {"upgrade", s.Upgrade != nil}, {"reclaim", s.Reclaim != nil}, {"file", s.File != ""}} {
		if given.is {
			out = append(out, given.field)
		}
	}
	return out
}

// problems tells what is wrong with a contingency by itself.
func (s *ContingencySpec) problems() []fieldProblem {
	var out []fieldProblem
	blame := func(field, format string, args ...any) {
		out = append(out, fieldProblem{field, fmt.Sprintf(format, args...)})
	}
	happens := s.happens()
	switch {
	case len(happens) > 1:
		blame(happens[1], "contradicts %s; a contingency is one of them", happens[0])
	case len(happens) == 0 && s.Demand == nil:
		blame("", "nothing happens; want lose, upgrade, reclaim, demand or file")
	}
	if len(s.Name) > limits.NameLength {
		blame("name", "longer than %d bytes", limits.NameLength)
	}
	if s.Demand != nil {
		if err := demandProblem(*s.Demand); err != nil {
			blame("demand", "%v", err)
		}
	}
	if s.Lose != nil {
		out = append(out, s.Lose.problems()...)
	}
	if s.For != nil && s.Lose == nil {
		blame("for", "goes with lose")
	}
	if s.At != nil && (s.Lose == nil && s.Upgrade == nil && s.Reclaim == nil) {
		blame("at", "goes with lose, upgrade and reclaim")
	}
	return out
}

func (s *LoseSpec) problems() []fieldProblem {
	given := 0
	for _, is := range []bool{s.Zone != "", s.Rack != "", s.Nodes > 0} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return []fieldProblem{{"lose", fmt.Sprintf("got %d of zone, rack and nodes; want one of them", given)}}
	case s.Nodes > limits.Nodes:
		return []fieldProblem{{"lose.nodes", fmt.Sprintf("more than %d nodes", limits.Nodes)}}
	}
	return nil
}
