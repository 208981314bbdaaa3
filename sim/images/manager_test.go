package images

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

// world is a cluster with pods on nodes, and the managers of these.
type world struct {
	*cluster.Cluster
	*Manager
	images []models.Sym
	specs  []models.SpecID // a pod of each image
	now    models.Time
}

// newWorld makes nodes, and images of these sizes that come from registries in turn.
func newWorld(c Config, nodes int, sizes ...int64) *world {
	d := models.NewDictionary()
	w := &world{Cluster: cluster.New(d, nil)}
	c.Images = make(map[models.Sym]Image)
	for i, size := range sizes {
		image := d.Sym(fmt.Sprint("image:", i))
		c.Images[image] = Image{Size: size, Registry: int32(i % max(len(c.Registries), 1))}
		w.images = append(w.images, image)
		w.specs = append(w.specs, w.DefinePod(&models.PodSpec{Containers: []models.Container{{Image: image}}}))
	}
	spec := int32(w.DefineNode(&models.NodeSpec{Name: d.Sym("n")}))
	for id := range nodes {
		w.must(models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: spec})
	}
	w.Manager = New(c, w.Cluster.View(), kernel.NewStreams(1))
	return w
}

func (w *world) must(op models.Op) {
	if err := w.Cluster.Apply(w.now, &op); err != nil {
		panic(err)
	}
}

// ask lets a new pod ask for an image on a node.
func (w *world) ask(node models.NodeID, image int) (models.PodID, Answer) {
	v := w.Cluster.View()
	id := models.PodID(v.Pods())
	w.must(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(w.specs[image]), Name: w.Dictionary().Sym(fmt.Sprint("p", id)), Ordinal: models.Exact})
	w.must(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
	answer, _ := w.Ensure(w.now, v.Pod(id), 0)
	return id, answer
}

// advance lets happen what is next, and returns what has become of pulls.
func (w *world) advance() (list []Outcome) {
	w.now = max(w.now, w.Next())
	w.Advance(w.now)
	for {
		out, ok := w.Outcome()
		if !ok {
			return list
		}
		if out.Reason == "" && !w.Holds(out.Node, out.Image) {
			w.must(models.Op{Kind: models.OpPullImage, Node: out.Node, Name: out.Image, Arg: out.Size})
			w.Arrived(w.now, out.Node, out.Image)
		}
		list = append(list, out)
	}
}

// What comes over links adds up to the sizes of images, no link carries more than it
// can, and no flow could be faster without making one slower that is not faster than
// it. Pulls of a node begin in the order in which they were asked for, and no more of
// them go on than the kubelet allows.
func TestPullsShareLinksFairly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bandwidth := rapid.SampledFrom([]int64{0, 1, 7, 100, 1_000_003})
		latency := kernel.Constant(float64(rapid.IntRange(0, 2).Draw(t, "latency")))
		c := Config{
			Registries: []Registry{{Bandwidth: bandwidth.Draw(t, "a"), Latency: latency}, {Bandwidth: bandwidth.Draw(t, "b")}},
			Nodes:      Node{Bandwidth: bandwidth.Draw(t, "node"), Parallel: rapid.IntRange(0, 3).Draw(t, "parallel")},
		}
		sizes := rapid.SliceOfN(rapid.Int64Range(1, 2000), 1, 8).Draw(t, "sizes")
		nodes := rapid.IntRange(1, 4).Draw(t, "nodes")
		w := newWorld(c, nodes, sizes...)
		asked := make(map[models.NodeID][]models.PodID)
		begun := make(map[models.PodID]models.Time)
		came, answered, coming := make(map[*flow]int64), 0, 0 // bytes times nanoseconds a second
		for step := 0; step < 60 && (step < 30 || w.Next() != models.Never); step++ {
			rates, began := make(map[*flow]int64), w.now
			for _, n := range w.nodes {
				for _, f := range flowsOf(n) {
					rates[f] = f.rate
				}
			}
			if step < 30 && rapid.Bool().Draw(t, "ask") {
				node := models.NodeID(rapid.IntRange(0, nodes-1).Draw(t, "on"))
				pod, answer := w.ask(node, rapid.IntRange(0, len(sizes)-1).Draw(t, "image"))
				if answer == Coming {
					coming++
					asked[node] = append(asked[node], pod)
				}
			} else if w.Next() != models.Never {
				for _, out := range w.advance() {
					begun[out.Pod] = w.now.Add(-out.Took)
					answered++
				}
			}
			for f, rate := range rates {
				if rate < math.MaxInt64 {
					came[f] += rate * int64(w.now-began)
				}
				if whole := f.size * int64(time.Second); f.heap < 0 && rate < math.MaxInt64 && (came[f] < whole || came[f] >= whole+rate) {
					t.Fatalf("%d billionths of a byte came of %d bytes; rate %d since %s now %s left %d parts %d", came[f], f.size, rate, f.since, w.now, f.left, f.parts)
				}
			}
			w.check(t, c.Nodes.Parallel)
		}
		for node, pods := range asked {
			last := models.Time(0)
			for _, pod := range pods {
				if at, ended := begun[pod]; ended {
					if at < last {
						t.Fatalf("node %d: the pull of pod %d began at %s, before those that were asked for earlier (%s)", node, pod, at, last)
					}
					last = at
				}
			}
		}
		if w.Next() == models.Never && answered != coming {
			t.Fatalf("%d pulls of %d came to an end", answered, coming)
		}
	})
}

func flowsOf(n *node) []*flow {
	if n == nil {
		return nil
	}
	return n.link.flows
}

