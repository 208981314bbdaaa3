package reports

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// Scale writes the values of one measure alike: in one unit and with as many
// digits as tell them apart, so that they can be compared by eye.
type Scale struct {
	factor   float64
	unit     string // of values
	pairs    string // of differences
	suffix   string // what stands behind a value
	signed   string // and behind a difference: a long unit is not repeated there
	decimals int
}

// The units of measures that are written in a form of their own. Any other unit
// stands behind the number.
const (
	UnitSeconds    = "s"
	UnitShare      = "share"
	UnitBytes      = "bytes"
	UnitMillicores = "millicores"
)

// reach is a range of magnitudes and how values of it are written.
type reach struct {
	below  float64
	factor float64
	suffix string
}

var timeReaches = []reach{
	{1, 1000, "ms"}, {180, 1, "s"}, {3 * 3600, 1. / 60, "min"}, {4 * 86400, 1. / 3600, "h"}, {math.Inf(1), 1. / 86400, "d"},
}

var byteReaches = []reach{
	{1 << 10, 1, " bytes"}, {1 << 20, 1. / (1 << 10), "Ki"}, {1 << 30, 1. / (1 << 20), "Mi"},
	{1 << 40, 1. / (1 << 30), "Gi"}, {1 << 50, 1. / (1 << 40), "Ti"}, {math.Inf(1), 1. / (1 << 50), "Pi"},
}

// NewScale returns the scale for values of a unit and for differences between
// them; it shows three digits of the largest value and one of the smallest
// difference, as far as that makes sense.
func NewScale(unit string, values, differences []float64) Scale {
	largest := magnitude(values, math.Max)
	if largest == 0 {
		largest = magnitude(differences, math.Max)
	}
	s := Scale{factor: 1}
	switch unit {
	case UnitSeconds:
		s = reachOf(timeReaches, cmp.Or(largest, 1))
	case UnitBytes:
		s = reachOf(byteReaches, largest)
	case UnitShare:
		s = Scale{factor: 100, unit: "%", pairs: "pp", suffix: "%", signed: " pp"}
	case UnitMillicores:
		s = Scale{factor: 1. / 1000, unit: "cores", pairs: "cores", suffix: " cores"}
	case "":
	default:
		s.unit = Visible(unit)
		s.pairs, s.suffix = s.unit, " "+s.unit
	}
	s.decimals = s.digits(largest, values, differences)
	return s
}

// PercentScale returns the scale for relative changes that are known up to a
// share: 12%, 4.7%, 0.31%.
func PercentScale(halfWidth float64) Scale {
	s := Scale{factor: 100, unit: "%", pairs: "%", suffix: "%", signed: "%"}
	switch {
	case halfWidth == 0:
		s.decimals = 1
	case halfWidth < 0.001:
		s.decimals = 2
	case halfWidth < 0.01:
		s.decimals = 1
	}
	return s
}

func reachOf(reaches []reach, largest float64) Scale {
	at := 0
	for at < len(reaches)-1 && largest >= reaches[at].below {
		at++
	}
	suffix := reaches[at].suffix
	unit := strings.TrimSpace(suffix)
	return Scale{factor: reaches[at].factor, unit: unit, pairs: unit, suffix: suffix, signed: suffix}
}

// magnitude picks the largest or smallest absolute value but 0 and infinity.
func magnitude(values []float64, pick func(a, b float64) float64) float64 {
	out := 0.0
	for _, v := range values {
		v = math.Abs(v)
		if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
			continue
		}
		if out == 0 {
			out = v
		}
		out = pick(out, v)
	}
	return out
}

const (
	decimalsMost = 4
	digitsMost   = 7
)

func (s *Scale) digits(largest float64, values, differences []float64) int {
	if s.whole(values) && s.whole(differences) {
		return 0
	}
	size := exponent(float64(largest * s.factor))
	decimals := 2 - size
	if least := magnitude(differences, math.Min); least > 0 {
		decimals = max(decimals, -exponent(float64(least*s.factor)))
	}
	return max(0, min(decimals, decimalsMost, digitsMost-1-size))
}

