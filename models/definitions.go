package models

// Definitions are the objects that pods are scheduled by, beside nodes, pods and
// owners. They are there from the start of a run to its end.
type Definitions struct {
	Namespaces []*NamespaceSpec
	Services   []*ServiceSpec
	Budgets    []*BudgetSpec
	Classes    []*StorageClassSpec
	Volumes    []*VolumeSpec
	Claims     []*ClaimSpec
	// Awaited are the claims that are not there until somebody makes them; all others
	// that pods name are taken to be there.
	Awaited  []ClaimRef
	CSINodes []*CSINodeSpec
	// Policies are there from the start, too, but can be changed.
	Policies   []*PolicySpec
	Priorities []*PriorityClassSpec
	// Rejects tells that some pods are rejected whatever the policies.
	Rejects bool
}

// PriorityClassSpec is a PriorityClass, as those see it who look at it: pods have its
// value in their specification.
type PriorityClassSpec struct {
	Name          Sym
	Value         int32
	GlobalDefault bool   `json:",omitempty"`
	Never         bool   `json:",omitempty"` // preemptionPolicy Never
	Description   string `json:",omitempty"`
}
