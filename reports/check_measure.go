package reports

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// parseMeasure reads the left side of an assertion about a measure.
func (c *Check) parseMeasure(text string, d *models.Dictionary) error {
	kind, name, err := MeasureNamed(text)
	if err != nil {
		return err
	}
	if kind.Argument != "" {
		parsed, err := parseMeasureName(text)
		if err != nil {
			return err
		}
		if !slices.Contains(d.ResourceNames(), parsed.argument) {
			return c.parseResource(parsed.argument, d)
		}
	}
	c.measure = name
	c.metric = &metric{Metric: Metric{Name: kind.Name, Unit: kind.Unit, Kind: Total, Help: kind.Help}}
	return nil
}

// measured decides an assertion about a measure.
func (c *Check) measured(measures []Measure, end models.Time) {
	if c.measure == "" {
		return
	}
	c.at = end
	i := slices.IndexFunc(measures, func(m Measure) bool { return m.Name == c.measure })
	if i < 0 {
		var names []string
		for _, m := range measures {
			names = append(names, m.Name)
		}
		c.fail(end, "", fmt.Sprintf("there was nothing to measure%s", guessed(c.measure, names)))
		return
	}
	switch value := measures[i].Value; {
	case value == nil && c.metric.Unit != unitSeconds:
		c.fail(end, "", "there was nothing to measure")
	case value == nil:
		// As of distributions: nothing took longer, or shorter, than anything.
		c.decided, c.result.Passed = true, true
		c.result.Got, c.result.At = "no values", secondsOf(end)
	case !c.compare.holds(*value, c.literal.value):
		c.note(*value)
		c.violate(nil, *value)
	default:
		c.note(*value)
		c.decided, c.result.Passed = true, true
		c.result.Got, c.result.At = c.show(*value), secondsOf(end)
	}
}
