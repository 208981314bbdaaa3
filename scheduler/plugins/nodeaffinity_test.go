package plugins

import (
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func (b *bed) requirement(key string, op models.Operator, values ...string) models.Requirement {
	return models.Requirement{Key: b.d.Sym(key), Op: op, Values: b.syms(values...)}
}

// term is a term of requirements on labels.
func term(rs ...models.Requirement) models.NodeTerm { return models.NodeTerm{Labels: rs} }

// named is a term of requirements on metadata.name.
func (b *bed) named(op models.Operator, values ...string) models.NodeTerm {
	return models.NodeTerm{Names: models.Selector{b.requirement("metadata.name", op, values...)}}
}

func requires(terms ...models.NodeTerm) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.HasRequiredTerms, s.RequiredTerms = true, terms }
}

const affinityRejected = "X: node(s) didn't match Pod's node affinity/selector"

func TestNodeAffinityMatchesRequiredTerms(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeAffinity", nil).(framework.Filter)
	n := b.node("n1", func(s *models.NodeSpec) { s.Labels = b.labels("zone=a", "disk=ssd", "cores=8", "empty=") })
	bare := b.node("n2")
	req := b.requirement
	for _, test := range []struct {
		name       string
		pod        func(*models.PodSpec)
		node, bare bool
	}{
		{"asks for nothing", func(*models.PodSpec) {}, true, true},
		{"selector", func(s *models.PodSpec) { s.NodeSelector = b.labels("zone=a") }, true, false},
		{"selector, another value", func(s *models.PodSpec) { s.NodeSelector = b.labels("zone=b") }, false, false},
		{"selector, one of two", func(s *models.PodSpec) { s.NodeSelector = b.labels("zone=a", "disk=hdd") }, false, false},
		{"selector, empty value", func(s *models.PodSpec) { s.NodeSelector = b.labels("empty=") }, true, false},
		{"no terms at all", requires(), false, false},
		{"an empty term", requires(models.NodeTerm{}), false, false},
		{"an empty term and a matching one", requires(models.NodeTerm{}, term(req("zone", models.Exists))), true, false},
		{"In", requires(term(req("zone", models.In, "b", "a"))), true, false},
		{"In, other values", requires(term(req("zone", models.In, "b"))), false, false},
		{"NotIn", requires(term(req("zone", models.NotIn, "b"))), true, true},
		{"NotIn, this value", requires(term(req("zone", models.NotIn, "a"))), false, true},
		{"Exists", requires(term(req("empty", models.Exists))), true, false},
		{"DoesNotExist", requires(term(req("zone", models.DoesNotExist))), false, true},
		{"Gt", requires(term(req("cores", models.Gt, "7"))), true, false},
		{"Gt, equal", requires(term(req("cores", models.Gt, "8"))), false, false},
		{"Lt", requires(term(req("cores", models.Lt, "9"))), true, false},
		{"Lt, negative", requires(term(req("cores", models.Lt, "-9"))), false, false},
		{"Gt, label is no number", requires(term(req("disk", models.Gt, "1"))), false, false},
		{"Gt, value is no number", requires(term(req("cores", models.Gt, "7.5"))), false, false},
		{"Lt, label is empty", requires(term(req("empty", models.Lt, "1"))), false, false},
		{"requirements of a term are joined by and", requires(term(req("zone", models.In, "a"), req("disk", models.In, "hdd"))), false, false},
		{"terms are joined by or", requires(term(req("zone", models.In, "b")), term(req("disk", models.In, "ssd"))), true, false},
		{"name", requires(b.named(models.In, "n1")), true, false},
		{"not that name", requires(b.named(models.NotIn, "n1")), false, true},
		{"name and label", requires(models.NodeTerm{Names: b.named(models.In, "n2").Names, Labels: term(req("zone", models.Exists)).Labels}), false, false},
		{"selector and term", func(s *models.PodSpec) {
			s.NodeSelector = b.labels("zone=b")
			requires(term(req("zone", models.In, "a")))(s)
		}, false, false},
	} {
		c := b.cycle(test.pod)
		for _, check := range []struct {
			on    string
			match bool
			got   *framework.Status
		}{{"labelled", test.node, p.Filter(c, n)}, {"bare", test.bare, p.Filter(c, bare)}} {
			want := affinityRejected
			if check.match {
				want = "ok"
			}
			if got := answer(check.got); got != want {
				t.Errorf("%s: %s node: got %s, want %s", test.name, check.on, got, want)
			}
		}
	}
}

