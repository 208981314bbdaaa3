package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// experimentDocument is the Experiment of the stream.
type experimentDocument struct {
	*object
	spec *ExperimentSpec // nil if its form is wrong
}

// asItIs is the name of the policy that changes nothing.
const asItIs = "scenario"

// isAboutRuns reports whether a kind says which runs there are, and nothing of what
// happens in them.
func isAboutRuns(kind string) bool {
	return kind == "Experiment" || kind == "Policy" || kind == "Plan" || kind == "PriceBook"
}

// checkExperiments checks the experiments of the stream, of which the outermost
// counts. A single run makes nothing else of them.
func (l *loader) checkExperiments() {
	for _, o := range l.byKind("Experiment") {
		spec := l.readExperiment(o)
		if l.experiment == nil || l.experiment.origin.parent != nil && o.origin.parent == nil {
			l.experiment = &experimentDocument{o, spec}
		}
	}
}

// readExperiment reads an Experiment and checks what can be told without its
// policies. It returns nil if its form is wrong.
func (l *loader) readExperiment(o *object) *ExperimentSpec {
	var envelope Object[ExperimentSpec]
	if !l.decode(o, &envelope) {
		return nil
	}
	c := experimentChecker{l, o, &envelope.Spec}
	c.checkPolicies()
	c.checkAxes()
	c.checkSeeds()
	c.checkMetrics()
	c.checkCustom()
	c.checkAssertions()
	return c.spec
}

// experimentChecker checks one Experiment.
type experimentChecker struct {
	*loader
	object *object
	spec   *ExperimentSpec
}

func (c *experimentChecker) blame(path, format string, args ...any) {
	c.loader.blame(c.object, path, format, args...)
}

// most refuses a list that is too long.
func (c *experimentChecker) most(path string, n, most int, what string) bool {
	if n > most {
		c.blame(path, "more than %d %s", most, what)
	}
	return n <= most
}

// unique refuses a name that another item of the list has.
func (c *experimentChecker) unique(seen map[string]string, path, what, name string) {
	if first, ok := seen[name]; ok {
		c.blame(path, "%s %s is also defined at %s", what, quote(name), c.object.place(first))
		return
	}
	seen[name] = path
}

func (c *experimentChecker) checkName(path, name string) {
	if !isName(name) {
		c.blame(path, "%s", wantName(name))
	}
}

func wantName(got string) string {
	return fmt.Sprintf("got %s; want lower-case letters, digits and -, at most %d", quote(got), limits.NameLength)
}

func (c *experimentChecker) checkPolicies() {
	if !c.most("spec.policies", len(c.spec.Policies), limits.Policies, "policies") {
		return
	}
	seen := make(map[string]string)
	for i := range c.spec.Policies {
		p, path := &c.spec.Policies[i], yamlnode.IndexPath("spec.policies", i)
		c.checkName(path+".name", p.Name)
		c.unique(seen, path+".name", "policy", p.Name)
		c.checkProfile(c.object, path+".profile", p.Profile)
		c.checkSettings(c.object, path+".set", p.Set)
		inStream := c.policies[p.Name]
		switch {
		case !isName(p.Name):
		case p.Profile != "" && p.File != "":
			c.blame(path+".profile", "profile and file both say how pods are scheduled; want one of them")
		case inStream != nil && (p.Profile != "" || p.File != ""):
			c.blame(path+".name", "the Policy %s at %s has this name; want nothing but set beside it", quote(p.Name), inStream.object.place("metadata.name"))
		case inStream == nil && p.Profile == "" && p.File == "" && len(p.Set) == 0 && p.Name != asItIs && !isProfile(p.Name, c.table):
			c.blame(path+".name", "%s; want profile, file or set, or the name %s for the scenario as it is",
				unknown("policy", p.Name, slices.Concat(c.policyNames, profileNames())), asItIs)
		case p.File != "" && !c.in.isOneOfMany:
			c.checkPolicyFile(path+".file", p.File)
		}
	}
}

// checkPolicyFile checks the file of a policy in a run that does not need it. It is
// no part of the run's input.
func (c *experimentChecker) checkPolicyFile(path, name string) {
	file, err := holdBeside(c.object, name)
	if err != nil {
		c.blame(path, "%s: %v", quote(name), err)
		return
	}
	_, problems := readPolicyFile(file, c.table)
	c.problems = append(c.problems, problems...)
}

func (c *experimentChecker) checkAxes() {
	if !c.most("spec.axes", len(c.spec.Axes), limits.Axes, "axes") {
		return
	}
	for _, wrong := range axisProblems(c.spec.Axes) {
		c.blame(yamlnode.IndexPath("spec.axes", wrong.axis)+wrong.path, "%s", wrong.what)
	}
}

// axisProblem is what is wrong with an axis of a list.
type axisProblem struct {
	axis int
	path string // under the axis
	what string
}

func axisProblems(axes []AxisSpec) []axisProblem {
	var out []axisProblem
	blame := func(axis int, path, format string, args ...any) {
		out = append(out, axisProblem{axis, path, fmt.Sprintf(format, args...)})
	}
	names, sets := make(map[string]bool), make(map[string]bool)
	cells := 1
	for i := range axes {
		a, set := &axes[i], strings.TrimSpace(axes[i].Set)
		switch {
		case !isName(a.Name):
			blame(i, ".name", "%s", wantName(a.Name))
		case names[a.Name]:
			blame(i, ".name", "a second axis %s", quote(a.Name))
		}
		switch err := checkTarget(set); {
		case strings.Contains(set, "="):
			blame(i, ".set", "got %s; want the field alone, without =", quote(set))
		case err != nil:
			blame(i, ".set", "%v", err)
		case sets[set]:
			blame(i, ".set", "another axis sets %s", quote(set))
		}
		names[a.Name], sets[set] = true, true
		values := make(map[string]bool)
		for j, value := range a.Values {
			if values[value] {
				blame(i, yamlnode.IndexPath(".values", j), "a second value %s", quote(value))
			}
			values[value] = true
		}
		if len(a.Values) == 0 {
			blame(i, ".values", "there are no values; want one or more")
		}
		if cells *= max(len(a.Values), 1); cells > limits.Cells {
			blame(i, ".values", "more than %d combinations of values", limits.Cells)
			break
		}
	}
	return out
}

