package experiment

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
)

// Limits of what is read.
const (
	assertionLength = 4096 // bytes
	assertionDepth  = 50   // parentheses within each other
)

var errTooLarge = errors.New("a number is too large")

// assertionParser reads an assertion from left to right.
type assertionParser struct {
	rest     string
	depth    int
	policies []string
	own      []reports.MeasureKind
	out      *PolicyAssertion
}

// comparison reads SUM OPERATOR SUM.
func (p *assertionParser) comparison() error {
	var err error
	if p.out.left, err = p.sum(); err != nil {
		return err
	}
	if p.out.operator = p.operator(); p.out.operator == "" {
		return p.unexpected("one of < <= > >= == !=")
	}
	if p.out.right, err = p.sum(); err != nil {
		return err
	}
	if p.space(); p.rest != "" {
		return p.unexpected("the end")
	}
	if len(p.out.metrics) == 0 {
		return errors.New("no metric of a policy in it (want such as cost(binpack) < 0.9 * cost(default))")
	}
	both, err := p.out.left.add(p.out.right, -1)
	if p.out.unit = both.unit.name; err == nil && both.tooLarge() {
		err = errTooLarge
	}
	return err
}

func (p *assertionParser) operator() string {
	p.space()
	for _, op := range operators {
		if p.take(op) {
			return op
		}
	}
	return ""
}

// sum reads products joined by + and -.
func (p *assertionParser) sum() (linear, error) {
	sum, err := p.product()
	for err == nil {
		p.space()
		sign := 1.0
		switch {
		case p.take("-"):
			sign = -1
		case !p.take("+"):
			return sum, nil
		}
		var next linear
		if next, err = p.product(); err == nil {
			sum, err = sum.add(next, sign)
		}
	}
	return linear{}, err
}

// product reads factors joined by * and /; all but one must be numbers.
func (p *assertionParser) product() (linear, error) {
	product, err := p.factor()
	for err == nil {
		p.space()
		divide := p.take("/")
		if !divide && !p.take("*") {
			return product, nil
		}
		var next linear
		if next, err = p.factor(); err != nil {
			break
		}
		switch {
		case divide && !next.factor():
			err = errors.New("only a number can be divided by (write a / b < 0.9 as a < 0.9 * b)")
		case divide && next.constant == 0:
			err = errors.New("divides by 0")
		case divide:
			product = product.times(1 / next.constant)
		case next.factor():
			product = product.times(next.constant)
		case product.factor():
			product = next.times(product.constant)
		default:
			err = errors.New("only one of two factors can be a metric or a duration")
		}
		if err == nil && product.tooLarge() {
			err = errTooLarge
		}
	}
	return linear{}, err
}

// factor reads a value, a metric, a sum in parentheses, or the negative of one.
func (p *assertionParser) factor() (linear, error) {
	p.space()
	if p.depth++; p.depth > assertionDepth {
		return linear{}, errors.New("too many parentheses or signs within each other")
	}
	defer func() { p.depth-- }()
	switch {
	case p.take("-"):
		negative, err := p.factor()
		return negative.times(-1), err
	case p.take("("):
		sum, err := p.sum()
		if err != nil {
			return linear{}, err
		}
		if p.space(); !p.take(")") {
			return linear{}, p.unexpected("a closing parenthesis")
		}
		return sum, nil
	case p.rest != "" && (isDigit(p.rest[0]) || p.rest[0] == '.'):
		return p.value()
	case p.rest != "" && isLetter(p.rest[0]):
		return p.metric()
	}
	return linear{}, p.unexpected("a metric such as cost(binpack), or a number")
}

// value reads a number, a duration or a percentage.
func (p *assertionParser) value() (linear, error) {
	n := 0
	for n < len(p.rest) && (isDigit(p.rest[n]) || isLetter(p.rest[n]) || p.rest[n] == '.' || p.isExponent(n)) {
		n++
	}
	text := p.rest[:n]
	p.rest = p.rest[n:]
	out := linear{unit: unit{plain: true}}
	var err error
	if out.constant, err = strconv.ParseFloat(text, 64); err == nil && !math.IsInf(out.constant, 0) && !math.IsNaN(out.constant) {
		if p.take("%") {
			out.constant, out.unit = out.constant/100, unit{name: reports.UnitShare}
		}
		return out, nil
	}
	d, err := yamlnode.Duration(text)
	if err != nil {
		return linear{}, fmt.Errorf("%q is no value (want a number, a duration such as 5m or a percentage)", text)
	}
	return linear{constant: d.Seconds(), unit: unit{name: reports.UnitSeconds}}, nil
}

// isExponent tells whether the sign at n belongs to a number such as 1e-3.
func (p *assertionParser) isExponent(n int) bool {
	return n > 0 && n+1 < len(p.rest) && (p.rest[n] == '-' || p.rest[n] == '+') && (p.rest[n-1] == 'e' || p.rest[n-1] == 'E') &&
		isDigit(p.rest[n+1]) && strings.Trim(p.rest[:n-1], "0123456789.") == ""
}

