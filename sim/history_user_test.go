package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// doings is a random history of a cluster in which a user applies, changes, scales,
// rolls back and deletes objects of every kind, and works on nodes, while nodes fail.
// At the end of the busy phase the user leaves things so that they can settle.
type doings struct {
	*world
	draw    chance
	objects []*userObject
	joined  bool
	last    []Step // done when the busy phase is over
}

// userObject is an object as its user wants it now. The template of its last version
// never becomes Ready.
type userObject struct {
	name     string
	owner    models.OwnerSpec
	child    *models.OwnerSpec
	versions []*Template
	version  int
}

func newDoings(t testing.TB, draw chance) *doings {
	h := &doings{world: newWorld(t), draw: draw}
	h.config.Seed, h.config.CheckEvery, h.config.Horizon = uint64(draw.IntN(1000)), 1, busy+quiet
	if draw.IntN(3) > 0 {
		h.config.Latencies, h.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
		h.config.Latencies.Binding = one(draw, 0, 4*time.Millisecond, 3*time.Second)
	}
	for i := range 3 {
		h.node(fmt.Sprint("n", i), one(draw, "a", "b"), models.Resources{models.CPU: 64000})
	}
	for _, name := range []string{"default", "shop"} {
		h.config.Objects.Namespaces = append(h.config.Objects.Namespaces, &models.NamespaceSpec{Name: h.d.Sym(name)})
	}
	for range 1 + draw.IntN(5) {
		h.addObject()
	}
	at := 3 * second // everything has come
	for range draw.IntN(15) {
		at += models.Time(one(draw, time.Minute, 0, time.Second, 10*time.Second)) + models.Time(draw.IntN(3))
		h.act(min(at, busy-second))
	}
	h.settle()
	for range draw.IntN(3) {
		h.config.Faults = append(h.config.Faults, fault.Fault{
			Name: h.d.Sym("power"), Until: models.Never, Target: fault.Target{Count: 1 + draw.IntN(3)},
			At: []models.Time{models.Time(draw.IntN(1200)) * second}, Duration: seconds(draw, 30, 400, 100),
		})
	}
	return h
}

func (h *doings) addObject() {
	kind := models.OwnerKind(h.draw.IntN(int(models.CronJob) + 1))
	o := &userObject{name: fmt.Sprint("x", len(h.objects)), owner: models.OwnerSpec{
		Kind: kind, Namespace: h.d.Sym(one(h.draw, "default", "default", "shop")), Replicas: int32(h.draw.IntN(5)), RevisionHistoryLimit: int32(h.draw.IntN(3)),
		ProgressDeadline: one(h.draw, 0, 10*time.Minute),
	}}
	if kind != models.Job && kind != models.CronJob { // those have generated selectors
		o.owner.Selector = h.selects("app", o.name)
	}
	policy, hash := models.RestartAlways, models.LabelRevisionHash
	switch kind {
	case models.Deployment:
		o.owner.Strategy, hash = one(h.draw, models.RollingUpdate, models.RollingUpdate, models.Recreate), models.LabelPodTemplateHash
		o.owner.MaxSurge, o.owner.MaxUnavailable = models.Share{Value: 25, Percent: true}, models.Share{Value: 25, Percent: true}
		o.child = &models.OwnerSpec{Kind: models.ReplicaSet, Namespace: o.owner.Namespace}
	case models.StatefulSet:
		o.owner.Parallel = h.draw.IntN(2) == 0
	case models.DaemonSet:
		o.owner.Replicas, o.owner.MaxUnavailable = 0, models.Share{Value: 1, Given: true}
	case models.Job, models.CronJob:
		policy = one(h.draw, models.RestartNever, models.RestartOnFailure)
		h.makeJob(o, policy)
	}
	for i, startUp := range []float64{0, 5, 40, 1e6} {
		pod := h.pod(100, policy)
		pod.Namespace = o.owner.Namespace
		pod.Labels = models.NewLabels(models.Label{Key: h.d.Sym("app"), Value: h.d.Sym(o.name)}, models.Label{Key: h.d.Sym(hash), Value: h.d.Sym(fmt.Sprint("v", i))},
			models.Label{Key: h.d.Sym("version"), Value: h.d.Sym(fmt.Sprint("v", i))})
		if kind == models.DaemonSet {
			for i := range pod.Tolerations {
				pod.Tolerations[i].Seconds = nil
			}
		}
		behavior := &kubelet.Behavior{StartUp: kernel.Constant(startUp), StopTime: seconds(h.draw, -1, 0, 20), CrashEvery: seconds(h.draw, -1, -1, -1, 600)}
		if policy != models.RestartAlways {
			behavior.RunTime, behavior.ExitCode = seconds(h.draw, 60, 0, 700), seconds(h.draw, 0, 0, 1)
		}
		o.versions = append(o.versions, &Template{Pod: pod, Behavior: behavior})
	}
	h.objects = append(h.objects, o)
	h.arrive(models.Time(h.draw.IntN(3))*second, o.name, h.template(o))
	for i := len(h.list) - 1; i > 0 && h.list[i].At < h.list[i-1].At; i-- {
		h.list[i], h.list[i-1] = h.list[i-1], h.list[i]
	}
}

