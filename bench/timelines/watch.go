package timelines

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/evict"
)

// watcher folds the operations of a run into facts, as the recorder of a control
// plane would have written them. It implements cluster.Observer.
//
// Some writes of the original have no operation of their own and are told with the
// one that they go with: the kubelet's first status with the binding, the end of the
// containers of a deleted pod with its removal, and the counters of controllers
// with what they count.
type watcher struct {
	names  *names
	events *kubectl.Events
	facts  []Fact
	now    models.Time
	pods   map[models.PodID]*podState
	status map[models.OwnerID]*status
	order  []models.OwnerID // of status
	// active are the Jobs of a CronJob, as they were last told.
	active map[models.OwnerID]string
	// suspend are the Jobs, and whether they are suspended.
	suspend map[models.OwnerID]bool
	// unknown are the nodes whose conditions were last told to be Unknown.
	unknown map[models.NodeID]bool
	// budgets are the fields of PodDisruptionBudgets as they were last told.
	budgets map[int32]map[string]string
	// scaled are the current and desired replicas in the statuses of autoscalers.
	scaled map[models.OwnerID][2]int32
	// newborn is a ReplicaSet that its Deployment has just made.
	newborn *status
}

// podState is what has been told of a pod.
type podState struct {
	up, started bool
	graceful    bool        // it is being deleted and has some time left
	deadline    models.Time // of its deletion
	deletion    string      // told of it
	ready       string
	scheduled   string
	nominated   bool
	phase       models.Phase
	owner       models.OwnerID
}

func newWatcher() *watcher {
	w := &watcher{
		names: newNames(), events: kubectl.NewEvents(kubectl.DefaultStart), pods: make(map[models.PodID]*podState), status: make(map[models.OwnerID]*status),
		unknown: make(map[models.NodeID]bool), budgets: make(map[int32]map[string]string), suspend: make(map[models.OwnerID]bool), scaled: make(map[models.OwnerID][2]int32), active: make(map[models.OwnerID]string),
	}
	w.events.Told = w.event
	return w
}

// seconds is a moment as facts have it, to the millisecond.
func seconds(t models.Time) float64 { return math.Round(t.Seconds()*1000) / 1000 }

func (w *watcher) tell(kind, name, field, value string) {
	w.facts = append(w.facts, Fact{At: seconds(w.now), Kind: kind, Name: name, Field: field, Value: value})
}

// Observe takes in one operation that was applied.
func (w *watcher) Observe(now models.Time, op *models.Op, v cluster.View) {
	w.christen(op)
	w.flush(now)
	w.now = now
	w.refused(op, v.Dictionary())
	w.events.Observe(now, op, v)
	fields := op.Kind.Fields()
	switch {
	case op.Kind == models.OpAllowDisruption, op.Kind == models.OpAddBudget, op.Kind == models.OpUpdateBudget, op.Kind == models.OpRemoveBudget,
		op.Kind == models.OpWriteBudgetStatus:
		w.budget(op, v)
	case fields&models.FieldPod != 0:
		w.pod(op, v)
	case fields&models.FieldOwner != 0:
		w.owner(op, v)
	case op.Kind == models.OpBindClaim, op.Kind == models.OpPlaceClaim, op.Kind == models.OpRemoveClaim, op.Kind == models.OpRefuse,
		op.Kind == models.OpBeginFault, op.Kind == models.OpEndFault:
	case op.Kind >= models.OpPutPolicy && op.Kind <= models.OpUseQuota:
		w.policy(op, v)
	case op.Kind >= models.OpAddNamespace && op.Kind <= models.OpDropNamespace:
	default:
		w.node(op, v)
	}
}

// end tells what is still to be told when the run is over.
func (w *watcher) end(at models.Time) []Fact {
	w.christen(nil)
	w.flush(at.Add(time.Nanosecond))
	w.events.Flush()
	sortByTime(w.facts)
	return w.facts
}

func (w *watcher) node(op *models.Op, v cluster.View) {
	node := v.Node(op.Node)
	switch op.Kind {
	case models.OpAddNode:
		if w.now > 0 { // the others were there before the recording
			w.tell("Node", node.Name(), Added, "")
			if node.Ready() != models.ConditionTrue {
				w.tell("Node", node.Name(), "conditions.Ready", node.Ready().String()+":KubeletNotReady")
			}
			w.unknown[node.ID()] = true // so that it tells what they are
			w.pressures(node, node.Ready())
		}
	case models.OpRemoveNode:
		w.tell("Node", node.Name(), Deleted, "")
	case models.OpSetNodeReady:
		status := models.ConditionStatus(op.Arg).String()
		w.tell("Node", node.Name(), "conditions.Ready", status+":"+v.Dictionary().String(op.Reason))
		w.pressures(node, models.ConditionStatus(op.Arg))
	case models.OpSilenceNode:
		w.heard(node, v)
	case models.OpTaintNode, models.OpUntaintNode:
		w.taints(node, v.Dictionary())
	case models.OpCordonNode:
		value := "null"
		if op.Arg == 1 {
			value = "true"
		}
		w.tell("Node", node.Name(), "unschedulable", value)
	}
}

