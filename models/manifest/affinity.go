package manifest

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// podAffinity compiles the terms by which a pod wants others near or far.
// Source: k8s.io/kube-scheduler/framework/types.go (newAffinityTerm),
// pkg/apis/core/validation (validatePodAffinityTerm).
func (c *checker) podAffinity(src *podSource, out *models.PodSpec) {
	affinity := src.spec.Affinity
	if affinity == nil {
		return
	}
	path := src.path + ".affinity."
	if near := affinity.PodAffinity; near != nil {
		out.Affinity = c.requiredTerms(src, near.RequiredDuringSchedulingIgnoredDuringExecution, path+"podAffinity")
		out.PreferredAffinity = c.weightedTerms(src, near.PreferredDuringSchedulingIgnoredDuringExecution, path+"podAffinity")
	}
	if far := affinity.PodAntiAffinity; far != nil {
		out.AntiAffinity = c.requiredTerms(src, far.RequiredDuringSchedulingIgnoredDuringExecution, path+"podAntiAffinity")
		out.PreferredAntiAffinity = c.weightedTerms(src, far.PreferredDuringSchedulingIgnoredDuringExecution, path+"podAntiAffinity")
	}
}

func (c *checker) requiredTerms(src *podSource, terms []corev1.PodAffinityTerm, path string) []models.AffinityTerm {
	var out []models.AffinityTerm
	for i := range terms {
		at := yamlnode.IndexPath(path+".requiredDuringSchedulingIgnoredDuringExecution", i)
		out = append(out, c.affinityTerm(src, &terms[i], at))
	}
	return out
}

func (c *checker) weightedTerms(src *podSource, terms []corev1.WeightedPodAffinityTerm, path string) []models.AffinityTerm {
	var out []models.AffinityTerm
	for i := range terms {
		at := yamlnode.IndexPath(path+".preferredDuringSchedulingIgnoredDuringExecution", i)
		if weight := terms[i].Weight; weight < 1 || weight > 100 {
			c.addf(at+".weight", "got %d; want 1 to 100", weight)
		}
		term := c.affinityTerm(src, &terms[i].PodAffinityTerm, at+".podAffinityTerm")
		term.Weight = terms[i].Weight
		out = append(out, term)
	}
	return out
}

func (c *checker) affinityTerm(src *podSource, term *corev1.PodAffinityTerm, path string) models.AffinityTerm {
	if term.TopologyKey == "" {
		c.addf(path+".topologyKey", "topologyKey is missing")
	} else {
		c.checkLabelKey(term.TopologyKey, path+".topologyKey")
	}
	for i, namespace := range term.Namespaces {
		c.checkLabelName(namespace, yamlnode.IndexPath(path+".namespaces", i))
	}
	out := models.AffinityTerm{
		TopologyKey: c.set.dict.Sym(term.TopologyKey),
		Selector: c.keyedSelector(src, term.LabelSelector, []keyList{
			{path + ".matchLabelKeys", term.MatchLabelKeys, models.In},
			{path + ".mismatchLabelKeys", term.MismatchLabelKeys, models.NotIn},
		}, path+".labelSelector"),
		Namespaces:        c.set.syms(term.Namespaces),
		NamespaceSelector: c.optionalSelector(term.NamespaceSelector, path+".namespaceSelector"),
	}
	if len(term.Namespaces) == 0 && term.NamespaceSelector == nil {
		out.Namespaces = c.set.syms([]string{src.namespace})
	}
	slices.Sort(out.Namespaces)
	out.Namespaces = slices.Compact(out.Namespaces)
	return out
}

// optionalSelector compiles a selector that selects nothing if it is absent.
// Source: k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go (LabelSelectorAsSelector).
func (c *checker) optionalSelector(s *metav1.LabelSelector, path string) models.LabelSelector {
	if s == nil {
		return models.LabelSelector{None: true}
	}
	return models.LabelSelector{Requirements: c.labelSelector(s, path)}
}

// keyList is a list of labels whose values a pod brings into its selector.
type keyList struct {
	path string
	keys []string
	op   models.Operator
}

