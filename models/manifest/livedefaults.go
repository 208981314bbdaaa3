package manifest

import (
	"math"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// setLiveDefaults makes of an object as a user writes it the one that a server keeps,
// so that two of them differ only in what they say.
// Source: pkg/apis/{apps,batch,core,scheduling}/v1/defaults.go.
func setLiveDefaults(object metav1.Object) {
	switch o := object.(type) {
	case *corev1.Pod:
		if grace := o.Spec.TerminationGracePeriodSeconds; grace != nil && *grace < 0 {
			*grace = 1 // Source: pkg/apis/core/v1/conversion.go (Convert_v1_Pod_To_core_Pod).
		}
		setPodDefaults(&o.Spec)
		setUnreadDefaults(&o.Spec)
		setVolumeDefaults(&o.Spec)
	case *appsv1.Deployment:
		setDeploymentDefaults(&o.Spec)
	case *appsv1.ReplicaSet:
		otherwise(&o.Spec.Replicas, 1)
		setTemplateDefaults(&o.Spec.Template)
	case *corev1.ReplicationController:
		setControllerDefaults(o)
	case *appsv1.StatefulSet:
		setStatefulSetDefaults(&o.Spec)
	case *appsv1.DaemonSet:
		setDaemonSetDefaults(&o.Spec)
	case *batchv1.Job:
		setJobDefaults(&o.Spec)
		setTemplateDefaults(&o.Spec.Template)
		if len(o.Labels) == 0 {
			o.Labels = o.Spec.Template.Labels
		}
	case *batchv1.CronJob:
		setCronJobDefaults(&o.Spec)
	case *corev1.Service:
		setServiceDefaults(&o.Spec)
	case *corev1.PersistentVolumeClaim:
		otherwise(&o.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
		if o.Status.Phase == "" {
			o.Status.Phase = corev1.ClaimPending
		}
	case *autoscalingv2.HorizontalPodAutoscaler:
		setAutoscalerDefaults(&o.Spec)
	case *corev1.LimitRange:
		for i := range o.Spec.Limits {
			if o.Spec.Limits[i].Type == corev1.LimitTypeContainer {
				setLimitDefaults(&o.Spec.Limits[i])
			}
		}
	case *schedulingv1.PriorityClass:
		otherwise(&o.PreemptionPolicy, corev1.PreemptLowerPriority)
	}
}

// otherwise sets an optional field that is not given.
func otherwise[T any](optional **T, value T) {
	if *optional == nil {
		*optional = &value
	}
}

func orElse[T ~string](word *T, value T) {
	if *word == "" {
		*word = value
	}
}

// setTemplateDefaults sets the defaults of the template of pods, which lacks those
// that only pods have.
func setTemplateDefaults(t *corev1.PodTemplateSpec) {
	setSharedDefaults(&t.Spec)
	links := t.Spec.EnableServiceLinks
	setUnreadDefaults(&t.Spec)
	t.Spec.EnableServiceLinks = links
	setVolumeDefaults(&t.Spec)
}

func setDeploymentDefaults(spec *appsv1.DeploymentSpec) {
	otherwise(&spec.Replicas, 1)
	orElse(&spec.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if spec.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		otherwise(&spec.Strategy.RollingUpdate, appsv1.RollingUpdateDeployment{})
		otherwise(&spec.Strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
		otherwise(&spec.Strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
	}
	otherwise(&spec.RevisionHistoryLimit, 10)
	otherwise(&spec.ProgressDeadlineSeconds, 600)
	setTemplateDefaults(&spec.Template)
}

func setControllerDefaults(o *corev1.ReplicationController) {
	otherwise(&o.Spec.Replicas, 1)
	if o.Spec.Template == nil {
		return
	}
	setTemplateDefaults(o.Spec.Template)
	if len(o.Spec.Selector) == 0 {
		o.Spec.Selector = o.Spec.Template.Labels
	}
	if len(o.Labels) == 0 {
		o.Labels = o.Spec.Template.Labels
	}
}

func setStatefulSetDefaults(spec *appsv1.StatefulSetSpec) {
	orElse(&spec.PodManagementPolicy, appsv1.OrderedReadyPodManagement)
	strategy := &spec.UpdateStrategy
	if strategy.Type == "" {
		strategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
		otherwise(&strategy.RollingUpdate, appsv1.RollingUpdateStatefulSetStrategy{})
	}
	if strategy.Type == appsv1.RollingUpdateStatefulSetStrategyType && strategy.RollingUpdate != nil {
		otherwise(&strategy.RollingUpdate.Partition, 0)
	}
	otherwise(&spec.PersistentVolumeClaimRetentionPolicy, appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{})
	orElse(&spec.PersistentVolumeClaimRetentionPolicy.WhenDeleted, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	orElse(&spec.PersistentVolumeClaimRetentionPolicy.WhenScaled, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	otherwise(&spec.Replicas, 1)
	otherwise(&spec.RevisionHistoryLimit, 10)
	for i := range spec.VolumeClaimTemplates {
		claim := &spec.VolumeClaimTemplates[i]
		claim.APIVersion, claim.Kind = "v1", "PersistentVolumeClaim"
		setLiveDefaults(claim)
	}
	setTemplateDefaults(&spec.Template)
}

func setDaemonSetDefaults(spec *appsv1.DaemonSetSpec) {
	orElse(&spec.UpdateStrategy.Type, appsv1.RollingUpdateDaemonSetStrategyType)
	if spec.UpdateStrategy.Type == appsv1.RollingUpdateDaemonSetStrategyType {
		otherwise(&spec.UpdateStrategy.RollingUpdate, appsv1.RollingUpdateDaemonSet{})
		otherwise(&spec.UpdateStrategy.RollingUpdate.MaxUnavailable, intstr.FromInt32(1))
		otherwise(&spec.UpdateStrategy.RollingUpdate.MaxSurge, intstr.FromInt32(0))
	}
	otherwise(&spec.RevisionHistoryLimit, 10)
	setTemplateDefaults(&spec.Template)
}

func setJobDefaults(spec *batchv1.JobSpec) {
	if spec.Parallelism == nil {
		if spec.Completions == nil {
			otherwise(&spec.Completions, 1)
		}
		otherwise(&spec.Parallelism, 1)
	}
	if spec.BackoffLimitPerIndex != nil {
		otherwise(&spec.BackoffLimit, math.MaxInt32)
	}
	otherwise(&spec.BackoffLimit, 6)
	otherwise(&spec.CompletionMode, batchv1.NonIndexedCompletion)
	otherwise(&spec.Suspend, false)
	if spec.PodFailurePolicy != nil {
		otherwise(&spec.PodReplacementPolicy, batchv1.Failed)
		for i := range spec.PodFailurePolicy.Rules {
			for j := range spec.PodFailurePolicy.Rules[i].OnPodConditions {
				orElse(&spec.PodFailurePolicy.Rules[i].OnPodConditions[j].Status, corev1.ConditionTrue)
			}
		}
	}
	otherwise(&spec.PodReplacementPolicy, batchv1.TerminatingOrFailed)
	otherwise(&spec.ManualSelector, false)
}

func setCronJobDefaults(spec *batchv1.CronJobSpec) {
	orElse(&spec.ConcurrencyPolicy, batchv1.AllowConcurrent)
	otherwise(&spec.Suspend, false)
	otherwise(&spec.SuccessfulJobsHistoryLimit, 3)
	otherwise(&spec.FailedJobsHistoryLimit, 1)
	setTemplateDefaults(&spec.JobTemplate.Spec.Template)
}

func setServiceDefaults(spec *corev1.ServiceSpec) {
	orElse(&spec.SessionAffinity, corev1.ServiceAffinityNone)
	orElse(&spec.Type, corev1.ServiceTypeClusterIP)
	for i := range spec.Ports {
		p := &spec.Ports[i]
		orElse(&p.Protocol, corev1.ProtocolTCP)
		if p.TargetPort == intstr.FromInt32(0) || p.TargetPort == intstr.FromString("") {
			p.TargetPort = intstr.FromInt32(p.Port)
		}
	}
}

// setVolumeDefaults sets the defaults of volumes.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_Volume and those of sources).
func setVolumeDefaults(spec *corev1.PodSpec) {
	const mode = 0o644
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if reflect.ValueOf(v.VolumeSource).IsZero() {
			v.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
		if s := v.Secret; s != nil {
			otherwise(&s.DefaultMode, mode)
		}
		if s := v.ConfigMap; s != nil {
			otherwise(&s.DefaultMode, mode)
		}
		if s := v.DownwardAPI; s != nil {
			otherwise(&s.DefaultMode, mode)
		}
		if s := v.HostPath; s != nil {
			otherwise(&s.Type, corev1.HostPathUnset)
		}
		if s := v.Projected; s != nil {
			otherwise(&s.DefaultMode, mode)
			for j := range s.Sources {
				if token := s.Sources[j].ServiceAccountToken; token != nil {
					otherwise(&token.ExpirationSeconds, 3600)
				}
			}
		}
		if e := v.Ephemeral; e != nil && e.VolumeClaimTemplate != nil {
			otherwise(&e.VolumeClaimTemplate.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
		}
	}
}
