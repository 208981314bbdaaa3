package cluster

import "github.com/podsim/podsim/models"

// Node reads one node.
type Node struct {
	c  *Cluster
	id models.NodeID
}

// View returns the view that the handle came from.
func (n Node) View() View { return View{n.c} }

// ID returns the node's id.
func (n Node) ID() models.NodeID { return n.id }

// Spec returns its compiled specification.
func (n Node) Spec() *models.NodeSpec { return n.c.nodeSpecs[n.c.nodes[n.id].spec] }

// Name returns its name.
func (n Node) Name() string { return n.c.nodeNames[n.id] }

// Labels returns its labels, none of one that is removed. The list is never changed in
// place.
func (n Node) Labels() models.Labels { return n.c.labels[n.id] }

// Taints returns its taints. The list is never changed in place.
func (n Node) Taints() []models.Taint { return n.c.taints[n.id] }

// Unschedulable reports whether it is cordoned.
func (n Node) Unschedulable() bool { return !n.c.schedulable[n.id] }

// Allocatable returns what pods may take of it.
func (n Node) Allocatable() *models.Resources { return &n.c.allocatable[n.id] }

// Requested returns the sum of the requests of the pods that hold room on it.
func (n Node) Requested() *models.Resources { return &n.c.requested[n.id] }

// NonZero returns its load as scoring sees it.
func (n Node) NonZero() NonZero { return n.c.nonZero[n.id] }

// Pods returns the pods that hold room on it, in no particular order.
func (n Node) Pods() []models.PodID { return n.c.nodes[n.id].pods }

// Nominated returns the pods for which preemption makes room on it, the first
// nominated first.
func (n Node) Nominated() []models.PodID { return n.c.nodes[n.id].nominated }

// Ports returns the host ports taken on it.
func (n Node) Ports() []models.HostPort { return n.c.nodes[n.id].ports }

// Images returns the images that it holds.
func (n Node) Images() []models.NodeImage { return n.c.nodes[n.id].images }

// Ready returns the status of its Ready condition.
func (n Node) Ready() models.ConditionStatus { return n.c.nodes[n.id].ready }

// ReadyChangedAt returns when its Ready condition last changed.
func (n Node) ReadyChangedAt() models.Time { return n.c.nodes[n.id].readyAt }

// Down reports whether it has crashed and is not back: the truth, which the
// control plane learns late.
func (n Node) Down() bool { return n.c.nodes[n.id].down }

// DownAt returns when it last crashed.
func (n Node) DownAt() models.Time { return n.c.nodes[n.id].downAt }

// DownTime returns how long it has been down in all, up to now.
func (n Node) DownTime(now models.Time) models.Time {
	row := &n.c.nodes[n.id]
	if row.down {
		return row.downTime + now - row.downAt
	}
	return row.downTime
}

// Crashes returns how often it crashed.
func (n Node) Crashes() int { return int(n.c.nodes[n.id].crashes) }

// Silence tells why its kubelet is not heard although it is up.
func (n Node) Silence() models.Silence { return n.c.nodes[n.id].silence }

// ShuttingDown reports whether it was told to shut down, and has not booted since.
func (n Node) ShuttingDown() bool { return n.c.nodes[n.id].shutting }

// Heard reports whether its kubelet is heard: the node is up, its kubelet runs and
// reaches the control plane. As Down, it is the truth, which others learn late.
func (n Node) Heard() bool { return n.c.nodes[n.id].heard() }

// HeardSince returns since when its kubelet is heard, or was before it fell silent.
func (n Node) HeardSince() models.Time { return n.c.nodes[n.id].heardAt }

// HeardUntil returns when its kubelet was last heard, up to now.
func (n Node) HeardUntil(now models.Time) models.Time {
	if row := &n.c.nodes[n.id]; !row.heard() {
		return row.unheardAt
	}
	return now
}

// Outages returns how often its kubelet went out of hearing.
func (n Node) Outages() uint32 { return n.c.nodes[n.id].outages }

// Removed reports whether its object was deleted. Its machine may go on, and pods that
// were bound to it are there until somebody removes them.
func (n Node) Removed() bool { return n.c.nodes[n.id].removed }

// RemovedAt returns when its object was deleted, if it is.
func (n Node) RemovedAt() models.Time { return n.c.nodes[n.id].removedAt }

// Joined returns when it joined.
func (n Node) Joined() models.Time { return n.c.nodes[n.id].joined }
