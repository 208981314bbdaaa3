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
	CSINodes   []*CSINodeSpec
}
