package plugins

import (
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

const (
	skewed     = "U: node(s) didn't match pod topology spread constraints"
	keyMissing = "X: node(s) didn't match pod topology spread constraints (missing required label)"
)

func labelled(b *bed, texts ...string) func(*models.NodeSpec) {
	return func(s *models.NodeSpec) { s.Labels = b.labels(texts...) }
}

// app gives a pod the label app.
func app(b *bed, name string) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.Labels = b.labels("app=" + name) }
}

func inNamespace(b *bed, name string) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.Namespace = b.d.Sym(name) }
}

// spreadOver spreads the pods of app x over a key, with skew 1 unless edited.
func spreadOver(b *bed, key string, edit ...func(*models.SpreadConstraint)) models.SpreadConstraint {
	c := models.SpreadConstraint{TopologyKey: b.d.Sym(key), MaxSkew: 1, MinDomains: 1,
		Selector: models.LabelSelector{Requirements: models.Selector{b.requirement("app", models.In, "x")}}}
	for _, e := range edit {
		e(&c)
	}
	return c
}

func skew(n int32) func(*models.SpreadConstraint) {
	return func(c *models.SpreadConstraint) { c.MaxSkew = n }
}

func soft(c *models.SpreadConstraint) { c.Soft = true }

// everything and nothing replace a selector.
func everything(c *models.SpreadConstraint) { c.Selector = models.LabelSelector{} }
func nothing(c *models.SpreadConstraint)    { c.Selector = models.LabelSelector{None: true} }

func spread(constraints ...models.SpreadConstraint) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.Spread = constraints }
}

// nodesOf returns all nodes.
func nodesOf(c *framework.Cycle) []models.NodeID {
	var out []models.NodeID
	for id := range models.NodeID(c.View.Nodes()) {
		out = append(out, id)
	}
	return out
}

// filtered are the answers of PreFilter and Filter, one a node.
func filtered(p *PodTopologySpread, c *framework.Cycle) string {
	if _, _, s := p.PreFilter(c); s != nil {
		return answer(s)
	}
	var out []string
	for _, id := range nodesOf(c) {
		text := answer(p.Filter(c, framework.Node{Node: c.View.Node(id)}))
		out = append(out, map[string]string{"ok": "ok", skewed: "skewed", keyMissing: "missing"}[text])
	}
	return strings.Join(out, " ")
}

// scored are the raw and the normalised scores of nodes, or nil if the plugin has
// nothing to say.
func scored(p *PodTopologySpread, c *framework.Cycle, feasible []models.NodeID) (raw, normalised []int64) {
	if s := p.PreScore(c, feasible); s != nil {
		return nil, nil
	}
	for _, id := range feasible {
		raw = append(raw, p.Score(c, framework.Node{Node: c.View.Node(id)}))
	}
	normalised = slices.Clone(raw)
	p.NormalizeScore(c, feasible, normalised)
	return raw, normalised
}

func spreadPlugin(b *bed, args *PodTopologySpreadArgs) *PodTopologySpread {
	if args == nil {
		return b.plugin("PodTopologySpread", nil).(*PodTopologySpread)
	}
	return b.plugin("PodTopologySpread", args).(*PodTopologySpread)
}

// zones has nodes a1 and a2 in zone a, b1 in b and c1 in c with 2, 1, 1 and 0 pods
// of app x, and a node of no zone.
func zones(t *testing.T) *bed {
	b := newBed(t)
	for _, n := range []struct {
		name, zone string
		pods       int
	}{{"a1", "zone=a", 2}, {"a2", "zone=a", 1}, {"b1", "zone=b", 1}, {"c1", "zone=c", 0}, {"none", "other=z", 1}} {
		node := b.node(n.name, labelled(b, n.zone, "kubernetes.io/hostname="+n.name))
		for range n.pods {
			b.place(node, app(b, "x"))
		}
	}
	return b
}

