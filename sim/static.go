package sim

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// StaticPod is a pod that the kubelets of some nodes run by themselves.
type StaticPod struct {
	Name     models.Sym // the name of the node goes behind it
	Template *Template
}

// mirror is a pod that a kubelet shows at the API server, and how it stands.
type mirror struct {
	spec     models.SpecID
	name     models.Sym
	ordinal  int32
	up       bool
	ready    bool
	restarts int32
}

// runStatic lets the kubelet of a node that has joined start its static pods. It finds
// their manifests when it starts; the pods are at the API server from then on, each
// as a mirror pod. Source: pkg/kubelet/config/file.go, pkg/kubelet/config/common.go.
func (s *Simulation) runStatic(id models.NodeID) {
	node, d := s.view.Node(id), s.view.Dictionary()
	for _, static := range s.config.StaticPods[node.Spec().Group] {
		s.define(static.Template)
		name := d.Sym(d.String(static.Name) + "-" + strings.ToLower(node.Name()))
		s.show(id, mirror{spec: static.Template.spec, name: name, ordinal: models.Exact})
	}
}

// show makes the mirror pod of a static pod. If containers run, they go on; the new
// object counts its times from now.
// Source: pkg/kubelet/pod/mirror_client.go (CreateMirrorPod).
func (s *Simulation) show(node models.NodeID, is mirror) {
	id := models.PodID(s.view.Pods())
	if spec := s.view.Spec(is.spec); is.up && spec.Itemised() && s.view.Node(node).Heard() {
		s.showContainers(id, node, is)
		return
	}
	s.do(models.Op{
		Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(is.spec), Name: is.name, Ordinal: is.ordinal,
	})
	s.do(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
	if pod := s.view.Pod(id); !is.up || pod.Phase().Terminal() || !s.view.Node(node).Heard() {
		return
	}
	s.do(models.Op{Kind: models.OpStartPod, Pod: id})
	s.record(models.Op{Kind: models.OpBackdatePod, Pod: id, Def: int32(models.PastRestarts), Arg: int64(is.restarts)})
	if is.ready && !s.view.Pod(id).Ready() {
		s.do(models.Op{Kind: models.OpReadyPod, Pod: id})
	}
}

// showContainers is show for a pod whose containers are told apart and run.
func (s *Simulation) showContainers(id models.PodID, node models.NodeID, is mirror) {
	past := &PastPod{Node: node, Phase: models.Running, Ready: models.ConditionFalse, Restarts: is.restarts, Started: s.agenda.Now()}
	if is.ready {
		past.Ready = models.ConditionTrue
	}
	s.record(models.Op{
		Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(is.spec), Name: is.name, Ordinal: is.ordinal,
	})
	s.record(models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
	s.adoptContainers(id, past, s.agenda.Now())
	s.record(models.Op{Kind: models.OpBackdatePod, Pod: id, Def: int32(models.PastCreated)}) // its Events have been told
}

// keepMirror is a kubelet whose mirror pod is to be deleted: it deletes the object at
// once and makes it again; the static pod goes on.
// Source: pkg/kubelet/kubelet.go (tryReconcileMirrorPods).
func (s *Simulation) keepMirror(pod cluster.Pod) {
	s.mirror = mirror{up: pod.Up(), ready: pod.Ready(), restarts: pod.Restarts()}
	s.do(models.Op{Kind: models.OpRemovePod, Pod: pod.ID()})
}

// mirrorGone makes the mirror pod of a static pod again, or leaves that to its kubelet
// until it is back.
func (s *Simulation) mirrorGone(pod cluster.Pod) {
	is := s.mirror
	s.mirror = mirror{}
	is.spec, is.name, is.ordinal = pod.SpecID(), pod.BaseName(), pod.Ordinal()
	node, state := s.view.Node(pod.Node()), &s.nodes[pod.Node()]
	if node.Heard() && !node.Removed() {
		s.show(pod.Node(), is)
		return
	}
	if !node.Heard() {
		is.up, is.ready = false, false
	}
	state.mirrors = append(state.mirrors, is)
}

// showMirrors makes the mirror pods again that went while a kubelet was not heard.
func (s *Simulation) showMirrors(id models.NodeID) {
	if s.view.Node(id).Removed() {
		return
	}
	missing := s.nodes[id].mirrors
	s.nodes[id].mirrors = nil
	for _, is := range missing {
		s.show(id, is)
	}
}
