package manifest

import (
	"slices"

	"math"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// podSource is a pod or the template of one, and where its parts stand.
type podSource struct {
	meta      *metav1.ObjectMeta
	spec      *corev1.PodSpec
	namespace string
	path      string // of spec
	snapshot  bool   // written by a server, as its status shows
	partial   bool   // the template of an object that a server wrote: its class may be out of sight
	hashLabel string // of a template that is kept apart from others: the label that its pods get with its hash
}

// podSpec checks and compiles a pod as the API server admits it.
// Source: pkg/apis/core/validation/validation.go (ValidatePodSpec).
func (c *checker) podSpec(src podSource) *models.PodSpec {
	spec, dict := src.spec, c.set.dict
	missing := ""
	if !src.snapshot {
		missing = c.admitRuntime(spec, src.path)
	}
	setPodDefaults(spec)
	c.set.inhabit(src.namespace)
	out := &models.PodSpec{
		Namespace:     dict.Sym(src.namespace),
		Labels:        c.set.labels(src.meta.Labels),
		SchedulerName: dict.Sym(spec.SchedulerName),
		NodeName:      dict.Sym(spec.NodeName),
		NodeSelector:  c.set.labels(spec.NodeSelector),
		Containers:    c.containers(spec, src.path),
		HostPorts:     c.hostPorts(spec, src.path),
		Tolerations:   c.tolerations(spec.Tolerations, src.path+".tolerations"),
	}
	if spec.NodeName != "" {
		c.checkSubdomain(spec.NodeName, src.path+".nodeName")
	}
	out.HostNetwork = spec.HostNetwork
	if whole := spec.SetHostnameAsFQDN; whole != nil && *whole && spec.Subdomain != "" && spec.HostnameOverride == nil {
		out.FQDN = &models.FQDN{Hostname: dict.Sym(spec.Hostname), Subdomain: dict.Sym(spec.Subdomain)}
	}
	if spec.OS != nil {
		out.OS = dict.Sym(string(spec.OS.Name))
	}
	out.OSLabel = dict.Sym(src.meta.Labels[corev1.LabelOSStable])
	c.checkLabels(spec.NodeSelector, src.path+".nodeSelector")
	c.nodeAffinity(spec, src.path+".affinity.nodeAffinity", out)
	c.podAffinity(&src, out)
	c.spread(&src, out)
	out.Features = c.podFeatures(spec)
	out.Volumes = c.podVolumes(spec, src.path)
	out.LocalStorage = slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.EmptyDir != nil })
	out.Marks = evictionMarks(src.meta, spec)
	c.admitPriority(spec, src.path, src.snapshot || src.partial, out)
	c.podResources(spec, src.path, out)
	out.Detail = c.detail(spec)
	out.Detail.MissingRuntime = missing
	c.schedulingGates(spec, src.path, out)
	c.lifetime(spec, src.path, out)
	c.readinessGates(spec, src.path, out)
	out.DeletionCost = c.deletionCost(src.meta, strings.TrimSuffix(src.path, "spec"))
	for i := range spec.Volumes {
		if image := spec.Volumes[i].Image; image != nil {
			out.ImageVolumes = append(out.ImageVolumes, dict.Sym(NormalImage(image.Reference)))
		}
	}
	return out
}