func TestSpreadFilter(t *testing.T) {
	tainted := func(b *bed) framework.Node {
		return b.node("d1", labelled(b, "zone=d"), func(s *models.NodeSpec) {
			s.Taints = []models.Taint{{Key: b.d.Sym("t"), Effect: models.NoSchedule}}
		})
	}
	inZoneA := func(b *bed) func(*models.PodSpec) {
		return func(s *models.PodSpec) { s.NodeSelector = b.labels("zone=a") }
	}
	for _, test := range []struct {
		name string
		pod  func(b *bed) []func(*models.PodSpec)
		want string
	}{
		{"no constraint", func(b *bed) []func(*models.PodSpec) { return nil }, "skip"},
		{"soft constraints only", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){spread(spreadOver(b, "zone", soft))}
		}, "skip"},
		{"skew 1: the least has none", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone"))}
		}, "skewed skewed skewed ok missing"},
		{"skew 2", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", skew(2)))}
		}, "skewed skewed ok ok missing"},
		{"a pod that does not select itself", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "y"), spread(spreadOver(b, "zone"))}
		}, "skewed skewed ok ok missing"},
		{"pods of another namespace do not count", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), inNamespace(b, "other"), spread(spreadOver(b, "zone"))}
		}, "ok ok ok ok missing"},
		{"too few domains: the least is none", func(b *bed) []func(*models.PodSpec) {
			b.place(framework.Node{Node: b.c.View().Node(3)}, app(b, "x"))
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", func(c *models.SpreadConstraint) { c.MinDomains = 4 }))}
		}, "skewed skewed skewed skewed missing"},
		{"enough domains", func(b *bed) []func(*models.PodSpec) {
			b.place(framework.Node{Node: b.c.View().Node(3)}, app(b, "x"))
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", func(c *models.SpreadConstraint) { c.MinDomains = 3 }))}
		}, "skewed skewed ok ok missing"},
		{"domains that the node selector keeps off do not count", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), inZoneA(b), spread(spreadOver(b, "zone"))}
		}, "ok ok ok ok missing"},
		{"unless affinity is ignored", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), inZoneA(b), spread(spreadOver(b, "zone", func(c *models.SpreadConstraint) { c.IgnoreAffinity = true }))}
		}, "skewed skewed skewed ok missing"},
		{"tainted domains count", func(b *bed) []func(*models.PodSpec) {
			b.place(framework.Node{Node: b.c.View().Node(3)}, app(b, "x"))
			tainted(b)
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone"))}
		}, "skewed skewed skewed skewed missing ok"},
		{"unless taints are honoured", func(b *bed) []func(*models.PodSpec) {
			b.place(framework.Node{Node: b.c.View().Node(3)}, app(b, "x"))
			tainted(b)
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", func(c *models.SpreadConstraint) { c.HonorTaints = true }))}
		}, "skewed skewed ok ok missing ok"},
		{"which a toleration makes up for", func(b *bed) []func(*models.PodSpec) {
			b.place(framework.Node{Node: b.c.View().Node(3)}, app(b, "x"))
			tainted(b)
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", func(c *models.SpreadConstraint) { c.HonorTaints = true })),
				func(s *models.PodSpec) { s.Tolerations = []models.Toleration{{Exists: true}} }}
		}, "skewed skewed skewed skewed missing ok"},
		{"no domain at all", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "rack"))}
		}, "missing missing missing missing missing"},
		{"two keys: nodes that lack one do not count", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "kubernetes.io/hostname"), spreadOver(b, "zone", skew(4)))}
		}, "skewed skewed skewed ok missing"},
		{"two keys: the first to reject is told", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "kubernetes.io/hostname"), spreadOver(b, "rack"))}
		}, "missing missing missing missing missing"},
		{"a selector of everything counts nothing but the pod itself", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", everything))}
		}, "ok ok ok ok missing"},
		{"no selector counts nothing", func(b *bed) []func(*models.PodSpec) {
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone", nothing))}
		}, "ok ok ok ok missing"},
		{"terminating pods do not count", func(b *bed) []func(*models.PodSpec) {
			for _, id := range b.c.View().Node(2).Pods() {
				b.apply(models.Op{Kind: models.OpDeletePod, Pod: id, Arg: int64(models.Time(1e9))})
			}
			return []func(*models.PodSpec){app(b, "x"), spread(spreadOver(b, "zone"))}
		}, "skewed skewed ok ok missing"},
	} {
		b := zones(t)
		edit := test.pod(b)
		if got := filtered(spreadPlugin(b, nil), b.cycle(edit...)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSpreadFilterStatuses(t *testing.T) {
	b := zones(t)
	p, c := spreadPlugin(b, nil), b.cycle(app(b, "x"), spread(spreadOver(b, "zone")))
	p.PreFilter(c)
	for id, want := range []string{skewed, skewed, skewed, "ok", keyMissing} {
		if got := answer(p.Filter(c, framework.Node{Node: c.View.Node(models.NodeID(id))})); got != want {
			t.Errorf("node %d: got %s, want %s", id, got, want)
		}
	}
}

// Two of the rules of an overlay are odd, and the original's: terminating pods
// count when they leave, and an empty selector counts whoever comes or goes.
func TestSpreadOnAnOverlay(t *testing.T) {
	b := zones(t)
	p := spreadPlugin(b, nil)
	node := func(id models.NodeID) framework.Node { return framework.Node{Node: b.c.View().Node(id)} }
	other, gone := b.place(node(3), app(b, "y")), b.place(node(3), app(b, "x"))
	foreign := b.place(node(3), app(b, "x"), inNamespace(b, "other"))
	b.apply(models.Op{Kind: models.OpDeletePod, Pod: gone.ID(), Arg: int64(models.Time(1e9))})
	b1 := b.c.View().Pod(b.c.View().Node(2).Pods()[0])
	a1 := b.c.View().Pod(b.c.View().Node(0).Pods()[0])
	unzoned := b.c.View().Pod(b.c.View().Node(4).Pods()[0])
	for _, test := range []struct {
		name   string
		skew   int32
		edit   []func(*models.SpreadConstraint)
		pod    cluster.Pod
		node   models.NodeID
		remove bool
		want   string
	}{
		{"a matching pod leaves", 1, nil, b1, 2, true, "skewed skewed ok ok missing"},
		{"a pod of the fullest leaves", 3, nil, a1, 0, true, "ok ok ok ok missing"},
		{"a matching pod comes to the least", 1, nil, a1, 3, false, "skewed skewed ok ok missing"},
		{"another pod leaves", 1, nil, other, 3, true, "skewed skewed skewed ok missing"},
		{"a pod of another namespace comes", 1, nil, foreign, 3, false, "skewed skewed skewed ok missing"},
		{"a pod leaves a node of no domain", 1, nil, unzoned, 4, true, "skewed skewed skewed ok missing"},
		{"a terminating pod leaves", 1, nil, gone, 3, true, "skewed skewed skewed ok missing"},
		{"a terminating pod leaves, skew 2", 2, nil, gone, 3, true, "skewed skewed skewed ok missing"},
		{"the selector is empty and one leaves", 1, []func(*models.SpreadConstraint){everything}, other, 3, true, "skewed skewed skewed ok missing"},
	} {
		constraint := spreadOver(b, "zone", append(test.edit, skew(test.skew))...)
		c := b.cycle(app(b, "x"), spread(constraint))
		before := filtered(p, c)
		move, undo := p.AddPod, p.RemovePod
		if test.remove {
			move, undo = undo, move
		}
		answers := func() string {
			var out []string
			for _, id := range nodesOf(c) {
				text := answer(p.Filter(c, node(id)))
				out = append(out, map[string]string{"ok": "ok", skewed: "skewed", keyMissing: "missing"}[text])
			}
			return strings.Join(out, " ")
		}
		move(c, test.pod, node(test.node))
		if got := answers(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		undo(c, test.pod, node(test.node))
		if got := answers(); got != before {
			t.Errorf("%s: got %q after it was undone, want %q", test.name, got, before)
		}
	}
}

// ln 5 = 1.609 is the weight of three zones, ln 6 = 1.792 of four nodes.
func TestSpreadScore(t *testing.T) {
	for _, test := range []struct {
		name            string
		constraints     func(b *bed) []models.SpreadConstraint
		feasible        []models.NodeID
		raw, normalised []int64
	}{
		{"zones", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "zone", soft)}
		}, []models.NodeID{0, 1, 2, 3}, []int64{5, 5, 2, 0}, []int64{0, 0, 60, 100}},
		{"nodes that lack the key are ignored", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "zone", soft)}
		}, []models.NodeID{4, 0, 2}, []int64{0, 4, 1}, []int64{0, 25, 100}},
		{"only ignored nodes", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "rack", soft)}
		}, []models.NodeID{0, 1}, []int64{0, 0}, []int64{0, 0}},
		{"hostnames", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "kubernetes.io/hostname", soft)}
		}, []models.NodeID{0, 1, 2, 3}, []int64{4, 2, 2, 0}, []int64{0, 50, 50, 100}},
		{"ignored nodes do not weigh in hostnames", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "kubernetes.io/hostname", soft), spreadOver(b, "zone", soft, everything)}
		}, []models.NodeID{0, 4, 1}, []int64{3, 0, 1}, []int64{33, 0, 100}},
		{"skew waters differences down", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "zone", soft, skew(5))}
		}, []models.NodeID{0, 1, 2, 3}, []int64{9, 9, 6, 4}, []int64{44, 44, 77, 100}},
		{"two keys", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "zone", soft), spreadOver(b, "kubernetes.io/hostname", soft)}
		}, []models.NodeID{0, 1, 2, 3}, []int64{8, 7, 3, 0}, []int64{0, 12, 62, 100}},
		{"no pod counts", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "zone", soft, nothing)}
		}, []models.NodeID{0, 3}, []int64{0, 0}, []int64{100, 100}},
		{"hard constraints do not score", func(b *bed) []models.SpreadConstraint {
			return []models.SpreadConstraint{spreadOver(b, "zone")}
		}, []models.NodeID{0, 3}, nil, nil},
	} {
		b := zones(t)
		c := b.cycle(app(b, "x"), spread(test.constraints(b)...))
		raw, normalised := scored(spreadPlugin(b, nil), c, test.feasible)
		if !slices.Equal(raw, test.raw) || !slices.Equal(normalised, test.normalised) {
			t.Errorf("%s: got %v and %v, want %v and %v", test.name, raw, normalised, test.raw, test.normalised)
		}
	}
}

