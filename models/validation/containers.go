package validation

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// containers checks the app containers of a pod.
// Source: pkg/apis/core/validation/validation.go (validateContainers).
func (p *podRules) containers(path *field.Path) field.ErrorList {
	if len(p.spec.Containers) == 0 {
		return field.ErrorList{field.Required(path, "")}
	}
	var errs field.ErrorList
	names := make(map[string]bool)
	for i := range p.spec.Containers {
		c, at := &p.spec.Containers[i], path.Index(i)
		errs = append(errs, p.container(c, at)...)
		if names[c.Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), c.Name))
		}
		names[c.Name] = true
		errs = append(errs, p.lifecycle(c, at)...)
		errs = append(errs, restartPolicy(c.RestartPolicy, c.RestartPolicyRules, at)...)
	}
	return append(errs, hostPorts(p.spec.Containers, path)...)
}

// initContainers checks init containers and sidecars.
// Source: pkg/apis/core/validation/validation.go (validateInitContainers).
func (p *podRules) initContainers(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	names := make(map[string]bool)
	for i := range p.spec.Containers {
		names[p.spec.Containers[i].Name] = true
	}
	for i := range p.spec.InitContainers {
		c, at := &p.spec.InitContainers[i], path.Index(i)
		errs = append(errs, p.container(c, at)...)
		errs = append(errs, restartPolicy(c.RestartPolicy, c.RestartPolicyRules, at)...)
		if names[c.Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), c.Name))
		}
		if c.Name != "" {
			names[c.Name] = true
		}
		errs = append(errs, hostPorts(p.spec.InitContainers[i:i+1], path)...)
		if isSidecar(c) {
			errs = append(errs, p.lifecycle(c, at)...)
			continue
		}
		errs = append(errs, initOnly(c, at)...)
	}
	return errs
}

func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// initOnly checks that an init container has nothing that only what goes on running has.
func initOnly(c *corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"lifecycle", c.Lifecycle != nil}, {"livenessProbe", c.LivenessProbe != nil},
		{"readinessProbe", c.ReadinessProbe != nil}, {"startupProbe", c.StartupProbe != nil},
	} {
		if part.given {
			errs = append(errs, field.Forbidden(path.Child(part.name), "may not be set for init containers without restartPolicy=Always"))
		}
	}
	for i, policy := range c.ResizePolicy {
		if policy.RestartPolicy == corev1.RestartContainer {
			errs = append(errs, field.Invalid(path.Child("resizePolicy").Index(i).Child("restartPolicy"), policy.RestartPolicy,
				"must not be set to 'RestartContainer' for non-sidecar initContainers"))
		}
	}
	return errs
}

// container checks what containers of all kinds have.
// Source: pkg/apis/core/validation/validation.go (validateContainerCommon).
func (p *podRules) container(c *corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if c.Name == "" {
		errs = append(errs, field.Required(path.Child("name"), ""))
	} else {
		errs = append(errs, dnsLabel(c.Name, path.Child("name"))...)
	}
	if c.Image == "" {
		errs = append(errs, field.Required(path.Child("image"), ""))
	}
	errs = append(errs, oneOf(c.TerminationMessagePolicy, path.Child("terminationMessagePolicy"), true,
		corev1.TerminationMessageReadFile, corev1.TerminationMessageFallbackToLogsOnError)...)
	errs = append(errs, ports(c.Ports, path.Child("ports"))...)
	errs = append(errs, environment(c, path)...)
	errs = append(errs, p.mounts(c.VolumeMounts, path.Child("volumeMounts"))...)
	errs = append(errs, oneOf(c.ImagePullPolicy, path.Child("imagePullPolicy"), true,
		corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)...)
	errs = append(errs, requirements(&c.Resources, path.Child("resources"), containerResource)...)
	errs = append(errs, resizePolicies(c.ResizePolicy, p.spec.RestartPolicy, path.Child("resizePolicy"))...)
	return append(errs, p.containerSecurity(c.SecurityContext, path.Child("securityContext"))...)
}

