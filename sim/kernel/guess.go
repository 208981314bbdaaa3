package kernel

import (
	"fmt"
	"strings"
)

// synonyms are other names under which people know a type.
var synonyms = [][2]string{
	{"fixed", "constant"}, {"deterministic", "constant"}, {"gaussian", "normal"},
	{"exp", "exponential"}, {"poisson", "exponential"}, {"erlang", "gamma"},
	{"categorical", "discrete"}, {"choice", "discrete"}, {"histogram", "empirical"},
	{"trace", "empirical"}, {"samples", "empirical"}, {"h2", "hyperexponential"},
	{"powerlaw", "pareto"},
}

// findType returns the type called name, or what to say instead.
func findType(name string) (*lawType, *ParameterError) {
	names := make([]string, len(types))
	for i := range types {
		if types[i].name == name {
			return &types[i], nil
		}
		names[i] = types[i].name
	}
	known := strings.Join(names, ", ")
	if name == "" {
		return nil, &ParameterError{"type", "missing; want one of " + known}
	}
	guess := ""
	if nearest := nearestType(name, names); nearest != "" {
		guess = fmt.Sprintf("; did you mean %q?", nearest)
	}
	return nil, &ParameterError{"type", fmt.Sprintf("unknown type %.64q%s (known: %s)", name, guess, known)}
}

// nearestType returns the type that a misspelt name means, or "".
func nearestType(name string, names []string) string {
	if len(name) > 64 {
		return "" // no slip of the finger
	}
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	for _, s := range synonyms {
		if s[0] == plain {
			return s[1]
		}
	}
	best, least := "", 1+len(plain)/3
	for _, candidate := range names {
		if d := edits(plain, candidate); d <= least && (best == "" || d < least) {
			best, least = candidate, d
		}
	}
	return best
}

// edits returns the Levenshtein distance of a and b in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
