package scenarios

import (
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/trace"
)

// defineTraced makes known what a trace tells of Namespaces, Services and
// PodDisruptionBudgets. Those of the scenario stay as they are.
func (l *loader) defineTraced(read *trace.Reader) {
	for _, d := range read.Definitions() {
		documents, err := yamlnode.Parse("", strings.NewReader(d.Object))
		problems := asProblems(err)
		for _, document := range documents {
			problems = append(problems, l.set.Define(document.Root)...)
		}
		for _, p := range problems {
			path := "object"
			if p.Path != "" {
				path += "." + p.Path
			}
			l.problems = append(l.problems, yamlnode.Problem{File: d.File, Line: d.Line, Column: 1, Path: path, What: p.What})
		}
	}
}
