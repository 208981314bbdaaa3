package kernel_test

import (
	"math"
	"slices"
	"testing"

	"github.com/podsim/podsim/sim/kernel"
)

func TestEntityStaysTheSame(t *testing.T) {
	for name, want := range map[string]uint64{ // the test vectors of FNV-1a
		"":       0xcbf29ce484222325,
		"a":      0xaf63dc4c8601ec8c,
		"foobar": 0x85944171f73967e8,
	} {
		if got := kernel.Entity(name); got != want {
			t.Errorf("Entity(%q) = %#x; want %#x", name, got, want)
		}
	}
}

func TestStreamsStayTheSame(t *testing.T) {
	src := kernel.NewStreams(1).At("runtime", 7, 3)
	got := []uint64{src.Uint64(), src.Uint64()}
	if want := []uint64{0xcf079fc55173d182, 0xd05fec10d2fca484}; !slices.Equal(got, want) {
		t.Errorf("the stream of a key begins %#x; want %#x: recorded digests depend on it", got, want)
	}
}

func TestDrawsDoNotDependOnTheOrderOfCalls(t *testing.T) {
	type key struct {
		purpose         string
		entity, ordinal uint64
	}
	keys := []key{{"runtime", 1, 0}, {"runtime", 1, 1}, {"runtime", 2, 0}, {"crash", 1, 0}, {"crash", 2, 9}}
	draw := func(s *kernel.Streams, k key) [2]uint64 {
		src := s.At(k.purpose, k.entity, k.ordinal)
		return [2]uint64{src.Uint64(), src.Uint64()}
	}
	forwards, backwards := kernel.NewStreams(42), kernel.NewStreams(42)
	first := make(map[key][2]uint64)
	for _, k := range keys {
		first[k] = draw(forwards, k)
	}
	for _, k := range slices.Backward(keys) {
		forwards.At("interloper", 5, 5).Uint64()
		if got := draw(backwards, k); got != first[k] {
			t.Errorf("%v drew %#x; want %#x as before", k, got, first[k])
		}
	}
}

func TestKeysThatDifferInOnePartDiffer(t *testing.T) {
	seen := make(map[uint64]string)
	add := func(what string, src kernel.Source) {
		x := src.Uint64()
		if before, ok := seen[x]; ok {
			t.Errorf("%s and %s share a stream", before, what)
		}
		seen[x] = what
	}
	base, other := kernel.NewStreams(0), kernel.NewStreams(1)
	add("base", base.At("p", 0, 0))
	add("seed", other.At("p", 0, 0))
	add("purpose", base.At("q", 0, 0))
	add("no purpose", base.At("", 0, 0))
	add("entity", base.At("p", 1, 0))
	add("ordinal", base.At("p", 0, 1))
	add("both", base.At("p", 1, 1))
	add("last entity", base.At("p", math.MaxUint64, 0))
	add("last ordinal", base.At("p", 0, math.MaxUint64))
}

// neighbours returns the first uniform numbers of n streams that differ by one
// in one part of the key.
func neighbours(part string, n int) []float64 {
	drawn := make([]float64, n)
	s := kernel.NewStreams(7)
	for i := range drawn {
		x := uint64(i)
		switch part {
		case "seed":
			drawn[i] = kernel.Uniform(kernel.NewStreams(x).At("runtime", 0, 0))
		case "entity":
			drawn[i] = kernel.Uniform(s.At("runtime", x, 0))
		case "ordinal":
			drawn[i] = kernel.Uniform(s.At("runtime", 0, x))
		case "entity and ordinal":
			drawn[i] = kernel.Uniform(s.At("runtime", x, x))
		}
	}
	return drawn
}

