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

// objection says, by definition and from the pods of a node alone, why a pod may not be
// put on it; it is empty if it may. That these are all, the checks of the cluster see to.
func objection(v cluster.View, pod cluster.Pod, n cluster.Node) string {
	spec, d := pod.Spec(), v.Dictionary()
	tolerated := func(taint models.Taint) bool {
		return slices.ContainsFunc(spec.Tolerations, func(t models.Toleration) bool {
			return (t.Key == 0 || t.Key == taint.Key) && (t.Exists || t.Value == taint.Value) &&
				(t.Effect == models.AnyEffect || t.Effect == taint.Effect)
		})
	}
	if n.Spec().Unschedulable && !tolerated(models.Taint{Key: d.Sym(models.TaintUnschedulable), Effect: models.NoSchedule}) {
		return "it is cordoned"
	}
	for _, taint := range n.Taints() {
		if taint.Effect != models.PreferNoSchedule && !tolerated(taint) {
			return "it is tainted"
		}
	}
	for _, want := range spec.NodeSelector {
		if have, ok := n.Labels().Get(want.Key); !ok || have != want.Value {
			return "the node selector differs"
		}
	}
	for _, term := range spec.RequiredTerms { // there is at most one
		for _, r := range term.Labels {
			if _, ok := n.Labels().Get(r.Key); ok != (r.Op == models.Exists) {
				return "the node affinity differs"
			}
		}
	}
	sum := spec.Requests
	for _, id := range n.Pods() {
		other := v.Pod(id)
		if other.Node() != n.ID() || id == pod.ID() || other.Phase().Terminal() {
			continue
		}
		for r, amount := range other.Spec().Requests {
			sum[r] += amount
		}
		for _, port := range other.Spec().HostPorts {
			if slices.Contains(spec.HostPorts, port) {
				return "its port is taken"
			}
		}
	}
	for r, amount := range sum {
		if spec.Requests[r] > 0 && amount > n.Spec().Allocatable[r] {
			return "it is full"
		}
	}
	return ""
}

// rules is an observer that holds every binding to the rules of scheduling, and
// notes rare states.
type rules struct {
	decision models.Time
	changed  map[models.NodeID]models.Time // when taints of a node changed, or its room was taken unasked
	assumed  map[models.PodID]models.Time  // when the scheduler chose, of pods that are not bound yet
	forced   []models.Time                 // when a user deletes pods by force
	broken   []error
	marks    map[string]int
}

// newRules knows how long the scheduler takes from choosing a node to the binding.
func newRules(decision time.Duration, marks map[string]int) *rules {
	return &rules{
		decision: models.Time(decision), marks: marks, changed: make(map[models.NodeID]models.Time),
		assumed: make(map[models.PodID]models.Time),
	}
}

var rareStates = []string{
	"a claim was refused: the pod went away during the decision",
	"bound to a node that is down", "bound to a node that crashed during the decision", "bound to a node that was tainted during the decision",
	"bound to a node that was filled during the decision", "bound after failed attempts", "evicted for a taint", "evicted from a node that is down", "restarted at reboot", "failed at reboot",
	"removed at reboot", "Job complete", "Job failed: BackoffLimitExceeded", "Job failed: DeadlineExceeded", "Job deleted after its time",
	"deleted while pending", "deleted while starting", "failed at admission", "failed at its deadline", "killed after the grace",
	"every node is silent", "crash of a node that is down already to the scheduler",
}

