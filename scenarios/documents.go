package scenarios

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
)

// sortDocuments tells podsim's own kinds from objects of Kubernetes, hands those
// on, and checks that names are unique.
func (l *loader) sortDocuments() {
	type key struct{ kind, name string }
	seen := make(map[key]*object)
	only := newOnlyOnes()
	for _, o := range l.documents {
		if isSchedulerConfig(o) {
			l.addSchedulerConfig(o)
			continue
		}
		if isDeschedulerPolicy(o) {
			l.addDeschedulerPolicy(o)
			continue
		}
		if !o.own {
			if slices.Contains(kindNames(), o.kind) && o.at("apiVersion") == nil {
				l.blame(o, "", "apiVersion is missing; want %s", APIVersion)
				o.bad = true
				l.nodesAreWrong = l.nodesAreWrong || o.kind == "NodeGroup"
				continue
			}
			wrong := l.set.Add(o.root)
			l.problems = append(l.problems, wrong...)
			l.objectsAreWrong = l.objectsAreWrong || len(wrong) > 0
			continue
		}
		if version := textOf(o.at("apiVersion")); version != APIVersion {
			l.blame(o, "apiVersion", "version %s is not read; want %s", quote(version), APIVersion)
		}
		if !slices.Contains(kindNames(), o.kind) {
			l.blameKind(o)
			l.nodesAreWrong = true // perhaps those of a group
			continue
		}
		if o.kind == "Scenario" || o.kind == "Experiment" || o.kind == "Plan" {
			if first := only.add(o); first != nil {
				l.blame(o, "", "a second %s; the first is at %s", o.kind, first.place(""))
			}
			continue
		}
		if first := seen[key{o.kind, o.name}]; first != nil && o.name != "" {
			l.blame(o, "metadata.name", "%s %s is also defined at %s", o.kind, quote(o.name), first.place("metadata.name"))
		}
		seen[key{o.kind, o.name}] = o
	}
}

// onlyOnes are the documents of kinds of which a file has one, and the files of the
// command line together.
type onlyOnes struct {
	of  map[onlyKey]*object
	top map[string]*object // of the command line, by kind
}

type onlyKey struct {
	kind string
	in   *origin
}

func newOnlyOnes() onlyOnes { return onlyOnes{make(map[onlyKey]*object), make(map[string]*object)} }

// add returns the document that is there already, or nil.
func (s onlyOnes) add(o *object) *object {
	key := onlyKey{o.kind, o.origin}
	first := s.of[key]
	if first == nil && o.origin.parent == nil {
		first = s.top[o.kind]
	}
	if s.of[key] = o; o.origin.parent == nil {
		s.top[o.kind] = o
	}
	return first
}

func (l *loader) blameKind(o *object) {
	if n := o.at("kind"); n == nil || n.Kind == yamlnode.Null {
		l.blame(o, "", "kind is missing; want %s", strings.Join(kindNames(), ", "))
		return
	}
	l.blame(o, "kind", "%s", unknown("kind", o.kind, kindNames()))
}

// byKind returns the documents of one of podsim's own kinds.
func (l *loader) byKind(kind string) []*object {
	var list []*object
	for _, o := range l.documents {
		if o.own && o.kind == kind {
			list = append(list, o)
		}
	}
	return list
}