func exponent(x float64) int {
	if x == 0 {
		return 0
	}
	return int(math.Floor(math.Log10(x)))
}

func (s *Scale) whole(values []float64) bool {
	for _, v := range values {
		// Means of whole numbers may miss them by the last bits.
		if v := float64(v * s.factor); math.Abs(v-math.Round(v)) > float64(1e-9*math.Max(1, math.Abs(v))) {
			return false
		}
	}
	return true
}

// Text writes a value with its unit.
func (s Scale) Text(v float64) string { return s.write(v, s.suffix, false) }

// Bare writes a value without its unit.
func (s Scale) Bare(v float64) string { return s.write(v, "", false) }

// Between writes an interval of values: 11.9 to 12.9s.
func (s Scale) Between(low, high float64) string { return s.Bare(low) + " to " + s.Text(high) }

// SignedBetween writes an interval of differences without their unit: -0.9 to
// +0.1.
func (s Scale) SignedBetween(low, high float64) string {
	return s.write(low, "", true) + " to " + s.write(high, "", true)
}

// DifferenceBetween writes an interval of sizes of differences: 8.2 to 9.1 pp.
func (s Scale) DifferenceBetween(low, high float64) string {
	return s.Bare(low) + " to " + s.write(high, s.signed, false)
}

// Signed writes a difference with its sign and unit; that of two shares is in
// percentage points (pp).
func (s Scale) Signed(v float64) string { return s.write(v, s.signed, true) }

// Of returns a value in the unit of the scale, as an axis shows it.
func (s Scale) Of(v float64) float64 { return float64(v * s.factor) }

// Unit returns what stands behind the numbers, such as min; empty for counts.
func (s Scale) Unit() string { return s.unit }

// DifferenceUnit returns what stands behind differences, such as pp.
func (s Scale) DifferenceUnit() string { return s.pairs }

// Missing stands where there is no value.
const Missing = "-"

func (s Scale) write(v float64, suffix string, sign bool) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Missing
	}
	return decimal(float64(v*s.factor), s.decimals, sign) + suffix
}

// decimal writes a number with commas between thousands, with a sign also if it
// is positive. A signed number that is rounded to 0 keeps its sign: the side of 0
// is what a reader looks for.
func decimal(v float64, decimals int, sign bool) string {
	if math.Abs(v) >= 1e15 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	switch {
	case v == 0 || !sign && strings.Trim(text, "0.") == "":
		return whole
	case v < 0:
		return "-" + whole
	case sign:
		return "+" + whole
	}
	return whole
}

// Relative writes a change as a signed percentage: +24%, -3.1%; from tenfold on as
// a multiple: x12.
func Relative(share float64) string {
	p := float64(share * 100)
	switch {
	case math.IsNaN(p) || math.IsInf(p, 0):
		return Missing
	case share >= 9:
		return "x" + decimal(1+share, 0, false)
	case math.Abs(p) < 9.95:
		return decimal(p, 1, true) + "%"
	}
	return decimal(p, 0, true) + "%"
}

// Percent writes a share as a percentage: 95%, 99.5%.
func Percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e4)/100, 'f', -1, 64) + "%"
}

// Count writes an integer with commas: 1,204,331.
func Count(n int64) string { return count(n) }

// Plural counts things: 1 seed, 30 seeds.
func Plural(n int, noun string) string { return plural(int64(n), noun) }

// PluralOf counts things whose noun takes no plain s: 1 policy, 2 policies.
func PluralOf(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return count(int64(n)) + " " + many
}

// Decimal writes a number with commas between thousands and so many decimals, with a
// sign also if it is positive where signed.
func Decimal(x float64, decimals int, signed bool) string { return decimal(x, decimals, signed) }

// AppendCSV appends a text as one cell of a CSV file, quoted where it must be. No
// spreadsheet takes it for a formula, and no terminal acts on it.
func AppendCSV(b []byte, text string) []byte { return appendCell(b, Visible(text)) }

// AppendNumber appends a number as JSON writes it, exactly; nothing for what is
// no finite number.
func AppendNumber(b []byte, x float64) []byte {
	switch size := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return b
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.AppendFloat(b, x, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, x, 'f', -1, 64)
}
