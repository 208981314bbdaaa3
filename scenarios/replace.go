package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// replaceDocuments lets the documents of Input.Replace take the place of those of
// the same kind and name.
func (l *loader) replaceDocuments() {
	for i := range l.in.Replace {
		documents := l.readPolicyFile(&l.in.Replace[i])
		if documents.scheduler != nil {
			l.imposed = documents.scheduler
		}
		if documents.descheduler != nil {
			l.imposedDescheduler = documents.descheduler
		}
		if documents.policy != nil {
			p := &streamPolicy{documents.policy, l.readPolicy(documents.policy)}
			l.impose(p)
			l.follow(p)
		}
		for _, o := range documents.others {
			l.replace(o)
		}
	}
	l.impose(l.in.policy)
}

// impose lets what a policy says of evictions go before what the scenario says.
func (l *loader) impose(p *streamPolicy) {
	if p != nil && p.spec != nil && p.spec.Eviction != nil {
		l.imposedEvictions = append(l.imposedEvictions, eviction{p.object, p.spec.Eviction})
	}
}

// follow lets a single run go by the profile and the settings of a policy; an experiment
// has told its runs already.
func (l *loader) follow(p *streamPolicy) {
	if l.in.isOneOfMany || p.spec == nil {
		return
	}
	if p.spec.Profile != "" {
		l.in.Profile = p.spec.Profile
	}
	l.in.settings = slices.Concat(optionsOf(p.object, "spec.set", p.spec.Set), l.in.settings)
}

// policyDocuments are the documents of a file that makes a policy.
type policyDocuments struct {
	policy    *object // nil if there is none
	scheduler *object // a KubeSchedulerConfiguration; nil if there is none
	// descheduler is a DeschedulerPolicy; nil if there is none.
	descheduler *object
	others      []*object // that replace those of the scenario
}

// readPolicyFile reads the file of a policy and refuses what no policy can say.
func (l *loader) readPolicyFile(file *File) policyDocuments {
	var out policyDocuments
	from, reader, err := l.enter(file)
	if err != nil {
		l.problems = append(l.problems, yamlnode.Problem{File: file.Name, What: err.Error()})
		return out
	}
	l.fileRank[from.shown] = len(l.fileRank)
	documents, err := yamlnode.Parse(from.shown, l.digest.documents(from.shown, reader))
	l.problems = append(l.problems, asProblems(err)...)
	if len(documents) == 0 && err == nil {
		l.problems = append(l.problems, yamlnode.Problem{File: from.shown, What: "empty file; want kind: Policy, " + schedulerConfigKind + " or " + deschedulerKind})
	}
	seen := make(map[identity]*object)
	for _, document := range documents {
		for _, o := range itemsOf(newObject(document, from)) {
			l.sortPolicyDocument(o, seen, &out)
		}
	}
	return out
}

func (l *loader) sortPolicyDocument(o *object, seen map[identity]*object, out *policyDocuments) {
	only := func(place **object) {
		if *place != nil {
			l.blame(o, "", "a second %s; the first is at %s", o.kind, (*place).place(""))
			return
		}
		*place = o
	}
	switch {
	case isDeschedulerPolicy(o):
		only(&out.descheduler)
	case isSchedulerConfig(o):
		only(&out.scheduler)
	case o.own && o.kind == "Policy":
		only(&out.policy)
	case o.own && (o.kind == "Scenario" || o.kind == "Experiment" || o.kind == "Plan"):
		l.blame(o, "kind", "a policy cannot bring a %s; want set in a Policy to change its fields", o.kind)
	case seen[o.identity()] != nil:
		l.blame(o, "metadata.name", "%s %s is also defined at %s", o.kind, quote(o.name), seen[o.identity()].place("metadata.name"))
	default:
		seen[o.identity()] = o
		out.others = append(out.others, o)
	}
}

// identity is what no two objects share.
type identity struct{ group, kind, namespace, name string }

func (o *object) identity() identity {
	group, _, grouped := strings.Cut(textOf(o.at("apiVersion")), "/")
	if !grouped {
		group = ""
	}
	namespace := textOf(o.at("metadata.namespace"))
	if namespace == "default" {
		namespace = ""
	}
	return identity{group, o.kind, namespace, o.name}
}

// replace lets a document take the place of the one that it replaces, perhaps in a
// list, so that nodes and pods keep their order; else it is added.
func (l *loader) replace(o *object) {
	for i, old := range l.documents {
		if old.identity() == o.identity() {
			l.documents[i] = o
			return
		}
		items := itemsOf(old)
		if len(items) == 1 && items[0] == old {
			continue
		}
		at := slices.IndexFunc(items, func(item *object) bool { return item.identity() == o.identity() })
		if at >= 0 {
			items[at] = o
			l.documents = slices.Replace(l.documents, i, i+1, items...)
			return
		}
	}
	l.documents = append(l.documents, o)
}

