package counts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// history is a cluster whose pods come and go at random, with questions about it.
type history struct {
	*rapid.T
	c        *cluster.Cluster
	d        *models.Dictionary
	index    Index
	specs    []models.SpecID
	matchers []framework.Matcher
	live     []models.PodID
}

func newHistory(t *rapid.T) *history {
	d := models.NewDictionary()
	h := &history{T: t, d: d, c: cluster.New(d, nil)}
	for i := range 3 {
		h.namespace(i)
	}
	for range rapid.IntRange(1, 12).Draw(t, "specs") {
		spec := &models.PodSpec{Namespace: h.name("ns", 4), Labels: h.labels(), Requests: models.Resources{models.Pods: 1}}
		spec.Affinity, spec.AntiAffinity = h.terms(2), h.terms(2)
		spec.PreferredAffinity, spec.PreferredAntiAffinity = h.terms(1), h.terms(1)
		h.specs = append(h.specs, h.c.DefinePod(spec))
	}
	for range rapid.IntRange(1, 8).Draw(t, "matchers") {
		h.matchers = append(h.matchers, framework.Matcher{Terms: h.terms(2), SkipTerminating: h.one(2)})
	}
	return h
}

func (h *history) one(of int) bool { return rapid.IntRange(1, of).Draw(h.T, "one") == 1 }

func (h *history) name(prefix string, n int) models.Sym {
	return h.d.Sym(fmt.Sprint(prefix, rapid.IntRange(0, n-1).Draw(h.T, prefix)))
}

func (h *history) namespace(i int) {
	h.c.DefineNamespace(&models.NamespaceSpec{Name: h.d.Sym(fmt.Sprint("ns", i)), Labels: h.labels()})
}

func (h *history) labels() models.Labels {
	var out []models.Label
	for range rapid.IntRange(0, 3).Draw(h.T, "labels") {
		out = append(out, models.Label{Key: h.name("key", 3), Value: h.name("value", 3)})
	}
	return models.NewLabels(out...)
}

func (h *history) selector() models.LabelSelector {
	s := models.LabelSelector{None: h.one(5)}
	for range rapid.IntRange(0, 2).Draw(h.T, "requirements") {
		r := models.Requirement{Key: h.name("key", 3), Op: models.Operator(rapid.IntRange(0, 3).Draw(h.T, "operator"))}
		if r.Op <= models.NotIn {
			for range rapid.IntRange(1, 2).Draw(h.T, "values") {
				r.Values = append(r.Values, h.name("value", 3))
			}
		}
		s.Requirements = append(s.Requirements, r)
	}
	return s
}

func (h *history) terms(most int) []models.AffinityTerm {
	var out []models.AffinityTerm
	for range rapid.IntRange(0, most).Draw(h.T, "terms") {
		term := models.AffinityTerm{TopologyKey: h.name("topology", 2), Selector: h.selector(), NamespaceSelector: models.LabelSelector{None: true}}
		if h.one(2) {
			term.Namespaces = append(term.Namespaces, h.name("ns", 4))
		}
		if h.one(3) {
			term.NamespaceSelector = h.selector()
		}
		out = append(out, term)
	}
	return out
}

func (h *history) apply(op models.Op) {
	if err := h.c.Apply(0, &op); err != nil {
		h.Fatal(err)
	}
}

func (h *history) join() {
	spec := &models.NodeSpec{Name: h.d.Sym("node"), Labels: models.NewLabels(
		models.Label{Key: h.d.Sym("topology0"), Value: h.name("value", 4)},
		models.Label{Key: h.name("topology", 2), Value: h.name("value", 4)})}
	h.apply(models.Op{Kind: models.OpAddNode, Node: models.NodeID(h.c.View().Nodes()), Def: int32(h.c.DefineNode(spec))})
}

// lose deletes the object of a node.
func (h *history) lose() {
	node := models.NodeID(rapid.IntRange(0, h.c.View().Nodes()-1).Draw(h.T, "node"))
	if !h.c.View().Node(node).Removed() {
		h.apply(models.Op{Kind: models.OpRemoveNode, Node: node})
	}
}

func (h *history) arrive() {
	v := h.c.View()
	id := models.PodID(v.Pods())
	spec := h.specs[rapid.IntRange(0, len(h.specs)-1).Draw(h.T, "spec")]
	h.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(spec), Ordinal: models.Exact})
	node := models.NodeID(rapid.IntRange(0, v.Nodes()-1).Draw(h.T, "node"))
	if v.Node(node).Removed() {
		h.apply(models.Op{Kind: models.OpAddNode, Node: node, Def: int32(h.c.DefineNode(v.Node(node).Spec()))})
	}
	h.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
	h.live = append(h.live, id)
}

