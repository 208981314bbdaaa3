package reports

import (
	"io"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// BenchmarkObserve runs pods of Deployments through their lives, seven
// operations each, with and without a recorder: the difference is the
// recorder's.
func BenchmarkObserve(b *testing.B) {
	for _, c := range []struct {
		name     string
		recorder bool
		config   Config
	}{
		{"cluster alone", false, Config{}},
		{"folds", true, Config{}},
		{"folds and pods.csv", true, Config{Pods: io.Discard}},
		{"folds and events.jsonl", true, Config{Events: io.Discard}},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := &world{t: b, d: models.NewDictionary()}
			w.c = cluster.New(w.d, nil)
			if c.recorder {
				r, err := NewRecorder(c.config, w.c.View())
				if err != nil {
					b.Fatal(err)
				}
				w.c.Observe(r)
			}
			w.lives(b)
		})
	}
}

func (w *world) lives(b *testing.B) {
	var nodes []models.NodeID
	for range 1000 {
		nodes = append(nodes, w.node("node", "", 1<<40, 1<<60))
	}
	var sets []models.OwnerID
	for range 100 {
		_, set := w.deployment("web", 10)
		sets = append(sets, set)
	}
	spec := w.spec(100, mebi)
	fail := w.d.Sym("0/1000 nodes are available: 1000 Insufficient cpu.")
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += 7 {
		w.now += models.Time(10 * time.Millisecond)
		pod := w.podOf(sets[i%len(sets)], spec)
		w.apply(models.Op{Kind: models.OpFailScheduling, Pod: pod, Message: fail})
		w.run(pod, nodes[i%len(nodes)])
		w.now += models.Time(10 * time.Millisecond)
		w.end(pod, int64(i&1))
		w.remove(pod)
	}
}
