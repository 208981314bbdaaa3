package manifest

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// policy compiles a ResourceQuota or LimitRange.
func (c *checker) policy(value metav1.Object) *models.PolicySpec {
	meta := metaOf(value)
	name, namespace := c.checkMeta(meta, true), namespaceOf(value)
	c.set.inhabit(namespace)
	out := &models.PolicySpec{
		Namespace: c.set.dict.Sym(namespace), Name: c.set.dict.Sym(name), Labels: c.set.labels(meta.Labels),
	}
	switch value := value.(type) {
	case *corev1.ResourceQuota:
		out.Hard = c.amounts(value.Spec.Hard, "spec.hard")
		out.Scopes = c.quotaScopes(&value.Spec)
	case *corev1.LimitRange:
		out.Kind = models.LimitRange
		seen := map[corev1.LimitType]bool{}
		for i := range value.Spec.Limits {
			item, path := &value.Spec.Limits[i], yamlnode.IndexPath("spec.limits", i)
			if seen[item.Type] {
				c.addf(path+".type", "type %s occurs twice", quote(string(item.Type)))
			}
			seen[item.Type] = true
			out.Limits = append(out.Limits, c.limitItem(item, path))
		}
	}
	return out
}

// IsPolicy reports whether an object is a ResourceQuota or LimitRange.
func IsPolicy(n *yamlnode.Node) bool {
	class, _ := classify(textOf(n.Get("apiVersion")), textOf(n.Get("kind")))
	kind := textOf(n.Get("kind"))
	return class == simulatedKind && (kind == models.ResourceQuota.String() || kind == models.LimitRange.String())
}

// CompilePolicy compiles one ResourceQuota or LimitRange as it is to be. Call it after
// Compile. Paths in problems start at n.
func (s *Set) CompilePolicy(n *yamlnode.Node) (*models.PolicySpec, yamlnode.Problems) {
	c := &checker{set: s, root: n}
	value := newObject(textOf(n.Get("kind")))
	c.problems = append(c.problems, s.decode(n, "", value)...)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	out := c.policy(value)
	c.problems.Sort()
	return out, c.problems
}

func metaOf(value metav1.Object) *metav1.ObjectMeta {
	switch value := value.(type) {
	case *corev1.ResourceQuota:
		return &value.ObjectMeta
	case *corev1.LimitRange:
		return &value.ObjectMeta
	}
	return &metav1.ObjectMeta{Name: value.GetName(), Namespace: value.GetNamespace(), Labels: value.GetLabels()}
}

// amounts keeps a list of quantities under the names that it gives them.
func (c *checker) amounts(list corev1.ResourceList, path string) (out models.Amounts) {
	for _, name := range resourceNames(list) {
		a, ok := c.set.amount(name, list[corev1.ResourceName(name)])
		if !ok {
			c.addf(yamlnode.KeyPath(path, name), "exceeds 2^63-1")
			continue
		}
		out = append(out, a)
	}
	return out
}

// amount is a quantity in the unit of its resource. A quota names resources with
// requests. or limits. in front.
func (s *Set) amount(name string, quantity resource.Quantity) (models.Amount, bool) {
	unit := quotaUnit(name)
	value, ok := amountOf(quantity, unit)
	return models.Amount{Name: name, Value: value, Milli: unit == "cpu", Format: formatOf(quantity)}, ok
}

func formatOf(quantity resource.Quantity) models.QuantityFormat {
	switch quantity.Format {
	case resource.BinarySI:
		return models.BinarySI
	case resource.DecimalExponent:
		return models.DecimalExponent
	}
	return models.DecimalSI
}

// quotaUnit is the resource whose unit the name of a quota counts in.
func quotaUnit(name string) string {
	if strings.HasSuffix(name, storageByClass) {
		return "storage"
	}
	if rest, ok := strings.CutPrefix(name, "requests."); ok {
		return rest
	}
	return strings.TrimPrefix(name, "limits.")
}

const storageByClass = ".storageclass.storage.k8s.io/requests.storage"

// quotaNames are the names of a quota that have no slash, those of huge pages aside.
// Source: pkg/apis/core/helper/helpers.go (standardQuotaResources).
var quotaNames = []string{
	"cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
	"limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers",
	"secrets", "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers",
}

// quotaNameProblem says what is wrong with the name of a resource in a quota, or "".
// Source: pkg/apis/core/validation/validation.go (ValidateResourceQuotaResourceName).
func quotaNameProblem(name string) string {
	switch {
	case slices.Contains(quotaNames, name), isHugePages(strings.TrimPrefix(name, "requests.")):
		return ""
	case !strings.Contains(name, "/"):
		return "unknown resource " + quote(name) + didYouMean(name, quotaNames)
	case len(validation.IsQualifiedName(name)) > 0:
		return "invalid resource " + quote(name) + "; want a domain, a slash and a name"
	}
	return ""
}

