package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
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
	} else if d, ok := parseDuration(text); ok {
		return literal{value: d.Seconds(), unit: unitSeconds}, nil
	}
	return literal{}, fmt.Errorf("%q is no value (want a number, a duration such as 5m or a percentage)", text)
}

func plainNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789.") == "" || strings.HasPrefix(text, "-") && plainNumber(text[1:])
}

// parseDuration adds days to time.ParseDuration; they stand first: 2d12h.
func parseDuration(text string) (time.Duration, bool) {
	days := time.Duration(0)
	if number, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || n < 0 || n > 100_000 {
			return 0, false
		}
		days = time.Duration(math.Round(n * 24 * float64(time.Hour)))
		if rest == "" {
			return days, true
		}
		text = rest
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > math.MaxInt64-days {
		return 0, false
	}
	return days + d, true
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
