package statistics

import (
	"math"
)

// HedgesG returns the standardised mean difference of pairs: mean over standard
// deviation of the differences (Cohen's d_z), made smaller by the exact factor
// that removes its bias in small samples (Hedges, Distribution Theory for
// Glass's Estimator of Effect Size, 1981). ok is false for fewer than three
// differences, and for equal ones other than 0, whose effect has no bound.
func HedgesG(differences []float64) (g float64, ok bool) {
	n := len(differences)
	if n < 3 {
		return 0, false
	}
	mean, sd := Mean(differences), SD(differences)
	switch {
	case sd == 0 && mean == 0:
		return 0, true
	case sd == 0:
		return 0, false
	}
	freedom := float64(n - 1)
	above, _ := math.Lgamma(freedom / 2)
	below, _ := math.Lgamma((freedom - 1) / 2)
	return mean / sd * math.Exp(above-below) / math.Sqrt(freedom/2), true
}

// Welch returns the interval of mean(x) - mean(y) that takes x and y for
// independent samples (Welch, 1947, with Satterthwaite's degrees of freedom). ok
// is false if either has fewer than two values.
func (e *Estimator) Welch(x, y []float64) (i Interval, ok bool) {
	if len(x) < 2 || len(y) < 2 {
		return Interval{}, false
	}
	difference := Mean(x) - Mean(y)
	a, b := SD(x), SD(y)
	a, b = float64(a*a)/float64(len(x)), float64(b*b)/float64(len(y))
	if a+b == 0 {
		return Interval{difference, difference}, true
	}
	share := a / (a + b) // by shares, so that no square overflows
	freedom := 1 / (float64(share*share)/float64(len(x)-1) + float64((1-share)*(1-share))/float64(len(y)-1))
	half := float64(studentQuantile(1-(1-e.confidence)/2, freedom) * math.Sqrt(a+b))
	return Interval{difference - half, difference + half}, true
}

// WidthRatio returns the width of Student's interval of the pairs' differences
// over that of Welch's, which ignores who is paired with whom: below 1, common
// random numbers have paid. ok is false without two pairs, or if Welch's has no
// width.
func (e *Estimator) WidthRatio(x, y []float64) (ratio float64, ok bool) {
	if len(x) != len(y) {
		return 0, false
	}
	unpaired, ok := e.Welch(x, y)
	if !ok || unpaired.Width() == 0 {
		return 0, false
	}
	differences := make([]float64, len(x))
	for i := range x {
		differences[i] = x[i] - y[i]
	}
	paired, _ := e.Student(differences)
	return paired.Width() / unpaired.Width(), true
}
