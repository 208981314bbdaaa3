package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Define makes objects known to a cluster, each kind in its order.
func Define(c *cluster.Cluster, objects models.Definitions) {
	for _, spec := range objects.Namespaces {
		c.DefineNamespace(spec)
	}
	for _, spec := range objects.Services {
		c.DefineService(spec)
	}
	for _, spec := range objects.Budgets {
		c.DefineBudget(spec)
	}
	for _, spec := range objects.Classes {
		c.DefineStorageClass(spec)
	}
	for _, spec := range objects.Volumes {
		c.DefineVolume(spec)
	}
	for _, spec := range objects.Claims {
		c.DefineClaim(spec)
	}
	for _, spec := range objects.CSINodes {
		c.DefineCSINode(spec)
	}
	for _, spec := range objects.Priorities {
		c.DefinePriorityClass(spec)
	}
}
