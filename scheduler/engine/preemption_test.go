package engine

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// census is a plugin with a state of its own: how many pods it believes to be on
// each node. It rejects nodes with more than a number of pods.
type census struct {
	most int
	on   map[models.NodeID][]models.PodID
	bad  []string // what it was told that cannot be
}

func (*census) Name() string           { return "Census" }
func (*census) Reads() framework.Reads { return framework.ReadsNodeLoad }

func (p *census) PreFilter(c *framework.Cycle) ([]models.Sym, bool, *framework.Status) {
	p.on = make(map[models.NodeID][]models.PodID)
	for id := range models.NodeID(c.View.Nodes()) {
		p.on[id] = slices.Clone(c.View.Node(id).Pods())
	}
	return nil, false, nil
}

func (p *census) AddPod(_ *framework.Cycle, pod cluster.Pod, n framework.Node) {
	if slices.Contains(p.on[n.ID()], pod.ID()) {
		p.bad = append(p.bad, fmt.Sprintf("pod %d came to node %d twice", pod.ID(), n.ID()))
	}
	p.on[n.ID()] = append(p.on[n.ID()], pod.ID())
	p.compare(n)
}

func (p *census) RemovePod(_ *framework.Cycle, pod cluster.Pod, n framework.Node) {
	at := slices.Index(p.on[n.ID()], pod.ID())
	if at < 0 {
		p.bad = append(p.bad, fmt.Sprintf("pod %d left node %d, where it was not", pod.ID(), n.ID()))
		return
	}
	p.on[n.ID()] = slices.Delete(p.on[n.ID()], at, at+1)
	p.compare(n)
}

// compare holds the plugin's state against the overlay.
func (p *census) compare(n framework.Node) {
	if d := cmp.Diff(sortedPods(p.on[n.ID()]), sortedPods(n.Pods())); d != "" {
		p.bad = append(p.bad, d)
	}
}

func (p *census) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	p.compare(n)
	if len(n.Pods()) > p.most {
		return unfit
	}
	return nil
}

func sortedPods(pods []models.PodID) []models.PodID {
	pods = append([]models.PodID{}, pods...)
	slices.Sort(pods)
	return pods
}

// trier is a PostFilter plugin made of a function.
type trier struct {
	try func(c *framework.Cycle, r framework.DryRun) framework.PostFilterResult
}

func (trier) Name() string           { return "Trier" }
func (trier) Reads() framework.Reads { return framework.ReadsPodOnly }
func (p trier) PostFilter(c *framework.Cycle, r framework.DryRun) framework.PostFilterResult {
	return p.try(c, r)
}

// add creates a pod of a priority, on a node unless that is None.
func (w *world) add(t testing.TB, priority int32, node models.NodeID) models.PodID {
	t.Helper()
	id := models.PodID(w.c.View().Pods())
	spec := w.c.DefinePod(&models.PodSpec{Priority: priority, Requests: models.Resources{models.CPU: int64(id), models.Pods: 1},
		NonZeroCPU: int64(id), HostPorts: []models.HostPort{{Port: int32(id)}}})
	w.apply(t, models.Op{Kind: models.OpCreatePod, Pod: id, Def: int32(spec), Owner: models.None, Ordinal: models.Exact})
	if node != models.None {
		w.apply(t, models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
	}
	return id
}

func (w *world) nominate(t testing.TB, pod models.PodID, node models.NodeID) {
	t.Helper()
	w.apply(t, models.Op{Kind: models.OpNominatePod, Pod: pod, Node: node})
}

// Whatever is tried on a node, plugins are told of it in pairs, and afterwards
// everything is as it was.
func TestTrialLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, "", "")
		for range rapid.IntRange(0, 5).Draw(rt, "pods") {
			w.add(t, 0, models.NodeID(rapid.IntRange(0, 1).Draw(rt, "node")))
		}
		for range rapid.IntRange(0, 3).Draw(rt, "nominated") {
			w.nominate(t, w.add(t, int32(rapid.IntRange(-1, 1).Draw(rt, "priority")), models.None), models.NodeID(rapid.IntRange(0, 1).Draw(rt, "node")))
		}
		plugin := &census{most: -1}
		before := make(map[models.NodeID][]models.PodID)
		s := scan(Config{}, plugin, trier{try: func(c *framework.Cycle, r framework.DryRun) framework.PostFilterResult {
			for id, pods := range plugin.on {
				before[id] = slices.Clone(pods)
			}
			for range rapid.IntRange(1, 3).Draw(rt, "trials") {
				id := models.NodeID(rapid.IntRange(0, 1).Draw(rt, "tried"))
				r.Begin(id)
				there := slices.Clone(c.View.Node(id).Pods())
				var gone []models.PodID
				for range rapid.IntRange(0, 8).Draw(rt, "moves") {
					switch rapid.IntRange(0, 2).Draw(rt, "move") {
					case 0:
						if len(there) > 0 {
							r.Remove(c.View.Pod(there[0]))
							gone, there = append(gone, there[0]), there[1:]
						}
					case 1:
						if len(gone) > 0 {
							r.Add(c.View.Pod(gone[0]))
							there, gone = append(there, gone[0]), gone[1:]
						}
					default:
						plugin.most = len(there) + rapid.IntRange(-1, 3).Draw(rt, "most")
						nominated := 0
						for _, other := range c.View.Node(id).Nominated() {
							if c.View.Pod(other).Spec().Priority >= 0 {
								nominated++
							}
						}
						if fits := r.Fits() == nil; fits != (len(there)+nominated <= plugin.most) {
							rt.Fatalf("%d pods and %d nominated, %d at most: fits %t", len(there), nominated, plugin.most, fits)
						}
					}
				}
				r.End()
			}
			return framework.PostFilterResult{Status: unfit}
		}}, level())
		if _, d := w.schedule(s); d == nil {
			rt.Fatal("a node was found")
		}
		if len(plugin.bad) > 0 {
			rt.Fatal(plugin.bad)
		}
		for id := range plugin.on {
			if d := cmp.Diff(sortedPods(before[id]), sortedPods(plugin.on[id])); d != "" {
				rt.Fatalf("node %d: %s", id, d)
			}
		}
		if err := w.c.Check(); err != nil {
			rt.Fatal(err)
		}
	})
}

