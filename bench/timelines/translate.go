package timelines

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
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
	if p.Kind == "Node" {
		t.patchNode(at, action, before, after)
		return nil
	}
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

// patchNode turns what a patch changes of a node into the steps of its
// administrator.
func (t *translator) patchNode(at float64, action string, before, after Object) {
	steps := len(t.steps)
	add := func(verb string, spec map[string]any) {
		spec["node"] = after.Name()
		t.step(at, action, verb, spec)
		action = "" // what follows is of the same action
	}
	old, fresh := taintsOf(before), taintsOf(after)
	for _, taint := range old {
		if !slices.Contains(fresh, taint) {
			key, effect, _ := strings.Cut(taint, ":")
			key, _, _ = strings.Cut(key, "=")
			add("untaint", map[string]any{"taint": key + ":" + effect})
		}
	}
	for _, taint := range fresh {
		if !slices.Contains(old, taint) {
			add("taint", map[string]any{"taint": taint})
		}
	}
	if was, is := isCordoned(before), isCordoned(after); was != is {
		verb := "cordon"
		if was {
			verb = "uncordon"
		}
		add(verb, map[string]any{})
	}
	labels, known := mapAt(after, "metadata", "labels"), mapAt(before, "metadata", "labels")
	for _, key := range sortedKeys(labels) {
		if labels[key] != known[key] {
			add("label", map[string]any{"labels": map[string]any{key: labels[key]}, "overwrite": true})
		}
	}
	for _, key := range sortedKeys(known) {
		if _, stays := labels[key]; !stays {
			add("unlabel", map[string]any{"labels": []any{key}})
		}
	}
	if len(t.steps) == steps {
		t.impossible("%s", action)
	}
}

func isCordoned(node Object) bool {
	cordoned, _ := at(node, "spec", "unschedulable").(bool)
	return cordoned
}

// taintsOf returns the taints of a node as kubectl writes them.
func taintsOf(node Object) []string {
	var out []string
	list, _ := at(node, "spec", "taints").([]any)
	for _, item := range list {
		taint, ok := item.(map[string]any)
		if !ok {
			continue
		}
		text := textAt(taint, "key")
		if value := textAt(taint, "value"); value != "" {
			text += "=" + value
		}
		out = append(out, text+":"+textAt(taint, "effect"))
	}
	return out
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
	case t.live[subject] == nil || !slices.Contains(workloads, d.Kind):
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
// what ends it.
var kubeletFaults = map[string]struct{ action, until string }{
	"stop": {"silence", "start"}, "notready": {"notReady", "ready"},
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

// kubectl turns commands that change something into steps. Others only print.
func (t *translator) kubectl(at float64, k *Kubectl) {
	words := strings.Fields(k.Args)
	switch {
	case len(words) >= 3 && words[0] == "rollout" && words[1] == "undo":
		t.step(at, "kubectl "+k.Args, "rolloutUndo", map[string]any{"target": words[2]})
	case len(words) >= 2 && words[0] == "drain":
		t.drain(at, "kubectl "+k.Args, words[1:])
	case len(words) > 0 && slices.Contains([]string{"get", "describe"}, words[0]),
		len(words) > 1 && words[0] == "rollout" && words[1] == "status":
	default:
		t.impossible("kubectl %s", k.Args)
	}
}

// drain turns kubectl drain into a step.
func (t *translator) drain(at float64, action string, words []string) {
	spec := map[string]any{}
	for _, word := range words {
		switch word {
		case "--ignore-daemonsets":
			spec["ignoreDaemonSets"] = true
		case "--delete-emptydir-data":
			spec["deleteEmptyDirData"] = true
		case "--force":
			spec["force"] = true
		default:
			if strings.HasPrefix(word, "-") {
				t.impossible("%s: %s", action, word)
				return
			}
			spec["node"] = word
		}
	}
	t.step(at, action, "drain", spec)
}
