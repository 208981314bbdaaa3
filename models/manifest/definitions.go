package manifest

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// Definitions returns the objects that pods are scheduled by: the namespaces that
// were declared or that anything compiled so far is in, sorted by name, then what
// Compile found. Call it when all is compiled.
func (s *Set) Definitions() models.Definitions {
	out := s.definitions
	out.Namespaces, out.Priorities, out.Rejects = nil, s.priorities(), s.rejects
	for _, name := range slices.Sorted(maps.Keys(s.namespaces)) {
		labels := maps.Clone(s.namespaces[name])
		if labels == nil {
			labels = make(map[string]string)
		}
		// Source: pkg/apis/core/v1/defaults.go (SetDefaults_Namespace).
		labels[corev1.LabelMetadataName] = name
		out.Namespaces = append(out.Namespaces, &models.NamespaceSpec{Name: s.dict.Sym(name), Labels: s.labels(labels), Later: s.later[name]})
	}
	return out
}

// Define compiles one Namespace, Service or PodDisruptionBudget that came after the
// last Add. Call it after Compile. One that is there already stays as it is. Paths
// in problems start at n.
func (s *Set) Define(n *yamlnode.Node) yamlnode.Problems {
	c := &checker{set: s, root: n}
	if n == nil {
		return nil
	}
	t, ok := c.typeOf(typeKey{})
	if !ok {
		return c.problems
	}
	if class, wrong := classify(t.apiVersion, t.kind); class != simulatedKind || !isDefinition(newObject(t.kind)) {
		if wrong == "" {
			wrong = t.apiVersion + " " + t.kind + " is not defined for a whole run; want Namespace, Service or PodDisruptionBudget"
		}
		c.addf("kind", "%s", wrong)
		return c.problems
	}
	value := newObject(t.kind)
	c.problems = append(c.problems, s.decode(n, "", value)...)
	key := objectKey{t.kind, namespaceOf(value), value.GetName()}
	if t.kind == "Namespace" {
		key.namespace = ""
	}
	if _, known := s.seen[key]; known || len(c.problems) > 0 {
		return c.problems
	}
	s.seen[key] = c.position()
	s.audit.object(t, n, "")
	c.define(value)
	c.problems.Sort()
	return c.problems
}

// CompileBudget compiles a PodDisruptionBudget that comes during a run, in the place of
// one that is there or not. Paths in problems start at n.
func (s *Set) CompileBudget(n *yamlnode.Node) (*models.BudgetSpec, yamlnode.Problems) {
	return compileLater(s, n, new(policyv1.PodDisruptionBudget), (*checker).budget)
}

// CompileService is CompileBudget for a Service.
func (s *Set) CompileService(n *yamlnode.Node) (*models.ServiceSpec, yamlnode.Problems) {
	spec, problems := compileLater(s, n, new(corev1.Service), (*checker).service)
	if spec != nil {
		spec.Later = true
	}
	return spec, problems
}

// compileLater decodes an object that comes during a run into value and compiles it.
func compileLater[V, T any](s *Set, n *yamlnode.Node, value *V, compile func(*checker, *V) *T) (*T, yamlnode.Problems) {
	c := &checker{set: s, root: n}
	if c.problems = append(c.problems, s.decode(n, "", value)...); len(c.problems) > 0 {
		return nil, c.problems
	}
	s.audit.object(typeKey{textOf(n.Get("apiVersion")), textOf(n.Get("kind"))}, n, "")
	spec := compile(c, value)
	c.problems.Sort()
	return spec, c.problems
}

// IsSimulated reports whether podsim acts on objects of the kind.
func IsSimulated(n *yamlnode.Node) bool {
	class, _ := classify(textOf(n.Get("apiVersion")), textOf(n.Get("kind")))
	return class == simulatedKind
}

func isDefinition(value any) bool {
	switch value.(type) {
	case *corev1.Namespace, *corev1.Service, *policyv1.PodDisruptionBudget:
		return true
	}
	return false
}

// define compiles an object that pods are scheduled by.
func (c *checker) define(value any) {
	into := &c.set.definitions
	switch value := value.(type) {
	case *corev1.Namespace:
		c.namespace(value)
	case *corev1.Service:
		into.Services = append(into.Services, c.service(value))
	case *policyv1.PodDisruptionBudget:
		into.Budgets = append(into.Budgets, c.budget(value))
	case *corev1.ResourceQuota, *corev1.LimitRange:
		into.Policies = append(into.Policies, c.policy(value.(metav1.Object)))
	}
}

// initialNamespaces are those of every cluster.
// Source: pkg/controlplane/controller/systemnamespaces.
var initialNamespaces = []string{metav1.NamespaceDefault, metav1.NamespaceSystem, metav1.NamespacePublic, corev1.NamespaceNodeLease}

