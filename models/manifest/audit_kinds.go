package manifest

import (
	"strings"
	"sync"
)

// auditKinds are kinds, written Kind.group, with one verdict for one reason.
type auditKinds struct {
	verdict Verdict
	kinds   string
	reason  string
}

// ignoredKinds are the verdicts on kinds that are not simulated: all that
// Kubernetes serves, and custom resources that many people use.
var ignoredKinds = []auditKinds{
	{Matters, "Eviction.policy", "the eviction does not take place"},
	{Matters, "ResourceClaim.resource.k8s.io ResourceClaimTemplate.resource.k8s.io DeviceTaintRule.resource.k8s.io", noDevices},
	{Matters, "PodGroup.scheduling.k8s.io Workload.scheduling.k8s.io", "pods are not scheduled as a group"},
	{Unknown, "MutatingWebhookConfiguration.admissionregistration.k8s.io MutatingAdmissionPolicy.admissionregistration.k8s.io " +
		"MutatingAdmissionPolicyBinding.admissionregistration.k8s.io", "it may change pods, and is not asked"},
	{Unknown, "ValidatingWebhookConfiguration.admissionregistration.k8s.io ValidatingAdmissionPolicy.admissionregistration.k8s.io " +
		"ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io", "it may refuse pods, and is not asked"},

	{Harmless, "Endpoints EndpointSlice.discovery.k8s.io Ingress.networking.k8s.io IngressClass.networking.k8s.io " +
		"NetworkPolicy.networking.k8s.io IPAddress.networking.k8s.io ServiceCIDR.networking.k8s.io", "traffic is not simulated"},
	{Harmless, "ConfigMap Secret", "pods start whether it is there or not"},
	{Harmless, "ServiceAccount ClusterRole.rbac.authorization.k8s.io ClusterRoleBinding.rbac.authorization.k8s.io " +
		"Role.rbac.authorization.k8s.io RoleBinding.rbac.authorization.k8s.io CertificateSigningRequest.certificates.k8s.io " +
		"ClusterTrustBundle.certificates.k8s.io PodCertificateRequest.certificates.k8s.io", noRights},
	{Harmless, "VolumeAttributesClass.storage.k8s.io", "volumes and claims must agree on its name alone"},
	{Harmless, "DeviceClass.resource.k8s.io ResourceSlice.resource.k8s.io ResourcePoolStatusRequest.resource.k8s.io",
		"only pods with claims depend on it, and those are told"},
	{Harmless, "PodTemplate ControllerRevision.apps", "no pods are made of it"},
	{Harmless, "Event Event.events.k8s.io ComponentStatus Lease.coordination.k8s.io LeaseCandidate.coordination.k8s.io " +
		"StorageVersion.internal.apiserver.k8s.io StorageVersionMigration.storagemigration.k8s.io", "bookkeeping of the control plane"},
	{Harmless, "NodeMetrics.metrics.k8s.io PodMetrics.metrics.k8s.io", "measured usage is not read"},
	{Harmless, "FlowSchema.flowcontrol.apiserver.k8s.io PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io " +
		"APIService.apiregistration.k8s.io CustomResourceDefinition.apiextensions.k8s.io", "the API server takes every request"},
	{Harmless, "Binding Scale.autoscaling AdmissionReview.admission.k8s.io SelfSubjectReview.authentication.k8s.io " +
		"TokenRequest.authentication.k8s.io TokenReview.authentication.k8s.io LocalSubjectAccessReview.authorization.k8s.io " +
		"SelfSubjectAccessReview.authorization.k8s.io SelfSubjectRulesReview.authorization.k8s.io " +
		"SubjectAccessReview.authorization.k8s.io", "a request to the API server, not an object of the cluster"},

	{Matters, "Rollout.argoproj.io ScaledJob.keda.sh Prometheus.monitoring.coreos.com Alertmanager.monitoring.coreos.com " +
		"ThanosRuler.monitoring.coreos.com Service.serving.knative.dev", "its pods are not created"},
	{Matters, "ScaledObject.keda.sh VerticalPodAutoscaler.autoscaling.k8s.io", "nothing is scaled; replicas and requests stay as they are"},
	{Matters, "NodePool.karpenter.sh", "no nodes are added or removed"},
	{Harmless, "ServiceMonitor.monitoring.coreos.com PodMonitor.monitoring.coreos.com PrometheusRule.monitoring.coreos.com " +
		"Probe.monitoring.coreos.com", "monitoring is not simulated"},
	{Harmless, "Certificate.cert-manager.io Issuer.cert-manager.io ClusterIssuer.cert-manager.io", noRights},
	{Harmless, "Gateway.networking.istio.io VirtualService.networking.istio.io DestinationRule.networking.istio.io " +
		"ServiceEntry.networking.istio.io Gateway.gateway.networking.k8s.io GatewayClass.gateway.networking.k8s.io " +
		"HTTPRoute.gateway.networking.k8s.io", "traffic is not simulated"},
}

// kindVerdicts finds a verdict by Kind.group.
var kindVerdicts = sync.OnceValue(func() map[string]*auditKinds {
	verdicts := make(map[string]*auditKinds)
	for i := range ignoredKinds {
		for name := range strings.FieldsSeq(ignoredKinds[i].kinds) {
			verdicts[name] = &ignoredKinds[i]
		}
	}
	return verdicts
})

var customKinds = &auditKinds{verdict: Unknown, reason: "a custom resource: what its controller does is not known"}

var usedKinds = &auditKinds{verdict: Used, reason: "objects of this kind are simulated"}

// kindVerdict returns the verdict on a kind.
func kindVerdict(t typeKey) *auditKinds {
	if fieldTable().kinds[t] != nil {
		return usedKinds
	}
	if v := kindVerdicts()[kindName(t)]; v != nil {
		return v
	}
	return customKinds
}

// kindName returns Kind.group, or the kind alone in the core group.
func kindName(t typeKey) string {
	return strings.TrimSuffix(t.kind+"."+groupOf(t.apiVersion), ".")
}