// itemsOf returns the objects of a List as kubectl writes it, and any other object
// as it is.
func itemsOf(o *object) []*object {
	items := o.root.Get("items")
	if o.own || !strings.HasSuffix(o.kind, "List") || items == nil || items.Kind != yamlnode.Seq || len(items.Items) == 0 {
		return []*object{o}
	}
	out := make([]*object, 0, len(items.Items))
	for _, item := range items.Items {
		if item.Kind != yamlnode.Map {
			return []*object{o} // whoever reads the list says what is wrong
		}
		object := &object{origin: o.origin}
		object.set(typedAs(o, item))
		out = append(out, object)
	}
	return out
}

// typedAs adds what items of a list of one type may leave out.
func typedAs(list *object, item *yamlnode.Node) *yamlnode.Node {
	kind := strings.TrimSuffix(list.kind, "List")
	if kind == "" {
		return item
	}
	for _, field := range []yamlnode.Field{
		{Name: "kind", Value: item.KeyNode(yamlnode.Field{Name: kind, Line: item.Line, Column: item.Column})},
		{Name: "apiVersion", Value: list.at("apiVersion")},
	} {
		if item.Get(field.Name) == nil && field.Value != nil {
			typed := *item
			typed.Fields = append([]yamlnode.Field{field}, item.Fields...)
			item = &typed
		}
	}
	return item
}

// checkPolicies checks the policies of the stream, which an experiment may name.
func (l *loader) checkPolicies() {
	l.policies = make(map[string]*streamPolicy)
	for _, o := range l.byKind("Policy") {
		if spec := l.readPolicy(o); spec != nil && l.policies[o.name] == nil {
			l.policies[o.name] = &streamPolicy{o, spec}
			l.evictors(o, spec.Eviction)
			l.policyNames = append(l.policyNames, o.name)
		}
	}
}

// streamPolicy is a Policy of the stream.
type streamPolicy struct {
	object *object
	spec   *PolicySpec
}

// readPolicy reads a Policy. It returns nil if its form is wrong.
func (l *loader) readPolicy(o *object) *PolicySpec {
	var envelope Object[PolicySpec]
	if !l.decode(o, &envelope) {
		return nil
	}
	l.checkProfile(o, "spec.profile", envelope.Spec.Profile)
	l.checkSettings(o, "spec.set", envelope.Spec.Set)
	return &envelope.Spec
}

func (l *loader) checkProfile(o *object, path, name string) {
	if name != "" && !isProfile(name, l.table) {
		l.blame(o, path, "%s", unknown("profile", name, profileNames()))
	}
}

// checkSettings checks what of settings can be told without the documents that
// they change.
func (l *loader) checkSettings(o *object, path string, set []string) {
	for i, text := range set {
		target, value, ok := strings.Cut(text, "=")
		if !ok {
			l.blame(o, yamlnode.IndexPath(path, i), "got %s; %v", quote(text), errNoValue)
			continue
		}
		err := checkTarget(target)
		if err == nil {
			_, err = parseValue("", value)
		}
		if err != nil {
			l.blame(o, yamlnode.IndexPath(path, i), "%s: %v", shorten(text), err)
		}
	}
}

// checkTarget checks the form of what a setting changes.
func checkTarget(target string) error {
	kind, rest, _ := strings.Cut(strings.TrimSpace(target), "/")
	if !strings.Contains(target, "/") {
		kind, rest, _ = strings.Cut(strings.TrimSpace(target), ".")
	}
	if kind == "" || rest == "" {
		return fmt.Errorf("got %s; want KIND/NAME.PATH, such as NodeGroup/workers.spec.count", quote(target))
	}
	return nil
}

// isOption reports whether a setting has the right form.
func isOption(text string) bool {
	target, _, ok := strings.Cut(text, "=")
	return ok && checkTarget(target) == nil
}

// optionsOf returns settings with where they stand, without those that are wrong in
// form, which has been told.
func optionsOf(o *object, path string, set []string) []option {
	var out []option
	for i, text := range set {
		if at := yamlnode.IndexPath(path, i); isOption(text) {
			out = append(out, option{text, o.position(at), at})
		}
	}
	return out
}

// placeOf is position for a document that may be missing.
func placeOf(o *object, path string) manifest.Position {
	if o == nil {
		return manifest.Position{}
	}
	return o.position(path)
}
