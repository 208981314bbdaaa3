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
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// rollouts is a random history of one Deployment. Its user changes everything in the
// busy phase, and at the end of it sees to it that it can settle.
type rollouts struct {
	*world
	draw      chance
	templates []*Template // of different pods; those of the last never become Ready
	owner     models.OwnerSpec
	steps     int
}

func newRollouts(t testing.TB, draw chance) *rollouts {
	r := &rollouts{world: newWorld(t), draw: draw, steps: draw.IntN(9)}
	r.config.CheckEvery = 1
	r.config.Horizon = busy + quiet
	if draw.IntN(3) > 0 {
		r.config.Latencies, r.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
		r.config.Latencies.Controller = one(draw, 10*time.Millisecond, 0, 3*time.Second)
	}
	for i := range 3 {
		r.node(fmt.Sprint("n", i), "a", models.Resources{models.CPU: 64000})
	}
	for i, startUp := range []float64{0, 5, 40, 1e6} {
		pod := r.pod(100, models.RestartAlways)
		pod.Labels = models.NewLabels(models.Label{Key: r.d.Sym(models.LabelPodTemplateHash), Value: r.d.Sym(fmt.Sprint("v", i))})
		r.templates = append(r.templates, &Template{Pod: pod, Behavior: &kubelet.Behavior{
			StartUp: kernel.Constant(startUp), StopTime: seconds(draw, -1, 0, 20),
		}})
	}
	r.owner = models.OwnerSpec{
		Kind: models.Deployment, Namespace: r.d.Sym("default"), Replicas: int32(draw.IntN(12)), ProgressDeadline: 30 * time.Second,
		// A Deployment that becomes Recreate in the middle of a rollout and is scaled at
		// the same time never goes on, here as in the original.
		Strategy:             one(draw, models.RollingUpdate, models.RollingUpdate, models.Recreate),
		RevisionHistoryLimit: 10, MaxSurge: models.Share{Value: 25, Percent: true}, MaxUnavailable: models.Share{Value: 25, Percent: true},
	}
	version := 0
	r.change(&version)
	r.arrive(0, "web", r.template(version))
	for i := range r.steps {
		at := models.Time(i+1)*models.Time(one(draw, 2*time.Minute, time.Second, 10*time.Second)) + models.Time(draw.IntN(3))
		for _, before := range r.config.Steps {
			at = max(at, before.At)
		}
		if draw.IntN(3) == 0 {
			r.plan(Step{At: at, Kind: StepScale, Replicas: int32(draw.IntN(14))})
			continue
		}
		r.change(&version)
		r.plan(Step{At: at, Kind: StepUpdate, Template: r.template(version), Replicas: models.Unset})
	}
	r.owner.Paused, version = false, min(version, len(r.templates)-2)
	r.plan(Step{At: busy, Kind: StepUpdate, Template: r.template(version), Replicas: models.Unset})
	return r
}

// change changes something of the Deployment.
func (r *rollouts) change(version *int) {
	share := func() models.Share {
		return models.Share{Value: one(r.draw, int32(25), 0, 1, 3, 100), Percent: r.draw.IntN(2) == 0, Given: true}
	}
	switch o := &r.owner; r.draw.IntN(10) {
	case 0:
		o.Paused = !o.Paused
	case 1:
		o.MinReadySeconds = one(r.draw, int32(0), 7)
	case 2:
		o.MaxSurge = share()
	case 3:
		o.MaxUnavailable = share()
	case 5:
		o.ProgressDeadline = one(r.draw, 0, 30*time.Second, 10*time.Minute)
	case 6:
		o.RevisionHistoryLimit = int32(r.draw.IntN(3))
	default:
		*version = r.draw.IntN(len(r.templates))
	}
}

// template is the Deployment as it is now.
func (r *rollouts) template(version int) *Template {
	owner, t := r.owner, r.templates[version]
	owner.TemplateHash = r.d.Sym(fmt.Sprint("v", version))
	return &Template{Pod: t.Pod, Behavior: t.Behavior, Owner: &owner, ReplicaSet: &models.OwnerSpec{
		Kind: models.ReplicaSet, Namespace: owner.Namespace, MinReadySeconds: owner.MinReadySeconds,
	}}
}

func (r *rollouts) plan(step Step) {
	step.Object = StepObject{Owner: models.Deployment, Namespace: r.owner.Namespace, Name: r.d.Sym("web"), Ordinal: models.Exact}
	r.config.Steps = append(r.config.Steps, step)
}

// play runs the history and says what it did wrong.
func (r *rollouts) play(marks map[string]int) error {
	s := r.simulation()
	bounds := &rolloutBounds{marks: marks, patience: 4 * models.Time(r.config.Latencies.Controller), strict: len(r.config.Faults) == 0}
	s.Cluster().Observe(bounds)
	if err := s.Run(nil); err != nil {
		return err
	}
	return errors.Join(append(bounds.broken, rolledOut(s.config.Horizon, s.Cluster().View(), s.Cluster().View().Owner(0))...)...)
}