// check looks at every link and every flow.
func (w *world) check(t *rapid.T, parallel int) {
	var links []*link
	for _, n := range w.nodes {
		if n == nil {
			continue
		}
		if parallel > 0 && n.active > parallel {
			t.Fatalf("%d pulls at a time; want %d", n.active, parallel)
		}
		links = append(links, &n.link)
	}
	for i := range w.registries {
		links = append(links, &w.registries[i].link)
	}
	for _, l := range links {
		if l.bandwidth > 0 && l.load() > max(l.bandwidth, int64(len(l.flows))) {
			t.Fatalf("%d bytes a second over a link of %d", l.load(), l.bandwidth)
		}
	}
	for _, n := range w.nodes {
		for _, f := range flowsOf(n) {
			if f.left > 0 && !f.bound(&f.node.link) && !f.bound(&f.registry.link) {
				t.Fatalf("a flow of %d bytes a second could be faster", f.rate)
			}
		}
	}
}

func (l *link) load() (sum int64) {
	for _, f := range l.flows {
		sum += f.rate
	}
	return sum
}

// bound reports whether a link is full and has no faster flow, but for rounding.
func (f *flow) bound(l *link) bool {
	slack := int64(len(l.flows))
	if l.bandwidth == 0 || l.load()+slack <= l.bandwidth {
		return false
	}
	for _, other := range l.flows {
		if other.rate > f.rate+slack {
			return false
		}
	}
	return true
}

func TestQueueAndLinks(t *testing.T) {
	type at = map[models.PodID]time.Duration
	for name, test := range map[string]struct {
		node  Node
		sizes []int64
		asks  []int // images, by pods of one node
		want  at
	}{
		"one after the other":       {Node{Bandwidth: 10, Parallel: 1}, []int64{10, 20}, []int{0, 1}, at{0: time.Second, 1: 3 * time.Second}},
		"side by side":              {Node{Bandwidth: 10}, []int64{10, 20}, []int{0, 1}, at{0: 2 * time.Second, 1: 3 * time.Second}},
		"two at a time":             {Node{Bandwidth: 10, Parallel: 2}, []int64{10, 10, 10}, []int{0, 1, 2}, at{0: 2 * time.Second, 1: 2 * time.Second, 2: 3 * time.Second}},
		"the same image once":       {Node{Bandwidth: 10}, []int64{10}, []int{0, 0, 0}, at{0: time.Second, 1: time.Second, 2: time.Second}},
		"the same image in a queue": {Node{Bandwidth: 10, Parallel: 1}, []int64{10}, []int{0, 0}, at{0: time.Second, 1: time.Second}},
		"no bound":                  {Node{}, []int64{1 << 40}, []int{0}, at{0: 0}},
		"parts of a byte":           {Node{Bandwidth: 3}, []int64{1, 1}, []int{0, 1}, at{0: 666_666_667, 1: 500_000_000}},
	} {
		w := newWorld(Config{Nodes: test.node}, 1, test.sizes...)
		for _, image := range test.asks {
			w.ask(0, image)
		}
		got := make(at)
		for w.Next() != models.Never {
			for _, out := range w.advance() {
				got[out.Pod] = time.Duration(w.now)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: got %v; want %v", name, got, test.want)
		}
	}
}

func TestTokens(t *testing.T) {
	n := &Node{QPS: 5, Burst: 10}
	l := limiter{tokens: 10 * token}
	accepted := func(at time.Duration, asked int) (n1 int) {
		for range asked {
			if l.accept(models.Time(at), n) {
				n1++
			}
		}
		return n1
	}
	for i, step := range []struct {
		at         time.Duration
		asks, want int
	}{{0, 12, 10}, {100 * time.Millisecond, 1, 0}, {200 * time.Millisecond, 2, 1}, {time.Second, 9, 4}, {time.Hour, 30, 10}} {
		if got := accepted(step.at, step.asks); got != step.want {
			t.Errorf("step %d: %d of %d pulls; want %d", i, got, step.asks, step.want)
		}
	}
}

func TestBackOffOfPulls(t *testing.T) {
	b := &backOff{}
	var waits []time.Duration
	now := models.Time(0)
	for range 8 {
		b.fail(now, "")
		waits = append(waits, b.wait)
		if b.wait > 0 && (!b.inBackOff(now.Add(b.wait-1)) || b.inBackOff(now.Add(b.wait))) {
			t.Errorf("the back-off of %s does not end after it", b.wait)
		}
		now = now.Add(b.wait)
	}
	s := time.Second
	if want := []time.Duration{10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 300 * s, 300 * s, 300 * s}; !slices.Equal(waits, want) {
		t.Errorf("got %v; want %v", waits, want)
	}
	if b.fail(now.Add(601*s), ""); b.wait != 10*s {
		t.Errorf("after ten minutes the back-off is %s", b.wait)
	}
}

func TestNamesOfImages(t *testing.T) {
	for image, want := range map[string][2]string{
		"nginx:1": {"docker.io/library/nginx:1", "docker.io"}, "a/b:1": {"docker.io/a/b:1", "docker.io"}, "quay.io/a/b:1": {"quay.io/a/b:1", "quay.io"},
		"localhost/a:1": {"localhost/a:1", "localhost"}, "hub:5000/a:1": {"hub:5000/a:1", "hub:5000"},
	} {
		if got := [2]string{reference(image), Host(image)}; got != want {
			t.Errorf("%s: got %v; want %v", image, got, want)
		}
	}
}
