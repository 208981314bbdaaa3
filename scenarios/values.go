package scenarios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/kernel"
)

// TimeLaw is a duration, or a distribution of durations: 90s, or {type:
// lognormal, median: 12m, p95: 1h}. Parameters that are times carry units.
type TimeLaw struct{ kernel.Distribution }

// NumberLaw is a number, or a distribution of numbers: 3, or {type: discrete,
// values: [0, 1], weights: [99, 1]}.
type NumberLaw struct{ kernel.Distribution }

func (l *TimeLaw) law() kernel.Distribution {
	if l == nil {
		return nil
	}
	return l.Distribution
}

func (l *NumberLaw) law() kernel.Distribution {
	if l == nil {
		return nil
	}
	return l.Distribution
}

// Moments is one moment, or a list of them in order: 2h, or [2h, 5h].
type Moments []models.Time

// UnmarshalNode reads one duration or a list of durations.
func (m *Moments) UnmarshalNode(n *yamlnode.Node, d *yamlnode.Decoder) error {
	var list []time.Duration
	if n.Kind == yamlnode.Seq {
		if len(n.Items) > limits.Moments {
			return fmt.Errorf("more than %d moments", limits.Moments)
		}
		d.Into(n, &list)
	} else {
		list = make([]time.Duration, 1)
		d.Into(n, &list[0])
	}
	*m = make(Moments, len(list))
	for i, at := range list {
		(*m)[i] = models.Time(at)
		if i > 0 && at < list[i-1] {
			d.Problemf(n.Items[i], "%s comes before %s; want moments in order", at, list[i-1])
		}
	}
	return nil
}

// Rate is a number of events in a unit of time: 40/m. Zero is allowed where it
// makes sense: 0, 0/h.
type Rate float64 // events a second

// UnmarshalNode reads a rate such as 40/m.
func (r *Rate) UnmarshalNode(n *yamlnode.Node, _ *yamlnode.Decoder) error {
	if n.Kind == yamlnode.Map || n.Kind == yamlnode.Seq || n.Kind == yamlnode.Bool {
		return fmt.Errorf("got %s; want a rate such as 40/m", n.Kind)
	}
	number, unit, divided := strings.Cut(n.Text, "/")
	if isZero(number) && (!divided || len(unit) == 1 && strings.ContainsAny(unit, "smhdw")) {
		*r = 0
		return nil
	}
	rate, err := yamlnode.Rate(n.Text)
	if err == nil && rate > limits.Rate {
		err = fmt.Errorf("got %s; want at most %d/s", quote(n.Text), limits.Rate)
	}
	*r = Rate(rate)
	return err
}

func isZero(number string) bool {
	return strings.HasPrefix(number, "0") && strings.Trim(number, "0.") == "" && strings.Count(number, ".") <= 1
}

// parseStart reads the date at which virtual time begins.
func parseStart(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("got %q; want a date such as 2026-01-01T00:00:00Z", shorten(text))
}

var errWeekday = errors.New("a day of the week needs period: 1w")

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// parsePointOfPeriod reads where a point of a curve stands: 08:30, Mon 08:30,
// Mon, or a duration since the period began.
func parsePointOfPeriod(text string, period time.Duration) (time.Duration, error) {
	const week = 7 * 24 * time.Hour
	day, rest, _ := strings.Cut(text, " ")
	var at time.Duration
	for i, name := range weekdays {
		if strings.EqualFold(day, name) {
			if period != week {
				return 0, errWeekday
			}
			at = time.Duration(i) * 24 * time.Hour
			if rest == "" {
				return at, nil
			}
			text = rest
		}
	}
	if clock, err := time.Parse("15:04", text); err == nil {
		return at + time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute, nil
	}
	if strings.Contains(text, ":") || text == rest {
		return 0, fmt.Errorf("got %q; want a time of day such as 08:30", shorten(text))
	}
	since, err := yamlnode.Duration(text)
	if err == nil && since >= period {
		err = fmt.Errorf("%s lies beyond the period of %s", since, period)
	}
	return since, err
}

// shorten cuts what a message repeats.
func shorten(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	if len(runes) > limits.Quoted {
		return string(runes[:limits.Quoted]) + "…"
	}
	return string(runes)
}

func quote(text string) string { return strconv.Quote(shorten(text)) }

// isName reports whether name can be part of the names of objects and a value
// of labels: a DNS label of Kubernetes.
func isName(name string) bool {
	if name == "" || len(name) > limits.NameLength || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// Values are values of any type, each as the text that stands for it in YAML: 40,
// 1h, or a map or list as JSON.
type Values []string

// UnmarshalNode reads a list of any values.
func (v *Values) UnmarshalNode(n *yamlnode.Node, _ *yamlnode.Decoder) error {
	if n.Kind != yamlnode.Seq {
		return n.Want("a list")
	}
	*v = make(Values, len(n.Items))
	for i, item := range n.Items {
		text, err := textOfValue(item)
		if err != nil {
			return err
		}
		(*v)[i] = text
	}
	return nil
}

// textOfValue writes a value so that it is read as the same: a text that looks like
// another type is quoted.
func textOfValue(n *yamlnode.Node) (string, error) {
	switch n.Kind {
	case yamlnode.Map, yamlnode.Seq:
	case yamlnode.String:
		if same, err := parseValue("", n.Text); err == nil && same.Kind == yamlnode.String && same.Text == n.Text {
			return n.Text, nil
		}
	default:
		return n.Text, nil
	}
	text, err := n.JSON()
	return string(text), err
}
