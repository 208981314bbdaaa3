package plugins

import (
	"fmt"
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
	"pgregory.net/rapid"
)

// affinityWorld draws small clusters full of affinity.
type affinityWorld struct {
	*bed
	rt *rapid.T
}

func newAffinityWorld(t *testing.T, rt *rapid.T) *affinityWorld {
	w := &affinityWorld{newBed(t), rt}
	w.c.DefineNamespace(&models.NamespaceSpec{Name: w.d.Sym("prod"), Labels: w.labels("env=prod")})
	w.c.DefineNamespace(&models.NamespaceSpec{Name: w.d.Sym("dev"), Labels: w.labels("env=dev")})
	for range rapid.IntRange(1, 3).Draw(rt, "nodes") {
		w.addNode()
	}
	return w
}

func (w *affinityWorld) addNode() {
	labels := w.drawLabels("rack=", "zone=")
	w.node(fmt.Sprint("n", w.c.View().Nodes()), func(s *models.NodeSpec) { s.Labels = labels })
}

// drawLabels draws for every key whether it is there and one of two values.
func (w *affinityWorld) drawLabels(keys ...string) models.Labels {
	var out []string
	for _, key := range keys {
		if value := rapid.SampledFrom([]string{"", "a", "b"}).Draw(w.rt, key); value != "" {
			out = append(out, key+value)
		}
	}
	return w.labels(out...)
}

func (w *affinityWorld) drawPod(s *models.PodSpec) {
	s.Namespace = rapid.SampledFrom(w.syms("prod", "dev", "unknown")).Draw(w.rt, "namespace")
	s.Labels = w.drawLabels("app=", "tier=")
	for _, list := range []*[]models.AffinityTerm{&s.Affinity, &s.AntiAffinity, &s.PreferredAffinity, &s.PreferredAntiAffinity} {
		for range rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2}).Draw(w.rt, "terms") {
			*list = append(*list, w.drawTerm())
		}
	}
}

func (w *affinityWorld) drawTerm() models.AffinityTerm {
	t := models.AffinityTerm{
		TopologyKey:       rapid.SampledFrom(w.syms("zone", "zone", "rack", "absent")).Draw(w.rt, "key"),
		Selector:          w.drawSelector("app"),
		NamespaceSelector: w.drawSelector("env"),
		Weight:            int32(rapid.IntRange(1, 3).Draw(w.rt, "weight")),
	}
	for _, name := range w.syms("prod", "dev", "unknown") {
		if rapid.Bool().Draw(w.rt, "names") {
			t.Namespaces = append(t.Namespaces, name)
		}
	}
	return t
}

func (w *affinityWorld) drawSelector(key string) models.LabelSelector {
	where := func(op models.Operator, values ...string) models.LabelSelector {
		return models.LabelSelector{Requirements: models.Selector{w.requirement(key, op, values...)}}
	}
	return rapid.SampledFrom([]models.LabelSelector{
		{None: true}, {}, where(models.In, "a", "prod"), where(models.In, "a"), where(models.NotIn, "b", "dev"),
		where(models.Exists), where(models.DoesNotExist),
	}).Draw(w.rt, "selector")
}

// history tries a plugin on one pod after the other while the cluster grows.
func history(t *testing.T, try func(w *affinityWorld, p *InterPodAffinity, c *framework.Cycle)) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newAffinityWorld(t, rt)
		weight := int32(rapid.IntRange(0, 2).Draw(rt, "hardPodAffinityWeight"))
		p := w.plugin("InterPodAffinity", &InterPodAffinityArgs{HardPodAffinityWeight: &weight,
			IgnorePreferredTermsOfExistingPods: rapid.Bool().Draw(rt, "ignore")}).(*InterPodAffinity)
		for range 3 {
			for range rapid.IntRange(0, 4).Draw(rt, "pods") {
				w.place(w.anyNode(), w.drawPod)
			}
			try(w, p, w.cycle(w.drawPod))
			w.addNode()
		}
	})
}

func (w *affinityWorld) anyNode() framework.Node {
	id := rapid.IntRange(0, w.c.View().Nodes()-1).Draw(w.rt, "node")
	return framework.Node{Node: w.c.View().Node(models.NodeID(id))}
}

func everyNode(c *framework.Cycle) []models.NodeID {
	ids := make([]models.NodeID, c.View.Nodes())
	for i := range ids {
		ids[i] = models.NodeID(i)
	}
	return ids
}

