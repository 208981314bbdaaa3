package validation

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// priorityClassUpdate checks a change of a PriorityClass.
// Source: pkg/apis/scheduling/validation/validation.go (ValidatePriorityClassUpdate).
func priorityClassUpdate(next, old *schedulingv1.PriorityClass) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	if next.Value != old.Value {
		errs = append(errs, field.Forbidden(field.NewPath("value"), "may not be changed in an update."))
	}
	return append(errs, unchanged(next.PreemptionPolicy, old.PreemptionPolicy, next.PreemptionPolicy, field.NewPath("preemptionPolicy"))...)
}

// budgetSpec checks a PodDisruptionBudget.
// Source: pkg/apis/policy/validation/validation.go (ValidatePodDisruptionBudgetSpec).
func budgetSpec(spec *policyv1.PodDisruptionBudgetSpec) field.ErrorList {
	var errs field.ErrorList
	if spec.MinAvailable != nil && spec.MaxUnavailable != nil {
		errs = append(errs, field.Invalid(specPath, internalForm{*spec}, "minAvailable and maxUnavailable cannot be both set"))
	}
	if n := spec.MinAvailable; n != nil {
		errs = append(errs, numberOrPercent(*n, specPath.Child("minAvailable"))...)
		errs = append(errs, atMostAll(*n, specPath.Child("minAvailable"))...)
	}
	if n := spec.MaxUnavailable; n != nil {
		errs = append(errs, numberOrPercent(*n, specPath.Child("maxUnavailable"))...)
		errs = append(errs, atMostAll(*n, specPath.Child("maxUnavailable"))...)
	}
	errs = append(errs, labelSelector(spec.Selector, specPath.Child("selector"))...)
	if policy := spec.UnhealthyPodEvictionPolicy; policy != nil {
		errs = append(errs, oneOf(*policy, specPath.Child("unhealthyPodEvictionPolicy"), false, policyv1.AlwaysAllow, policyv1.IfHealthyBudget)...)
	}
	return errs
}

// service checks what podsim reads of a Service.
// Source: pkg/apis/core/validation/validation.go (validateService).
func service(s *corev1.Service) field.ErrorList {
	var errs field.ErrorList
	if len(s.Spec.Ports) == 0 && s.Spec.ClusterIP != corev1.ClusterIPNone && s.Spec.Type != corev1.ServiceTypeExternalName {
		errs = append(errs, field.Required(specPath.Child("ports"), ""))
	}
	names := make(map[string]bool)
	for i := range s.Spec.Ports {
		errs = append(errs, servicePort(&s.Spec.Ports[i], len(s.Spec.Ports) > 1, names, specPath.Child("ports").Index(i))...)
	}
	errs = append(errs, labelsOf(s.Spec.Selector, specPath.Child("selector"))...)
	for i, p := range s.Spec.Ports {
		taken := func(q corev1.ServicePort) bool { return q.Protocol == p.Protocol && q.Port == p.Port }
		if slices.ContainsFunc(s.Spec.Ports[:i], taken) {
			errs = append(errs, field.Duplicate(specPath.Child("ports").Index(i), internalForm{corev1.ServicePort{Protocol: p.Protocol, Port: p.Port}}))
		}
	}
	return errs
}

// servicePort checks one port; several need names.
// Source: pkg/apis/core/validation/validation.go (validateServicePort).
func servicePort(p *corev1.ServicePort, several bool, names map[string]bool, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch {
	case p.Name == "" && several:
		errs = append(errs, field.Required(path.Child("name"), ""))
	case p.Name != "":
		errs = append(errs, dnsLabel(p.Name, path.Child("name"))...)
		if names[p.Name] {
			errs = append(errs, field.Duplicate(path.Child("name"), p.Name))
		}
		names[p.Name] = true
	}
	errs = append(errs, invalid(p.Port, path.Child("port"), validation.IsValidPortNum(int(p.Port)))...)
	errs = append(errs, oneOf(p.Protocol, path.Child("protocol"), true, corev1.ProtocolSCTP, corev1.ProtocolTCP, corev1.ProtocolUDP)...)
	return append(errs, portNumberOrName(p.TargetPort, path.Child("targetPort"))...)
}