// keyedSelector compiles a selector, to which the API server adds the pod's own
// values of the listed labels when it makes the pod. Labels that the pod lacks
// are left out, and those that stand there already, since objects that a server
// wrote may have lost their status.
// Source: pkg/registry/core/pod/strategy.go (applyLabelKeysToLabelSelector),
// pkg/apis/core/validation (ValidateMatchLabelKeysAndMismatchLabelKeys).
func (c *checker) keyedSelector(src *podSource, s *metav1.LabelSelector, lists []keyList, path string) models.LabelSelector {
	out := c.optionalSelector(s, path)
	var expressions []models.Requirement
	if s != nil {
		expressions = out.Requirements[len(s.MatchLabels):]
	}
	for _, list := range lists {
		if len(list.keys) > 0 && s == nil {
			c.addf(list.path, "needs a labelSelector beside it")
			continue
		}
		for i, key := range list.keys {
			at := yamlnode.IndexPath(list.path, i)
			c.checkLabelKey(key, at)
			if list.op == models.NotIn && slices.Contains(lists[0].keys, key) {
				c.addf(at, "%s stands in matchLabelKeys, too", quote(key))
			}
			r, ok := c.ownValue(src, key, list.op)
			if !ok || slices.ContainsFunc(expressions, r.equal) {
				continue
			}
			if list.op == models.In && slices.ContainsFunc(out.Requirements, func(other models.Requirement) bool { return other.Key == r.Key }) {
				c.addf(at, "%s stands in the labelSelector, too, or twice here", quote(key))
			}
			out.Requirements = append(out.Requirements, r.Requirement)
		}
	}
	return out
}

// ownRequirement is a requirement with a label of the pod itself.
type ownRequirement struct{ models.Requirement }

func (r ownRequirement) equal(other models.Requirement) bool {
	return r.Key == other.Key && r.Op == other.Op && slices.Equal(r.Values, other.Values)
}

// ownValue returns the requirement on a label that holds, In or NotIn, for the
// value that the pod has; ok is false if it has none. The hash of the template of
// a Deployment is not known before the template is: it stands there without a
// value until fillHash.
func (c *checker) ownValue(src *podSource, key string, op models.Operator) (r ownRequirement, ok bool) {
	r.Key, r.Op = c.set.dict.Sym(key), op
	if src.hashLabel != "" && key == src.hashLabel {
		return r, true
	}
	value, ok := src.meta.Labels[key]
	r.Values = []models.Sym{c.set.dict.Sym(value)}
	return r, ok
}

// asksForOwn reports whether a selector of a pod takes the pod's own value of a
// label.
func asksForOwn(spec *corev1.PodSpec, key string) bool {
	for i := range spec.TopologySpreadConstraints {
		if slices.Contains(spec.TopologySpreadConstraints[i].MatchLabelKeys, key) {
			return true
		}
	}
	var terms []corev1.PodAffinityTerm
	var weighted []corev1.WeightedPodAffinityTerm
	if affinity := spec.Affinity; affinity != nil {
		if near := affinity.PodAffinity; near != nil {
			terms, weighted = near.RequiredDuringSchedulingIgnoredDuringExecution, near.PreferredDuringSchedulingIgnoredDuringExecution
		}
		if far := affinity.PodAntiAffinity; far != nil {
			terms = slices.Concat(terms, far.RequiredDuringSchedulingIgnoredDuringExecution)
			weighted = slices.Concat(weighted, far.PreferredDuringSchedulingIgnoredDuringExecution)
		}
	}
	asks := func(t *corev1.PodAffinityTerm) bool {
		return slices.Contains(t.MatchLabelKeys, key) || slices.Contains(t.MismatchLabelKeys, key)
	}
	return slices.ContainsFunc(terms, func(t corev1.PodAffinityTerm) bool { return asks(&t) }) ||
		slices.ContainsFunc(weighted, func(t corev1.WeightedPodAffinityTerm) bool { return asks(&t.PodAffinityTerm) })
}

// fillHash gives the selectors of a pod that ask for the hash of its template the
// value. What it changes it copies.
func fillHash(pod *models.PodSpec, key, value models.Sym) {
	fill := func(s *models.LabelSelector) {
		for i := range s.Requirements {
			if s.Requirements[i].Key == key && len(s.Requirements[i].Values) == 0 && s.Requirements[i].Op <= models.NotIn {
				s.Requirements = slices.Clone(s.Requirements)
				s.Requirements[i].Values = []models.Sym{value}
			}
		}
	}
	for _, list := range []*[]models.AffinityTerm{&pod.Affinity, &pod.AntiAffinity, &pod.PreferredAffinity, &pod.PreferredAntiAffinity} {
		*list = slices.Clone(*list)
		for i := range *list {
			fill(&(*list)[i].Selector)
		}
	}
	pod.Spread = slices.Clone(pod.Spread)
	for i := range pod.Spread {
		fill(&pod.Spread[i].Selector)
	}
}
