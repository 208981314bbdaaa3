package manifest

import (
	"fmt"
	"strconv"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
)

// jobRules compiles what a Job has beyond its counts, or nil.
// Source: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation/validation.go.
func (c *checker) jobRules(job *batchv1.Job, completions int32) *models.JobRules {
	spec := &job.Spec
	out := &models.JobRules{BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}
	out.Indexed = spec.CompletionMode != nil && *spec.CompletionMode == batchv1.IndexedCompletion
	out.Suspend = spec.Suspend != nil && *spec.Suspend
	c.perIndex(spec, out, completions)
	if policy := spec.PodFailurePolicy; policy != nil {
		out.HasFailurePolicy, out.ReplaceFailed = true, true
		c.failurePolicy(policy, spec, out)
	}
	if policy := spec.PodReplacementPolicy; policy != nil {
		c.oneOf(string(*policy), "spec.podReplacementPolicy", string(batchv1.TerminatingOrFailed), string(batchv1.Failed))
		if out.HasFailurePolicy && *policy != batchv1.Failed {
			c.addf("spec.podReplacementPolicy", "got %s; with podFailurePolicy it must be Failed", *policy)
		}
		out.ReplaceFailed = *policy == batchv1.Failed
	}
	if spec.SuccessPolicy != nil {
		c.successPolicy(spec.SuccessPolicy, out, completions)
	}
	if !out.Indexed && !out.Suspend && !out.ReplaceFailed && !out.HasFailurePolicy && out.SuccessRules == nil {
		return nil
	}
	return out
}

func (c *checker) perIndex(spec *batchv1.JobSpec, out *models.JobRules, completions int32) {
	if limit := spec.BackoffLimitPerIndex; limit != nil {
		c.notNegative(*limit, "spec.backoffLimitPerIndex")
		if !out.Indexed {
			c.addf("spec.backoffLimitPerIndex", "needs completionMode Indexed")
		}
		if spec.Template.Spec.RestartPolicy != corev1.RestartPolicyNever {
			c.addf("spec.backoffLimitPerIndex", "needs restartPolicy Never in the template")
		}
		out.BackoffLimitPerIndex = *limit
	}
	if most := spec.MaxFailedIndexes; most != nil {
		c.notNegative(*most, "spec.maxFailedIndexes")
		if spec.BackoffLimitPerIndex == nil {
			c.addf("spec.maxFailedIndexes", "needs backoffLimitPerIndex")
		}
		if *most > completions {
			c.addf("spec.maxFailedIndexes", "got %d; must be <= completions, %d", *most, completions)
		}
		out.MaxFailedIndexes = *most
	}
}

// maxPolicyRules is the most rules of a policy of a Job.
const maxPolicyRules = 20

func (c *checker) failurePolicy(policy *batchv1.PodFailurePolicy, spec *batchv1.JobSpec, out *models.JobRules) {
	if spec.Template.Spec.RestartPolicy != corev1.RestartPolicyNever {
		c.addf("spec.podFailurePolicy", "needs restartPolicy Never in the template")
	}
	if len(policy.Rules) > maxPolicyRules {
		c.addf("spec.podFailurePolicy.rules", "got %d rules; at most %d are allowed", len(policy.Rules), maxPolicyRules)
	}
	for i := range policy.Rules {
		from, path := &policy.Rules[i], "spec.podFailurePolicy.rules["+strconv.Itoa(i)+"]"
		var rule models.FailureRule
		switch from.Action {
		case batchv1.PodFailurePolicyActionFailJob:
			rule.Action = models.FailJob
		case batchv1.PodFailurePolicyActionFailIndex:
			rule.Action = models.FailIndex
			if spec.BackoffLimitPerIndex == nil {
				c.addf(path+".action", "FailIndex needs backoffLimitPerIndex")
			}
		case batchv1.PodFailurePolicyActionIgnore:
			rule.Action = models.IgnoreFailure
		case batchv1.PodFailurePolicyActionCount:
		default:
			c.oneOf(string(from.Action), path+".action", "FailJob", "FailIndex", "Ignore", "Count")
		}
		if (from.OnExitCodes == nil) == (len(from.OnPodConditions) == 0) {
			c.addf(path, "want one of onExitCodes and onPodConditions")
		}
		if from.OnExitCodes != nil {
			c.exitCodes(from.OnExitCodes, spec, &rule, path+".onExitCodes")
		}
		for j, pattern := range from.OnPodConditions {
			status := models.ConditionTrue
			if pattern.Status != "" {
				c.oneOf(string(pattern.Status), fmt.Sprintf("%s.onPodConditions[%d].status", path, j), "True", "False", "Unknown")
				status = conditionStatus(pattern.Status)
			}
			rule.Conditions = append(rule.Conditions, models.PodConditions{Type: c.set.dict.Sym(string(pattern.Type)), Status: status})
		}
		out.FailureRules = append(out.FailureRules, rule)
	}
}

