package chrometrace

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// nodeTrack is a node: a process with a lane for each thing that may be wrong with it,
// and lanes for its pods.
type nodeTrack struct {
	process process
	wrong   [lanePods]string // the slice that is open in each lane
	changes int              // of these
}

// changesMost is how often what is wrong with a node changes and is drawn, and
// nodeRestless stands for all that comes after that.
const (
	changesMost  = 1000
	nodeRestless = "more changes than are drawn"
)

// The lanes of a node.
const (
	laneMachine  = iota // whether it is up and its kubelet heard: the truth
	laneReady           // its Ready condition: what the control plane knows
	laneCordoned        // whether pods may come
	lanePods
)

// firstNode is the number of the process of the first node.
const firstNode = 10

// zoneOrder keeps the nodes of a zone together.
const zoneOrder = 1 << 20

const zoneLabel = "topology.kubernetes.io/zone"

// joins makes a process for a node. It is drawn when something happens there.
func (r *Recorder) joins(id models.NodeID) {
	if int(id) < len(r.nodes) {
		return
	}
	node := r.view.Node(id)
	n := &nodeTrack{process: process{
		id: firstNode + int32(id), name: "node " + node.Name(), order: firstNode + int(id),
		lanes: []lanes{laneMachine: {name: "machine"}, laneReady: {name: "Ready condition"}, laneCordoned: {name: "schedulable"}, lanePods: {name: "pods"}},
	}}
	var labels []string
	zone := r.zone(node)
	if zone != "" {
		n.process.name = "zone " + zone + ", " + n.process.name
	}
	n.process.order += zoneOrder * r.number(zone)
	if group := node.Spec().Group; group != 0 {
		labels = append(labels, "group "+r.text(group))
	}
	n.process.labels = strings.Join(labels, ", ")
	r.nodes = append(r.nodes, n)
	r.changes(id)
}

// zone returns the zone of a node, empty for none.
func (r *Recorder) zone(node cluster.Node) string {
	key, ok := r.view.Dictionary().Lookup(zoneLabel)
	if !ok {
		return ""
	}
	zone, _ := node.Labels().Get(key)
	return r.text(zone)
}

// number numbers the zones as they come.
func (r *Recorder) number(zone string) int {
	i := slices.Index(r.zones, zone)
	if i < 0 {
		i = len(r.zones)
		r.zones = append(r.zones, zone)
	}
	return i
}

// observeNode takes in an operation on a node.
func (r *Recorder) observeNode(op *models.Op) {
	if op.Kind == models.OpAddNode {
		r.joins(op.Node)
	}
	r.changes(op.Node)
	switch op.Kind {
	case models.OpCrashNode, models.OpRestoreNode:
		for _, id := range r.view.Node(op.Node).Pods() {
			if p := r.pods[id]; p != nil && p.phase != "" {
				r.follow(r.view.Pod(id), p)
			}
		}
	}
}

// changes draws what is wrong with a node, where that is something else than before.
func (r *Recorder) changes(id models.NodeID) {
	node, n := r.view.Node(id), r.nodes[id]
	for kind, wrong := range [lanePods]string{laneMachine: machineOf(node), laneReady: readyOf(node), laneCordoned: cordonOf(node)} {
		if wrong == n.wrong[kind] || n.wrong[kind] == nodeRestless {
			continue
		}
		if n.changes++; n.changes >= changesMost {
			wrong = nodeRestless
		}
		in := r.fixed(&n.process, kind)
		if n.wrong[kind] != "" {
			r.shut(r.now, in, nil)
		}
		if wrong != "" {
			r.open(r.now, in, "node", wrong, nil)
		}
		n.wrong[kind] = wrong
	}
}

func machineOf(n cluster.Node) string {
	switch {
	case n.Removed():
		return "removed"
	case n.Down():
		return "down"
	case n.ShuttingDown():
		return "shutting down"
	case n.Silence() == models.Stopped:
		return "kubelet stopped"
	case n.Silence() == models.CutOff:
		return "cut off from the control plane"
	}
	return ""
}

func readyOf(n cluster.Node) string {
	switch {
	case n.Removed() || n.Ready() == models.ConditionTrue:
		return ""
	case n.Ready() == models.ConditionFalse:
		return "NotReady"
	}
	return "Unknown"
}

func cordonOf(n cluster.Node) string {
	if n.Unschedulable() && !n.Removed() {
		return "cordoned"
	}
	return ""
}

// finishNodes ends what is open at the end.
func (r *Recorder) finishNodes() {
	for _, n := range r.nodes {
		for kind, wrong := range n.wrong {
			if wrong != "" {
				r.shut(r.now, r.fixed(&n.process, kind), nil)
			}
		}
	}
}
