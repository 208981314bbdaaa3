package arrivals

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

const hour = models.Time(time.Hour)

func exponential(t *testing.T, rate float64) kernel.Distribution {
	t.Helper()
	d, problems := kernel.NewDistribution(kernel.Parameters{Type: "exponential", Rate: &rate})
	if problems != nil {
		t.Fatal(problems)
	}
	return d
}

func collect(p Process, most int) []models.Time {
	var at []models.Time
	for len(at) < most {
		next, ok := p.Next()
		if !ok {
			break
		}
		at = append(at, next)
	}
	return at
}

// within fails if got is more than five standard errors off: with the fixed
// seeds of these tests it either always fails or never.
func within(t *testing.T, what string, got, want, stderr float64) {
	t.Helper()
	if math.Abs(got-want) > 5*stderr {
		t.Errorf("%s: got %.4g; want %.4g +- %.2g", what, got, want, 5*stderr)
	}
}

func TestTimesKeepsToItsWindow(t *testing.T) {
	p := Times([]models.Time{1, 5, 5, 9, 10}, Window{From: 5, Until: 10})
	if diff := cmp.Diff([]models.Time{5, 5, 9}, collect(p, 10)); diff != "" {
		t.Error(diff)
	}
}

func TestPoissonCounts(t *testing.T) {
	// 40 arrivals a minute: the count of each minute has mean and variance 40,
	// and neighbouring minutes are not correlated.
	const minutes = 6000
	p := Renewal(exponential(t, 40.0/60), NewSource(3, "w"), Window{From: hour, Until: hour + minutes*models.Time(time.Minute)})
	counts := make([]float64, minutes)
	previous := models.Time(0)
	for at, ok := p.Next(); ok; at, ok = p.Next() {
		if at < previous || at%models.Time(time.Millisecond) != 0 {
			t.Fatalf("arrival at %v after %v", at, previous)
		}
		previous = at
		counts[(at-hour)/models.Time(time.Minute)]++
	}
	mean, variance := moments(counts)
	within(t, "mean", mean, 40, math.Sqrt(40.0/minutes))
	within(t, "variance", variance, 40, 40*math.Sqrt(2.0/minutes))
	covariance := 0.0
	for i := 1; i < minutes; i++ {
		covariance += (counts[i] - mean) * (counts[i-1] - mean) / minutes
	}
	within(t, "covariance", covariance, 0, 40/math.Sqrt(minutes))
}

func moments(xs []float64) (mean, variance float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		variance += (x - mean) * (x - mean) / float64(len(xs)-1)
	}
	return mean, variance
}

func TestRoundingOfManyGapsDoesNotAddUp(t *testing.T) {
	// 50,000 arrivals a second: gaps of 20 µs all round to nothing, the
	// moments do not.
	p := Renewal(exponential(t, 50_000), NewSource(1, "w"), Window{Until: models.Time(10 * time.Second)})
	got := len(collect(p, math.MaxInt))
	within(t, "arrivals in 10 s", float64(got), 500_000, math.Sqrt(500_000))
}

func TestRenewalMean(t *testing.T) {
	mean, cv := 30.0, 2.0
	law, problems := kernel.NewDistribution(kernel.Parameters{Type: "gamma", Mean: &mean, CV: &cv})
	if problems != nil {
		t.Fatal(problems)
	}
	const n = 40_000
	at := collect(Renewal(law, NewSource(5, "w"), Always()), n)
	within(t, "mean gap", at[n-1].Seconds()/n, mean, mean*cv/math.Sqrt(n))
}

