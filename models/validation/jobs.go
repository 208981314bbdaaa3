package validation

import (
	"fmt"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// newJob checks a Job that is created. Unless it chooses its selector itself, the
// server has made one.
// Source: pkg/apis/batch/validation/validation.go (ValidateJob).
func newJob(job *batchv1.Job) field.ErrorList {
	errs := objectMeta(&job.ObjectMeta, true, apivalidation.NameIsDNSSubdomain)
	errs = append(errs, jobSpec(&job.Spec, specPath)...)
	errs = append(errs, jobSelector(&job.Spec)...)
	spec := &job.Spec
	if isIndexed(spec) && number(spec.Completions) > 0 && job.Name != "" {
		hostname := fmt.Sprintf("%s-%d", job.Name, *spec.Completions-1)
		if len(validation.IsDNS1123Label(hostname)) > 0 {
			errs = append(errs, field.Invalid(metadata.Child("name"), job.Name, "will not able to create pod with invalid DNS label: "+hostname))
		}
	}
	return errs
}

func isIndexed(spec *batchv1.JobSpec) bool {
	return spec.CompletionMode != nil && *spec.CompletionMode == batchv1.IndexedCompletion
}

// jobSelector checks a selector that the user has chosen.
// Source: pkg/apis/batch/validation/validation.go (ValidateJobSpec).
func jobSelector(spec *batchv1.JobSpec) field.ErrorList {
	path := specPath.Child("selector")
	switch manual := spec.ManualSelector != nil && *spec.ManualSelector; {
	case spec.Selector == nil && manual:
		return field.ErrorList{field.Required(path, ""),
			field.Invalid(specPath.Child("template", "metadata", "labels"), spec.Template.Labels, noMatch)}
	case spec.Selector == nil:
		return nil
	}
	errs := labelSelector(spec.Selector, path)
	if selector, err := metav1.LabelSelectorAsSelector(spec.Selector); err == nil && !selector.Matches(labels.Set(spec.Template.Labels)) {
		errs = append(errs, field.Invalid(specPath.Child("template", "metadata", "labels"), spec.Template.Labels, noMatch))
	}
	return errs
}

// jobSpec checks the specification of a Job, or of the Jobs of a CronJob.
// Source: pkg/apis/batch/validation/validation.go (validateJobSpec).
func jobSpec(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	errs := optionalNotNegative(spec.Parallelism, path.Child("parallelism"))
	errs = append(errs, optionalNotNegative(spec.Completions, path.Child("completions"))...)
	errs = append(errs, optionalNotNegative(spec.ActiveDeadlineSeconds, path.Child("activeDeadlineSeconds"))...)
	errs = append(errs, optionalNotNegative(spec.BackoffLimit, path.Child("backoffLimit"))...)
	errs = append(errs, optionalNotNegative(spec.TTLSecondsAfterFinished, path.Child("ttlSecondsAfterFinished"))...)
	errs = append(errs, optionalNotNegative(spec.BackoffLimitPerIndex, path.Child("backoffLimitPerIndex"))...)
	errs = append(errs, optionalNotNegative(spec.MaxFailedIndexes, path.Child("maxFailedIndexes"))...)
	if spec.MaxFailedIndexes != nil && spec.BackoffLimitPerIndex == nil {
		errs = append(errs, field.Required(path.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified"))
	}
	if mode := spec.CompletionMode; mode != nil {
		if *mode != batchv1.NonIndexedCompletion && *mode != batchv1.IndexedCompletion {
			errs = append(errs, field.NotSupported(path.Child("completionMode"), mode,
				[]batchv1.CompletionMode{batchv1.NonIndexedCompletion, batchv1.IndexedCompletion}))
		}
	}
	if isIndexed(spec) {
		errs = append(errs, indexedSpec(spec, path)...)
	}
	if mode := spec.CompletionMode; mode == nil || *mode == batchv1.NonIndexedCompletion {
		errs = append(errs, plainSpec(spec, path)...)
	}
	errs = append(errs, failurePolicy(spec, path.Child("podFailurePolicy", "rules"))...)
	errs = append(errs, successPolicy(spec, path.Child("successPolicy"))...)
	errs = append(errs, replacementPolicy(spec, path.Child("podReplacementPolicy"))...)
	errs = append(errs, podTemplate(&spec.Template, path.Child("template"))...)
	return append(errs, jobRestartPolicy(spec, path.Child("template", "spec", "restartPolicy"))...)
}

// The bounds of Indexed Jobs, and what is said of them.
// Source: pkg/apis/batch/validation/validation.go.
const (
	needsIndexes           = "requires indexed completion mode"
	mostParallel           = 100_000
	mostFailedIndexes      = 100_000
	manyCompletions        = 100_000
	mostParallelOfMany     = 10_000
	mostFailedIndexOfMany  = 10_000
	neededAboveCompletions = "must be specified when completions is above %d"
	boundedAboveMany       = "must be less than or equal to %d when completions are above %d and used with backoff limit per index"
)

func indexedSpec(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	parallelism, failed := path.Child("parallelism"), path.Child("maxFailedIndexes")
	if spec.Completions == nil {
		errs = append(errs, field.Required(path.Child("completions"), "when completion mode is Indexed"))
	}
	if n := spec.Parallelism; n != nil && *n > mostParallel {
		errs = append(errs, field.Invalid(parallelism, *n, fmt.Sprintf("must be less than or equal to %d when completion mode is Indexed", mostParallel)))
	}
	if n := spec.MaxFailedIndexes; n != nil && spec.Completions != nil && *n > *spec.Completions {
		errs = append(errs, field.Invalid(failed, *n, "must be less than or equal to completions"))
	}
	if n := spec.MaxFailedIndexes; n != nil && *n > mostFailedIndexes {
		errs = append(errs, field.Invalid(failed, *n, fmt.Sprintf("must be less than or equal to %d", mostFailedIndexes)))
	}
	if number(spec.Completions) <= manyCompletions || spec.BackoffLimitPerIndex == nil {
		return errs
	}
	if spec.MaxFailedIndexes == nil {
		errs = append(errs, field.Required(failed, fmt.Sprintf(neededAboveCompletions, manyCompletions)))
	}
	if n := spec.Parallelism; n != nil && *n > mostParallelOfMany {
		errs = append(errs, field.Invalid(parallelism, *n, fmt.Sprintf(boundedAboveMany, mostParallelOfMany, manyCompletions)))
	}
	if n := spec.MaxFailedIndexes; n != nil && *n > mostFailedIndexOfMany {
		errs = append(errs, field.Invalid(failed, *n, fmt.Sprintf(boundedAboveMany, mostFailedIndexOfMany, manyCompletions)))
	}
	return errs
}

// plainSpec checks that a Job without indexes has nothing that only indexes have.
func plainSpec(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if n := spec.BackoffLimitPerIndex; n != nil {
		errs = append(errs, field.Invalid(path.Child("backoffLimitPerIndex"), *n, needsIndexes))
	}
	if n := spec.MaxFailedIndexes; n != nil {
		errs = append(errs, field.Invalid(path.Child("maxFailedIndexes"), *n, needsIndexes))
	}
	return errs
}

func replacementPolicy(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	policy := spec.PodReplacementPolicy
	if policy == nil {
		return nil
	}
	known := []batchv1.PodReplacementPolicy{batchv1.Failed, batchv1.TerminatingOrFailed}
	if spec.PodFailurePolicy != nil {
		known = known[:1]
	}
	return oneOf(*policy, path, false, known...)
}

func jobRestartPolicy(spec *batchv1.JobSpec, path *field.Path) field.ErrorList {
	switch policy := spec.Template.Spec.RestartPolicy; policy {
	case corev1.RestartPolicyAlways, "":
		return field.ErrorList{field.Required(path, `valid values: "OnFailure", "Never"`)}
	case corev1.RestartPolicyNever:
	case corev1.RestartPolicyOnFailure:
		if spec.PodFailurePolicy != nil {
			return field.ErrorList{field.Invalid(path, policy, `only "Never" is supported when podFailurePolicy is specified`)}
		}
	default:
		return oneOf(policy, path, false, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever)
	}
	return nil
}

// jobUpdate checks a change of a Job.
// Source: pkg/registry/batch/job/strategy.go (ValidateUpdate), pkg/apis/batch/validation/validation.go
// (ValidateJobUpdate).
func jobUpdate(next, old *batchv1.Job) field.ErrorList {
	errs := newJob(next)
	errs = append(errs, objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)...)
	errs = append(errs, completionsUpdate(&next.Spec, &old.Spec)...)
	errs = append(errs, unchanged(next.Spec.Selector, old.Spec.Selector, next.Spec.Selector, specPath.Child("selector"))...)
	errs = append(errs, templateUpdate(next, old)...)
	for _, f := range []struct {
		name      string
		next, old any
	}{
		{"completionMode", next.Spec.CompletionMode, old.Spec.CompletionMode},
		{"podFailurePolicy", next.Spec.PodFailurePolicy, old.Spec.PodFailurePolicy},
		{"backoffLimitPerIndex", next.Spec.BackoffLimitPerIndex, old.Spec.BackoffLimitPerIndex},
		{"managedBy", next.Spec.ManagedBy, old.Spec.ManagedBy},
		{"successPolicy", next.Spec.SuccessPolicy, old.Spec.SuccessPolicy},
	} {
		errs = append(errs, unchanged(f.next, f.old, internalForm{f.next}, specPath.Child(f.name))...)
	}
	return errs
}

// completionsUpdate lets an Indexed Job be scaled: completions and parallelism together.
// Source: pkg/apis/batch/validation/validation.go (validateCompletions).
func completionsUpdate(next, old *batchv1.JobSpec) field.ErrorList {
	path := specPath.Child("completions")
	switch {
	case !isIndexed(next):
		return unchanged(next.Completions, old.Completions, next.Completions, path)
	case equal(next.Completions, old.Completions) || next.Completions == nil || next.Parallelism == nil:
		return nil
	case *next.Completions != *next.Parallelism:
		return field.ErrorList{field.Invalid(path, next.Completions, "can only be modified in tandem with spec.parallelism")}
	}
	return nil
}

// templateUpdate lets the template of a suspended Job without pods change where pods
// may go and what they take.
// Source: pkg/apis/batch/validation/validation.go (validatePodTemplateUpdate),
// pkg/registry/batch/job/strategy.go (shouldAllowMutablePodTemplate).
func templateUpdate(next, old *batchv1.Job) field.ErrorList {
	path := specPath.Child("template")
	template, before := &next.Spec.Template, old.Spec.Template.DeepCopy()
	if !atRest(old) {
		return unchanged(*template, *before, internalForm{template}, path)
	}
	switch own := before.Spec.Affinity; {
	case template.Spec.Affinity == nil && own != nil:
		if own.NodeAffinity = nil; *own == (corev1.Affinity{}) {
			before.Spec.Affinity = nil
		}
	case template.Spec.Affinity != nil && own == nil:
		before.Spec.Affinity = &corev1.Affinity{NodeAffinity: template.Spec.Affinity.NodeAffinity}
	case template.Spec.Affinity != nil:
		own.NodeAffinity = template.Spec.Affinity.NodeAffinity
	}
	before.Spec.NodeSelector, before.Spec.Tolerations = template.Spec.NodeSelector, template.Spec.Tolerations
	before.Spec.SchedulingGates = template.Spec.SchedulingGates
	takeResources(before.Spec.Containers, template.Spec.Containers)
	takeResources(before.Spec.InitContainers, template.Spec.InitContainers)
	return unchanged(template.Spec, before.Spec, internalForm{template.Spec}, field.NewPath("spec", "template.spec"))
}

func takeResources(list, from []corev1.Container) {
	if len(list) != len(from) {
		return
	}
	for i := range list {
		if list[i].Name == from[i].Name {
			list[i].Resources = from[i].Resources
		}
	}
}

// atRest reports whether a Job is suspended and has no pods.
func atRest(job *batchv1.Job) bool {
	suspended := job.Spec.Suspend != nil && *job.Spec.Suspend
	told := slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
		return c.Type == batchv1.JobSuspended && c.Status == corev1.ConditionTrue
	})
	return suspended && (job.Status.StartTime == nil || told) && job.Status.Active == 0
}

