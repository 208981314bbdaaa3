package scenarios

import (
	"slices"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// compileCosts compiles what reports are to tell costs and stranded capacity by. It
// comes last: the pods are known by then, and resources that only the shape has get
// the ordinals behind all others.
func (l *loader) compileCosts() {
	if key := l.run.CostLabel; key != "" {
		if wrong := manifest.LabelKeyProblem(key); wrong != "" {
			l.blame(l.costLabel, "spec.costLabel", "%s", wrong)
		} else if len(l.problems) == 0 {
			l.checkCostLabel(key)
		}
	}
	if l.shape == nil || l.shape.bad {
		return
	}
	if n := l.shape.at("spec.shape"); n.Kind != yamlnode.Null {
		shape, problems := l.set.CompileRequest(n)
		l.addUnder("spec.shape", problems)
		l.run.Shape = &shape
	}
}

// checkCostLabel reports a label that no pod has: misspelt, most likely.
func (l *loader) checkCostLabel(key string) {
	var known []string
	for sym := range l.labels {
		known = append(known, l.dict.String(sym))
	}
	slices.Sort(known)
	if !slices.Contains(known, key) {
		l.blame(l.costLabel, "spec.costLabel", "%s", unknown("label of pods", key, known))
	} else if l.run.Prices() == nil {
		l.assume("no costs are told by the label %s: no node group has a price", quote(key))
	}
}
