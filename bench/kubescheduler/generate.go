package kubescheduler

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// generator draws a world. Everything comes from one stream, so a seed is a world.
type generator struct {
	*rand.Rand
	features Features
	server   *apiServer
	nodes    []string
	zones    int
	small    bool // nodes have room for few pods
	tainted  float64
	world    World
	placed   []string // pods that may leave
	ended    map[string]bool
	ported   map[string]bool // nodes with a bound pod that may take host ports
	pods     int
	claims   []claim
	owners   []owner
	// scheduling tells that the first pod has been scheduled.
	scheduling bool
	// refused counts pods that were drawn and that an API server would refuse.
	refused int
}

func newGenerator(seed, stream uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, stream)), server: newAPIServer(),
		ended: make(map[string]bool), ported: make(map[string]bool)}
	g.world.Seed = seed
	return g
}

// dress draws what kind of world it is.
func (g *generator) dress() {
	g.features = allFeatures
	if g.chance(0.6) {
		g.features = Features(g.Uint32() & g.Uint32() & allFeatures)
	}
	g.zones, g.small, g.tainted = g.IntN(5), g.chance(0.4), oneOf(g, 0, 0.1, 0.4)
	g.world.Percentage = oneOf[int32](g, 0, 0, 0, 100, 100, 35, 60)
}

func (g *generator) has(f Features) bool { return g.features&f != 0 }

// Generate returns the world of a seed: a history.
func Generate(seed uint64) World {
	world, _ := generate(seed)
	return world
}

func generate(seed uint64) (World, int) {
	g := newGenerator(seed, 0x6b7562652d736368)
	nodes := g.size()
	g.dress()
	g.define()
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
	restless := oneOf(g, 0, 0, 0.1, 0.3)
	for range 10 + g.IntN(min(3*nodes, 90)) {
		g.schedule()
		switch {
		case g.chance(0.12):
			g.leave()
		case g.chance(0.05):
			g.arriveBound()
		case g.chance(0.04):
			g.arriveWaiting()
		case g.chance(0.06):
			g.end()
		case late > 0 && g.chance(0.2):
			late--
			g.join()
		}
		if g.chance(restless) {
			g.change()
		}
	}
	return g.world, g.refused
}

// GenerateStill returns the world of a seed that stands still: a cluster and pods
// to be placed in it.
func GenerateStill(seed uint64) World {
	g := newGenerator(seed, 0x706c616365)
	nodes := g.size()
	g.dress()
	g.world.Preempt, g.world.QueueOrder, g.world.SmallestName = g.chance(0.6), g.chance(0.4), g.chance(0.5)
	if g.world.Preempt {
		g.features |= Priority
		if g.chance(0.8) { // else too many nodes would have room
			nodes, g.small = min(nodes, 12+g.IntN(30)), true
		}
	}
	g.define()
	for range nodes {
		g.join()
	}
	bound := g.IntN(3*nodes + 1)
	if g.world.Preempt {
		bound = nodes * (1 + g.IntN(5))
	}
	for range bound {
		g.arriveBound()
	}
	for range 5 + g.IntN(min(3*nodes, 60)) {
		g.schedule()
	}
	return g.world
}

