package scenarios

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// makeCells combines the values of the axes.
func (b *experimentBuilder) makeCells() {
	e := b.out
	e.cells, e.settings = [][]Setting{nil}, [][]option{nil}
	if b.isBad || tooManyCells(e.Axes) {
		return
	}
	for i := range e.Axes {
		a := &e.Axes[i]
		cells := make([][]Setting, 0, len(e.cells)*len(a.Values))
		settings := make([][]option, 0, cap(cells))
		for c := range e.cells {
			for j, value := range a.Values {
				path := yamlnode.IndexPath(yamlnode.IndexPath("spec.axes", i)+".values", j)
				set := option{a.Set + "=" + value, e.Place(path), path}
				if i >= len(b.spec.Axes) {
					set.at, set.path = manifest.Position{File: b.axisFlag(i)}, ""
				}
				cells = append(cells, append(slices.Clip(e.cells[c]), Setting{a.Name, value}))
				sets := slices.Clip(e.settings[c])
				if isOption(set.text) && !strings.Contains(a.Set, "=") { // else that has been told
					sets = append(sets, set)
				}
				settings = append(settings, sets)
			}
		}
		e.cells, e.settings = cells, settings
	}
}

// checkScheduling refuses settings of the scheduler that a policy would make
// nothing of: a comparison over them would show no difference.
func (b *experimentBuilder) checkScheduling() {
	for i := range b.out.Policies {
		p := &b.out.Policies[i]
		for _, o := range p.options {
			if why := p.overrules(o.text); why != "" {
				b.blameOption(o, "%s: has no effect: %s", shorten(o.text), why)
			}
		}
	}
	for i := range b.out.Axes {
		a := &b.out.Axes[i]
		path := yamlnode.IndexPath("spec.axes", i) + ".set"
		for j := range b.out.Policies {
			if why := b.out.Policies[j].overrules(a.Set); why != "" {
				b.blame(i >= len(b.spec.Axes), b.axisFlag(i), path, "%s: has no effect with policy %s: %s", shorten(a.Set), b.out.Policies[j].Name, why)
				break
			}
		}
	}
}

func (b *experimentBuilder) blameOption(o option, format string, args ...any) {
	b.addProblem(o.at.File, format, args...)
	p := &b.problems[len(b.problems)-1]
	p.Line, p.Column, p.Path = o.at.Line, o.at.Column, o.path
}

// overrules says why a policy makes nothing of a setting; empty if it does.
func (p *Policy) overrules(setting string) string {
	target, _, _ := strings.Cut(setting, "=")
	kind, _, _ := strings.Cut(strings.TrimSpace(target), ".")
	kind, _, _ = strings.Cut(kind, "/")
	ofScenario := kind == "Scenario" && strings.Contains(target, ".spec.scheduler")
	switch {
	case p.Profile != "" && ofScenario:
		return "every scheduler decides by the profile " + p.Profile + "; want Scenario.spec.scheduler.profile=" + p.Profile + " in set instead of that"
	case p.Profile != "" && kind == schedulerConfigKind && (strings.Contains(target, ".profiles") || strings.Contains(target, ".percentageOfNodesToScore")):
		return "every scheduler decides by the profile " + p.Profile
	case p.configures && ofScenario && !strings.HasSuffix(strings.TrimSpace(target), ".spec.scheduler.ties"):
		return "the " + schedulerConfigKind + " of " + p.file.name + " says how pods are scheduled"
	}
	return ""
}