func (c *checker) exitCodes(from *batchv1.PodFailurePolicyOnExitCodesRequirement, spec *batchv1.JobSpec, rule *models.FailureRule, path string) {
	c.oneOf(string(from.Operator), path+".operator", string(batchv1.PodFailurePolicyOnExitCodesOpIn), string(batchv1.PodFailurePolicyOnExitCodesOpNotIn))
	rule.NotIn = from.Operator == batchv1.PodFailurePolicyOnExitCodesOpNotIn
	rule.Codes = make([]int32, 0, len(from.Values))
	if len(from.Values) == 0 {
		c.addf(path+".values", "values are missing")
	}
	for i, code := range from.Values {
		switch {
		case code == 0 && !rule.NotIn:
			c.addf(fmt.Sprintf("%s.values[%d]", path, i), "got 0, which is no failure")
		case i > 0 && code <= from.Values[i-1]:
			c.addf(fmt.Sprintf("%s.values[%d]", path, i), "got %d after %d; values must ascend", code, from.Values[i-1])
		}
		rule.Codes = append(rule.Codes, code)
	}
	if from.ContainerName == nil {
		return
	}
	rule.Container = c.set.dict.Sym(*from.ContainerName)
	pod := &spec.Template.Spec
	for _, list := range [][]corev1.Container{pod.Containers, pod.InitContainers} {
		for i := range list {
			if list[i].Name == *from.ContainerName {
				return
			}
		}
	}
	c.addf(path+".containerName", "the template has no container %s", quote(*from.ContainerName))
}

func (c *checker) successPolicy(policy *batchv1.SuccessPolicy, out *models.JobRules, completions int32) {
	if !out.Indexed {
		c.addf("spec.successPolicy", "needs completionMode Indexed")
	}
	if n := len(policy.Rules); n == 0 || n > maxPolicyRules {
		c.addf("spec.successPolicy.rules", "got %d rules; want 1 to %d", n, maxPolicyRules)
	}
	for i := range policy.Rules {
		from, path := &policy.Rules[i], "spec.successPolicy.rules["+strconv.Itoa(i)+"]"
		rule := models.SuccessRule{Count: models.Unset}
		if from.SucceededIndexes == nil && from.SucceededCount == nil {
			c.addf(path, "want succeededIndexes or succeededCount")
		}
		most := completions
		if from.SucceededIndexes != nil {
			rule.Indexes = c.indexes(*from.SucceededIndexes, completions, path+".succeededIndexes")
			most = rule.Indexes.Total()
		}
		if count := from.SucceededCount; count != nil {
			rule.Count = *count
			if *count <= 0 || *count > most {
				c.addf(path+".succeededCount", "got %d; want 1 to %d", *count, most)
			}
		}
		out.SuccessRules = append(out.SuccessRules, rule)
	}
}

// indexes reads completion indexes.
func (c *checker) indexes(text string, completions int32, path string) models.Indexes {
	set, err := models.ParseIndexes(text, completions)
	if err != nil {
		c.addf(path, "%s", err)
	}
	return set
}
