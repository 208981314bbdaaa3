package scenarios

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// policyKinds are those of what new objects of a namespace are held to.
var policyKinds = []string{models.ResourceQuota.String(), models.LimitRange.String()}

// knowPolicies gathers the policies and the other objects that are there from the start.
func (u *user) knowPolicies() {
	for _, document := range u.documents {
		if document.own {
			continue
		}
		for _, o := range itemsOf(document) {
			if name := nameOfObject(o); (manifest.IsPolicy(o.root) || isOther(o)) && u.known[name] == nil {
				known := u.add(name)
				known.root, known.last = o.root, o.root
			}
		}
	}
}

// applyPolicy makes a ResourceQuota or LimitRange, or changes it.
func (u *user) applyPolicy(s *userStep, document *object) {
	name := nameOfObject(document)
	o := u.known[name]
	if o == nil { // it has no name
		o = &userObject{objectName: name}
	}
	u.set.Count(document.root, textOf(document.at("apiVersion")), document.kind, o.root != nil)
	next := document.root
	if o.root != nil {
		next = withoutStatus(manifest.Apply(o.last, o.root, document.root))
	}
	if u.putPolicy(s, o, next, "configured") {
		o.last = document.root
	}
}

// patchPolicy changes a ResourceQuota or LimitRange.
func (u *user) patchPolicy(s *userStep, o *userObject, spec *PatchSpec) {
	if o.root == nil {
		step := u.policyStep(s, sim.StepPutPolicy, o, "patched")
		u.emit(step)
		return
	}
	u.set.Count(spec.Patch, textOf(o.root.Get("apiVersion")), o.kind, true)
	next, problems := manifest.Patch(o.root, spec.Patch, spec.Type == "merge")
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return
	}
	u.putPolicy(s, o, withoutStatus(next), "patched")
}

// putPolicy compiles what a policy becomes, and reports whether it may.
func (u *user) putPolicy(s *userStep, o *userObject, next *yamlnode.Node, done string) bool {
	step := u.policyStep(s, sim.StepPutPolicy, o, done)
	if o.root != nil {
		step.Refused = u.set.ForbiddenChange(o.root, next, manifest.Live{})
	} else {
		step.Invalid = u.set.ForbiddenCreation(next)
	}
	if step.Refused != "" || step.Invalid != "" {
		u.emit(step)
		return false
	}
	spec, problems := u.set.CompilePolicy(next)
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return false
	}
	step.Policy = spec
	o.root = next
	u.emit(step)
	return true
}

// deletePolicy deletes a ResourceQuota or LimitRange.
func (u *user) deletePolicy(s *userStep, o *userObject) {
	u.emit(u.policyStep(s, sim.StepDeletePolicy, o, ""))
	*o = userObject{objectName: o.objectName}
}

func (u *user) policyStep(s *userStep, kind sim.StepKind, o *userObject, done string) sim.Step {
	step := u.newStep(s, kind, o.objectName)
	step.Done = done
	step.Policy = &models.PolicySpec{Namespace: u.dict.Sym(o.namespace), Name: u.dict.Sym(o.name)}
	if strings.EqualFold(o.kind, models.LimitRange.String()) {
		step.Policy.Kind = models.LimitRange
	}
	return step
}

// deleteNamespace deletes a namespace, if a step is about one.
func (u *user) deleteNamespace(s *userStep, spec *DeleteSpec) bool {
	resource, name, _ := strings.Cut(spec.Target, "/")
	if kind, _ := kindOf(resource); kind != namespaceKind || name == "" {
		return false
	}
	u.emit(u.namespaceStep(s, sim.StepDeleteNamespace, name))
	u.deleted = append(u.deleted, name)
	return true
}

const namespaceKind = "Namespace"

// applyNamespace makes a namespace that is not there from the start, or that an earlier
// step has deleted.
func (u *user) applyNamespace(s *userStep, o *object) bool {
	if o.kind != namespaceKind || !slices.Contains(u.deleted, o.name) {
		return false
	}
	step := u.namespaceStep(s, sim.StepAddNamespace, o.name)
	if step.Invalid = u.set.ForbiddenCreation(o.root); step.Invalid == "" {
		u.takeProblems(s, u.set.Define(o.root))
	}
	u.emit(step)
	return true
}

func (u *user) namespaceStep(s *userStep, kind sim.StepKind, name string) sim.Step {
	step := u.newStep(s, kind, objectName{namespaceKind, name, name})
	step.Object = sim.StepObject{Namespace: u.dict.Sym(name)}
	return step
}