// depart takes a pod one step further on its way out.
func (h *history) depart() {
	if len(h.live) == 0 {
		return
	}
	i := rapid.IntRange(0, len(h.live)-1).Draw(h.T, "pod")
	id := h.live[i]
	switch deleting := h.c.View().Pod(id).Deleting(); {
	case !deleting && h.one(2):
		h.apply(models.Op{Kind: models.OpDeletePod, Pod: id, Arg: 30})
		return
	case deleting:
		h.apply(models.Op{Kind: models.OpRemovePod, Pod: id})
	default:
		h.apply(models.Op{Kind: models.OpFinishPod, Pod: id})
	}
	h.live = slices.Delete(h.live, i, i+1)
}

func (h *history) ask() {
	v := h.c.View()
	h.index.At(v)
	walk := framework.Walk{View: v}
	for i := range h.matchers {
		got, want := h.index.Matching(&h.matchers[i]), walk.Matching(&h.matchers[i])
		if got.Total != want.Total || !maps.Equal(byNode(got), byNode(want)) {
			h.Fatalf("%+v matches %v; want %v", h.matchers[i], got, want)
		}
	}
	for _, key := range []models.Sym{h.d.Sym("topology0"), h.d.Sym("topology1")} {
		got, want := h.index.Domains(key), walk.Domains(key)
		if !slices.Equal(got.ByNode, want.ByNode) || !slices.Equal(got.Values, want.Values) {
			h.Fatalf("domains %v; want %v", got, want)
		}
	}
	for id := range models.PodID(v.Pods()) {
		for kind := range framework.TermKinds {
			got, want := carried(h.index.Carriers(kind, v.Pod(id))), carried(walk.Carriers(kind, v.Pod(id)))
			if !slices.Equal(got, want) {
				h.Fatalf("terms of kind %d that select pod %d:\n%v; want\n%v", kind, id, got, want)
			}
		}
	}
}

func byNode(t *framework.Tally) map[models.NodeID]int32 {
	out := make(map[models.NodeID]int32)
	for i, node := range t.Nodes {
		out[node] += t.Counts[i]
	}
	return out
}

// carried lists carriers by term and node, however they were cut up.
func carried(all []framework.Carrier) []string {
	counts := make(map[string]int32)
	for _, c := range all {
		for i, node := range c.Nodes {
			counts[fmt.Sprintf("%+v on %d", *c.Term, node)] += c.Counts[i]
		}
	}
	var out []string
	for key, n := range counts {
		out = append(out, fmt.Sprintf("%s: %d", key, n))
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}

func TestIndexAnswersAsWalkDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		h.join()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 12).Draw(t, "what") {
			case 0:
				h.join()
			case 10:
				h.lose()
			case 1, 2, 3, 4:
				h.arrive()
			case 5, 6, 7, 8:
				h.depart()
			case 9:
				h.namespace(rapid.IntRange(0, 2).Draw(t, "namespace"))
			default:
				h.ask()
			}
		}
		h.ask()
	})
}

func TestIndexThatLagsBehindCountsAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		h.join()
		h.ask()
		h.arrive()
		taint := models.Taint{Key: 1, Effect: models.NoSchedule}
		for range 40_000 {
			h.apply(models.Op{Kind: models.OpTaintNode, Taint: taint})
			h.apply(models.Op{Kind: models.OpUntaintNode, Taint: taint})
		}
		h.ask()
	})
}

func TestMatchersThatNobodyAsksAboutAreForgotten(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	var index Index
	app := d.Sym("app")
	room := models.Resources{models.Pods: 1}
	apply := func(op models.Op) {
		t.Helper()
		if err := c.Apply(0, &op); err != nil {
			t.Fatal(err)
		}
	}
	apply(models.Op{Kind: models.OpAddNode, Def: int32(c.DefineNode(&models.NodeSpec{Capacity: room, Allocatable: room}))})
	labels := models.NewLabels(models.Label{Key: app, Value: d.Sym("web")})
	spec := c.DefinePod(&models.PodSpec{Labels: labels})
	matcher := func(r models.Requirement) *framework.Matcher {
		return &framework.Matcher{Terms: []models.AffinityTerm{{NamespaceSelector: models.LabelSelector{},
			Selector: models.LabelSelector{Requirements: models.Selector{r}}}}}
	}
	for i := range 3 * keep {
		apply(models.Op{Kind: models.OpCreatePod, Pod: models.PodID(i), Def: int32(spec), Owner: models.None, Ordinal: models.Exact})
		apply(models.Op{Kind: models.OpBindPod, Pod: models.PodID(i)})
		index.At(c.View())
		index.Matching(matcher(models.Requirement{Key: app, Op: models.NotIn, Values: []models.Sym{d.Sym(fmt.Sprint("other", i))}}))
		if got := index.Matching(matcher(models.Requirement{Key: app, Op: models.Exists})); int(got.Total) != i+1 {
			t.Fatalf("%d pods have the label; want %d", got.Total, i+1)
		}
	}
	if n := len(index.matchers.all); n > 2*keep+2 {
		t.Fatalf("%d matchers are kept; want %d at most", n, 2*keep+2)
	}
}
