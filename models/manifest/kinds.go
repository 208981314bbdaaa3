package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// ScenarioGroup is the API group of podsim's own kinds.
const ScenarioGroup = "podsim"

// IsScenarioKind reports whether a document is of one of podsim's own kinds,
// which are not for a Set. Callers ask before they Add.
func IsScenarioKind(root *yamlnode.Node) bool {
	apiVersion := root.Get("apiVersion")
	if apiVersion == nil {
		return false
	}
	group, _, _ := strings.Cut(apiVersion.Text, "/")
	return group == ScenarioGroup
}

// servedKinds are the kinds that Kubernetes 1.36 serves, the preferred version
// of each first.
// Source: k8s.io/api v0.36 (zz_generated.prerelease-lifecycle.go).
const servedKinds = `
v1 Binding ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount ComponentStatus
admission.k8s.io/v1 AdmissionReview
admissionregistration.k8s.io/v1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
apiextensions.k8s.io/v1 CustomResourceDefinition
apiregistration.k8s.io/v1 APIService
apps/v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
authentication.k8s.io/v1 SelfSubjectReview TokenRequest TokenReview
authorization.k8s.io/v1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
autoscaling/v2 HorizontalPodAutoscaler
autoscaling/v1 HorizontalPodAutoscaler Scale
batch/v1 CronJob Job
certificates.k8s.io/v1 CertificateSigningRequest
certificates.k8s.io/v1beta1 ClusterTrustBundle PodCertificateRequest
certificates.k8s.io/v1alpha1 ClusterTrustBundle
coordination.k8s.io/v1 Lease
coordination.k8s.io/v1beta1 LeaseCandidate
coordination.k8s.io/v1alpha2 LeaseCandidate
discovery.k8s.io/v1 EndpointSlice
events.k8s.io/v1 Event
flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
internal.apiserver.k8s.io/v1alpha1 StorageVersion
metrics.k8s.io/v1beta1 NodeMetrics PodMetrics
networking.k8s.io/v1 IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR
networking.k8s.io/v1beta1 IPAddress ServiceCIDR
node.k8s.io/v1 RuntimeClass
policy/v1 Eviction PodDisruptionBudget
rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding Role RoleBinding
resource.k8s.io/v1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1beta2 DeviceClass DeviceTaintRule ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1beta1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1alpha3 DeviceTaintRule ResourcePoolStatusRequest
scheduling.k8s.io/v1 PriorityClass
scheduling.k8s.io/v1alpha2 PodGroup Workload
storage.k8s.io/v1 CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass
storage.k8s.io/v1beta1 VolumeAttributesClass
storagemigration.k8s.io/v1beta1 StorageVersionMigration
`

// removedKinds had a group of their own once and have no successor.
const removedKinds = `
policy/v1beta1 PodSecurityPolicy
extensions/v1beta1 PodSecurityPolicy
apps/v1beta1 DeploymentRollback
extensions/v1beta1 DeploymentRollback
`

// kindTable answers what is served. It is built from the texts above.
type kindTable struct {
	kinds    map[string][]string // of an apiVersion
	versions map[string][]string // apiVersions of a group/kind, the preferred first
	groups   map[string]bool
	homes    map[string][]string // apiVersions of a kind in any group
}

var served, removed = parseKinds(servedKinds), parseKinds(removedKinds)

func parseKinds(text string) *kindTable {
	t := &kindTable{map[string][]string{}, map[string][]string{}, map[string]bool{}, map[string][]string{}}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		words := strings.Fields(line)
		apiVersion, group := words[0], groupOf(words[0])
		t.groups[group] = true
		t.kinds[apiVersion] = words[1:]
		for _, kind := range words[1:] {
			t.versions[group+"/"+kind] = append(t.versions[group+"/"+kind], apiVersion)
			t.homes[kind] = append(t.homes[kind], apiVersion)
		}
	}
	return t
}

// groupOf returns the group of an apiVersion; that of v1 is empty.
func groupOf(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}

