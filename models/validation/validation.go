package validation

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Update returns what is wrong with a change of an object that is there. Both have
// their defaults; the status of the old one is the one that it has.
func Update(next, old metav1.Object) field.ErrorList {
	meta := objectMetaUpdate(metaOf(next), metaOf(old))
	selector := specPath.Child("selector")
	switch next := next.(type) {
	case *corev1.Pod:
		return podUpdate(next, old.(*corev1.Pod))
	case *appsv1.Deployment:
		was := old.(*appsv1.Deployment).Spec.Selector
		return append(append(meta, deploymentSpec(&next.Spec)...), unchanged(next.Spec.Selector, was, next.Spec.Selector, selector)...)
	case *appsv1.ReplicaSet:
		was := old.(*appsv1.ReplicaSet).Spec.Selector
		return append(append(meta, replicaSetSpec(&next.Spec)...), unchanged(next.Spec.Selector, was, next.Spec.Selector, selector)...)
	case *corev1.ReplicationController:
		return append(meta, replicationControllerSpec(&next.Spec)...)
	case *appsv1.StatefulSet:
		return statefulSetUpdate(next, old.(*appsv1.StatefulSet))
	case *appsv1.DaemonSet:
		was := old.(*appsv1.DaemonSet).Spec.Selector
		return append(append(meta, unchanged(next.Spec.Selector, was, next.Spec.Selector, selector)...), daemonSetSpec(&next.Spec)...)
	case *batchv1.Job:
		return jobUpdate(next, old.(*batchv1.Job))
	case *batchv1.CronJob:
		return append(meta, cronJobSpec(&next.Spec, &old.(*batchv1.CronJob).Spec)...)
	case *policyv1.PodDisruptionBudget:
		return append(meta, budgetSpec(&next.Spec)...)
	case *corev1.ResourceQuota:
		return quotaUpdate(next, old.(*corev1.ResourceQuota))
	case *corev1.LimitRange: // as if it were created
		return append(objectMeta(&next.ObjectMeta, true, apivalidation.ValidateNameFunc(apivalidation.NameIsDNSSubdomain)), limitRangeSpec(&next.Spec)...)
	case *autoscalingv2.HorizontalPodAutoscaler:
		return autoscalerUpdate(next, old.(*autoscalingv2.HorizontalPodAutoscaler))
	case *corev1.Service:
		return serviceUpdate(next, old.(*corev1.Service))
	case *corev1.PersistentVolumeClaim:
		return claimUpdate(next, old.(*corev1.PersistentVolumeClaim))
	case *schedulingv1.PriorityClass:
		return priorityClassUpdate(next, old.(*schedulingv1.PriorityClass))
	case *corev1.Node:
		return nodeUpdate(next, old.(*corev1.Node))
	}
	return meta
}

// metaOf returns the metadata that the package looks at.
func metaOf(o metav1.Object) *metav1.ObjectMeta {
	return &metav1.ObjectMeta{
		Name: o.GetName(), GenerateName: o.GetGenerateName(), Namespace: o.GetNamespace(), UID: o.GetUID(),
		Generation: o.GetGeneration(), DeletionTimestamp: o.GetDeletionTimestamp(), Labels: o.GetLabels(),
		Annotations: o.GetAnnotations(), OwnerReferences: o.GetOwnerReferences(), Finalizers: o.GetFinalizers(),
	}
}