// podResources compiles what a pod takes. Sums are taken only of parts that are
// right.
func (c *checker) podResources(spec *corev1.PodSpec, path string, out *models.PodSpec) {
	before := len(c.problems)
	for _, list := range containerLists(spec, path) {
		for i := range list.containers {
			c.checkRequirements(&list.containers[i].Resources, yamlnode.IndexPath(list.path, i)+".resources")
		}
	}
	c.checkPodLevel(spec, path+".resources")
	if len(c.problems) > before {
		return
	}
	requests := effectiveRequests(spec, nil)
	out.Requests = c.resources(requests, path)
	out.Requests[models.Pods] = 1
	together := effectiveLimits(spec)
	out.Limits = c.resources(together, path)
	nonZero := nonZeroRequests(spec, requests)
	scored := aggregate(spec, requestsOf, corev1.ResourceList{corev1.ResourceCPU: standInCPU, corev1.ResourceMemory: standInMemory})
	addTo(scored, spec.Overhead)
	out.ScoredCPU, _ = amountOf(scored[corev1.ResourceCPU], "cpu")
	out.ScoredMemory, _ = amountOf(scored[corev1.ResourceMemory], "memory")
	var okCPU, okMemory bool
	out.NonZeroCPU, okCPU = amountOf(nonZero[corev1.ResourceCPU], "cpu")
	out.NonZeroMemory, okMemory = amountOf(nonZero[corev1.ResourceMemory], "memory")
	if len(c.problems) == before && !(okCPU && okMemory) {
		c.addf(path, "the sum of requests exceeds 2^63-1")
	}
	out.QOS = qosClass(spec)
	out.Amounts = c.containerAmounts(spec, path)
	out.StorageLimits = c.storageLimits(spec, together[corev1.ResourceEphemeralStorage])
}

// containerAmounts compiles the CPU and memory of the containers, unless they are those of the
// pod.
func (c *checker) containerAmounts(spec *corev1.PodSpec, path string) *models.PodAmounts {
	whole := podLevel(spec, requestsOf)
	if len(spec.Containers) == 1 && len(spec.InitContainers) == 0 && len(spec.Overhead) == 0 && len(whole) == 0 && len(podLevel(spec, limitsOf)) == 0 {
		return nil
	}
	out := &models.PodAmounts{PodLevel: len(whole) > 0}
	for _, list := range containerLists(spec, path) {
		for i := range list.containers {
			r := &list.containers[i].Resources
			out.Containers = append(out.Containers, models.ContainerAmounts{
				RequestCPU: given(r.Requests, "cpu"), RequestMemory: given(r.Requests, "memory"),
				LimitCPU: given(r.Limits, "cpu"), LimitMemory: given(r.Limits, "memory"),
			})
		}
	}
	return out
}

// given returns what a list gives of a resource.
func given(list corev1.ResourceList, name corev1.ResourceName) int64 {
	quantity, ok := list[name]
	if !ok {
		return models.Unmeasured
	}
	amount, _ := amountOf(quantity, string(name))
	return amount
}

// containerList is one of the lists of containers of a pod and its path.
type containerList struct {
	path       string
	containers []corev1.Container
}

// containerLists returns the lists in the order in which containers start.
func containerLists(spec *corev1.PodSpec, path string) []containerList {
	return []containerList{
		{path + ".initContainers", spec.InitContainers},
		{path + ".containers", spec.Containers},
	}
}

// checkRequirements checks the resources of a container.
// Source: pkg/apis/core/validation (ValidateContainerResourceRequirements).
func (c *checker) checkRequirements(r *corev1.ResourceRequirements, path string) {
	for _, list := range resourceLists(r, path) {
		for _, name := range resourceNames(list.resources) {
			c.checkContainerResource(name, yamlnode.KeyPath(list.path, name))
		}
	}
	c.checkHugePages(r, path)
	c.checkWithinLimits(r, path)
}

// resourceList is one of the lists of requirements and its path.
type resourceList struct {
	path      string
	resources corev1.ResourceList
}

func resourceLists(r *corev1.ResourceRequirements, path string) []resourceList {
	return []resourceList{{path + ".requests", r.Requests}, {path + ".limits", r.Limits}}
}

