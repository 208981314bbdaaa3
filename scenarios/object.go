package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// object is one document of the stream.
type object struct {
	root       *yamlnode.Node
	origin     *origin
	own        bool // of podsim's own kinds
	kind, name string
	bad        bool // its form is wrong: more checks would only repeat that
}

func newObject(d *yamlnode.Document, from *origin) *object {
	o := &object{origin: from}
	o.set(d.Root)
	return o
}

// set gives the object another root.
func (o *object) set(root *yamlnode.Node) {
	o.root = root
	o.kind, o.name = textOf(root.Get("kind")), textOf(root.Get("metadata").Get("name"))
	o.own = manifest.IsScenarioKind(root)
}

func textOf(n *yamlnode.Node) string {
	if n == nil || n.Kind != yamlnode.String {
		return ""
	}
	return n.Text
}

// at returns the node that names lead to, nil if there is none: spec.start.
func (o *object) at(path string) *yamlnode.Node {
	n := o.root
	for name := range strings.SplitSeq(path, ".") {
		n = n.Get(name)
	}
	return n
}

// position returns where a path stands, or the nearest place around it.
func (o *object) position(path string) manifest.Position {
	n := yamlnode.Locate(o.root, path)
	if n == nil {
		return manifest.Position{}
	}
	return manifest.Position{File: n.File(), Line: int(n.Line), Column: int(n.Column)}
}

// place writes a position for a message.
func (o *object) place(path string) string {
	at := o.position(path)
	if strings.HasPrefix(at.File, "--set ") {
		return at.File
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}

// blame notes a problem at a path of an object.
func (l *loader) blame(o *object, path, format string, args ...any) {
	l.problems.Addf(yamlnode.Locate(o.root, path), path, format, args...)
}

// blameKey notes a problem with the name of a field of n, which stands at path.
func (l *loader) blameKey(n *yamlnode.Node, f yamlnode.Field, path, what string) {
	l.problems.Add(n.KeyNode(f), yamlnode.KeyPath(path, f.Name), what)
}

// addUnder takes over problems whose paths start at a node that stands at path.
func (l *loader) addUnder(path string, problems yamlnode.Problems) {
	for _, p := range problems {
		p.Path = join(path, p.Path)
		l.problems = append(l.problems, p)
	}
}

// asProblems returns the problems that an error stands for.
func asProblems(err error) yamlnode.Problems {
	var problems yamlnode.Problems
	if err == nil || errors.As(err, &problems) {
		return problems
	}
	return yamlnode.Problems{{What: err.Error()}}
}
