package scenarios

import (
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

const budgetKind = "PodDisruptionBudget"

// isBudget reports whether a document is a PodDisruptionBudget.
func isBudget(o *object) bool { return o.kind == budgetKind && manifest.IsDefinition(o.root) }

// applyBudget makes a PodDisruptionBudget, or changes it as kubectl apply would.
func (u *user) applyBudget(s *userStep, document *object) {
	problems := u.set.CheckForm(document.root, document.kind)
	if len(problems) == 0 && document.name == "" {
		problems.Add(document.root.At("metadata"), "metadata", "name is missing")
	}
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return
	}
	o := u.known[nameOfObject(document)]
	next := document.root
	if o.root != nil {
		next = withoutStatus(manifest.Apply(o.last, o.root, document.root))
	}
	if u.putBudget(s, o, next, sim.StepApply, "configured") {
		o.last = document.root
	}
}

// patchBudget changes a PodDisruptionBudget.
func (u *user) patchBudget(s *userStep, o *userObject, spec *PatchSpec) {
	if o.root == nil {
		u.emit(u.newStep(s, sim.StepUpdate, o.objectName))
		return
	}
	problems := u.set.CheckForm(spec.Patch, o.kind)
	next, wrong := manifest.Patch(o.root, spec.Patch, spec.Type == "merge")
	if problems = append(problems, wrong...); len(problems) > 0 {
		u.takeProblems(s, problems)
		return
	}
	u.putBudget(s, o, withoutStatus(next), sim.StepUpdate, "patched")
}

// putBudget compiles what a budget becomes, and reports whether it may.
func (u *user) putBudget(s *userStep, o *userObject, next *yamlnode.Node, kind sim.StepKind, done string) bool {
	spec, problems := u.set.CompileBudget(next)
	if u.takeProblems(s, problems); len(problems) > 0 {
		return false
	}
	step := u.newStep(s, kind, o.objectName)
	step.Budget, step.Done = spec, done
	o.root = next
	u.emit(step)
	return true
}
