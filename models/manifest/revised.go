package manifest

import (
	"math"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// statefulSet checks and compiles what is special about a StatefulSet.
// Source: pkg/apis/apps/validation/validation.go (ValidateStatefulSetSpec),
// pkg/apis/apps/v1/defaults.go (SetDefaults_StatefulSet).
func (c *checker) statefulSet(o *appsv1.StatefulSet, out *models.OwnerSpec) {
	spec := &o.Spec
	if policy := spec.PodManagementPolicy; policy != "" {
		c.oneOf(string(policy), "spec.podManagementPolicy", "OrderedReady", "Parallel")
		out.Parallel = policy == appsv1.ParallelPodManagement
	}
	if spec.Ordinals != nil {
		c.notNegative(spec.Ordinals.Start, "spec.ordinals.start")
		out.FirstOrdinal = max(spec.Ordinals.Start, 0)
		if out.FirstOrdinal > math.MaxInt32-2-limits.Replicas {
			c.addf("spec.ordinals.start", "got %d; must be <= %d", spec.Ordinals.Start, math.MaxInt32-2-limits.Replicas)
			out.FirstOrdinal = 0
		}
	}
	out.RevisionHistoryLimit = c.historyLimit(spec.RevisionHistoryLimit)
	const path = "spec.updateStrategy"
	rolling := spec.UpdateStrategy.RollingUpdate
	out.Strategy = c.updateStrategy(string(spec.UpdateStrategy.Type), rolling != nil, path)
	if rolling != nil && rolling.Partition != nil {
		c.notNegative(*rolling.Partition, path+".rollingUpdate.partition")
		out.Partition = max(*rolling.Partition, 0)
	}
	if policy := spec.PersistentVolumeClaimRetentionPolicy; policy != nil {
		out.DeleteClaimsWhenDeleted = c.retention(policy.WhenDeleted, "whenDeleted")
		out.DeleteClaimsWhenScaled = c.retention(policy.WhenScaled, "whenScaled")
	}
	for i := range spec.VolumeClaimTemplates {
		c.claimTemplate(o, i, out)
	}
}

// retention reports whether claims are to be deleted.
func (c *checker) retention(policy appsv1.PersistentVolumeClaimRetentionPolicyType, field string) bool {
	if policy != "" {
		c.oneOf(string(policy), "spec.persistentVolumeClaimRetentionPolicy."+field, "Retain", "Delete")
	}
	return policy == appsv1.DeletePersistentVolumeClaimRetentionPolicyType
}

// claimTemplate compiles a template of claims. A volume of its name in the template of
// pods gives way to it.
// Source: pkg/controller/statefulset/stateful_set_utils.go (updateStorage).
func (c *checker) claimTemplate(o *appsv1.StatefulSet, i int, out *models.OwnerSpec) {
	template := o.Spec.VolumeClaimTemplates[i]
	template.Namespace, template.Status = o.Namespace, corev1.PersistentVolumeClaimStatus{}
	inner := &checker{set: c.set, root: c.root, prefix: joinPath(c.prefix, yamlnode.IndexPath("spec.volumeClaimTemplates", i))}
	claim := inner.persistentVolumeClaim(&template)
	c.problems = append(c.problems, inner.problems...)
	if slices.ContainsFunc(out.ClaimTemplates, func(other models.ClaimSpec) bool { return other.Name == claim.Name }) {
		c.addf(yamlnode.IndexPath("spec.volumeClaimTemplates", i)+".metadata.name", "claim template %s occurs twice", quote(template.Name))
	}
	out.ClaimTemplates = append(out.ClaimTemplates, *claim)
	pod := &o.Spec.Template.Spec
	pod.Volumes = slices.DeleteFunc(slices.Clone(pod.Volumes), func(v corev1.Volume) bool { return v.Name == template.Name })
}

// daemonSet checks and compiles what is special about a DaemonSet, and adds the
// tolerations that its pods get.
// Source: pkg/apis/apps/validation/validation.go (ValidateDaemonSetSpec),
// pkg/apis/apps/v1/defaults.go (SetDefaults_DaemonSet).
func (c *checker) daemonSet(spec *appsv1.DaemonSetSpec, out *models.OwnerSpec) {
	const path = "spec.updateStrategy"
	out.Replicas = 0 // its nodes are counted as they come
	out.RevisionHistoryLimit = c.historyLimit(spec.RevisionHistoryLimit)
	rolling := spec.UpdateStrategy.RollingUpdate
	out.Strategy = c.updateStrategy(string(spec.UpdateStrategy.Type), rolling != nil, path)
	if out.Strategy == models.RollingUpdate {
		c.nodeShares(rolling, path+".rollingUpdate", out)
	}
	for _, t := range daemonTolerations(spec.Template.Spec.HostNetwork) {
		spec.Template.Spec.Tolerations = withToleration(spec.Template.Spec.Tolerations, t)
	}
}

// nodeShares compiles on how many nodes a rollout may have more and fewer pods.
// Source: pkg/apis/apps/validation/validation.go (ValidateRollingUpdateDaemonSet).
func (c *checker) nodeShares(rolling *appsv1.RollingUpdateDaemonSet, path string, out *models.OwnerSpec) {
	unavailable, surge := intstr.FromInt32(1), intstr.FromInt32(0)
	if rolling != nil && rolling.MaxUnavailable != nil {
		unavailable = *rolling.MaxUnavailable
	}
	if rolling != nil && rolling.MaxSurge != nil {
		surge = *rolling.MaxSurge
	}
	out.MaxUnavailable = c.rolloutShare(&unavailable, path+".maxUnavailable")
	out.MaxSurge = c.rolloutShare(&surge, path+".maxSurge")
	for _, bound := range []struct {
		share models.Share
		given intstr.IntOrString
		name  string
	}{{out.MaxUnavailable, unavailable, "maxUnavailable"}, {out.MaxSurge, surge, "maxSurge"}} {
		if bound.share.Percent && bound.share.Value > 100 {
			c.addf(path+"."+bound.name, "got %s; must be <= 100%%", bound.given.StrVal)
		}
	}
	switch both := out.MaxUnavailable.Given && out.MaxSurge.Given; {
	case both && out.MaxUnavailable.Value == 0 && out.MaxSurge.Value == 0:
		c.addf(path, "maxSurge and maxUnavailable are both 0: a rollout could never proceed")
	case both && out.MaxUnavailable.Value != 0 && out.MaxSurge.Value != 0:
		c.addf(path+".maxSurge", "contradicts maxUnavailable; set one of them to 0")
	}
}

// daemonTolerations are those that let daemon pods stay on nodes in trouble.
// Source: pkg/controller/daemon/util/daemonset_util.go (AddOrUpdateDaemonPodTolerations).
func daemonTolerations(hostNetwork bool) []corev1.Toleration {
	exists := func(key string, effect corev1.TaintEffect) corev1.Toleration {
		return corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: effect}
	}
	list := []corev1.Toleration{
		exists(corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute),
		exists(corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute),
		exists(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule),
		exists(corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule),
		exists(corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule),
		exists(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule),
	}
	if hostNetwork {
		list = append(list, exists(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule))
	}
	return list
}

