package control

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// fits reports whether a pod of a DaemonSet is to be started on a node, and whether
// one that is there may stay: a taint that keeps pods away drives none off.
// Source: pkg/controller/daemon/daemon_controller.go (NodeShouldRunDaemonPod).
func fits(pod *models.PodSpec, node cluster.Node) (run, stay bool) {
	if pod.NodeName != 0 && pod.NodeName != node.Spec().Name || !node.Labels().Contains(pod.NodeSelector) || !inTerms(pod, node) {
		return false, false
	}
	run = true
	for _, taint := range node.Taints() {
		if taint.Effect == models.PreferNoSchedule || models.Tolerated(pod.Tolerations, taint) {
			continue
		}
		if taint.Effect == models.NoExecute {
			return false, false
		}
		run = false
	}
	return run, true
}

// inTerms reports whether a node matches any of the terms that a pod requires.
func inTerms(pod *models.PodSpec, node cluster.Node) bool {
	if !pod.HasRequiredTerms {
		return true
	}
	d := node.View().Dictionary()
	for i := range pod.RequiredTerms {
		if pod.RequiredTerms[i].Matches(node.Spec().Name, node.Labels(), d) {
			return true
		}
	}
	return false
}

// NodeConcerns reports whether a DaemonSet has something to do since a node has
// changed: the node is to get a pod, or to lose one, or the last sync found pods on
// nodes that are not wanted.
// Source: pkg/controller/daemon/daemon_controller.go (syncNodeUpdate).
func (c *Controllers) NodeConcerns(o cluster.Owner, node cluster.Node) bool {
	v := o.View()
	scheduled := false
	for _, id := range node.Pods() {
		pod := v.Pod(id)
		scheduled = scheduled || pod.Owner() == o.ID() && pod.Node() == node.ID()
	}
	run, stay := fits(v.Spec(o.Spec().Template), node)
	if !scheduled {
		return run
	}
	return !stay || c.daemonSet.astray[o.ID()]
}

// DaemonSetStatus are the counters of the status of a DaemonSet: nodes that it wants
// to be on, those that have a pod, and so on of these; Misscheduled counts nodes
// with pods that it does not want to be on.
type DaemonSetStatus struct {
	Desired, Current, Ready, Available, Updated, Unavailable, Misscheduled int32
}

// DaemonSetStatusOf counts as the controller of a DaemonSet does.
// Source: pkg/controller/daemon/daemon_controller.go (updateDaemonSetStatus).
func DaemonSetStatusOf(now models.Time, o cluster.Owner) (s DaemonSetStatus) {
	v := o.View()
	template := v.Spec(o.Spec().Template)
	hash, d := RevisionHash(v, template), daemonSet{}
	var pods []daemon
	for pod := range o.Pods() {
		if !(pod.Phase().Terminal() && pod.Deleting()) {
			pods = append(pods, daemon{node: d.nodeOf(pod), pod: pod})
		}
	}
	sortDaemons(pods)
	c := coverage{daemonSet: &d, v: v}
	d.pods = pods
	c.eachNode(func(node cluster.Node, pods []daemon) {
		run, _ := fits(template, node)
		switch {
		case !run && len(pods) > 0:
			s.Misscheduled++
		case run:
			s.Desired++
		}
		if !run || len(pods) == 0 {
			return
		}
		s.Current++
		if pod := pods[0].pod; pod.Ready() {
			s.Ready++
			if available(now, o, pod) {
				s.Available++
			}
		}
		if RevisionHash(v, pods[0].pod.Spec()) == hash {
			s.Updated++
		}
	})
	s.Unavailable = s.Desired - s.Available
	return s
}

// failures are the back-offs of DaemonSets on nodes where their pods have failed.
type failures map[failureKey]failure

type failureKey struct {
	owner models.OwnerID
	node  models.NodeID
}

// failure is a back-off and when it began.
type failure struct {
	wait  time.Duration
	since models.Time
}

// The back-off of failed daemon pods doubles from the first to the last, and begins
// anew when nothing has failed for twice the last.
// Source: cmd/kube-controller-manager/app/apps.go (startDaemonSetController),
// k8s.io/client-go/util/flowcontrol/backoff.go.
const (
	firstFailureWait = time.Second
	lastFailureWait  = 15 * time.Minute
)

// backOff reports whether a failed pod has to wait before it is deleted, and when to
// ask again. If it need not, the next one will wait longer.
func (f failures) backOff(now models.Time, owner models.OwnerID, node models.NodeID) (at models.Time, wait bool) {
	key := failureKey{owner, node}
	was, known := f[key]
	if expired := now.Sub(was.since) > 2*lastFailureWait; !known || expired {
		f[key] = failure{firstFailureWait, now}
		return 0, false
	}
	if now.Sub(was.since) < was.wait {
		return now.Add(was.wait), true
	}
	f[key] = failure{min(2*was.wait, lastFailureWait), now}
	return 0, false
}

func (f failures) forget(owner models.OwnerID) {
	for key := range f {
		if key.owner == owner {
			delete(f, key)
		}
	}
}

// restart drops what the controller knows only while it runs, and returns the DaemonSets
// that need not wait any more.
func (f failures) restart() []models.OwnerID {
	var waiting []models.OwnerID
	for key := range f {
		waiting = append(waiting, key.owner)
	}
	clear(f)
	slices.Sort(waiting)
	return slices.Compact(waiting)
}
