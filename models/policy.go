package models

// PolicyKind tells apart what new objects of a namespace are held to.
type PolicyKind uint8

// The kinds of policies.
const (
	ResourceQuota PolicyKind = iota
	LimitRange
)

// String returns the kind as Kubernetes writes it.
func (k PolicyKind) String() string { return [...]string{"ResourceQuota", "LimitRange"}[k] }

// PolicySpec is a compiled ResourceQuota or LimitRange. It is immutable once defined.
type PolicySpec struct {
	Kind            PolicyKind
	Namespace, Name Sym
	Labels          Labels `json:",omitempty"`
	// Hard is what there may be at most under a quota, of what all Scopes match.
	Hard   Amounts      `json:",omitempty"`
	Scopes []QuotaScope `json:",omitempty"`
	// Limits are those of a LimitRange.
	Limits []LimitItem `json:",omitempty"`
}

// QuotaScope is a scope of a quota, as spec.scopes names it, or a requirement of its
// scopeSelector.
type QuotaScope struct {
	Scope Scope
	Op    Operator
	// Values are names of PriorityClasses.
	Values []Sym `json:",omitempty"`
	// Listed tells that it stands in spec.scopes.
	Listed bool `json:",omitempty"`
}

// Scope is what a quota can ask of objects that count under it.
type Scope uint8

// The scopes of quotas.
// Source: k8s.io/api/core/v1/types.go (ResourceQuotaScope).
const (
	ScopeTerminating Scope = iota
	ScopeNotTerminating
	ScopeBestEffort
	ScopeNotBestEffort
	ScopePriorityClass
	ScopeCrossNamespacePodAffinity
	ScopeVolumeAttributesClass
)

var scopes = [...]string{"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity",
	"VolumeAttributesClass"}

// String returns the scope as Kubernetes writes it.
func (s Scope) String() string { return scopes[s] }

// Scopes returns every scope, in the order of their numbers.
func Scopes() []Scope {
	all := make([]Scope, len(scopes))
	for i := range all {
		all[i] = Scope(i)
	}
	return all
}

// LimitType is what the limits of a LimitRange are about.
type LimitType uint8

// The types of limits.
const (
	LimitContainer LimitType = iota
	LimitPod
	LimitClaim
)

// String returns the type as Kubernetes writes it.
func (t LimitType) String() string {
	return [...]string{"Container", "Pod", "PersistentVolumeClaim"}[t]
}

// LimitItem is one set of limits of a LimitRange, with the defaults of the API set.
type LimitItem struct {
	Type                    LimitType
	Min, Max                Amounts `json:",omitempty"`
	Default, DefaultRequest Amounts `json:",omitempty"`
	// MaxRatio is how much larger than its request a limit may be, in thousandths.
	MaxRatio Amounts `json:",omitempty"`
}

type (
	// PolicyID numbers the ResourceQuotas and LimitRanges of a run in the order in which
	// they were made.
	PolicyID int32
	// PolicySpecID numbers the specifications of ResourceQuotas and LimitRanges.
	PolicySpecID int32
)

// PodDetail is what only admission asks of a pod: what each container wants, where
// PodSpec has sums.
type PodDetail struct {
	// Containers are in the order of PodSpec.Containers.
	Containers []ContainerDetail
	// Requests and Limits are those of the pod as a whole, and Whole tells that there
	// are some, of resources that the pod may have as a whole.
	Requests, Limits Amounts `json:",omitempty"`
	Whole            bool    `json:",omitempty"`
	Overhead         Amounts `json:",omitempty"`
	// CrossNamespace tells that a term of inter-pod affinity looks into other
	// namespaces.
	CrossNamespace bool `json:",omitempty"`
	// MissingRuntime is the RuntimeClass that the pod names, if there is none of that
	// name: an API server rejects such pods.
	MissingRuntime string `json:",omitempty"`
}

// ContainerDetail is what a container requests and is limited to.
type ContainerDetail struct {
	Requests, Limits Amounts `json:",omitempty"`
}

// Refusal is an answer of the API server to the creation of an object.
type Refusal struct {
	Form RefusalForm
	// Why is the part of the message behind the name of the object.
	Why string
}

// RefusalForm is the form of such an answer.
type RefusalForm uint8

// The forms of refusals. The first is that of none.
const (
	NotRefused RefusalForm = iota
	Forbidden
	Invalid
	NamespaceMissing     // Why is the name of the namespace
	NamespaceTerminating // forbidden, and controllers do not count it as a failure
	PartRefused          // of the object nothing was asked for; Why is the whole message
	AlreadyExists        // another object has the name
)

// String returns the reason that the API server gives: Forbidden.
func (f RefusalForm) String() string {
	return [...]string{"", "Forbidden", "Invalid", "NotFound", "Forbidden", "Forbidden", "AlreadyExists"}[f]
}

// Text returns the message of the API server about an object, by its resource, such
// as jobs.batch, its kind and its name.
func (r Refusal) Text(resource, kind, name string) string {
	switch r.Form {
	case Invalid:
		return kind + ` "` + name + `" is invalid: ` + r.Why
	case NamespaceMissing:
		return `namespaces "` + r.Why + `" not found`
	case PartRefused:
		return r.Why
	case AlreadyExists:
		return resource + ` "` + name + `" already exists`
	}
	return resource + ` "` + name + `" is forbidden: ` + r.Why
}

// NamespaceCondition is a type of condition of the status of a namespace that is being
// deleted.
type NamespaceCondition int32

// The conditions, in the order in which the namespace controller writes them.
// Source: pkg/controller/namespace/deletion/status_condition_utils.go (conditionTypes).
const (
	NamespaceDiscoveryFailure NamespaceCondition = iota
	NamespaceGVParsingFailure
	NamespaceContentFailure
	NamespaceContentRemaining
	NamespaceFinalizersRemaining
)

var namespaceConditions = [...]string{
	"NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure", "NamespaceDeletionContentFailure",
	"NamespaceContentRemaining", "NamespaceFinalizersRemaining",
}

// NamespaceConditions is the number of types.
const NamespaceConditions = NamespaceCondition(len(namespaceConditions))

// String returns the type as Kubernetes writes it.
func (c NamespaceCondition) String() string { return namespaceConditions[c] }