// pressures tells the conditions of a node that nobody knows while its kubelet is silent.
func (w *watcher) pressures(node cluster.Node, ready models.ConditionStatus) {
	is := ready == models.ConditionUnknown
	if is == w.unknown[node.ID()] {
		return
	}
	w.unknown[node.ID()] = is
	for _, c := range [][2]string{
		{"DiskPressure", "KubeletHasNoDiskPressure"}, {"MemoryPressure", "KubeletHasSufficientMemory"}, {"PIDPressure", "KubeletHasSufficientPID"},
	} {
		text := "False:" + c[1]
		if is {
			text = "Unknown:NodeStatusUnknown"
		}
		w.tell("Node", node.Name(), "conditions."+c[0], text)
	}
}

// heard gives the pods that were deleted while the kubelet was silent their grace from
// when it hears of that.
func (w *watcher) heard(node cluster.Node, v cluster.View) {
	if !node.Heard() {
		return
	}
	for _, id := range node.Pods() {
		if pod, state := v.Pod(id), w.pods[id]; state.graceful {
			state.deadline = max(state.deadline, w.now.Add(pod.Deadline().Sub(pod.DeletedAt())))
		}
	}
}

func (w *watcher) taints(node cluster.Node, d *models.Dictionary) {
	list := []string{}
	for _, t := range node.Taints() {
		text := d.String(t.Key)
		if value := d.String(t.Value); value != "" {
			text += "=" + value
		}
		list = append(list, text+":"+t.Effect.String())
	}
	w.tell("Node", node.Name(), "taints", encode(list))
}

func (w *watcher) owner(op *models.Op, v cluster.View) {
	o := v.Owner(op.Owner)
	kind := o.Kind().String()
	if op.Kind == models.OpCreateOwner {
		w.names.addOwner(o)
		w.created(kind, o, v)
	}
	name := w.names.owners[o.ID()]
	if o.Kind() == models.HorizontalPodAutoscaler {
		w.autoscaler(op, name, o, v.Dictionary())
	}
	switch op.Kind {
	case models.OpRecordRevision, models.OpSettleRevision:
		w.revision(op, o, v)
	case models.OpScaleOwner:
		if o.Kind() == models.DaemonSet {
			break // that is status
		}
		if w.newborn != w.status[o.ID()] {
			w.tell(kind, name, replicasField(o.Kind()), encode(op.Arg))
		}
	case models.OpSetCondition:
		w.condition(op, kind, name, v.Dictionary())
	case models.OpFinishOwner:
		w.jobStatus(o)
		if op.Arg == 1 {
			w.tell("Job", name, "completionTime", encode(math.Floor(w.now.Seconds())))
		}
	case models.OpWriteJobStatus:
		w.jobStatus(o)
	case models.OpUpdateOwner:
		if o.Kind() == models.Job {
			w.suspended(name, o)
		}
	case models.OpTerminateOwner:
		finalizer := map[models.Propagation]string{models.Foreground: "foregroundDeletion", models.Orphan: "orphan"}[models.Propagation(op.Arg)]
		w.tell(kind, name, "deletionAt", encode(math.Floor(w.now.Seconds())))
		w.tell(kind, name, "finalizers", encode([]string{finalizer}))
		w.tell(kind, name, "grace", "0")
	case models.OpAdoptOwner:
		w.tell(kind, name, "owner", encode(v.Owner(op.Parent).Kind().String()+"/"+w.names.owners[op.Parent]))
	case models.OpOrphanOwner:
		w.tell(kind, name, "owner", "null")
	case models.OpDeleteOwner:
		w.tell(kind, name, Deleted, "")
	}
	if parent := o.Parent(); parent != models.None && o.Kind() == models.Job {
		w.cron(op, v.Owner(parent))
	}
	w.count(o, v)
}

