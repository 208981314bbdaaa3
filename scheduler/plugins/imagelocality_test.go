package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestImageLocalityPrefersNodesThatHoldTheImages(t *testing.T) {
	type images map[string]int64 // MiB
	for _, test := range []struct {
		name       string
		nodes      []images
		containers []string
		want       []int64
	}{
		// 500 MiB on 1 of 2 nodes: 250; 100·(250−23)/(1000−23) = 23.2.
		{"one image on one of two nodes", []images{{"a": 500}, {}}, []string{"a"}, []int64{23, 0}},
		// 500 MiB on both: 100·477/977 = 48.8.
		{"one image on both", []images{{"a": 500}, {"a": 500}}, []string{"a"}, []int64{48, 48}},
		// Two containers: the most is 2000; 100·(250+150−23)/1977 = 19.07.
		{"two images", []images{{"a": 500, "b": 300}, {}}, []string{"a", "b"}, []int64{19, 0}},
		// The same image twice: 100·(250+250−23)/1977 = 24.1.
		{"one image in two containers", []images{{"a": 500}, {}}, []string{"a", "a"}, []int64{24, 0}},
		{"exactly the least", []images{{"a": 23}}, []string{"a"}, []int64{0}},
		{"below the least", []images{{"a": 22}}, []string{"a"}, []int64{0}},
		{"exactly the most", []images{{"a": 1000}}, []string{"a"}, []int64{100}},
		{"above the most", []images{{"a": 5000}}, []string{"a"}, []int64{100}},
		{"an image without size", []images{{"a": 0}}, []string{"a"}, []int64{0}},
		{"another image", []images{{"b": 500}}, []string{"a"}, []int64{0}},
		{"no container", []images{{"a": 500}}, nil, []int64{0}},
	} {
		b := newBed(t)
		p := b.plugin("ImageLocality", nil).(framework.Score)
		for _, held := range test.nodes {
			b.node("node", func(s *models.NodeSpec) {
				for _, name := range []string{"a", "b"} {
					if size, ok := held[name]; ok {
						s.Images = append(s.Images, models.NodeImage{Name: b.d.Sym(name), Size: size * mi})
					}
				}
			})
		}
		c := b.cycle(func(s *models.PodSpec) {
			for i, image := range test.containers {
				kind := models.AppContainer
				if i == 1 {
					kind = models.InitContainer // counts as app containers do
				}
				s.Containers = append(s.Containers, models.Container{Image: b.d.Sym(image), Kind: kind})
			}
		})
		for i, want := range test.want {
			if got := p.Score(c, framework.Node{Node: c.View.Node(models.NodeID(i))}); got != want {
				t.Errorf("%s: node %d: got %d, want %d", test.name, i, got, want)
			}
		}
	}
}

func TestImageLocalitySeesImagesThatWerePulled(t *testing.T) {
	b := newBed(t)
	p := b.plugin("ImageLocality", nil).(framework.Score)
	n := b.node("node")
	image := b.d.Sym("a:latest")
	c := b.cycle(func(s *models.PodSpec) { s.Containers = []models.Container{{Image: image}} })
	before := p.Score(c, n)
	b.apply(models.Op{Kind: models.OpPullImage, Node: n.ID(), Name: image, Arg: 500 * mi})
	if after := p.Score(c, n); before != 0 || after != 48 {
		t.Errorf("got %d before and %d after the pull, want 0 and 48", before, after)
	}
}