func TestSpreadScorePolicies(t *testing.T) {
	b := zones(t)
	p := spreadPlugin(b, nil)
	selected := func(s *models.PodSpec) { s.NodeSelector = b.labels("kubernetes.io/hostname=a2") }
	for _, test := range []struct {
		name string
		key  string
		want []int64
	}{
		{"pods on nodes that the selector keeps off do not count", "zone", []int64{1, 1, 0}},
		{"but pods of hostnames always do", "kubernetes.io/hostname", []int64{3, 2, 2}},
	} {
		c := b.cycle(app(b, "x"), selected, spread(spreadOver(b, test.key, soft)))
		if raw, _ := scored(p, c, []models.NodeID{0, 1, 2}); !slices.Equal(raw, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, raw, test.want)
		}
	}
}

func TestSpreadQueues(t *testing.T) {
	b := newBed(t)
	p := spreadPlugin(b, nil)
	c := b.cycle(app(b, "x"), spread(spreadOver(b, "zone"), spreadOver(b, "rack", soft)))
	event := func(kind framework.EventKind, edit ...func(*models.PodSpec)) *framework.Event {
		return &framework.Event{Kind: kind, Spec: b.pod(edit...).Spec()}
	}
	zoned, bare := b.node("a", labelled(b, "zone=a")), b.node("bare", labelled(b, "rack=a"))
	taints := []models.Taint{{Key: b.d.Sym("t"), Effect: models.NoSchedule}}
	for _, test := range []struct {
		name string
		e    *framework.Event
		want bool
	}{
		{"a matching pod leaves", event(framework.AssignedPodDelete, app(b, "x")), true},
		{"a matching pod is bound", event(framework.AssignedPodAdd, app(b, "x")), true},
		{"another pod leaves", event(framework.AssignedPodDelete, app(b, "y")), false},
		{"a pod of another namespace leaves", event(framework.AssignedPodDelete, app(b, "x"), inNamespace(b, "n")), false},
		{"a node with the keys joins", &framework.Event{Kind: framework.NodeAdd, Node: zoned.ID()}, true},
		{"a node without them joins", &framework.Event{Kind: framework.NodeAdd, Node: bare.ID()}, false},
		{"taints change", &framework.Event{Kind: framework.NodeTaint, Node: zoned.ID(), TaintsBefore: taints}, true},
		{"taints of a node without the keys change", &framework.Event{Kind: framework.NodeTaint, Node: bare.ID(), TaintsBefore: taints}, false},
		{"only schedulability changes", &framework.Event{Kind: framework.NodeTaint, Node: zoned.ID(), UnschedulableBefore: true}, false},
		{"labels change", &framework.Event{Kind: framework.NodeLabel, Node: bare.ID()}, true},
		{"allocatable changes", &framework.Event{Kind: framework.NodeAllocatable, Node: zoned.ID()}, false},
	} {
		if got := queues(p, c, test.e); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