func TestNeighbouringStreamsAreIndependent(t *testing.T) {
	const n = 200_000
	for _, part := range []string{"seed", "entity", "ordinal", "entity and ordinal"} {
		t.Run(part, func(t *testing.T) {
			drawn := neighbours(part, n)
			sorted := slices.Sorted(slices.Values(drawn))
			if d := kolmogorovSmirnov(sorted, func(x float64) float64 { return x }); d > ksLimit(n) {
				t.Errorf("first draws are not uniform: distance %.5f; want <= %.5f", d, ksLimit(n))
			}
			for lag := 1; lag <= 16; lag *= 2 {
				if r := correlation(drawn[lag:], drawn[:n-lag]); math.Abs(r) > 4/math.Sqrt(n) {
					t.Errorf("streams %d apart correlate: %.4f", lag, r)
				}
			}
			if chi := pairChiSquare(drawn); chi > 255+5*math.Sqrt(2*255) {
				t.Errorf("pairs of neighbours do not fill the square: chi-square %.1f with 255 degrees of freedom", chi)
			}
		})
	}
}

// pairChiSquare counts neighbours into 16 by 16 cells.
func pairChiSquare(drawn []float64) float64 {
	var cells [256]float64
	pairs := 0.0
	for i := 0; i+1 < len(drawn); i += 2 {
		cells[int(drawn[i]*16)*16+int(drawn[i+1]*16)]++
		pairs++
	}
	chi := 0.0
	for _, count := range cells {
		chi += (count - pairs/256) * (count - pairs/256) / (pairs / 256)
	}
	return chi
}

func correlation(x, y []float64) float64 {
	var sum float64
	for i := range x {
		sum += (x[i] - 0.5) * (y[i] - 0.5)
	}
	return sum / float64(len(x)) * 12
}

// kolmogorovSmirnov returns the greatest distance between the law and the
// sorted draws of a law without atoms.
func kolmogorovSmirnov(sorted []float64, cdf func(float64) float64) float64 {
	n, worst := float64(len(sorted)), 0.0
	for i, x := range sorted {
		p := cdf(x)
		worst = max(worst, p-float64(i)/n, float64(i+1)/n-p)
	}
	return worst
}

// ksLimit is exceeded by one true sample of n in about 2000.
func ksLimit(n float64) float64 { return 2 / math.Sqrt(n) }

func TestUniformIsStrictlyBetweenZeroAndOne(t *testing.T) {
	if low := kernel.Uniform(bits(0)); !(low > 0) {
		t.Errorf("least uniform number %v; want > 0", low)
	}
	if high := kernel.Uniform(bits(math.MaxUint64)); !(high < 1) {
		t.Errorf("greatest uniform number %v; want < 1", high)
	}
}

// bits is a source that always yields the same.
type bits uint64

func (b bits) Uint64() uint64 { return uint64(b) }

func TestChanceAndPick(t *testing.T) {
	s := kernel.NewStreams(3)
	var counts [5]int
	happened := 0
	const n = 100_000
	for i := range uint64(n) {
		counts[kernel.Pick(s.At("pick", i, 0), len(counts))]++
		if kernel.Chance(s.At("chance", i, 0), 0.25) {
			happened++
		}
		if kernel.Chance(s.At("chance", i, 1), 0) || !kernel.Chance(s.At("chance", i, 1), 1) {
			t.Fatal("the impossible happened, or the certain did not")
		}
	}
	for i, count := range counts {
		if math.Abs(float64(count)/n-0.2) > 0.006 {
			t.Errorf("index %d was picked %d times of %d", i, count, n)
		}
	}
	if math.Abs(float64(happened)/n-0.25) > 0.006 {
		t.Errorf("a chance of 1/4 came %d times of %d", happened, n)
	}
}

func TestStreamsDoNotAllocate(t *testing.T) {
	s := kernel.NewStreams(3)
	var entity uint64
	allocations := testing.AllocsPerRun(1000, func() {
		entity++
		src := s.At("runtime", entity, 1)
		kernel.Uniform(src)
		kernel.Pick(src, 10)
	})
	if allocations != 0 {
		t.Errorf("%v allocations for At, Uniform and Pick; want none", allocations)
	}
}