// withToleration adds a toleration, or replaces one that differs in how long it lasts.
// Source: pkg/apis/core/v1/helper/helpers.go (AddOrUpdateTolerationInPodSpec).
func withToleration(list []corev1.Toleration, t corev1.Toleration) []corev1.Toleration {
	list = slices.Clone(list)
	for i := range list {
		if list[i].MatchToleration(&t) {
			list[i] = t
			return list
		}
	}
	return append(list, t)
}

// updateStrategy checks the strategy of a StatefulSet or DaemonSet.
func (c *checker) updateStrategy(kind string, rolling bool, path string) models.Strategy {
	if kind != "" {
		c.oneOf(kind, path+".type", "RollingUpdate", "OnDelete")
	}
	if kind != models.OnDelete.String() {
		return models.RollingUpdate
	}
	if rolling {
		c.addf(path+".rollingUpdate", "must not be set with type OnDelete")
	}
	return models.OnDelete
}

func (c *checker) historyLimit(limit *int32) int32 {
	if limit == nil {
		return defaultRevisionHistory
	}
	c.notNegative(*limit, "spec.revisionHistoryLimit")
	return max(*limit, 0)
}

// generationAnnotation numbers the templates of a DaemonSet, and generationLabel says
// of which one a pod is.
// Source: k8s.io/api/apps/v1/types.go (DeprecatedTemplateGeneration).
const (
	generationAnnotation = "deprecated.daemonset.template.generation"
	generationLabel      = "pod-template-generation"
)

// revisionOf returns the revision of the template of a StatefulSet or DaemonSet in a
// snapshot, as its pods have it in a label; empty if that is not known.
// Source: pkg/controller/daemon/util/daemonset_util.go (IsPodUpdated).
func (k *compilation) revisionOf(owner int) string {
	o := &k.Owners[owner]
	if o.Status == nil {
		return ""
	}
	if o.Kind == models.StatefulSet {
		return o.Status.Update
	}
	generation := k.ownerMeta[owner].Annotations[generationAnnotation]
	if _, err := strconv.ParseInt(generation, 10, 64); err != nil {
		return ""
	}
	for i, meta := range k.podMeta {
		if k.Pods[i].Owner == owner && meta.Labels[generationLabel] == generation {
			return meta.Labels[models.LabelRevisionHash]
		}
	}
	return ""
}