// filtered are the answers for all nodes; those of FilterNodes must be the same.
func (w *affinityWorld) filtered(p *InterPodAffinity, c *framework.Cycle) []string {
	var out []string
	ids := everyNode(c)
	batch := make([]*framework.Status, len(ids))
	p.FilterNodes(c, ids, batch)
	for i, id := range ids {
		s := p.Filter(c, framework.Node{Node: c.View.Node(id)})
		if s != batch[i] {
			w.rt.Fatalf("node %d: Filter answers %s, FilterNodes %s", i, answer(s), answer(batch[i]))
		}
		out = append(out, answer(s))
	}
	return out
}

func (r *affinityRules) filterAll() []string {
	var out []string
	for id := range models.NodeID(r.v.Nodes()) {
		out = append(out, r.filter(id))
	}
	return out
}

func TestInterPodAffinityFiltersAsTheRulesRead(t *testing.T) {
	history(t, func(w *affinityWorld, p *InterPodAffinity, c *framework.Cycle) {
		r := rulesOf(c)
		_, _, status := p.PreFilter(c)
		if skipped := status != nil; skipped != r.skipsFilter() {
			w.rt.Fatalf("PreFilter answers %s; the rules skip: %v", answer(status), r.skipsFilter())
		}
		if got, want := w.filtered(p, c), r.filterAll(); !slices.Equal(got, want) {
			w.rt.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}

func TestInterPodAffinityScoresAsTheRulesRead(t *testing.T) {
	history(t, func(w *affinityWorld, p *InterPodAffinity, c *framework.Cycle) {
		r := rulesOf(c)
		r.hardWeight, r.ownOnly = p.hardWeight, p.ownOnly
		ids := everyNode(c)
		status := p.PreScore(c, ids)
		if skipped := status != nil; skipped != r.skipsScore() {
			w.rt.Fatalf("PreScore answers %s; the rules skip: %v", answer(status), r.skipsScore())
		}
		if status != nil {
			return
		}
		batch := make([]int64, len(ids))
		p.ScoreNodes(c, ids, batch)
		for i, id := range ids {
			want, _ := r.score(id)
			if got := p.Score(c, framework.Node{Node: c.View.Node(id)}); got != want || batch[i] != want {
				w.rt.Fatalf("node %d: Score %d, ScoreNodes %d, want %d", i, got, batch[i], want)
			}
		}
	})
}

func TestInterPodAffinityFollowsPodsOnOverlays(t *testing.T) {
	type step struct {
		pod   cluster.Pod
		node  framework.Node
		added bool
	}
	history(t, func(w *affinityWorld, p *InterPodAffinity, c *framework.Cycle) {
		if _, _, status := p.PreFilter(c); status != nil {
			return // then it is not told of pods
		}
		before := w.filtered(p, c)
		r := rulesOf(c)
		var steps []step
		for range rapid.IntRange(1, 6).Draw(w.rt, "steps") {
			s := step{added: len(r.placed) == 0 || rapid.Bool().Draw(w.rt, "add")}
			if s.added {
				s.pod, s.node = w.pod(w.drawPod), w.anyNode()
				r.placed = append(r.placed, placedPod{s.pod.Spec(), s.node.ID()})
				p.AddPod(c, s.pod, s.node)
			} else {
				at := rapid.IntRange(0, len(r.placed)-1).Draw(w.rt, "gone")
				gone := r.placed[at]
				r.placed = slices.Delete(r.placed, at, at+1)
				s.pod = w.pod(func(s *models.PodSpec) { *s = *gone.spec })
				s.node = framework.Node{Node: c.View.Node(gone.node)}
				p.RemovePod(c, s.pod, s.node)
			}
			steps = append(steps, s)
			if got, want := w.filtered(p, c), r.filterAll(); !slices.Equal(got, want) {
				w.rt.Fatalf("on the overlay: got  %q\nwant %q", got, want)
			}
		}
		for _, s := range slices.Backward(steps) {
			if s.added {
				p.RemovePod(c, s.pod, s.node)
			} else {
				p.AddPod(c, s.pod, s.node)
			}
		}
		if got := w.filtered(p, c); !slices.Equal(got, before) {
			w.rt.Fatalf("after all was undone: got  %q\nwant %q", got, before)
		}
	})
}
