package scenarios

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// variant is what one run of a plan makes of the scenario.
type variant struct {
	// counts and prices are those of node groups, by name.
	counts map[string]int
	prices map[string]float64
	// groups are node groups that the scenario does not have, and events what happens.
	groups, events []*object
	// replaces lets nodes go that are no candidates.
	replaces bool
	// isTrial tells of a run that is only loaded, to see what is wrong. Others may name
	// nodes, racks and zones that this mix does not have: nothing happens to them.
	isTrial bool
	// isBase tells of the scenario with its own nodes, with which plans are read.
	isBase bool
}

// isLenient reports whether what the run does not have may be named.
func (l *loader) isLenient() bool { return l.in.variant != nil && !l.in.variant.isTrial }

// applyVariant lets documents say what a plan makes of them. A variant that changes
// nothing leaves the digest of the run as it is.
func (l *loader) applyVariant() {
	v := l.in.variant
	if v == nil {
		return
	}
	var out []*object
	for _, o := range l.documents {
		if !o.own || o.kind != "NodeGroup" {
			out = append(out, o)
			continue
		}
		_, isCandidate := v.counts[o.name]
		if v.replaces && !isCandidate {
			continue
		}
		counted := v.counted(o)
		if was, is := scalar(o.at("spec.count")), scalar(counted.at("spec.count")); was != is {
			l.digest.add("count", o.name, is)
		}
		out = append(out, counted)
	}
	for _, o := range v.groups {
		if v.counts[o.name] > 0 {
			counted := v.counted(o)
			l.addToDigest(counted)
			out = append(out, counted)
		}
	}
	for _, o := range v.events {
		event := *o // runs share it
		l.addToDigest(&event)
		out = append(out, &event)
	}
	if v.replaces {
		l.digest.add("nodes", "replace")
	}
	l.documents = out
}

func (l *loader) addToDigest(o *object) {
	l.digest.add("document")
	addNode(l.digest.words, o.root)
}

// counted returns a node group with the count and the price that the plan asks for.
func (v *variant) counted(o *object) *object {
	root := o.root
	set := func(field, text string, kind yamlnode.Kind) {
		value := *root
		if old := root.Get("spec").Get(field); old != nil {
			value = *old
		}
		value.Kind, value.Text, value.Fields, value.Items = kind, text, nil, nil
		if changed, err := withValue(root, []pathStep{{name: "spec"}, {name: field}}, &value, ""); err == nil {
			root = changed // else whoever reads it says what is wrong
		}
	}
	if n, ok := v.counts[o.name]; ok {
		set("count", strconv.Itoa(n), yamlnode.Int)
	}
	if price, ok := v.prices[o.name]; ok {
		set("price", number(price), yamlnode.Float)
	}
	out := &object{origin: o.origin}
	out.set(root)
	return out
}

// scalar returns the text of a number; empty for nothing.
func scalar(n *yamlnode.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

// dropNodes lets the nodes of the stream go if the plan replaces them. Pods on them are
// placed anew, as if they had just been made; those that DaemonSets or kubelets make
// come again with the new nodes.
func (l *loader) dropNodes() {
	if l.in.variant == nil || !l.in.variant.replaces {
		return
	}
	l.objects.Nodes = nil
	dropped, anew := 0, 0
	l.objects.Pods = slices.DeleteFunc(l.objects.Pods, func(pod manifest.Pod) bool {
		deleted := pod.Status != nil && !pod.Status.Deletion.IsZero()
		if drops := !pod.Phase.Terminal() && (deleted || goesWithNode(pod.Controller)); drops {
			dropped++
			return true
		}
		return false
	})
	for i := range l.objects.Pods {
		if pod := &l.objects.Pods[i]; pod.Node != "" && !pod.Phase.Terminal() {
			placeAnew(pod)
			anew++
		}
	}
	l.assumeNumber(anew, "pods that are placed anew, on other nodes than those that they are on")
	l.assumeNumber(dropped, "pods that go with their nodes, since DaemonSets or kubelets made them or they were being deleted")
}

// placeAnew takes a pod off its node.
func placeAnew(pod *manifest.Pod) {
	pod.Node, pod.Phase = "", models.Pending
	if pod.Spec.NodeName != 0 {
		spec := *pod.Spec
		spec.NodeName = 0
		pod.Spec = &spec
	}
	if was := pod.Status; was != nil {
		pod.Status = &manifest.PodStatus{
			Created: was.Created, Indexed: was.Indexed, Index: was.Index, Failures: was.Failures, Ignored: was.Ignored,
			Counted: was.Counted, Gates: was.Gates,
		}
	}
}

// parsedFiles are files that many runs read: the first of them parses them for all.
type parsedFiles struct{ files []parsedFile }

type parsedFile struct {
	documents []*yamlnode.Document
	err       error
	hashed    *hashed
}

// parse returns the documents of the file that is read next.
func (l *loader) parse(name string, r io.Reader) ([]*yamlnode.Document, error) {
	known := l.in.parsed
	if known != nil && l.files <= len(known.files) {
		f := &known.files[l.files-1]
		l.digest.files = append(l.digest.files, f.hashed)
		return f.documents, f.err
	}
	documents, err := yamlnode.Parse(name, l.digest.documents(name, r))
	if known != nil {
		known.files = append(known.files, parsedFile{documents, err, l.digest.files[len(l.digest.files)-1]})
	}
	return documents, err
}

// generated makes a document of one of podsim's own kinds. Problems with it carry the
// label in place of a file.
func generated(label, kind, name string, spec any) (*object, error) {
	// JSON is YAML, and its quotes keep values what they are.
	text, err := json.Marshal(map[string]any{
		"apiVersion": APIVersion, "kind": kind, "metadata": map[string]any{"name": name}, "spec": spec,
	})
	if err != nil {
		return nil, err
	}
	documents, err := yamlnode.Parse(label, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return newObject(documents[0], &origin{shown: label}), nil
}
