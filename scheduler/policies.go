package scheduler

import "github.com/podsim/podsim/scheduler/plugins"

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
		{"next-fit", "no scoring: takes the first node that fits, going on from the last one", nextFit},
	}
}

// LookupProfile returns a ready-made profile by name.
func LookupProfile(name string, table []plugins.Entry) (Profile, bool) {
	for _, p := range NamedProfiles() {
		if p.Name == name {
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
	p := DefaultProfile(table)
	for i := range p.Plugins {
		if p.Plugins[i].Name == "NodeResourcesFit" {
			p.Plugins[i].Args = &plugins.NodeResourcesFitArgs{
				ScoringStrategy: &plugins.ScoringStrategy{Type: plugins.MostAllocated},
			}
		}
	}
	return p
}

func nextFit(table []plugins.Entry) Profile {
	p := DefaultProfile(table)
	for i := range p.Plugins {
		p.Plugins[i].NoScore = true
	}
	return p
}
