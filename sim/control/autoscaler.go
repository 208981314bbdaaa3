package control

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/usage"
)

// autoscaler is the controller of HorizontalPodAutoscalers.
// Source: pkg/controller/podautoscaler/horizontal.go.
type autoscaler struct {
	meter    *usage.Meter
	statuses statuses
	state    map[models.OwnerID]*autoscalerState
}

// The conditions of an autoscaler.
const (
	ableToScale    = "AbleToScale"
	scalingActive  = "ScalingActive"
	scalingLimited = "ScalingLimited"
)

// autoscalerState is what the controller keeps of an autoscaler.
type autoscalerState struct {
	history
	due      models.Time // its next sync
	target   models.OwnerID
	selector models.Selector // of its target, once that is known
	selects  bool
}

// autoscalerPeriod lies between two syncs of an autoscaler, beside the time that one
// takes, and before the first.
// Source: pkg/controller/podautoscaler/config (HorizontalPodAutoscalerSyncPeriod).
const autoscalerPeriod = 15 * time.Second

func (a *autoscaler) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, Next) {
	state := a.state[o.ID()]
	if state == nil {
		state = &autoscalerState{due: now.Add(autoscalerPeriod), target: models.None}
		a.state[o.ID()] = state
	}
	if now < state.due {
		return ops, Next{Wake: state.due}
	}
	s := scaling{
		autoscaler: a, now: now, sample: now.Floor(usage.Resolution), v: v, o: o, rules: o.Spec().Autoscaler, state: state,
		conditions: slices.Collect(o.Conditions()), ops: ops,
	}
	s.sync()
	state.due = now.Add(autoscalerPeriod)
	return s.ops, Next{Wake: models.Never, Again: autoscalerPeriod}
}

// restart forgets what the controller keeps only while it runs: recommendations, past
// changes of scale and when it looks next.
func (a *autoscaler) restart() { clear(a.state) }

// scaling is one sync of an autoscaler.
type scaling struct {
	*autoscaler
	now, sample models.Time
	v           cluster.View
	o           cluster.Owner
	rules       *models.AutoscalerRules
	state       *autoscalerState
	target      cluster.Owner
	current     int32
	found       []cluster.Pod // of the target; nil before somebody asks
	conditions  []cluster.Condition
	ops         []models.Op
}

// condition sets a condition of the status that is to be written.
func (s *scaling) condition(kind string, status models.ConditionStatus, reason, message string) {
	d := s.v.Dictionary()
	is := cluster.Condition{Type: d.Sym(kind), Status: status, Reason: d.Sym(reason), Message: d.Sym(message)}
	at := slices.IndexFunc(s.conditions, func(c cluster.Condition) bool { return c.Type == is.Type })
	if at < 0 {
		s.conditions = append(s.conditions, is)
		return
	}
	is.Changed = s.conditions[at].Changed
	s.conditions[at] = is
}

// warn tells of the autoscaler in an Event.
func (s *scaling) warn(reason, message string) {
	d := s.v.Dictionary()
	s.ops = append(s.ops, models.Op{Kind: models.OpReportOwner, Owner: s.o.ID(), Arg: 1, Reason: d.Sym(reason), Message: d.Sym(message)})
}

// write writes what is new in the status.
func (s *scaling) write(desired int32, metrics []cluster.Measurement) {
	was := s.o.Autoscaler()
	for _, c := range s.conditions {
		if before, ok := s.o.Condition(c.Type); !ok || before != c {
			s.ops = append(s.ops, models.Op{
				Kind: models.OpSetCondition, Owner: s.o.ID(), Name: c.Type, Arg: int64(c.Status), Reason: c.Reason, Message: c.Message,
			})
		}
	}
	for place := range max(len(metrics), len(was.Metrics)) {
		before, is := noMeasurement, noMeasurement
		if place < len(was.Metrics) {
			before = was.Metrics[place]
		}
		if place < len(metrics) {
			is = metrics[place]
		}
		for amount := range is {
			if is[amount] != before[amount] {
				def := models.MeasureDef(place, models.TargetKind(amount))
				s.ops = append(s.ops, models.Op{Kind: models.OpMeasure, Owner: s.o.ID(), Def: def, Arg: is[amount]})
			}
		}
	}
	if was.Current != s.current || was.Desired != desired {
		s.ops = append(s.ops, models.Op{Kind: models.OpWriteScale, Owner: s.o.ID(), Def: s.current, Arg: int64(desired)})
	}
}

var noMeasurement = cluster.Measurement{models.Unmeasured, models.Unmeasured, models.Unmeasured}

