package validation

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// affinity checks the terms that nodes and pods must match.
// Source: pkg/apis/core/validation/validation.go (validateAffinity).
func affinity(a *corev1.Affinity, path *field.Path) field.ErrorList {
	if a == nil {
		return nil
	}
	var errs field.ErrorList
	if n := a.NodeAffinity; n != nil {
		errs = append(errs, nodeAffinity(n, path.Child("nodeAffinity"))...)
	}
	if p := a.PodAffinity; p != nil {
		errs = append(errs, podAffinity(p.RequiredDuringSchedulingIgnoredDuringExecution,
			p.PreferredDuringSchedulingIgnoredDuringExecution, path.Child("podAffinity"))...)
	}
	if p := a.PodAntiAffinity; p != nil {
		errs = append(errs, podAffinity(p.RequiredDuringSchedulingIgnoredDuringExecution,
			p.PreferredDuringSchedulingIgnoredDuringExecution, path.Child("podAntiAffinity"))...)
	}
	return errs
}

const (
	requiredTerms  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferredTerms = "preferredDuringSchedulingIgnoredDuringExecution"
	wrongWeight    = "must be in the range 1-100"
)

func nodeAffinity(a *corev1.NodeAffinity, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if required := a.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
		at := path.Child(requiredTerms, "nodeSelectorTerms")
		if len(required.NodeSelectorTerms) == 0 {
			errs = append(errs, field.Required(at, "must have at least one node selector term"))
		}
		for i := range required.NodeSelectorTerms {
			errs = append(errs, nodeTerm(&required.NodeSelectorTerms[i], at.Index(i))...)
		}
	}
	for i := range a.PreferredDuringSchedulingIgnoredDuringExecution {
		term, at := &a.PreferredDuringSchedulingIgnoredDuringExecution[i], path.Child(preferredTerms).Index(i)
		if term.Weight <= 0 || term.Weight > 100 {
			errs = append(errs, field.Invalid(at.Child("weight"), term.Weight, wrongWeight))
		}
		errs = append(errs, nodeTerm(&term.Preference, at.Child("preference"))...)
	}
	return errs
}

func nodeTerm(t *corev1.NodeSelectorTerm, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range t.MatchExpressions {
		errs = append(errs, nodeRequirement(&t.MatchExpressions[i], path.Child("matchExpressions").Index(i))...)
	}
	for i := range t.MatchFields {
		errs = append(errs, nodeField(&t.MatchFields[i], path.Child("matchFields").Index(i))...)
	}
	return errs
}

