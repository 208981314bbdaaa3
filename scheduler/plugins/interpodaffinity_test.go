package plugins

import (
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// toward is a term about the pods of the default namespace with these labels.
func (b *bed) toward(key string, labels ...string) models.AffinityTerm {
	t := models.AffinityTerm{TopologyKey: b.d.Sym(key), Namespaces: b.syms("default"),
		NamespaceSelector: models.LabelSelector{None: true}}
	for _, l := range b.labels(labels...) {
		t.Selector.Requirements = append(t.Selector.Requirements,
			models.Requirement{Key: l.Key, Op: models.In, Values: []models.Sym{l.Value}})
	}
	return t
}

// app is a pod of the default namespace with these labels, as edited.
func (b *bed) app(label string, edit ...func(*models.PodSpec)) func(*models.PodSpec) {
	return func(s *models.PodSpec) {
		s.Namespace, s.Labels = b.d.Sym("default"), b.labels(label)
		for _, e := range edit {
			e(s)
		}
	}
}

func in(namespace models.Sym) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.Namespace = namespace }
}

func affine(terms ...models.AffinityTerm) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.Affinity = terms }
}

func antiAffine(terms ...models.AffinityTerm) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.AntiAffinity = terms }
}

func prefers(weight int32, t models.AffinityTerm) func(*models.PodSpec) {
	t.Weight = weight
	return func(s *models.PodSpec) { s.PreferredAffinity = append(s.PreferredAffinity, t) }
}

func avoids(weight int32, t models.AffinityTerm) func(*models.PodSpec) {
	t.Weight = weight
	return func(s *models.PodSpec) { s.PreferredAntiAffinity = append(s.PreferredAntiAffinity, t) }
}

// zoned is a cluster of two nodes in zone a, one in zone b and one in none. Every
// node but the last is a rack of its own. It shares the symbols of b.
func (b *bed) zoned() (*bed, []framework.Node) {
	z := &bed{b.TB, b.d, cluster.New(b.d, nil)}
	z.c.DefineNamespace(&models.NamespaceSpec{Name: z.d.Sym("labelled"), Labels: z.labels("team=a")})
	var nodes []framework.Node
	for _, labels := range []models.Labels{z.labels("zone=a", "rack=1"), z.labels("zone=a", "rack=2"), z.labels("zone=b", "rack=3"), nil} {
		nodes = append(nodes, z.node("node", func(s *models.NodeSpec) { s.Labels = labels }))
	}
	return z, nodes
}

// placements are pods by node.
type placements map[int][]func(*models.PodSpec)

// attempt is a cycle for pod in a new zoned cluster with some pods.
func (b *bed) attempt(pods placements, pod func(*models.PodSpec)) (*framework.Cycle, []framework.Node) {
	z, nodes := b.zoned()
	for i, node := range nodes {
		for _, p := range pods[i] {
			z.place(node, p)
		}
	}
	return z.cycle(pod), nodes
}

