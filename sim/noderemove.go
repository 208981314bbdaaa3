package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/fault"
)

// cloudPeriod is the time between two looks of the cloud's node lifecycle controller.
// Source: k8s.io/cloud-provider/options/kubecloudshared.go (NodeMonitorPeriod).
const cloudPeriod = 5 * time.Second

// Why the object of a node is deleted.
const (
	reasonNodeByUser    = "DeletedByUser"
	reasonNodeByCloud   = "DeletingNode"
	reasonNodeByUpgrade = "SpareNode"
)

// noNode is what the API server answers about a node that is not there.
func noNode(node cluster.Node) error {
	return fmt.Errorf("Error from server (NotFound): nodes %q not found", node.Name())
}

// removeNode deletes the object of a node. The machine goes on with its pods, if it can.
func (s *Simulation) removeNode(id models.NodeID, reason string) {
	s.do(models.Op{Kind: models.OpRemoveNode, Node: id, Reason: s.view.Dictionary().Sym(reason)})
}

// nodeRemoved follows a node whose object is gone. The node lifecycle controller notices
// in its next pass, pod garbage collection in its own. Mirror pods belong to the Node and
// go with it. What was planned for the taints of the node stays so.
// Source: pkg/kubelet/pod/mirror_client.go (CreateMirrorPod), and
// pkg/controller/tainteviction/taint_eviction.go (handleNodeUpdate).
func (s *Simulation) nodeRemoved(id models.NodeID) {
	s.lifecycle.Leave(id)
	s.planNodePass((s.agenda.Now() + 1).Ceil(control.MonitorPeriod))
	for _, pod := range slices.Sorted(slices.Values(s.view.Node(id).Pods())) {
		if p := s.view.Pod(pod); p.Spec().Static && !p.Removed() && !p.Deleting() {
			s.do(models.Op{Kind: models.OpDeletePod, Pod: pod, Reason: s.view.Dictionary().Sym("GarbageCollected")})
		}
	}
	for pod := range s.view.Live() {
		if pod.Node() == id {
			s.planAbandoned(id)
			return
		}
	}
}

// planAbandoned plans when pod garbage collection takes the pods of a node that is gone.
// Source: pkg/controller/podgc/gc_controller.go (gcOrphaned).
func (s *Simulation) planAbandoned(id models.NodeID) {
	s.agenda.Schedule(orphansAt(s.agenda.Now()), evAbandoned, 0, int32(id), 0)
}

// abandoned lets the pods of a node that is gone fail, and removes them, unless the node
// is there again or has not been away for as long as that.
func (s *Simulation) abandoned(id models.NodeID) {
	node := s.view.Node(id)
	if !node.Removed() || s.agenda.Now() < orphansAt(node.RemovedAt()) {
		return
	}
	var pods []models.PodID
	for pod := range s.view.Live() {
		if pod.Node() == id {
			pods = append(pods, pod.ID())
		}
	}
	for _, pod := range pods {
		s.collectOrphan(pod)
	}
}

// register lets a kubelet that starts make its Node again. One that goes on does not: it
// has registered once, and what it writes to its Node fails.
// Source: pkg/kubelet/kubelet_node_status.go (registerWithAPIServer, tryUpdateNodeStatus).
func (s *Simulation) register(id models.NodeID) {
	if node := s.view.Node(id); node.Removed() {
		s.join(id, node.Spec())
	}
}

// join lets a node join, or join again.
func (s *Simulation) join(id models.NodeID, as *models.NodeSpec) {
	spec, delay := *s.asJoining(as), s.config.Latencies.NodeReady
	if int(id) < s.view.Nodes() {
		spec.Group = s.view.Node(id).Spec().Group
	}
	if delay > 0 && !spec.NotReady {
		spec.NotReady = true
		s.agenda.After(delay, evReported, 0, int32(id), 0)
	}
	s.do(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(s.cluster.DefineNode(&spec))})
}

// nodeBack follows a node that is there again: pods that are bound to its name are on it.
func (s *Simulation) nodeBack(id models.NodeID) {
	node := s.view.Node(id)
	s.lifecycle.Join(node)
	s.standUnready(id)
	s.planNodePass(s.agenda.Now().Ceil(control.MonitorPeriod))
	s.nodes[id].taintGen++
	s.nodes[id].taintedAt = s.agenda.Now()
	for _, pod := range slices.Sorted(slices.Values(node.Pods())) {
		s.planTaintEviction(s.view.Pod(pod), node)
	}
	if s.nodes[id].pressure != nil {
		s.showPressure(node)
	}
	if node.Heard() {
		s.showMirrors(id)
	} else {
		s.agenda.Schedule(max(s.lifecycle.Patience(), s.agenda.Now().Ceil(control.MonitorPeriod).Add(control.StartupGrace)), evSilent, node.Outages(), int32(id), 0)
	}
}

// lost is a node without a machine that has been found silent or not ready: a cloud deletes
// its object, elsewhere an administrator takes it out of service.
func (s *Simulation) lost(id models.NodeID) {
	if !s.nodes[id].reclaimed && !s.view.Node(id).Spec().Cloud {
		s.giveUp(id)
		return
	}
	s.agenda.Schedule((s.agenda.Now() + 1).Ceil(cloudPeriod), evCloud, 0, int32(id), 0)
}

// cloud is the cloud's node lifecycle controller when it looks for the instance of a node.
// Source: k8s.io/cloud-provider/controllers/nodelifecycle/node_lifecycle_controller.go
// (MonitorNodes).
func (s *Simulation) cloud(id models.NodeID) {
	if node := s.view.Node(id); !node.Removed() && node.Ready() != models.ConditionTrue && s.nodes[id].held[fault.Loss] > 0 {
		s.removeNode(id, reasonNodeByCloud)
	}
}
