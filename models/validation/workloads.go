package validation

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const noMatch = "`selector` does not match template `labels`"

func number(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}

// requiredSelector checks a selector that must be there and select something.
func requiredSelector(s *metav1.LabelSelector, path *field.Path, kind string) field.ErrorList {
	if s == nil {
		return field.ErrorList{field.Required(path, "")}
	}
	errs := labelSelector(s, path)
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		errs = append(errs, field.Invalid(path, s, "empty selector is invalid for "+kind))
	}
	return errs
}

// alwaysRestarting checks what templates of long-running workloads may not say.
func alwaysRestarting(t *corev1.PodTemplateSpec, path *field.Path, kind string) field.ErrorList {
	var errs field.ErrorList
	if t.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		errs = append(errs, field.NotSupported(path.Child("spec", "restartPolicy"), t.Spec.RestartPolicy,
			[]corev1.RestartPolicy{corev1.RestartPolicyAlways}))
	}
	if t.Spec.ActiveDeadlineSeconds != nil {
		errs = append(errs, field.Forbidden(path.Child("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in "+kind+" is not Supported"))
	}
	return errs
}

// matched checks that a selector matches the labels of a template.
func matched(selector labels.Selector, t *corev1.PodTemplateSpec, path *field.Path) field.ErrorList {
	if !selector.Empty() && !selector.Matches(labels.Set(t.Labels)) {
		return field.ErrorList{field.Invalid(path.Child("metadata", "labels"), t.Labels, noMatch)}
	}
	return nil
}

// replicaTemplate checks a template of a ReplicaSet or Deployment.
// Source: pkg/apis/apps/validation/validation.go (ValidatePodTemplateSpecForReplicaSet).
func replicaTemplate(s *metav1.LabelSelector, t *corev1.PodTemplateSpec) field.ErrorList {
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return field.ErrorList{field.Invalid(specPath.Child("selector"), s, "invalid label selector")}
	}
	path := specPath.Child("template")
	errs := matched(selector, t, path)
	errs = append(errs, podTemplate(t, path)...)
	return append(errs, alwaysRestarting(t, path, "ReplicaSet")...)
}

// deploymentSpec checks the specification of a Deployment.
// Source: pkg/apis/apps/validation/validation.go (ValidateDeploymentSpec).
func deploymentSpec(spec *appsv1.DeploymentSpec) field.ErrorList {
	errs := notNegative(number(spec.Replicas), specPath.Child("replicas"))
	errs = append(errs, requiredSelector(spec.Selector, specPath.Child("selector"), "deployment")...)
	errs = append(errs, replicaTemplate(spec.Selector, &spec.Template)...)
	errs = append(errs, deploymentStrategy(&spec.Strategy, specPath.Child("strategy"))...)
	errs = append(errs, notNegative(spec.MinReadySeconds, specPath.Child("minReadySeconds"))...)
	errs = append(errs, optionalNotNegative(spec.RevisionHistoryLimit, specPath.Child("revisionHistoryLimit"))...)
	if deadline := spec.ProgressDeadlineSeconds; deadline != nil {
		path := specPath.Child("progressDeadlineSeconds")
		errs = append(errs, notNegative(*deadline, path)...)
		if *deadline <= spec.MinReadySeconds {
			errs = append(errs, field.Invalid(path, deadline, "must be greater than minReadySeconds"))
		}
	}
	return errs
}

