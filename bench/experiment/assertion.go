package experiment

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

// PolicyAssertion is something that must hold between policies, such as
//
//	cost(binpack) < 0.9 * cost(default)
//	pending.p99(binpack) - pending.p99(default) <= 5s
//	utilisation.mean(cpu, binpack) > 80%
//	evictions{cause="preemption"}(default) == 0
//
// Both sides are sums of metrics with factors, and of values. A metric is written
// as reports.MeasureNamed reads it, with the policy in its last parentheses, alone
// or behind the metric's argument: utilisation.mean(cpu)(binpack) is the same as
// above. Values are numbers, durations or percentages. The name of a policy stands
// in double quotes if it has one of , ( ) { } < > = ! in it.
type PolicyAssertion struct {
	Text string

	left, right linear
	operator    string
	metrics     []policyMetric
	unit        string // of both sides
}

// policyMetric is a metric of a policy.
type policyMetric struct {
	policy int
	metric string // as in Measures
}

// linear is a sum of metrics with factors and a constant.
type linear struct {
	constant float64
	terms    []term
	unit     unit
}

type term struct {
	factor float64
	metric int // index of PolicyAssertion.metrics
}

// unit is the unit of a side, or of a part of one.
type unit struct {
	name  string
	plain bool // a number without a unit, which may stand for any but seconds
}

// operators are sorted so that none hides a longer one.
var operators = []string{"<=", ">=", "==", "!=", "<", ">"}

// CompileAssertion reads an assertion over policies of these names. Besides the
// measures of runs it knows those of own, which have neither argument nor label
// (see MetricKinds). The error says what is wrong and, of
// names that are not known, what was probably meant.
func CompileAssertion(text string, policies []string, own []reports.MeasureKind) (*PolicyAssertion, error) {
	if len(text) > assertionLength {
		return nil, fmt.Errorf("an assertion of %d bytes is too long (want at most %d)", len(text), assertionLength)
	}
	p := &assertionParser{rest: text, policies: policies, own: own, out: &PolicyAssertion{Text: strings.TrimSpace(text)}}
	if err := p.comparison(); err != nil {
		return nil, err
	}
	return p.out, nil
}

// MetricKinds returns the experiment's own metrics.
func MetricKinds(e *scenarios.Experiment) []reports.MeasureKind {
	var own []reports.MeasureKind
	for _, c := range e.Custom {
		own = append(own, reports.MeasureKind{Name: c.Name, Unit: c.Unit})
	}
	return own
}

// policyNames returns the names of the policies in their order.
func policyNames(e *scenarios.Experiment) []string {
	var names []string
	for _, p := range e.Policies {
		names = append(names, p.Name)
	}
	return names
}

// add returns a + sign·b; their units must agree.
func (a linear) add(b linear, sign float64) (linear, error) {
	u, err := a.unit.with(b.unit, a.zero(), b.zero())
	if err != nil {
		return linear{}, err
	}
	out := linear{constant: a.constant + float64(sign*b.constant), terms: slices.Clone(a.terms), unit: u}
	for _, t := range b.terms {
		out.terms = append(out.terms, term{float64(sign * t.factor), t.metric})
	}
	return out, nil
}

// zero tells whether it is the number 0, which has any unit.
func (a linear) zero() bool { return a.constant == 0 && len(a.terms) == 0 }

func (a linear) times(factor float64) linear {
	out := linear{constant: float64(a.constant * factor), terms: slices.Clone(a.terms), unit: a.unit}
	for i := range out.terms {
		out.terms[i].factor *= factor
	}
	return out
}

// tooLarge tells whether sums of such numbers might have no value.
func (a linear) tooLarge() bool {
	const most = 1e150
	return math.Abs(a.constant) > most || slices.ContainsFunc(a.terms, func(t term) bool { return math.Abs(t.factor) > most })
}

// factor tells whether it may be a factor or divisor: a number or percentage.
func (a linear) factor() bool {
	return len(a.terms) == 0 && (a.unit.plain || a.unit.name == reports.UnitShare)
}

// with returns the unit of a sum or comparison; a zero agrees with all.
func (u unit) with(other unit, zero, otherZero bool) (unit, error) {
	switch {
	case zero:
		return other, nil
	case otherZero || u == other:
		return u, nil
	case u.plain && other.name != reports.UnitSeconds:
		return other, nil
	case other.plain && u.name != reports.UnitSeconds:
		return u, nil
	case u.plain || other.plain:
		return u, errors.New("a duration stands with a plain number (want such as 90s, 5m or 2d)")
	}
	return u, fmt.Errorf("%s cannot be added to or compared with %s", u, other)
}

func (u unit) String() string {
	switch u.name {
	case "":
		return "a count"
	case reports.UnitSeconds:
		return "a duration"
	case reports.UnitShare:
		return "a share"
	}
	return "a value in " + u.name
}