// ports checks the ports of one container.
// Source: pkg/apis/core/validation/validation.go (validateContainerPorts).
func ports(list []corev1.ContainerPort, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	names := make(map[string]bool)
	for i := range list {
		p, at := &list[i], path.Index(i)
		if p.Name != "" {
			wrong := validation.IsValidPortName(p.Name)
			errs = append(errs, invalid(p.Name, at.Child("name"), wrong)...)
			if len(wrong) == 0 && names[p.Name] {
				errs = append(errs, field.Duplicate(at.Child("name"), p.Name))
			}
			names[p.Name] = true
		}
		if p.ContainerPort == 0 {
			errs = append(errs, field.Required(at.Child("containerPort"), ""))
		} else {
			errs = append(errs, invalid(p.ContainerPort, at.Child("containerPort"), validation.IsValidPortNum(int(p.ContainerPort)))...)
		}
		if p.HostPort != 0 {
			errs = append(errs, invalid(p.HostPort, at.Child("hostPort"), validation.IsValidPortNum(int(p.HostPort)))...)
		}
		errs = append(errs, oneOf(p.Protocol, at.Child("protocol"), true, corev1.ProtocolSCTP, corev1.ProtocolTCP, corev1.ProtocolUDP)...)
	}
	return errs
}

// hostPorts checks that containers which run together share no port of the node.
// Source: pkg/apis/core/validation/validation.go (checkHostPortConflicts).
func hostPorts(list []corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	taken := make(map[string]bool)
	for i := range list {
		for j := range list[i].Ports {
			p := &list[i].Ports[j]
			if p.HostPort == 0 {
				continue
			}
			text := fmt.Sprintf("%s/%s/%d", p.Protocol, p.HostIP, p.HostPort)
			if taken[text] {
				errs = append(errs, field.Duplicate(path.Index(i).Child("ports").Index(j).Child("hostPort"), text))
			}
			taken[text] = true
		}
	}
	return errs
}

// environment checks the names of variables and that each has one source at most.
// Source: pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom).
func environment(c *corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range c.Env {
		v, at := &c.Env[i], path.Child("env").Index(i)
		if v.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), ""))
		} else {
			errs = append(errs, invalid(v.Name, at.Child("name"), validation.IsRelaxedEnvVarName(v.Name))...)
		}
		errs = append(errs, variableSource(v, at.Child("valueFrom"))...)
	}
	for i := range c.EnvFrom {
		from, at := &c.EnvFrom[i], path.Child("envFrom")
		if from.Prefix != "" {
			errs = append(errs, invalid(from.Prefix, at.Index(i).Child("prefix"), validation.IsRelaxedEnvVarName(from.Prefix))...)
		}
		switch {
		case from.ConfigMapRef == nil && from.SecretRef == nil:
			errs = append(errs, field.Invalid(at, "", "must specify one of: `configMapRef` or `secretRef`"))
		case from.ConfigMapRef != nil && from.SecretRef != nil:
			errs = append(errs, field.Invalid(at, "", "may not have more than one field specified at a time"))
		}
	}
	return errs
}

func variableSource(v *corev1.EnvVar, path *field.Path) field.ErrorList {
	from := v.ValueFrom
	if from == nil {
		return nil
	}
	sources := 0
	for _, given := range []bool{
		from.FieldRef != nil, from.ResourceFieldRef != nil, from.ConfigMapKeyRef != nil, from.SecretKeyRef != nil, from.FileKeyRef != nil,
	} {
		if given {
			sources++
		}
	}
	switch {
	case sources == 0:
		return field.ErrorList{field.Invalid(path, "",
			"must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`")}
	case v.Value != "":
		return field.ErrorList{field.Invalid(path, "", "may not be specified when `value` is not empty")}
	case sources > 1:
		return field.ErrorList{field.Invalid(path, "", "may not have more than one field specified at a time")}
	}
	return nil
}

