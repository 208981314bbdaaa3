package engine

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// warden keeps pods off the node with the number of their tolerations, and off
// tainted nodes. It counts how many nodes it was asked about.
type warden struct{ asked int }

func (*warden) Name() string                                      { return "Warden" }
func (*warden) Reads() framework.Reads                            { return framework.ReadsNodeFacts }
func (*warden) ReadsPodParts() (filter, score framework.PodParts) { return framework.PodTolerations, 0 }
func (p *warden) Filter(c *framework.Cycle, n framework.Node) *framework.Status {
	p.asked++
	if len(c.Spec.Tolerations) == int(n.ID()) || len(n.Taints()) > 0 {
		return unfit
	}
	return nil
}

func TestClassesShareWhatIsSaidOfTheirCommonParts(t *testing.T) {
	w := newWorld(t, "", "", "")
	p := new(warden)
	config := Config{Percentage: 100, Ties: TiesFirst, Plugins: []Weighted{{Plugin: p}, {Plugin: level(), Weight: 1}}}
	e := NewIncremental(config, new(Nodes))
	for i, step := range []struct {
		cpu         int64
		tolerations int
		tainted     []models.NodeID
		want        models.NodeID
		asked       int
	}{
		{cpu: 1, want: 1, asked: 3},
		{cpu: 2, want: 1, asked: 0},
		{cpu: 1, want: 1, asked: 0},
		{cpu: 1, tolerations: 1, want: 0, asked: 3},
		{cpu: 2, tolerations: 1, want: 0, asked: 0},
		{cpu: 2, want: 2, tainted: []models.NodeID{1}, asked: 1}, // what is known already is repaired
		{cpu: 3, want: 2, asked: 3},
		{cpu: 4, want: 2, asked: 0},
	} {
		for _, node := range step.tainted {
			w.apply(t, models.Op{Kind: models.OpTaintNode, Node: node, Taint: models.Taint{Key: w.c.Dictionary().Sym("full"), Effect: models.NoSchedule}})
		}
		spec := w.c.DefinePod(&models.PodSpec{Requests: models.Resources{models.CPU: step.cpu}, Tolerations: make([]models.Toleration, step.tolerations)})
		w.pod++
		w.apply(t, models.Op{Kind: models.OpCreatePod, Pod: w.pod, Def: int32(spec), Owner: models.None, Ordinal: models.Exact})
		before := p.asked
		if got, _ := e.Schedule(w.c.View(), w.pod); got.Node != step.want {
			t.Errorf("step %d: node %d; want %d", i, got.Node, step.want)
		}
		if got := p.asked - before; got != step.asked {
			t.Errorf("step %d: asked about %d nodes; want %d", i, got, step.asked)
		}
	}
}