func (c *experimentChecker) checkSeeds() {
	s := c.spec
	c.most("spec.seeds", s.Seeds, limits.Seeds, "seeds")
	if s.Confidence >= 1 {
		c.blame("spec.confidence", "must be < 1 (got %s)", strconv.FormatFloat(s.Confidence, 'g', -1, 64))
	}
	if s.Until == nil {
		return
	}
	if _, err := parseHalfWidth(s.Until.HalfWidth); err != nil {
		c.blame("spec.until.halfWidth", "%v", err)
	}
	if c.most("spec.until.atMost", s.Until.AtMost, limits.Seeds, "seeds") && s.Until.AtMost > 0 && s.Until.AtMost < s.Seeds {
		c.blame("spec.until.atMost", "got %d; want at least seeds, which is %d", s.Until.AtMost, s.Seeds)
	}
}

// UnmarshalNode reads the half-width as a text or as a number.
func (s *UntilSpec) UnmarshalNode(n *yamlnode.Node, d *yamlnode.Decoder) error {
	type plain UntilSpec
	width := n.Get("halfWidth")
	if width == nil || width.Kind != yamlnode.Int && width.Kind != yamlnode.Float {
		d.Into(n, (*plain)(s))
		return nil
	}
	text, named := *width, *n
	text.Kind = yamlnode.String
	named.Fields = slices.Clone(n.Fields)
	named.Fields[slices.IndexFunc(n.Fields, func(f yamlnode.Field) bool { return f.Name == "halfWidth" })].Value = &text
	d.Into(&named, (*plain)(s))
	return nil
}

// halfWidth is half of the width that an interval must reach.
type halfWidth struct {
	width    float64
	relative bool // to the baseline's mean
}

// parseHalfWidth reads 0.5, 2s or 5%.
func parseHalfWidth(text string) (halfWidth, error) {
	number, relative := strings.CutSuffix(strings.TrimSpace(text), "%")
	w, err := strconv.ParseFloat(number, 64)
	if err != nil && !relative {
		if d, wrong := yamlnode.Duration(number); wrong == nil {
			w, err = d.Seconds(), nil
		}
	}
	switch {
	case err != nil:
		return halfWidth{}, fmt.Errorf("got %s; want a number in the unit of the metric, or a share such as 5%%", quote(text))
	case !(w > 0) || w > 1e300:
		return halfWidth{}, fmt.Errorf("must be > 0 and finite (got %s)", shorten(text))
	case relative:
		w /= 100
	}
	return halfWidth{w, relative}, nil
}

func (c *experimentChecker) checkMetrics() {
	if !c.most("spec.metrics", len(c.spec.Metrics), limits.ChosenMetrics, "metrics") {
		return
	}
	seen := make(map[string]string)
	for i, name := range c.spec.Metrics {
		path := yamlnode.IndexPath("spec.metrics", i)
		c.checkExpression(path, name)
		c.unique(seen, path, "metric", name)
	}
}

// checkExpression checks the length of a text that others compile.
func (c *experimentChecker) checkExpression(path, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		c.blame(path, "is empty")
	case len(text) > limits.Expression:
		c.blame(path, "longer than %d bytes", limits.Expression)
	}
}

// checkCustom checks metrics by an expression and fills in their defaults.
func (c *experimentChecker) checkCustom() {
	if !c.most("spec.custom", len(c.spec.Custom), limits.CustomMetrics, "metrics of your own") {
		return
	}
	seen := make(map[string]string)
	for i := range c.spec.Custom {
		m, path := &c.spec.Custom[i], yamlnode.IndexPath("spec.custom", i)
		if !isMetricName(m.Name) {
			c.blame(path+".name", "got %s; want letters, digits, ., _ and -, at most %d, a letter first", quote(m.Name), limits.NameLength)
		}
		c.unique(seen, path+".name", "metric", m.Name)
		c.checkExpression(path+".value", m.Value)
		if len(m.Unit) > limits.NameLength {
			c.blame(path+".unit", "longer than %d bytes", limits.NameLength)
		}
		if m.Where != "" {
			c.checkExpression(path+".where", m.Where)
		}
		if m.Over == "" {
			for _, field := range []struct{ name, given string }{{"where", m.Where}, {"reduce", m.Reduce}} {
				if field.given != "" {
					c.blame(path+"."+field.name, "needs over: without it there are no rows")
				}
			}
		} else if m.Reduce == "" {
			m.Reduce = "mean"
		}
		if m.Better == "" {
			m.Better = "lower"
		}
	}
}

// isMetricName reports whether a metric may be called so: assertions must be able
// to name it.
func isMetricName(name string) bool {
	for i, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || strings.IndexByte("._-", c) >= 0)) {
			return false
		}
	}
	return name != "" && len(name) <= limits.NameLength
}

func (c *experimentChecker) checkAssertions() {
	if !c.most("spec.assertions", len(c.spec.Assertions), limits.ChosenMetrics, "assertions") {
		return
	}
	for i, text := range c.spec.Assertions {
		c.checkExpression(yamlnode.IndexPath("spec.assertions", i), text)
	}
}
