package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

const nodeKind = "Node"

// patchNode compiles a patch, if it is one of a node.
func (u *user) patchNode(s *userStep, spec *PatchSpec) bool {
	resource, name, _ := strings.Cut(spec.Target, "/")
	if kind, _ := kindOf(resource); kind != nodeKind {
		return false
	}
	if spec.Subresource == "resize" {
		u.blameStep(s, "subresource", "%s is one of pods", spec.Subresource)
		return true
	}
	problems := u.set.CheckForm(spec.Patch, nodeKind)
	if u.takeProblems(s, problems); len(problems) > 0 {
		return true
	}
	if spec.Subresource == "status" {
		u.patchNodeStatus(s, name, spec.Patch)
		return true
	}
	for _, f := range spec.Patch.Fields {
		if f.Name != "metadata" && f.Name != "spec" {
			u.blameStep(s, "patch", "%s of a node cannot be patched; want metadata or spec", f.Name)
			return true
		}
	}
	if refused := u.forbiddenNode(name, spec); refused != "" {
		u.nodeStep(s, name, sim.Step{Kind: sim.StepChangeNode, Refused: refused})
		return true
	}
	if change, ok := u.nodeChange(s, spec.Patch); ok {
		u.nodeStep(s, name, sim.Step{Kind: sim.StepChangeNode, Done: "patched", NodeChange: change})
	}
	return true
}

// forbiddenNode is why an API server refuses a patch of a node, as far as it is known as
// an object; empty if it does not.
func (u *user) forbiddenNode(name string, spec *PatchSpec) string {
	was := u.nodesApplied[name]
	if was == nil {
		was, _ = patchOf(fields{"apiVersion": "v1", "kind": nodeKind, "metadata": fields{"name": name}})
	}
	next, problems := manifest.Patch(was, spec.Patch, spec.Type == "merge")
	if len(problems) > 0 {
		return ""
	}
	return u.set.ForbiddenChange(was, next, manifest.Live{})
}

// patchNodeStatus compiles what a patch of the status lets pods take of a node. A kubelet
// takes the capacity of an extended resource over.
// Source: pkg/kubelet/nodestatus/setters.go (MachineInfo).
func (u *user) patchNodeStatus(s *userStep, name string, patch *yamlnode.Node) {
	change := new(sim.NodeChange)
	for _, f := range patch.Fields {
		if f.Name != "status" {
			u.blameStep(s, "patch", "%s cannot be patched with the status", f.Name)
			return
		}
	}
	for _, list := range patch.At("status").Fields {
		if list.Name != "allocatable" && list.Name != "capacity" {
			u.blameStep(s, "patch", "status.%s of a node cannot be patched; want allocatable or capacity", list.Name)
			return
		}
		for _, f := range list.Value.Fields {
			if list.Name == "capacity" && !strings.Contains(f.Name, "/") {
				u.blameStep(s, "patch", "the capacity of %s is that of the machine; want it in allocatable", f.Name)
				return
			}
			is, ok := u.nodeAmount(s, name, f)
			if !ok {
				return
			}
			change.Allocatable = append(change.Allocatable, is)
		}
	}
	u.nodeStep(s, name, sim.Step{Kind: sim.StepChangeNode, Done: "patched", NodeChange: change})
}

// nodeAmount reads how much there is to be of a resource.
func (u *user) nodeAmount(s *userStep, node string, f yamlnode.Field) (is sim.NodeAmount, ok bool) {
	root, err := patchOf(fields{
		"apiVersion": "v1", "kind": nodeKind, "metadata": fields{"name": node}, "status": fields{"allocatable": fields{f.Name: f.Value.Value()}},
	})
	if err != nil {
		u.blameStep(s, "patch", "%v", err)
		return is, false
	}
	spec, problems := u.set.CompileNode(root)
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return is, false
	}
	r, err := u.dict.Resource(f.Name)
	if err != nil {
		u.blameStep(s, "patch", "%v", err)
		return is, false
	}
	return sim.NodeAmount{Name: u.dict.Sym(f.Name), Amount: spec.Allocatable[r]}, true
}

