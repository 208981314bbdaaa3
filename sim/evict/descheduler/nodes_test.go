package descheduler

import (
	"testing"

	"github.com/podsim/podsim/models"
)

// outOfPlace is a scene of pods that are not where they should be: n1 has the taints old=yes and
// new (NoSchedule) and lean (PreferNoSchedule), n2 the label ssd, and n3 is cordoned and full.
func outOfPlace(s *scene) {
	s.node("n1", func(n *models.NodeSpec) {
		n.Taints = []models.Taint{{Key: s.d.Sym("old"), Value: s.d.Sym("yes"), Effect: models.NoSchedule},
			{Key: s.d.Sym("new"), Effect: models.NoSchedule}, {Key: s.d.Sym("lean"), Effect: models.PreferNoSchedule}}
	})
	s.node("n2", func(n *models.NodeSpec) { n.Labels = models.NewLabels(s.label("zone", "n2"), s.label("ssd", "yes")) })
	s.node("n3", func(n *models.NodeSpec) { n.Unschedulable = true })
	set := s.owner(models.ReplicaSet, "set")
	tolerates := func(keys ...string) []models.Toleration {
		var list []models.Toleration
		for _, key := range keys {
			list = append(list, models.Toleration{Key: s.d.Sym(key), Exists: true})
		}
		return list
	}
	has := func(label string) models.NodeTerm {
		return models.NodeTerm{Labels: models.Selector{{Key: s.d.Sym(label), Op: models.Exists}}}
	}
	s.pod("none", "n1", set, nil)
	s.pod("old", "n1", set, func(p *models.PodSpec) { p.Tolerations = tolerates("old") })
	s.pod("both", "n1", set, func(p *models.PodSpec) { p.Tolerations = tolerates("old", "new") })
	s.pod("all", "n1", set, func(p *models.PodSpec) { p.Tolerations = tolerates("old", "new", "lean") })
	s.pod("requires", "n1", set, func(p *models.PodSpec) {
		p.HasRequiredTerms, p.RequiredTerms, p.Tolerations = true, []models.NodeTerm{has("ssd")}, tolerates("old", "new", "lean")
	})
	s.pod("nowhere", "n1", set, func(p *models.PodSpec) {
		p.HasRequiredTerms, p.RequiredTerms, p.Tolerations = true, []models.NodeTerm{has("gpu")}, tolerates("old", "new", "lean")
	})
	s.pod("prefers", "n1", set, func(p *models.PodSpec) {
		p.PreferredTerms, p.Tolerations = []models.PreferredTerm{{Weight: 1, Term: has("ssd")}}, tolerates("old", "new", "lean")
	})
	s.pod("happy", "n2", set, func(p *models.PodSpec) { p.PreferredTerms = []models.PreferredTerm{{Weight: 1, Term: has("ssd")}} })
	apart := models.AffinityTerm{TopologyKey: s.d.Sym("zone"), Selector: models.LabelSelector{Requirements: s.app("rival")}}
	s.pod("apart", "n2", set, func(p *models.PodSpec) { p.AntiAffinity = []models.AffinityTerm{apart} })
	s.pod("dear", "n2", set, func(p *models.PodSpec) { p.AntiAffinity, p.Priority = []models.AffinityTerm{apart}, 10 })
	s.pod("rival", "n2", set, nil)
	s.pod("far", "n3", set, func(p *models.PodSpec) { p.AntiAffinity = []models.AffinityTerm{apart} })
}

// TestRemovePodsViolatingNodeTaints shows each argument of it.
// Source: descheduler pkg/framework/plugins/removepodsviolatingnodetaints/node_taint.go.
func TestRemovePodsViolatingNodeTaints(t *testing.T) {
	expect(t, outOfPlace, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"nothing":                         {func(*scene) Strategy { return &NodeTaints{All: true} }, []string{"none", "old"}},
		"includePreferNoSchedule":         {func(*scene) Strategy { return &NodeTaints{All: true, Prefer: true} }, []string{"none", "old", "both"}},
		"excludedTaints":                  {func(*scene) Strategy { return &NodeTaints{All: true, Exclude: []string{"new"}} }, []string{"none"}},
		"excludedTaints with value":       {func(*scene) Strategy { return &NodeTaints{All: true, Exclude: []string{"old=yes", "new"}} }, nil},
		"includedTaints":                  {func(*scene) Strategy { return &NodeTaints{Include: []string{"old=yes"}} }, []string{"none"}},
		"includedTaints of another value": {func(*scene) Strategy { return &NodeTaints{Include: []string{"old=no"}} }, nil},
		"labelSelector":                   {func(s *scene) Strategy { return &NodeTaints{All: true, Scope: Scope{Labels: s.app("old")}} }, []string{"old"}},
		"namespaces": {func(s *scene) Strategy {
			return &NodeTaints{All: true, Scope: Scope{Exclude: []models.Sym{s.d.Sym("default")}}}
		}, nil},
	})
}

