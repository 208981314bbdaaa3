package engine

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// collector likes nodes that hold images of the pod, and counts how many it was
// asked about.
type collector struct{ asked int }

func (*collector) Name() string           { return "Collector" }
func (*collector) Reads() framework.Reads { return framework.ReadsImages }
func (p *collector) Score(c *framework.Cycle, n framework.Node) int64 {
	p.asked++
	score := int64(0)
	for _, held := range n.Images() {
		for _, container := range c.Spec.Containers {
			if container.Image == held.Name {
				score += worth(c, held.Name)
			}
		}
	}
	return score
}

func worth(c *framework.Cycle, image models.Sym) int64 {
	return c.View.ImageSize(image) * int64(c.View.NodesWithImage(image))
}

// sharer is a collector that tells what images are worth.
type sharer struct{ collector }

func (*sharer) ImageShare(c *framework.Cycle, image models.Sym) int64 { return worth(c, image) }

func TestScoresFollowImagesThatArrive(t *testing.T) {
	holders, shares := new(collector), new(sharer)
	for _, test := range []struct {
		name   string
		plugin framework.Plugin
		asked  *int
		again  int // nodes asked about at first, and after an image without worth arrived
	}{
		{"holders", holders, &holders.asked, 3},
		{"shares", shares, &shares.asked, 0},
	} {
		w := newWorld(t, "", "", "")
		d := w.c.Dictionary()
		large, empty := d.Sym("large"), d.Sym("empty")
		w.pod = 1
		spec := w.c.DefinePod(&models.PodSpec{Containers: []models.Container{{Image: large}, {Image: empty}}})
		w.apply(t, models.Op{Kind: models.OpCreatePod, Pod: w.pod, Def: int32(spec), Owner: models.None, Ordinal: models.Exact})
		config := Config{Percentage: 100, Ties: TiesFirst, Plugins: []Weighted{{Plugin: test.plugin, Weight: 1}}}
		e := NewIncremental(config, new(Nodes))
		for i, step := range []struct {
			node, want models.NodeID
			image      models.Sym
			size       int64
			again      int
		}{
			{node: models.None, want: 0, again: test.again},
			{node: models.None, want: 0, again: 0},
			{node: 2, image: empty, want: 0, again: test.again},
			{node: 1, image: empty, want: 0, again: test.again},
			{node: 2, image: large, size: 7, want: 2, again: 3},
			{node: 1, image: large, size: 7, want: 1, again: 3},
		} {
			if step.node != models.None {
				w.apply(t, models.Op{Kind: models.OpPullImage, Node: step.node, Name: step.image, Arg: step.size})
			}
			before := *test.asked
			if got, _ := e.Schedule(w.c.View(), w.pod); got.Node != step.want {
				t.Errorf("%s: step %d: node %d; want %d", test.name, i, got.Node, step.want)
			}
			if got := *test.asked - before; got != step.again {
				t.Errorf("%s: step %d: asked about %d nodes; want %d", test.name, i, got, step.again)
			}
		}
	}
}
