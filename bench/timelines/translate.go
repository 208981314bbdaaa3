package timelines

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

// workloads are the kinds that can come during a run, definitions those that can
// be there from its start.
var (
	workloads = []string{
		"Pod", "Deployment", "ReplicaSet", "ReplicationController", "Job", "StatefulSet", "DaemonSet", "CronJob", "ResourceQuota", "LimitRange",
		"PodDisruptionBudget", "HorizontalPodAutoscaler",
	}
	definitions = []string{
		"Namespace", "Service", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim",
		"StorageClass", "CSINode", "CSIDriver", "CSIStorageCapacity", "VolumeAttachment",
	}
)

func (t *translator) impossible(format string, args ...any) {
	t.Impossible = append(t.Impossible, fmt.Sprintf(format, args...))
}

// step adds a step for an action, which may need several.
func (t *translator) step(at float64, action, verb string, spec map[string]any) {
	t.steps = append(t.steps, map[string]any{"at": duration(at), verb: spec})
	t.actions = append(t.actions, action)
}

func (t *translator) action(a *Action) error {
	switch {
	case a.Create != nil:
		objects, err := t.recording.files(a.Create, "create")
		if err != nil {
			return err
		}
		for _, o := range objects {
			if err := t.create(a.At, o.clone()); err != nil {
				return err
			}
		}
	case a.Patch != nil:
		return t.patch(a.At, a.Patch)
	case a.Delete != nil:
		t.delete(a)
	case a.Evict != nil:
		t.selections = append(t.selections, *a)
	case a.Node != nil:
		t.node(a.At, a.Node)
	case a.Kubectl != nil:
		t.kubectl(a.At, a.Kubectl)
	case a.Metrics != nil:
		t.measure(a.At, a.Metrics)
	}
	return nil
}

// stand puts an object among those that are there from the start.
func (t *translator) stand(o Object) {
	kind := o.Kind()
	if kind != "Node" && !slices.Contains(definitions, kind) {
		t.impossible("%s is there before the start", describe(o))
		return
	}
	t.live[o.Subject()] = o
	t.standing = append(t.standing, o)
	if n, err := nodeOf(o); err == nil {
		_ = t.set.Add(n) // what is wrong with it is told when the scenario is loaded
	}
}

func (t *translator) create(at float64, o Object) error {
	action := "create " + o.Subject()
	switch kind := o.Kind(); {
	case kind == "Node":
		t.join(at, o)
		return nil
	case slices.Contains(definitions, kind):
		t.stand(o)
		t.refused = append(t.refused, Fact{At: at, Kind: Result, Name: action, Value: encode("ok")})
		if at > 0 && kind != "PriorityClass" {
			t.impossible("%s at %g s: it is there from the start", action, at)
		}
		return nil
	case !slices.Contains(workloads, kind):
		t.impossible("%s", action)
		return nil
	}
	if o.Kind() == "PodDisruptionBudget" || o.isPolicy() {
		t.live[o.Subject()] = o
		t.step(at, action, "apply", map[string]any{"object": o})
		return nil
	}
	n, err := nodeOf(o)
	if err != nil {
		return err
	}
	if t.set.ForbiddenCreation(n) != "" { // which the run tells
		t.step(at, action, "apply", map[string]any{"object": o})
		return nil
	}
	if why := t.tryOut(n); why != "" {
		t.refused = append(t.refused, Fact{At: at, Kind: Result, Name: action, Value: encode("error: " + why)})
		return nil
	}
	if template := o.template(); template != nil {
		if err := t.kubelets.adopt(template); err != nil {
			return fmt.Errorf("%s: %w", o.Subject(), err)
		}
	}
	t.live[o.Subject()] = o
	t.step(at, action, "apply", map[string]any{"object": o})
	return nil
}

// join lets a node join.
func (t *translator) join(at float64, o Object) {
	t.live[o.Subject()] = o
	t.step(at, "", "apply", map[string]any{"object": o})
}

// tryOut returns why podsim would not take an object, or nothing.
func (t *translator) tryOut(n *yamlnode.Node) string {
	if _, problems := t.set.CompileTemplate(n); len(problems) > 0 {
		return problems[0].Path + ": " + problems[0].What
	}
	return ""
}

