package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// option is a --set option, or a setting that an experiment makes.
type option struct {
	text string
	at   manifest.Position // of what an experiment says; zero for --set
	path string            // the same
}

// label stands for the file in positions within the value.
func (o option) label() string {
	if o.at == (manifest.Position{}) {
		return "--set " + shorten(o.text)
	}
	return fmt.Sprintf("--set %s:%d:%d", o.at.File, o.at.Line, o.at.Column)
}

// applySets changes documents as the --set options say: Kind/name.path=value, or
// Kind.path=value where there is one object of the kind.
func (l *loader) applySets() {
	if len(l.in.Set)+len(l.in.settings) > limits.Sets {
		l.problems = append(l.problems, yamlnode.Problem{File: "--set", What: fmt.Sprintf("more than %d of them", limits.Sets)})
		return
	}
	for _, text := range l.in.Set {
		l.apply(option{text: text})
	}
	l.placed = make(map[string]option, len(l.in.settings))
	for _, o := range l.in.settings {
		l.placed[o.label()] = o
		l.apply(o)
	}
}

func (l *loader) apply(o option) {
	l.digest.add("set", o.text)
	if err := l.applySet(o); err != nil {
		l.problems = append(l.problems, yamlnode.Problem{File: o.label(), What: err.Error()})
	}
}

var errNoValue = errors.New("want Kind/name.path=value, such as Workload/web.spec.arrivals.rate=40/m")

func (l *loader) applySet(option option) error {
	target, text, ok := strings.Cut(option.text, "=")
	if !ok {
		return errNoValue
	}
	o, path, err := l.findTarget(strings.TrimSpace(target))
	if err != nil {
		return err
	}
	steps, err := splitPath(path)
	if err != nil {
		return err
	}
	if o.own && o.kind == "Scenario" && slices.Equal(steps[:min(2, len(steps))], []pathStep{{name: "spec"}, {name: "includes"}}) {
		return fmt.Errorf("includes are read before anything is set")
	}
	if o.own && isAboutRuns(o.kind) && option.at != (manifest.Position{}) {
		return errors.New("an experiment cannot change itself")
	}
	if steps[0].name == "kind" || steps[0].name == "apiVersion" {
		return fmt.Errorf("%s cannot be set", steps[0].name)
	}
	value, err := parseValue(option.label(), text)
	if err != nil {
		return err
	}
	root, err := withValue(o.root, steps, value, "")
	if err != nil {
		return err
	}
	l.applied = append(l.applied, applied{option, o.root.File(), textOfPath(steps)})
	o.set(root)
	return nil
}

// applied is an option that changed a document, with the path as problems have it.
type applied struct {
	option     option
	file, path string
}

func textOfPath(steps []pathStep) string {
	path := ""
	for _, s := range steps {
		if s.name == "" {
			path = yamlnode.IndexPath(path, s.index)
		} else {
			path = yamlnode.KeyPath(path, s.name)
		}
	}
	return path
}

// blameSets turns problems with fields that only an option names towards the
// option: no line of the file holds them.
func (l *loader) blameSets() {
	for i := range l.problems {
		p := &l.problems[i]
		for _, a := range l.applied {
			rest, ok := strings.CutPrefix(a.path, p.Path)
			if ok && p.File == a.file && strings.HasPrefix(p.What, "unknown field") && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				p.File, p.Line, p.Column = a.option.label(), 0, 0
				break
			}
		}
	}
}

// findTarget finds the object that a target begins with and returns the rest of
// it. Names may hold dots, so known objects are tried rather than the text cut.
func (l *loader) findTarget(target string) (*object, string, error) {
	var known []string
	documents := l.changeable()
	for _, o := range documents {
		if o.kind != "" && o.name != "" {
			known = append(known, o.kind+"/"+o.name)
		}
		if rest, ok := strings.CutPrefix(target, o.kind+"/"+o.name+"."); ok && o.kind != "" && o.name != "" {
			return o, rest, nil
		}
	}
	kind, rest, ok := strings.Cut(target, ".")
	if ok && !strings.Contains(kind, "/") {
		var found *object
		for _, o := range documents {
			switch {
			case o.kind != kind:
			case found != nil && !(o.own && kind == "Scenario"): // the outermost Scenario comes first
				return nil, "", fmt.Errorf("there is more than one %s; want %s/name", kind, kind)
			case found == nil:
				found = o
			}
		}
		if found != nil {
			return found, rest, nil
		}
	}
	name := target
	if slash := strings.IndexByte(target, '/'); slash >= 0 {
		if dot := strings.IndexByte(target[slash:], '.'); dot >= 0 {
			name = target[:slash+dot]
		}
	} else {
		name = kind
	}
	return nil, "", fmt.Errorf("%s", unknown("object", name, known))
}

// changeable returns the documents that options can change: of configurations of
// kube-scheduler, the one that counts.
func (l *loader) changeable() []*object {
	if l.imposed == nil {
		return l.documents
	}
	return append(slices.DeleteFunc(slices.Clone(l.documents), isSchedulerConfig), l.imposed)
}

