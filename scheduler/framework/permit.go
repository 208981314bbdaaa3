package framework

import (
	"time"

	"github.com/podsim/podsim/models"
)

// MaxPermitWait is the longest that a pod waits for Permit.
// Source: pkg/scheduler/framework/runtime/framework.go (maxTimeout).
const MaxPermitWait = 15 * time.Minute

// Permit is asked once room is reserved for the pod on its node. Nil lets it be
// bound, a rejection makes the attempt fail. With the code Wait the pod keeps the
// node and Permit is asked again after every change, for no longer than timeout;
// then the pod is rejected.
type Permit interface {
	Plugin
	Permit(c *Cycle, node models.NodeID) (s *Status, timeout time.Duration)
}
