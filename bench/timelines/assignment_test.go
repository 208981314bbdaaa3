package timelines

import (
	"testing"

	"pgregory.net/rapid"
)

// total is the sum of the gains of an assignment.
func total(gain [][]int, of []int) int {
	sum := 0
	for row, column := range of {
		sum += gain[row][column]
	}
	return sum
}

// best tries all assignments.
func best(gain [][]int, row int, taken []bool) int {
	if row == len(gain) {
		return 0
	}
	most := -1 << 30
	for column := range gain {
		if !taken[column] {
			taken[column] = true
			most = max(most, gain[row][column]+best(gain, row+1, taken))
			taken[column] = false
		}
	}
	return most
}

func TestNoAssignmentIsBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "n")
		gain := make([][]int, n)
		for i := range gain {
			gain[i] = rapid.SliceOfN(rapid.IntRange(0, 20), n, n).Draw(t, "gain")
		}
		of := bestAssignment(gain)
		seen := make([]bool, n)
		for _, column := range of {
			if seen[column] {
				t.Fatalf("column %d is given twice: %v", column, of)
			}
			seen[column] = true
		}
		if got, want := total(gain, of), best(gain, 0, make([]bool, n)); got != want {
			t.Errorf("%v: gain %d by %v, want %d", gain, got, of, want)
		}
	})
}