// pathStep is a field or, if name is empty, an index.
type pathStep struct {
	name  string
	index int
}

// splitPath splits spec.faults[0].at into its steps. A name with dots stands
// quoted in brackets, as in problems: metadata.labels["example.com/team"].
func splitPath(path string) ([]pathStep, error) {
	var steps []pathStep
	for rest := "." + path; rest != ""; {
		if inside, ok := strings.CutPrefix(rest, "["); ok {
			step, after, err := splitBracket(inside)
			if err != nil {
				return nil, fmt.Errorf("path %s: %w", quote(path), err)
			}
			steps, rest = append(steps, step), after
			continue
		}
		name, ok := strings.CutPrefix(rest, ".")
		end := len(name)
		if i := strings.IndexAny(name, ".["); i >= 0 {
			end = i
		}
		if !ok || end == 0 {
			return nil, fmt.Errorf("path %s: want fields with dots between, and indexes in brackets", quote(path))
		}
		steps, rest = append(steps, pathStep{name: name[:end]}), name[end:]
	}
	return steps, nil
}

// splitBracket reads an index or a quoted name after an opening bracket.
func splitBracket(inside string) (step pathStep, rest string, err error) {
	if quoted, err := strconv.QuotedPrefix(inside); err == nil {
		name, err := strconv.Unquote(quoted)
		if rest, ok := strings.CutPrefix(inside[len(quoted):], "]"); ok && err == nil && name != "" {
			return pathStep{name: name}, rest, nil
		}
	}
	digits, rest, ok := strings.Cut(inside, "]")
	index, err := strconv.Atoi(digits)
	if !ok || err != nil || index < 0 {
		return pathStep{}, "", errors.New(`want an index in brackets, such as faults[0], or a quoted name, such as labels["a/b"]`)
	}
	return pathStep{index: index}, rest, nil
}

// parseValue reads the value as YAML, so that numbers, lists and maps can be
// set. Its position in messages is the option itself, which the label names.
func parseValue(label, text string) (*yamlnode.Node, error) {
	documents, err := yamlnode.Parse(label, strings.NewReader("value: "+strings.TrimSpace(text)))
	if err == nil && len(documents) == 1 && len(documents[0].Root.Fields) == 1 {
		return documents[0].Root.Fields[0].Value, nil
	}
	if problems := asProblems(err); len(problems) > 0 {
		return nil, fmt.Errorf("value: %s", problems[0].What)
	}
	return nil, fmt.Errorf("value: got %s; want one YAML value", quote(text))
}

// withValue returns n with the value at a path. Nodes are shared, so those on
// the way are copied. Maps that are missing are made.
func withValue(n *yamlnode.Node, steps []pathStep, value *yamlnode.Node, path string) (*yamlnode.Node, error) {
	if len(steps) == 0 {
		return value, nil
	}
	step := steps[0]
	if step.name == "" {
		return withItem(n, steps, value, path)
	}
	if n == nil || n.Kind == yamlnode.Null {
		empty := *value
		empty.Kind, empty.Text, empty.Fields, empty.Items = yamlnode.Map, "", nil, nil
		n = &empty
	}
	if n.Kind != yamlnode.Map {
		return nil, fmt.Errorf("%s is %s and has no field %s", orDocument(path), n.Kind, quote(step.name))
	}
	changed, err := withValue(n.Get(step.name), steps[1:], value, yamlnode.KeyPath(path, step.name))
	if err != nil {
		return nil, err
	}
	out := *n
	out.Fields = slices.Clone(n.Fields)
	i := slices.IndexFunc(out.Fields, func(f yamlnode.Field) bool { return f.Name == step.name })
	if i < 0 {
		i = len(out.Fields)
		out.Fields = append(out.Fields, yamlnode.Field{Name: step.name, Line: n.Line, Column: n.Column})
	}
	out.Fields[i].Value = changed
	return &out, nil
}

// withItem is withValue for a step into a list. An index one past the end
// appends.
func withItem(n *yamlnode.Node, steps []pathStep, value *yamlnode.Node, path string) (*yamlnode.Node, error) {
	index := steps[0].index
	if n == nil || n.Kind != yamlnode.Seq {
		return nil, fmt.Errorf("%s is no list", orDocument(path))
	}
	if index > len(n.Items) {
		return nil, fmt.Errorf("%s has %d items; want an index up to %d", path, len(n.Items), len(n.Items))
	}
	changed, err := withValue(n.Item(index), steps[1:], value, yamlnode.IndexPath(path, index))
	if err != nil {
		return nil, err
	}
	out := *n
	out.Items = slices.Clone(n.Items)
	if index == len(out.Items) {
		out.Items = append(out.Items, changed)
	} else {
		out.Items[index] = changed
	}
	return &out, nil
}

func orDocument(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}
