package validation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The bounds of the policies of Jobs.
// Source: pkg/apis/batch/validation/validation.go.
const (
	mostPolicyRules  = 20
	mostExitCodes    = 255
	mostPatterns     = 20
	longestIndexes   = 64 * 1024
	failureActions   = `["Count" "FailIndex" "FailJob" "Ignore"]`
	exitCodeOperator = `["In" "NotIn"]`
	patternStatus    = `["False" "True" "Unknown"]`
)

// required says of a word that is missing which there are.
func required(path *field.Path, known string) *field.Error {
	return field.Required(path, "valid values: "+known)
}

// failurePolicy checks what the failures of a Job's pods mean.
// Source: pkg/apis/batch/validation/validation.go (validatePodFailurePolicy).
func failurePolicy(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	if spec.PodFailurePolicy == nil {
		return nil
	}
	var errs field.ErrorList
	rules := spec.PodFailurePolicy.Rules
	if len(rules) > mostPolicyRules {
		errs = append(errs, field.TooMany(path, len(rules), mostPolicyRules))
	}
	for i := range rules {
		errs = append(errs, failureRule(spec, &rules[i], path.Index(i))...)
	}
	return errs
}

func failureRule(spec *batchv1.JobSpec, rule *batchv1.PodFailurePolicyRule, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	action := path.Child("action")
	switch {
	case rule.Action == "":
		errs = append(errs, required(action, failureActions))
	case rule.Action == batchv1.PodFailurePolicyActionFailIndex:
		if spec.BackoffLimitPerIndex == nil {
			errs = append(errs, field.Invalid(action, rule.Action, "requires the backoffLimitPerIndex to be set"))
		}
	default:
		errs = append(errs, oneOf(rule.Action, action, false, batchv1.PodFailurePolicyActionCount,
			batchv1.PodFailurePolicyActionFailIndex, batchv1.PodFailurePolicyActionFailJob, batchv1.PodFailurePolicyActionIgnore)...)
	}
	if rule.OnExitCodes != nil {
		errs = append(errs, exitCodes(spec, rule.OnExitCodes, path.Child("onExitCodes"))...)
	}
	errs = append(errs, conditionPatterns(rule.OnPodConditions, path.Child("onPodConditions"))...)
	switch conditions := len(rule.OnPodConditions) > 0; {
	case conditions && rule.OnExitCodes != nil:
		errs = append(errs, field.Invalid(path, field.OmitValueType{}, "specifying both OnExitCodes and OnPodConditions is not supported"))
	case !conditions && rule.OnExitCodes == nil:
		errs = append(errs, field.Invalid(path, field.OmitValueType{}, "specifying one of OnExitCodes and OnPodConditions is required"))
	}
	return errs
}

func conditionPatterns(list []batchv1.PodFailurePolicyOnPodConditionsPattern, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(list) > mostPatterns {
		errs = append(errs, field.TooMany(path, len(list), mostPatterns))
	}
	for i, p := range list {
		errs = append(errs, qualifiedName(string(p.Type), path.Index(i).Child("type"))...)
		if p.Status == "" {
			errs = append(errs, required(path.Index(i).Child("status"), patternStatus))
			continue
		}
		errs = append(errs, oneOf(p.Status, path.Index(i).Child("status"), false, corev1.ConditionFalse, corev1.ConditionTrue, corev1.ConditionUnknown)...)
	}
	return errs
}

// exitCodes checks a requirement on exit codes.
// Source: pkg/apis/batch/validation/validation.go (validatePodFailurePolicyRuleOnExitCodes).
func exitCodes(spec *batchv1.JobSpec, r *batchv1.PodFailurePolicyOnExitCodesRequirement, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if r.Operator == "" {
		errs = append(errs, required(path.Child("operator"), exitCodeOperator))
	} else {
		errs = append(errs, oneOf(r.Operator, path.Child("operator"), false,
			batchv1.PodFailurePolicyOnExitCodesOpIn, batchv1.PodFailurePolicyOnExitCodesOpNotIn)...)
	}
	if name := r.ContainerName; name != nil && !slices.Contains(containerNames(&spec.Template.Spec), *name) {
		errs = append(errs, field.Invalid(path.Child("containerName"), *name, "must be one of the container or initContainer names in the pod template"))
	}
	values := path.Child("values")
	switch n := len(r.Values); {
	case n == 0:
		errs = append(errs, field.Invalid(values, r.Values, "at least one value is required"))
	case n > mostExitCodes:
		errs = append(errs, field.TooMany(values, n, mostExitCodes))
	}
	for i, code := range r.Values {
		if code == 0 && r.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn {
			errs = append(errs, field.Invalid(values.Index(i), code, "must not be 0 for the In operator"))
		}
		if slices.Contains(r.Values[:i], code) {
			errs = append(errs, field.Duplicate(values.Index(i), code))
		}
	}
	if !slices.IsSorted(r.Values) {
		errs = append(errs, field.Invalid(values, r.Values, "must be ordered"))
	}
	return errs
}

// successPolicy checks when an Indexed Job has succeeded.
// Source: pkg/apis/batch/validation/validation.go (validateSuccessPolicy).
func successPolicy(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	switch {
	case spec.SuccessPolicy == nil:
		return nil
	case !isIndexed(spec):
		return field.ErrorList{field.Invalid(path, internalForm{*spec.SuccessPolicy}, needsIndexes)}
	}
	var errs field.ErrorList
	rules := path.Child("rules")
	if len(spec.SuccessPolicy.Rules) == 0 {
		errs = append(errs, field.Required(rules, "at least one rules must be specified when the successPolicy is specified"))
	}
	if n := len(spec.SuccessPolicy.Rules); n > mostPolicyRules {
		errs = append(errs, field.TooMany(rules, n, mostPolicyRules))
	}
	for i := range spec.SuccessPolicy.Rules {
		errs = append(errs, successRule(&spec.SuccessPolicy.Rules[i], number(spec.Completions), rules.Index(i))...)
	}
	return errs
}

func successRule(rule *batchv1.SuccessPolicyRule, completions int32, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	indexes := path.Child("succeededIndexes")
	if rule.SucceededCount == nil && rule.SucceededIndexes == nil {
		errs = append(errs, field.Required(path, "at least one of succeededCount or succeededIndexes must be specified"))
	}
	var total int32
	if text := rule.SucceededIndexes; text != nil {
		if len(*text) > longestIndexes {
			errs = append(errs, field.TooLong(indexes, "", longestIndexes))
		}
		total = indexCount(*text)
	}
	if n := rule.SucceededCount; n != nil {
		at := path.Child("succeededCount")
		errs = append(errs, notNegative(*n, at)...)
		if *n > completions {
			errs = append(errs, field.Invalid(at, *n, fmt.Sprintf("must be less than or equal to %d (the number of specified completions)", completions)))
		}
		if rule.SucceededIndexes != nil && *n > total {
			errs = append(errs, field.Invalid(at, *n,
				fmt.Sprintf("must be less than or equal to %d (the number of indexes in the specified succeededIndexes field)", total)))
		}
	}
	return errs
}

// indexCount returns how many indexes a text such as 1,3-5 names. Its form is checked by
// whoever reads it.
func indexCount(text string) int32 {
	var total int32
	for part := range strings.SplitSeq(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		from, err := strconv.ParseInt(first, 10, 32)
		to, err2 := strconv.ParseInt(last, 10, 32)
		switch {
		case err != nil:
		case !ranged:
			total++
		case err2 == nil && to >= from:
			total += int32(to - from + 1)
		}
	}
	return total
}
