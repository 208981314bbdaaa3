package plugins

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// spreadWorld is a small cluster with a pod to be scheduled, all at random.
func spreadWorld(tb testing.TB, t *rapid.T) (*bed, *PodTopologySpread, *framework.Cycle) {
	b := newBed(tb)
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	for i := range rapid.IntRange(1, 7).Draw(t, "nodes") {
		var labels []string
		for _, l := range []string{pick("zone", "", "topology.kubernetes.io/zone=", "topology.kubernetes.io/zone=a", "topology.kubernetes.io/zone=b"),
			pick("rack", "", "rack=1", "rack=2"), pick("host", "", fmt.Sprint("kubernetes.io/hostname=", i), "kubernetes.io/hostname=same")} {
			if l != "" {
				labels = append(labels, l)
			}
		}
		node := b.node(fmt.Sprint("node-", i), labelled(b, labels...), func(s *models.NodeSpec) {
			if rapid.Bool().Draw(t, "tainted") {
				s.Taints = []models.Taint{{Key: b.d.Sym("t"), Effect: models.NoSchedule}}
			}
		})
		for range rapid.IntRange(0, 4).Draw(t, "pods") {
			pod := b.place(node, app(b, pick("app", "x", "x", "y")), inNamespace(b, pick("namespace", "", "", "other")))
			if rapid.IntRange(0, 4).Draw(t, "terminating") == 0 {
				b.apply(models.Op{Kind: models.OpDeletePod, Pod: pod.ID(), Arg: 1e9})
			}
		}
	}
	if rapid.Bool().Draw(t, "service") {
		b.service("", "app=x")
	}
	var constraints []models.SpreadConstraint
	for range rapid.IntRange(0, 3).Draw(t, "constraints") {
		constraints = append(constraints, spreadOver(b, pick("key", "topology.kubernetes.io/zone", "rack", "kubernetes.io/hostname"), func(c *models.SpreadConstraint) {
			c.MaxSkew, c.MinDomains = rapid.Int32Range(1, 3).Draw(t, "skew"), rapid.Int32Range(1, 3).Draw(t, "domains")
			c.Soft, c.IgnoreAffinity, c.HonorTaints = rapid.Bool().Draw(t, "soft"), rapid.Bool().Draw(t, "ignore"), rapid.Bool().Draw(t, "honor")
			switch rapid.IntRange(0, 4).Draw(t, "selector") {
			case 0:
				everything(c)
			case 1:
				nothing(c)
			}
		}))
	}
	args := rapid.SampledFrom([]*PodTopologySpreadArgs{nil, hardZones()}).Draw(t, "args")
	c := b.cycle(app(b, pick("own app", "x", "y")), spread(constraints...), func(s *models.PodSpec) {
		s.HasRequiredTerms = rapid.Bool().Draw(t, "affinity")
		s.RequiredTerms = []models.NodeTerm{term(b.requirement("rack", models.In, "1"))}
	})
	return b, spreadPlugin(b, args), c
}

// plain reads the rules off the original, with maps and without thinking ahead.
type plain struct {
	p           *PodTopologySpread
	c           *framework.Cycle
	constraints []models.SpreadConstraint
	lenient     bool
	counts      []map[models.Sym]int
}

func (s *plain) has(id models.NodeID) bool {
	for _, c := range s.constraints {
		if _, ok := s.c.View.Node(id).Labels().Get(c.TopologyKey); !ok && !s.lenient {
			return false
		}
	}
	return true
}

func (s *plain) included(i int, id models.NodeID) bool {
	node, c := s.c.View.Node(id), s.constraints[i]
	return s.has(id) && (c.IgnoreAffinity || s.p.affinity.matches(s.c.Spec, node)) &&
		(!c.HonorTaints || !repelledBy(s.c.Spec.Tolerations, node.Taints()))
}

func repelledBy(tolerations []models.Toleration, taints []models.Taint) bool {
	return slices.ContainsFunc(taints, func(t models.Taint) bool { return !models.Tolerated(tolerations, t) })
}

func (s *plain) value(i int, id models.NodeID) (models.Sym, bool) {
	return s.c.View.Node(id).Labels().Get(s.constraints[i].TopologyKey)
}

