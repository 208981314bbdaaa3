package manifest

import (
	corev1 "k8s.io/api/core/v1"
)

// setPodDefaults sets what an API server sets in a pod before anything else
// looks at it, as far as podsim acts on it. Defaults are idempotent.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_Pod, SetDefaults_PodSpec).
func setPodDefaults(spec *corev1.PodSpec) {
	setSharedDefaults(spec)
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			setContainerDefaults(&containers[i], spec.HostNetwork)
		}
	}
	setPodLevelDefaults(spec)
}

// setSharedDefaults sets those of them that a server sets in templates of pods, too.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_PodSpec, SetDefaults_Container).
func setSharedDefaults(spec *corev1.PodSpec) {
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			setSharedContainerDefaults(&containers[i])
		}
	}
	if spec.RestartPolicy == "" {
		spec.RestartPolicy = corev1.RestartPolicyAlways
	}
	if spec.TerminationGracePeriodSeconds == nil {
		seconds := int64(corev1.DefaultTerminationGracePeriodSeconds)
		spec.TerminationGracePeriodSeconds = &seconds
	}
	if spec.SchedulerName == "" {
		spec.SchedulerName = corev1.DefaultSchedulerName
	}
}

func setContainerDefaults(c *corev1.Container, hostNetwork bool) {
	for name, limit := range c.Resources.Limits {
		if _, ok := c.Resources.Requests[name]; ok {
			continue
		}
		if c.Resources.Requests == nil {
			c.Resources.Requests = corev1.ResourceList{}
		}
		c.Resources.Requests[name] = limit.DeepCopy()
	}
	for i := range c.Ports {
		if port := &c.Ports[i]; hostNetwork && port.HostPort == 0 {
			port.HostPort = port.ContainerPort
		}
	}
}

func setSharedContainerDefaults(c *corev1.Container) {
	for i := range c.Ports {
		if port := &c.Ports[i]; port.Protocol == "" {
			port.Protocol = corev1.ProtocolTCP
		}
	}
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = corev1.PullIfNotPresent
		if imageTag(c.Image) == "latest" && isImage(c.Image) {
			c.ImagePullPolicy = corev1.PullAlways
		}
	}
}

// setPodLevelDefaults completes resources given for the pod as a whole from
// those of its containers, but only if they include limits.
// Source: pkg/apis/core/v1/defaults.go (defaultHugePagePodLimits, defaultPodRequests).
func setPodLevelDefaults(spec *corev1.PodSpec) {
	if spec.Resources == nil || len(spec.Resources.Limits) == 0 {
		return
	}
	limits := spec.Resources.Limits
	for name, limit := range aggregate(spec, limitsOf, nil) {
		if _, ok := limits[name]; !ok && isHugePages(string(name)) {
			limits[name] = limit
		}
	}
	requests := spec.Resources.Requests
	if requests == nil {
		requests = corev1.ResourceList{}
	}
	for name, request := range aggregate(spec, requestsOf, nil) {
		if _, ok := requests[name]; !ok && isPodLevel(name) && !isWholesale(string(name)) {
			requests[name] = request
		}
	}
	for name, limit := range limits {
		if _, ok := requests[name]; !ok && isPodLevel(name) {
			requests[name] = limit.DeepCopy()
		}
	}
	spec.Resources.Requests = requests
}
