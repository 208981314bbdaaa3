package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// compile compiles one step.
func (u *user) compile(s *userStep) {
	spec := s.spec
	switch {
	case spec.Apply != nil:
		u.apply(s)
	case spec.Patch != nil:
		u.patch(s, spec.Patch)
	case spec.Annotate != nil:
		u.annotate(s, spec.Annotate)
	case spec.SetImage != nil:
		u.setImage(s, spec.SetImage)
	case spec.Scale != nil:
		u.scale(s, spec.Scale)
	case spec.RolloutUndo != nil:
		u.rolloutUndo(s, spec.RolloutUndo)
	case spec.RolloutPause != nil:
		u.pause(s, spec.RolloutPause, true)
	case spec.RolloutResume != nil:
		u.pause(s, spec.RolloutResume, false)
	case spec.RolloutRestart != nil:
		u.restart(s, spec.RolloutRestart)
	case spec.Delete != nil:
		u.delete(s, spec.Delete)
	case spec.Debug != nil:
		u.debug(s, spec.Debug)
	case spec.Evict != nil:
		u.evict(s, spec.Evict)
	case spec.Drain != nil:
		u.drain(s, spec.Drain)
	case spec.Upgrade != nil:
		u.upgrade(s, spec.Upgrade)
	case spec.Fault != nil:
		u.fault(s, spec.Fault)
	default:
		u.compileNodeStep(s)
	}
}

// changeable are the kinds of objects whose specification steps can change.
var changeable = []string{"Pod", "Deployment", "ReplicaSet", "ReplicationController", "Job", "StatefulSet", "DaemonSet", "CronJob", "HorizontalPodAutoscaler"}

// revised are the kinds that roll their templates out.
var revised = []string{"Deployment", "StatefulSet", "DaemonSet"}

// findChangeable is find for a step that needs to know the whole object.
func (u *user) findChangeable(s *userStep, t *ObjectTarget, kinds ...string) (*userObject, bool) {
	o, name, ok := u.find(s, t, kinds...)
	if ok && o == nil && name.kind == "Pod" {
		o = u.ofController(name)
	}
	if ok && o == nil {
		what := "comes from a controller"
		if _, _, arriving := u.arrivingName(name); arriving {
			what = "comes from a Workload"
		}
		u.blameStep(s, "target", "%s %s; only scale and delete can be done with it", quote(t.Target), what)
	}
	return o, ok && o != nil
}

// merged lets an object become what a patch makes of it.
func (u *user) merged(s *userStep, o *userObject, patch *yamlnode.Node, plain bool, done string) {
	step := u.newStep(s, sim.StepUpdate, o.objectName)
	step.Done = done
	if o.root != nil {
		next, ok := u.patched(s, o, patch, plain)
		if !ok {
			return
		}
		if !u.change(s, o, withoutStatus(next), &step) {
			return
		}
	}
	u.emit(step)
}

// fields are a patch that the user has not written.
type fields = map[string]any

// mergedFields is merged for such a patch.
func (u *user) mergedFields(s *userStep, o *userObject, patch fields, done string) {
	n, err := patchOf(patch)
	if err != nil {
		u.blameStep(s, "", "%v", err)
		return
	}
	u.merged(s, o, n, false, done)
}

func patchOf(patch fields) (*yamlnode.Node, error) {
	text, err := json.Marshal(patch)
	if err != nil {
		return nil, err
	}
	return parseValue(stepLabel, string(text))
}

func (u *user) patch(s *userStep, spec *PatchSpec) {
	if u.patchNode(s, spec) {
		return
	}
	switch spec.Subresource {
	case "resize":
		u.resize(s, spec)
		return
	case "status":
		u.patchStatus(s, spec)
		return
	}
	if u.patchLabels(s, spec) {
		return
	}
	o, ok := u.findChangeable(s, &spec.ObjectTarget, slices.Concat(changeable, policyKinds, otherNames())...)
	if !ok {
		return
	}
	if otherKinds[o.kind] != sim.NoOther {
		u.patchOther(s, o, spec)
		return
	}
	if slices.Contains(policyKinds, o.kind) {
		u.patchPolicy(s, o, spec)
		return
	}
	if o.root != nil {
		u.set.Count(spec.Patch, textOf(o.root.Get("apiVersion")), o.kind, true)
	}
	u.merged(s, o, spec.Patch, spec.Type == "merge", "patched")
}

