package manifest

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// CompileStaticPod compiles a pod that the kubelets of nodes run by themselves. It must
// name no object of the API, nor a node. Its containers are always started again, and it
// stays whatever taints its node gets. Paths in problems start at n.
// Source: pkg/kubelet/config/common.go (applyDefaults, tryDecodeSinglePod).
func (s *Set) CompileStaticPod(n *yamlnode.Node) (Pod, yamlnode.Problems) {
	c := &checker{set: s, root: n}
	t, ok := c.typeOf(typeKey{"v1", "Pod"})
	if ok && t != (typeKey{"v1", "Pod"}) {
		c.addf("kind", "got %s %s; want v1 Pod", t.apiVersion, t.kind)
	}
	pod := &corev1.Pod{}
	if len(c.problems) == 0 {
		c.problems = append(c.problems, s.decode(n, "", pod)...)
	}
	if len(c.problems) > 0 {
		return Pod{}, c.problems
	}
	s.audit.object(t, n, "")
	c.referencesNone(pod)
	if pod.Spec.NodeName != "" {
		c.addf("spec.nodeName", "got %s; a static pod is on the nodes of its group", quote(pod.Spec.NodeName))
	}
	if pod.Spec.RestartPolicy != "" && pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		c.addf("spec.restartPolicy", "got %s; the containers of a static pod are always started again", pod.Spec.RestartPolicy)
	}
	if hasStatus(n) {
		c.addf("status", "a static pod has no status")
	}
	pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute})
	compiled := c.pod(pod, true)
	own := *compiled.Spec
	own.Static, own.RestartPolicy = true, models.RestartAlways
	compiled.Spec = s.intern(&own)
	s.show("Node", compiled.Namespace, compiled.Name, compiled.Spec, &pod.ObjectMeta, &pod.Spec)
	return compiled, c.problems
}

// referencesNone refuses what a kubelet could ask the API server alone for.
// Source: pkg/api/pod/util.go (HasAPIObjectReference).
func (c *checker) referencesNone(pod *corev1.Pod) {
	refuse := func(path, what string) { c.addf(path, "static pods may not reference %s", what) }
	spec := &pod.Spec
	if spec.ServiceAccountName != "" {
		refuse("spec.serviceAccountName", "serviceaccounts")
	}
	for i := range spec.ImagePullSecrets {
		refuse(yamlnode.IndexPath("spec.imagePullSecrets", i), "secrets")
	}
	if len(spec.ResourceClaims) > 0 {
		refuse("spec.resourceClaims", "resourceclaims")
	}
	for _, list := range containerLists(spec, "spec") {
		for i := range list.containers {
			container, at := &list.containers[i], yamlnode.IndexPath(list.path, i)
			for j, from := range container.EnvFrom {
				switch path := yamlnode.IndexPath(at+".envFrom", j); {
				case from.SecretRef != nil:
					refuse(path, "secrets")
				case from.ConfigMapRef != nil:
					refuse(path, "configmaps")
				}
			}
			for j, env := range container.Env {
				switch path := yamlnode.IndexPath(at+".env", j); {
				case env.ValueFrom == nil:
				case env.ValueFrom.SecretKeyRef != nil:
					refuse(path, "secrets")
				case env.ValueFrom.ConfigMapKeyRef != nil:
					refuse(path, "configmaps")
				}
			}
		}
	}
	for i := range spec.Volumes {
		if what := apiObjectOf(&spec.Volumes[i].VolumeSource); what != "" {
			refuse(yamlnode.IndexPath("spec.volumes", i), what)
		}
	}
}

// apiObjectOf names the objects that a volume needs, if it needs any.
func apiObjectOf(v *corev1.VolumeSource) string {
	switch {
	case v.ConfigMap != nil:
		return "configmaps (via configmap volumes)"
	case v.Secret != nil:
		return "secrets (via secret volumes)"
	case v.CSI != nil:
		return "csidrivers (via CSI volumes)"
	case v.Glusterfs != nil:
		return "endpoints (via glusterFS volumes)"
	case v.PersistentVolumeClaim != nil:
		return "persistentvolumeclaims"
	case v.Ephemeral != nil:
		return "persistentvolumeclaims (via ephemeral volumes)"
	case v.AzureFile != nil:
		return "secrets (via azureFile volumes)"
	case v.Projected != nil:
		for _, source := range v.Projected.Sources {
			switch {
			case source.ConfigMap != nil:
				return "configmaps (via projected volumes)"
			case source.Secret != nil:
				return "secrets (via projected volumes)"
			case source.ServiceAccountToken != nil:
				return "serviceaccounts (via projected volumes)"
			case source.ClusterTrustBundle != nil:
				return "clustertrustbundles"
			case source.PodCertificate != nil:
				return "podcertificates"
			}
		}
	}
	return ""
}
