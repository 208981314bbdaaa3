package reports

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
)

// Assertion is something that must hold in a run: a metric, a comparison and a
// literal, such as "pending.p99 < 5m", "utilisation.cpu <= 80%" or
// "available(Deployment/web) >= 2".
type Assertion struct {
	Text string // as written
	// At is the instant at which it must hold; 0 for the end of the run. The
	// state at an instant is the one after all operations at it.
	At models.Time
	// Always holds a gauge to it at every moment from From to Until (0: the end).
	Always      bool
	From, Until models.Time
}

// AssertionResult tells how an assertion went.
type AssertionResult struct {
	Text   string `json:"assertion"`
	When   string `json:"when"` // at the end, at 02h00m00s, always, …
	Passed bool   `json:"passed"`
	// Got is the value: the first that violated an assertion of always, its last
	// one if none did.
	Got      string  `json:"got"`
	At       Seconds `json:"atSeconds"` // of Got
	Offender string  `json:"offender"`  // the pod, node or workload to look at
	Message  string  `json:"message"`   // one line; of a failure only
}

// targetName is a workload as an assertion names it.
type targetName struct{ kind, namespace, name string }

func (t targetName) String() string { return t.kind + "/" + t.namespace + "/" + t.name }

// Check is a compiled assertion with what became of it. It serves one run.
type Check struct {
	assertion Assertion
	metric    *metric
	measure   string // the name of the measure that it is about; empty for others
	statistic string
	target    targetName
	service   int32 // index in workloads.services once seen; None
	resource  models.Resource
	compare   comparison
	literal   literal

	at      models.Time // the instant being evaluated
	until   models.Time
	from    models.Time
	decided bool
	result  AssertionResult

	worst *float64 // of the values that were compared
	final float64  // of a lost one: what it cannot get below any more

	// What an assertion of always last held for.
	seen    bool
	lastGot float64
	lastAt  models.Time
}

// comparison is one of the operators.
type comparison struct {
	text  string
	holds func(got, want float64) bool
}

// comparisons are sorted so that no operator hides a longer one.
var comparisons = []comparison{
	{"<=", func(got, want float64) bool { return got <= want }},
	{">=", func(got, want float64) bool { return got >= want }},
	{"==", func(got, want float64) bool { return got == want }},
	{"!=", func(got, want float64) bool { return got != want }},
	{"<", func(got, want float64) bool { return got < want }},
	{">", func(got, want float64) bool { return got > want }},
}

// CompileAssertion reads an assertion. d is the dictionary of the run, after the
// scenario's resources have been named in it.
func CompileAssertion(a Assertion, d *models.Dictionary) (*Check, error) {
	c := &Check{assertion: a, service: models.None}
	left, right, ok := c.split()
	if !ok {
		return nil, fmt.Errorf("%q has no comparison (want metric, one of < <= > >= == !=, value)", a.Text)
	}
	if err := c.parseMetric(left, d); err != nil {
		return nil, err
	}
	var err error
	if c.literal, err = parseLiteral(right); err != nil {
		return nil, err
	}
	if err := c.checkUnit(right); err != nil {
		return nil, err
	}
	if err := c.setTimes(); err != nil {
		return nil, err
	}
	c.result = AssertionResult{Text: a.Text, When: c.when()}
	return c, nil
}

// split cuts the text at the first operator.
func (c *Check) split() (left, right string, ok bool) {
	text := c.assertion.Text
	named := 0 // the end of a label, which may hold anything
	if open := strings.IndexByte(text, '{'); open >= 0 {
		if named = endOfLabel(text[open:]); named < 0 {
			return "", "", false
		}
		named += open
	}
	at := strings.IndexAny(text[named:], "<>=!")
	if at < 0 {
		return "", "", false
	}
	at += named
	for _, op := range comparisons {
		if rest, found := strings.CutPrefix(text[at:], op.text); found {
			c.compare = op
			return strings.TrimSpace(text[:at]), strings.TrimSpace(rest), true
		}
	}
	return "", "", false
}

// endOfLabel finds the end of {label="value"} at the beginning of a text; -1 if it
// has none.
func endOfLabel(text string) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == '}' && !quoted:
			return i + 1
		}
	}
	return -1
}

func (c *Check) parseMetric(text string, d *models.Dictionary) error {
	if strings.Contains(text, "{") {
		return c.parseMeasure(text, d)
	}
	name, argument, has := strings.Cut(text, "(")
	if has {
		inside, rest, closed := strings.Cut(argument, ")")
		if !closed || rest != "" {
			return fmt.Errorf("%q lacks a closing parenthesis at its end", text)
		}
		argument = strings.TrimSpace(inside)
	}
	name = strings.TrimSpace(name)
	if c.metric = findMetric(name, has); c.metric == nil && !has {
		if base, statistic, ok := cutLast(name); ok {
			if m := findMetric(base, false); m != nil && slices.Contains(m.statistics, statistic) {
				c.metric, c.statistic = m, statistic
			}
		}
	}
	switch {
	case c.metric == nil && metricOf(name) == nil && findMeasure(name) != nil:
		return c.parseMeasure(text, d)
	case c.metric == nil:
		return unknownMetric(text, name, has)
	case c.metric.Kind == Distribution && c.statistic == "":
		return fmt.Errorf("%q is a distribution: say which statistic (want %s)", name,
			name+"."+strings.Join(c.metric.statistics, ", "+name+"."))
	case c.metric.workload && has:
		return c.parseTarget(argument)
	case c.metric.resource:
		return c.parseResource(argument, d)
	}
	return nil
}

