package reports

import "fmt"

// Direction says which way a measure gets better.
type Direction int8

// The directions.
const (
	LowerIsBetter  Direction = -1
	Neutral        Direction = 0 // neither is better
	HigherIsBetter Direction = 1
)

var directions = [...]string{"lower", "neither", "higher"}

// String returns lower, neither or higher.
func (d Direction) String() string { return directions[d+1] }

// MarshalText returns lower, neither or higher.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Direction) UnmarshalText(text []byte) error {
	for i, word := range directions {
		if word == string(text) {
			*d = Direction(i - 1)
			return nil
		}
	}
	return fmt.Errorf("unknown direction %q (want lower, neither or higher)", text)
}

// Measure is one number that a run comes to, and by which runs are compared.
type Measure struct {
	Name   string    `json:"name"` // pending.p99, utilisation(cpu), evictions{cause="preemption"}
	Unit   string    `json:"unit"` // s, share, …; empty for counts
	Better Direction `json:"better"`
	Value  *float64  `json:"value"` // nil if there was nothing to measure
}
