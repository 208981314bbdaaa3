package statistics

import "math/bits"

// counter is a counter-based generator: value i is a hash of seed and i
// (SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number
// Generators, OOPSLA 2014).
type counter struct{ state uint64 }

// The seeds of all that is drawn here: results never depend on where or in
// which order they were computed.
const (
	resamplingSeed = 0x62_6f_6f_74
	flipsSeed      = 0x66_6c_69_70
)

func (c *counter) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1; the bias is at most n/2⁶⁴.
func (c *counter) below(n int) int {
	high, _ := bits.Mul64(c.next(), uint64(n))
	return int(high)
}
