package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// forced is what must stand on nodes at one moment of every run that meets the plan.
type forced struct {
	specs  []*models.PodSpec // in the order in which they come
	copies map[*models.PodSpec]float64
	names  map[*models.PodSpec]models.Sym // what the first of them belongs to
}

func (f *forced) add(a *sim.Arrival, copies int32) {
	if copies <= 0 {
		return
	}
	spec := a.Template.Pod
	if f.copies[spec] == 0 {
		f.specs = append(f.specs, spec)
		f.names[spec] = a.Name
	}
	f.copies[spec] += float64(copies)
}

// placedAtEnd reports whether the objectives of a contingency demand that no pod waits
// for a node at the end of the run.
func placedAtEnd(p *scenarios.Plan, contingency int) bool {
	return slices.ContainsFunc(asked(p, contingency), func(o scenarios.Objective) bool {
		switch strings.Join(strings.Fields(o.Text), "") {
		case "pods.pending==0", "pods.pending<=0", "pods.pending<1":
		default:
			return false
		}
		return o.At == 0 && o.Until == 0 || o.Until >= p.Horizon
	})
}

// arrivalsMost bounds what is read of a run to see what it forces.
const arrivalsMost = 4_000_000

// settleTime is before the end of the run: what came by then has had time to be made.
const settleTime = time.Minute

// arrivals returns what comes into a run until a moment, or false if that is not known
// before.
func arrivals(run *scenarios.Run, until models.Time) ([]sim.Arrival, bool) {
	var list []sim.Arrival
	for _, source := range run.Config.Sources {
		for {
			a, ok, err := source.Next()
			if err != nil || len(list) > arrivalsMost {
				return nil, false
			}
			if !ok || a.At > until {
				break
			}
			list = append(list, a)
		}
	}
	return list, true
}

// calm reports whether all that changes a run are its arrivals and the disturbance of
// the contingency: nothing else takes pods away, refuses them or brings nodes.
func calm(run *scenarios.Run) bool {
	c := &run.Config
	if len(c.Steps) > 0 || c.Descheduler != nil || c.Objects.Rejects {
		return false
	}
	if slices.ContainsFunc(c.Objects.Policies, func(p *models.PolicySpec) bool { return p.Kind == models.ResourceQuota }) {
		return false
	}
	for _, profile := range c.Scheduler.Profiles {
		fits := false
		for _, plugin := range profile.Plugins {
			fits = fits || plugin.Name == "NodeResourcesFit" && plugin.Off == 0
		}
		if !fits {
			return false
		}
	}
	return true
}

// forcedBy returns what arrivals force onto nodes at the end of a run in which no pod
// waits then. Where nodes are lost only what is replaced counts: pods that were on them
// count as placed as long as nobody deletes them.
func forcedBy(list []sim.Arrival, end models.Time, lost *loss) *forced {
	f := &forced{copies: make(map[*models.PodSpec]float64), names: make(map[*models.PodSpec]models.Sym)}
	if slices.ContainsFunc(list, isAutoscaler) {
		return f // it sets the replicas of others
	}
	lasting := lost == nil && onePriority(list)
	for i := range list {
		a := &list[i]
		if !stands(a, end) {
			continue
		}
		spec := a.Template.Pod
		switch {
		case a.Template.Owner != nil:
			if a.Parent == 0 && (lost == nil || lost.replaces(spec)) {
				f.add(a, replicas(a, lost))
			}
		case lasting && lasts(a, end):
			f.add(a, 1)
		}
	}
	return f
}

func isAutoscaler(a sim.Arrival) bool {
	return a.Template != nil && a.Template.Owner != nil && a.Template.Owner.Kind == models.HorizontalPodAutoscaler
}

// stands reports whether an arrival brings pods for the scheduler that its user leaves
// alone to the end.
func stands(a *sim.Arrival, end models.Time) bool {
	if a.Template == nil || a.Template.Pod == nil || a.Lifetime >= 0 || len(a.Scalings) > 0 || end != models.Never && a.At.Add(settleTime) > end {
		return false
	}
	spec := a.Template.Pod
	return len(spec.SchedulingGates) == 0 && !spec.Static && spec.NodeName == 0
}

// replicas is how many pods of an owner there are, at least, whenever none waits.
func replicas(a *sim.Arrival, lost *loss) int32 {
	owner := a.Template.Owner
	switch owner.Kind {
	case models.ReplicaSet, models.ReplicationController:
		return owner.Replicas
	case models.Deployment:
		switch {
		case owner.Paused:
			return 0
		case a.PastOwner != nil: // its rollout may be under way
			return owner.Replicas - owner.MaxUnavailable.Of(owner.Replicas) - 1
		}
		return owner.Replicas
	case models.StatefulSet:
		if owner.Parallel && lost == nil && a.PastOwner == nil {
			return owner.Replicas
		}
	}
	return 0
}

// lasts reports whether a bare pod is still there at the end, if it was not taken away.
func lasts(a *sim.Arrival, end models.Time) bool {
	spec := a.Template.Pod
	switch {
	case spec.ActiveDeadline > 0 || a.Parent != 0 || a.Template.Behavior != nil:
		return false
	case a.PastPod != nil && (a.PastPod.Deleting || a.PastPod.Phase == models.Succeeded || a.PastPod.Phase == models.Failed):
		return false
	case spec.RestartPolicy == models.RestartAlways:
		return true
	}
	return a.PastPod == nil && a.RunTime >= 0 && end != models.Never && a.At.Add(a.RunTime) > end
}

// onePriority reports whether no pod can preempt another.
func onePriority(list []sim.Arrival) bool {
	first := true
	var priority int32
	for i := range list {
		if list[i].Template == nil || list[i].Template.Pod == nil {
			continue
		}
		p := list[i].Template.Pod.Priority
		if !first && p != priority {
			return false
		}
		first, priority = false, p
	}
	return true
}

// loss is the loss of a zone, or of nodes that are not known.
type loss struct {
	zone        models.Sym
	label       models.Sym
	unreachable models.Taint
	left        time.Duration // from the loss to the end of the run
}

// evictionPace is how far apart the nodes of a zone that is down are given up.
// Source: pkg/controller/nodelifecycle (evictionLimiterQPS, 0.1/s).
const evictionPace = 10 * time.Second

// noticed is how long it takes, at most, until a node that is down counts as such and
// its pods are replaced once their tolerations have run out.
const noticed = 3 * time.Minute

// takes reports whether a node is lost.
func (l *loss) takes(node *models.NodeSpec) bool {
	return slices.Contains(node.Labels, models.Label{Key: l.label, Value: l.zone})
}

// replaces reports whether pods on lost nodes are replaced before the end.
func (l *loss) replaces(spec *models.PodSpec) bool {
	stays, forever, ok := models.TolerationTime(spec.Tolerations, l.unreachable)
	return !ok || !forever && stays+noticed <= l.left
}
