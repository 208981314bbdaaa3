package statistics_test

import (
	"math"
	"testing"

	"github.com/podsim/podsim/bench/statistics"
)

// The first of Anscombe's quartet (Graphs in statistical analysis, The American
// Statistician 27, 1973), whose line and errors are known, and a prediction from it by
// the textbook formula with the 97.5 % quantile of Student's t with 9 degrees of freedom.
func TestALineThroughKnownPoints(t *testing.T) {
	x := []float64{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5}
	y := []float64{8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68}
	line, ok := statistics.FitLine(x, y)
	if !ok || math.Abs(line.Slope-0.50009) > 1e-5 || math.Abs(line.Intercept-3.00009) > 1e-5 || math.Abs(line.Residual-13.76269) > 1e-5 {
		t.Fatalf("got %+v, %v", line, ok)
	}
	const quantile = 2.262157
	half := quantile * math.Sqrt(13.76269/9*(1+1.0/11+math.Pow(20-9, 2)/110))
	got := line.Prediction(0.95)(20)
	if math.Abs(got.High-line.At(20)-half) > 1e-4 || math.Abs(line.At(20)-got.Low-half) > 1e-4 {
		t.Errorf("the prediction is %+v, want %v ± %v", got, line.At(20), half)
	}
}

func TestWhatNoLineGoesThrough(t *testing.T) {
	for _, x := range [][]float64{nil, {1, 2}, {1, 1, 1}} {
		if _, ok := statistics.FitLine(x, make([]float64, len(x))); ok {
			t.Errorf("%v has a line", x)
		}
	}
	if _, ok := statistics.FitLine([]float64{1, 2, 3}, []float64{1, 2}); ok {
		t.Error("so have unequal numbers of coordinates")
	}
	exact, _ := statistics.FitLine([]float64{0, 1, 2}, []float64{1, 3, 5})
	if i := exact.Prediction(0.9)(10); i.Low != 21 || i.High != 21 {
		t.Errorf("points on a line predict %+v, want 21", i)
	}
}
