package validation

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Create returns what is wrong with an object that is to be created. Its defaults are
// set. Of a kind that the package does not know, the metadata are checked.
func Create(object metav1.Object) field.ErrorList {
	subdomain := apivalidation.ValidateNameFunc(apivalidation.NameIsDNSSubdomain)
	meta := func(m *metav1.ObjectMeta) field.ErrorList { return objectMeta(m, true, subdomain) }
	switch o := object.(type) {
	case *corev1.Pod:
		return newPod(o)
	case *appsv1.Deployment:
		return append(meta(&o.ObjectMeta), deploymentSpec(&o.Spec)...)
	case *appsv1.ReplicaSet:
		return append(meta(&o.ObjectMeta), replicaSetSpec(&o.Spec)...)
	case *corev1.ReplicationController:
		return append(meta(&o.ObjectMeta), replicationControllerSpec(&o.Spec)...)
	case *appsv1.StatefulSet:
		return append(objectMeta(&o.ObjectMeta, true, apivalidation.NameIsDNSLabel), statefulSetSpec(&o.Spec, true)...)
	case *appsv1.DaemonSet:
		return append(meta(&o.ObjectMeta), daemonSetSpec(&o.Spec)...)
	case *batchv1.Job:
		return newJob(o)
	case *batchv1.CronJob:
		return newCronJob(o)
	case *policyv1.PodDisruptionBudget:
		return append(meta(&o.ObjectMeta), budgetSpec(&o.Spec)...)
	case *corev1.Service:
		return append(objectMeta(&o.ObjectMeta, true, apivalidation.NameIsDNSLabel), service(o)...)
	case *corev1.PersistentVolumeClaim:
		return newClaim(o)
	case *corev1.ResourceQuota:
		return append(meta(&o.ObjectMeta), quotaSpec(&o.Spec)...)
	case *corev1.LimitRange:
		return append(meta(&o.ObjectMeta), limitRangeSpec(&o.Spec)...)
	case *autoscalingv2.HorizontalPodAutoscaler:
		return append(meta(&o.ObjectMeta), autoscalerSpec(&o.Spec, false)...)
	case *schedulingv1.PriorityClass:
		return newPriorityClass(o)
	case *corev1.Node:
		return newNode(o)
	case *corev1.Namespace:
		return objectMeta(&o.ObjectMeta, false, apivalidation.NameIsDNSLabel)
	}
	return sharedMeta(metaOf(object), metadata)
}

// newPod checks a pod that is created.
// Source: pkg/apis/core/validation/validation.go (ValidatePodCreate).
func newPod(pod *corev1.Pod) field.ErrorList {
	if pod.Spec.Affinity != nil || len(pod.Spec.TopologySpreadConstraints) > 0 {
		pod = withLabelKeys(pod)
	}
	errs := podObject(pod)
	if len(pod.Spec.EphemeralContainers) > 0 {
		errs = append(errs, field.Forbidden(specPath.Child("ephemeralContainers"), "cannot be set on create"))
	}
	if pod.Spec.NodeName != "" && len(pod.Spec.SchedulingGates) > 0 {
		errs = append(errs, field.Forbidden(specPath.Child("nodeName"), "cannot be set until all schedulingGates have been cleared"))
	}
	return errs
}

// newCronJob checks a CronJob that is created.
// Source: pkg/apis/batch/validation/validation.go (ValidateCronJobCreate).
func newCronJob(job *batchv1.CronJob) field.ErrorList {
	errs := objectMeta(&job.ObjectMeta, true, apivalidation.NameIsDNSSubdomain)
	errs = append(errs, cronJobSpec(&job.Spec, nil)...)
	if len(job.Name) > validation.DNS1035LabelMaxLength-11 { // leaves room for the moment behind the name
		errs = append(errs, field.Invalid(metadata.Child("name"), job.Name, "must be no more than 52 characters"))
	}
	return errs
}

// newPriorityClass checks a PriorityClass that is created.
// Source: pkg/apis/scheduling/validation/validation.go (ValidatePriorityClass).
func newPriorityClass(class *schedulingv1.PriorityClass) field.ErrorList {
	errs := objectMeta(&class.ObjectMeta, false, apivalidation.NameIsDNSSubdomain)
	const highest = 1_000_000_000
	if class.Value > highest {
		errs = append(errs, field.Forbidden(field.NewPath("value"), fmt.Sprintf("maximum allowed value of a user defined priority is %d", highest)))
	}
	if policy := class.PreemptionPolicy; policy != nil {
		errs = append(errs, oneOf(*policy, field.NewPath("preemptionPolicy"), true, corev1.PreemptLowerPriority, corev1.PreemptNever)...)
	}
	return errs
}
