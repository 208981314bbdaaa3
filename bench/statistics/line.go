package statistics

import "math"

// Line is a straight line through points, by least squares.
type Line struct {
	Intercept, Slope float64
	// Residual is the sum of the squares of what the line leaves.
	Residual float64

	n            int
	meanX, sumXX float64 // the sum of squares is about the mean
}

// FitLine fits a line; ok is false for fewer than three points or fewer than two
// places on the x axis: nothing would be left to tell how well it fits.
func FitLine(x, y []float64) (l Line, ok bool) {
	if len(x) != len(y) || len(x) < 3 || constant(x) {
		return Line{}, false
	}
	l.n, l.meanX = len(x), Mean(x)
	meanY, sumXY := Mean(y), 0.0
	for i := range x {
		dx := x[i] - l.meanX
		l.sumXX += float64(dx * dx)
		sumXY += float64(dx * (y[i] - meanY))
	}
	l.Slope = sumXY / l.sumXX
	l.Intercept = meanY - float64(l.Slope*l.meanX)
	for i := range x {
		d := y[i] - l.At(x[i])
		l.Residual += float64(d * d)
	}
	return l, true
}

// At is the height of the line.
func (l *Line) At(x float64) float64 { return l.Intercept + float64(l.Slope*x) }

// Prediction returns the intervals that hold another observation at x with the given
// confidence, if what the line leaves is normal and independent.
func (l *Line) Prediction(confidence float64) func(x float64) Interval {
	freedom := float64(l.n - 2)
	quantile := studentQuantile(1-(1-confidence)/2, freedom)
	return func(x float64) Interval {
		distance := x - l.meanX
		variance := l.Residual / freedom * (1 + 1/float64(l.n) + float64(distance*distance)/l.sumXX)
		half := float64(quantile * math.Sqrt(variance))
		return Interval{l.At(x) - half, l.At(x) + half}
	}
}