// serviceUpdate checks a change of a Service. Its address stays.
// Source: pkg/apis/core/validation/validation.go (ValidateServiceUpdate, validateUpgradeDowngradeClusterIPs).
func serviceUpdate(next, old *corev1.Service) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	external := next.Spec.Type == corev1.ServiceTypeExternalName || old.Spec.Type == corev1.ServiceTypeExternalName
	was, is := addresses(old), addresses(next)
	if !external && len(was) == len(is) {
		for i := range was {
			if was[i] != is[i] {
				errs = append(errs, field.Invalid(specPath.Child("clusterIPs").Index(i), is, "may not change once set"))
			}
		}
	}
	return append(errs, service(next)...)
}

// addresses returns the addresses of a Service, which may give one alone.
// Source: pkg/registry/core/service/storage/storage.go (NormalizeClusterIPs).
func addresses(s *corev1.Service) []string { return led(s.Spec.ClusterIP, s.Spec.ClusterIPs) }

// led returns a list whose first item may be given alone, and then wins.
func led(first string, list []string) []string {
	if first != "" && (len(list) == 0 || list[0] != first) {
		return []string{first}
	}
	return list
}

// claimSpec checks the specification of a PersistentVolumeClaim.
// Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec).
func claimSpec(spec *corev1.PersistentVolumeClaimSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(spec.AccessModes) == 0 {
		errs = append(errs, field.Required(path.Child("accessModes"), "at least 1 access mode is required"))
	}
	errs = append(errs, labelSelector(spec.Selector, path.Child("selector"))...)
	known := []corev1.PersistentVolumeAccessMode{
		corev1.ReadOnlyMany, corev1.ReadWriteMany, corev1.ReadWriteOnce, corev1.ReadWriteOncePod}
	for _, mode := range spec.AccessModes {
		errs = append(errs, oneOf(mode, path.Child("accessModes"), false, known...)...)
	}
	if slices.Contains(spec.AccessModes, corev1.ReadWriteOncePod) && len(spec.AccessModes) > 1 {
		errs = append(errs, field.Forbidden(path.Child("accessModes"), "may not use ReadWriteOncePod with other access modes"))
	}
	storage := path.Child("resources").Key(string(corev1.ResourceStorage))
	size, ok := spec.Resources.Requests[corev1.ResourceStorage]
	switch {
	case !ok:
		errs = append(errs, field.Required(storage, ""))
	case size.Sign() <= 0:
		errs = append(errs, field.Invalid(storage, size.String(), "must be greater than zero"))
	}
	if class := spec.StorageClassName; class != nil && *class != "" {
		errs = append(errs, invalid(*class, path.Child("storageClassName"), validation.IsDNS1123Subdomain(*class))...)
	}
	if mode := spec.VolumeMode; mode != nil {
		errs = append(errs, oneOf(*mode, path.Child("volumeMode"), false, corev1.PersistentVolumeBlock, corev1.PersistentVolumeFilesystem)...)
	}
	return errs
}

// claimUpdate checks a change of a PersistentVolumeClaim: one that is bound may grow.
// Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimUpdate).
func claimUpdate(next, old *corev1.PersistentVolumeClaim) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	errs = append(errs, newClaim(next)...)
	munged, before := next.DeepCopy(), old.DeepCopy()
	if old.Spec.VolumeName == "" {
		before.Spec.VolumeName = next.Spec.VolumeName
	}
	annotation := next.Annotations[corev1.BetaStorageClassAnnotation]
	if old.Spec.StorageClassName == nil && next.Spec.StorageClassName != nil && (annotation == "" || annotation == *next.Spec.StorageClassName) {
		munged.Spec.StorageClassName = nil
	}
	wasSize, isSize := old.Spec.Resources.Requests[corev1.ResourceStorage], next.Spec.Resources.Requests[corev1.ResourceStorage]
	if old.Status.Phase == corev1.ClaimBound {
		if munged.Spec.Resources.Requests != nil {
			munged.Spec.Resources.Requests[corev1.ResourceStorage] = wasSize
		}
		munged.Spec.VolumeAttributesClassName = before.Spec.VolumeAttributesClassName
	}
	if !equal(munged.Spec, before.Spec) {
		errs = append(errs, field.Forbidden(specPath,
			"spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n"+
				specDiff(before.Spec, munged.Spec)))
	}
	if capacity := old.Status.Capacity[corev1.ResourceStorage]; isSize.Cmp(wasSize) < 0 && isSize.Cmp(capacity) <= 0 {
		errs = append(errs, field.Forbidden(specPath.Child("resources", "requests", "storage"), "field can not be less than status.capacity"))
	}
	return append(errs, unchanged(next.Spec.VolumeMode, old.Spec.VolumeMode, next.Spec.VolumeMode, field.NewPath("volumeMode"))...)
}

