package scenarios

import (
	"maps"
	"slices"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// otherKinds are the kinds of what is neither a pod nor an owner and steps change whole:
// what the run calls them.
var otherKinds = map[string]sim.OtherKind{
	budgetKind: sim.BudgetObject, "Service": sim.ServiceObject, claimKind: sim.ClaimObject,
}

const (
	budgetKind = "PodDisruptionBudget"
	claimKind  = "PersistentVolumeClaim"
)

func otherNames() []string { return slices.Sorted(maps.Keys(otherKinds)) }

// isOther reports whether a document is of such a kind.
func isOther(o *object) bool {
	return otherKinds[o.kind] != sim.NoOther && manifest.IsSimulated(o.root)
}

// applyOther makes such an object, or changes it as kubectl apply would.
func (u *user) applyOther(s *userStep, document *object) {
	if !u.isFormed(s, document) {
		return
	}
	o := u.known[nameOfObject(document)]
	next := document.root
	if o.root != nil {
		next = withoutStatus(manifest.Apply(o.last, o.root, document.root))
	}
	step := u.newStep(s, sim.StepApply, o.objectName)
	step.Done = "configured"
	if u.putOther(s, o, next, &step) {
		o.last = document.root
	}
}

// patchOther changes one by a patch.
func (u *user) patchOther(s *userStep, o *userObject, spec *PatchSpec) {
	step := u.newStep(s, sim.StepUpdate, o.objectName)
	step.Done = "patched"
	if o.root == nil {
		u.emit(step)
		return
	}
	if next, ok := u.patched(s, o, spec.Patch, spec.Type == "merge"); ok {
		u.putOther(s, o, withoutStatus(next), &step)
	}
}

// putOther compiles what such an object becomes, and reports whether a server lets it.
func (u *user) putOther(s *userStep, o *userObject, next *yamlnode.Node, step *sim.Step) bool {
	if o.root != nil {
		if field := changedIdentity(o.root, next); field != "" {
			u.blameStep(s, "", "%s of an object cannot change", field)
			return false
		}
		step.Refused = u.set.ForbiddenChange(o.root, next, manifest.Live{})
	} else {
		step.Invalid = u.set.ForbiddenCreation(next)
	}
	if step.Refused != "" || step.Invalid != "" {
		u.emit(*step)
		return false
	}
	if o.root != nil && o.kind == claimKind && !same(o.root, next) {
		u.blameStep(s, "", "podsim does not change a %s that is there", o.kind)
		return false
	}
	if problems := u.compileOther(o.kind, next, step); len(problems) > 0 {
		u.takeProblems(s, problems)
		return false
	}
	o.root = next
	u.emit(*step)
	return true
}

func (u *user) compileOther(kind string, next *yamlnode.Node, step *sim.Step) (problems yamlnode.Problems) {
	switch otherKinds[kind] {
	case sim.ServiceObject:
		step.Service, problems = u.set.CompileService(next)
	case sim.ClaimObject:
		step.Claim, problems = u.set.CompileClaim(next)
	default:
		step.Budget, problems = u.set.CompileBudget(next)
	}
	return problems
}