// sync is one look at an autoscaler.
// Source: pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler).
func (s *scaling) sync() {
	if err := s.findTarget(); err != nil {
		was := s.o.Autoscaler()
		s.current = was.Current
		s.warn("FailedGetScale", err.Error())
		s.condition(ableToScale, models.ConditionFalse, "FailedGetScale", "the HPA controller was unable to get the target's current scale: "+err.Error())
		s.write(was.Desired, was.Metrics)
		return
	}
	s.condition(ableToScale, models.ConditionTrue, "SucceededGetScale", "the HPA controller was able to get the target's current scale")
	s.current = s.target.Replicas()
	if s.state.recommendations == nil {
		s.state.recommendations = []moment{{s.current, s.now}}
	}
	desired, reason := s.current, ""
	var metrics []cluster.Measurement
	switch {
	case s.current == 0:
		s.condition(scalingActive, models.ConditionFalse, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
	case s.current > s.rules.Max:
		desired, reason = s.rules.Max, "Current number of replicas above Spec.MaxReplicas"
	case s.current < s.rules.Min:
		desired, reason = s.rules.Min, "Current number of replicas below Spec.MinReplicas"
	default:
		var name string
		var err error
		desired, name, metrics, err = s.desired()
		if err != nil && desired < 0 {
			s.write(s.o.Autoscaler().Desired, metrics)
			s.warn("FailedComputeMetricsReplicas", err.Error())
			return
		}
		switch {
		case desired > s.current:
			reason = name + " above target"
		case desired < s.current:
			reason = "All metrics below target"
		}
		desired = s.limit(desired)
	}
	if desired != s.current {
		s.rescale(desired, reason)
	}
	s.write(desired, metrics)
}

// limit brings a recommendation within bounds.
func (s *scaling) limit(desired int32) int32 {
	var l limited
	if s.rules.Behavior == nil {
		l = s.state.plainly(s.now, s.current, desired, s.rules)
	} else {
		l = s.state.behaving(s.now, s.current, desired, s.rules)
	}
	s.condition(ableToScale, models.ConditionTrue, l.able, l.ableText)
	status := models.ConditionFalse
	if l.limited {
		status = models.ConditionTrue
	}
	s.condition(scalingLimited, status, l.reason, l.limitsText)
	return l.replicas
}

// rescale gives the target other replicas.
func (s *scaling) rescale(to int32, reason string) {
	s.ops = append(s.ops,
		models.Op{Kind: models.OpScaleOwner, Owner: s.target.ID(), Arg: int64(to)},
		models.Op{Kind: models.OpRescale, Owner: s.o.ID(), Arg: int64(to), Message: s.v.Dictionary().Sym(reason)})
	s.condition(ableToScale, models.ConditionTrue, "SucceededRescale", fmt.Sprintf("the HPA controller was able to update the target scale to %d", to))
	s.state.scaled(s.now, s.current, to, s.rules.Behavior)
}

// desired returns the most replicas that a metric asks for, with the name of that. With
// an error they count only if they are not negative: a metric that fails keeps the
// target from shrinking.
// Source: pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetrics).
func (s *scaling) desired() (replicas int32, name string, metrics []cluster.Measurement, err error) {
	if err := s.checkSelector(); err != nil {
		return -1, "", nil, err
	}
	invalid := 0
	var first error
	var reason, text string
	for i := range s.rules.Metrics {
		r, why, said, wrong := s.compute(&s.rules.Metrics[i])
		metrics = append(metrics, noMeasurement)
		if wrong != nil {
			s.warn(why, wrong.Error())
			if invalid == 0 {
				first, reason, text = fmt.Errorf("%s%w", said, wrong), why, "the HPA was unable to compute the replica count: "+wrong.Error()
			}
			invalid++
			continue
		}
		metrics[i] = r.is
		if replicas == 0 || r.replicas > replicas {
			replicas, name = r.replicas, r.name
		}
	}
	if invalid > 0 {
		err = fmt.Errorf("invalid metrics (%d invalid out of %d), first error is: %w", invalid, len(s.rules.Metrics), first)
	}
	if invalid >= len(s.rules.Metrics) || invalid > 0 && replicas < s.current {
		s.condition(scalingActive, models.ConditionFalse, reason, text)
		return -1, "", metrics, err
	}
	s.condition(scalingActive, models.ConditionTrue, "ValidMetricFound", "the HPA was able to successfully calculate a replica count from "+name)
	return replicas, name, metrics, err
}

// checkSelector makes sure that no other autoscaler controls pods of the target.
// Source: pkg/controller/podautoscaler/horizontal.go (validateAndParseSelector).
func (s *scaling) checkSelector() error {
	s.state.selector, s.state.selects = s.target.Spec().Selector, true
	d := s.v.Dictionary()
	namespace := s.o.Spec().Namespace
	var specs []*models.PodSpec
	for _, pod := range s.pods() {
		if spec := pod.Spec(); len(specs) == 0 || specs[len(specs)-1] != spec {
			specs = append(specs, spec)
		}
	}
	var names []string
	for id, other := range s.autoscaler.state {
		o := s.v.Owner(id)
		if !other.selects || o.Deleted() || o.Spec().Namespace != namespace {
			continue
		}
		if slices.ContainsFunc(specs, func(spec *models.PodSpec) bool { return other.selector.Matches(spec.Labels, d) }) {
			names = append(names, "{"+o.Name()+" "+d.String(namespace)+"}")
		}
	}
	if len(names) <= 1 {
		return nil
	}
	slices.Sort(names)
	text := fmt.Sprintf("pods by selector %s are controlled by multiple HPAs: [%s]", s.state.selector.Text(d), strings.Join(names, " "))
	s.warn("AmbiguousSelector", text)
	s.condition(scalingActive, models.ConditionFalse, "AmbiguousSelector", text)
	return fmt.Errorf("%s", text)
}