// quotaScopes compiles the scopes of a quota.
// Source: pkg/apis/core/validation/validation.go (validateResourceQuotaScopes,
// validateScopeSelector).
func (c *checker) quotaScopes(spec *corev1.ResourceQuotaSpec) (out []models.QuotaScope) {
	seen := map[models.Scope]bool{}
	for i, scope := range spec.Scopes {
		path := yamlnode.IndexPath("spec.scopes", i)
		known, ok := c.scope(string(scope), path)
		if !ok {
			continue
		}
		c.checkScoped(spec, known, path)
		c.checkContradiction(known, seen, path)
		seen[known] = true
		out = append(out, models.QuotaScope{Scope: known, Op: models.Exists, Listed: true})
	}
	if spec.ScopeSelector == nil {
		return out
	}
	clear(seen)
	for i := range spec.ScopeSelector.MatchExpressions {
		r, path := &spec.ScopeSelector.MatchExpressions[i], yamlnode.IndexPath("spec.scopeSelector.matchExpressions", i)
		known, ok := c.scope(string(r.ScopeName), path+".scopeName")
		if !ok {
			continue
		}
		c.checkScoped(spec, known, path+".scopeName")
		c.checkContradiction(known, seen, path+".scopeName")
		seen[known] = true
		out = append(out, models.QuotaScope{Scope: known, Op: c.scopeOperator(known, r, path), Values: c.set.syms(r.Values)})
	}
	return out
}

func (c *checker) scope(name, path string) (models.Scope, bool) {
	var names []string
	for _, scope := range models.Scopes() {
		if scope.String() == name {
			return scope, true
		}
		names = append(names, scope.String())
	}
	return 0, c.oneOf(name, path, names...)
}

// checkContradiction refuses scopes that no pod can be in together.
func (c *checker) checkContradiction(scope models.Scope, seen map[models.Scope]bool, path string) {
	for _, pair := range [][2]models.Scope{
		{models.ScopeTerminating, models.ScopeNotTerminating}, {models.ScopeBestEffort, models.ScopeNotBestEffort},
	} {
		if scope == pair[0] && seen[pair[1]] || scope == pair[1] && seen[pair[0]] {
			c.addf(path, "contradicts another scope: %s and %s leave no pod", pair[0], pair[1])
		}
	}
	if seen[scope] {
		c.addf(path, "scope %s occurs twice", scope)
	}
}

// checkScoped refuses resources that nothing in a scope has.
// Source: pkg/apis/core/helper/helpers.go (IsResourceQuotaScopeValidForResource).
func (c *checker) checkScoped(spec *corev1.ResourceQuotaSpec, scope models.Scope, path string) {
	if scope == models.ScopeVolumeAttributesClass {
		return
	}
	for _, name := range resourceNames(spec.Hard) {
		switch unit := quotaUnit(name); {
		case scope == models.ScopeBestEffort && name != "pods" && name != "count/pods":
			c.addf(path, "no pod in scope %s has %s", scope, name)
		case name == "pods", name == "count/pods", isHugePages(unit), unit == "cpu", unit == "memory", unit == "ephemeral-storage":
		case strings.HasPrefix(name, "requests.") && strings.Contains(unit, "/"):
		default:
			c.addf(path, "%s is nothing that pods have, and only pods are in scope %s", name, scope)
		}
	}
}

// scopeOperator compiles how a selector asks for a scope. All but that of priority
// classes can only be asked for as such.
func (c *checker) scopeOperator(scope models.Scope, r *corev1.ScopedResourceSelectorRequirement, path string) models.Operator {
	if !c.oneOf(string(r.Operator), path+".operator", "In", "NotIn", "Exists", "DoesNotExist") {
		return models.Exists
	}
	op := map[string]models.Operator{
		"In": models.In, "NotIn": models.NotIn, "Exists": models.Exists, "DoesNotExist": models.DoesNotExist,
	}[string(r.Operator)]
	if scope != models.ScopePriorityClass && scope != models.ScopeVolumeAttributesClass && op != models.Exists {
		c.addf(path+".operator", "got %s; scope %s can only be asked for with Exists", r.Operator, scope)
	}
	listed := op == models.In || op == models.NotIn
	switch {
	case listed && len(r.Values) == 0:
		c.addf(path+".values", "values are missing; %s needs some", r.Operator)
	case !listed && len(r.Values) > 0:
		c.addf(path+".values", "%s takes no values", r.Operator)
	}
	return op
}