// mounts checks what a container mounts.
// Source: pkg/apis/core/validation/validation.go (ValidateVolumeMounts).
func (p *podRules) mounts(list []corev1.VolumeMount, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	paths := make(map[string]bool)
	for i := range list {
		m, at := &list[i], path.Index(i)
		if m.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), ""))
		}
		if !p.volumes[m.Name] {
			errs = append(errs, field.NotFound(at.Child("name"), m.Name))
		}
		if m.MountPath == "" {
			errs = append(errs, field.Required(at.Child("mountPath"), ""))
		}
		if paths[m.MountPath] {
			errs = append(errs, field.Invalid(at.Child("mountPath"), m.MountPath, "must be unique"))
		}
		paths[m.MountPath] = true
		if m.SubPathExpr != "" && m.SubPath != "" {
			errs = append(errs, field.Invalid(at.Child("subPathExpr"), m.SubPathExpr, "subPathExpr and subPath are mutually exclusive"))
		}
	}
	return errs
}

// resizePolicies checks what a container does when its resources change.
// Source: pkg/apis/core/validation/validation.go (validateResizePolicy).
func resizePolicies(list []corev1.ContainerResizePolicy, restart corev1.RestartPolicy, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := make(map[corev1.ResourceName]bool)
	for i, p := range list {
		if seen[p.ResourceName] {
			errs = append(errs, field.Duplicate(path.Index(i), p.ResourceName))
		}
		seen[p.ResourceName] = true
		errs = append(errs, oneOf(p.ResourceName, path, true, corev1.ResourceCPU, corev1.ResourceMemory)...)
		errs = append(errs, oneOf(p.RestartPolicy, path, true, corev1.NotRequired, corev1.RestartContainer)...)
		if restart == corev1.RestartPolicyNever && p.RestartPolicy != corev1.NotRequired {
			errs = append(errs, field.Invalid(path, p.RestartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
		}
	}
	return errs
}

// restartPolicy checks the restart policy of a container and its rules.
// Source: pkg/apis/core/validation/validation.go (validateContainerRestartPolicy).
func restartPolicy(policy *corev1.ContainerRestartPolicy, rules []corev1.ContainerRestartRule, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch {
	case policy == nil && len(rules) == 0:
		return nil
	case policy == nil:
		errs = append(errs, field.Required(path.Child("restartPolicy"), "must specify restartPolicy when restart rules are used"))
	default:
		errs = append(errs, oneOf(*policy, path.Child("restartPolicy"), false,
			corev1.ContainerRestartPolicyAlways, corev1.ContainerRestartPolicyNever, corev1.ContainerRestartPolicyOnFailure)...)
	}
	const mostRules, mostCodes = 20, 255
	if len(rules) > mostRules {
		errs = append(errs, field.TooMany(path.Child("restartPolicyRules"), len(rules), mostRules))
	}
	for i := range rules {
		at := path.Child("restartPolicyRules").Index(i)
		errs = append(errs, oneOf(rules[i].Action, at.Child("action"), false,
			corev1.ContainerRestartRuleActionRestart, corev1.ContainerRestartRuleActionRestartAllContainers)...)
		codes := rules[i].ExitCodes
		if codes == nil {
			errs = append(errs, field.Required(at.Child("exitCodes"), "must be specified"))
			continue
		}
		errs = append(errs, oneOf(codes.Operator, at.Child("exitCodes", "operator"), false,
			corev1.ContainerRestartRuleOnExitCodesOpIn, corev1.ContainerRestartRuleOnExitCodesOpNotIn)...)
		if len(codes.Values) > mostCodes {
			errs = append(errs, field.TooMany(at.Child("exitCodes", "values"), len(codes.Values), mostCodes))
		}
	}
	return errs
}

// spaceAroundImages checks what a template may have and a pod may not.
// Source: pkg/apis/core/validation/validation.go (validateContainerOnlyForPod).
func spaceAroundImages(list []corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range list {
		if image := list[i].Image; strings.TrimSpace(image) != image {
			errs = append(errs, field.Invalid(path.Index(i).Child("image"), image, "must not have leading or trailing whitespace"))
		}
	}
	return errs
}

// containerNames returns the names of all containers, app containers first.
func containerNames(spec *corev1.PodSpec) []string {
	var names []string
	for _, c := range slices.Concat(spec.Containers, spec.InitContainers) {
		names = append(names, c.Name)
	}
	return names
}
