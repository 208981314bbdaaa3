package kubescheduler

// Bulk says what a world for measurements is like.
type Bulk struct {
	Nodes    int
	Features Features
	Fill     int // pods that come while the cluster fills
	Steady   int // pods that come afterwards, each after one has left
	Seed     uint64
}

// templates is how many kinds of pods there are: as many as a cluster of that size
// has workloads.
func (b *Bulk) templates() int { return max(10, min(b.Nodes/10, 100)) }

// GenerateBulk returns a world for measurements: nodes join, pods of some kinds
// fill the cluster, then pods come and go. It also returns the step at which the
// latter begins. Every node is looked at.
func GenerateBulk(b Bulk) (World, int) {
	g := newGenerator(b.Seed, 0x62756c6b)
	g.features, g.zones, g.tainted, g.world.Percentage = b.Features&^Gates, 3, 0.05, 100
	g.define()
	for range b.Nodes {
		g.join()
	}
	g.scheduling = true
	var kinds []Object
	for len(kinds) < b.templates() {
		if kind := g.pod(g.podName()); g.lawful(kind) {
			kinds = append(kinds, kind)
		}
	}
	arrive := func() {
		pod := again(oneOf(g, kinds...), g.podName())
		name := pod["metadata"].(Object)["name"].(string)
		g.world.Steps = append(g.world.Steps, newStep(SchedulePod, name, pod))
		g.placed = append(g.placed, name)
	}
	for range b.Fill {
		arrive()
	}
	steady := len(g.world.Steps)
	for range b.Steady {
		g.leave()
		arrive()
	}
	return g.world, steady
}

func (g *generator) lawful(pod Object) bool {
	_, err := g.server.pod(newStep(SchedulePod, "", pod).Object)
	return err == nil
}
