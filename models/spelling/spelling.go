// Package spelling finds what a user meant by a name that is not known.
package spelling

import (
	"strings"
	"unicode/utf8"

	"github.com/podsim/podsim/models/limits"
)

// Guess returns the known name that name most likely misspells, or "" if none is
// near: at most a third of its letters may differ by insertion, deletion,
// substitution or transposition. Case is ignored. Of equally near names the one
// first in the alphabet wins.
func Guess(name string, known []string) string {
	if utf8.RuneCountInString(name) > limits.Guessed {
		return ""
	}
	word := []rune(strings.ToLower(name))
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, candidate := range known {
		other := []rune(strings.ToLower(candidate))
		if candidate == name || len(other) > limits.Guessed || max(len(word)-len(other), len(other)-len(word)) > bestDistance {
			continue
		}
		// A one-letter word is not a misspelling of every other one.
		distance := editDistance(word, other)
		if distance >= max(len(word), len(other)) && distance > 0 {
			continue
		}
		if distance < bestDistance || distance == bestDistance && best != "" && candidate < best {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// editDistance is the optimal string alignment distance: Levenshtein's with
// transpositions of neighbours.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
