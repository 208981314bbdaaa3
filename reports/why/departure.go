package why

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Departures are the ways in which pods leave.
func Departures() []string {
	return []string{
		"drain", "upgrade", "descheduler", "spot", "eviction-api", "taint", "preemption", "node-pressure", "storage-limit",
		"critical-pod", "node-shutdown", "node-lost", "rollout", "scale-down", "owner-deleted", "job-failed", "job-finished",
		"job-suspended", "ttl", "deadline", "out-of-memory", "rejected", "ended", "failed", "user", "other",
	}
}

// ways are departures by the reason that the log gives, with who is behind them and what
// they did, as the end of a sentence about the pod.
var ways = map[string]struct{ kind, by, text string }{
	"TaintManagerEviction":  {"taint", "taint-eviction-controller", "was evicted from a node with a taint that it does not tolerate any longer"},
	"EvictionByEvictionAPI": {"eviction-api", "user", "was evicted through the eviction API"},
	"DeletionByPodGC":       {"node-lost", "pod-garbage-collector", "was collected, as its node does not exist"},
	"PodGC":                 {"node-lost", "pod-garbage-collector", "was collected, as its node is out of service"},
	"GarbageCollected":      {"node-lost", "pod-garbage-collector", "was collected with its node"},
	"RemovingNode":          {"node-lost", "node-controller", "went with its node"},
	"NodeRebooted":          {"node-lost", "kubelet", "ended when its node booted"},
	"ForcedByUpgrade":       {"upgrade", "upgrade", "was deleted by an upgrade, past its budget"},
	"ScaleDown":             {"scale-down", "", "was one too many after a scale-down"},
	"SurplusPod":            {"scale-down", "", "was one too many"},
	"UnwantedNode":          {"scale-down", "", "was on a node that is not to have such a pod"},
	"RollingUpdate":         {"rollout", "", "made way for a new revision"},
	"EndedPod":              {"ended", "", "had ended and was cleared away for another one"},
	"OwnerDeleted":          {"owner-deleted", "garbage-collector", "went with its owner"},
	"JobFailed":             {"job-failed", "job-controller", "went because its Job has failed"},
	"JobFinished":           {"job-finished", "job-controller", "went because its Job is done"},
	"JobSuspended":          {"job-suspended", "job-controller", "went because its Job was suspended"},
	"TTLAfterFinished":      {"ttl", "ttl-after-finished-controller", "was cleared away some time after its end"},
	"RevisionHistoryLimit":  {"owner-deleted", "deployment-controller", "went with an old ReplicaSet"},
	"JobsHistoryLimit":      {"owner-deleted", "cronjob-controller", "went with an old Job"},
	"ReplacedByCronJob":     {"owner-deleted", "cronjob-controller", "went with a Job that its CronJob replaced"},
	"DeletedByUser":         {"user", "user", "was deleted by a user"},
	"LifetimeOver":          {"user", "user", "was deleted at the end of the lifetime that its workload gives"},
	"":                      {"user", "user", "was deleted"},
	"Evicted":               {"node-pressure", "kubelet", "was evicted by its kubelet"},
	"Terminated":            {"node-shutdown", "kubelet", "was ended because its node shut down"},
	"NodeShutdown":          {"node-shutdown", "kubelet", "was refused because its node shuts down"},
	"Preempting":            {"critical-pod", "kubelet", "was ended by its kubelet to make room for a critical pod"},
	"DeadlineExceeded":      {"deadline", "kubelet", "was active for longer than its deadline"},
	models.ReasonOOMKilled:  {"out-of-memory", "kernel", "ran out of memory"},
}

// evictors are departures by the component that chose the pod.
var evictors = map[string]string{
	"kubectl": "drain", "upgrade": "upgrade", "sigs.k8s.io.descheduler": "descheduler", "notice-handler": "spot", "kubelet": "node-pressure",
	"pod-garbage-collector": "node-lost",
}