// ForeseeNamespace notes that a namespace will be made, and reports whether it is not
// there before: nothing that was added so far is in it. Call it after Compile.
func (s *Set) ForeseeNamespace(name string) bool {
	if _, known := s.namespaces[name]; s.later[name] || known || slices.Contains(initialNamespaces, name) {
		return s.later[name]
	}
	if s.later == nil {
		s.later = make(map[string]bool)
	}
	s.later[name] = true
	return true
}

// inhabit notes that there is something in a namespace.
func (s *Set) inhabit(namespace string) {
	if _, known := s.namespaces[namespace]; !known {
		s.namespaces[namespace] = nil
	}
}

func (c *checker) namespace(value *corev1.Namespace) {
	if value.Name == "" {
		c.addf("metadata.name", "name is missing")
	} else {
		c.checkLabelName(value.Name, "metadata.name")
	}
	c.checkLabels(value.Labels, "metadata.labels")
	c.set.namespaces[value.Name] = value.Labels
}

// service compiles what pods a Service has. The scheduler asks for the selector
// alone, whatever the type of the Service.
// Source: pkg/scheduler/framework/plugins/helper/spread.go (GetPodServices),
// pkg/apis/core/validation (ValidateService).
func (c *checker) service(value *corev1.Service) *models.ServiceSpec {
	name := c.checkMeta(&value.ObjectMeta, true)
	if value.Name != "" {
		c.checkLabelName(value.Name, "metadata.name")
	}
	c.checkLabels(value.Spec.Selector, "spec.selector")
	namespace := namespaceOf(value)
	c.set.inhabit(namespace)
	out := &models.ServiceSpec{
		Namespace: c.set.dict.Sym(namespace), Name: c.set.dict.Sym(name), Labels: c.set.labels(value.Labels),
		Selector:        c.set.labels(value.Spec.Selector),
		NoNodePorts:     value.Spec.AllocateLoadBalancerNodePorts != nil && !*value.Spec.AllocateLoadBalancerNodePorts,
		PublishNotReady: value.Spec.PublishNotReadyAddresses,
		Type:            string(value.Spec.Type), ClusterIP: value.Spec.ClusterIP, ExternalName: value.Spec.ExternalName,
	}
	for i := range value.Spec.Ports {
		p := &value.Spec.Ports[i]
		port := models.ServicePort{Name: p.Name, Port: p.Port, Target: p.TargetPort.String(), NodePort: p.NodePort}
		if port.Target == "0" {
			port.Target = ""
		}
		switch p.Protocol {
		case corev1.ProtocolUDP:
			port.Protocol = models.UDP
		case corev1.ProtocolSCTP:
			port.Protocol = models.SCTP
		}
		out.Ports = append(out.Ports, port)
	}
	return out
}

// budget compiles a PodDisruptionBudget.
// Source: pkg/apis/policy/validation (ValidatePodDisruptionBudgetSpec).
func (c *checker) budget(value *policyv1.PodDisruptionBudget) *models.BudgetSpec {
	name, namespace, spec := c.checkMeta(&value.ObjectMeta, true), namespaceOf(value), &value.Spec
	c.set.inhabit(namespace)
	out := &models.BudgetSpec{
		Namespace: c.set.dict.Sym(namespace), Name: c.set.dict.Sym(name),
		Selector:       c.optionalSelector(spec.Selector, "spec.selector"),
		MinAvailable:   c.budgetShare(spec.MinAvailable, "spec.minAvailable"),
		MaxUnavailable: c.budgetShare(spec.MaxUnavailable, "spec.maxUnavailable"),
		Allowed:        models.Unset,
	}
	if out.MinAvailable.Given && out.MaxUnavailable.Given {
		c.addf("spec.maxUnavailable", "minAvailable is given, too; want one of them")
	}
	if policy := spec.UnhealthyPodEvictionPolicy; policy != nil {
		c.oneOf(string(*policy), "spec.unhealthyPodEvictionPolicy", string(policyv1.IfHealthyBudget), string(policyv1.AlwaysAllow))
		out.AlwaysEvict = *policy == policyv1.AlwaysAllow
	}
	if hasStatus(c.root) {
		c.notNegative(value.Status.DisruptionsAllowed, "status.disruptionsAllowed")
		out.Allowed = value.Status.DisruptionsAllowed
		out.Disrupted = c.set.syms(slices.Sorted(maps.Keys(value.Status.DisruptedPods)))
	}
	return out
}

func (c *checker) budgetShare(value *intstr.IntOrString, path string) models.Share {
	n := c.share(value, path)
	if n < 0 {
		return models.Share{Given: value != nil}
	}
	percent := value.Type == intstr.String
	if percent && n > 100 {
		c.addf(path, "got %s; must be <= 100%%", value.StrVal)
		n = 100
	}
	return models.Share{Value: int32(n), Percent: percent, Given: true}
}
