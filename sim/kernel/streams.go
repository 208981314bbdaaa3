package kernel

import "math/rand/v2"

// Source yields the random bits of a draw.
type Source = rand.Source

// Streams finds random numbers by what they are for: a purpose ("runtime"), an
// entity (the pod) and an ordinal (its third start). A draw therefore does not
// depend on which draws came before, and a policy that asks more or less often
// does not shift anybody else's chance (common random numbers).
//
// A Streams serves one goroutine.
type Streams struct {
	seed uint64
	pcg  rand.PCG
}

// NewStreams returns the streams of a seed.
func NewStreams(seed uint64) *Streams { return &Streams{seed: seed} }

// At returns the stream of a key, at its beginning. It does not allocate: the
// source belongs to s and is valid until the next call of At.
func (s *Streams) At(purpose string, entity, ordinal uint64) Source {
	// Two chains with different beginnings make the 128 bits of state, so that
	// even among billions of keys no two share a stream.
	hi, lo := mix(s.seed^highChain), mix(s.seed^lowChain)
	for _, part := range [...]uint64{Entity(purpose), entity, ordinal} {
		hi, lo = mix(hi+part), mix(lo^part)
	}
	s.pcg.Seed(hi, lo)
	return &s.pcg
}

// Entity turns a name into an entity with FNV-1a (64 bits, the parameters of
// http://www.isthe.com/chongo/tech/comp/fnv). It stays the same for ever:
// recorded digests depend on it.
func Entity(name string) uint64 {
	hash := uint64(0xcbf29ce484222325)
	for i := range len(name) {
		hash = (hash ^ uint64(name[i])) * 0x100000001b3
	}
	return hash
}

// The beginnings of the two chains: the first fractional bits of √2 and √3.
const (
	highChain = 0x6a09e667f3bcc908
	lowChain  = 0xbb67ae8584caa73b
)

// mix is one step of SplitMix64 (Steele, Lea and Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014): neighbouring numbers come out
// unrelated.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Uniform draws a number strictly between 0 and 1. Its 2⁵² values lie half a
// step off the ends, so that every law has a finite value at each of them.
func Uniform(src Source) float64 {
	return (float64(src.Uint64()>>12) + 0.5) * 0x1p-52
}

// Chance draws whether something of probability p happens: never when p is 0,
// always when it is 1.
func Chance(src Source, p float64) bool { return Uniform(src) < p }

// Pick draws an index in [0, n), each as likely as another. It panics when n is
// not positive.
func Pick(src Source, n int) int { return rand.New(src).IntN(n) }
