package plugins

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with the arguments of a plugin.
type Problem struct {
	// Path leads to it from the arguments: scoringStrategy.resources[1].weight.
	Path string
	// What is wrong, such as: out of range (got 101; want 1 to 100).
	What string
}

// Problems are all things wrong with the arguments of a plugin, as one error.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Path + ": " + p.What
	}
	return strings.Join(lines, "\n")
}

func (ps *Problems) add(path, format string, values ...any) {
	*ps = append(*ps, Problem{path, fmt.Sprintf(format, values...)})
}

// err returns the problems as an error, or nil if there are none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// TypeMeta is how arguments may name their own type in a configuration.
type TypeMeta struct {
	// APIVersion is empty or kubescheduler.config.k8s.io/v1.
	APIVersion string `json:"apiVersion,omitempty"`
	// Kind is empty or the name of the type.
	Kind string `json:"kind,omitempty"`
}

const configVersion = "kubescheduler.config.k8s.io/v1"

func (m *TypeMeta) check(kind string, problems *Problems) {
	if m.APIVersion != "" && m.APIVersion != configVersion {
		problems.add("apiVersion", "unknown version (got %q; want %s)", m.APIVersion, configVersion)
	}
	if m.Kind != "" && m.Kind != kind {
		problems.add("kind", "arguments of another plugin (got %q; want %s)", m.Kind, kind)
	}
}
