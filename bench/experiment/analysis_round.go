package experiment

import (
	"math"
	"strconv"
)

// digits is how many significant digits computed numbers keep: beyond them,
// machines that multiply and add in one step differ from others.
const digits = 12

// rounded is the one place where computed numbers are rounded.
func rounded(x float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil || r == 0 {
		return 0 // never -0
	}
	return r
}

// numberOf returns a rounded number, nil unless it exists and is finite.
func numberOf(x float64, ok bool) *float64 {
	if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = rounded(x)
	return &x
}
