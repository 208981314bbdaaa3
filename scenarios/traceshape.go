package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/trace"
)

// shapes makes prototypes of the shapes of a trace. Each is written as a manifest
// and compiled like any other, so that it gets the defaults that an API server
// sets.
type shapes struct {
	l        *loader
	o        *object
	template map[string]any // of the pods or Jobs of the trace, if the user gave one
}

func (l *loader) shapesOf(o *object, spec *WorkloadSpec) *shapes {
	s := &shapes{l: l, o: o}
	if spec.Template == nil || o.bad {
		return s
	}
	t, problems := l.set.CompileTemplate(spec.Template)
	l.addUnder("spec.template", problems)
	if len(problems) > 0 {
		return s
	}
	if t.Pod == nil && t.Owner.Kind != models.Job {
		l.blame(o, "spec.template.kind", "got %s; want a Pod or a Job, since the objects of the trace are Jobs", t.Owner.Kind)
		return s
	}
	text, err := spec.Template.JSON()
	if err == nil {
		err = decodeNumbers(text, &s.template)
	}
	if err != nil {
		l.blame(o, "spec.template", "%v", err)
	}
	return s
}

// prototype compiles a shape; nil if something is wrong with it.
func (s *shapes) prototype(read *trace.Reader, number int32) *prototype {
	shape := read.Shape(number)
	var p *prototype
	var problems yamlnode.Problems
	switch {
	case shape.Template != "":
		var what string
		if p, what = s.copied(shape); what != "" {
			problems = yamlnode.Problems{{Path: "template", What: what}}
		}
	case s.template != nil:
		p, problems = s.l.compileManifest(withTemplate(s.template, shape))
	default:
		var m map[string]any
		if m, problems = manifestOf(shape); len(problems) == 0 {
			p, problems = s.l.compileManifest(m)
		}
	}
	if len(problems) > 0 {
		file, line := read.Place(number)
		for _, problem := range problems {
			s.l.problems = append(s.l.problems, yamlnode.Problem{File: file, Line: line, Column: 1, Path: problem.Path, What: problem.What})
		}
		return nil
	}
	p.owners = append(p.owners, ObjectRefTo{"Workload", s.o.name})
	return p
}

// copied returns an object of the scenario with the count of a shape. It no
// longer stands there from the start.
func (s *shapes) copied(shape *trace.Shape) (p *prototype, wrong string) {
	l := s.l
	if l.objectsAreWrong {
		return nil, "the objects of the scenario have problems"
	}
	var known []string
	var found []*prototype
	wanted := func(kind, name, namespace string) bool {
		if shape.Namespace != "" && namespace != shape.Namespace || shape.Kind != "" && kind != shape.Kind {
			return false
		}
		known = append(known, name)
		return name == shape.Template
	}
	for i := range l.objects.Owners {
		if o := &l.objects.Owners[i]; wanted(o.Kind.String(), o.Name, o.Namespace) {
			found, l.taken[o] = append(found, prototypeOf(o)), true
		}
	}
	for i := range l.objects.Pods {
		if pod := &l.objects.Pods[i]; wanted("Pod", pod.Name, pod.Namespace) {
			p := prototypeOfPod(pod)
			p.owners = []ObjectRefTo{{"Pod", pod.Name}}
			found, l.taken[pod] = append(found, p), true
		}
	}
	switch {
	case len(found) == 0:
		return nil, unknown("object of the scenario", shape.Template, known)
	case len(found) > 1:
		return nil, fmt.Sprintf("%s is the name of a %s and of a %s; want kind or namespace to tell which", quote(shape.Template), found[0].kind, found[1].kind)
	}
	p = found[0]
	p.owners = slices.Clip(p.owners)
	if p.owner != nil && shape.Count > 0 {
		owner := *p.owner
		owner.Replicas = shape.Count
		if owner.Kind == models.Job {
			owner.Completions = shape.Count
		}
		p.owner = &owner
	}
	return p, ""
}

// compileManifest compiles an object without a name.
func (l *loader) compileManifest(m map[string]any) (*prototype, yamlnode.Problems) {
	t, problems := compileManifest(l.set, m)
	switch {
	case len(problems) > 0:
		return nil, problems
	case t.Pod != nil:
		return prototypeOfPod(t.Pod), nil
	}
	p := prototypeOf(t.Owner)
	p.owners = nil // it has no name of its own
	return p, nil
}

