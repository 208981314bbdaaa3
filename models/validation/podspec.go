package validation

import (
	"math"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// podRules checks one specification of a pod.
type podRules struct {
	spec    *corev1.PodSpec
	isPod   bool            // not the template of one
	volumes map[string]bool // those that can be mounted
}

// podSpec checks a pod's specification, in the order in which a server does.
// Source: pkg/apis/core/validation/validation.go (ValidatePodSpec).
func podSpec(spec *corev1.PodSpec, path *field.Path, isPod bool) field.ErrorList {
	p := &podRules{spec: spec, isPod: isPod, volumes: make(map[string]bool)}
	var errs field.ErrorList
	add := func(more field.ErrorList) { errs = append(errs, more...) }
	add(p.namedVolumes(path.Child("volumes")))
	add(p.containers(path.Child("containers")))
	add(p.initContainers(path.Child("initContainers")))
	add(p.wholeResources(path.Child("resources")))
	add(p.hostNetworkPorts(path.Child("containers")))
	add(oneOf(spec.RestartPolicy, path.Child("restartPolicy"), true,
		corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever))
	add(oneOf(spec.DNSPolicy, path.Child("dnsPolicy"), true,
		corev1.DNSClusterFirstWithHostNet, corev1.DNSClusterFirst, corev1.DNSDefault, corev1.DNSNone))
	add(labelsOf(spec.NodeSelector, path.Child("nodeSelector")))
	add(p.podSecurity(path.Child("securityContext")))
	add(affinity(spec.Affinity, path.Child("affinity")))
	add(p.names(path.Child("dnsConfig")))
	for i, gate := range spec.ReadinessGates {
		add(qualifiedName(string(gate.ConditionType), path.Child("readinessGates").Index(i).Child("conditionType")))
	}
	add(schedulingGates(spec.SchedulingGates, path.Child("schedulingGates")))
	add(spreadConstraints(spec.TopologySpreadConstraints, path.Child("topologySpreadConstraints")))
	add(p.hostProcess(path))
	add(p.hostUsers(path))
	add(p.hostname(path.Child("hostnameOverride")))
	if spec.ServiceAccountName != "" {
		add(invalid(spec.ServiceAccountName, path.Child("serviceAccountName"), validation.IsDNS1123Subdomain(spec.ServiceAccountName)))
	}
	if spec.NodeName != "" {
		add(invalid(spec.NodeName, path.Child("nodeName"), validation.IsDNS1123Subdomain(spec.NodeName)))
	}
	if n := spec.ActiveDeadlineSeconds; n != nil && (*n < 1 || *n > math.MaxInt32) {
		add(field.ErrorList{field.Invalid(path.Child("activeDeadlineSeconds"), *n, validation.InclusiveRangeError(1, math.MaxInt32))})
	}
	if spec.Hostname != "" {
		add(dnsLabel(spec.Hostname, path.Child("hostname")))
	}
	if spec.Subdomain != "" {
		add(dnsLabel(spec.Subdomain, path.Child("subdomain")))
	}
	add(tolerations(spec.Tolerations, path.Child("tolerations")))
	add(hostAliases(spec.HostAliases, path.Child("hostAliases")))
	if spec.PriorityClassName != "" {
		add(invalid(spec.PriorityClassName, path.Child("priorityClassName"), validation.IsDNS1123Subdomain(spec.PriorityClassName)))
	}
	if name := spec.RuntimeClassName; name != nil {
		add(invalid(*name, path.Child("runtimeClassName"), validation.IsDNS1123Subdomain(*name)))
	}
	if policy := spec.PreemptionPolicy; policy != nil {
		add(oneOf(*policy, path.Child("preemptionPolicy"), true, corev1.PreemptLowerPriority, corev1.PreemptNever))
	}
	if spec.Overhead != nil {
		add(requirements(&corev1.ResourceRequirements{Limits: spec.Overhead}, path.Child("overhead"), containerResource))
	}
	add(p.operatingSystem(path))
	return errs
}

// namedVolumes checks the names of volumes and notes those that can be mounted.
// Source: pkg/apis/core/validation/validation.go (ValidateVolumes).
func (p *podRules) namedVolumes(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range p.spec.Volumes {
		name, at := p.spec.Volumes[i].Name, path.Index(i).Child("name")
		var wrong field.ErrorList
		if name == "" {
			wrong = field.ErrorList{field.Required(at, "")}
		} else {
			wrong = dnsLabel(name, at)
		}
		if p.volumes[name] {
			wrong = append(wrong, field.Duplicate(at, name))
		}
		if len(wrong) == 0 {
			p.volumes[name] = true
		}
		errs = append(errs, wrong...)
	}
	return errs
}

// wholeResources checks what a pod takes as a whole.
// Source: pkg/apis/core/validation/validation.go (validatePodResources).
func (p *podRules) wholeResources(path *field.Path) field.ErrorList {
	whole := p.spec.Resources
	switch {
	case whole == nil:
		return nil
	case p.spec.OS != nil && p.spec.OS.Name == corev1.Windows:
		return field.ErrorList{field.Forbidden(path, "may not be set for a windows pod")}
	}
	var errs field.ErrorList
	if whole.Claims != nil {
		errs = append(errs, field.Forbidden(path.Child("claims"), "claims may not be set for Resources at pod-level"))
	}
	return append(errs, requirements(whole, path, podResource)...)
}

func (p *podRules) hostNetworkPorts(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range p.spec.Containers {
		for j, port := range p.spec.Containers[i].Ports {
			if p.spec.HostNetwork && (p.isPod || port.HostPort != 0) && port.HostPort != port.ContainerPort {
				errs = append(errs, field.Invalid(path.Index(i).Child("ports").Index(j).Child("hostPort"), port.HostPort,
					"must match `containerPort` when `hostNetwork` is true"))
			}
		}
	}
	return errs
}

func schedulingGates(gates []corev1.PodSchedulingGate, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := make(map[string]bool)
	for i, gate := range gates {
		errs = append(errs, qualifiedName(gate.Name, path.Index(i))...)
		if seen[gate.Name] {
			errs = append(errs, field.Duplicate(path.Index(i), gate.Name))
		}
		seen[gate.Name] = true
	}
	return errs
}

// deletionCost is the annotation that says what it costs to lose a pod.
const deletionCost = "controller.kubernetes.io/pod-deletion-cost"

// podAnnotations checks the annotations that mean something for pods.
// Source: pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotations).
func podAnnotations(all map[string]string, spec *corev1.PodSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if value, mirror := all[corev1.MirrorPodAnnotationKey]; mirror && spec.NodeName == "" {
		errs = append(errs, field.Invalid(path.Key(corev1.MirrorPodAnnotationKey), value, "must set spec.nodeName if mirror pod annotation is set"))
	}
	if cost, ok := all[deletionCost]; ok && !isCost(cost) {
		errs = append(errs, field.Invalid(path.Key(deletionCost), cost, "must be a 32bit integer"))
	}
	return errs
}

// isCost reports whether text is a cost: a number as strconv would write it.
// Source: pkg/apis/core/helper (GetDeletionCostFromPodAnnotations, validFirstDigit).
func isCost(text string) bool {
	if text == "" || text[0] == '+' || text[0] == '0' && text != "0" {
		return false
	}
	_, err := strconv.ParseInt(text, 10, 32)
	return err == nil
}

// podObject checks the metadata and specification of a pod.
// Source: pkg/apis/core/validation/validation.go (validatePodMetadataAndSpec).
func podObject(pod *corev1.Pod) field.ErrorList {
	errs := objectMeta(&pod.ObjectMeta, true, apivalidation.NameIsDNSSubdomain)
	errs = append(errs, podAnnotations(pod.Annotations, &pod.Spec, metadata.Child("annotations"))...)
	errs = append(errs, podSpec(&pod.Spec, specPath, true)...)
	errs = append(errs, spaceAroundImages(pod.Spec.Containers, specPath.Child("containers"))...)
	return append(errs, spaceAroundImages(pod.Spec.InitContainers, specPath.Child("initContainers"))...)
}

// podTemplate checks the template of pods.
// Source: pkg/apis/core/validation/validation.go (ValidatePodTemplateSpec).
func podTemplate(t *corev1.PodTemplateSpec, path *field.Path) field.ErrorList {
	errs := templateMeta(t, path)
	errs = append(errs, podSpec(&t.Spec, path.Child("spec"), false)...)
	if len(t.Spec.EphemeralContainers) > 0 {
		errs = append(errs, field.Forbidden(path.Child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template"))
	}
	return errs
}

func templateMeta(t *corev1.PodTemplateSpec, path *field.Path) field.ErrorList {
	errs := labelsOf(t.Labels, path.Child("labels"))
	errs = append(errs, annotations(t.Annotations, path.Child("annotations"))...)
	return append(errs, podAnnotations(t.Annotations, &t.Spec, path.Child("annotations"))...)
}

var specPath = field.NewPath("spec")

// tolerations checks which taints a pod tolerates.
// Source: pkg/apis/core/validation/validation.go (ValidateTolerations).
func tolerations(list []corev1.Toleration, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range list {
		t, at := &list[i], path.Index(i)
		if t.Key != "" {
			errs = append(errs, qualifiedName(t.Key, at.Child("key"))...)
		}
		if t.Key == "" && t.Operator != corev1.TolerationOpExists {
			errs = append(errs, field.Invalid(at.Child("operator"), t.Operator,
				"operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
		}
		if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
			errs = append(errs, field.Invalid(at.Child("effect"), t.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
		}
		errs = append(errs, tolerationOperator(t, at.Child("operator"))...)
		if t.Effect != "" {
			errs = append(errs, oneOf(t.Effect, at.Child("effect"), false,
				corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute)...)
		}
	}
	return errs
}

func tolerationOperator(t *corev1.Toleration, path *field.Path) field.ErrorList {
	switch t.Operator {
	case corev1.TolerationOpEqual, "":
		if wrong := validation.IsValidLabelValue(t.Value); len(wrong) > 0 {
			return field.ErrorList{field.Invalid(path, t.Value, strings.Join(wrong, ";"))}
		}
	case corev1.TolerationOpExists:
		if t.Value != "" {
			return field.ErrorList{field.Invalid(path, t.Value, "value must be empty when `operator` is 'Exists'")}
		}
	case corev1.TolerationOpLt, corev1.TolerationOpGt:
		return field.ErrorList{field.NotSupported(path, t.Operator, []corev1.TolerationOperator{
			corev1.TolerationOpEqual, corev1.TolerationOpExists, corev1.TolerationOpLt, corev1.TolerationOpGt})}
	default:
		return field.ErrorList{field.NotSupported(path, t.Operator, []corev1.TolerationOperator{corev1.TolerationOpEqual, corev1.TolerationOpExists})}
	}
	return nil
}