// selects is the selector of one label.
func (h *doings) selects(key, value string) models.Selector {
	return models.Selector{{Key: h.d.Sym(key), Op: models.In, Values: []models.Sym{h.d.Sym(value)}}}
}

// template is an object as it is wanted now.
func (h *doings) template(o *userObject) *Template {
	owner, version := o.owner, o.versions[o.version]
	if owner.Rules != nil {
		rules := *owner.Rules
		owner.Rules = &rules
	}
	if owner.Cron != nil {
		rules := *owner.Cron
		owner.Cron = &rules
	}
	owner.TemplateHash = h.d.Sym(fmt.Sprint("v", o.version))
	t := &Template{Pod: version.Pod, Behavior: version.Behavior, Owner: &owner}
	if o.child != nil {
		child := *o.child
		child.MinReadySeconds = owner.MinReadySeconds
		if owner.Kind == models.Deployment {
			child.Labels = version.Pod.Labels
			child.Selector = append(h.selects("app", o.name), h.selects(models.LabelPodTemplateHash, fmt.Sprint("v", o.version))...)
		}
		t.ReplicaSet = &child
	}
	return t
}

// act lets the user do something.
func (h *doings) act(at models.Time) {
	o := one(h.draw, h.objects...)
	switch kind := h.draw.IntN(12 + deeds); kind {
	case 0:
		if k := o.owner.Kind; k != models.Job && k != models.CronJob && k != models.DaemonSet {
			o.owner.Replicas = int32(h.draw.IntN(6))
			h.plan(o, Step{At: at, Kind: StepScale, Replicas: o.owner.Replicas})
		}
	case 1, 2, 3:
		h.edit(o)
		h.plan(o, Step{At: at, Kind: StepUpdate, Template: h.template(o), Replicas: o.wanted()})
	case 4:
		h.plan(o, Step{At: at, Kind: StepUndo, Template: h.template(o), Replicas: models.Unset})
	case 5, 6:
		h.plan(o, Step{At: at, Kind: StepDelete, Grace: -1, Propagation: one(h.draw, models.Background, models.Foreground, models.Orphan)})
	case 7:
		h.plan(o, Step{At: at, Kind: StepApply, Template: h.template(o), Replicas: o.owner.Replicas})
	case 8:
		h.deletePod(at, o, int32(h.draw.IntN(6)))
	case 9:
		node := models.NodeID(h.draw.IntN(3))
		h.config.Steps = append(h.config.Steps, one(h.draw, Step{Kind: StepCordon}, Step{Kind: StepUncordon}, Step{Kind: StepDeleteNode}, h.applyNode(node)))
		step := &h.config.Steps[len(h.config.Steps)-1]
		step.At, step.Node = at, node
	case 10:
		h.config.Steps = append(h.config.Steps, Step{At: at, Kind: one(h.draw, StepTaint, StepUntaint), Overwrite: true, Node: models.NodeID(h.draw.IntN(3)),
			Taint: models.Taint{Key: h.d.Sym("k"), Effect: one(h.draw, models.NoSchedule, models.NoExecute)}})
	case 11:
		if !h.joined {
			h.joined = true
			node := *h.config.Nodes[0]
			node.Name = h.d.Sym("late")
			h.config.Steps = append(h.config.Steps, Step{At: at, Kind: StepJoin, Node: models.NodeID(len(h.config.Nodes)), NodeSpec: &node})
		}
	default:
		h.deed(at, o, kind-12)
	}
}

