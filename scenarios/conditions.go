package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kubelet"
)

// kubeletConditions are the conditions of a pod that its kubelet and its scheduler keep.
// Source: pkg/kubelet/types/pod_status.go (PodConditionsByKubelet).
var kubeletConditions = []string{
	"PodScheduled", "Ready", "Initialized", "ContainersReady", "PodReadyToStartContainers", "PodResizePending", "PodResizeInProgress",
	"AllContainersRestarting",
}

// aboutCondition says what is wrong with the type of a condition that others set; empty
// is nothing.
func aboutCondition(kind string) string {
	switch {
	case kind == "":
		return "is missing"
	case slices.Contains(kubeletConditions, kind):
		return fmt.Sprintf("%s is the kubelet's own, which would set it again; want a condition that it leaves to others", quote(kind))
	case !isLabelKey(kind):
		return fmt.Sprintf("got %s; want a name such as example.com/ready", quote(kind))
	}
	return ""
}

// checkConditions checks what is said of conditions, at a path of an object.
func (l *loader) checkConditions(o *object, path string, list *[]ConditionSpec) {
	if list == nil {
		return
	}
	seen := map[string]bool{}
	for i, c := range *list {
		at := yamlnode.IndexPath(path, i) + ".type"
		if wrong := aboutCondition(c.Type); wrong != "" {
			l.blame(o, at, "%s", wrong)
		}
		if seen[c.Type] {
			l.blame(o, at, "condition %s occurs twice", quote(c.Type))
		}
		seen[c.Type] = true
	}
}

func (l *loader) compileConditions(list *[]ConditionSpec) (out []kubelet.ConditionBehavior) {
	if list == nil {
		return nil
	}
	for _, c := range *list {
		out = append(out, kubelet.ConditionBehavior{Type: l.dict.Sym(c.Type), After: c.After.law()})
	}
	return out
}

// patchStatus compiles a patch of the subresource status of a pod: of its conditions.
func (u *user) patchStatus(s *userStep, spec *PatchSpec) {
	_, name, ok := u.find(s, &spec.ObjectTarget, "Pod")
	if !ok {
		return
	}
	list := spec.Patch.At("status", "conditions")
	if list == nil || len(spec.Patch.Fields) != 1 || len(spec.Patch.Get("status").Fields) != 1 || list.Item(0) == nil {
		u.blameStep(s, "patch", "want the conditions of the status, and nothing else: {status: {conditions: [{type: example.com/ready, status: \"True\"}]}}")
		return
	}
	step := u.newStep(s, sim.StepUpdate, name)
	step.Done = "patched"
	for i := 0; list.Item(i) != nil; i++ {
		if c, ok := u.condition(s, yamlnode.IndexPath("patch.status.conditions", i), list.Item(i)); ok {
			step.Conditions = append(step.Conditions, c)
		}
	}
	if len(step.Conditions) > 0 {
		u.emit(step)
	}
}

var conditionStatuses = []string{"Unknown", "False", "True"} // as models counts them

// condition compiles one condition of a patch, which stands at a path.
func (u *user) condition(s *userStep, path string, n *yamlnode.Node) (c sim.PodCondition, ok bool) {
	var kind, status string
	ok = true
	for _, f := range n.Fields {
		text := f.Value.Text
		switch f.Name {
		case "type":
			kind = text
		case "status":
			status = text
		case "reason":
			c.Reason = u.dict.Sym(text)
		case "message":
			c.Message = u.dict.Sym(text)
		case "$patch":
			if status = "gone"; text != "delete" {
				u.blameStep(s, path+".$patch", "got %s; want delete", quote(text))
				ok = false
			}
		case "lastTransitionTime", "lastProbeTime", "observedGeneration":
		default:
			u.blameStep(s, path+"."+f.Name, "%s", unknown("field", f.Name, []string{"type", "status", "reason", "message"}))
			ok = false
		}
	}
	if wrong := aboutCondition(kind); wrong != "" {
		u.blameStep(s, path+".type", "%s", wrong)
		return c, false
	}
	c.Type, c.Status = u.dict.Sym(kind), int64(slices.Index(conditionStatuses, status))
	if c.Status == models.None && status != "gone" {
		u.blameStep(s, path+".status", "got %s; want one of %s", quote(status), strings.Join(conditionStatuses, ", "))
		return c, false
	}
	return c, ok
}