// A pod tries the node alone for which it is nominated, and looks at the others
// only if it does not fit there.
func TestNominatedNodeIsTriedFirst(t *testing.T) {
	keep := make(map[models.NodeID]bool)
	asked := 0
	filter := filterBy{"F", func(n models.NodeID) *framework.Status {
		if asked++; keep[n] {
			return nil
		}
		return unfit
	}}
	for _, c := range []struct {
		name             string
		keep             []models.NodeID
		node             models.NodeID
		asked, evaluated int
	}{
		{"fits there", []models.NodeID{0, 2}, 2, 1, 1},
		{"fits elsewhere", []models.NodeID{0}, 0, 4, 3},
		{"fits nowhere", nil, models.None, 4, 3},
	} {
		w := newWorld(t, "", "", "")
		w.nominate(t, w.pod, 2)
		clear(keep)
		for _, id := range c.keep {
			keep[id] = true
		}
		asked = 0
		result, d := w.schedule(scan(Config{}, filter, level()))
		if result.Node != c.node || asked != c.asked || result.Evaluated != c.evaluated {
			t.Errorf("%s: node %d, asked %d times, evaluated %d; want %d, %d, %d", c.name, result.Node, asked, result.Evaluated, c.node, c.asked, c.evaluated)
		}
		if d != nil && d.Message() != "0/3 nodes are available: 3 Insufficient cpu." {
			t.Errorf("%s: %s", c.name, d.Message())
		}
	}
}

// Room for which another pod is nominated is kept from pods that are not more
// important, and from those only.
func TestNominatedPodKeepsItsRoom(t *testing.T) {
	for priority, free := range map[int32]bool{-1: true, 0: false, 1: false} {
		w := newWorld(t, "")
		w.nominate(t, w.add(t, priority, models.None), 0)
		if _, d := w.schedule(scan(Config{}, &census{most: 0}, level())); (d == nil) != free {
			t.Errorf("a pod of priority %d is nominated: found %t; want %t", priority, d == nil, free)
		}
	}
}

func TestPostFilterPluginsAreAskedInOrder(t *testing.T) {
	say := func(code framework.Code, text string) trier {
		return trier{try: func(*framework.Cycle, framework.DryRun) framework.PostFilterResult {
			return framework.PostFilterResult{Status: framework.NewStatus(code, text)}
		}}
	}
	makes := trier{try: func(*framework.Cycle, framework.DryRun) framework.PostFilterResult {
		return framework.PostFilterResult{Override: true, Nominated: 1}
	}}
	breaks := trier{try: func(*framework.Cycle, framework.DryRun) framework.PostFilterResult {
		return framework.PostFilterResult{Err: fmt.Errorf("not found")}
	}}
	gives := trier{try: func(*framework.Cycle, framework.DryRun) framework.PostFilterResult {
		return framework.PostFilterResult{Status: unfit, Override: true, Nominated: models.None}
	}}
	u, x := framework.Unschedulable, framework.UnschedulableAndUnresolvable
	for _, c := range []struct {
		name    string
		plugins []framework.Plugin
		text    string
		room    framework.PostFilterResult
	}{
		{"none", nil, "", framework.PostFilterResult{Override: true, Nominated: models.None}},
		{"all in vain", []framework.Plugin{say(u, "a"), say(u, "b")}, " a, b", framework.PostFilterResult{}},
		{"the second makes room", []framework.Plugin{say(u, "a"), makes, say(u, "b")}, "", framework.PostFilterResult{Override: true, Nominated: 1}},
		{"the second is sure", []framework.Plugin{say(u, "a"), say(x, "b"), makes}, " b", framework.PostFilterResult{}},
		{"the first fails", []framework.Plugin{breaks, makes}, " not found", framework.PostFilterResult{}},
		{"the first takes the nomination back", []framework.Plugin{gives, say(u, "b")}, " Insufficient cpu, b",
			framework.PostFilterResult{Override: true, Nominated: models.None}},
	} {
		w := newWorld(t, "", "")
		plugins := append([]framework.Plugin{filterBy{"F", func(models.NodeID) *framework.Status { return unfit }}, level()}, c.plugins...)
		_, d := w.schedule(scan(Config{}, plugins...))
		if got, want := d.Message(), "0/2 nodes are available: 2 Insufficient cpu."+c.text; got != want {
			t.Errorf("%s: %q; want %q", c.name, got, want)
		}
		if d.Room.Override != c.room.Override || c.room.Override && d.Room.Nominated != c.room.Nominated {
			t.Errorf("%s: %+v; want %+v", c.name, d.Room, c.room)
		}
	}
}