func compileManifest(set *manifest.Set, m map[string]any) (manifest.Template, yamlnode.Problems) {
	text, err := json.Marshal(m)
	if err != nil {
		return manifest.Template{}, asProblems(err)
	}
	documents, err := yamlnode.Parse("", bytes.NewReader(text))
	if err != nil || len(documents) != 1 {
		return manifest.Template{}, append(asProblems(err), yamlnode.Problem{Path: "object", What: "want one object"})
	}
	return set.CompileTemplate(documents[0].Root)
}

func decodeNumbers(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

// defaultImage is that of pods of which a trace names none.
const defaultImage = "trace/main"

// manifestOf writes a shape that is no copy as an object of Kubernetes.
func manifestOf(s *trace.Shape) (map[string]any, yamlnode.Problems) {
	if s.Object != "" {
		var m map[string]any
		if err := decodeNumbers([]byte(s.Object), &m); err != nil {
			return nil, yamlnode.Problems{{Path: "object", What: err.Error()}}
		}
		if metadata, ok := m["metadata"].(map[string]any); ok {
			delete(metadata, "name")
		}
		return m, nil
	}
	limits := pairsMap(s.Limits)
	for name, amount := range s.Requests.All() {
		// Devices and huge pages cannot be exceeded: request and limit are equal.
		if strings.Contains(name, "/") || strings.HasPrefix(name, "hugepages-") {
			limits[name] = amount
		}
	}
	image := s.Image
	if image == "" {
		image = defaultImage
	}
	spec := map[string]any{"containers": []any{map[string]any{
		"name": "main", "image": image,
		"resources": map[string]any{"requests": pairsMap(s.Requests), "limits": limits},
	}}}
	if s.NodeSelector != "" {
		spec["nodeSelector"] = pairsMap(s.NodeSelector)
	}
	if s.PriorityClass != "" {
		spec["priorityClassName"] = s.PriorityClass
	}
	if s.Ends {
		spec["restartPolicy"] = "Never"
	}
	pod := map[string]any{"metadata": metadataOf(s), "spec": spec}
	if s.Kind != "Job" {
		pod["apiVersion"], pod["kind"] = "v1", "Pod"
		return pod, nil
	}
	return jobOf(s, pod), nil
}

func metadataOf(s *trace.Shape) map[string]any {
	m := map[string]any{"labels": pairsMap(s.Labels)}
	if s.Namespace != "" {
		m["namespace"] = s.Namespace
	}
	return m
}

// jobOf makes a Job of as many pods as a shape has.
func jobOf(s *trace.Shape, pod map[string]any) map[string]any {
	count := max(s.Count, 1)
	template := maps.Clone(pod)
	template["metadata"] = map[string]any{"labels": pairsMap(s.Labels)}
	return map[string]any{
		"apiVersion": "batch/v1", "kind": "Job", "metadata": metadataOf(s),
		"spec": map[string]any{"parallelism": count, "completions": count, "template": template},
	}
}

func pairsMap(p trace.Pairs) map[string]any {
	m := make(map[string]any)
	for name, value := range p.All() {
		m[name] = value
	}
	return m
}

// withTemplate makes a Job of the pod or the Job that the user gave, with the
// count and the labels of a shape. Labels of the template stay.
func withTemplate(template map[string]any, s *trace.Shape) map[string]any {
	count := max(s.Count, 1)
	metadata := withLabels(template["metadata"], s.Labels)
	given, _ := template["spec"].(map[string]any)
	spec := map[string]any{}
	pod := map[string]any{}
	if template["kind"] == "Job" {
		spec = maps.Clone(given)
		pod, _ = given["template"].(map[string]any)
		pod = maps.Clone(pod)
		pod["metadata"] = withLabels(pod["metadata"], s.Labels)
	} else {
		inside := maps.Clone(given)
		if inside["restartPolicy"] == nil {
			inside["restartPolicy"] = "Never"
		}
		pod["metadata"], pod["spec"] = withLabels(template["metadata"], s.Labels), inside
		delete(pod["metadata"].(map[string]any), "namespace")
	}
	spec["parallelism"], spec["completions"], spec["template"] = count, count, pod
	delete(metadata, "name")
	return map[string]any{"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
}

// withLabels returns metadata with labels added that it does not have.
func withLabels(metadata any, labels trace.Pairs) map[string]any {
	given, _ := metadata.(map[string]any)
	all := pairsMap(labels)
	own, _ := given["labels"].(map[string]any)
	maps.Copy(all, own)
	out := make(map[string]any, len(given)+1)
	maps.Copy(out, given)
	out["labels"] = all
	return out
}
