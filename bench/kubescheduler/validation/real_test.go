package validation

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	"k8s.io/kubernetes/pkg/apis/batch"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	schedulingvalidation "k8s.io/kubernetes/pkg/apis/scheduling/validation"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"

	"github.com/podsim/podsim/models/validation"
)

// decode makes the object that a server checks: internal, with defaults and with what
// it adds to metadata.
func decode(t *testing.T, value any) runtime.Object {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	object, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), text)
	if err != nil {
		return nil // the form is wrong
	}
	meta := object.(metav1.Object)
	meta.SetResourceVersion("1")
	return object
}

func kindOf(value any) string { return value.(map[string]any)["kind"].(string) }

// realUpdate is what a server answers to a change, as kubectl prints it.
func realUpdate(t *testing.T, old, next any) (text string, ok bool) {
	t.Helper()
	was, is := decode(t, old), decode(t, next)
	if was == nil || is == nil {
		return "", false
	}
	defer func() {
		if recover() != nil { // as the original does for some objects
			text, ok = "", false
		}
	}()
	return validation.Refusal(kindOf(next), is.(metav1.Object).GetName(), updateErrors(is, was)), true
}

// updateErrors does what the strategies in pkg/registry do.
func updateErrors(next, old runtime.Object) field.ErrorList {
	switch is := next.(type) {
	case *core.Pod:
		return corevalidation.ValidatePodUpdate(is, old.(*core.Pod), podOptions(is, old.(*core.Pod)))
	case *apps.Deployment:
		was := old.(*apps.Deployment)
		return appsvalidation.ValidateDeploymentUpdate(is, was, podutil.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template))
	case *apps.ReplicaSet:
		was := old.(*apps.ReplicaSet)
		return appsvalidation.ValidateReplicaSetUpdate(is, was, podutil.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template))
	case *core.ReplicationController:
		was := old.(*core.ReplicationController)
		return corevalidation.ValidateReplicationControllerUpdate(is, was, podutil.GetValidationOptionsFromPodTemplate(is.Spec.Template, was.Spec.Template))
	case *apps.StatefulSet:
		was := old.(*apps.StatefulSet)
		return appsvalidation.ValidateStatefulSetUpdate(is, was, podutil.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template))
	case *apps.DaemonSet:
		was := old.(*apps.DaemonSet)
		is.Spec.TemplateGeneration = was.Spec.TemplateGeneration
		errs := appsvalidation.ValidateDaemonSetUpdate(is, was, podutil.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template))
		return without(errs, "spec.templateGeneration") // the strategy counts it
	case *batch.Job:
		was := old.(*batch.Job)
		opts := jobOptions(is, was)
		return append(batchvalidation.ValidateJob(is, opts), batchvalidation.ValidateJobUpdate(is, was, opts)...)
	case *batch.CronJob:
		was := old.(*batch.CronJob)
		return batchvalidation.ValidateCronJobUpdate(is, was, podutil.GetValidationOptionsFromPodTemplate(
			&is.Spec.JobTemplate.Spec.Template, &was.Spec.JobTemplate.Spec.Template))
	case *core.PersistentVolumeClaim:
		was := old.(*core.PersistentVolumeClaim)
		is.Status = was.Status
		return corevalidation.ValidatePersistentVolumeClaimUpdate(is, was, corevalidation.ValidationOptionsForPersistentVolumeClaim(is, was))
	case *core.ResourceQuota:
		return corevalidation.ValidateResourceQuotaUpdate(is, old.(*core.ResourceQuota))
	case *core.LimitRange:
		return corevalidation.ValidateLimitRange(is)
	case *autoscaling.HorizontalPodAutoscaler:
		ctx := genericapirequest.WithRequestInfo(context.Background(), &genericapirequest.RequestInfo{IsResourceRequest: true, APIVersion: "v2"})
		return horizontalpodautoscaler.Strategy.ValidateUpdate(ctx, is, old)
	case *core.Service:
		return corevalidation.ValidateServiceUpdate(is, old.(*core.Service))
	case *core.Node:
		return corevalidation.ValidateNodeUpdate(is, old.(*core.Node))
	case *scheduling.PriorityClass:
		return schedulingvalidation.ValidatePriorityClassUpdate(is, old.(*scheduling.PriorityClass))
	case *policy.PodDisruptionBudget:
		return append(corevalidation.ValidateObjectMetaUpdate(&is.ObjectMeta, &old.(*policy.PodDisruptionBudget).ObjectMeta, field.NewPath("metadata")),
			policyvalidation.ValidatePodDisruptionBudget(is, policyvalidation.PodDisruptionBudgetValidationOptions{})...)
	}
	return nil
}

func podOptions(is, was *core.Pod) corevalidation.PodValidationOptions {
	var spec *core.PodSpec
	var meta *metav1.ObjectMeta
	if was != nil {
		spec, meta = &was.Spec, &was.ObjectMeta
	}
	opts := podutil.GetValidationOptionsFromPodSpecAndMeta(&is.Spec, spec, &is.ObjectMeta, meta)
	opts.ResourceIsPod = true
	return opts
}

// jobOptions follows pkg/registry/batch/job/strategy.go (validationOptionsForJob).
func jobOptions(is, was *batch.Job) batchvalidation.JobValidationOptions {
	rests := was.Spec.Suspend != nil && *was.Spec.Suspend && was.Status.Active == 0 &&
		(was.Status.StartTime == nil || batchvalidation.IsConditionTrue(was.Status.Conditions, batch.JobSuspended))
	return batchvalidation.JobValidationOptions{
		PodValidationOptions:             podutil.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template),
		AllowMutableSchedulingDirectives: rests,
		AllowMutablePodResources:         rests,
	}
}

func without(errs field.ErrorList, name string) field.ErrorList {
	var out field.ErrorList
	for _, err := range errs {
		if err.Field != name {
			out = append(out, err)
		}
	}
	return out
}

// sortedLines makes texts comparable whose errors a server finds in the random order of
// a map.
func sortedLines(text string) string {
	lines := strings.Split(text, "\n* ")
	for i := 2; i < len(lines); i++ {
		for j := i; j > 1 && lines[j] < lines[j-1]; j-- {
			lines[j], lines[j-1] = lines[j-1], lines[j]
		}
	}
	return strings.Join(lines, "\n* ")
}
