package scenarios

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
)

// hidePositions takes the positions from problems with --set options: they count
// from the beginning of the value, which the user sees in no file. Of what an
// experiment sets, they tell where it says so.
func (l *loader) hidePositions() {
	for i := range l.problems {
		p := &l.problems[i]
		if o, ok := l.placed[p.File]; ok {
			p.File, p.Line, p.Column, p.Path = o.at.File, o.at.Line, o.at.Column, o.path
			p.What = shorten(o.text) + ": " + p.What
		} else if strings.HasPrefix(p.File, "--set ") || strings.HasPrefix(p.File, atFlag) {
			p.Line, p.Column = 0, 0
		}
	}
}

// dropEchoes leaves out that a field is missing where it stands misspelt, which
// has been told.
func (l *loader) dropEchoes() {
	type place struct {
		file         string
		line, column int
	}
	misspelt := make(map[place][]yamlnode.Meant)
	for _, p := range l.problems {
		if p.Meant.Name != "" {
			at := place{p.File, p.Meant.Line, p.Meant.Column}
			misspelt[at] = append(misspelt[at], p.Meant)
		}
	}
	l.problems = slices.DeleteFunc(l.problems, func(p yamlnode.Problem) bool {
		return slices.ContainsFunc(misspelt[place{p.File, p.Line, p.Column}], func(m yamlnode.Meant) bool { return m.Misses(p) })
	})
}

// sortProblems orders the problems by file in the order of reading, and leaves
// out those told twice.
func (l *loader) sortProblems() {
	rank := func(file string) int {
		if r, ok := l.fileRank[file]; ok {
			return r
		}
		return len(l.fileRank)
	}
	slices.SortStableFunc(l.problems, func(a, b yamlnode.Problem) int { return rank(a.File) - rank(b.File) })
	l.problems.Sort()
	l.problems = slices.Compact(l.problems)
}
