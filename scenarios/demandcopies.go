package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
)

// copier makes more or fewer of the objects that are there from the start.
type copier struct {
	*loader
	arriving map[objectName]bool // objects that come by a rate
	present  map[objectName]bool
	gone     map[objectName]bool // objects that less demand does without
	seen     map[alike]int64     // objects so far
}

func newCopier(l *loader) *copier {
	c := &copier{
		loader: l, arriving: make(map[objectName]bool), present: make(map[objectName]bool),
		gone: make(map[objectName]bool), seen: make(map[alike]int64),
	}
	for _, document := range l.documents {
		switch ref := document.at("spec.templateRef"); {
		case document.own && document.kind == "Workload" && ref != nil:
			name := objectName{textOf(ref.Get("kind")), textOf(ref.Get("namespace")), textOf(ref.Get("name"))}
			if name.namespace == "" {
				name.namespace = defaultNamespace
			}
			if !atMoments(textOf(document.at("spec.arrivals.type"))) || !slices.Contains(replicated, name.kind) {
				c.arriving[name] = true
			}
		case !document.own:
			for _, o := range itemsOf(document) {
				c.present[nameOfObject(o)] = true
			}
		}
	}
	return c
}

// copies returns what becomes of an object: with more replicas, a number of copies, or
// nothing.
func (c *copier) copies(o *object) []*object {
	switch {
	case c.arriving[nameOfObject(o)] || c.ownerOf(o) != nil:
		return []*object{o}
	case replicaFields(o.kind) != nil:
		more := *o
		more.set(c.withReplicas(o.root, o.kind, false))
		return []*object{&more}
	case podPaths[o.kind] == "" || hasEnded(o) || goesWithNode(textOf(controllerOf(o).Get("kind"))):
		return []*object{o}
	}
	group := alikeTo(o)
	before := c.seen[group]
	c.seen[group]++
	n := grown(before+1, c.demand()) - grown(before, c.demand())
	if n == 0 {
		c.gone[nameOfObject(o)] = true
		return nil
	}
	out := []*object{o}
	for i := int64(1); i < n; i++ {
		out = append(out, c.another(o, i))
	}
	return out
}

// podPaths are where kinds of which copies are made say what their pods are.
var podPaths = map[string]string{
	"Pod": "spec", "Job": "spec.template.spec", "CronJob": "spec.jobTemplate.spec.template.spec",
}

// alike is a group of objects that copies are dealt to evenly: of one owner, else of
// equal requests. Rounding up each leaves no group, large or small, with less than the
// demand asks for.
type alike struct{ kind, owner, requests string }

func alikeTo(o *object) alike {
	// A Job is a piece of work, of which there are others: its pods are no replicas.
	if owner := controllerOf(o); owner != nil && textOf(owner.Get("kind")) != "Job" {
		return alike{kind: o.kind, owner: textOf(owner.Get("kind")) + " " + nameOfObject(o).namespace + "/" + textOf(owner.Get("name"))}
	}
	path := podPaths[o.kind]
	requests := []string{written(o.at(path + ".resources"))}
	for _, list := range []string{"initContainers", "containers"} {
		if containers := o.at(path + "." + list); containers != nil {
			for _, container := range containers.Items {
				requests = append(requests, list+" "+written(container.Get("resources")))
			}
		}
	}
	return alike{kind: o.kind, requests: strings.Join(requests, "\n")}
}

// written is a value as text; empty for nothing.
func written(n *yamlnode.Node) string {
	if n == nil {
		return ""
	}
	text, err := n.JSON()
	if err != nil {
		return "" // whoever reads it says what is wrong
	}
	return string(text)
}

// isOrphan reports whether an object belongs to one that less demand does without.
func (c *copier) isOrphan(o *object) bool {
	owner := c.ownerOf(o)
	return owner != nil && c.gone[*owner]
}

// ownerOf returns the controller of an object, if the input has it.
func (c *copier) ownerOf(o *object) *objectName {
	reference := controllerOf(o)
	name := objectName{textOf(reference.Get("kind")), nameOfObject(o).namespace, textOf(reference.Get("name"))}
	if !c.present[name] {
		return nil
	}
	return &name
}

// controllerOf returns the reference of an object to its controller, which the input may
// lack; nil if it names none.
func controllerOf(o *object) *yamlnode.Node {
	if references := o.at("metadata.ownerReferences"); references != nil && !o.own {
		for _, reference := range references.Items {
			if isTrue(reference.Get("controller")) {
				return reference
			}
		}
	}
	return nil
}

// hasEnded reports whether a pod or a Job asks for nothing any more.
func hasEnded(o *object) bool {
	phase := textOf(o.at("status.phase"))
	if o.kind == "Pod" {
		return phase == "Succeeded" || phase == "Failed"
	}
	conditions := o.at("status.conditions")
	return conditions != nil && slices.ContainsFunc(conditions.Items, func(condition *yamlnode.Node) bool {
		kind := textOf(condition.Get("type"))
		return (kind == "Complete" || kind == "Failed") && textOf(condition.Get("status")) == "True"
	})
}

// another returns a copy of an object as a user would make it: by another name, on no
// node, with nothing that a server wrote.
func (c *copier) another(o *object, number int64) *object {
	name := o.at("metadata.name")
	if name == nil {
		return o // whoever reads it says what is wrong
	}
	metadata, spec := *o.at("metadata"), o.at("spec")
	called := *name
	called.Text = fmt.Sprintf("%s-more-%d", name.Text, number)
	metadata.Fields = nil
	for _, f := range o.at("metadata").Fields {
		switch f.Name {
		case "name":
			f.Value = &called
			metadata.Fields = append(metadata.Fields, f)
		case "namespace", "labels", "annotations":
			metadata.Fields = append(metadata.Fields, f)
		}
	}
	root := *o.root
	root.Fields = nil
	for _, f := range o.root.Fields {
		switch f.Name {
		case "metadata":
			f.Value = &metadata
		case "spec":
			f.Value = unbound(spec)
		case "status":
			continue
		}
		root.Fields = append(root.Fields, f)
	}
	out := &object{origin: o.origin}
	out.set(&root)
	return out
}

// unbound returns a specification without what a server chose.
func unbound(spec *yamlnode.Node) *yamlnode.Node {
	out := *spec
	out.Fields = slices.DeleteFunc(slices.Clone(spec.Fields), func(f yamlnode.Field) bool {
		return f.Name == "nodeName" || f.Name == "selector" // of a Job
	})
	return &out
}