func (t *translator) patch(at float64, p *Patch) error {
	subject := p.Kind + "/" + p.Name
	before, ok := t.live[subject]
	if !ok {
		t.impossible("patch %s", subject)
		return nil
	}
	after, err := before.patched(p.Patch, p.Type != "merge")
	if err != nil {
		return fmt.Errorf("patch %s: %w", subject, err)
	}
	action := "patch " + subject + " " + encode(p.Patch)
	t.live[subject] = after
	change := Object(p.Patch).clone()
	if template := after.template(); template != nil {
		if err := t.kubelets.adopt(template); err != nil {
			return fmt.Errorf("patch %s: %w", subject, err)
		}
		label := textAt(template, "metadata", "labels", labelKubelet)
		if label != textAt(before.template(), "metadata", "labels", labelKubelet) {
			mapAt(change, "spec", "template", "metadata", "labels")[labelKubelet] = label
		}
	}
	t.step(at, action, "patch", map[string]any{
		"target": strings.ToLower(p.Kind) + "/" + p.Name, "patch": change, "type": patchType(p),
	})
	return nil
}

func patchType(p *Patch) string {
	if p.Type == "merge" {
		return "merge"
	}
	return "strategic"
}

// delete notes which pods a selector is to find: their names are not known yet.
func (t *translator) delete(a *Action) {
	d := a.Delete
	subject := d.Kind + "/" + d.Name
	action := "delete " + subject + " " + d.Propagation
	switch {
	case d.Select != "" && d.Kind == "Pod":
		t.selections = append(t.selections, *a)
		return
	case d.Kind == "Pod" && t.isOfStatefulSet(d.Name): // a pod with a name that is known before
	case t.live[subject] == nil || d.Kind != "Node" && !slices.Contains(workloads, d.Kind):
		t.impossible("%s", strings.TrimSpace(action))
		return
	}
	spec := map[string]any{"target": strings.ToLower(d.Kind) + "/" + d.Name}
	if d.Propagation != "" && d.Propagation != "Background" {
		spec["cascade"] = strings.ToLower(d.Propagation)
	}
	if d.Grace != nil {
		spec["grace"], spec["force"] = duration(*d.Grace), *d.Grace == 0
	}
	t.step(a.At, action, "delete", spec)
}

// isOfStatefulSet reports whether a name is that of a pod of a StatefulSet.
func (t *translator) isOfStatefulSet(pod string) bool {
	at := strings.LastIndexByte(pod, '-')
	return at > 0 && t.live["StatefulSet/"+pod[:at]] != nil
}

// kubeletFaults are what is done to a kubelet, with the action that is a fault of it and
// what ends it. One that vanishes is not heard of again, as one that stops.
var kubeletFaults = map[string]struct{ action, until string }{
	"stop": {"silence", "start"}, "notready": {"notReady", "ready"}, "vanish": {"silence", "start"},
}

// node turns what is done to a kubelet into a fault that lasts until it is taken back.
func (t *translator) node(at float64, n *Node) {
	for _, known := range kubeletFaults {
		if n.Do == known.until {
			return
		}
	}
	known, ok := kubeletFaults[n.Do]
	if !ok {
		t.impossible("kubelet of %s: %s at %g s", n.Name, n.Do, at)
		return
	}
	spec := map[string]any{
		"name": fmt.Sprintf("%s-%s-%g", n.Do, n.Name, at), "action": known.action,
		"target": map[string]any{"nodes": []any{n.Name}}, "at": duration(at),
	}
	for _, a := range t.recording.Actions {
		if a.Node != nil && a.Node.Name == n.Name && a.Node.Do == known.until && a.At > at {
			spec["for"] = duration(a.At - at)
			break
		}
	}
	t.faults = append(t.faults, spec)
}

// kubectl turns commands that change something into steps of the command line. Others
// only print.
func (t *translator) kubectl(at float64, k *Kubectl) {
	words := strings.Fields(k.Args)
	if len(words) == 0 || slices.Contains([]string{"get", "describe", "top", "logs"}, words[0]) ||
		len(words) > 1 && words[0] == "rollout" && slices.Contains([]string{"status", "history"}, words[1]) {
		return
	}
	text := duration(at) + " " + k.Args
	if err := scenarios.CheckStep(text); err != nil {
		t.impossible("kubectl %s: %v", k.Args, err)
		return
	}
	t.commands = append(t.commands, text)
}