// wanted are the replicas that an update asks for: the parallelism of a Job.
func (o *userObject) wanted() int32 {
	if o.owner.Kind == models.Job {
		return o.owner.Replicas
	}
	return models.Unset
}

// edit changes one field of an object.
func (h *doings) edit(o *userObject) {
	switch o.owner.Kind {
	case models.Job:
		if h.draw.IntN(3) == 0 {
			o.owner.Replicas = int32(1 + h.draw.IntN(3))
			return
		}
		o.owner.Rules.Suspend = !o.owner.Rules.Suspend
		return
	case models.CronJob:
		if h.draw.IntN(3) == 0 {
			o.owner.Cron.Concurrency = models.Concurrency(h.draw.IntN(3))
			return
		}
		o.owner.Cron.Suspend = !o.owner.Cron.Suspend
		return
	}
	switch h.draw.IntN(5) {
	case 0:
		o.owner.MinReadySeconds = one(h.draw, int32(0), 7)
	case 1:
		o.owner.Paused = o.owner.Kind == models.Deployment && !o.owner.Paused
	case 2:
		if o.owner.Kind == models.StatefulSet {
			o.owner.Partition = int32(h.draw.IntN(3))
		}
	default:
		o.version = h.draw.IntN(len(o.versions))
	}
}

func (h *doings) plan(o *userObject, step Step) {
	step.Object = StepObject{Owner: o.owner.Kind, Namespace: o.owner.Namespace, Name: h.d.Sym(o.name), Ordinal: models.Exact}
	h.config.Steps = append(h.config.Steps, step)
}

func (h *doings) deletePod(at models.Time, o *userObject, number int32) {
	h.config.Steps = append(h.config.Steps, Step{At: at, Kind: StepDelete, Grace: -1, Force: h.draw.IntN(4) == 0,
		Object: StepObject{IsPod: true, Namespace: o.owner.Namespace, Name: h.d.Sym(o.name), Ordinal: models.Numbered(number)}})
}

// applyNode applies a node as it joined, which makes it again if it was deleted.
func (h *doings) applyNode(node models.NodeID) Step {
	return Step{Kind: StepChangeNode, Node: node, NodeChange: new(NodeChange), NodeSpec: h.config.Nodes[node]}
}

// settle takes away what keeps things from settling: versions that never become Ready,
// pauses, suspensions, partitions and taints. Nodes that were deleted are made again.
func (h *doings) settle() {
	for node := range models.NodeID(3) {
		apply := h.applyNode(node)
		apply.At = busy
		h.config.Steps = append(h.config.Steps, apply)
		h.config.Steps = append(h.config.Steps, Step{At: busy, Kind: StepUncordon, Node: node})
		for _, effect := range []models.Effect{models.NoSchedule, models.NoExecute} {
			h.config.Steps = append(h.config.Steps, Step{At: busy, Kind: StepUntaint, Node: node, Taint: models.Taint{Key: h.d.Sym("k"), Effect: effect}})
		}
	}
	for _, o := range h.objects {
		o.owner.Paused, o.owner.Partition, o.version = false, 0, min(o.version, len(o.versions)-2)
		if o.owner.Rules != nil {
			o.owner.Rules.Suspend = false
		}
		if o.owner.Cron != nil {
			o.owner.Cron.Suspend = true
		}
		h.plan(o, Step{At: busy, Kind: StepUpdate, Template: h.template(o), Replicas: models.Unset})
	}
	h.config.Steps = append(h.config.Steps, h.last...)
	for _, o := range h.objects {
		for n := range int32(6) {
			if o.owner.Kind == models.StatefulSet { // it waits for pods that never become Ready
				h.deletePod(busy+second, o, n)
			}
		}
	}
}

