package scenarios

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// standing is an object of the stream that is there from the start.
type standing struct {
	at     manifest.Position
	owner  int // index of objects.Owners, or -1
	pod    int // index of objects.Pods, or -1
	parent int // index of the standing object that owns it, or -1
}

// compileObjects makes a source of the objects of Kubernetes in the stream, in
// file order but owners before what they own. Those that workloads refer to are
// left out.
func (l *loader) compileObjects() {
	all := l.standingObjects()
	s := &start{}
	number := make([]int32, len(all)) // of an owner among owners, plus one; -1 while it waits for its parent
	var emit func(i int)
	emit = func(i int) {
		if number[i] != 0 {
			return
		}
		number[i] = -1
		parent := int32(0)
		if p := all[i].parent; p >= 0 {
			emit(p)
			parent = max(number[p], 0)
		}
		a, isOwner := l.arrivalOf(all, i)
		a.Parent = parent
		if isOwner {
			l.owners++
			number[i] = l.owners
		}
		s.arrivals = append(s.arrivals, a)
	}
	for i := range all {
		emit(i)
	}
	if len(s.arrivals) > 0 {
		l.run.Config.Sources = append(l.run.Config.Sources, s)
	}
}

// standingObjects lists what is there from the start in file order.
func (l *loader) standingObjects() []standing {
	var all []standing
	finished := 0
	for i := range l.objects.Owners {
		if o := &l.objects.Owners[i]; !l.taken[o] {
			all = append(all, standing{at: o.Position, owner: i, pod: -1})
		}
	}
	for i := range l.objects.Pods {
		pod := &l.objects.Pods[i]
		switch {
		case l.taken[pod]:
		case pod.Phase.Terminal():
			finished++
		default:
			all = append(all, standing{at: pod.Position, owner: -1, pod: i})
		}
	}
	if finished > 0 {
		l.assume("%d finished pods are left out", finished)
	}
	slices.SortStableFunc(all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(l.fileRank[a.at.File], l.fileRank[b.at.File]),
			cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
	})
	index := make(map[int]int) // of owners
	for i, s := range all {
		if s.owner >= 0 {
			index[s.owner] = i
		}
	}
	for i := range all {
		var parent int
		if s := &all[i]; s.owner >= 0 {
			parent = l.objects.Owners[s.owner].Parent
		} else {
			parent = l.objects.Pods[s.pod].Owner
		}
		all[i].parent = -1
		if at, ok := index[parent]; ok && parent >= 0 {
			all[i].parent = at
		}
	}
	return all
}

// arrivalOf returns the arrival of a standing object and whether it is an owner.
func (l *loader) arrivalOf(all []standing, i int) (sim.Arrival, bool) {
	s := &all[i]
	a := sim.Arrival{Ordinal: models.Exact, Lifetime: -1, RunTime: -1}
	var p *prototype
	var whose string
	if s.owner >= 0 {
		o := &l.objects.Owners[s.owner]
		p = prototypeOf(o)
		whose = p.kind + " " + p.name
	} else {
		pod := &l.objects.Pods[s.pod]
		p = prototypeOfPod(pod)
		whose = "Pod " + p.name
		a.Node, a.Running = l.dict.Sym(pod.Node), pod.Phase == models.Running
		l.checkNode(pod)
	}
	for up := s.parent; up >= 0 && len(p.owners) < len(all); up = all[up].parent {
		o := &l.objects.Owners[all[up].owner]
		p.owners = append(p.owners, ObjectRefTo{o.Kind.String(), o.Name})
	}
	a.Name = l.dict.Sym(p.name)
	a.Template = l.sharedTemplate(p, s.owner < 0)
	if s.owner >= 0 || s.parent < 0 {
		l.assumeRunTime(p, a.Template, false, "pods of "+whose)
	}
	l.checkStandingLoops(s.at, p, a.Template)
	return a, s.owner >= 0
}

// sharedTemplate is template, but bare pods that are alike share one.
func (l *loader) sharedTemplate(p *prototype, bare bool) *sim.Template {
	t := l.template(p, nil)
	if !bare {
		return t
	}
	if known := l.bare[*t]; known != nil {
		return known
	}
	l.bare[*t] = t
	return t
}

// checkNode reports a pod that is bound to a node that is not there.
func (l *loader) checkNode(pod *manifest.Pod) {
	if pod.Node == "" || l.nodesAreWrong {
		return
	}
	if l.nodes == nil {
		l.nodes = make(map[models.Sym]bool, len(l.run.Config.Nodes))
		for _, n := range l.run.Config.Nodes {
			l.nodes[n.Name] = true
		}
	}
	if !l.nodes[l.dict.Sym(pod.Node)] {
		l.problems = append(l.problems, problemAt(pod.Position, "spec.nodeName", unknown("node", pod.Node, l.nodeNames())))
	}
}

func (l *loader) checkStandingLoops(at manifest.Position, p *prototype, t *sim.Template) {
	b := t.Behavior
	if l.endless() && p.pod.RestartPolicy == models.RestartAlways && b != nil && (b.RunTime != nil || b.CrashEvery != nil) {
		l.problems = append(l.problems, problemAt(at, "", "containers restart without end and there is no duration; want for in the Scenario"))
	}
}

func problemAt(at manifest.Position, path, what string) yamlnode.Problem {
	return yamlnode.Problem{File: at.File, Line: at.Line, Column: at.Column, Path: path, What: what}
}
