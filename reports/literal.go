package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
)

// literal is the right side of an assertion.
type literal struct {
	value   float64 // seconds of a duration, 0.8 of 80%
	unit    string  // unitSeconds, unitRatio or empty for a plain number
	percent bool
}

// parseLiteral reads a number, a duration (90s, 1h30m, 2d) or a percentage.
func parseLiteral(text string) (literal, error) {
	if number, ok := strings.CutSuffix(text, "%"); ok {
		value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err == nil && !math.IsNaN(value) && !math.IsInf(value, 0) {
			return literal{value / 100, unitRatio, true}, nil
		}
	} else if plainNumber(text) {
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			return literal{value: value}, nil
		}
	} else if d, err := yamlnode.Duration(text); err == nil {
		return literal{value: d.Seconds(), unit: unitSeconds}, nil
	}
	return literal{}, fmt.Errorf("%q is no value (want a number, a duration such as 5m or a percentage)", text)
}

func plainNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789.") == "" || strings.HasPrefix(text, "-") && plainNumber(text[1:])
}

// show writes a value of a metric as its literals are written.
func show(value float64, unit string, percents bool) string {
	switch {
	case unit == unitSeconds:
		return Duration(Seconds(value))
	case unit == unitRatio && percents:
		return strconv.FormatFloat(math.Round(value*10000)/100, 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(round3(value), 'f', -1, 64)
}