func TestCurveCounts(t *testing.T) {
	day := Curve{Period: 24 * time.Hour, Points: []Point{
		{At: 6 * time.Hour, Rate: 0}, {At: 9 * time.Hour, Rate: 0.6},
		{At: 17 * time.Hour, Rate: 0.6}, {At: 22 * time.Hour, Rate: 0.1},
	}}
	steps := day
	steps.Step = true
	tests := map[string]struct {
		curve Curve
		want  [24]float64 // mean arrivals of each hour of a day
	}{
		"linear": {day, linearHours()},
		"step": {steps, [24]float64{
			0: 360, 1: 360, 2: 360, 3: 360, 4: 360, 5: 360,
			9: 2160, 10: 2160, 11: 2160, 12: 2160, 13: 2160, 14: 2160, 15: 2160, 16: 2160,
			17: 2160, 18: 2160, 19: 2160, 20: 2160, 21: 2160, 22: 360, 23: 360,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// The clock begins at 20:00, the window 3 h later.
			test.curve.Phase = 20 * time.Hour
			const days = 40
			window := Window{From: 3 * hour, Until: 3*hour + days*24*hour}
			p := test.curve.NewProcess(NewSource(11, name), window)
			var counts [24]float64
			previous := window.From
			for at, ok := p.Next(); ok; at, ok = p.Next() {
				if at < previous || at >= window.Until {
					t.Fatalf("arrival at %v after %v", at, previous)
				}
				previous = at
				counts[(at+20*hour)%(24*hour)/hour] += 1.0 / days
			}
			total := 0.0
			for i := range counts {
				within(t, time.Duration(i).String(), counts[i], test.want[i], math.Sqrt(test.want[i]/days))
				total += test.want[i]
			}
			if got := test.curve.Mean() * 86400; math.Abs(got-total) > 1e-6 {
				t.Errorf("mean of a day: got %v; want %v", got, total)
			}
		})
	}
}

// linearHours integrates the linear curve of the test by hand.
func linearHours() [24]float64 {
	var hours [24]float64
	rate := func(h float64) float64 {
		switch {
		case h < 6:
			return 0.1 - 0.1*(h+2)/8
		case h < 9:
			return 0.2 * (h - 6)
		case h < 17:
			return 0.6
		case h < 22:
			return 0.6 - 0.1*(h-17)
		}
		return 0.1 - 0.1*(h-22)/8
	}
	for h := range hours {
		hours[h] = 3600 * rate(float64(h)+0.5) // the mean of a straight line is its middle
	}
	return hours
}

func TestCurveOfConstantRateIsPoisson(t *testing.T) {
	flat := Curve{Period: time.Hour, Points: []Point{{Rate: 2}}}
	const n = 100_000
	at := collect(flat.NewProcess(NewSource(2, "w"), Always()), n)
	gaps := make([]float64, n-1)
	for i := range gaps {
		gaps[i] = (at[i+1] - at[i]).Seconds()
	}
	mean, variance := moments(gaps)
	within(t, "mean gap", mean, 0.5, 0.5/math.Sqrt(n))
	within(t, "variance", variance, 0.25, 0.25*math.Sqrt(8.0/n)) // the 4th moment of an exponential law is 9σ⁴
}

func TestRareCurvesEnd(t *testing.T) {
	for name, c := range map[string]Curve{
		"tiny rate":     {Period: time.Minute, Points: []Point{{Rate: 1e-300}}},
		"denormal rate": {Period: time.Minute, Points: []Point{{Rate: 5e-324}, {At: time.Second}}},
		"short period":  {Period: time.Nanosecond, Points: []Point{{Rate: 1e-9}}},
	} {
		t.Run(name, func(t *testing.T) {
			if at := collect(c.NewProcess(NewSource(1, "w"), Window{Until: 24 * hour}), 10); len(at) != 0 {
				t.Errorf("got %v; want none", at)
			}
		})
	}
}

func TestArrivalsDoNotDependOnOtherDraws(t *testing.T) {
	law := exponential(t, 1)
	alone := collect(Renewal(law, NewSource(7, "a"), Always()), 100)
	source := NewSource(7, "a")
	p := Renewal(law, source, Always())
	var among []models.Time
	for i := range uint64(100) {
		source.At("lifetime", i).Uint64()
		at, _ := p.Next()
		among = append(among, at)
	}
	if diff := cmp.Diff(alone, among); diff != "" {
		t.Error(diff)
	}
	if other := collect(Renewal(law, NewSource(7, "b"), Always()), 100); cmp.Equal(alone, other) {
		t.Error("two workloads share their arrivals")
	}
	if other := collect(Renewal(law, NewSource(8, "a"), Always()), 100); cmp.Equal(alone, other) {
		t.Error("two seeds share their arrivals")
	}
}
