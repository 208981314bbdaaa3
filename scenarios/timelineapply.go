package scenarios

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// readApplied reads the objects of a step that applies some.
func (l *loader) readApplied(s *userStep) []*object {
	spec := s.spec.Apply
	var documents []*object
	switch {
	case spec.File != "" && spec.Object != nil:
		l.blameStep(s, "object", "contradicts file; set one of them")
	case spec.Object != nil:
		o := &object{origin: s.object.origin}
		o.set(spec.Object)
		documents = []*object{o}
	case spec.File == "":
		l.blameStep(s, "", "file or object is missing")
	default:
		documents = l.readAppliedFile(s, spec.File)
	}
	var out []*object
	for _, document := range documents {
		if document.own {
			l.addProblem(document.root, "kind", "a %s cannot be applied; it is not an object of Kubernetes", document.kind)
			continue
		}
		for _, o := range itemsOf(document) {
			o.set(l.withReplicas(o.root, o.kind, false))
			out = append(out, o)
		}
	}
	return out
}

func (l *loader) addProblem(n *yamlnode.Node, path, format string, args ...any) {
	l.problems.Addf(yamlnode.Locate(n, path), path, format, args...)
}

// readAppliedFile reads a file beside the Timeline, or the one that the command line
// names.
func (l *loader) readAppliedFile(s *userStep, name string) []*object {
	from, file, err := openApplied(s, name)
	if err == nil {
		defer l.close(file)
		err = checkSize(file)
	}
	if err != nil {
		l.blameStep(s, "file", "%s: %v", quote(name), err)
		return nil
	}
	if _, read := l.fileRank[from.shown]; !read {
		l.fileRank[from.shown] = len(l.fileRank)
	}
	// Experiments tell runs apart by the documents of the stream and by data, which
	// this file counts among.
	documents, err := yamlnode.Parse(from.shown, l.digest.reader(from.shown, file))
	l.problems = append(l.problems, asProblems(err)...)
	if len(documents) == 0 && err == nil {
		l.blameStep(s, "file", "%s: empty file; want objects of Kubernetes", quote(name))
	}
	var out []*object
	for _, document := range documents {
		out = append(out, newObject(document, from))
	}
	return out
}

func openApplied(s *userStep, name string) (*origin, *os.File, error) {
	if s.object == nil {
		file, err := openPlain(name)
		return &origin{shown: name, inside: filepath.Base(name)}, file, err
	}
	shown, file, err := s.object.origin.open(name)
	return &origin{folder: s.object.origin.folder, shown: shown, inside: name, parent: s.object.origin}, file, err
}

// foreseeApplied notes the names of the workloads that will be applied, so that steps
// may name them before and after they are there.
func (u *user) foreseeApplied(s *userStep) {
	for _, o := range s.applied {
		if name := nameOfObject(o); (manifest.IsWorkload(o.root) || manifest.IsPolicy(o.root) || isOther(o)) && o.name != "" && u.known[name] == nil {
			u.add(name)
		}
		if o.kind == namespaceKind && manifest.IsSimulated(o.root) && o.name != "" && u.set.ForeseeNamespace(o.name) {
			u.deleted = append(u.deleted, o.name)
		}
	}
}

// apply compiles a step that applies objects, one step of the run for each.
func (u *user) apply(s *userStep) {
	for _, o := range s.applied {
		switch {
		case manifest.IsWorkload(o.root):
			u.applyWorkload(s, o)
		case u.applyNamespace(s, o):
		case manifest.IsPolicy(o.root):
			u.applyPolicy(s, o)
		case isOther(o):
			u.applyOther(s, o)
		case o.kind == namespaceKind && manifest.IsSimulated(o.root):
			u.takeProblems(s, u.set.Define(o.root))
			u.assumeOnce("%s %s, which is applied during the run, is there from the start", o.kind, o.name)
		case o.kind == "Node":
			u.applyNode(s, o)
		case manifest.IsSimulated(o.root):
			u.addProblem(o.root, "kind", "podsim cannot apply a %s during the run; want it in the scenario itself%s", o.kind, insteadOf(o.kind))
		default:
			u.takeProblems(s, u.set.Add(o.root))
		}
	}
}

func insteadOf(kind string) string {
	if kind == "PriorityClass" {
		return ", before the pods that name it"
	}
	return ""
}

