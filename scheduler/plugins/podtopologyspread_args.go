package plugins

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// PodTopologySpreadArgs are the arguments of PodTopologySpread.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type PodTopologySpreadArgs struct {
	TypeMeta `json:",inline"`
	// DefaultConstraints are for pods that have none of their own. They count the
	// pods that the pod's Services and its owner select.
	DefaultConstraints []TopologySpreadConstraint `json:"defaultConstraints,omitempty"`
	// DefaultingType is System (the default) for the defaults of Kubernetes, or
	// List for DefaultConstraints, be it none.
	DefaultingType string `json:"defaultingType,omitempty"`
}

// The kinds of default constraints.
const (
	SystemDefaulting = "System"
	ListDefaulting   = "List"
)

// TopologySpreadConstraint is a default constraint as it is written.
type TopologySpreadConstraint struct {
	// MaxSkew is at least 1.
	MaxSkew     int32  `json:"maxSkew"`
	TopologyKey string `json:"topologyKey"`
	// WhenUnsatisfiable is DoNotSchedule or ScheduleAnyway.
	WhenUnsatisfiable string `json:"whenUnsatisfiable"`
	// LabelSelector must be absent: the pod tells what is selected.
	LabelSelector map[string]any `json:"labelSelector,omitempty"`
	// MinDomains is at least 1, the default.
	MinDomains *int32 `json:"minDomains,omitempty"`
	// NodeAffinityPolicy and NodeTaintsPolicy are Honor or Ignore; by default
	// affinity is honoured and taints are ignored.
	NodeAffinityPolicy *string `json:"nodeAffinityPolicy,omitempty"`
	NodeTaintsPolicy   *string `json:"nodeTaintsPolicy,omitempty"`
	// MatchLabelKeys would narrow the selector and have no effect here.
	MatchLabelKeys []string `json:"matchLabelKeys,omitempty"`
}

const (
	doNotSchedule  = "DoNotSchedule"
	scheduleAnyway = "ScheduleAnyway"
	policyHonor    = "Honor"
	policyIgnore   = "Ignore"
)

// systemConstraints are the defaults of Kubernetes.
// Source: pkg/scheduler/framework/plugins/podtopologyspread/plugin.go.
var systemConstraints = []TopologySpreadConstraint{
	{MaxSkew: 3, TopologyKey: models.LabelHostname, WhenUnsatisfiable: scheduleAnyway},
	{MaxSkew: 5, TopologyKey: models.LabelZone, WhenUnsatisfiable: scheduleAnyway},
}

func (a *PodTopologySpreadArgs) system() bool { return a.DefaultingType != ListDefaulting }

// check reports what is wrong.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go.
func (a *PodTopologySpreadArgs) check(problems *Problems) {
	a.TypeMeta.check("PodTopologySpreadArgs", problems)
	switch a.DefaultingType {
	case "", SystemDefaulting:
		if len(a.DefaultConstraints) > 0 {
			problems.add("defaultingType", "%s does not go with defaultConstraints (got %d of them; want type %s, or none)",
				SystemDefaulting, len(a.DefaultConstraints), ListDefaulting)
		}
	case ListDefaulting:
	default:
		problems.add("defaultingType", "unknown type (got %q; want %s or %s)", a.DefaultingType, SystemDefaulting, ListDefaulting)
	}
	for i := range a.DefaultConstraints {
		c, path := &a.DefaultConstraints[i], fmt.Sprintf("defaultConstraints[%d]", i)
		c.check(path, problems)
		for j := range i {
			other := &a.DefaultConstraints[j]
			if other.TopologyKey == c.TopologyKey && other.WhenUnsatisfiable == c.WhenUnsatisfiable {
				problems.add(path, "topologyKey %q is there twice with whenUnsatisfiable %q", c.TopologyKey, c.WhenUnsatisfiable)
				break
			}
		}
	}
}

func (c *TopologySpreadConstraint) check(path string, problems *Problems) {
	if c.MaxSkew < 1 {
		problems.add(path+".maxSkew", "out of range (got %d; want at least 1)", c.MaxSkew)
	}
	if !isQualifiedName(c.TopologyKey) {
		problems.add(path+".topologyKey", "not a label key (got %q)", c.TopologyKey)
	}
	if c.WhenUnsatisfiable != doNotSchedule && c.WhenUnsatisfiable != scheduleAnyway {
		problems.add(path+".whenUnsatisfiable", "unknown action (got %q; want %s or %s)",
			c.WhenUnsatisfiable, doNotSchedule, scheduleAnyway)
	}
	if c.LabelSelector != nil {
		problems.add(path+".labelSelector", "must be absent (the selector of a default constraint follows from each pod)")
	}
	if c.MinDomains != nil && *c.MinDomains < 1 {
		problems.add(path+".minDomains", "out of range (got %d; want at least 1)", *c.MinDomains)
	}
	checkPolicy(path+".nodeAffinityPolicy", c.NodeAffinityPolicy, problems)
	checkPolicy(path+".nodeTaintsPolicy", c.NodeTaintsPolicy, problems)
}

func checkPolicy(path string, policy *string, problems *Problems) {
	if policy != nil && *policy != policyHonor && *policy != policyIgnore {
		problems.add(path, "unknown policy (got %q; want %s or %s)", *policy, policyHonor, policyIgnore)
	}
}

// compile returns the default constraints, without selectors.
func (a *PodTopologySpreadArgs) compile(d *models.Dictionary) []models.SpreadConstraint {
	from := a.DefaultConstraints
	if a.system() {
		from = systemConstraints
	}
	var out []models.SpreadConstraint
	for i := range from {
		c := &from[i]
		compiled := models.SpreadConstraint{
			TopologyKey: d.Sym(c.TopologyKey), MaxSkew: c.MaxSkew, MinDomains: 1,
			Soft:           c.WhenUnsatisfiable == scheduleAnyway,
			IgnoreAffinity: c.NodeAffinityPolicy != nil && *c.NodeAffinityPolicy == policyIgnore,
			HonorTaints:    c.NodeTaintsPolicy != nil && *c.NodeTaintsPolicy == policyHonor,
		}
		if c.MinDomains != nil {
			compiled.MinDomains = *c.MinDomains
		}
		out = append(out, compiled)
	}
	return out
}