// limitItem compiles one set of limits of a LimitRange with its defaults.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_LimitRangeItem),
// pkg/apis/core/validation/validation.go (ValidateLimitRange).
func (c *checker) limitItem(item *corev1.LimitRangeItem, path string) models.LimitItem {
	var out models.LimitItem
	switch item.Type {
	case corev1.LimitTypeContainer:
		setLimitDefaults(item)
	case corev1.LimitTypePod:
		out.Type = models.LimitPod
		if len(item.Default) > 0 || len(item.DefaultRequest) > 0 {
			c.addf(path, "a pod as a whole has no default and no defaultRequest")
		}
	case corev1.LimitTypePersistentVolumeClaim:
		out.Type = models.LimitClaim
		if _, least := item.Min[corev1.ResourceStorage]; !least {
			if _, most := item.Max[corev1.ResourceStorage]; !most {
				c.addf(path, "a PersistentVolumeClaim needs min or max of storage")
			}
		}
	default:
		c.oneOf(string(item.Type), path+".type", "Container", "Pod", "PersistentVolumeClaim")
	}
	out.Min, out.Max = c.amounts(item.Min, path+".min"), c.amounts(item.Max, path+".max")
	out.Default, out.DefaultRequest = c.amounts(item.Default, path+".default"), c.amounts(item.DefaultRequest, path+".defaultRequest")
	for _, name := range resourceNames(item.MaxLimitRequestRatio) {
		ratio := item.MaxLimitRequestRatio[corev1.ResourceName(name)]
		value, ok := amountOf(ratio, "cpu")
		if !ok || value < 1000 {
			c.addf(yamlnode.KeyPath(path+".maxLimitRequestRatio", name), "got %s; must be >= 1", ratio.String())
		}
		out.MaxRatio = append(out.MaxRatio, models.Amount{Name: name, Value: value, Milli: true, Format: formatOf(ratio)})
	}
	c.checkLimitOrder(item, path)
	c.resources(item.Default, path+".default")
	c.resources(item.DefaultRequest, path+".defaultRequest")
	return out
}

func setLimitDefaults(item *corev1.LimitRangeItem) {
	fill := func(list *corev1.ResourceList, from corev1.ResourceList) {
		for name, quantity := range from {
			if _, given := (*list)[name]; given {
				continue
			}
			if *list == nil {
				*list = corev1.ResourceList{}
			}
			(*list)[name] = quantity.DeepCopy()
		}
	}
	fill(&item.Default, item.Max)
	fill(&item.DefaultRequest, item.Default)
	fill(&item.DefaultRequest, item.Min)
}

// checkLimitOrder checks that min <= defaultRequest <= default <= max.
func (c *checker) checkLimitOrder(item *corev1.LimitRangeItem, path string) {
	ordered := []struct {
		name string
		list corev1.ResourceList
	}{{"min", item.Min}, {"defaultRequest", item.DefaultRequest}, {"default", item.Default}, {"max", item.Max}}
	for i := range ordered {
		for _, name := range resourceNames(ordered[i].list) {
			low := ordered[i].list[corev1.ResourceName(name)]
			for _, above := range ordered[i+1:] {
				if high, given := above.list[corev1.ResourceName(name)]; given && low.Cmp(high) > 0 {
					c.addf(yamlnode.KeyPath(path+"."+ordered[i].name, name), "got %s; must be <= %s, which is %s", low.String(), above.name, high.String())
				}
			}
		}
	}
}

// detail keeps what each container of a pod asks for.
func (c *checker) detail(spec *corev1.PodSpec) *models.PodDetail {
	out := &models.PodDetail{Overhead: c.known(spec.Overhead)}
	for _, list := range containerLists(spec, "") {
		for i := range list.containers {
			r := &list.containers[i].Resources
			out.Containers = append(out.Containers, models.ContainerDetail{Requests: c.known(r.Requests), Limits: c.known(r.Limits)})
		}
	}
	if spec.Resources != nil {
		out.Requests, out.Limits = c.known(spec.Resources.Requests), c.known(spec.Resources.Limits)
		out.Whole = len(podLevel(spec, requestsOf)) > 0 || len(podLevel(spec, limitsOf)) > 0
	}
	out.CrossNamespace = looksElsewhere(spec.Affinity)
	return out
}

// known is amounts for lists whose problems have been told.
func (c *checker) known(list corev1.ResourceList) (out models.Amounts) {
	for _, name := range resourceNames(list) {
		if a, ok := c.set.amount(name, list[corev1.ResourceName(name)]); ok {
			out = append(out, a)
		}
	}
	return out
}

// looksElsewhere reports whether a term of inter-pod affinity names other namespaces.
// Source: pkg/quota/v1/evaluator/core/pods.go (usesCrossNamespacePodAffinity).
func looksElsewhere(affinity *corev1.Affinity) bool {
	if affinity == nil {
		return false
	}
	var terms []corev1.PodAffinityTerm
	weighted := func(list []corev1.WeightedPodAffinityTerm) {
		for i := range list {
			terms = append(terms, list[i].PodAffinityTerm)
		}
	}
	if a := affinity.PodAffinity; a != nil {
		terms = append(terms, a.RequiredDuringSchedulingIgnoredDuringExecution...)
		weighted(a.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if a := affinity.PodAntiAffinity; a != nil {
		terms = append(terms, a.RequiredDuringSchedulingIgnoredDuringExecution...)
		weighted(a.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	return slices.ContainsFunc(terms, func(t corev1.PodAffinityTerm) bool { return len(t.Namespaces) > 0 || t.NamespaceSelector != nil })
}