func TestNodeAffinityPreFilterFindsNamedNodes(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeAffinity", nil).(framework.PreFilter)
	label := term(b.requirement("zone", models.Exists))
	both := models.NodeTerm{Names: append(b.named(models.In, "a", "b").Names, b.named(models.In, "b", "c").Names...)}
	clash := models.NodeTerm{Names: append(b.named(models.In, "a").Names, b.named(models.In, "b").Names...)}
	for _, test := range []struct {
		name  string
		pod   func(*models.PodSpec)
		want  string
		names []models.Sym // nil: not restricted
	}{
		{"asks for nothing", func(*models.PodSpec) {}, "skip", nil},
		{"only prefers", func(s *models.PodSpec) { s.PreferredTerms = []models.PreferredTerm{{Weight: 1, Term: label}} }, "skip", nil},
		{"selector", func(s *models.PodSpec) { s.NodeSelector = b.labels("zone=a") }, "ok", nil},
		{"no terms", requires(), "ok", nil},
		{"labels", requires(label), "ok", nil},
		{"an empty term", requires(models.NodeTerm{}), "ok", nil},
		{"a name", requires(b.named(models.In, "a")), "ok", b.syms("a")},
		{"a name excluded", requires(b.named(models.NotIn, "a")), "ok", nil},
		{"a name or a label", requires(b.named(models.In, "a"), label), "ok", nil},
		{"a name or another", requires(b.named(models.In, "a"), b.named(models.In, "b"), b.named(models.In, "a")), "ok", b.syms("a", "b")},
		{"names in common", requires(both), "ok", b.syms("b")},
		{"no name in common", requires(clash), "X: pod affinity terms conflict", nil},
		{"no name in common, or a name", requires(clash, b.named(models.In, "c")), "ok", b.syms("c")},
	} {
		names, restricted, s := p.PreFilter(b.cycle(test.pod))
		if got := answer(s); got != test.want || restricted != (test.names != nil) || !slices.Equal(names, test.names) {
			t.Errorf("%s: got %s, names %v, restricted %v; want %s, names %v", test.name, got, names, restricted, test.want, test.names)
		}
	}
}

func TestNodeAffinityPrefersMatchingNodes(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeAffinity", nil).(framework.NormalizeScore)
	zone := func(values ...string) models.NodeTerm { return term(b.requirement("zone", models.In, values...)) }
	b.node("x")
	b.node("a", func(s *models.NodeSpec) { s.Labels = b.labels("zone=a") })
	b.node("b", func(s *models.NodeSpec) { s.Labels = b.labels("zone=b") })
	for _, test := range []struct {
		name            string
		terms           []models.PreferredTerm
		raw, normalised []int64
	}{
		{"two terms", []models.PreferredTerm{{Weight: 10, Term: zone("a", "b")}, {Weight: 30, Term: zone("b")}}, []int64{0, 10, 40}, []int64{0, 25, 100}},
		{"an empty term matches nothing", []models.PreferredTerm{{Weight: 10}}, []int64{0, 0, 0}, []int64{0, 0, 0}},
		{"a name", []models.PreferredTerm{{Weight: 7, Term: b.named(models.In, "x")}}, []int64{7, 0, 0}, []int64{100, 0, 0}},
	} {
		c := b.cycle(func(s *models.PodSpec) { s.PreferredTerms = test.terms })
		if got := answer(p.(framework.PreScore).PreScore(c, nil)); got != "ok" {
			t.Errorf("%s: PreScore: got %s", test.name, got)
		}
		scores := make([]int64, 3)
		for i := range scores {
			scores[i] = p.Score(c, framework.Node{Node: c.View.Node(models.NodeID(i))})
		}
		if !slices.Equal(scores, test.raw) {
			t.Errorf("%s: got raw %v, want %v", test.name, scores, test.raw)
		}
		if p.NormalizeScore(c, nil, scores); !slices.Equal(scores, test.normalised) {
			t.Errorf("%s: got %v, want %v", test.name, scores, test.normalised)
		}
	}
	if got := answer(p.(framework.PreScore).PreScore(b.cycle(), nil)); got != "skip" {
		t.Errorf("no preference: got %s, want skip", got)
	}
}

