package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// revisions is a random history of one StatefulSet or DaemonSet. Its user changes
// everything in the busy phase, and at the end of it sees to it that it can settle.
type revisions struct {
	*world
	draw      chance
	templates []*Template // those of the last never become Ready
	owner     models.OwnerSpec
}

func newRevisions(t testing.TB, draw chance, kind models.OwnerKind) *revisions {
	r := &revisions{world: newWorld(t), draw: draw}
	r.config.CheckEvery = 1
	r.config.Horizon = busy + quiet
	if draw.IntN(3) > 0 {
		r.config.Latencies, r.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
	}
	for i := range 4 {
		r.node(fmt.Sprint("n", i), "a", models.Resources{models.CPU: 64000})
	}
	for i, startUp := range []float64{0, 5, 40, 1e6} {
		pod := r.pod(100, models.RestartAlways)
		pod.Labels = models.NewLabels(models.Label{Key: r.d.Sym(models.LabelRevisionHash), Value: r.d.Sym(fmt.Sprint("v", i))})
		if kind == models.DaemonSet {
			for i := range pod.Tolerations {
				pod.Tolerations[i].Seconds = nil
			}
		}
		r.templates = append(r.templates, &Template{Pod: pod, Behavior: &kubelet.Behavior{
			StartUp: kernel.Constant(startUp), StopTime: seconds(draw, -1, 0, 20),
		}})
	}
	r.owner = models.OwnerSpec{
		Kind: kind, Namespace: r.d.Sym("default"), Replicas: int32(draw.IntN(6)), RevisionHistoryLimit: int32(draw.IntN(3)),
		Parallel: kind == models.StatefulSet && draw.IntN(2) == 0, MaxUnavailable: models.Share{Value: 1, Given: true},
	}
	if kind == models.DaemonSet {
		r.owner.Replicas = 0
	}
	version := 0
	r.arrive(0, "db", r.template(version))
	at := models.Time(0)
	for range draw.IntN(9) {
		at += models.Time(one(draw, 2*time.Minute, time.Second, 10*time.Second)) + models.Time(draw.IntN(3))
		r.change(min(at, busy), &version)
	}
	r.settle(min(version, len(r.templates)-2))
	return r
}

// change lets the user change something.
func (r *revisions) change(at models.Time, version *int) {
	o := &r.owner
	switch choice := r.draw.IntN(8); {
	case choice == 0 && o.Kind == models.StatefulSet:
		o.Replicas = int32(r.draw.IntN(6))
		r.plan(Step{At: at, Kind: StepScale, Replicas: o.Replicas})
		return
	case choice == 0:
		r.plan(Step{At: at, Kind: one(r.draw, StepTaint, StepUntaint), Overwrite: true, Node: models.NodeID(r.draw.IntN(4)),
			Taint: models.Taint{Key: r.d.Sym("k"), Effect: one(r.draw, models.NoSchedule, models.NoExecute)}})
		return
	case choice == 1:
		o.Strategy = one(r.draw, models.RollingUpdate, models.OnDelete)
	case choice == 2:
		o.Partition = int32(r.draw.IntN(3))
	case choice == 3:
		o.MinReadySeconds = one(r.draw, int32(0), 7)
	case choice == 4 && o.Kind == models.DaemonSet:
		o.MaxSurge, o.MaxUnavailable = models.Share{Value: 1, Given: true}, models.Share{Given: true}
	case choice == 5 && o.Kind == models.DaemonSet:
		o.MaxSurge, o.MaxUnavailable = models.Share{Given: true}, models.Share{Value: int32(1 + r.draw.IntN(2)), Given: true}
	default:
		*version = r.draw.IntN(len(r.templates))
	}
	r.plan(Step{At: at, Kind: StepUpdate, Template: r.template(*version), Replicas: models.Unset})
}