// nodeRequirement checks a requirement on the labels of nodes.
// Source: pkg/apis/core/validation/validation.go (ValidateNodeSelectorRequirement).
func nodeRequirement(r *corev1.NodeSelectorRequirement, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	values := path.Child("values")
	switch r.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		if len(r.Values) == 0 {
			errs = append(errs, field.Required(values, "must be specified when `operator` is 'In' or 'NotIn'"))
		}
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		if len(r.Values) > 0 {
			errs = append(errs, field.Forbidden(values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
		}
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		if len(r.Values) != 1 {
			errs = append(errs, field.Required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
		}
	default:
		errs = append(errs, field.Invalid(path.Child("operator"), r.Operator, "not a valid selector operator"))
	}
	errs = append(errs, qualifiedName(r.Key, path.Child("key"))...)
	for i, value := range r.Values {
		errs = append(errs, invalid(value, values.Index(i), validation.IsValidLabelValue(value))...)
	}
	return errs
}

func nodeField(r *corev1.NodeSelectorRequirement, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch r.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		if len(r.Values) != 1 {
			errs = append(errs, field.Required(path.Child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
		}
	default:
		errs = append(errs, field.Invalid(path.Child("operator"), r.Operator, "not a valid selector operator"))
	}
	if r.Key != metav1.ObjectNameField {
		return append(errs, field.Invalid(path.Child("key"), r.Key, "not a valid field selector key"))
	}
	for i, value := range r.Values {
		errs = append(errs, invalid(value, path.Child("values").Index(i), validation.IsDNS1123Subdomain(value))...)
	}
	return errs
}

func podAffinity(required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range required {
		errs = append(errs, podTerm(&required[i], path.Child(requiredTerms).Index(i))...)
	}
	for i := range preferred {
		at := path.Child(preferredTerms).Index(i)
		if w := preferred[i].Weight; w <= 0 || w > 100 {
			errs = append(errs, field.Invalid(at.Child("weight"), w, wrongWeight))
		}
		errs = append(errs, podTerm(&preferred[i].PodAffinityTerm, at.Child("podAffinityTerm"))...)
	}
	return errs
}

// podTerm checks a term about pods.
// Source: pkg/apis/core/validation/validation.go (validatePodAffinityTerm).
func podTerm(t *corev1.PodAffinityTerm, path *field.Path) field.ErrorList {
	errs := labelSelector(t.LabelSelector, path.Child("labelSelector"))
	errs = append(errs, labelSelector(t.NamespaceSelector, path.Child("namespaceSelector"))...)
	for _, name := range t.Namespaces {
		errs = append(errs, invalid(name, path.Child("namespace"), validation.IsDNS1123Label(name))...)
	}
	errs = append(errs, labelKeys(t.LabelSelector, t.MatchLabelKeys, t.MismatchLabelKeys, path)...)
	if t.TopologyKey == "" {
		errs = append(errs, field.Required(path.Child("topologyKey"), "can not be empty"))
	}
	return append(errs, qualifiedName(t.TopologyKey, path.Child("topologyKey"))...)
}

// spreadConstraints checks how pods are to be spread.
// Source: pkg/apis/core/validation/validation.go (validateTopologySpreadConstraints).
func spreadConstraints(list []corev1.TopologySpreadConstraint, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range list {
		c, at := &list[i], path.Index(i)
		if c.MaxSkew <= 0 {
			errs = append(errs, field.Invalid(at.Child("maxSkew"), c.MaxSkew, "must be greater than zero"))
		}
		if c.TopologyKey == "" {
			errs = append(errs, field.Required(at.Child("topologyKey"), "can not be empty"))
		}
		errs = append(errs, oneOf(c.WhenUnsatisfiable, at.Child("whenUnsatisfiable"), false, corev1.DoNotSchedule, corev1.ScheduleAnyway)...)
		if slices.ContainsFunc(list[i+1:], func(other corev1.TopologySpreadConstraint) bool {
			return other.TopologyKey == c.TopologyKey && other.WhenUnsatisfiable == c.WhenUnsatisfiable
		}) {
			errs = append(errs, field.Duplicate(at.Child("{topologyKey, whenUnsatisfiable}"), "{"+c.TopologyKey+", "+string(c.WhenUnsatisfiable)+"}"))
		}
		if n := c.MinDomains; n != nil {
			if *n <= 0 {
				errs = append(errs, field.Invalid(at.Child("minDomains"), *n, "must be greater than zero"))
			}
			if c.WhenUnsatisfiable != corev1.DoNotSchedule {
				errs = append(errs, field.Invalid(at.Child("minDomains"), *n,
					fmt.Sprintf("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not %s", c.WhenUnsatisfiable)))
			}
		}
		if policy := c.NodeAffinityPolicy; policy != nil {
			errs = append(errs, oneOf(*policy, at.Child("nodeAffinityPolicy"), false, corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore)...)
		}
		if policy := c.NodeTaintsPolicy; policy != nil {
			errs = append(errs, oneOf(*policy, at.Child("nodeTaintsPolicy"), false, corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore)...)
		}
		errs = append(errs, labelKeys(c.LabelSelector, c.MatchLabelKeys, nil, at)...)
		errs = append(errs, labelSelector(c.LabelSelector, at.Child("labelSelector"))...)
	}
	return errs
}

// labelKeys checks the keys of labels that pods are to have, or not to have, in common.
// Source: pkg/apis/core/validation/validation.go (ValidateMatchLabelKeysAndMismatchLabelKeys).
func labelKeys(selector *metav1.LabelSelector, match, mismatch []string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, list := range []struct {
		name string
		keys []string
	}{{"matchLabelKeys", match}, {"mismatchLabelKeys", mismatch}} {
		if len(list.keys) > 0 && selector == nil {
			errs = append(errs, field.Forbidden(path.Child(list.name), "must not be specified when labelSelector is not set"))
			continue
		}
		for i, key := range list.keys {
			errs = append(errs, qualifiedName(key, path.Child(list.name).Index(i))...)
		}
	}
	if selector != nil {
		seen := make(map[string]bool)
		for key := range selector.MatchLabels {
			seen[key] = true
		}
		for _, expression := range selector.MatchExpressions {
			if slices.Contains(match, expression.Key) && seen[expression.Key] {
				last := len(match) - 1
				for match[last] != expression.Key {
					last--
				}
				errs = append(errs, field.Invalid(path.Index(last), expression.Key, "exists in both matchLabelKeys and labelSelector"))
			}
			seen[expression.Key] = true
		}
	}
	for i, key := range match {
		if slices.Contains(mismatch, key) {
			errs = append(errs, field.Invalid(path.Child("matchLabelKeys").Index(i), key, "exists in both matchLabelKeys and mismatchLabelKeys"))
		}
	}
	return errs
}

// withLabelKeys returns a pod whose selectors of other pods say, too, which labels these
// are to have, or not to have, in common with it.
// Source: pkg/registry/core/pod/strategy.go (applyMatchLabelKeysAndMismatchLabelKeys).
func withLabelKeys(pod *corev1.Pod) *corev1.Pod {
	out := pod.DeepCopy()
	complete := func(selector *metav1.LabelSelector, keys []string, operator metav1.LabelSelectorOperator) {
		for _, key := range keys {
			if value, ok := out.Labels[key]; ok && selector != nil {
				selector.MatchExpressions = append(selector.MatchExpressions,
					metav1.LabelSelectorRequirement{Key: key, Operator: operator, Values: []string{value}})
			}
		}
	}
	term := func(t *corev1.PodAffinityTerm) {
		complete(t.LabelSelector, t.MatchLabelKeys, metav1.LabelSelectorOpIn)
		complete(t.LabelSelector, t.MismatchLabelKeys, metav1.LabelSelectorOpNotIn)
	}
	terms := func(required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) {
		for i := range required {
			term(&required[i])
		}
		for i := range preferred {
			term(&preferred[i].PodAffinityTerm)
		}
	}
	if a := out.Spec.Affinity; a != nil && a.PodAffinity != nil {
		terms(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution, a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if a := out.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		terms(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution, a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	for i := range out.Spec.TopologySpreadConstraints {
		c := &out.Spec.TopologySpreadConstraints[i]
		complete(c.LabelSelector, c.MatchLabelKeys, metav1.LabelSelectorOpIn)
	}
	return out
}