// cronJobSpec checks the specification of a CronJob. The form of its schedule and time
// zone is checked by whoever reads them.
// Source: pkg/apis/batch/validation/validation.go (validateCronJobSpec).
func cronJobSpec(spec *batchv1.CronJobSpec, old *batchv1.CronJobSpec) field.ErrorList {
	var errs field.ErrorList
	path := specPath.Child("schedule")
	zoned := old != nil && strings.Contains(old.Schedule, "TZ")
	switch {
	case spec.Schedule == "":
		errs = append(errs, field.Required(path, ""))
	case zoned && strings.Contains(spec.Schedule, "TZ") && spec.TimeZone != nil:
		errs = append(errs, field.Invalid(path, spec.Schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule"))
	case !zoned && strings.Contains(spec.Schedule, "TZ"):
		errs = append(errs, field.Invalid(path, spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
	}
	errs = append(errs, optionalNotNegative(spec.StartingDeadlineSeconds, specPath.Child("startingDeadlineSeconds"))...)
	errs = append(errs, oneOf(spec.ConcurrencyPolicy, specPath.Child("concurrencyPolicy"), true,
		batchv1.AllowConcurrent, batchv1.ForbidConcurrent, batchv1.ReplaceConcurrent)...)
	errs = append(errs, jobSpec(&spec.JobTemplate.Spec, specPath.Child("jobTemplate", "spec"))...)
	if s := spec.JobTemplate.Spec.Selector; s != nil {
		errs = append(errs, field.Invalid(specPath.Child("jobTemplate", "spec", "selector"), s, "`selector` will be auto-generated"))
	}
	if manual := spec.JobTemplate.Spec.ManualSelector; manual != nil && *manual {
		errs = append(errs, field.NotSupported(specPath.Child("jobTemplate", "spec", "manualSelector"), manual, []string{"nil", "false"}))
	}
	errs = append(errs, optionalNotNegative(spec.SuccessfulJobsHistoryLimit, specPath.Child("successfulJobsHistoryLimit"))...)
	return append(errs, optionalNotNegative(spec.FailedJobsHistoryLimit, specPath.Child("failedJobsHistoryLimit"))...)
}