// simulatedKinds are the kinds that become models.
var simulatedKinds = []string{
	"v1 Node", "v1 Pod", "v1 ReplicationController", "v1 Namespace", "v1 Service",
	"apps/v1 ReplicaSet", "apps/v1 Deployment", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "batch/v1 Job", "batch/v1 CronJob",
	"autoscaling/v2 HorizontalPodAutoscaler", "autoscaling/v1 HorizontalPodAutoscaler",
	"policy/v1 PodDisruptionBudget",
	"scheduling.k8s.io/v1 PriorityClass",
	"v1 PersistentVolume", "v1 PersistentVolumeClaim", "storage.k8s.io/v1 StorageClass", "storage.k8s.io/v1 CSINode",
	"storage.k8s.io/v1 CSIDriver", "storage.k8s.io/v1 CSIStorageCapacity", "storage.k8s.io/v1 VolumeAttachment",
	"v1 ResourceQuota", "v1 LimitRange", "node.k8s.io/v1 RuntimeClass",
}

// kindClass is what becomes of objects of a kind.
type kindClass uint8

const (
	unknownKind kindClass = iota
	simulatedKind
	builtinKind
	customKind
)

// classify returns the class of a kind, and what is wrong with an unknown one.
// Any group with a dot in its name that Kubernetes does not serve itself is
// taken for that of a custom resource.
func classify(apiVersion, kind string) (kindClass, string) {
	group := groupOf(apiVersion)
	if slices.Contains(served.kinds[apiVersion], kind) {
		if slices.Contains(simulatedKinds, apiVersion+" "+kind) {
			return simulatedKind, ""
		}
		return builtinKind, ""
	}
	if group == ScenarioGroup {
		return unknownKind, fmt.Sprintf("%s %s is not an object of Kubernetes", apiVersion, kind)
	}
	if slices.Contains(removed.kinds[apiVersion], kind) {
		return unknownKind, fmt.Sprintf("%s %s is not read; Kubernetes removed it", apiVersion, kind)
	}
	if versions := served.versions[group+"/"+kind]; len(versions) > 0 {
		return unknownKind, notRead(apiVersion, kind, versions)
	}
	custom := strings.Contains(group, ".") && !served.groups[group]
	if homes := served.homes[kind]; len(homes) > 0 && !custom {
		return unknownKind, notRead(apiVersion, kind, homes)
	}
	if custom {
		return customKind, ""
	}
	return unknownKind, unknownKindText(group, apiVersion, kind)
}

func notRead(apiVersion, kind string, want []string) string {
	return fmt.Sprintf("%s %s is not read; want %s", strings.Trim(quote(apiVersion), `"`), kind, strings.Join(want, " or "))
}

// unknownKindText says what may have been meant: a kind of the group, else a
// kind of any group, else a group.
func unknownKindText(group, apiVersion, kind string) string {
	var near []string
	for groupKind := range served.versions {
		if name, ok := strings.CutPrefix(groupKind, group+"/"); ok && served.groups[group] {
			near = append(near, name)
		}
	}
	guess := spelling.Guess(kind, near)
	if guess == "" {
		guess = spelling.Guess(kind, slices.Collect(maps.Keys(served.homes)))
	}
	if guess != "" {
		return fmt.Sprintf("unknown kind %s in %s; did you mean %s of %s?",
			quote(kind), quote(apiVersion), quote(guess), strings.Join(served.homes[guess], " or "))
	}
	if served.groups[group] {
		return fmt.Sprintf("unknown kind %s in %s", quote(kind), quote(apiVersion))
	}
	if guess := spelling.Guess(apiVersion, slices.Collect(maps.Keys(served.kinds))); guess != "" {
		return fmt.Sprintf("unknown apiVersion %s; did you mean %s?", quote(apiVersion), quote(guess))
	}
	return fmt.Sprintf("unknown apiVersion %s; the group of a custom resource has a dot", quote(apiVersion))
}