// TestRemovePodsViolatingNodeAffinity shows each argument of it.
// Source: descheduler pkg/framework/plugins/removepodsviolatingnodeaffinity/node_affinity.go.
func TestRemovePodsViolatingNodeAffinity(t *testing.T) {
	expect(t, outOfPlace, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"required":  {func(*scene) Strategy { return &NodeAffinity{Types: []NodeAffinityType{RequiredAffinity}} }, []string{"requires"}},
		"preferred": {func(*scene) Strategy { return &NodeAffinity{Types: []NodeAffinityType{PreferredAffinity}} }, []string{"prefers"}},
		"both in turn": {func(*scene) Strategy {
			return &NodeAffinity{Types: []NodeAffinityType{PreferredAffinity, RequiredAffinity}}
		}, []string{"prefers", "requires"}},
		"labelSelector": {func(s *scene) Strategy {
			return &NodeAffinity{Types: []NodeAffinityType{RequiredAffinity}, Scope: Scope{Labels: s.app("nowhere")}}
		}, nil},
		"namespaces": {func(s *scene) Strategy {
			return &NodeAffinity{Types: []NodeAffinityType{RequiredAffinity}, Scope: Scope{Include: []models.Sym{s.d.Sym("team")}}}
		}, nil},
	})
}

// TestRemovePodsViolatingInterPodAntiAffinity shows each argument of it.
// Source: descheduler pkg/framework/plugins/removepodsviolatinginterpodantiaffinity/pod_antiaffinity.go.
func TestRemovePodsViolatingInterPodAntiAffinity(t *testing.T) {
	expect(t, outOfPlace, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"the least important first": {func(*scene) Strategy { return &InterPodAntiAffinity{} }, []string{"apart", "dear"}},
		"labelSelector, of both sides": {func(s *scene) Strategy {
			return &InterPodAntiAffinity{Scope: Scope{Labels: s.app("dear")}}
		}, nil},
		"namespaces": {func(s *scene) Strategy {
			return &InterPodAntiAffinity{Scope: Scope{Include: []models.Sym{s.d.Sym("team")}}}
		}, nil},
	})
}

// crowded is a scene of five pods of one owner on n1 and one on n2, three of another kind of
// owner on n1, and an empty n3 with a taint. web3, web4 and web5 are too large for n2, and
// web5 has another image.
func crowded(s *scene) {
	s.node("n1", nil)
	s.node("n2", nil)
	s.node("n3", func(n *models.NodeSpec) { n.Taints = []models.Taint{{Key: s.d.Sym("gpu"), Effect: models.NoSchedule}} })
	set, job := s.owner(models.ReplicaSet, "set"), s.owner(models.Job, "job")
	spread := func(soft bool) []models.SpreadConstraint {
		return []models.SpreadConstraint{{TopologyKey: s.d.Sym("zone"), MaxSkew: 1, MinDomains: 1, Soft: soft,
			Selector: models.LabelSelector{Requirements: models.Selector{{Key: s.d.Sym("hard"), Op: models.Exists}}}}}
	}
	for _, name := range numbered("web", 1, 6) {
		node := "n1"
		if name == "web6" {
			node = "n2"
		}
		s.pod(name, node, set, func(p *models.PodSpec) {
			p.Spread, p.Labels = spread(false), models.NewLabels(s.label("app", name), s.label("hard", "yes"))
			switch name {
			case "web3", "web4":
				p.Requests[models.CPU] = 950
			case "web5":
				p.Requests[models.CPU], p.Containers[0].Image = 950, s.d.Sym("other")
			}
		})
	}
	for _, name := range numbered("sum", 1, 3) {
		s.pod(name, "n1", job, func(p *models.PodSpec) {
			p.Spread, p.Namespace, p.Labels = spread(true), s.d.Sym("team"), models.NewLabels(s.label("app", name), s.label("hard", "yes"))
		})
	}
}

// TestRemoveDuplicates shows each argument of it.
// Source: descheduler pkg/framework/plugins/removeduplicates/removeduplicates.go.
func TestRemoveDuplicates(t *testing.T) {
	expect(t, crowded, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"a share on each node": {func(*scene) Strategy { return &Duplicates{} }, []string{"web4", "sum3"}},
		"excludeOwnerKinds":    {func(*scene) Strategy { return &Duplicates{ExcludeOwners: []string{"Job"}} }, []string{"web4"}},
		"namespaces": {func(s *scene) Strategy { return &Duplicates{Scope: Scope{Exclude: []models.Sym{s.d.Sym("default")}}} },
			[]string{"sum3"}},
	})
}

// TestRemovePodsViolatingTopologySpreadConstraint shows each argument of it. The tainted
// zone counts, but nobody fits there.
// Source: descheduler pkg/framework/plugins/removepodsviolatingtopologyspreadconstraint/topologyspreadconstraint.go.
func TestRemovePodsViolatingTopologySpreadConstraint(t *testing.T) {
	expect(t, crowded, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"constraints: DoNotSchedule":  {func(*scene) Strategy { return &TopologySpread{Hard: true, NodeFit: true} }, []string{"web1", "web2"}},
		"constraints: ScheduleAnyway": {func(*scene) Strategy { return &TopologySpread{Soft: true, NodeFit: true} }, []string{"sum3", "sum2"}},
		"no topologyBalanceNodeFit":   {func(*scene) Strategy { return &TopologySpread{Hard: true} }, []string{"web1", "web2", "web5"}},
		"labelSelector":               {func(s *scene) Strategy { return &TopologySpread{Hard: true, Scope: Scope{Labels: s.app("web1")}} }, nil},
		"namespaces": {func(s *scene) Strategy {
			return &TopologySpread{Hard: true, Soft: true, Scope: Scope{Include: []models.Sym{s.d.Sym("team")}}}
		}, []string{"sum3", "sum2"}},
	})
}