// settle lets the user take away what keeps the object from settling: also pods that
// never become Ready, since a StatefulSet waits for them.
func (r *revisions) settle(version int) {
	r.owner.Strategy, r.owner.Partition = models.RollingUpdate, 0
	r.plan(Step{At: busy, Kind: StepUpdate, Template: r.template(version), Replicas: models.Unset})
	for node := range models.NodeID(4) {
		for _, effect := range []models.Effect{models.NoSchedule, models.NoExecute} {
			r.plan(Step{At: busy, Kind: StepUntaint, Node: node, Taint: models.Taint{Key: r.d.Sym("k"), Effect: effect}})
		}
	}
	if r.owner.Kind == models.StatefulSet {
		for n := range int32(6) {
			r.config.Steps = append(r.config.Steps, Step{
				At: busy + second, Kind: StepDelete, Grace: -1, Text: "delete a pod",
				Object: StepObject{IsPod: true, Namespace: r.owner.Namespace, Name: r.d.Sym("db"), Ordinal: models.Numbered(n)},
			})
		}
	}
}

func (r *revisions) template(version int) *Template {
	owner, t := r.owner, r.templates[version]
	owner.TemplateHash = r.d.Sym(fmt.Sprint("v", version))
	return &Template{Pod: t.Pod, Behavior: t.Behavior, Owner: &owner}
}

func (r *revisions) plan(step Step) {
	step.Object = StepObject{Owner: r.owner.Kind, Namespace: r.owner.Namespace, Name: r.d.Sym("db"), Ordinal: models.Exact}
	r.config.Steps = append(r.config.Steps, step)
}

// play runs the history and says what it did wrong.
func (r *revisions) play(marks map[string]int) error {
	s := r.simulation()
	bounds := &revisionBounds{marks: marks}
	s.Cluster().Observe(bounds)
	if err := s.Run(nil); err != nil {
		return err
	}
	return errors.Join(append(bounds.broken, allRevised(s.config.Horizon, s.Cluster().View(), s.Cluster().View().Owner(0))...)...)
}

// hadItsPod reports whether a node came back with the pod of a DaemonSet that it had when
// it was deleted: the controller has nothing to do there, and counts nodes only as it does.
// Source: pkg/controller/daemon/daemon_controller.go (syncNodeUpdate).
func hadItsPod(o cluster.Owner) bool {
	for pod := range o.Pods() {
		if node := pod.Node(); node != models.None && pod.Created() < o.View().Node(node).Joined() {
			return true
		}
	}
	return false
}

// allRevised says in which way an object is not as it should be after a rollout.
func allRevised(now models.Time, v cluster.View, o cluster.Owner) (wrong []error) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	revisions, newest := 0, cluster.Revision{}
	for r := range o.Revisions() {
		revisions++
		if r.Number > newest.Number {
			newest = r
		}
	}
	if newest.Template != o.Spec().Template || revisions > int(o.Spec().RevisionHistoryLimit)+1 {
		fail("%d revisions, the newest is of template %d; want %d", revisions, newest.Template, o.Spec().Template)
	}
	if o.Kind() == models.StatefulSet {
		n := o.Replicas()
		if got, want := control.StatefulSetStatusOf(now, o), (control.StatefulSetStatus{Replicas: n, Ready: n, Available: n, Current: n, Updated: n}); got != want {
			fail("status %+v; want %+v", got, want)
		}
		if o.CurrentRevision() != o.Spec().Template {
			fail("the current revision is template %d; want %d", o.CurrentRevision(), o.Spec().Template)
		}
		return wrong
	}
	n := int32(v.Nodes())
	if got, want := control.DaemonSetStatusOf(now, o), (control.DaemonSetStatus{Desired: n, Current: n, Ready: n, Available: n, Updated: n}); got != want || o.Replicas() != n && !hadItsPod(o) {
		fail("status %+v of %d; want %+v", got, o.Replicas(), want)
	}
	return wrong
}

