package manifest

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// spread compiles the constraints that spread pods over domains.
// Source: pkg/apis/core/validation (validateTopologySpreadConstraints),
// pkg/scheduler/framework/plugins/podtopologyspread/common.go (defaults).
func (c *checker) spread(src *podSource, out *models.PodSpec) {
	type kind struct {
		topologyKey string
		when        corev1.UnsatisfiableConstraintAction
	}
	seen := map[kind]bool{}
	for i := range src.spec.TopologySpreadConstraints {
		s := &src.spec.TopologySpreadConstraints[i]
		at := yamlnode.IndexPath(src.path+".topologySpreadConstraints", i)
		if s.MaxSkew <= 0 {
			c.addf(at+".maxSkew", "got %d; must be > 0", s.MaxSkew)
		}
		if s.TopologyKey == "" {
			c.addf(at+".topologyKey", "topologyKey is missing")
		}
		c.oneOf(string(s.WhenUnsatisfiable), at+".whenUnsatisfiable", "DoNotSchedule", "ScheduleAnyway")
		if seen[kind{s.TopologyKey, s.WhenUnsatisfiable}] {
			c.addf(at, "a constraint on %s with %s occurs twice", quote(s.TopologyKey), s.WhenUnsatisfiable)
		}
		seen[kind{s.TopologyKey, s.WhenUnsatisfiable}] = true
		out.Spread = append(out.Spread, models.SpreadConstraint{
			TopologyKey:    c.set.dict.Sym(s.TopologyKey),
			MaxSkew:        s.MaxSkew,
			MinDomains:     c.minDomains(s, at+".minDomains"),
			Soft:           s.WhenUnsatisfiable == corev1.ScheduleAnyway,
			Selector:       c.keyedSelector(src, s.LabelSelector, []keyList{{at + ".matchLabelKeys", s.MatchLabelKeys, models.In}}, at+".labelSelector"),
			IgnoreAffinity: c.inclusion(s.NodeAffinityPolicy, at+".nodeAffinityPolicy") == corev1.NodeInclusionPolicyIgnore,
			HonorTaints:    c.inclusion(s.NodeTaintsPolicy, at+".nodeTaintsPolicy") == corev1.NodeInclusionPolicyHonor,
		})
	}
}

func (c *checker) minDomains(s *corev1.TopologySpreadConstraint, path string) int32 {
	if s.MinDomains == nil {
		return 1
	}
	if *s.MinDomains <= 0 {
		c.addf(path, "got %d; must be > 0", *s.MinDomains)
	}
	if s.WhenUnsatisfiable == corev1.ScheduleAnyway {
		c.addf(path, "minDomains goes with whenUnsatisfiable DoNotSchedule only")
	}
	return *s.MinDomains
}

// inclusion checks which nodes a constraint counts; empty is the default.
func (c *checker) inclusion(policy *corev1.NodeInclusionPolicy, path string) corev1.NodeInclusionPolicy {
	if policy == nil {
		return ""
	}
	c.oneOf(string(*policy), path, string(corev1.NodeInclusionPolicyHonor), string(corev1.NodeInclusionPolicyIgnore))
	return *policy
}
