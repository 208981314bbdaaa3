package trace

// Limits bounds what is read of one trace.
type Limits struct {
	Bytes      int64 // most bytes, unpacked
	Ratio      int64 // most unpacked bytes for each packed one
	Window     int64 // most bytes that zstd may look back
	Line       int   // longest line, in bytes
	ObjectLine int   // longest line of a format whose lines hold whole objects (csv, jsonl)
	Rows       int   // most rows; of jsonl, most objects and most lines about them
	Shapes     int   // most distinct shapes
	Count      int64 // most pods of one row
	Problems   int   // problems told before reading stops
}

// DefaultLimits are what no honest trace comes near.
func DefaultLimits() Limits {
	return Limits{
		Bytes: 4 << 30, Ratio: 200, Window: 128 << 20, Line: 64 << 10, ObjectLine: 4 << 20,
		Rows: 10_000_000, Shapes: 1_000_000, Count: 1_000_000, Problems: 50,
	}
}

// ratioSlack is how many unpacked bytes pass before the ratio counts: a short
// file of equal rows packs very well.
const ratioSlack = 16 << 20