func TestNodeAffinityAddsWhatHoldsForEveryPod(t *testing.T) {
	const enforced = "X: node(s) didn't match scheduler-enforced node affinity"
	b := newBed(t)
	inZone := func(zone string) NodeSelectorTerm {
		return NodeSelectorTerm{MatchExpressions: []NodeSelectorRequirement{{"zone", "In", []string{zone}}}}
	}
	p := b.plugin("NodeAffinity", &NodeAffinityArgs{AddedAffinity: &AddedAffinity{
		Required:  &NodeSelector{[]NodeSelectorTerm{inZone("a"), {MatchFields: []NodeSelectorRequirement{{"metadata.name", "In", []string{"n3"}}}}}},
		Preferred: []PreferredSchedulingTerm{{Weight: 5, Preference: inZone("a")}},
	}}).(*NodeAffinity)
	a := b.node("n1", func(s *models.NodeSpec) { s.Labels = b.labels("zone=a") })
	other := b.node("n2", func(s *models.NodeSpec) { s.Labels = b.labels("zone=b") })
	named := b.node("n3")
	plain := b.cycle()
	wants := b.cycle(func(s *models.PodSpec) {
		s.NodeSelector = b.labels("zone=b")
		s.PreferredTerms = []models.PreferredTerm{{Weight: 2, Term: term(b.requirement("zone", models.Exists))}}
	})
	if _, _, s := p.PreFilter(plain); s != nil {
		t.Errorf("PreFilter of a pod that asks for nothing: got %s", answer(s))
	}
	if s := p.PreScore(plain, nil); s != nil {
		t.Errorf("PreScore of a pod that asks for nothing: got %s", answer(s))
	}
	for _, test := range []struct {
		name      string
		got, want string
	}{
		{"plain pod, zone a", answer(p.Filter(plain, a)), "ok"},
		{"plain pod, zone b", answer(p.Filter(plain, other)), enforced},
		{"plain pod, by name", answer(p.Filter(plain, named)), "ok"},
		{"pod for zone b, zone a", answer(p.Filter(wants, a)), affinityRejected},
		{"pod for zone b, zone b", answer(p.Filter(wants, other)), enforced},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
	if got := p.Score(wants, a); got != 7 {
		t.Errorf("score of added and own preferences: got %d, want 7", got)
	}
	nothing := b.plugin("NodeAffinity", &NodeAffinityArgs{AddedAffinity: &AddedAffinity{Required: &NodeSelector{}}}).(*NodeAffinity)
	if got := answer(nothing.Filter(plain, a)); got != enforced {
		t.Errorf("required without terms: got %s, want %s", got, enforced)
	}
}

func TestNodeAffinityQueuesOnMatchingNodes(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodeAffinity", nil).(framework.EventsToRegister)
	match := b.node("a", func(s *models.NodeSpec) { s.Labels = b.labels("zone=a") })
	other := b.node("b")
	c := b.cycle(func(s *models.PodSpec) { s.NodeSelector = b.labels("zone=a") })
	for _, test := range []struct {
		name  string
		event framework.Event
		want  bool
	}{
		{"a matching node joins", framework.Event{Kind: framework.NodeAdd, Node: match.ID()}, true},
		{"another node joins", framework.Event{Kind: framework.NodeAdd, Node: other.ID()}, false},
		{"labels match", framework.Event{Kind: framework.NodeLabel, Node: match.ID()}, true},
		{"labels do not match", framework.Event{Kind: framework.NodeLabel, Node: other.ID()}, false},
		{"a taint of any node", framework.Event{Kind: framework.NodeTaint, Node: other.ID()}, true},
		{"a pod left", framework.Event{Kind: framework.AssignedPodDelete, Node: match.ID()}, false},
	} {
		if got := queues(p, c, &test.event); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
