package trace

// Limits bounds what is read of one trace.
type Limits struct {
	Bytes    int64 // most bytes, unpacked
	Ratio    int64 // most unpacked bytes for each packed one
	Line     int   // longest line, in bytes
	Rows     int   // most rows
	Shapes   int   // most distinct shapes
	Problems int   // problems told before reading stops
}

// DefaultLimits are what no honest trace comes near.
func DefaultLimits() Limits {
	return Limits{Bytes: 4 << 30, Ratio: 200, Line: 64 << 10, Rows: 10_000_000, Shapes: 1_000_000, Problems: 50}
}

// ratioSlack is how many unpacked bytes pass before the ratio counts: a short
// file of equal rows packs very well.
const ratioSlack = 16 << 20