func (r *rules) Observe(now models.Time, op *models.Op, v cluster.View) {
	d := v.Dictionary()
	switch op.Kind {
	case models.OpAssumePod:
		r.assumed[op.Pod] = now
	case models.OpBindPod:
		r.bound(now, op, v)
		delete(r.assumed, op.Pod)
	case models.OpTaintNode, models.OpUntaintNode:
		r.changed[op.Node] = now
	case models.OpResizePod: // it may be on its way to any of them
		for id := range v.Nodes() {
			r.changed[models.NodeID(id)] = now
		}
	case models.OpSetNodeReady:
		all := true
		for id := range v.Nodes() {
			all = all && v.Node(models.NodeID(id)).Ready() == models.ConditionUnknown
		}
		r.mark(all, "every node is silent")
	case models.OpCrashNode:
		r.mark(len(v.Node(op.Node).Taints()) > len(v.Node(op.Node).Spec().Taints), "crash of a node that is down already to the scheduler")
	case models.OpFinishOwner:
		if op.Arg == 1 {
			r.mark(true, "Job complete")
		} else {
			r.mark(true, "Job failed: "+d.String(op.Reason))
		}
	case models.OpDeleteOwner:
		r.mark(d.String(op.Reason) == control.ReasonTTL, "Job deleted after its time")
	case models.OpExitPod:
		r.mark(d.String(op.Reason) == "NodeRebooted", "restarted at reboot")
	case models.OpRejectPod:
		r.mark(true, "failed at admission")
	case models.OpFinishPod:
		r.mark(d.String(op.Reason) == "NodeRebooted", "failed at reboot")
		r.mark(d.String(op.Reason) == "DeadlineExceeded", "failed at its deadline")
	case models.OpDeletePod:
		pod := v.Pod(op.Pod)
		onNode := pod.Node() != models.None
		evicted := d.String(op.Reason) == "TaintManagerEviction"
		r.mark(evicted, "evicted for a taint")
		r.mark(evicted && v.Node(pod.Node()).Down(), "evicted from a node that is down")
		r.mark(!onNode, "deleted while pending")
		r.mark(onNode && pod.Starts() == 0, "deleted while starting")
	case models.OpRemovePod:
		pod := v.Pod(op.Pod)
		if pod.Node() != models.None && !pod.Phase().Terminal() {
			r.mark(pod.ExitedAt() == models.Never && pod.Starts() > 0 && now == pod.Deadline(), "killed after the grace")
			if node := v.Node(pod.Node()); node.Down() && !node.Removed() && !slices.Contains(r.forced, now) && !outOfService(node, d) {
				r.broken = append(r.broken, fmt.Errorf("at %s %s was removed, but %s is down and cannot confirm it", now, pod.Name(), node.Name()))
			}
			r.mark(v.Node(pod.Node()).Crashes() > 0 && v.Node(pod.Node()).ReadyChangedAt() == now, "removed at reboot")
		}
	}
}

// outOfService reports whether nobody has to wait for the kubelet of a node.
func outOfService(n cluster.Node, d *models.Dictionary) bool {
	return slices.ContainsFunc(n.Taints(), func(t models.Taint) bool { return d.String(t.Key) == taintOutOfService })
}

func (r *rules) mark(when bool, what string) {
	if when {
		r.marks[what]++
	}
}

// bound checks a binding. What changed while the scheduler was deciding it could
// not know; a pod with a node name is not its business.
func (r *rules) bound(now models.Time, op *models.Op, v cluster.View) {
	pod, node := v.Pod(op.Pod), v.Node(op.Node)
	if pod.Spec().NodeName != 0 {
		r.changed[op.Node] = now
		return
	}
	r.mark(node.Down(), "bound to a node that is down")
	r.mark(node.Down() && node.DownAt() > now-r.decision, "bound to a node that crashed during the decision")
	r.mark(pod.Attempts() > 1, "bound after failed attempts")
	why := objection(v, pod, node)
	if why == "" {
		return
	}
	chosen, ok := r.assumed[op.Pod]
	if !ok {
		chosen = now
	}
	if changed, ok := r.changed[op.Node]; ok && r.decision > 0 && changed >= chosen-r.decision {
		r.mark(why == "it is tainted", "bound to a node that was tainted during the decision")
		r.mark(why == "it is full", "bound to a node that was filled during the decision")
		return
	}
	r.broken = append(r.broken, fmt.Errorf("at %s %s was put on %s, but %s", now, pod.Name(), node.Name(), why))
}

// settled says what is not as it should be at the end of the quiet phase.
func settled(s *Simulation) []error {
	v := s.Cluster().View()
	waiting := make(map[models.OwnerID]bool)
	for pod := range v.Live() {
		if pod.Node() == models.None && !pod.Phase().Terminal() && !pod.Deleting() {
			waiting[pod.Owner()] = true
		}
	}
	wrong := nodesAndPodsSettled(s)
	for id := range v.Owners() {
		if o := v.Owner(models.OwnerID(id)); !o.Deleted() {
			wrong = append(wrong, ownerSettled(s.Now(), v, o, waiting[o.ID()])...)
		}
	}
	return wrong
}

