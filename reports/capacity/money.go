package capacity

import (
	"math"

	"github.com/podsim/podsim/reports"
)

// HoursOfMonth is how many hours a month is counted as: a twelfth of 365 days.
const HoursOfMonth = 730

// Money writes amounts of one currency alike: with as many decimals as they need,
// two at least if they are not whole.
type Money struct {
	currency string // may be empty
	decimals int
}

// NewMoney returns how amounts are written that stand beside each other.
func NewMoney(currency string, amounts ...float64) Money {
	m := Money{currency: currency}
	for _, x := range amounts {
		for m.decimals < 4 && !isWhole(float64(x*math.Pow10(m.decimals))) {
			m.decimals = max(2, m.decimals+1)
		}
	}
	if currency != "" {
		m.decimals = max(2, m.decimals)
	}
	return m
}

// isWhole reports whether an amount is a whole number but for what sums of prices miss
// by their last bits.
func isWhole(x float64) bool {
	return math.IsInf(x, 0) || math.IsNaN(x) || math.Abs(x-math.Round(x)) <= float64(1e-6*math.Max(1, math.Abs(x)))
}

// Bare writes an amount: 41.20.
func (m Money) Bare(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return reports.Missing
	}
	return reports.Decimal(x, m.decimals, false)
}

// Text writes an amount with its currency: 41.20 USD.
func (m Money) Text(x float64) string {
	if m.currency == "" {
		return m.Bare(x)
	}
	return m.Bare(x) + " " + m.currency
}

// Signed writes a difference: +2.40, 0.00.
func (m Money) Signed(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return reports.Missing
	}
	if math.Abs(x) < float64(math.Pow10(-m.decimals)/2) {
		x = 0
	}
	return reports.Decimal(x, m.decimals, true)
}

// Month writes what an amount an hour comes to in a month, with two decimals.
func (m Money) Month(x float64) string {
	m.decimals = 2
	return m.Text(float64(x * HoursOfMonth))
}

// Hourly names the unit of amounts for an hour: USD an hour.
func (m Money) Hourly() string {
	if m.currency == "" {
		return "an hour"
	}
	return m.currency + " an hour"
}
