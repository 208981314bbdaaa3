package plugins

import (
	"fmt"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// largeCluster has n nodes of ten kinds, half of them too full for the pod.
func largeCluster(t testing.TB, n int) (*bed, *framework.Cycle) {
	b := newBed(t)
	gpu, soft := b.resource("nvidia.com/gpu"), models.Taint{Key: b.d.Sym("soft"), Effect: models.PreferNoSchedule}
	image := b.d.Sym("app:1")
	for i := range n {
		node := b.node(fmt.Sprintf("node-%d", i), func(s *models.NodeSpec) {
			s.Labels = b.labels(fmt.Sprintf("zone=z%d", i%3), fmt.Sprintf("kubernetes.io/hostname=node-%d", i))
			s.Allocatable[gpu] = int64(i % 2)
			if i%5 == 0 {
				s.Taints = []models.Taint{soft}
				s.Images = []models.NodeImage{{Name: image, Size: 300 * mi}}
			}
		})
		b.place(node, want(int64(i%10)*400, int64(i%10)*mi*512))
	}
	return b, b.cycle(want(2000, gi), func(s *models.PodSpec) {
		s.NodeSelector = b.labels("zone=z1")
		s.PreferredTerms = []models.PreferredTerm{{Weight: 10, Term: term(b.requirement("zone", models.In, "z1", "z2"))}}
		s.Containers = []models.Container{{Image: image}}
		s.HostPorts = []models.HostPort{{Port: 80}}
	})
}

func construct(t testing.TB, b *bed) (filters []framework.Filter, scores []framework.Score) {
	for _, e := range Table() {
		p, err := e.New(nil, b.d)
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := p.(framework.Filter); ok {
			filters = append(filters, f)
		}
		if s, ok := p.(framework.Score); ok {
			scores = append(scores, s)
		}
	}
	return filters, scores
}

// scan asks every plugin about every node, whatever the others said.
func scan(c *framework.Cycle, filters []framework.Filter, scores []framework.Score) (rejected int, total int64) {
	for id := range models.NodeID(c.Nodes) {
		n := framework.Node{Node: c.View.Node(id)}
		for _, f := range filters {
			if f.Filter(c, n).Rejected() {
				rejected++
			}
		}
		for _, s := range scores {
			total += s.Score(c, n)
		}
	}
	return rejected, total
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	b, c := largeCluster(t, 50)
	filters, scores := construct(t, b)
	if rejected, total := scan(c, filters, scores); rejected == 0 || total == 0 {
		t.Fatalf("the cluster shows nothing: %d rejections, scores of %d", rejected, total)
	}
	if n := testing.AllocsPerRun(10, func() { scan(c, filters, scores) }); n != 0 {
		t.Errorf("%v allocations over 50 nodes", n)
	}
}

func BenchmarkFilterAndScore5000Nodes(b *testing.B) {
	bed, c := largeCluster(b, 5000)
	filters, scores := construct(b, bed)
	scan(c, filters, scores)
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			scan(c, filters, scores)
		}
	})
	for _, f := range filters {
		b.Run("Filter/"+f.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scan(c, []framework.Filter{f}, nil)
			}
		})
	}
	for _, s := range scores {
		b.Run("Score/"+s.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scan(c, nil, []framework.Score{s})
			}
		})
	}
}