// mark notes who has chosen a pod to leave.
func (s *Story) mark(op *models.Op, v cluster.View) {
	if s.pods[op.Pod] == nil {
		return
	}
	d := v.Dictionary()
	s.marked = mark{s.now, op.Pod, d.String(op.Name), d.String(op.Reason), d.String(op.Message), v.Pod(op.Pod).BudgetChanges(s.now)}
}

// departs notes how a pod comes to leave; the first who makes it go is to blame.
func (s *Story) departs(op *models.Op, l *life, v cluster.View) {
	pod := v.Pod(op.Pod)
	if l.departure != nil {
		s.ends(op, l, pod)
		return
	}
	d := v.Dictionary()
	reason := d.String(op.Reason)
	is := &Departure{At: reports.SecondsOf(s.now), Reason: reason, Node: l.node}
	l.departure = is
	way, known := ways[reason]
	is.Kind, is.By, is.Text = way.kind, way.by, way.text
	switch name, preempted := strings.CutPrefix(reason, "PreemptionByScheduler for "); {
	case preempted:
		s.preempted(is, name, pod)
	case op.Kind == models.OpRejectPod:
		is.Kind, is.By, is.Text = "rejected", "kubelet", "was refused by its kubelet: "+reason+because(d.String(op.Message))
	case op.Kind == models.OpFinishPod && (!known || reason == ""):
		is.ended(op, pod)
	case !known:
		is.Kind, is.By, is.Text = "other", "unknown", "was deleted"+because(reason)
	}
	if s.marked.pod == op.Pod && s.marked.at == s.now {
		is.chosen(&s.marked)
	}
	if message := strings.TrimSpace(d.String(op.Message)); op.Kind == models.OpKillPod && message != "" {
		is.Text += ": " + message
	}
	if len(is.Budgets) == 0 && op.Kind == models.OpDeletePod {
		is.weigh(pod.BudgetChanges(s.now))
	}
	s.controlled(is, pod)
	s.suffered(is, l, v)
	s.lose(is, l, pod)
}

// ends tells of a pod that was made to leave before and has ended by now.
func (s *Story) ends(op *models.Op, l *life, pod cluster.Pod) {
	if op.Kind == models.OpDeletePod && pod.Phase().Terminal() {
		return // cleared away
	}
	if op.Kind == models.OpDeletePod && l.departure.Kind == "ended" {
		l.departure.At = reports.SecondsOf(s.now)
	}
}

// ended is the end of a pod whose containers have ended by themselves.
func (is *Departure) ended(op *models.Op, pod cluster.Pod) {
	is.By = "its containers"
	if pod.Phase() == models.Succeeded {
		is.Kind, is.Text = "ended", "succeeded"
		return
	}
	is.Kind, is.Text = "failed", fmt.Sprintf("failed with exit code %d", op.Arg)
}

// chosen fills in what an EvictPod told.
func (is *Departure) chosen(m *mark) {
	is.By, is.Reason = m.by, m.reason
	is.Kind = "eviction-api"
	if kind, ok := evictors[m.by]; ok {
		is.Kind = kind
	}
	if m.reason == "StorageLimit" {
		is.Kind = "storage-limit"
	}
	is.Text = "was evicted by " + m.by
	switch {
	case m.by == "kubelet": // whose own message follows
		is.Text = "was evicted by its kubelet"
	case m.by == "user":
		is.Text = "was evicted by a user"
	case is.Kind == "descheduler": // what it says besides is always the same
		is.Text = "was evicted by the descheduler, strategy " + m.reason
	case m.why != "":
		is.Text += ": " + strings.TrimSpace(m.why)
	}
	is.weigh(m.budgets)
}

func (is *Departure) weigh(changes []cluster.BudgetChange) {
	for i := range changes {
		c := &changes[i]
		is.Budgets = append(is.Budgets, Budget{c.Budget.Name(), c.Desired, c.Healthy, c.HealthyAfter, c.Allowed, c.AllowedAfter})
	}
}