// patchLabels takes a patch that changes labels of a pod and nothing else, and reports
// whether it was one.
func (u *user) patchLabels(s *userStep, spec *PatchSpec) bool {
	resource, _, _ := strings.Cut(spec.Target, "/")
	kind, _ := kindOf(resource)
	metadata := spec.Patch.Get("metadata")
	if kind != "Pod" || metadata == nil || len(spec.Patch.Fields) != 1 || len(metadata.Fields) != 1 || metadata.Get("labels") == nil {
		return false
	}
	labels := metadata.Get("labels")
	o, name, ok := u.find(s, &spec.ObjectTarget, "Pod")
	if !ok {
		return true
	}
	set, taken := make(map[string]string), []string(nil)
	for _, f := range labels.Fields {
		if f.Value.Value() == nil {
			taken = append(taken, f.Name)
		} else {
			set[f.Name] = textOf(f.Value)
		}
	}
	if len(set) > 0 {
		if labels, ok := u.stepLabels(s, set); ok {
			u.relabel(s, o, name, sim.Step{Kind: sim.StepLabel, Done: "patched", Labels: labels, Overwrite: true})
		}
	}
	if len(taken) > 0 {
		if labels, ok := u.stepKeys(s, taken); ok {
			u.relabel(s, o, name, sim.Step{Kind: sim.StepUnlabel, Done: "patched", Labels: labels})
		}
	}
	return true
}

func (u *user) setImage(s *userStep, spec *SetImageSpec) {
	o, ok := u.findChangeable(s, &spec.ObjectTarget, changeable...)
	if !ok {
		return
	}
	known := make(map[string][]string) // names by list
	var all []string
	for _, list := range []string{"initContainers", "containers"} {
		if o.root == nil {
			continue
		}
		containers := o.root.At(podSpecOf(o.kind)...).Get(list)
		for i := 0; containers.Item(i) != nil; i++ {
			container := containers.Item(i)
			known[list] = append(known[list], textOf(container.Get("name")))
			all = append(all, textOf(container.Get("name")))
		}
	}
	images := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(spec.Images)) {
		switch {
		case spec.Images[name] == "":
			u.blameStep(s, yamlnode.KeyPath("images", name), "the image is empty")
			return
		case name == "*":
			for _, each := range all {
				images[each] = spec.Images[name]
			}
		case !slices.Contains(all, name) && o.root != nil:
			u.blameStep(s, yamlnode.KeyPath("images", name), "%s", unknown("container", name, all))
			return
		default:
			images[name] = spec.Images[name]
		}
	}
	template := fields{}
	for list, names := range known {
		var items []fields
		for _, name := range names {
			if image, ok := images[name]; ok {
				items = append(items, fields{"name": name, "image": image})
			}
		}
		if len(items) > 0 {
			template[list] = items
		}
	}
	for _, name := range slices.Backward(podSpecOf(o.kind)) {
		template = fields{name: template}
	}
	u.mergedFields(s, o, template, "image updated")
}

// podSpecOf is where the specification of pods stands in an object of a kind.
func podSpecOf(kind string) []string {
	switch kind {
	case "Pod":
		return []string{"spec"}
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template", "spec"}
	}
	return []string{"spec", "template", "spec"}
}

func (u *user) scale(s *userStep, spec *ScaleSpec) {
	o, name, ok := u.find(s, &spec.ObjectTarget, "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")
	if !ok {
		return
	}
	if spec.Replicas > limits.Replicas {
		u.blameStep(s, "replicas", "got %d; must be <= %d", spec.Replicas, limits.Replicas)
		return
	}
	if o != nil && o.root != nil {
		if patch, err := patchOf(fields{"spec": fields{"replicas": spec.Replicas}}); err == nil {
			o.root, _ = manifest.Patch(o.root, patch, false)
		}
		o.replicas = int32(spec.Replicas)
	}
	step := u.newStep(s, sim.StepScale, name)
	step.Replicas, step.Done = int32(spec.Replicas), "scaled"
	u.emit(step)
}

// rolloutUndo goes back to an earlier template.
func (u *user) rolloutUndo(s *userStep, spec *RolloutUndoSpec) {
	o, ok := u.findChangeable(s, &spec.ObjectTarget, revised...)
	if !ok || !u.prime(o) {
		return
	}
	step := u.newStep(s, sim.StepUndo, o.objectName)
	step.Done, step.Revision = "rolled back", spec.ToRevision
	back, found := o.revisionAt(s.at, spec.ToRevision)
	if o.root != nil && found && !isTrue(o.root.At("spec").Get("paused")) && !u.change(s, o, withPodTemplate(o.root, back.template), &step) {
		return
	}
	u.emit(step)
}

