package worlds_test

import (
	"testing"

	"github.com/podsim/podsim/bench/worlds"
	"github.com/podsim/podsim/models"
)

func build(t *testing.T, config worlds.Config) *worlds.World {
	t.Helper()
	w, err := worlds.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// arrive lets n pods come and binds each to the first node with room.
func arrive(t *testing.T, w *worlds.World, n int) {
	t.Helper()
	v := w.Cluster.View()
	for range n {
		pod, err := w.Arrive()
		if err != nil {
			t.Fatal(err)
		}
		for id := range v.Nodes() {
			node := v.Node(models.NodeID(id))
			if sum, _ := node.Requested().Add(v.Pod(pod).Spec().Requests); sum.FitsIn(*node.Allocatable()) {
				if err := w.Bind(pod, node.ID()); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
	}
}

func TestTheSameConfigMakesTheSameWorld(t *testing.T) {
	config := worlds.Config{Nodes: 20, Classes: 30, Set: worlds.All, Seed: 7}
	digest := func(c worlds.Config) string {
		w := build(t, c)
		arrive(t, w, 200)
		if err := w.Cluster.Check(); err != nil {
			t.Fatal(err)
		}
		return w.Cluster.Digest()
	}
	first := digest(config)
	if again := digest(config); again != first {
		t.Errorf("digest %s, then %s", first, again)
	}
	config.Seed++
	if other := digest(config); other == first {
		t.Error("another seed makes the same world")
	}
}

func TestPodsDepart(t *testing.T) {
	w := build(t, worlds.Config{Nodes: 3, Classes: 2, Seed: 1})
	arrive(t, w, 5)
	for pod := range models.PodID(5) {
		if err := w.Depart(pod); err != nil {
			t.Fatal(err)
		}
	}
	for id := range 3 {
		if node := w.Cluster.View().Node(models.NodeID(id)); *node.Requested() != (models.Resources{}) {
			t.Errorf("node %d is left with %v", id, *node.Requested())
		}
	}
}

// Each set brings what it is for, and nothing that another one is for.
func TestSetsAskForWhatTheySay(t *testing.T) {
	type asks struct{ tainted, tolerant, selective, spread, owned, related bool }
	for set, want := range map[worlds.Set]asks{
		worlds.Fit:                           {},
		worlds.Taints:                        {tainted: true, tolerant: true},
		worlds.Affinity:                      {selective: true},
		worlds.Spread:                        {spread: true},
		worlds.DefaultSpread:                 {owned: true},
		worlds.InterPod:                      {related: true},
		worlds.Taints | worlds.DefaultSpread: {tainted: true, tolerant: true, owned: true},
		worlds.All:                           {true, true, true, true, true, true},
	} {
		t.Run(set.String(), func(t *testing.T) {
			v := build(t, worlds.Config{Nodes: 100, Classes: 100, Set: set, Seed: 1}).Cluster.View()
			got := asks{owned: v.Owners() > 0 && v.ServicesLeft() > 0}
			for id := range v.Nodes() {
				got.tainted = got.tainted || len(v.Node(models.NodeID(id)).Taints()) > 0
			}
			for id := range v.Specs() {
				s := v.Spec(models.SpecID(id))
				got.tolerant = got.tolerant || len(s.Tolerations) > 0
				got.selective = got.selective || len(s.NodeSelector)+len(s.RequiredTerms)+len(s.PreferredTerms) > 0
				got.spread = got.spread || len(s.Spread) > 0
				got.related = got.related || len(s.Affinity)+len(s.AntiAffinity)+len(s.PreferredAffinity)+len(s.PreferredAntiAffinity) > 0
			}
			if got != want {
				t.Errorf("got %+v; want %+v", got, want)
			}
		})
	}
}

func TestParseSet(t *testing.T) {
	for text, want := range map[string]worlds.Set{
		"fit": worlds.Fit, "all": worlds.All, "fit,defaultspread": worlds.DefaultSpread, "taints,interpod": worlds.Taints | worlds.InterPod,
	} {
		got, err := worlds.ParseSet(text)
		if err != nil || got != want {
			t.Errorf("ParseSet(%q) = %s, %v; want %s", text, got, err, want)
		}
		if again, err := worlds.ParseSet(got.String()); err != nil || again != got {
			t.Errorf("ParseSet(%q) = %s, %v", got, again, err)
		}
	}
	for text, want := range map[string]string{
		"":          `unknown set "" (known: fit, taints, affinity, spread, defaultspread, interpod, all)`,
		"fit,taint": `unknown set "taint"; did you mean "taints"? (known: fit, taints, affinity, spread, defaultspread, interpod, all)`,
	} {
		if _, err := worlds.ParseSet(text); err == nil || err.Error() != want {
			t.Errorf("ParseSet(%q) fails with %v; want %s", text, err, want)
		}
	}
}

func TestWorldsOfNothingAreRefused(t *testing.T) {
	for _, config := range []worlds.Config{{Nodes: 0, Classes: 1}, {Nodes: 1, Classes: 0}, {Nodes: worlds.MaxNodes + 1, Classes: 1}} {
		if _, err := worlds.New(config); err == nil {
			t.Errorf("%+v is accepted", config)
		}
	}
}
