package timelines

import "math"

// bestAssignment returns for each row the column that it is given, so that the sum
// of the gains is as large as can be. gain is square.
// Source: H. W. Kuhn, The Hungarian method for the assignment problem (1955), in the
// form with potentials and shortest augmenting paths.
func bestAssignment(gain [][]int) []int {
	n := len(gain)
	// Rows and columns count from 1 here; 0 is the row that looks for a column.
	rowPotential, columnPotential := make([]int, n+1), make([]int, n+1)
	rowOf := make([]int, n+1)
	for row := 1; row <= n; row++ {
		slack, from, done := make([]int, n+1), make([]int, n+1), make([]bool, n+1)
		for column := range slack {
			slack[column] = math.MaxInt
		}
		rowOf[0] = row
		column := 0
		for rowOf[column] != 0 {
			done[column] = true
			current, next, least := rowOf[column], 0, math.MaxInt
			for c := 1; c <= n; c++ {
				if done[c] {
					continue
				}
				if cost := -gain[current-1][c-1] - rowPotential[current] - columnPotential[c]; cost < slack[c] {
					slack[c], from[c] = cost, column
				}
				if slack[c] < least {
					least, next = slack[c], c
				}
			}
			for c := range slack {
				if done[c] {
					rowPotential[rowOf[c]] += least
					columnPotential[c] -= least
				} else if c > 0 {
					slack[c] -= least
				}
			}
			column = next
		}
		for column != 0 {
			rowOf[column] = rowOf[from[column]]
			column = from[column]
		}
	}
	of := make([]int, n)
	for column := 1; column <= n; column++ {
		of[rowOf[column]-1] = column - 1
	}
	return of
}