func (u *user) pause(s *userStep, spec *TargetOnly, paused bool) {
	o, ok := u.findChangeable(s, &spec.ObjectTarget, "Deployment")
	if !ok {
		return
	}
	done, refused := "resumed", "not paused"
	if paused {
		done, refused = "paused", "already paused"
	}
	if o.root != nil && isTrue(o.root.At("spec").Get("paused")) == paused {
		step := u.newStep(s, sim.StepUpdate, o.objectName)
		step.Refused = fmt.Sprintf("error: deployments.apps %q is %s", o.name, refused)
		u.emit(step)
		return
	}
	var value any
	if paused {
		value = true
	}
	u.mergedFields(s, o, fields{"spec": fields{"paused": value}}, done)
}

func (u *user) restart(s *userStep, spec *TargetOnly) {
	o, ok := u.findChangeable(s, &spec.ObjectTarget, revised...)
	if !ok {
		return
	}
	if o.root != nil && isTrue(o.root.At("spec").Get("paused")) {
		step := u.newStep(s, sim.StepUpdate, o.objectName)
		step.Refused = fmt.Sprintf("error: deployments.apps %q can't restart paused deployment (run rollout resume first)", o.name)
		u.emit(step)
		return
	}
	at := u.run.Start.Add(time.Duration(s.at)).UTC().Format(time.RFC3339)
	annotations := fields{"annotations": fields{"kubectl.kubernetes.io/restartedAt": at}}
	u.mergedFields(s, o, fields{"spec": fields{"template": fields{"metadata": annotations}}}, "restarted")
}

// propagations are the values of --cascade; without one it is in the background.
var propagations = map[string]models.Propagation{"foreground": models.Foreground, "orphan": models.Orphan}

// delete takes an object away, as kubectl delete does.
// Source: k8s.io/kubectl/pkg/cmd/delete/delete.go (Complete, Validate).
func (u *user) delete(s *userStep, spec *DeleteSpec) {
	if u.deleteNamespace(s, spec) {
		return
	}
	if u.deleteNode(s, spec) {
		return
	}
	o, name, ok := u.find(s, &spec.ObjectTarget, slices.Concat(otherNames(), changeable, policyKinds)...)
	if !ok {
		return
	}
	isPod := name.kind == "Pod"
	switch {
	case spec.Grace != nil && !isPod:
		u.blameStep(s, "grace", "a %s has no grace period; its pods stop within their own", name.kind)
		return
	case spec.Force && !isPod:
		u.blameStep(s, "force", "only pods have a grace period to leave out")
		return
	case spec.Force && spec.Grace != nil && *spec.Grace > 0:
		u.blameStep(s, "force", "contradicts a grace period above 0")
		return
	}
	if o != nil && slices.Contains(policyKinds, name.kind) {
		u.deletePolicy(s, o)
		return
	}
	step := u.newStep(s, sim.StepDelete, name)
	step.Force, step.Propagation = spec.Force, propagations[spec.Cascade]
	switch {
	case spec.Force:
		step.Grace = 0
	case spec.Grace != nil:
		step.Grace = max(*spec.Grace, time.Second)
	}
	if o != nil {
		*o = userObject{objectName: o.objectName}
	}
	u.emit(step)
}

// withPodTemplate returns a workload with another template.
func withPodTemplate(root, template *yamlnode.Node) *yamlnode.Node {
	out, err := withValue(root, []pathStep{{name: "spec"}, {name: "template"}}, template, "")
	if err != nil {
		return root // which has no specification: that has been told
	}
	return withoutStatus(out)
}

// withoutLabel returns a template without one of its labels.
func withoutLabel(template *yamlnode.Node, key string) *yamlnode.Node {
	labels := *template.At("metadata", "labels")
	labels.Fields = slices.DeleteFunc(slices.Clone(labels.Fields), func(f yamlnode.Field) bool { return f.Name == key })
	out, err := withValue(template, []pathStep{{name: "metadata"}, {name: "labels"}}, &labels, "")
	if err != nil {
		return template
	}
	return out
}