// play runs the history and says what it did wrong.
func (h *doings) play(marks map[string]int) error {
	s := h.simulation()
	rules := newRules(h.config.Latencies.Decision+h.config.Latencies.Binding, marks)
	for _, step := range h.config.Steps {
		if step.Force {
			rules.forced = append(rules.forced, step.At)
		}
	}
	s.Cluster().Observe(rules)
	if err := s.Run(nil); err != nil {
		return err
	}
	for i, result := range s.StepResults() {
		marks[fmt.Sprintf("step %d done: %t", h.config.Steps[i].Kind, !result.Failed)]++
	}
	wrong := append(rules.broken, nodesAndPodsSettled(s)...)
	v := s.Cluster().View()
	if v.NamespaceState(h.d.Sym("shop")).Terminating() {
		wrong = append(wrong, errors.New("namespace shop is still being deleted"))
	}
	for id := range v.Owners() {
		if o := v.Owner(models.OwnerID(id)); !o.Deleted() {
			marks[o.Kind().String()+" settled"]++
			wrong = append(wrong, objectSettled(s.Now(), v, o)...)
		}
	}
	return errors.Join(wrong...)
}

// objectSettled says in which way an object is not as its user left it. Nothing keeps
// pods from running at the end.
func objectSettled(now models.Time, v cluster.View, o cluster.Owner) []error {
	if o.Terminating() != models.Background {
		return []error{fmt.Errorf("%s %s is still being deleted", o.Kind(), o.Name())}
	}
	if justCrashed(now, o) {
		return nil
	}
	switch o.Kind() {
	case models.Deployment:
		return rolledOut(now, v, o)
	case models.StatefulSet, models.DaemonSet:
		return allRevised(now, v, o)
	case models.CronJob:
		active := 0
		for job := range o.Children() {
			if job.Live() {
				active++
			}
		}
		if active > 0 {
			return []error{fmt.Errorf("CronJob %s is suspended and has %d active Jobs", o.Name(), active)}
		}
		return nil
	}
	return ownerSettled(now, v, o, hasNeverReady(v, o))
}

// hasNeverReady reports whether an object, which keeps its old pods, has one that never
// becomes Ready.
func hasNeverReady(v cluster.View, o cluster.Owner) bool {
	for pod := range o.Pods() {
		if version, _ := pod.Spec().Labels.Get(v.Dictionary().Sym("version")); version == v.Dictionary().Sym("v3") {
			return true
		}
	}
	return false
}

// justCrashed reports whether a pod of an object, or of one of its own, is on its way
// back from a crash.
func justCrashed(now models.Time, o cluster.Owner) bool {
	for pod := range o.Pods() {
		if loops(pod, now) || pod.Restarts() > 0 && now-pod.StartedAt() < models.Time(time.Minute) {
			return true
		}
	}
	for child := range o.Children() {
		if justCrashed(now, child) {
			return true
		}
	}
	return false
}

// howMany histories are gone through; set PODSIM_HISTORIES for more.
func howMany(t *testing.T, otherwise uint64) uint64 {
	text := os.Getenv("PODSIM_HISTORIES")
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatalf("PODSIM_HISTORIES: %v", err)
	}
	return n
}

// The histories are the same each time, so that every rare state is reached.
func TestWhateverUsersDoControllersConverge(t *testing.T) {
	marks := make(map[string]int)
	for seed := range howMany(t, 1000) {
		if err := newDoings(t, rand.New(rand.NewPCG(seed, 11))).play(marks); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for kind := models.ReplicaSet; kind <= models.CronJob; kind++ {
		if marks[kind.String()+" settled"] == 0 {
			t.Errorf("never settled: a %s", kind)
		}
	}
	for kind := StepApply; kind <= StepFault; kind++ {
		if kind != StepPutPolicy && kind != StepDeletePolicy && kind != StepDebug && marks[fmt.Sprintf("step %d done: true", kind)] == 0 {
			t.Errorf("never done: a step of kind %d", kind)
		}
	}
}

// The histories are new each time and shrink if they fail.
func TestWhateverUsersDoControllersConvergeAnew(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draws := script(rapid.SliceOfN(rapid.Uint16(), 40, 300).Draw(r, "draws"))
		if err := newDoings(t, &draws).play(make(map[string]int)); err != nil {
			r.Fatal(err)
		}
	})
}