func newClaim(c *corev1.PersistentVolumeClaim) field.ErrorList {
	return append(objectMeta(&c.ObjectMeta, true, apivalidation.NameIsDNSSubdomain), claimSpec(&c.Spec, specPath)...)
}

// taints checks the taints of a node.
// Source: pkg/apis/core/validation/validation.go (validateNodeTaints).
func taints(list []corev1.Taint, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, t := range list {
		at := path.Index(i)
		errs = append(errs, qualifiedName(t.Key, at.Child("key"))...)
		if wrong := validation.IsValidLabelValue(t.Value); len(wrong) > 0 {
			errs = append(errs, field.Invalid(at.Child("value"), t.Value, strings.Join(wrong, ";")))
		}
		errs = append(errs, oneOf(t.Effect, at.Child("effect"), true,
			corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute)...)
		if slices.ContainsFunc(list[:i], func(other corev1.Taint) bool { return other.Key == t.Key && other.Effect == t.Effect }) {
			twice := field.Duplicate(at, internalForm{t})
			twice.Detail = "taints must be unique by key and effect pair"
			errs = append(errs, twice)
		}
	}
	return errs
}

// nodeUpdate checks a change of a Node.
// Source: pkg/apis/core/validation/validation.go (ValidateNodeUpdate).
func nodeUpdate(next, old *corev1.Node) field.ErrorList {
	errs := objectMetaUpdate(&next.ObjectMeta, &old.ObjectMeta)
	if was, is := cidrs(old), cidrs(next); len(was) > 0 && !slices.Equal(was, is) {
		errs = append(errs, field.Forbidden(specPath.Child("podCIDRs"), `node updates may not change podCIDR except from "" to valid`))
	}
	if was := old.Spec.ProviderID; was != "" && was != next.Spec.ProviderID {
		errs = append(errs, field.Forbidden(specPath.Child("providerID"), `node updates may not change providerID except from "" to valid`))
	}
	return append(errs, taints(next.Spec.Taints, metadata.Child("taints"))...)
}

// newNode checks a Node that registers.
// Source: pkg/apis/core/validation/validation.go (ValidateNode).
func newNode(n *corev1.Node) field.ErrorList {
	errs := objectMeta(&n.ObjectMeta, false, apivalidation.NameIsDNSSubdomain)
	errs = append(errs, taints(n.Spec.Taints, metadata.Child("taints"))...)
	path, networks := specPath.Child("podCIDRs"), cidrs(n)
	families := make(map[bool]int) // by whether it is one of IPv4
	for i, network := range networks {
		errs = append(errs, validation.IsValidCIDRForLegacyField(path.Index(i), network, false, nil)...)
		families[strings.Contains(network, ".")]++
	}
	if families[true] > 1 || families[false] > 1 {
		errs = append(errs, field.Invalid(path, networks, "may specify no more than one CIDR for each IP family"))
	}
	return errs
}

// cidrs returns the networks of a node's pods.
// Source: pkg/apis/core/v1/conversion.go (Convert_v1_NodeSpec_To_core_NodeSpec).
func cidrs(n *corev1.Node) []string { return led(n.Spec.PodCIDR, n.Spec.PodCIDRs) }