func (s *plain) matching(i int, id models.NodeID) int {
	n, selector := 0, &s.constraints[i].Selector
	for _, pod := range s.c.View.Node(id).Pods() {
		pod := s.c.View.Pod(pod)
		if (selector.None || len(selector.Requirements) > 0) && !pod.Deleting() && pod.Spec().Namespace == s.c.Spec.Namespace &&
			selector.Matches(pod.Spec().Labels, s.c.View.Dictionary()) {
			n++
		}
	}
	return n
}

// plainHard counts as PreFilter does.
func plainHard(p *PodTopologySpread, c *framework.Cycle) *plain {
	s := &plain{p: p, c: c, constraints: p.constraints(c.Pod, false)}
	for i := range s.constraints {
		counts := make(map[models.Sym]int)
		for _, id := range nodesOf(c) {
			if value, _ := s.value(i, id); s.included(i, id) {
				counts[value] += s.matching(i, id)
			}
		}
		s.counts = append(s.counts, counts)
	}
	return s
}

func (s *plain) move(pod cluster.Pod, id models.NodeID, by int) {
	for i := range s.constraints {
		if value, _ := s.value(i, id); s.included(i, id) && pod.Spec().Namespace == s.c.Spec.Namespace &&
			s.constraints[i].Selector.Matches(pod.Spec().Labels, s.c.View.Dictionary()) {
			s.counts[i][value] += by
		}
	}
}

func (s *plain) filter(id models.NodeID) *framework.Status {
	for i, c := range s.constraints {
		value, ok := s.value(i, id)
		if !ok {
			return spreadKeyMissing
		}
		least := math.MaxInt32
		for _, n := range s.counts[i] {
			least = min(least, n)
		}
		if len(s.counts[i]) < int(c.MinDomains) {
			least = 0
		}
		n := s.counts[i][value]
		if c.Selector.Matches(s.c.Spec.Labels, s.c.View.Dictionary()) {
			n++
		}
		if n-least > int(c.MaxSkew) {
			return spreadTooSkewed
		}
	}
	return nil
}

// plainSoft returns raw scores, and which nodes are ignored.
func plainSoft(p *PodTopologySpread, c *framework.Cycle, feasible []models.NodeID) (scores []int64, ignored []bool) {
	s := &plain{p: p, c: c, constraints: p.constraints(c.Pod, true), lenient: p.systemDefaulted && len(c.Spec.Spread) == 0}
	if len(s.constraints) == 0 {
		return nil, nil
	}
	sums := make([]float64, len(feasible))
	kept := slices.DeleteFunc(slices.Clone(feasible), func(id models.NodeID) bool { return !s.has(id) })
	for i, constraint := range s.constraints {
		counts := make(map[models.Sym]int)
		for _, id := range kept {
			value, _ := s.value(i, id)
			counts[value] = 0
		}
		for _, id := range nodesOf(c) {
			value, _ := s.value(i, id)
			if _, wanted := counts[value]; wanted && s.included(i, id) {
				counts[value] += s.matching(i, id)
			}
		}
		hostname := constraint.TopologyKey == p.hostname
		size := len(counts)
		if hostname {
			size = len(kept)
		}
		for at, id := range feasible {
			value, ok := s.value(i, id)
			if !ok || !s.has(id) {
				continue
			}
			n := counts[value]
			if hostname {
				n = s.matching(i, id)
			}
			sums[at] += float64(float64(n)*math.Log(float64(size+2))) + float64(constraint.MaxSkew-1)
		}
	}
	for at, id := range feasible {
		scores, ignored = append(scores, int64(math.Round(sums[at]))), append(ignored, !s.has(id))
	}
	return scores, ignored
}

// plainNormalise is NormalizeScore in integers.
func plainNormalise(scores []int64, ignored []bool) []int64 {
	lowest, highest := int64(math.MaxInt64), int64(0)
	for i, score := range scores {
		if !ignored[i] {
			lowest, highest = min(lowest, score), max(highest, score)
		}
	}
	var out []int64
	for i, score := range scores {
		switch {
		case ignored[i]:
			score = 0
		case highest == 0:
			score = framework.MaxNodeScore
		default:
			score = framework.MaxNodeScore * (highest + lowest - score) / highest
		}
		out = append(out, score)
	}
	return out
}

func TestSpreadFiltersAsThePlainRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, p, c := spreadWorld(t, rt)
		rules := plainHard(p, c)
		_, _, s := p.PreFilter(c)
		if skips := s != nil; skips != (len(rules.constraints) == 0) {
			rt.Fatalf("skips is %v with %d constraints", skips, len(rules.constraints))
		}
		check := func(when string) {
			out := make([]*framework.Status, c.Nodes)
			p.FilterNodes(c, nodesOf(c), out)
			for _, id := range nodesOf(c) {
				got, want := p.Filter(c, framework.Node{Node: c.View.Node(id)}), rules.filter(id)
				if got != want || out[id] != got {
					rt.Fatalf("%s: node %d: Filter says %s, FilterNodes %s, the rules %s", when, id, answer(got), answer(out[id]), answer(want))
				}
			}
		}
		check("at first")
		for range rapid.IntRange(0, 3).Draw(rt, "overlays") {
			node := b.c.View().Node(models.NodeID(rapid.IntRange(0, c.Nodes-1).Draw(rt, "node")))
			type step struct {
				pod cluster.Pod
				by  int
			}
			var steps []step
			take := func(s step) {
				if s.by > 0 {
					p.AddPod(c, s.pod, framework.Node{Node: node})
				} else {
					p.RemovePod(c, s.pod, framework.Node{Node: node})
				}
				rules.move(s.pod, node.ID(), s.by)
			}
			for _, pod := range node.Pods() {
				by := rapid.SampledFrom([]int{-1, -1, 1}).Draw(rt, "by")
				steps = append(steps, step{b.c.View().Pod(pod), by})
				take(steps[len(steps)-1])
				check("on an overlay")
			}
			for _, s := range slices.Backward(steps) {
				take(step{s.pod, -s.by})
				check("on the way back")
			}
		}
	})
}

func TestSpreadScoresAsThePlainRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		_, p, c := spreadWorld(t, rt)
		feasible := rapid.Permutation(nodesOf(c)).Draw(rt, "order")
		feasible = feasible[:rapid.IntRange(1, len(feasible)).Draw(rt, "feasible")]
		raw, ignored := plainSoft(p, c, feasible)
		got, normalised := scored(p, c, feasible)
		if !slices.Equal(got, raw) {
			rt.Fatalf("got %v, want %v", got, raw)
		}
		out := make([]int64, len(feasible))
		if p.ScoreNodes(c, feasible, out); raw != nil && !slices.Equal(out, raw) {
			rt.Fatalf("ScoreNodes says %v, Score %v", out, raw)
		}
		if want := plainNormalise(raw, ignored); !slices.Equal(normalised, want) {
			rt.Fatalf("normalised %v, want %v of %v", normalised, want, raw)
		}
	})
}

// TestSpreadScoresFollowEveryCycle lets one plugin rate pods of several
// applications one after the other, some of which find a node in between.
func TestSpreadScoresFollowEveryCycle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBed(t)
		p := spreadPlugin(b, nil)
		for i := range rapid.IntRange(1, 6).Draw(rt, "nodes") {
			b.node(fmt.Sprint("n", i), labelled(b, fmt.Sprint("kubernetes.io/hostname=n", i), fmt.Sprint("zone=", i%2)))
		}
		for range rapid.IntRange(2, 12).Draw(rt, "cycles") {
			name := rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "app")
			var constraints []models.SpreadConstraint
			for range rapid.IntRange(1, 2).Draw(rt, "constraints") {
				key := rapid.SampledFrom([]string{"kubernetes.io/hostname", "zone"}).Draw(rt, "key")
				constraints = append(constraints, spreadOver(b, key, soft, skew(rapid.Int32Range(1, 2).Draw(rt, "skew")),
					func(c *models.SpreadConstraint) {
						c.Selector.Requirements = models.Selector{b.requirement("app", models.In, name)}
					}))
			}
			c := b.cycle(app(b, name), spread(constraints...))
			want, _ := plainSoft(p, c, nodesOf(c))
			if got, _ := scored(p, c, nodesOf(c)); !slices.Equal(got, want) {
				rt.Fatalf("got %v, want %v", got, want)
			}
			if node := rapid.IntRange(-1, c.Nodes-1).Draw(rt, "place"); node >= 0 {
				b.place(framework.Node{Node: c.View.Node(models.NodeID(node))}, app(b, name))
			}
		}
	})
}

func TestRoundedIsRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0, 1<<52).Draw(t, "x")
		for _, x := range []float64{x, math.Floor(x) + 0.5, math.Nextafter(math.Floor(x)+0.5, 0)} {
			if got, want := rounded(x), int64(math.Round(x)); got != want {
				t.Fatalf("%v: got %d, want %d", x, got, want)
			}
		}
	})
}
