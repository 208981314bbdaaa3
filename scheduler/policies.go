package scheduler

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// Policy is one line of `podsim policies`.
type Policy struct {
	Name string
	// Kind is profile or plugin.
	Kind string
	Help string
}

// NamedProfile is a ready-made profile.
type NamedProfile struct {
	Name string
	Help string
	// Profile makes it of a table of plugins.
	Profile func(table []plugins.Entry) Profile
}

// NamedProfiles returns the ready-made profiles.
func NamedProfiles() []NamedProfile {
	return []NamedProfile{
		{"default", "what Kubernetes does: spreads load over the nodes", DefaultProfile},
		{"most-allocated", "bin packing: prefers the fullest node on which the pod fits", mostAllocated},
		{"requested-to-capacity-ratio", "bin packing by a curve: the score rises with the share that is requested", requestedToCapacity},
		{"next-fit", "no scoring: takes the first node that fits, going on from the last one", unscored},
		{"round-robin", "the same as next-fit: pods go to the nodes in turn, past those that do not fit", unscored},
		{"first-fit", "takes the node that joined first of those that fit", scoredBy("FirstFit")},
		{"best-fit", "takes the node that the pod leaves with the least room, over all resources", scoredBy("BestFit")},
		{"worst-fit", "takes the node that the pod leaves with the most room, over all resources", scoredBy("WorstFit")},
		{"dot-product", "takes the node whose free resources are the most like what the pod asks for", scoredBy("DotProduct")},
		{"random", "takes any node that fits, each as likely as another", random},
	}
}

// LookupProfile returns a ready-made profile by name, which may also be written as
// one word: best-fit or bestFit.
func LookupProfile(name string, table []plugins.Entry) (Profile, bool) {
	for _, p := range NamedProfiles() {
		if p.Name == name || strings.EqualFold(strings.ReplaceAll(p.Name, "-", ""), name) {
			return p.Profile(table), true
		}
	}
	return Profile{}, false
}

// Policies lists the ready-made profiles and the plugins of a table.
func Policies(table []plugins.Entry) []Policy {
	var out []Policy
	for _, p := range NamedProfiles() {
		out = append(out, Policy{p.Name, "profile", p.Help})
	}
	for i := range table {
		out = append(out, Policy{table[i].Name, "plugin", table[i].Help})
	}
	return out
}

func mostAllocated(table []plugins.Entry) Profile {
	return withStrategy(table, plugins.ScoringStrategy{Type: plugins.MostAllocated})
}

// requestedToCapacity is the default profile with the shape that the documentation
// of Kubernetes has for bin packing.
func requestedToCapacity(table []plugins.Entry) Profile {
	return withStrategy(table, plugins.ScoringStrategy{Type: plugins.RequestedToCapacityRatio,
		RequestedToCapacityRatio: &plugins.RequestedToCapacityRatioParam{
			Shape: []plugins.UtilizationShapePoint{{Utilization: 0, Score: 0}, {Utilization: 100, Score: 10}},
		}})
}

// withStrategy is the default profile with another strategy of NodeResourcesFit.
func withStrategy(table []plugins.Entry, strategy plugins.ScoringStrategy) Profile {
	p := DefaultProfile(table)
	for i := range p.Plugins {
		if p.Plugins[i].Name == "NodeResourcesFit" {
			p.Plugins[i].Args = &plugins.NodeResourcesFitArgs{ScoringStrategy: &strategy}
		}
	}
	return p
}

// unscored is the default profile without scores: the search ends at the first
// node that fits, and the next one begins behind it.
func unscored(table []plugins.Entry) Profile {
	p := DefaultProfile(table)
	for i := range p.Plugins {
		p.Plugins[i].Off = framework.Scoring
	}
	return p
}

// scoredBy makes the default profile with the scores of one plugin alone, which
// chooses among all nodes.
func scoredBy(plugin string) func(table []plugins.Entry) Profile {
	return func(table []plugins.Entry) Profile {
		p := unscored(table)
		if slices.ContainsFunc(table, func(e plugins.Entry) bool { return e.Name == plugin }) {
			p.Plugins = append(p.Plugins, Plugin{Name: plugin})
		}
		p.PercentageOfNodesToScore, p.Ties = 100, engine.TiesFirst
		return p
	}
}

func random(table []plugins.Entry) Profile {
	p := scoredBy("Random")(table)
	p.Ties = engine.TiesRandom
	return p
}
