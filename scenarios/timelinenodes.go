package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// compileNodeStep compiles a step with a node.
func (u *user) compileNodeStep(s *userStep) {
	spec := s.spec
	switch {
	case spec.Cordon != nil:
		u.nodeStep(s, spec.Cordon.Node, sim.Step{Kind: sim.StepCordon, Done: "cordoned"})
	case spec.Uncordon != nil:
		u.nodeStep(s, spec.Uncordon.Node, sim.Step{Kind: sim.StepUncordon, Done: "uncordoned"})
	case spec.Label != nil:
		labels, ok := u.stepLabels(s, spec.Label.Labels)
		if ok {
			u.labelStep(s, &spec.Label.Labelled, sim.Step{Kind: sim.StepLabel, Done: "labeled", Labels: labels, Overwrite: spec.Label.Overwrite})
		}
	case spec.Unlabel != nil:
		labels, ok := u.stepKeys(s, spec.Unlabel.Labels)
		if ok {
			u.labelStep(s, &spec.Unlabel.Labelled, sim.Step{Kind: sim.StepUnlabel, Done: "unlabeled", Labels: labels})
		}
	case spec.Taint != nil:
		if taint, ok := u.stepTaint(s, spec.Taint.Taint, true); ok {
			u.nodeStep(s, spec.Taint.Node, sim.Step{Kind: sim.StepTaint, Done: "tainted", Taint: taint, Overwrite: spec.Taint.Overwrite})
		}
	case spec.Untaint != nil:
		if taint, ok := u.stepTaint(s, spec.Untaint.Taint, false); ok {
			u.nodeStep(s, spec.Untaint.Node, sim.Step{Kind: sim.StepUntaint, Done: "untainted", Taint: taint})
		}
	}
}

// labelStep completes a step that changes labels.
func (u *user) labelStep(s *userStep, of *Labelled, step sim.Step) {
	switch {
	case of.Node != "" && of.Target != "":
		u.blameStep(s, "target", "contradicts node; set one of them")
	case of.Node != "":
		u.nodeStep(s, of.Node, step)
	case of.Target == "":
		u.blameStep(s, "", "node or target is missing")
	default:
		if o, name, ok := u.find(s, &ObjectTarget{Target: of.Target, Namespace: of.Namespace}, "Pod"); ok {
			u.relabel(s, o, name, step)
		}
	}
}

// relabel completes a step that changes labels of a pod.
func (u *user) relabel(s *userStep, o *userObject, name objectName, step sim.Step) {
	if o != nil && o.root != nil {
		labels := fields{}
		for _, label := range step.Labels {
			if labels[u.dict.String(label.Key)] = u.dict.String(label.Value); step.Kind == sim.StepUnlabel {
				labels[u.dict.String(label.Key)] = nil
			}
		}
		if patch, err := patchOf(fields{"metadata": fields{"labels": labels}}); err == nil {
			o.root, _ = manifest.Patch(o.root, patch, false)
		}
	}
	full := u.newStep(s, step.Kind, name)
	full.Done, full.Labels, full.Overwrite = step.Done, step.Labels, step.Overwrite
	u.emit(full)
}

// nodeStep completes a step with a node.
func (u *user) nodeStep(s *userStep, node string, step sim.Step) {
	id, ok := u.nodes[u.dict.Sym(node)]
	if !ok {
		u.blameNode(s, "node", node)
		return
	}
	step.At, step.Text, step.Node, step.Replicas, step.Grace = s.at, s.text, id, models.Unset, -1
	u.emit(step)
}

// blameNode notes that there is no such node, unless a mix of a plan may lack it: then
// nothing is done.
func (u *user) blameNode(s *userStep, field, node string) {
	if !u.isLenient() {
		u.blameStep(s, field, "%s", unknown("node", node, u.nodeNames()))
	}
}

// stepLabels returns the labels that a step gives, by key.
func (u *user) stepLabels(s *userStep, labels map[string]string) (models.Labels, bool) {
	var out models.Labels
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at, value := yamlnode.KeyPath("labels", key), labels[key]
		if !isLabelKey(key) {
			u.blameStep(s, at, "got %s; want the key of a label", quote(key))
			return nil, false
		}
		if value != "" && !isLabelValue(value) {
			u.blameStep(s, at, "got %s; want the value of a label", quote(value))
			return nil, false
		}
		out = append(out, models.Label{Key: u.dict.Sym(key), Value: u.dict.Sym(value)})
	}
	if len(out) == 0 {
		u.blameStep(s, "labels", "there is none")
	}
	return out, len(out) > 0
}

// stepKeys returns the labels that a step takes away.
func (u *user) stepKeys(s *userStep, keys []string) (models.Labels, bool) {
	var out models.Labels
	for i, key := range keys {
		if !isLabelKey(key) {
			u.blameStep(s, yamlnode.IndexPath("labels", i), "got %s; want the key of a label", quote(key))
			return nil, false
		}
		out = append(out, models.Label{Key: u.dict.Sym(key)})
	}
	if len(out) == 0 {
		u.blameStep(s, "labels", "there is none")
	}
	return out, len(out) > 0
}

// stepTaint returns the taint that a step gives or takes away.
func (u *user) stepTaint(s *userStep, text string, given bool) (models.Taint, bool) {
	key, value, effect, err := splitTaint(text, given)
	if err != nil {
		u.blameStep(s, "taint", "%v", err)
		return models.Taint{}, false
	}
	return models.Taint{Key: u.dict.Sym(key), Value: u.dict.Sym(value), Effect: effect}, true
}

var taintEffects = []models.Effect{models.NoSchedule, models.PreferNoSchedule, models.NoExecute}

// splitTaint reads a taint as kubectl writes it: key=value:effect, key:effect, or the
// key alone of one that goes.
// Source: k8s.io/kubectl/pkg/cmd/taint/utils.go (parseTaint).
func splitTaint(text string, given bool) (key, value string, effect models.Effect, err error) {
	named, effectName, hasEffect := strings.Cut(text, ":")
	key, value, _ = strings.Cut(named, "=")
	switch {
	case given && !hasEffect:
		return "", "", 0, fmt.Errorf("got %s; want key=value:effect, such as dedicated=batch:NoSchedule", quote(text))
	case !isLabelKey(key):
		return "", "", 0, fmt.Errorf("key %s is not the key of a taint", quote(key))
	case value != "" && !isLabelValue(value):
		return "", "", 0, fmt.Errorf("value %s is not the value of a taint", quote(value))
	case !hasEffect:
		return key, value, models.AnyEffect, nil
	}
	var known []string
	for _, e := range taintEffects {
		if known = append(known, e.String()); e.String() == effectName {
			return key, value, e, nil
		}
	}
	return "", "", 0, errors.New(unknown("effect", effectName, known))
}

// isLabelKey reports whether text can be the key of a label or a taint.
// Source: k8s.io/apimachinery/pkg/util/validation (IsQualifiedName).
func isLabelKey(text string) bool {
	prefix, name, prefixed := strings.Cut(text, "/")
	if !prefixed {
		return isLabelValue(text)
	}
	if prefix == "" || len(prefix) > 253 {
		return false
	}
	for part := range strings.SplitSeq(prefix, ".") {
		if part == "" || !isLabelValue(part) || strings.ContainsAny(part, "_") || strings.ToLower(part) != part {
			return false
		}
	}
	return isLabelValue(name)
}