// cron tells what a CronJob knows of its Jobs.
func (w *watcher) cron(op *models.Op, parent cluster.Owner) {
	name := w.names.owners[parent.ID()]
	switch op.Kind {
	case models.OpCreateOwner:
		w.tell("CronJob", name, "lastScheduleTime", encode(60*math.Floor(w.now.Seconds()/60)))
	case models.OpFinishOwner:
		if op.Arg == 1 {
			w.tell("CronJob", name, "lastSuccessfulTime", encode(math.Floor(w.now.Seconds())))
		}
	case models.OpDeleteOwner:
	default:
		return
	}
	var active []string
	for job := range parent.Children() {
		if job.Live() {
			active = append(active, w.names.owners[job.ID()])
		}
	}
	list := "null"
	if active != nil {
		list = encode(active)
	}
	if w.active[parent.ID()] != list {
		w.active[parent.ID()] = list
		w.tell("CronJob", name, "active", list)
	}
}

// created tells of a new owner. A ReplicaSet that a Deployment makes is created
// with the replicas that the next operation gives it.
func (w *watcher) created(kind string, o cluster.Owner, v cluster.View) {
	name := w.names.owners[o.ID()]
	w.tell(kind, name, Added, "")
	if parent := o.Parent(); parent != models.None {
		w.tell(kind, name, "owner", encode(v.Owner(parent).Kind().String()+"/"+w.names.owners[parent]))
	}
	if o.Kind() != models.CronJob && o.Kind() != models.DaemonSet && o.Kind() != models.HorizontalPodAutoscaler && (o.Parent() == models.None || o.Kind() == models.Job) {
		w.tell(kind, name, replicasField(o.Kind()), encode(o.Replicas()))
	}
	switch o.Kind() {
	case models.Job:
		w.suspended(name, o)
	case models.ReplicaSet:
		w.image(kind, name, v.Spec(o.Spec().Template), v.Dictionary())
	}
}

// revision tells of a ControllerRevision, and of the revisions in a status.
func (w *watcher) revision(op *models.Op, o cluster.Owner, v cluster.View) {
	const kind = "ControllerRevision"
	name, isNew := w.names.addRevision(o, control.RevisionHash(v, v.Spec(models.SpecID(op.Def))))
	switch {
	case op.Kind == models.OpSettleRevision:
		w.tell(o.Kind().String(), w.names.owners[o.ID()], "currentRevision", encode(name))
		return
	case op.Arg == models.None:
		w.tell(kind, name, Deleted, "")
		return
	case isNew:
		w.tell(kind, name, Added, "")
		w.tell(kind, name, "owner", encode(o.Kind().String()+"/"+w.names.owners[o.ID()]))
	}
	w.tell(kind, name, "revision", encode(op.Arg))
	if o.Kind() == models.StatefulSet {
		w.tell(o.Kind().String(), w.names.owners[o.ID()], "updateRevision", encode(name))
	}
}

// image tells the image of the first container of a template.
func (w *watcher) image(kind, name string, spec *models.PodSpec, d *models.Dictionary) {
	if len(spec.Containers) > 0 {
		w.tell(kind, name, "image", encode(d.String(spec.Containers[0].Image)))
	}
}

func replicasField(k models.OwnerKind) string {
	if k == models.Job {
		return "parallelism"
	}
	return "spec"
}

func (w *watcher) condition(op *models.Op, kind, name string, d *models.Dictionary) {
	field := "conditions." + d.String(op.Name)
	if op.Arg == models.None {
		w.tell(kind, name, field, "null")
		return
	}
	text := models.ConditionStatus(op.Arg).String() + ":" + d.String(op.Reason)
	if message := d.String(op.Message); message != "" {
		text += ": " + w.names.in(message)
	}
	w.tell(kind, name, field, text)
}

// suspended tells whether a Job is suspended, if that was not told before.
func (w *watcher) suspended(name string, o cluster.Owner) {
	rules := o.Spec().Rules
	is := rules != nil && rules.Suspend
	if before, told := w.suspend[o.ID()]; !told || before != is {
		w.suspend[o.ID()] = is
		w.tell("Job", name, "suspend", encode(is))
	}
}

// podCauses are the conditions that tell why a pod was deleted, by the beginning of
// the reason that podsim gives.
var podCauses = []struct{ cause, condition string }{
	{"EvictionByEvictionAPI", "True:EvictionByEvictionAPI: Eviction API: evicting"},
	{evict.ReasonTaintManager, "True:DeletionByTaintManager: Taint manager: deleting due to NoExecute taint"},
	{plugins.ReasonPreemption, "True:PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod"},
}

func disruption(cause string) (condition string, ok bool) {
	at := slices.IndexFunc(podCauses, func(c struct{ cause, condition string }) bool { return strings.HasPrefix(cause, c.cause) })
	if at < 0 {
		return "", false
	}
	return podCauses[at].condition, true
}
