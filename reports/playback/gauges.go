package playback

import (
	"github.com/podsim/podsim/models"
)

// zonesMost bounds the zones whose utilisation is told one by one.
const zonesMost = 8

// Gauges are the cluster at one moment in a few numbers.
type Gauges struct {
	Pods        [absent]int64    // by phase, of pods that have an object
	Refused     int64            // pending, and an attempt to place them failed
	MostPending int64            // at any moment after the sample before this one
	MostRefused int64            // likewise
	NodesReady  int64            // whose Ready condition is True
	NodesDown   int64            // that have crashed and are not up again
	NodesClosed int64            // cordoned
	Created     int64            // pods up to now; likewise the following
	Bound       int64            // times that a pod came to a node
	Restarts    int64            // of containers
	Evicted     int64            // pods that had to leave their node
	Ended       int64            // pods that succeeded
	Broken      int64            // pods that failed
	Requested   models.Resources // of the nodes whose Ready condition is True
	Allocatable models.Resources // likewise
	Zones       [zonesMost]ZoneLoad
}

// ZoneLoad is the cpu of the Ready nodes of a zone, in thousandths of a core.
type ZoneLoad struct{ Requested, Allocatable int64 }

// State is the state of a node, or the worst one of the nodes of a row.
type State uint8

// The states of nodes, the better ones first.
const (
	Schedulable State = iota
	Cordoned
	Unready // its Ready condition is not True
	Down
	states
	// Missing stands for nodes that are not part of the cluster.
	Missing State = 255
)

// nodeState is what is kept of every node.
type nodeState struct {
	row                         int32 // None before rows are laid out
	pods                        int32 // that hold room on it
	zone                        int8  // of Gauges.Zones; -1 if it is none of these
	exists, ready, down, closed bool
}

func (n *nodeState) state() State {
	switch {
	case !n.exists:
		return Missing
	case n.down:
		return Down
	case !n.ready:
		return Unready
	case n.closed:
		return Cordoned
	}
	return Schedulable
}

// amounts are what a node has to give, and what pods that are bound to it request.
type amounts struct{ requested, allocatable models.Resources }

// count adds a node to the gauges, or takes it away (sign -1).
func (g *Gauges) count(n *nodeState, of *amounts, sign int64) {
	if !n.exists {
		return
	}
	if n.down {
		g.NodesDown += sign
	}
	if n.closed {
		g.NodesClosed += sign
	}
	if !n.ready {
		return
	}
	g.NodesReady += sign
	for i := range &of.requested {
		g.Requested[i] += sign * of.requested[i]
		g.Allocatable[i] += sign * of.allocatable[i]
	}
	if n.zone >= 0 {
		g.Zones[n.zone].Requested += sign * of.requested[models.CPU]
		g.Zones[n.zone].Allocatable += sign * of.allocatable[models.CPU]
	}
}

// load adds to what pods request of a node. Only so many kinds of resources are in use.
func (g *Gauges) load(n *nodeState, amount *models.Resources, sign int64, kinds int) {
	if !n.exists || !n.ready {
		return
	}
	for i, a := range amount[:kinds] {
		g.Requested[i] += sign * a
	}
	if n.zone >= 0 {
		g.Zones[n.zone].Requested += sign * amount[models.CPU]
	}
}