func TestInterPodAffinityFilters(t *testing.T) {
	const (
		affinity = "X: node(s) didn't match pod affinity rules"
		anti     = "U: node(s) didn't match pod anti-affinity rules"
		existing = "U: node(s) didn't satisfy existing pods anti-affinity rules"
	)
	b := newBed(t)
	web, db, zoneless := b.app("app=web"), b.app("app=db"), 3
	other, labelled := b.d.Sym("other"), b.d.Sym("labelled") // the latter has the label team=a
	withNamespaceSelector := func(rs ...models.Requirement) models.AffinityTerm {
		term := b.toward("zone", "app=web")
		term.Namespaces, term.NamespaceSelector = nil, models.LabelSelector{Requirements: rs}
		return term
	}
	for _, test := range []struct {
		name string
		pods placements
		pod  func(*models.PodSpec)
		want []string // nil if the plugin skips the pod
	}{
		{"pods without terms are skipped", placements{0: {web}}, web, nil},
		{"required affinity admits the domains with a match", placements{0: {web}}, b.app("app=db", affine(b.toward("zone", "app=web"))),
			[]string{"ok", "ok", affinity, affinity}},
		{"a match on a node without the key is none", placements{zoneless: {web}}, b.app("app=db", affine(b.toward("zone", "app=web"))),
			[]string{affinity, affinity, affinity, affinity}},
		{"without any match nothing fits", nil, b.app("app=db", affine(b.toward("zone", "app=web"))),
			[]string{affinity, affinity, affinity, affinity}},
		{"the first of a series fits wherever the keys are", nil, b.app("app=web", affine(b.toward("zone", "app=web"))),
			[]string{"ok", "ok", "ok", affinity}},
		{"the second of a series joins the first", placements{2: {web}}, b.app("app=web", affine(b.toward("zone", "app=web"))),
			[]string{affinity, affinity, "ok", affinity}},
		{"a match outside all domains leaves the pod the first", placements{zoneless: {web}}, b.app("app=web", affine(b.toward("zone", "app=web"))),
			[]string{"ok", "ok", "ok", affinity}},
		{"one pod must match all terms", placements{0: {web}, 1: {db}},
			b.app("app=x", affine(b.toward("zone", "app=web"), b.toward("zone", "app=db"))),
			[]string{affinity, affinity, affinity, affinity}},
		{"each key is a matter of its own", placements{0: {web}}, b.app("app=db", affine(b.toward("zone", "app=web"), b.toward("rack", "app=web"))),
			[]string{"ok", affinity, affinity, affinity}},
		{"a pod of another namespace is no match", placements{0: {b.app("app=web", in(other))}}, b.app("app=db", affine(b.toward("zone", "app=web"))),
			[]string{affinity, affinity, affinity, affinity}},
		{"a namespace selector matches by the labels of namespaces", placements{0: {b.app("app=web", in(labelled))}, 2: {web}},
			b.app("app=db", affine(withNamespaceSelector(b.requirement("team", models.In, "a")))),
			[]string{"ok", "ok", affinity, affinity}},
		{"a namespace selector that accepts no labels accepts every namespace", placements{0: {b.app("app=web", in(labelled))}},
			b.app("app=db", affine(withNamespaceSelector(b.requirement("team", models.DoesNotExist)))),
			[]string{"ok", "ok", affinity, affinity}},
		{"anti-affinity rejects the domains with a match", placements{0: {web}}, b.app("app=db", antiAffine(b.toward("zone", "app=web"))),
			[]string{anti, anti, "ok", "ok"}},
		{"anti-affinity admits nodes without the key", placements{zoneless: {web}}, b.app("app=db", antiAffine(b.toward("zone", "app=web"))),
			[]string{"ok", "ok", "ok", "ok"}},
		{"any term of anti-affinity rejects", placements{0: {web}, 2: {db}},
			b.app("app=x", antiAffine(b.toward("rack", "app=web"), b.toward("zone", "app=db"))),
			[]string{anti, "ok", anti, "ok"}},
		{"anti-affinity of pods on nodes holds for others", placements{0: {b.app("app=db", antiAffine(b.toward("zone", "app=web")))}}, web,
			[]string{existing, existing, "ok", "ok"}},
		{"anti-affinity of a pod outside all domains is void", placements{zoneless: {b.app("app=db", antiAffine(b.toward("zone", "app=web")))}}, web, nil},
		{"anti-affinity of pods on nodes that selects others is void", placements{0: {b.app("app=db", antiAffine(b.toward("zone", "app=x")))}}, web, nil},
		{"namespace selectors of pods on nodes go by the labels of the pod's namespace",
			placements{0: {b.app("app=db", antiAffine(withNamespaceSelector(b.requirement("team", models.DoesNotExist))))}},
			b.app("app=web", in(labelled)), nil},
		{"affinity comes before anti-affinity, and that before the anti-affinity of others",
			placements{0: {web, b.app("app=x", antiAffine(b.toward("rack", "app=db")))}, 1: {b.app("app=y", antiAffine(b.toward("rack", "app=db")))}},
			b.app("app=db", affine(b.toward("zone", "app=web")), antiAffine(b.toward("rack", "app=x"))),
			[]string{anti, existing, affinity, affinity}},
	} {
		c, nodes := b.attempt(test.pods, test.pod)
		p := b.plugin("InterPodAffinity", nil).(*InterPodAffinity)
		var got []string
		if _, _, status := p.PreFilter(c); status == nil {
			for _, n := range nodes {
				got = append(got, answer(p.Filter(c, n)))
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%q, want\n%q", test.name, got, test.want)
		}
	}
}

func TestInterPodAffinityScores(t *testing.T) {
	b := newBed(t)
	web, db := b.app("app=web"), b.app("app=db")
	weight := func(w int32) *InterPodAffinityArgs { return &InterPodAffinityArgs{HardPodAffinityWeight: &w} }
	ignoring := &InterPodAffinityArgs{IgnorePreferredTermsOfExistingPods: true}
	wantsDB := b.app("app=web", affine(b.toward("zone", "app=db")))
	likesDB := b.app("app=web", prefers(5, b.toward("zone", "app=db")))
	for _, test := range []struct {
		name string
		args *InterPodAffinityArgs
		pods placements
		pod  func(*models.PodSpec)
		want []int64 // nil if the plugin skips the pod
	}{
		{"pods that matter to nobody are skipped", nil, placements{0: {web}}, db, nil},
		{"a preference without any match is skipped", nil, placements{0: {web}}, b.app("app=x", prefers(5, b.toward("zone", "app=db"))), nil},
		{"a match outside all domains is none", nil, placements{3: {web}}, b.app("app=x", prefers(5, b.toward("zone", "app=web"))), nil},
		{"each match adds the weight to its domain", nil, placements{0: {web}, 1: {web}, 2: {web}},
			b.app("app=x", prefers(5, b.toward("zone", "app=web"))), []int64{10, 10, 5, 0}},
		{"anti-affinity takes the weight away", nil, placements{0: {web}},
			b.app("app=x", avoids(7, b.toward("zone", "app=web"))), []int64{-7, -7, 0, 0}},
		{"keys add up", nil, placements{0: {web}},
			b.app("app=x", prefers(5, b.toward("zone", "app=web")), avoids(2, b.toward("rack", "app=web"))), []int64{3, 5, 0, 0}},
		{"what adds up to nothing is not skipped", nil, placements{0: {web}},
			b.app("app=x", prefers(5, b.toward("zone", "app=web")), avoids(5, b.toward("zone", "app=web"))), []int64{0, 0, 0, 0}},
		{"preferences of pods on nodes count", nil, placements{0: {likesDB}, 2: {b.app("app=y", avoids(3, b.toward("rack", "app=db")))}},
			db, []int64{5, 5, -3, 0}},
		{"required affinity of pods on nodes counts 1", nil, placements{0: {wantsDB}, 2: {wantsDB, wantsDB}}, db, []int64{1, 1, 2, 0}},
		{"hardPodAffinityWeight", weight(40), placements{0: {wantsDB}}, db, []int64{40, 40, 0, 0}},
		{"hardPodAffinityWeight 0", weight(0), placements{0: {wantsDB}}, db, nil},
		{"required terms of the pod itself do not count", nil, placements{0: {web}}, b.app("app=x", affine(b.toward("zone", "app=web"))), nil},
		{"ignorePreferredTermsOfExistingPods", ignoring, placements{0: {likesDB}}, db, nil},
		{"ignorePreferredTermsOfExistingPods ignores required terms as well", ignoring, placements{0: {wantsDB}}, db, nil},
		{"ignorePreferredTermsOfExistingPods is for pods without preferences", ignoring, placements{0: {likesDB}},
			b.app("app=db", avoids(1, b.toward("rack", "app=web"))), []int64{4, 5, 0, 0}},
	} {
		c, nodes := b.attempt(test.pods, test.pod)
		p := b.plugin("InterPodAffinity", test.args).(*InterPodAffinity)
		var got []int64
		if p.PreScore(c, everyNode(c)) == nil {
			for _, n := range nodes {
				got = append(got, p.Score(c, n))
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestInterPodAffinityNormalizesFromTheLowestToTheHighest(t *testing.T) {
	p := newBed(t).plugin("InterPodAffinity", nil).(*InterPodAffinity)
	for _, test := range []struct{ raw, want []int64 }{
		{nil, nil},
		{[]int64{4}, []int64{0}},
		{[]int64{7, 7}, []int64{0, 0}},
		{[]int64{-5, 0, 5}, []int64{0, 50, 100}},
		{[]int64{-3, -2, 0}, []int64{0, 33, 100}},  // cut off, not rounded
		{[]int64{0, 29, 100}, []int64{0, 28, 100}}, // 100 * 0.29 is below 29
	} {
		got := slices.Clone(test.raw)
		p.NormalizeScore(nil, nil, got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%d: got %d, want %d", test.raw, got, test.want)
		}
	}
}

func TestInterPodAffinityQueuesForPodsAndDomains(t *testing.T) {
	b := newBed(t)
	two := []models.AffinityTerm{b.toward("zone", "app=web"), b.toward("rack", "tier=front")}
	near, apart := affine(two...), antiAffine(b.toward("zone", "app=web"))
	front := func(s *models.PodSpec) { s.Labels = b.labels("app=web", "tier=front") }
	everywhere := b.toward("zone", "app=web")
	everywhere.Namespaces, everywhere.NamespaceSelector = nil, models.LabelSelector{Requirements: models.Selector{b.requirement("team", models.Exists)}}
	web, db := b.app("app=web"), b.app("app=db")
	add, gone, joins, relabels := framework.AssignedPodAdd, framework.AssignedPodDelete, framework.NodeAdd, framework.NodeLabel
	for _, test := range []struct {
		name  string
		kind  framework.EventKind
		pod   func(*models.PodSpec)
		other func(*models.PodSpec) // the pod that came or went
		want  bool
	}{
		{"a pod came that matches all affinity terms", add, b.app("app=x", near), b.app("", front), true},
		{"a pod came that matches one of two", add, b.app("app=x", near), web, false},
		{"a pod came, and there is no affinity", add, b.app("app=x", apart), web, false},
		{"a pod came, namespaces are selected by labels", add, b.app("app=x", affine(everywhere)), b.app("app=web", in(b.d.Sym("labelled"))), false},
		{"a pod went that matches the anti-affinity", gone, b.app("app=x", apart), web, true},
		{"a pod went that matches one of two terms", gone, b.app("app=x", antiAffine(two...)), web, false},
		{"a pod went whose anti-affinity matches", gone, web, b.app("app=x", apart), true},
		{"a pod went that matches the affinity", gone, b.app("app=x", affine(b.toward("zone", "app=web"))), web, false},
		{"another pod went", gone, b.app("app=x", apart), db, false},
		{"a node joins with a key of the affinity", joins, b.app("app=x", affine(b.toward("zone", "app=web"))), nil, true},
		{"a node joins without it", joins, b.app("app=x", affine(b.toward("row", "app=web"))), nil, false},
		{"a node joins, and there is anti-affinity", joins, b.app("app=x", antiAffine(b.toward("row", "app=web"))), nil, true},
		{"a node joins, and there are no terms", joins, web, nil, false},
		{"a node has other labels, among them a key of the affinity", relabels, b.app("app=x", affine(b.toward("zone", "app=web"))), nil, true},
		{"a taint changes", framework.NodeTaint, web, nil, true},
		{"allocatable changes", framework.NodeAllocatable, b.app("app=x", near), nil, false},
	} {
		c, nodes := b.attempt(nil, test.pod)
		e := &framework.Event{Kind: test.kind, Node: nodes[0].ID()}
		if test.other != nil {
			e.Spec = new(models.PodSpec)
			test.other(e.Spec)
		}
		p := b.plugin("InterPodAffinity", nil).(framework.EventsToRegister)
		if got := queues(p, c, e); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestInterPodAffinityArguments(t *testing.T) {
	for _, test := range []struct {
		name string
		args InterPodAffinityArgs
		want string
	}{
		{"highest weight", InterPodAffinityArgs{HardPodAffinityWeight: new(int32(100))}, ""},
		{"too high", InterPodAffinityArgs{HardPodAffinityWeight: new(int32(101))},
			"hardPodAffinityWeight: out of range (got 101; want 0 to 100)"},
		{"everything at once", InterPodAffinityArgs{TypeMeta: TypeMeta{Kind: "NodeAffinityArgs"}, HardPodAffinityWeight: new(int32(-1))},
			"kind: arguments of another plugin (got \"NodeAffinityArgs\"; want InterPodAffinityArgs)\n" +
				"hardPodAffinityWeight: out of range (got -1; want 0 to 100)"},
	} {
		_, err := NewInterPodAffinity(test.args, models.NewDictionary())
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
