package kubescheduler

import (
	"fmt"
	"math/rand/v2"
)

// generator draws a world. Everything comes from one stream, so a seed is a world.
type generator struct {
	*rand.Rand
	nodes      []string
	zones      int
	small      bool // nodes have room for few pods
	tainted    float64
	world      World
	placed     []string        // pods that may leave
	ported     map[string]bool // nodes with a bound pod that may take host ports
	pods       int
	scheduling bool // the first pod has been scheduled
	// Refused counts pods that were drawn and that an API server would refuse.
	refused int
}

// Generate returns the world of a seed.
func Generate(seed uint64) World {
	world, _ := generate(seed)
	return world
}

func generate(seed uint64) (World, int) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x6b7562652d736368))}
	g.world.Seed = seed
	g.ported = make(map[string]bool)
	nodes := g.size()
	g.zones, g.small, g.tainted = g.IntN(5), g.chance(0.4), oneOf(g, 0, 0.1, 0.4)
	g.world.Percentage = oneOf[int32](g, 0, 0, 0, 100, 100, 35, 60)
	late := 0
	if g.chance(0.3) {
		late = g.IntN(nodes/4 + 1)
	}
	for range nodes - late {
		g.join()
	}
	for range g.IntN(2*nodes + 1) {
		g.arriveBound()
	}
	for range 10 + g.IntN(min(3*nodes, 110)) {
		g.schedule()
		switch {
		case g.chance(0.12):
			g.leave()
		case g.chance(0.05):
			g.arriveBound()
		case late > 0 && g.chance(0.2):
			late--
			g.join()
		}
	}
	return g.world, g.refused
}

// size draws a number of nodes: mostly few, as those worlds are read by people,
// and often enough to let the search for feasible nodes stop early.
func (g *generator) size() int {
	switch x := g.Float64(); {
	case x < 0.45:
		return 1 + g.IntN(12)
	case x < 0.75:
		return 13 + g.IntN(87)
	}
	return 100 + g.IntN(201)
}

func (g *generator) chance(p float64) bool { return g.Float64() < p }

func oneOf[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

// upTo draws between 0 and most values, the few being likelier.
func upTo(g *generator, most int) int { return min(g.IntN(most+1), g.IntN(most+1)) }

// sublist draws some of a list, in its order, each with probability p.
func sublist[T any](g *generator, p float64, of ...T) []T {
	var out []T
	for _, x := range of {
		if g.chance(p) {
			out = append(out, x)
		}
	}
	return out
}

func (g *generator) join() {
	name := fmt.Sprintf("node-%d", len(g.nodes))
	g.nodes = append(g.nodes, name)
	g.world.Steps = append(g.world.Steps, newStep(JoinNode, name, g.node(name)))
}

func (g *generator) podName() string {
	g.pods++
	return fmt.Sprintf("pod-%d", g.pods)
}

func (g *generator) arriveBound() {
	pod := g.pod(g.podName())
	spec := pod["spec"].(Object)
	delete(spec, "schedulingGates")
	node := oneOf(g, g.nodes...)
	spec["nodeName"] = node
	// The real scheduler forgets a port that two pods hold as soon as one of
	// them leaves. Only pods that were bound past it can share one.
	if g.scheduling || g.ported[node] {
		dropPorts(spec)
	}
	g.ported[node] = true
	if g.chance(0.7) {
		pod["status"] = Object{"phase": oneOf(g, "Running", "Running", "Pending")}
	}
	g.pushPod(ArriveBound, pod)
}

func dropPorts(spec Object) {
	for _, list := range []string{"containers", "initContainers"} {
		containers, _ := spec[list].([]any)
		for _, c := range containers {
			delete(c.(Object), "ports")
		}
	}
}

func (g *generator) schedule() {
	g.scheduling = true
	pod := g.pod(g.podName())
	for range 1 + upTo(g, 4) { // some in a row are alike, as replicas are
		g.pushPod(SchedulePod, pod)
		copied := Object{"metadata": Object{"name": g.podName()}}
		for key, value := range pod {
			if key != "metadata" {
				copied[key] = value
			}
		}
		pod = copied
	}
}

func (g *generator) pushPod(kind StepKind, pod Object) {
	name := pod["metadata"].(Object)["name"].(string)
	step := newStep(kind, name, pod)
	if _, err := admitPod(step.Object); err != nil {
		g.refused++
		return
	}
	g.world.Steps = append(g.world.Steps, step)
	g.placed = append(g.placed, name)
}

func (g *generator) leave() {
	if len(g.placed) == 0 {
		return
	}
	i := g.IntN(len(g.placed))
	g.world.Steps = append(g.world.Steps, Step{Kind: LeavePod, Name: g.placed[i]})
	g.placed = append(g.placed[:i], g.placed[i+1:]...)
}
