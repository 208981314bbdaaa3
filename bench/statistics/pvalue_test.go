package statistics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// darwin are the differences in height, in eighths of an inch, between fifteen
// pairs of crossed and self-fertilised plants.
var darwin = []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}

func TestSignFlip(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []float64
		want float64
	}{
		{"Darwin's maize (Fisher, The Design of Experiments, §21)", darwin, 2 * 863. / 32768},
		{"nothing", nil, 1},
		{"one", []float64{5}, 1},
		{"all zero", []float64{0, 0, 0, 0}, 1},
		{"all one way", []float64{1, 2, 3, 4, 5, 6}, 2. / 64},
		{"equal", []float64{0.1, 0.1, 0.1, 0.1, 0.1}, 2. / 32},
		{"zeros show nothing", []float64{0, 3, 0, 3, 0, 3}, 2. / 8},
		{"decimals that tie", []float64{0.1, 0.2, -0.3, 0.3}, 12. / 16},
		{"centred", []float64{1, -1, 2, -2}, 1},
		{"large", []float64{1e200, 2e200, 3e200}, 2. / 8},
		{"tiny", []float64{1e-200, 2e-200, 3e-200}, 2. / 8},
		{"not finite", []float64{1, math.Inf(1)}, 1},
	} {
		if got := SignFlip(c.x); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: p = %v, want %v", c.name, got, c.want)
		}
	}
}

// allSigns is the sign-flip test by trying all signs.
func allSigns(x []int) float64 {
	real := 0
	for _, v := range x {
		real += v
	}
	extreme := 0
	for signs := range 1 << len(x) {
		sum := 0
		for i, v := range x {
			sum += v * (signs>>i&1*2 - 1)
		}
		if max(sum, -sum) >= max(real, -real) {
			extreme++
		}
	}
	return float64(extreme) / float64(int(1)<<len(x))
}

func TestSignFlipTriesAllSigns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(-9, 9), 1, 9).Draw(t, "differences")
		x := make([]float64, len(whole))
		for i, v := range whole {
			x[i] = float64(v)
		}
		if got, want := SignFlip(x), allSigns(whole); math.Abs(got-want) > 1e-12 {
			t.Fatalf("p = %v, want %v", got, want)
		}
	})
}

func TestStudentTest(t *testing.T) {
	// Fisher gives t = 2.148 with 14 degrees of freedom for Darwin's maize.
	if p, ok := StudentTest(darwin); !ok || math.Abs(p-0.0497) > 0.0001 {
		t.Errorf("p = %v, want 0.0497", p)
	}
	for _, c := range []struct {
		x    []float64
		want float64
	}{{[]float64{0, 0}, 1}, {[]float64{-1, 1}, 1}, {[]float64{2, 2}, 0}} {
		if p, ok := StudentTest(c.x); !ok || p != c.want {
			t.Errorf("%v: p = %v, want %v", c.x, p, c.want)
		}
	}
	if _, ok := StudentTest([]float64{7}); ok {
		t.Error("one difference has a p-value")
	}
}

func TestHolm(t *testing.T) {
	for _, c := range []struct {
		name    string
		p, want []float64
	}{
		{"none", nil, []float64{}},
		{"one", []float64{0.04}, []float64{0.04}},
		{"R's p.adjust", []float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		{"never above 1", []float64{0.9, 0.6, 0.7}, []float64{1, 1, 1}},
		{"never below a smaller one", []float64{0.02, 0.021, 0.022}, []float64{0.06, 0.06, 0.06}},
		{"ties", []float64{0.01, 0.01}, []float64{0.02, 0.02}},
	} {
		got := Holm(c.p)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// jointly is JointSignFlip by trying all signs, one step-down step after the
// other.
func jointly(x [][]float64) []float64 {
	f := newFlips(x)
	adjusted := make([]float64, len(x))
	least := 0.0
	for rank, k := range f.order {
		extreme, all := 0, 1<<len(f.scaled)
		for signs := range all {
			largest := 0.0
			for _, other := range f.order[rank:] {
				sum := 0.0
				for i, v := range unit(x[other]) {
					sum += v * float64(signs>>i&1*2-1)
				}
				largest = max(largest, math.Abs(sum))
			}
			if largest >= f.real[rank] {
				extreme++
			}
		}
		least = max(least, float64(extreme)/float64(all))
		adjusted[k] = least
	}
	return adjusted
}

func TestJointSignFlipTriesAllSigns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		x := make([][]float64, 4)
		for k := range x {
			for range 7 {
				x[k] = append(x[k], float64(k)/2+r.NormFloat64())
			}
		}
		x[3] = make([]float64, 7)
		x[2][4] = math.NaN()
		got, want := JointSignFlip(x), jointly(x)
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Fatalf("%v: %v, want %v", x, got, want)
		}
		if got[3] != 1 {
			t.Fatalf("zeros have p = %v", got[3])
		}
	}
}

// Many series that say the same are as good as one: that is what the test is for.
func TestJointSignFlipOfEqualSeries(t *testing.T) {
	series := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	got := JointSignFlip([][]float64{series, series, series, series, series})
	for _, p := range got {
		if p != 2./1024 {
			t.Fatalf("p = %v, want %v", got, 2./1024)
		}
	}
}

func TestJointSignFlipOfManyObservationsDraws(t *testing.T) {
	far, near := make([]float64, 40), make([]float64, 40)
	for i := range far {
		far[i] = 1 + float64(i%3)
		near[i] = float64(i%2*2 - 1)
	}
	got := JointSignFlip([][]float64{near, far})
	if got[1] > 0.001 || got[0] < 0.5 {
		t.Errorf("%v", got)
	}
}
