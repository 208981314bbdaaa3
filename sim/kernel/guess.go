package kernel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/spelling"
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
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	for _, s := range synonyms {
		if s[0] == plain {
			return s[1]
		}
	}
	if slices.Contains(names, plain) {
		return plain
	}
	return spelling.Guess(plain, names)
}