// rolledOut says in which way a Deployment is not as it should be after a rollout.
func rolledOut(now models.Time, v cluster.View, o cluster.Owner) (wrong []error) {
	d := v.Dictionary()
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	old, newest, fresh := 0, int64(0), int64(-1)
	for set := range o.Children() {
		n := set.Counts()
		newest = max(newest, set.Revision())
		if set.Spec().Template == o.Spec().Template {
			fresh = set.Revision()
			if set.Replicas() != o.Replicas() || n.Active != o.Replicas() || set.Available(now) != o.Replicas() {
				fail("%s has %d replicas, pods %+v; want %d", set.Name(), set.Replicas(), n, o.Replicas())
			}
			if set.Spec().MinReadySeconds != o.Spec().MinReadySeconds {
				fail("%s has minReadySeconds %d; want %d", set.Name(), set.Spec().MinReadySeconds, o.Spec().MinReadySeconds)
			}
			continue
		}
		old++
		if set.Replicas() != 0 || n.Active != 0 || n.Terminating != 0 {
			fail("%s is old and has %d replicas, pods %+v", set.Name(), set.Replicas(), n)
		}
	}
	switch available, _ := o.Condition(d.Sym("Available")); {
	case fresh != newest:
		fail("the template is revision %d of %d", fresh, newest)
	case old > int(o.Spec().RevisionHistoryLimit):
		fail("%d old ReplicaSets; want at most %d", old, o.Spec().RevisionHistoryLimit)
	case available.Status != models.ConditionTrue:
		fail("Available is %s", available.Status)
	}
	progressing, there := o.Condition(d.Sym("Progressing"))
	if want := o.Spec().ProgressDeadline > 0; there != want || want && d.String(progressing.Reason) != "NewReplicaSetAvailable" {
		fail("Progressing: %t, %s", there, d.String(progressing.Reason))
	}
	return wrong
}

// rolloutBounds is an observer that holds a Deployment to its bounds: whatever the
// controller does, there are no more pods and no fewer available ones than the
// strategy allows, as soon as a sync is over. Where its user has just moved the
// bounds, things get no worse.
type rolloutBounds struct {
	strict      bool // no nodes fail
	patience    models.Time
	now         models.Time
	is          rolloutState
	most, least int32
	lenient     models.Time
	broken      []error
	marks       map[string]int
}

// rolloutState is what a Deployment has and may have.
type rolloutState struct {
	total, available, active int32
	most, least              int32
}

func rolloutStateOf(now models.Time, o cluster.Owner) (is rolloutState) {
	is.most, is.least = o.Replicas()+o.Spec().Surge(o.Replicas()), o.Replicas()-o.Spec().Unavailable(o.Replicas())
	if o.Spec().Strategy == models.Recreate {
		is.least = 0
	}
	for set := range o.Children() {
		is.total += set.Replicas()
		is.available += set.Available(now)
		if set.Replicas() > 0 {
			is.active++
		}
	}
	return is
}

func (b *rolloutBounds) Observe(now models.Time, op *models.Op, v cluster.View) {
	if v.Owners() == 0 {
		return
	}
	if now > b.now {
		b.judge()
		b.now = now
	}
	o, d := v.Owner(0), v.Dictionary()
	b.is = rolloutStateOf(now, o)
	switch op.Kind {
	case models.OpScaleOwner:
		if op.Owner == 0 {
			b.lenient = now + b.patience
			b.mark(b.is.active > 1, "scaled during a rollout")
			b.mark(o.Spec().Paused && b.is.active > 1, "scaled while paused in a rollout")
			b.most = max(b.is.most, b.is.total)
		}
	case models.OpUpdateOwner, models.OpCreateOwner:
		b.most, b.least = max(b.is.most, b.is.total), min(b.is.least, b.is.available)
		b.mark(op.Owner == 0 && b.is.active > 1, "updated during a rollout")
	case models.OpReviseOwner:
		b.mark(v.Owner(op.Owner).Created() < now && v.Owner(op.Owner).Replicas() == 0, "an old ReplicaSet is revived")
	case models.OpDeleteOwner:
		b.mark(d.String(op.Reason) == "RevisionHistoryLimit", "an old revision is forgotten")
	case models.OpSetCondition:
		b.mark(op.Arg == models.None, "no deadline any more")
		b.mark(true, d.String(op.Reason))
	}
	b.mark(b.is.active > 2, "three ReplicaSets have replicas")
}

// judge looks at how things stood when an instant was over.
func (b *rolloutBounds) judge() {
	if b.now <= b.lenient {
		b.least = 0
	}
	switch {
	case b.is.total > b.most:
		b.broken = append(b.broken, fmt.Errorf("at %s: %d replicas; want at most %d", b.now, b.is.total, b.most))
	case b.strict && b.is.available < b.least:
		b.broken = append(b.broken, fmt.Errorf("at %s: %d available; want at least %d", b.now, b.is.available, b.least))
	}
	b.most, b.least = min(b.most, max(b.is.most, b.is.total)), max(b.least, min(b.is.least, b.is.available))
}

func (b *rolloutBounds) mark(when bool, what string) {
	if when {
		b.marks[what]++
	}
}

// The histories are the same each time, so that every rare state is reached.
func TestRolloutsKeepTheirBoundsAndComplete(t *testing.T) {
	marks := make(map[string]int)
	for seed := range uint64(1000) {
		if err := newRollouts(t, rand.New(rand.NewPCG(seed, 6))).play(marks); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for _, mark := range []string{
		"scaled during a rollout", "scaled while paused in a rollout", "updated during a rollout", "an old ReplicaSet is revived",
		"an old revision is forgotten", "no deadline any more", "three ReplicaSets have replicas", "NewReplicaSetCreated", "FoundNewReplicaSet",
		"ReplicaSetUpdated", "NewReplicaSetAvailable", "ProgressDeadlineExceeded", "DeploymentPaused", "DeploymentResumed",
		"MinimumReplicasAvailable", "MinimumReplicasUnavailable",
	} {
		if marks[mark] == 0 {
			t.Errorf("never reached: %s", mark)
		}
	}
}

// The histories are new each time and shrink if they fail. Nodes fail in them, too.
func TestRolloutsCompleteThoughNodesFail(t *testing.T) {
	rapid.Check(t, func(h *rapid.T) {
		draws := script(rapid.SliceOfN(rapid.Uint16(), 20, 200).Draw(h, "draws"))
		r := newRollouts(t, &draws)
		for range draws.IntN(4) {
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
