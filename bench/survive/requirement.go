package survive

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
)

// Requirement is a failure that a scenario is required to survive.
type Requirement struct {
	text   string
	lost   int    // nodes, of N+k; 0 for others
	family string // of single failures; empty for N+k and double
}

// everyDouble is the requirement that all double failures are survived.
const everyDouble = "double"

var families = []string{capacity.FamilyNode, capacity.FamilyRack, capacity.FamilyZone}

// ParseFamily reads a family of failures: node, rack or zone.
func ParseFamily(text string) (string, error) {
	if slices.Contains(families, text) {
		return text, nil
	}
	return "", fmt.Errorf("unknown failure %q%s (want %s)", text, guess(text, families), strings.Join(families, ", "))
}

// mostLost bounds the nodes that are lost at once.
const mostLost = 1000

// ParseRequirement reads a requirement: N+1, N+2 and so on for the loss of any so many
// nodes, node, rack or zone for any one of them, or double for any two.
func ParseRequirement(text string) (Requirement, error) {
	if number, ok := strings.CutPrefix(strings.ToUpper(text), "N+"); ok {
		lost, err := strconv.Atoi(number)
		if err != nil || lost < 1 || lost > mostLost {
			return Requirement{}, fmt.Errorf("%q: want N+1 to N+%d", text, mostLost)
		}
		return Requirement{text: "N+" + strconv.Itoa(lost), lost: lost}, nil
	}
	if text == everyDouble {
		return Requirement{text: text}, nil
	}
	known := append(slices.Clone(families), everyDouble)
	if !slices.Contains(known, text) {
		return Requirement{}, fmt.Errorf("unknown requirement %q%s (want N+1, N+2, … or %s)", text, guess(text, known), strings.Join(known, ", "))
	}
	return Requirement{text: text, family: text}, nil
}

func guess(text string, known []string) string {
	if guess := spelling.Guess(text, known); guess != "" {
		return fmt.Sprintf("; did you mean %q?", guess)
	}
	return ""
}

// Require adds requirements to the question, and asks for what they need to be judged.
func (q *Question) Require(list ...Requirement) {
	for _, r := range list {
		family := r.family
		if r.lost > 0 {
			family = capacity.FamilyNode
		}
		if family != "" && !slices.Contains(q.Families, family) {
			q.Families = append(q.Families, family)
		}
		q.Most = max(q.Most, r.lost)
		q.Double = q.Double || r.text == everyDouble
		q.Requirements = append(q.Requirements, r)
	}
}

// judge holds the requirement against an answer. Whatever was not tried meets it.
func (r Requirement) judge(s *capacity.Survival) capacity.Requirement {
	out := capacity.Requirement{Text: r.text}
	for i, cell := range s.Undisturbed {
		if cell.Met < cell.Of {
			out.Message = s.Objectives[i] + " does not hold even without a failure"
			return out
		}
	}
	if r.lost > 0 {
		out.Message = r.judgeLosses(s)
	} else {
		out.Message = r.judgeFailures(s)
	}
	out.Met = out.Message == ""
	return out
}

func (r Requirement) judgeLosses(s *capacity.Survival) string {
	if r.lost > s.Nodes {
		return fmt.Sprintf("there are only %s", reports.Plural(s.Nodes, "node"))
	}
	if s.Tolerated != nil && *s.Tolerated < r.lost && *s.Tolerated < len(s.Losses) {
		row := &s.Losses[*s.Tolerated]
		return fmt.Sprintf("the loss of %s is not survived", strings.Join(row.Worst, ", "))
	}
	if len(s.Losses) < r.lost {
		return "not all of it was tried"
	}
	return ""
}

func (r Requirement) judgeFailures(s *capacity.Survival) string {
	tried := 0
	for i := range s.Failures {
		f := &s.Failures[i]
		if double := len(f.Parts) > 1; double != (r.family == "") || !double && f.Parts[0].Family != r.family {
			continue
		}
		tried++
		if !f.Survived {
			return fmt.Sprintf("the failure of %s breaks %s", f.Name(), f.Misses[0].Objective)
		}
	}
	if tried == 0 {
		return fmt.Sprintf("there is no %s that could fail", strings.TrimSpace(strings.Replace(r.text, everyDouble, "pair", 1)))
	}
	return ""
}