// checkHugePages checks that huge pages come in whole ones and beside cpu or
// memory. Requests of them equal their limits, so one of the two is looked at.
// Source: pkg/apis/core/validation (validateResourceRequirements).
func (c *checker) checkHugePages(r *corev1.ResourceRequirements, path string) {
	hasBase, hasHuge := false, false
	for _, list := range resourceLists(r, path) {
		for name := range list.resources {
			hasBase = hasBase || name == corev1.ResourceCPU || name == corev1.ResourceMemory
			hasHuge = hasHuge || isHugePages(string(name))
		}
	}
	if hasHuge && !hasBase {
		c.addf(path, "huge pages need a request or limit of cpu or memory beside them")
	}
	for _, name := range resourceNames(r.Limits) {
		limit := r.Limits[corev1.ResourceName(name)]
		page, err := Quantity(strings.TrimPrefix(name, hugePagesPrefix), "memory")
		if isHugePages(name) && err == nil && limit.Value()%page != 0 {
			c.addf(yamlnode.KeyPath(path+".limits", name), "got %s; want a number of whole pages", limit.String())
		}
	}
}

// checkWithinLimits checks that no request exceeds its limit.
func (c *checker) checkWithinLimits(r *corev1.ResourceRequirements, path string) {
	for _, name := range resourceNames(r.Requests) {
		request := r.Requests[corev1.ResourceName(name)]
		limit, limited := r.Limits[corev1.ResourceName(name)]
		at := yamlnode.KeyPath(path+".requests", name)
		switch {
		case limited && request.Cmp(limit) > 0:
			c.addf(at, "request %s exceeds limit %s", request.String(), limit.String())
		case !isWholesale(name):
		case !limited:
			c.addf(at, "%s needs a limit equal to its request", name)
		case request.Cmp(limit) != 0:
			c.addf(at, "request %s differs from limit %s; %s cannot be overcommitted", request.String(), limit.String(), name)
		}
	}
}

// checkContainerResource refuses resources that only nodes and claims have.
func (c *checker) checkContainerResource(name, path string) {
	switch {
	case name == "storage":
		c.addf(path, `unknown resource "storage" of a container; did you mean ephemeral-storage?`)
	case name == "pods", !isCounted(name):
		c.addf(path, "resource %s is not for containers", quote(name))
	}
}

// checkPodLevel checks resources given for the pod as a whole.
// Source: pkg/apis/core/validation (validatePodResources).
func (c *checker) checkPodLevel(spec *corev1.PodSpec, path string) {
	if spec.Resources == nil {
		return
	}
	if spec.OS != nil && spec.OS.Name == corev1.Windows {
		c.addf(path, "a Windows pod takes no resources as a whole")
		return
	}
	if spec.Resources.Claims != nil {
		c.addf(path+".claims", "a pod as a whole takes no claims")
	}
	for _, list := range resourceLists(spec.Resources, path) {
		for _, name := range resourceNames(list.resources) {
			if !isPodLevel(corev1.ResourceName(name)) {
				c.addf(yamlnode.KeyPath(list.path, name), "a pod as a whole takes cpu, memory and hugepages-… only")
			}
		}
	}
	c.checkHugePages(spec.Resources, path)
	c.checkWithinLimits(spec.Resources, path)
	c.checkHoldsContainers(spec, path)
}

// checkHoldsContainers checks that what a pod takes as a whole is enough for its
// containers: all requests and all huge pages at the worst moment of its life, and
// each limit of an app container.
// Source: pkg/apis/core/validation (validatePodResourceConsistency).
func (c *checker) checkHoldsContainers(spec *corev1.PodSpec, path string) {
	sums := aggregate(spec, requestsOf, nil)
	for _, name := range resourceNames(podLevel(spec, requestsOf)) {
		whole, sum := spec.Resources.Requests[corev1.ResourceName(name)], sums[corev1.ResourceName(name)]
		if whole.Cmp(sum) < 0 && !isHugePages(name) { // those equal the limits
			c.addf(yamlnode.KeyPath(path+".requests", name), "got %s; its containers request %s", whole.String(), sum.String())
		}
	}
	bounds := aggregate(spec, limitsOf, nil)
	for _, name := range resourceNames(podLevel(spec, limitsOf)) {
		at := yamlnode.KeyPath(path+".limits", name)
		whole, sum := spec.Resources.Limits[corev1.ResourceName(name)], bounds[corev1.ResourceName(name)]
		if isHugePages(name) && whole.Cmp(sum) < 0 {
			c.addf(at, "got %s; its containers have limits of %s", whole.String(), sum.String())
			continue
		}
		for i := range spec.Containers {
			container := &spec.Containers[i]
			if limit := container.Resources.Limits[corev1.ResourceName(name)]; limit.Cmp(whole) > 0 {
				c.addf(at, "got %s; container %s has limit %s", whole.String(), quote(container.Name), limit.String())
			}
		}
	}
}

