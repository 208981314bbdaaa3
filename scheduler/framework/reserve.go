package framework

import "github.com/podsim/podsim/models"

// Reserve is asked once a node is chosen: what must be noted for the pod to run
// there, and be seen by the next decision, besides the binding itself. It appends
// operations to ops; they are carried out right before the pod is bound. A
// rejection makes the attempt fail.
type Reserve interface {
	Plugin
	Reserve(c *Cycle, node models.NodeID, ops []models.Op) ([]models.Op, *Status)
}