// applyNode lets a node join.
func (u *user) applyNode(s *userStep, o *object) {
	problems := u.set.CheckForm(o.root, nodeKind)
	if len(problems) == 0 && o.name == "" {
		problems.Add(o.root.At("metadata"), "metadata", "name is missing")
	}
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return
	}
	_, known := u.nodes[u.dict.Sym(o.name)]
	switch invalid := u.set.ForbiddenCreation(o.root); {
	case invalid != "" && known:
		u.nodeStep(s, o.name, sim.Step{Kind: sim.StepChangeNode, Refused: invalid})
		return
	case invalid != "":
		u.emit(sim.Step{At: s.at, Kind: sim.StepJoin, Text: s.text, Node: models.None, Invalid: invalid, Replicas: models.Unset, Grace: -1})
		return
	}
	spec, problems := u.set.CompileNode(o.root)
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return
	}
	if known {
		u.reapplyNode(s, o, spec)
		return
	}
	u.nodesApplied[o.name] = o.root
	id := models.NodeID(len(u.nodes))
	u.nodes[spec.Name] = id
	u.emit(sim.Step{At: s.at, Kind: sim.StepJoin, Text: s.text, Node: id, NodeSpec: spec, Replicas: models.Unset, Grace: -1})
}

// isFormed reports whether a document can be applied at all.
func (u *user) isFormed(s *userStep, document *object) bool {
	problems := u.set.CheckForm(document.root, document.kind)
	if len(problems) == 0 && document.name == "" {
		problems.Add(document.root.At("metadata"), "metadata", "name is missing")
	}
	if len(problems) > 0 {
		u.takeProblems(s, problems)
		return false
	}
	return true
}

// applyWorkload makes an object, or changes it as kubectl apply would.
func (u *user) applyWorkload(s *userStep, document *object) {
	if !u.isFormed(s, document) {
		return
	}
	name := nameOfObject(document)
	o := u.known[name]
	step := u.newStep(s, sim.StepApply, name)
	step.Done = "configured"
	next := document.root
	u.set.Count(document.root, textOf(document.at("apiVersion")), document.kind, o.root != nil)
	if o.root != nil {
		next = withoutStatus(manifest.Apply(o.last, o.root, document.root))
	} else {
		*o = userObject{objectName: o.objectName, primed: true}
	}
	if step.Invalid = u.set.ForbiddenCreation(document.root); step.Invalid != "" && o.root == nil {
		step.Refused = step.Invalid // by what is still there of an object that was deleted, too
		u.emit(step)
		return
	}
	if !u.change(s, o, next, &step) {
		return
	}
	if step.Template == nil && step.Invalid == "" && u.prime(o) { // it may be gone when the step comes, and is made again then
		compiled, problems := u.set.CompileVersion(document.root, &o.versions, "")
		if u.takeProblems(s, problems); len(problems) > 0 {
			return
		}
		step.Template = u.newTemplate(s, prototypeOfAny(compiled))
	}
	if step.Refused == "" {
		o.last = document.root
	}
	u.emit(step)
}

func prototypeOfAny(t manifest.Template) *prototype {
	if t.Pod != nil {
		return prototypeOfPod(t.Pod)
	}
	return prototypeOf(t.Owner)
}

// withoutStatus returns an object without what only a server writes there.
func withoutStatus(n *yamlnode.Node) *yamlnode.Node {
	if n.Get("status") == nil {
		return n
	}
	out := *n
	out.Fields = nil
	for _, f := range n.Fields {
		if f.Name != "status" {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}

// newStep begins a step of the run.
func (u *user) newStep(s *userStep, kind sim.StepKind, name objectName) sim.Step {
	return sim.Step{At: s.at, Kind: kind, Text: s.text, Object: u.stepObject(name), Node: models.None, Replicas: models.Unset, Grace: -1}
}

func (u *user) emit(step sim.Step) { u.run.Config.Steps = append(u.run.Config.Steps, step) }

// stepLabel stands for the file of what is not written anywhere.
const stepLabel = "(step)"

// takeProblems takes over problems, and blames the step for those with what it says
// without writing it.
func (u *user) takeProblems(s *userStep, problems yamlnode.Problems) {
	for _, p := range problems {
		if p.File == stepLabel {
			u.blameStep(s, "", "%s", strings.TrimPrefix(p.Path+": "+p.What, ": "))
			continue
		}
		u.problems = append(u.problems, p)
	}
}