// metric reads NAME, then labels in braces, arguments in parentheses, or both, the
// last of which is the policy.
func (p *assertionParser) metric() (linear, error) {
	n := 0
	for n < len(p.rest) && (isLetter(p.rest[n]) || isDigit(p.rest[n]) || strings.IndexByte("._-", p.rest[n]) >= 0) {
		n++
	}
	name := p.rest[:n]
	p.rest = p.rest[n:]
	var labels, arguments []string
	for p.space(); p.rest != "" && (p.rest[0] == '(' || p.rest[0] == '{'); p.space() {
		var items []string
		var err error
		if p.rest[0] == '(' {
			items, err = p.list(')')
			arguments = append(arguments, items...)
		} else {
			items, err = p.list('}')
			labels = append(labels, items...)
		}
		if err != nil {
			return linear{}, err
		}
		if len(items) == 0 {
			return linear{}, fmt.Errorf("%s has empty parentheses or braces", name)
		}
	}
	if len(arguments) == 0 {
		return linear{}, fmt.Errorf("%s lacks a policy (want %s(POLICY), with one of %s)", name, name, strings.Join(p.policies, ", "))
	}
	return p.resolve(name, labels, arguments)
}

// list reads what stands between an opening and a closing character, separated by
// commas: texts in double quotes, label="text", or anything else as it is.
func (p *assertionParser) list(closing byte) ([]string, error) {
	open := p.rest[0]
	p.rest = p.rest[1:]
	var items []string
	for {
		p.space()
		if len(items) == 0 && p.take(string(closing)) {
			return nil, nil
		}
		item, err := p.item(open, closing)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		switch {
		case p.take(string(closing)):
			return items, nil
		case !p.take(","):
			return nil, p.unexpected(fmt.Sprintf("a comma or %c", closing))
		}
	}
}

func (p *assertionParser) item(open, closing byte) (string, error) {
	key := ""
	if open == '{' {
		n := strings.IndexByte(p.rest, '=')
		if n < 0 || strings.ContainsAny(p.rest[:n], `"(){},`) {
			return "", p.unexpected(`a label such as cause="preemption"`)
		}
		key = strings.TrimSpace(p.rest[:n]) + "="
		p.rest = p.rest[n+1:]
		p.space()
	}
	if strings.HasPrefix(p.rest, `"`) {
		quoted, err := strconv.QuotedPrefix(p.rest)
		if err != nil {
			return "", p.unexpected("a text in double quotes")
		}
		p.rest = p.rest[len(quoted):]
		p.space()
		text, err := strconv.Unquote(quoted)
		if key != "" {
			text = key + strconv.Quote(text)
		}
		return text, err
	}
	n := strings.IndexAny(p.rest, `,(){}"<>=!`)
	if n < 0 {
		n = len(p.rest)
	}
	text := strings.TrimSpace(p.rest[:n])
	if text == "" || n == len(p.rest) {
		return "", p.unexpected(fmt.Sprintf("a name, then %c", closing))
	}
	p.rest = p.rest[n:]
	if key != "" {
		text = key + strconv.Quote(text)
	}
	return text, nil
}

// resolve finds the metric and the policy, the last of the arguments.
func (p *assertionParser) resolve(name string, labels, arguments []string) (linear, error) {
	policy := arguments[len(arguments)-1]
	arguments = arguments[:len(arguments)-1]
	metric, of, err := p.named(name, labels, arguments)
	if err != nil {
		return linear{}, err
	}
	index := slices.Index(p.policies, policy)
	if index < 0 {
		return linear{}, p.unknownPolicy(name, policy)
	}
	m := policyMetric{index, metric}
	at := slices.Index(p.out.metrics, m)
	if at < 0 {
		at = len(p.out.metrics)
		p.out.metrics = append(p.out.metrics, m)
	}
	return linear{terms: []term{{1, at}}, unit: unit{name: of}}, nil
}

// named returns the name of a metric as results write it, and its unit.
func (p *assertionParser) named(name string, labels, arguments []string) (metric, of string, err error) {
	switch {
	case len(labels) > 1:
		return "", "", fmt.Errorf("%s has several labels (want one at most)", name)
	case len(arguments) > 1:
		return "", "", fmt.Errorf("%s has too many arguments (want %s(POLICY) or %s(ARGUMENT, POLICY))", name, name, name)
	}
	for _, c := range p.own {
		switch {
		case c.Name != name:
		case len(labels)+len(arguments) > 0:
			return "", "", fmt.Errorf("%s takes nothing but the policy (want %s(POLICY))", name, name)
		default:
			return name, c.Unit, nil
		}
	}
	spelt := name
	if len(arguments) > 0 {
		spelt += "(" + arguments[0] + ")"
	}
	if len(labels) > 0 {
		spelt += "{" + labels[0] + "}"
	}
	kind, metric, err := reports.MeasureNamed(spelt)
	for _, c := range p.own {
		if err != nil && spelling.Guess(name, []string{c.Name}) != "" {
			return "", "", fmt.Errorf("unknown metric %q; did you mean %q?", name, c.Name)
		}
	}
	return metric, kind.Unit, err
}

func (p *assertionParser) unknownPolicy(metric, name string) error {
	if guess := spelling.Guess(name, p.policies); guess != "" {
		return fmt.Errorf("%s: unknown policy %q; did you mean %q?", metric, name, guess)
	}
	return fmt.Errorf("%s: unknown policy %q (known: %s)", metric, name, strings.Join(p.policies, ", "))
}

func (p *assertionParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *assertionParser) take(text string) bool {
	rest, ok := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return ok
}

// unexpected says what stands where something else was wanted.
func (p *assertionParser) unexpected(want string) error {
	if p.rest == "" {
		return fmt.Errorf("%q ends too early (want %s)", p.out.Text, want)
	}
	const most = 20
	got := p.rest
	if len(got) > most {
		got = strings.ToValidUTF8(got[:most], "") + "…"
	}
	return fmt.Errorf("got %q; want %s", got, want)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