func deploymentStrategy(s *appsv1.DeploymentStrategy, path *field.Path) field.ErrorList {
	switch rolling := s.RollingUpdate; {
	case s.Type == appsv1.RecreateDeploymentStrategyType && rolling != nil:
		return field.ErrorList{field.Forbidden(path.Child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'")}
	case s.Type == appsv1.RecreateDeploymentStrategyType:
		return nil
	case s.Type != appsv1.RollingUpdateDeploymentStrategyType:
		return field.ErrorList{field.NotSupported(path, internalForm{s}, []string{"Recreate", "RollingUpdate"})}
	case rolling == nil:
		return field.ErrorList{field.Required(path.Child("rollingUpdate"), "this should be defaulted and never be nil")}
	default:
		return rollingDeployment(rolling, path.Child("rollingUpdate"))
	}
}

// rollingDeployment checks how far a rollout may go.
// Source: pkg/apis/apps/validation/validation.go (ValidateRollingUpdateDeployment).
func rollingDeployment(r *appsv1.RollingUpdateDeployment, path *field.Path) field.ErrorList {
	unavailable, surge := given(r.MaxUnavailable), given(r.MaxSurge)
	errs := numberOrPercent(unavailable, path.Child("maxUnavailable"))
	errs = append(errs, numberOrPercent(surge, path.Child("maxSurge"))...)
	if amount(unavailable) == 0 && amount(surge) == 0 {
		errs = append(errs, field.Invalid(path.Child("maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0"))
	}
	return append(errs, atMostAll(unavailable, path.Child("maxUnavailable"))...)
}

func given(value *intstr.IntOrString) intstr.IntOrString {
	if value == nil {
		return intstr.IntOrString{}
	}
	return *value
}

// numberOrPercent checks a number or percentage.
// Source: pkg/apis/apps/validation/validation.go (ValidatePositiveIntOrPercent).
func numberOrPercent(value intstr.IntOrString, path *field.Path) field.ErrorList {
	if value.Type == intstr.Int {
		return notNegative(value.IntVal, path)
	}
	return invalid(value, path, validation.IsValidPercent(value.StrVal))
}

func percent(value intstr.IntOrString) (n int, ok bool) {
	if value.Type != intstr.String || len(validation.IsValidPercent(value.StrVal)) > 0 {
		return 0, false
	}
	_, err := fmt.Sscanf(value.StrVal, "%d%%", &n)
	return n, err == nil
}

func amount(value intstr.IntOrString) int {
	if n, ok := percent(value); ok {
		return n
	}
	return value.IntValue()
}

func atMostAll(value intstr.IntOrString, path *field.Path) field.ErrorList {
	if n, ok := percent(value); ok && n > 100 {
		return field.ErrorList{field.Invalid(path, value, "must not be greater than 100%")}
	}
	return nil
}

// replicaSetSpec checks the specification of a ReplicaSet.
// Source: pkg/apis/apps/validation/validation.go (ValidateReplicaSetSpec).
func replicaSetSpec(spec *appsv1.ReplicaSetSpec) field.ErrorList {
	errs := notNegative(number(spec.Replicas), specPath.Child("replicas"))
	errs = append(errs, notNegative(spec.MinReadySeconds, specPath.Child("minReadySeconds"))...)
	errs = append(errs, requiredSelector(spec.Selector, specPath.Child("selector"), "deployment")...)
	return append(errs, replicaTemplate(spec.Selector, &spec.Template)...)
}

// replicationControllerSpec checks the specification of a ReplicationController.
// Source: pkg/apis/core/validation/validation.go (ValidateReplicationControllerSpec).
func replicationControllerSpec(spec *corev1.ReplicationControllerSpec) field.ErrorList {
	errs := notNegative(spec.MinReadySeconds, specPath.Child("minReadySeconds"))
	if len(spec.Selector) == 0 {
		errs = append(errs, field.Required(specPath.Child("selector"), ""))
	}
	errs = append(errs, notNegative(number(spec.Replicas), specPath.Child("replicas"))...)
	path := specPath.Child("template")
	if spec.Template == nil {
		return append(errs, field.Required(path, ""))
	}
	errs = append(errs, matched(labels.Set(spec.Selector).AsSelector(), spec.Template, path)...)
	errs = append(errs, podTemplate(spec.Template, path)...)
	return append(errs, alwaysRestarting(spec.Template, path, "ReplicationController")...)
}

// statefulSetSpec checks the specification of a StatefulSet. What no update can change
// is looked at when it is created.
// Source: pkg/apis/apps/validation/validation.go (ValidateStatefulSetSpec).
func statefulSetSpec(spec *appsv1.StatefulSetSpec, created bool) field.ErrorList {
	var errs field.ErrorList
	add := func(more ...*field.Error) { errs = append(errs, more...) }
	switch policy := spec.PodManagementPolicy; policy {
	case appsv1.OrderedReadyPodManagement, appsv1.ParallelPodManagement:
	default:
		add(field.Invalid(specPath.Child("podManagementPolicy"), policy, "must be 'OrderedReady' or 'Parallel'"))
	}
	add(statefulStrategy(&spec.UpdateStrategy, specPath.Child("updateStrategy"))...)
	if policy := spec.PersistentVolumeClaimRetentionPolicy; policy != nil {
		path := specPath.Child("persistentVolumeClaimRetentionPolicy")
		known := []appsv1.PersistentVolumeClaimRetentionPolicyType{
			appsv1.RetainPersistentVolumeClaimRetentionPolicyType, appsv1.DeletePersistentVolumeClaimRetentionPolicyType}
		add(oneOf(policy.WhenDeleted, path.Child("whenDeleted"), false, known...)...)
		add(oneOf(policy.WhenScaled, path.Child("whenScaled"), false, known...)...)
	}
	for i := range spec.VolumeClaimTemplates {
		if created {
			add(claimSpec(&spec.VolumeClaimTemplates[i].Spec, specPath.Child("volumeClaimTemplates").Index(i).Child("spec"))...)
		}
	}
	add(notNegative(number(spec.Replicas), specPath.Child("replicas"))...)
	add(notNegative(spec.MinReadySeconds, specPath.Child("minReadySeconds"))...)
	if spec.Ordinals != nil {
		add(notNegative(spec.Ordinals.Start, specPath.Child("ordinals.start"))...)
	}
	if created && spec.ServiceName != "" {
		add(dnsLabel(spec.ServiceName, specPath.Child("serviceName"))...)
	}
	add(requiredSelector(spec.Selector, specPath.Child("selector"), "statefulset")...)
	path := specPath.Child("template")
	if selector, err := metav1.LabelSelectorAsSelector(spec.Selector); err != nil {
		add(field.Invalid(specPath.Child("selector"), spec.Selector, ""))
	} else {
		template := withClaims(spec)
		add(matched(selector, template, path)...)
		add(podTemplate(template, path)...)
		add(templateMeta(template, path)...)
	}
	add(alwaysRestarting(&spec.Template, path, "StatefulSet")...)
	return errs
}

// withClaims returns the template of a StatefulSet as its controller completes it.
func withClaims(spec *appsv1.StatefulSetSpec) *corev1.PodTemplateSpec {
	t := spec.Template.DeepCopy()
	t.Spec.Subdomain, t.Spec.Hostname = "", ""
	var volumes []corev1.Volume
	known := func(name string) bool {
		return slices.ContainsFunc(volumes, func(v corev1.Volume) bool { return v.Name == name })
	}
	for i := range spec.VolumeClaimTemplates {
		if name := spec.VolumeClaimTemplates[i].Name; !known(name) {
			volumes = append(volumes, corev1.Volume{Name: name})
		}
	}
	claims := len(volumes)
	for _, v := range t.Spec.Volumes {
		if !slices.ContainsFunc(volumes[:claims], func(claim corev1.Volume) bool { return claim.Name == v.Name }) {
			volumes = append(volumes, v)
		}
	}
	t.Spec.Volumes = volumes
	return t
}

func statefulStrategy(s *appsv1.StatefulSetUpdateStrategy, path *field.Path) field.ErrorList {
	rolling := path.Child("rollingUpdate")
	switch s.Type {
	case appsv1.OnDeleteStatefulSetStrategyType:
		if s.RollingUpdate != nil {
			return field.ErrorList{field.Invalid(rolling, internalForm{s.RollingUpdate}, "only allowed for updateStrategy 'RollingUpdate'")}
		}
	case appsv1.RollingUpdateStatefulSetStrategyType:
		if s.RollingUpdate == nil {
			return nil
		}
		errs := notNegative(number(s.RollingUpdate.Partition), rolling.Child("partition"))
		if most := s.RollingUpdate.MaxUnavailable; most != nil {
			at := rolling.Child("maxUnavailable")
			errs = append(errs, numberOrPercent(*most, at)...)
			if amount(*most) == 0 {
				errs = append(errs, field.Invalid(at, *most, "cannot be 0"))
			}
			errs = append(errs, atMostAll(*most, at)...)
		}
		return errs
	default:
		return field.ErrorList{field.Invalid(path, internalForm{*s}, "must be 'RollingUpdate' or 'OnDelete'")}
	}
	return nil
}

// fixedOfStatefulSet is what a server says of any other field.
const fixedOfStatefulSet = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
	"'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

// statefulSetUpdate checks a change of a StatefulSet.
// Source: pkg/apis/apps/validation/validation.go (ValidateStatefulSetUpdate).
func statefulSetUpdate(next, old *appsv1.StatefulSet) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	errs = append(errs, statefulSetSpec(&next.Spec, false)...)
	munged := next.Spec
	munged.Replicas, munged.Template, munged.UpdateStrategy = old.Spec.Replicas, old.Spec.Template, old.Spec.UpdateStrategy
	munged.MinReadySeconds, munged.Ordinals = old.Spec.MinReadySeconds, old.Spec.Ordinals
	munged.RevisionHistoryLimit = old.Spec.RevisionHistoryLimit
	munged.PersistentVolumeClaimRetentionPolicy = old.Spec.PersistentVolumeClaimRetentionPolicy
	if !equal(munged, old.Spec) {
		errs = append(errs, field.Forbidden(specPath, fixedOfStatefulSet))
	}
	return errs
}

// daemonSetSpec checks the specification of a DaemonSet.
// Source: pkg/apis/apps/validation/validation.go (ValidateDaemonSetSpec).
func daemonSetSpec(spec *appsv1.DaemonSetSpec) field.ErrorList {
	errs := labelSelector(spec.Selector, specPath.Child("selector"))
	path := specPath.Child("template")
	selector, err := metav1.LabelSelectorAsSelector(spec.Selector)
	if err == nil && !selector.Matches(labels.Set(spec.Template.Labels)) {
		errs = append(errs, field.Invalid(path.Child("metadata", "labels"), spec.Template.Labels, noMatch))
	}
	if s := spec.Selector; s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		errs = append(errs, field.Invalid(specPath.Child("selector"), s, "empty selector is invalid for daemonset"))
	}
	errs = append(errs, podTemplate(&spec.Template, path)...)
	errs = append(errs, alwaysRestarting(&spec.Template, path, "DaemonSet")...)
	errs = append(errs, notNegative(spec.MinReadySeconds, specPath.Child("minReadySeconds"))...)
	errs = append(errs, daemonStrategy(&spec.UpdateStrategy, specPath.Child("updateStrategy"))...)
	return append(errs, optionalNotNegative(spec.RevisionHistoryLimit, specPath.Child("revisionHistoryLimit"))...)
}

// daemonStrategy checks how pods of a DaemonSet are replaced.
// Source: pkg/apis/apps/validation/validation.go (ValidateDaemonSetUpdateStrategy).
func daemonStrategy(s *appsv1.DaemonSetUpdateStrategy, path *field.Path) field.ErrorList {
	rolling := path.Child("rollingUpdate")
	switch {
	case s.Type == appsv1.OnDeleteDaemonSetStrategyType:
		return nil
	case s.Type != appsv1.RollingUpdateDaemonSetStrategyType:
		return field.ErrorList{field.NotSupported(path, internalForm{s}, []string{"RollingUpdate", "OnDelete"})}
	case s.RollingUpdate == nil:
		return field.ErrorList{field.Required(rolling, "")}
	}
	unavailable, surge := given(s.RollingUpdate.MaxUnavailable), given(s.RollingUpdate.MaxSurge)
	errs := numberOrPercent(unavailable, rolling.Child("maxUnavailable"))
	errs = append(errs, numberOrPercent(surge, rolling.Child("maxSurge"))...)
	errs = append(errs, atMostAll(unavailable, rolling.Child("maxUnavailable"))...)
	errs = append(errs, atMostAll(surge, rolling.Child("maxSurge"))...)
	switch both := amount(unavailable) != 0; {
	case both && amount(surge) != 0:
		errs = append(errs, field.Invalid(rolling.Child("maxSurge"), surge, "may not be set when maxUnavailable is non-zero"))
	case !both && amount(surge) == 0:
		errs = append(errs, field.Required(rolling.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0"))
	}
	return errs
}