// deleteNode compiles the deletion of a node, if it is one.
func (u *user) deleteNode(s *userStep, spec *DeleteSpec) bool {
	resource, name, _ := strings.Cut(spec.Target, "/")
	if kind, _ := kindOf(resource); kind != nodeKind {
		return false
	}
	if spec.Grace != nil {
		u.blameStep(s, "grace", "a Node has no grace period; its pods go when pod garbage collection misses it")
		return true
	}
	u.nodeStep(s, name, sim.Step{Kind: sim.StepDeleteNode})
	return true
}

// reapplyNode compiles what kubectl apply changes of a node that is there: labels, taints
// and whether it is cordoned, which go if they were applied before and no longer are. One
// that was deleted is made again.
func (u *user) reapplyNode(s *userStep, o *object, spec *models.NodeSpec) {
	change, ok := u.nodeChange(s, o.root)
	if !ok {
		return
	}
	if last := u.nodesApplied[o.name]; last != nil {
		for _, f := range labelsOf(last) {
			if o.root.Get("metadata").Get("labels").Get(f.Name) == nil {
				change.Unlabels = append(change.Unlabels, u.dict.Sym(f.Name))
			}
		}
		if last.Get("spec").Get("taints") != nil && o.root.Get("spec").Get("taints") == nil {
			change.Taints = []models.Taint{}
		}
		if last.Get("spec").Get("unschedulable") != nil && change.Unschedulable == nil {
			change.Unschedulable = new(bool)
		}
	}
	u.nodesApplied[o.name] = o.root
	u.nodeStep(s, o.name, sim.Step{Kind: sim.StepChangeNode, Done: "configured", NodeChange: change, NodeSpec: spec})
}

func labelsOf(root *yamlnode.Node) []yamlnode.Field {
	if labels := root.Get("metadata").Get("labels"); labels != nil {
		return labels.Fields
	}
	return nil
}

// nodeChange reads what an object, or a patch, says of a node.
func (u *user) nodeChange(s *userStep, root *yamlnode.Node) (*sim.NodeChange, bool) {
	out := new(sim.NodeChange)
	for _, f := range labelsOf(root) {
		value := textOf(f.Value)
		switch {
		case !isLabelKey(f.Name) || value != "" && !isLabelValue(value):
			u.blameStep(s, "", "metadata.labels: got %s: %s; want a label", f.Name, quote(value))
			return nil, false
		case f.Value.Kind == yamlnode.Null:
			out.Unlabels = append(out.Unlabels, u.dict.Sym(f.Name))
		default:
			out.Labels = append(out.Labels, models.Label{Key: u.dict.Sym(f.Name), Value: u.dict.Sym(value)})
		}
	}
	if n := root.Get("spec").Get("unschedulable"); n != nil {
		cordoned := isTrue(n)
		out.Unschedulable = &cordoned
	}
	if n := root.Get("spec").Get("taints"); n != nil {
		out.Taints = []models.Taint{}
		for _, item := range n.Items {
			text := textOf(item.Get("key"))
			if value := textOf(item.Get("value")); value != "" {
				text += "=" + value
			}
			key, value, effect, err := splitTaint(fmt.Sprintf("%s:%s", text, textOf(item.Get("effect"))), true)
			if err != nil {
				u.blameStep(s, "", "spec.taints: %v", err)
				return nil, false
			}
			out.Taints = append(out.Taints, models.Taint{Key: u.dict.Sym(key), Value: u.dict.Sym(value), Effect: effect})
		}
	}
	return out, true
}

// knowNodes notes the nodes that the input has as objects.
func (u *user) knowNodes() {
	for _, document := range u.documents {
		if document.own {
			continue
		}
		for _, o := range slices.Backward(itemsOf(document)) {
			if o.kind == nodeKind {
				u.nodesApplied[o.name] = o.root
			}
		}
	}
}