// preempted is a pod that goes for another one.
func (s *Story) preempted(is *Departure, name string, pod cluster.Pod) {
	is.Kind, is.By = "preemption", models.DefaultScheduler
	is.Preemptor = &Preemptor{Pod: name, Than: pod.Spec().Priority}
	is.Text = "was preempted for pod " + name
	if pod.Node() == models.None {
		return
	}
	v := pod.View()
	for _, id := range v.Node(pod.Node()).Nominated() {
		if p := v.Pod(id); reports.PodName(v, p) == name {
			is.Preemptor.Priority = p.Spec().Priority
			is.By = v.Dictionary().String(p.Spec().SchedulerName)
			is.Text += fmt.Sprintf(", whose priority is %d and not %d", p.Spec().Priority, pod.Spec().Priority)
			return
		}
	}
}

// controlled names the controller behind a departure, and why that had it go.
func (s *Story) controlled(is *Departure, pod cluster.Pod) {
	if pod.Owner() == models.None {
		return
	}
	o := pod.View().Owner(pod.Owner())
	d := o.View().Dictionary()
	if is.By == "" {
		is.By = strings.ToLower(o.Kind().String()) + "-controller"
	}
	root := rootOf(o)
	switch is.Kind {
	case "scale-down":
		if root.ID() != o.ID() && o.Spec().Template != root.Spec().Template {
			is.Kind, is.Text = "rollout", "made way in a rollout of "+ownerName(root)
			for set := range root.Children() {
				if set.Spec().Template == root.Spec().Template {
					is.Text = "made way for " + ownerName(set) + " in a rollout of " + ownerName(root)
				}
			}
			return
		}
		is.Text += fmt.Sprintf(": %s is to have %s", ownerName(root), reports.Plural(int(root.Replicas()), "replica"))
		if owner := s.owners[root.ID()]; owner != nil && owner.scaledBy != "" {
			is.Text += ", " + owner.scaledBy
		}
	case "job-failed":
		is.Text += because(d.String(o.Reason()))
		for c := range o.Conditions() {
			if t := d.String(c.Type); (t == "FailureTarget" || t == "Failed") && o.Reason() == 0 {
				is.Text += because(d.String(c.Reason))
				return
			}
		}
	case "owner-deleted":
		is.Text += ", " + ownerName(root)
	}
}

// suffered tells what had befallen the node of a pod.
func (s *Story) suffered(is *Departure, l *life, v cluster.View) {
	if l.nodeID == models.None {
		return
	}
	d, pod := v.Dictionary(), v.Pod(l.id)
	switch is.Kind {
	case "taint":
		for _, t := range v.Node(l.nodeID).Taints() {
			if _, forever, _ := models.TolerationTime(pod.Spec().Tolerations, t); t.Effect == models.NoExecute && !forever {
				is.Taints = append(is.Taints, taintText(t, d))
			}
		}
		if len(is.Taints) > 0 {
			is.Text = "was evicted from node " + l.node + " for its taint " + strings.Join(is.Taints, ", ")
		}
	case "node-lost", "node-shutdown", "spot", "node-pressure", "failed":
	default:
		return
	}
	if is.Kind == "failed" && !v.Node(l.nodeID).Down() {
		return
	}
	if is.Trouble = s.troubleOf(l.nodeID); is.Trouble != "" && is.Kind != "node-pressure" {
		is.Text += "; the node " + is.Trouble
	}
}

// lose lets somebody replace the pod, if its owner is to.
func (s *Story) lose(is *Departure, l *life, pod cluster.Pod) {
	owner := s.owners[l.owner]
	if l.owner == models.None || owner == nil {
		return
	}
	switch is.Kind {
	case "scale-down", "owner-deleted", "job-failed", "job-finished", "job-suspended", "ttl":
		return
	case "rollout":
		if pod.View().Owner(l.owner).Kind() == models.ReplicaSet {
			return
		}
	}
	if pod.Phase() == models.Succeeded && pod.View().Owner(l.owner).Kind() == models.Job {
		return
	}
	owner.losses = append(owner.losses, l)
}
