package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// standing is an object of the stream that is there from the start.
type standing struct {
	at      manifest.Position
	created time.Time // zero if nobody tells
	owner   int       // index of objects.Owners, or -1
	pod     int       // index of objects.Pods, or -1
	parent  int       // index of the standing object that owns it, or -1
}

// compileObjects makes a source of the objects of Kubernetes in the stream: those
// of a snapshot in the order of their creation, then the others in file order,
// but owners before what they own. Those that workloads refer to are left out.
func (l *loader) compileObjects() {
	l.indexNodes()
	all := l.standingObjects()
	e := emitter{l: l, all: all, number: make([]int32, len(all)), outdated: l.outdated(all), lost: l.lostPods(all)}
	for i := range all {
		e.emit(i)
	}
	e.start.arrivals = append(e.start.arrivals, l.pastNodes()...)
	if len(e.start.arrivals) > 0 {
		l.run.Config.Sources = append(l.run.Config.Sources, &e.start)
	}
	l.noteSnapshot(all)
	l.countUnreplaced(all)
}

// emitter puts standing objects in order.
type emitter struct {
	l   *loader
	all []standing
	// number is that of an owner among owners, plus one; -1 while it waits for
	// its parent.
	number   []int32
	outdated map[int][]int // by Deployment: its ReplicaSets that are not current
	lost     map[int]lostPods
	start    start
}

func (e *emitter) emit(i int) {
	if e.number[i] != 0 {
		return
	}
	e.number[i] = -1
	parent, s := int32(0), &e.all[i]
	if s.parent >= 0 {
		e.emit(s.parent)
		parent = max(e.number[s.parent], 0)
		// A Deployment goes on with the ReplicaSet that came last.
		if s.owner >= 0 && e.l.objects.Owners[s.owner].Current {
			for _, old := range e.outdated[s.parent] {
				e.emit(old)
			}
		}
	}
	a := e.l.arrivalOf(e.all, i, e.lost[i])
	a.Parent = parent
	if s.owner >= 0 {
		e.l.owners++
		e.number[i] = e.l.owners
	}
	e.start.arrivals = append(e.start.arrivals, a)
}

// standingObjects lists what is there from the start.
func (l *loader) standingObjects() []standing {
	var all []standing
	for i := range l.objects.Owners {
		if o := &l.objects.Owners[i]; !l.taken[o] {
			s := standing{at: o.Position, owner: i, pod: -1}
			if o.Status != nil {
				s.created = o.Status.Created
			}
			all = append(all, s)
		}
	}
	for i := range l.objects.Pods {
		if pod := &l.objects.Pods[i]; !l.taken[pod] {
			s := standing{at: pod.Position, owner: -1, pod: i}
			if pod.Status != nil {
				s.created = pod.Status.Created
			}
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b standing) int {
		if !a.created.Equal(b.created) {
			if a.created.IsZero() || b.created.IsZero() {
				return cmp.Compare(b.created.Unix(), a.created.Unix())
			}
			return a.created.Compare(b.created)
		}
		return cmp.Or(cmp.Compare(l.fileRank[a.at.File], l.fileRank[b.at.File]),
			cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
	})
	l.linkStanding(all)
	return all
}

// linkStanding finds the owners of standing objects.
func (l *loader) linkStanding(all []standing) {
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
}

// arrivalOf returns the arrival of a standing object.
func (l *loader) arrivalOf(all []standing, i int, lost lostPods) sim.Arrival {
	s := &all[i]
	a := sim.Arrival{Ordinal: models.Exact, Lifetime: -1, RunTime: -1}
	var p *prototype
	var whose string
	ended, past := false, false
	if s.owner >= 0 {
		o := &l.objects.Owners[s.owner]
		p = prototypeOf(o)
		whose = p.kind + " " + p.name
		if past = o.Status != nil; past {
			a.PastOwner, ended = l.pastOwner(o, lost), o.Status.Finished
		}
	} else {
		pod := &l.objects.Pods[s.pod]
		if _, there := l.nodes[l.dict.Sym(pod.Node)]; !there && l.isLenient() && pod.Node != "" && !pod.Phase.Terminal() {
			placeAnew(pod)
		}
		p = prototypeOfPod(pod)
		whose = "Pod " + p.name
		node := l.nodeOf(pod)
		if past = pod.Status != nil; past {
			a.PastPod, ended = l.pastPod(pod, node), pod.Phase.Terminal()
		}
	}
	for up := s.parent; up >= 0 && len(p.owners) < len(all); up = all[up].parent {
		o := &l.objects.Owners[all[up].owner]
		p.owners = append(p.owners, ObjectRefTo{o.Kind.String(), o.Name})
	}
	a.Name = l.dict.Sym(p.name)
	a.Template = l.sharedTemplate(p, a.PastPod)
	switch {
	case ended:
	case past:
		l.assumeSnapshotRunTime(p, a.Template)
	case s.owner >= 0 || s.parent < 0:
		l.assumeRunTime(p, a.Template, false, "pods of "+whose)
	}
	if !ended {
		l.checkStandingLoops(s.at, p, a.Template)
	}
	return a
}

// sharedTemplate is template, but bare pods that are alike share one. A pod that
// has been scheduled waits for no scheduler.
func (l *loader) sharedTemplate(p *prototype, past *sim.PastPod) *sim.Template {
	var t *sim.Template
	if past != nil && (past.Node != models.None || past.Phase.Terminal()) {
		t = &sim.Template{Pod: p.pod, Behavior: l.behaviorOf(subject{p.pod, p.owners}, nil)}
	} else {
		t = l.template(p, nil)
	}
	if t.Owner != nil {
		return t
	}
	if known := l.bare[*t]; known != nil {
		return known
	}
	l.bare[*t] = t
	return t
}

func (l *loader) indexNodes() {
	l.nodes = make(map[models.Sym]models.NodeID, len(l.run.Config.Nodes))
	for i, n := range l.run.Config.Nodes {
		l.nodes[n.Name] = models.NodeID(i)
	}
}

// nodeOf returns the node that a pod is on. A node that is not there is a
// problem, unless the pod has ended: nodes go, and what ended on them stays.
func (l *loader) nodeOf(pod *manifest.Pod) models.NodeID {
	if pod.Node == "" || l.nodesAreWrong {
		return models.None
	}
	if id, ok := l.nodes[l.dict.Sym(pod.Node)]; ok {
		return id
	}
	if !pod.Phase.Terminal() {
		l.problems = append(l.problems, problemAt(pod.Position, "spec.nodeName", unknown("node", pod.Node, l.nodeNames())))
	}
	return models.None
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