// size draws a number of nodes: mostly few, as those worlds are read by people,
// and often enough to let the search for feasible nodes stop early.
func (g *generator) size() int {
	switch x := g.Float64(); {
	case x < 0.5:
		return 1 + g.IntN(12)
	case x < 0.8:
		return 13 + g.IntN(60)
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
	if g.has(Volumes) && g.chance(0.7) {
		g.csiNode(name)
	}
	g.world.Steps = append(g.world.Steps, newStep(JoinNode, name, g.node(name)))
}

// push adds an object that is there from the start.
func (g *generator) push(o Object) {
	name, _ := o["metadata"].(Object)["name"].(string)
	step := newStep(DefineObject, name, o)
	if _, err := g.server.define(step.Object); err != nil {
		panic(fmt.Sprintf("generated object cannot be read: %v", err))
	}
	first := slices.IndexFunc(g.world.Steps, func(s Step) bool { return s.Kind != DefineObject })
	if first < 0 {
		first = len(g.world.Steps)
	}
	g.world.Steps = slices.Insert(g.world.Steps, first, step)
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
	status := Object{}
	if g.chance(0.7) {
		status["phase"] = oneOf(g, "Running", "Running", "Pending")
	}
	if g.chance(0.6) {
		status["startTime"] = fmt.Sprintf("2025-12-%02dT%02d:00:00Z", 1+g.IntN(31), g.IntN(24))
	}
	if len(status) > 0 {
		pod["status"] = status
	}
	g.pushPod(ArriveBound, pod)
}

// arriveWaiting lets a pod wait for the room that is made for it on a node.
func (g *generator) arriveWaiting() {
	pod := g.pod(g.podName())
	spec := pod["spec"].(Object)
	delete(spec, "schedulingGates")
	delete(spec, "schedulerName")
	dropPorts(spec)
	pod["status"] = Object{"phase": "Pending", "nominatedNodeName": oneOf(g, g.nodes...)}
	g.pushPod(ArriveWaits, pod)
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
	if g.world.Preempt && g.chance(0.1) && !hindered(pod["spec"].(Object)) {
		pod["status"] = Object{"nominatedNodeName": oneOf(g, g.nodes...)}
	}
	for range 1 + upTo(g, 4) { // some in a row are alike, as replicas are
		g.pushPod(SchedulePod, pod)
		pod = again(pod, g.podName())
	}
}

// hindered reports whether the scheduler would not try a pod, so that no node can
// have been nominated for it.
func hindered(spec Object) bool {
	return spec["schedulerName"] != nil || spec["schedulingGates"] != nil
}

// again returns another pod of the same kind.
func again(pod Object, name string) Object {
	copied, metadata := Object{}, Object{}
	for key, value := range pod {
		copied[key] = value
	}
	for key, value := range pod["metadata"].(Object) {
		metadata[key] = value
	}
	metadata["name"] = name
	copied["metadata"] = metadata
	return copied
}

func (g *generator) pushPod(kind StepKind, pod Object) {
	name := pod["metadata"].(Object)["name"].(string)
	step := newStep(kind, name, pod)
	if _, err := g.server.pod(step.Object); err != nil {
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

func (g *generator) end() {
	if len(g.placed) > 0 {
		g.world.Steps = append(g.world.Steps, Step{Kind: EndPod, Name: oneOf(g, g.placed...)})
	}
}

// change draws a change of a node.
func (g *generator) change() {
	change := Change{Kind: oneOf(g, "cordon", "uncordon", "label", "label", "unlabel", "taint", "untaint", "resize")}
	switch change.Kind {
	case "label", "unlabel":
		change.Key = oneOf(g, "disk", "example.com/pool", "generation", "example.com/rack", zoneKey)
		if change.Kind == "label" {
			change.Value = oneOf(g, "a", "b", "ssd", "hdd", "7")
			if change.Key == zoneKey {
				change.Value = fmt.Sprintf("zone-%d", g.IntN(4))
			}
		}
	case "taint", "untaint":
		change.Key = oneOf(g, "dedicated", "maintenance", "node.kubernetes.io/not-ready")
		change.Effect = oneOf(g, "NoSchedule", "PreferNoSchedule", "NoExecute")
	case "resize":
		change.Key = oneOf(g, "cpu", "memory", "pods")
		change.Amount = map[string]int64{"cpu": int64(500 * g.IntN(12)), "memory": int64(g.IntN(12)) << 30, "pods": int64(g.IntN(12))}[change.Key]
	}
	g.world.Steps = append(g.world.Steps, Step{Kind: ChangeNode, Name: oneOf(g, g.nodes...), Change: change})
}