func (c *checker) schedulingGates(spec *corev1.PodSpec, path string, out *models.PodSpec) {
	seen := map[string]bool{}
	for i, gate := range spec.SchedulingGates {
		at := yamlnode.IndexPath(path+".schedulingGates", i) + ".name"
		if gate.Name == "" {
			c.addf(at, "name is missing")
			continue
		}
		c.checkLabelKey(gate.Name, at)
		if seen[gate.Name] {
			c.addf(at, "scheduling gate %s occurs twice", quote(gate.Name))
		}
		seen[gate.Name] = true
		out.SchedulingGates = append(out.SchedulingGates, c.set.dict.Sym(gate.Name))
	}
	if spec.NodeName != "" && len(spec.SchedulingGates) > 0 {
		c.addf(path+".nodeName", "a pod with schedulingGates cannot have a nodeName")
	}
}

// readinessGates compiles the conditions that others have to set. The kubelet looks at
// the containers of such a pod one by one.
// Source: pkg/apis/core/validation (validateReadinessGates).
func (c *checker) readinessGates(spec *corev1.PodSpec, path string, out *models.PodSpec) {
	for i, gate := range spec.ReadinessGates {
		c.checkLabelKey(string(gate.ConditionType), yamlnode.IndexPath(path+".readinessGates", i)+".conditionType")
		out.ReadinessGates = append(out.ReadinessGates, c.set.dict.Sym(string(gate.ConditionType)))
	}
	if len(out.ReadinessGates) > 0 && !out.Itemised() && len(out.Containers) > 0 {
		out.Containers[0].Life = new(models.Life)
	}
}

// lifetime compiles how long a pod lives and what happens when it ends.
func (c *checker) lifetime(spec *corev1.PodSpec, path string, out *models.PodSpec) {
	switch spec.RestartPolicy {
	case corev1.RestartPolicyOnFailure:
		out.RestartPolicy = models.RestartOnFailure
	case corev1.RestartPolicyNever:
		out.RestartPolicy = models.RestartNever
	default:
		c.oneOf(string(spec.RestartPolicy), path+".restartPolicy", "Always", "OnFailure", "Never")
	}
	// Negative grace counts as one second. Source: pkg/registry/core/pod/strategy.go.
	grace := *spec.TerminationGracePeriodSeconds
	if grace < 0 {
		grace = 1
	}
	out.GracePeriod = c.seconds(grace, path+".terminationGracePeriodSeconds")
	if deadline := spec.ActiveDeadlineSeconds; deadline != nil {
		if *deadline < 1 || *deadline > math.MaxInt32 {
			c.addf(path+".activeDeadlineSeconds", "got %d; want 1 to %d", *deadline, math.MaxInt32)
			return
		}
		out.ActiveDeadline = c.seconds(*deadline, path+".activeDeadlineSeconds")
	}
}

// seconds returns a number of seconds, at least zero, as virtual time.
func (c *checker) seconds(n int64, path string) time.Duration {
	switch {
	case n < 0:
		c.addf(path, "got %d; must be >= 0", n)
	case n > math.MaxInt64/int64(time.Second):
		c.addf(path, "got %d seconds; exceeds the virtual clock", n)
	default:
		return time.Duration(n) * time.Second
	}
	return 0
}