// nodesAndPodsSettled says which nodes are not as they joined, and which pods neither
// run nor have a reason not to.
func nodesAndPodsSettled(s *Simulation) (wrong []error) {
	v := s.Cluster().View()
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	for id := range v.Nodes() {
		n := v.Node(models.NodeID(id))
		if s.nodes[id].held[fault.Loss] > 0 {
			continue // for good
		}
		if n.Down() || n.Ready() != models.ConditionTrue || !slices.Equal(n.Taints(), n.Spec().Taints) {
			fail("node %s: down %t, Ready %s, taints %v; want it as it joined", n.Name(), n.Down(), n.Ready(), n.Taints())
		}
	}
	for pod := range v.Live() {
		switch {
		case pod.Phase().Terminal():
		case pod.Deleting():
			fail("pod %s is still terminating", pod.Name())
		case pod.Node() == models.None:
			for id := range v.Nodes() {
				if objection(v, pod, v.Node(models.NodeID(id))) == "" {
					fail("pod %s is pending, but fits on %s", pod.Name(), v.Node(models.NodeID(id)).Name())
				}
			}
		case pod.Phase() == models.Pending:
			fail("pod %s was never started", pod.Name())
		case !pod.Up() && !loops(pod, s.Now()):
			fail("pod %s does not run", pod.Name())
		case pod.Spec().ActiveDeadline > 0 && pod.BoundAt().Add(pod.Spec().ActiveDeadline) < v.Now():
			fail("pod %s outlived its deadline", pod.Name())
		}
	}
	return wrong
}

// loops reports whether the containers of a pod ended no longer ago than a back-off
// may last.
func loops(pod cluster.Pod, now models.Time) bool {
	return pod.ExitedAt() != models.Never && now-pod.ExitedAt() < 6*models.Time(time.Minute)
}

func ownerSettled(now models.Time, v cluster.View, o cluster.Owner, waiting bool) (wrong []error) {
	n := o.Counts()
	fail := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s %s (%+v): "+format, append([]any{o.Kind(), o.Name(), n}, args...)...))
	}
	if o.Kind() != models.Job {
		looping := false
		for pod := range o.Pods() {
			looping = looping || loops(pod, now)
		}
		switch {
		case o.Kind() == models.Deployment:
			if child := v.Owner(o.Child()); child.Replicas() != o.Replicas() {
				fail("its ReplicaSet has %d replicas; want %d", child.Replicas(), o.Replicas())
			}
		case n.Active != o.Replicas():
			fail("want %d active pods", o.Replicas())
		case !waiting && !looping && n.Ready != o.Replicas():
			fail("want %d ready pods", o.Replicas())
		}
		return wrong
	}
	spec := o.Spec()
	switch reason := v.Dictionary().String(o.Reason()); {
	case o.Live() && !waiting:
		fail("it neither ended nor waits")
	case o.Live():
	case n.Active+n.Terminating > 0:
		fail("it ended and has pods")
	case spec.TTLAfterFinished >= 0:
		fail("it ended at %s and is still there", o.FinishedAt())
	case o.Complete() && (spec.Completions == models.Unset && n.Succeeded == 0 || n.Succeeded < spec.Completions):
		fail("complete; want %d successes", spec.Completions)
	case o.Failed() && reason == "BackoffLimitExceeded" && n.Failed+n.Lost <= spec.BackoffLimit &&
		v.Spec(spec.Template).RestartPolicy == models.RestartNever:
		fail("failed with a limit of %d", spec.BackoffLimit)
	case o.Failed() && reason == "DeadlineExceeded" && o.FinishedAt() < o.Created().Add(spec.ActiveDeadline-time.Second):
		fail("its deadline passed at %s, it failed at %s", o.Created().Add(spec.ActiveDeadline), o.FinishedAt())
	}
	return wrong
}
