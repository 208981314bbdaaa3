package yamlnode

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	errNoDurationUnit = errors.New("no unit; want 5s, 5m, …")
	errPastClock      = errors.New("exceeds the virtual clock")
	errNegative       = errors.New("must be >= 0")
	errNoRateUnit     = errors.New("no unit; want 40/m, 0.5/s, …")
	errNotFinite      = errors.New("must be finite")
	errNotPositive    = errors.New("must be > 0")
)

// Duration reads a duration as time.ParseDuration does, with two more units: d
// for 24 hours and w for seven days, so 1d12h is 36 hours. It must be zero or
// more and fit the virtual clock of about 292 years; only 0 needs no unit.
func Duration(text string) (time.Duration, error) {
	rest := strings.TrimPrefix(text, "+")
	if rest == "0" {
		return 0, nil
	}
	if strings.HasPrefix(rest, "-") {
		return 0, errNegative
	}
	if rest == "" {
		return 0, invalidDuration(text)
	}
	var total time.Duration
	for rest != "" {
		number := rest[:numberLen(rest)]
		rest = rest[len(number):]
		unit := rest[:unitLen(rest)]
		rest = rest[len(unit):]
		if strings.Trim(number, ".") == "" || strings.Count(number, ".") > 1 {
			return 0, invalidDuration(text)
		}
		part, err := durationPart(number, unit)
		if err != nil {
			return 0, err
		}
		if part > math.MaxInt64-total {
			return 0, errPastClock
		}
		total += part
	}
	return total, nil
}

// durationPart reads one decimal number with its unit.
func durationPart(number, unit string) (time.Duration, error) {
	times := time.Duration(1)
	switch unit {
	case "":
		return 0, errNoDurationUnit
	case "ns", "us", "µs", "μs", "ms", "s", "m", "h":
	case "d":
		unit, times = "h", 24
	case "w":
		unit, times = "h", 7*24
	default:
		return 0, fmt.Errorf("unknown unit %s; want ns, us, ms, s, m, h, d or w", quote(unit))
	}
	part, err := time.ParseDuration(number + unit)
	// The syntax has been checked, so only size can be wrong.
	if err != nil || part > math.MaxInt64/times {
		return 0, errPastClock
	}
	return part * times, nil
}

func invalidDuration(text string) error {
	return fmt.Errorf("invalid duration %s; want 5s, 5m, …", quote(text))
}

func numberLen(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '.' && (c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

func unitLen(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '.' || '0' <= c && c <= '9' {
			return i
		}
	}
	return len(s)
}

// Rate reads a rate such as 40/m, 0.5/s, 100/h or 2000/d and returns it in
// events per second. The units are s, m, h, d and w; the rate must be more than
// zero and finite.
func Rate(text string) (float64, error) {
	number, unit, found := strings.Cut(text, "/")
	if !isFinite(number) {
		return 0, errNotFinite
	}
	if !isDecimal(number) {
		return 0, fmt.Errorf("invalid rate %s; want 40/m, 0.5/s, …", quote(text))
	}
	if !found || unit == "" {
		return 0, errNoRateUnit
	}
	var seconds float64
	switch unit {
	case "s":
		seconds = 1
	case "m":
		seconds = 60
	case "h":
		seconds = 3600
	case "d":
		seconds = 86400
	case "w":
		seconds = 7 * 86400
	default:
		return 0, fmt.Errorf("unknown unit %s; want s, m, h, d or w", quote(unit))
	}
	events, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, errNotFinite
	}
	rate := events / seconds
	if rate <= 0 {
		return 0, errNotPositive
	}
	return rate, nil
}

// isFinite reports whether text is not one of the words for infinity and NaN.
func isFinite(text string) bool {
	switch strings.ToLower(strings.TrimLeft(text, "+-")) {
	case ".inf", ".nan", "inf", "nan", "infinity":
		return false
	}
	return true
}
