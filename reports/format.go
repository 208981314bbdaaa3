package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration writes a duration for people, with two units at most: 350ms, 4.2s,
// 41s, 11m42s, 3h05m, 2d04h.
func Duration(s Seconds) string {
	if s < 0 {
		return "-" + Duration(-s)
	}
	d := time.Duration(math.Round(float64(s)*1000)) * time.Millisecond
	switch {
	case d == 0:
		return "0s"
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 10*time.Second && d%time.Second != 0:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	}
	d = d.Round(time.Second)
	switch hours := d / time.Hour; {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return twoUnits(d/time.Minute, "m", d%time.Minute/time.Second, "s")
	case hours < 48:
		return twoUnits(hours, "h", d%time.Hour/time.Minute, "m")
	default:
		return twoUnits(hours/24, "d", hours%24, "h")
	}
}

func twoUnits(big time.Duration, unit string, small time.Duration, smallUnit string) string {
	if small == 0 {
		return fmt.Sprintf("%d%s", big, unit)
	}
	return fmt.Sprintf("%d%s%02d%s", big, unit, small, smallUnit)
}

// CoreTime writes core-seconds for people: 12 core-seconds, 3.5 core-minutes, 7.9
// core-hours.
func CoreTime(coreSeconds float64) string {
	switch {
	case coreSeconds < 60:
		return Decimal(coreSeconds, 0, false) + " core-seconds"
	case coreSeconds < 3600:
		return Decimal(coreSeconds/60, 1, false) + " core-minutes"
	}
	return Decimal(coreSeconds/3600, 1, false) + " core-hours"
}

// Clock writes a moment of virtual time, exact to the second: 02h00m00s, or
// 1d02h00m00s from the second day on.
func Clock(at Seconds) string {
	seconds := int64(math.Round(float64(at)))
	days, rest := seconds/86400, seconds%86400
	text := fmt.Sprintf("%02dh%02dm%02ds", rest/3600, rest/60%60, rest%60)
	if days > 0 {
		text = fmt.Sprintf("%dd", days) + text
	}
	return text
}

// count writes an integer with commas: 1,204,331.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// plural counts things; kinds such as ReplicaSet take an s like other nouns.
func plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(n) + " " + noun
}

// RoundedPercent writes a share for the eye: 3.2%, 71%.
func RoundedPercent(share float64) string {
	p := share * 100
	if p > 0 && p < 9.95 {
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "%"
}

// Bytes writes bytes in binary units: 512Mi, 31.2Gi.
func Bytes(n int64) string {
	units := []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}
	value, unit := float64(n), 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	return strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), ".0") + units[unit]
}