// revisionBounds is an observer that holds pods of a StatefulSet to their names, and
// those of a DaemonSet to their nodes.
type revisionBounds struct {
	broken []error
	marks  map[string]int
}

func (b *revisionBounds) Observe(now models.Time, op *models.Op, v cluster.View) {
	switch op.Kind {
	case models.OpCreatePod:
		b.created(now, v.Pod(op.Pod), v)
	case models.OpRecordRevision:
		if op.Arg == models.None {
			b.marks["a revision is forgotten"]++
		}
	case models.OpSettleRevision:
		if now > second {
			b.marks["a rollout is over"]++
		}
	case models.OpDeletePod:
		b.marks[v.Dictionary().String(op.Reason)]++
	}
}

// created looks at a new pod: nobody has its name, and in their order all before it are
// available; of daemon pods a node has an old and a new one at most.
func (b *revisionBounds) created(now models.Time, pod cluster.Pod, v cluster.View) {
	o := v.Owner(pod.Owner())
	number, _ := control.NumberOf(pod)
	target := func(p cluster.Pod) models.Sym { return p.Spec().RequiredTerms[0].Names[0].Values[0] }
	others := 0
	for other := range o.Pods() {
		if other.ID() == pod.ID() {
			continue
		}
		if o.Kind() == models.DaemonSet {
			if target(other) == target(pod) && other.Active() {
				others++
			}
			continue
		}
		n, _ := control.NumberOf(other)
		switch {
		case n == number:
			b.broken = append(b.broken, fmt.Errorf("at %s: %s is there twice", now, pod.Name()))
		case n < number && !o.Spec().Parallel && (other.Deleting() || !other.Ready()):
			b.broken = append(b.broken, fmt.Errorf("at %s: %s comes before %s is Ready", now, pod.Name(), other.Name()))
		}
	}
	if others > 1 || others > 0 && o.Spec().MaxSurge.Value == 0 {
		b.broken = append(b.broken, fmt.Errorf("at %s: %d other pods are on the node of %s", now, others, pod.Name()))
	}
	if others == 1 {
		b.marks["an old and a new daemon pod"]++
	}
}

// The histories are the same each time, so that every rare state is reached.
func TestStatefulSetsAndDaemonSetsKeepTheirBoundsAndSettle(t *testing.T) {
	marks := make(map[string]int)
	for seed := range uint64(400) {
		kind := one(rand.New(rand.NewPCG(seed, 8)), models.StatefulSet, models.DaemonSet)
		if err := newRevisions(t, rand.New(rand.NewPCG(seed, 9)), kind).play(marks); err != nil {
			t.Fatalf("%s, seed %d: %v", kind, seed, err)
		}
	}
	for _, mark := range []string{
		"a revision is forgotten", "a rollout is over", "an old and a new daemon pod", control.ReasonScaleDown, control.ReasonRollingUpdate,
		"TaintManagerEviction",
	} {
		if marks[mark] == 0 {
			t.Errorf("never reached: %s", mark)
		}
	}
}

// The histories are new each time and shrink if they fail. Nodes fail in them, too.
func TestStatefulSetsAndDaemonSetsSettleThoughNodesFail(t *testing.T) {
	rapid.Check(t, func(h *rapid.T) {
		draws := script(rapid.SliceOfN(rapid.Uint16(), 20, 120).Draw(h, "draws"))
		r := newRevisions(t, &draws, one(&draws, models.StatefulSet, models.DaemonSet))
		for range draws.IntN(3) {
			r.config.Faults = append(r.config.Faults, fault.Fault{
				Name: r.d.Sym("power"), Until: models.Never, Target: fault.Target{Count: 1 + draws.IntN(3)},
				At: []models.Time{models.Time(draws.IntN(1200)) * second}, Duration: seconds(&draws, 30, 400, 100),
			})
		}
		if err := r.play(make(map[string]int)); err != nil {
			h.Fatal(err)
		}
	})
}