func cutLast(name string) (before, after string, ok bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", "", false
	}
	return name[:at], name[at+1:], true
}

func unknownMetric(text, name string, has bool) error {
	if !has {
		if m := findMetric(name, true); m != nil {
			return fmt.Errorf("%q needs an argument (%s)", name, m.Help)
		}
	} else if m := findMetric(name, false); m != nil {
		return fmt.Errorf("%q takes no argument (got %q)", name, text)
	}
	if guess := spelling.Guess(name, spellings()); guess != "" && guess != name {
		return fmt.Errorf("unknown metric %q; did you mean %q?", name, guess)
	}
	return fmt.Errorf("unknown metric %q (known: %s)", name, strings.Join(spellings(), ", "))
}

// serviceKinds are the workloads that have replicas to be there.
var serviceKinds = []string{"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet"}

func (c *Check) parseTarget(text string) error {
	parts := strings.Split(text, "/")
	switch len(parts) {
	case 2:
		c.target = targetName{parts[0], "default", parts[1]}
	case 3:
		c.target = targetName{parts[0], parts[1], parts[2]}
	}
	if c.target.name == "" || c.target.namespace == "" {
		return fmt.Errorf("%q is no workload (want Kind/name or Kind/namespace/name)", text)
	}
	if !slices.Contains(serviceKinds, c.target.kind) {
		guess := spelling.Guess(c.target.kind, serviceKinds)
		if guess != "" {
			guess = fmt.Sprintf("; did you mean %q?", guess)
		}
		return fmt.Errorf("%q has no replicas to count%s (want one of %s)", c.target.kind, guess, strings.Join(serviceKinds, ", "))
	}
	return nil
}

func (c *Check) parseResource(text string, d *models.Dictionary) error {
	names := d.ResourceNames()
	at := slices.Index(names, text)
	if at < 0 {
		return fmt.Errorf("unknown resource %q (known: %s)", text, strings.Join(names, ", "))
	}
	c.resource = models.Resource(at)
	return nil
}

func (c *Check) checkUnit(text string) error {
	unit := c.metric.Unit
	if unit != unitSeconds && unit != unitRatio {
		unit = ""
	}
	plain := c.literal.unit == ""
	switch {
	case unit == c.literal.unit, unit == unitRatio && plain, plain && c.literal.value == 0:
		return nil
	case unit == unitSeconds && plain && c.metric.Kind == Counter:
		return nil // replica-seconds may be a plain number
	case unit == unitSeconds:
		return fmt.Errorf("%s is a duration (got %s; want such as 90s, 5m or 2d)", c.metric.Name, text)
	case unit == unitRatio:
		return fmt.Errorf("%s is a share (got %s; want such as 0.8 or 80%%)", c.metric.Name, text)
	}
	return fmt.Errorf("%s is a plain number (got %s)", c.metric.Name, text)
}

func (c *Check) setTimes() error {
	a := &c.assertion
	c.from, c.until = a.From, a.Until
	if c.until == 0 {
		c.until = models.Never
	}
	switch {
	case a.At < 0 || a.From < 0 || a.Until < 0:
		return errors.New("an assertion cannot hold before the run begins")
	case a.Always && a.At != 0:
		return errors.New("an assertion holds always or at one instant, not both")
	case c.measure != "" && (a.Always || a.At != 0):
		return fmt.Errorf("%s is known at the end of a run only", c.measure)
	case a.Always && c.metric.Kind != Gauge:
		return fmt.Errorf("%s is a %s: it can be checked at an instant or at the end, not always", c.metric.Name, c.metric.Kind)
	case !a.Always && (a.From != 0 || a.Until != 0):
		return errors.New("from and until need always")
	case c.until < c.from:
		return fmt.Errorf("until (%s) lies before from (%s)", a.Until, a.From)
	}
	return nil
}

// when says when the assertion must hold.
func (c *Check) when() string {
	a := &c.assertion
	switch {
	case a.At != 0:
		return "at " + Clock(secondsOf(a.At))
	case !a.Always:
		return "at the end"
	case a.From == 0 && a.Until == 0:
		return "always"
	case a.Until == 0:
		return "from " + Clock(secondsOf(a.From))
	case a.From == 0:
		return "until " + Clock(secondsOf(a.Until))
	}
	return "from " + Clock(secondsOf(a.From)) + " to " + Clock(secondsOf(a.Until))
}
