package admission

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// evaluator is what counts under a quota of one kind of object.
type evaluator uint8

const (
	podsEvaluator evaluator = iota
	claimsEvaluator
	servicesEvaluator
	countEvaluator
)

// usage is what an object uses of all that quotas can be about, masked by none.
type usage struct {
	evaluator evaluator
	resource  string // of the object: pods, jobs.batch
	amounts   models.Amounts
}

const countPrefix = "count/"

// countAliases are the older names of the numbers of some objects.
// Source: pkg/quota/v1/evaluator/core/registry.go (legacyObjectCountAliases).
var countAliases = map[string]string{
	"configmaps": "configmaps", "resourcequotas": "resourcequotas", "replicationcontrollers": "replicationcontrollers", "secrets": "secrets",
}

// podCompute are the resources of pods that quotas name as they stand.
// Source: pkg/quota/v1/evaluator/core/pods.go (podResources).
var podCompute = []string{
	"cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
	"limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
}

// mustBeGiven are those that each container must give under a quota of them.
// Source: pkg/quota/v1/evaluator/core/pods.go (validationSet).
var mustBeGiven = []string{"cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"}

const (
	countPods          = countPrefix + "pods"
	claims             = "persistentvolumeclaims"
	countClaims        = countPrefix + claims
	services           = "services"
	countServices      = countPrefix + services
	loadBalancers      = "services.loadbalancers"
	nodePorts          = "services.nodeports"
	storage            = "requests.storage"
	storageClassSuffix = ".storageclass.storage.k8s.io/"
)

// concerns reports whether the objects of an evaluator use a resource that a quota
// names.
func (u *usage) concerns(name string) bool {
	switch u.evaluator {
	case podsEvaluator:
		return isPodResource(name)
	case claimsEvaluator:
		return name == countClaims || name == claims || name == storage ||
			strings.HasSuffix(name, storageClassSuffix+claims) || strings.HasSuffix(name, storageClassSuffix+storage)
	case servicesEvaluator:
		return name == countServices || name == services || name == loadBalancers || name == nodePorts
	}
	return name == countPrefix+u.resource || countAliases[u.resource] == name
}

func isPodResource(name string) bool {
	return name == countPods || slices.Contains(podCompute, name) || strings.HasPrefix(name, hugePages) ||
		strings.HasPrefix(name, "requests."+hugePages) || isExtendedQuota(name)
}

// isExtendedQuota reports whether a quota names an extended resource.
// Source: pkg/quota/v1/evaluator/core/pods.go (isExtendedResourceNameForQuota).
func isExtendedQuota(name string) bool {
	rest, ok := strings.CutPrefix(name, "requests.")
	return ok && strings.Contains(rest, "/") && !strings.Contains(rest, "kubernetes.io/")
}

// isCalculable reports whether anything can be counted under a name at all.
func isCalculable(name string) bool {
	return isPodResource(name) || strings.HasPrefix(name, countPrefix) || countAliases[name] != "" ||
		(&usage{evaluator: claimsEvaluator}).concerns(name) || (&usage{evaluator: servicesEvaluator}).concerns(name)
}

// sheet collects amounts by name.
type sheet struct{ list models.Amounts }

func (s *sheet) put(name string, a models.Amount) {
	a.Name = name
	s.list = s.list.With(a)
}

func (s *sheet) one(name string) { s.put(name, models.Amount{Value: 1}) }

// podUsage is what a pod uses that has not ended.
// Source: pkg/quota/v1/evaluator/core/pods.go (PodUsageFunc).
func podUsage(spec *models.PodSpec, d *models.Dictionary) usage {
	s := subjectOf(spec, d)
	out := computeUsage(s.requests(nil), s.limits())
	out.one(countPods)
	return usage{podsEvaluator, "pods", out.list}
}

// computeUsage is what requests and limits come to under the names of quotas.
// Source: pkg/quota/v1/evaluator/core/pods.go (podComputeUsageHelper).
func computeUsage(requests, limits models.Amounts) *sheet {
	out := &sheet{}
	out.one("pods")
	for _, a := range requests {
		switch name := a.Name; {
		case isNative(name) || strings.HasPrefix(name, hugePages):
			out.put(name, a)
			out.put("requests."+name, a)
		case isExtendedQuota("requests." + name):
			out.put("requests."+name, a)
		}
	}
	for _, a := range limits {
		if isNative(a.Name) {
			out.put("limits."+a.Name, a)
		}
	}
	return out
}

func isNative(name string) bool {
	return name == "cpu" || name == "memory" || name == "ephemeral-storage"
}

// claimUsage is what a PersistentVolumeClaim uses.
// Source: pkg/quota/v1/evaluator/core/persistent_volume_claims.go (Usage).
func claimUsage(claim *models.ClaimSpec, d *models.Dictionary) usage {
	out := &sheet{}
	out.one(claims)
	out.one(countClaims)
	class := d.String(claim.Class)
	if class != "" {
		out.one(class + storageClassSuffix + claims)
	}
	if claim.Requested {
		a := models.Amount{Value: claim.Request, Format: models.BinarySI}
		out.put(storage, a)
		if class != "" {
			out.put(class+storageClassSuffix+storage, a)
		}
	}
	return usage{claimsEvaluator, claims, out.list}
}

// serviceUsage is what a Service uses.
// Source: pkg/quota/v1/evaluator/core/services.go (Usage).
func serviceUsage(service *models.ServiceSpec) usage {
	out := &sheet{}
	out.one(services)
	out.one(countServices)
	var ports, balancers models.Amount
	balanced := service.Type == "LoadBalancer"
	for _, port := range service.Ports {
		if service.Type == "NodePort" || balanced && (!service.NoNodePorts || port.NodePort != 0) {
			ports.Value++
		}
	}
	if balanced {
		balancers.Value = 1
	}
	out.put(nodePorts, ports)
	out.put(loadBalancers, balancers)
	return usage{servicesEvaluator, services, out.list}
}

// countUsage is what an object uses that only counts, by its resource.
// Source: k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go (objectCountEvaluator).
func countUsage(resource string) usage {
	out := &sheet{}
	out.one(countPrefix + resource)
	if alias := countAliases[resource]; alias != "" {
		out.one(alias)
	}
	return usage{countEvaluator, resource, out.list}
}

// inScope reports whether a pod is in a scope of a quota. Nothing else is in any.
// Source: pkg/quota/v1/evaluator/core/pods.go (podMatchesScopeFunc).
func inScope(s *models.QuotaScope, pod *models.PodSpec) bool {
	switch s.Scope {
	case models.ScopeTerminating:
		return pod.ActiveDeadline > 0
	case models.ScopeNotTerminating:
		return pod.ActiveDeadline <= 0
	case models.ScopeBestEffort:
		return pod.QOS == models.BestEffort
	case models.ScopeNotBestEffort:
		return pod.QOS != models.BestEffort
	case models.ScopePriorityClass:
		has := pod.PriorityClass != 0
		switch s.Op {
		case models.Exists:
			return has
		case models.DoesNotExist:
			return !has
		case models.In:
			return has && slices.Contains(s.Values, pod.PriorityClass)
		}
		return !has || !slices.Contains(s.Values, pod.PriorityClass)
	case models.ScopeCrossNamespacePodAffinity:
		return pod.Detail != nil && pod.Detail.CrossNamespace
	}
	return false
}
