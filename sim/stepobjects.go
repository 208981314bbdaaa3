package sim

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/admission"
	"github.com/podsim/podsim/sim/control"
)

// nameOf writes the name of the object of a step.
func (s *Simulation) nameOf(o *StepObject) string {
	return string(models.AppendName(nil, s.view.Dictionary().String(o.Name), o.Ordinal))
}

// byUser is the reason of what a user deletes.
func (s *Simulation) byUser() models.Sym { return s.view.Dictionary().Sym("DeletedByUser") }

// kubectlNames are how kubectl calls a kind: its resource with the group in
// errors, its singular in what is done.
var kubectlNames = map[models.OwnerKind]struct{ resource, singular string }{
	models.ReplicaSet:              {"replicasets.apps", "replicaset.apps"},
	models.ReplicationController:   {"replicationcontrollers", "replicationcontroller"},
	models.Deployment:              {"deployments.apps", "deployment.apps"},
	models.Job:                     {"jobs.batch", "job.batch"},
	models.StatefulSet:             {"statefulsets.apps", "statefulset.apps"},
	models.DaemonSet:               {"daemonsets.apps", "daemonset.apps"},
	models.CronJob:                 {"cronjobs.batch", "cronjob.batch"},
	models.HorizontalPodAutoscaler: {"horizontalpodautoscalers.autoscaling", "horizontalpodautoscaler.autoscaling"},
}

func (o *StepObject) resource() string {
	if o.IsPod {
		return "pods"
	}
	if o.Other != NoOther {
		return otherNames[o.Other].resource
	}
	return kubectlNames[o.Owner].resource
}

func (o *StepObject) singular() string {
	if o.IsPod {
		return "pod"
	}
	if o.Other != NoOther {
		return otherNames[o.Other].singular
	}
	return kubectlNames[o.Owner].singular
}

// says is what kubectl answers when a step is done.
func (s *Simulation) says(step *Step, done string) string {
	return step.Object.singular() + "/" + s.nameOf(&step.Object) + " " + done
}

// saysDeleted is what kubectl answers to delete.
func (s *Simulation) saysDeleted(step *Step) string {
	how := "deleted"
	if step.Force {
		how = "force deleted"
	}
	return fmt.Sprintf("%s %q %s from %s namespace", step.Object.singular(), s.nameOf(&step.Object), how,
		s.view.Dictionary().String(step.Object.Namespace))
}

func (s *Simulation) notFound(o *StepObject) error {
	return fmt.Errorf("Error from server (NotFound): %s %q not found", o.resource(), s.nameOf(o))
}

// changeOwner does a step with a controller object.
func (s *Simulation) changeOwner(step *Step) (string, error) {
	id := s.named[step.Object]
	if id == models.None || s.view.Owner(id).Deleted() {
		if step.Kind == StepApply {
			if step.Invalid != "" {
				return "", errors.New(step.Invalid)
			}
			a := Arrival{Template: step.Template, Name: step.Object.Name, Ordinal: step.Object.Ordinal, Lifetime: -1, RunTime: -1}
			if s.arriveOwner(&a, models.None) == models.None {
				kind := step.Object.Owner
				return "", refused(s.refused, admission.ResourceOf(kind), kind.String(), s.nameOf(&step.Object))
			}
			return s.says(step, "created"), nil
		}
		return "", s.notFound(&step.Object)
	}
	if step.Refused != "" {
		return "", errors.New(step.Refused)
	}
	switch step.Kind {
	case StepUndo:
		return s.rollBack(step, s.view.Owner(id))
	case StepDelete:
		if s.view.Owner(id).Terminating() == models.Background {
			s.do(control.DeleteOwner(id, step.Propagation, s.byUser()))
		}
		return s.saysDeleted(step), nil
	case StepScale:
		s.scale(id, step.Replicas)
		return s.says(step, step.Done), nil
	}
	changed := !step.Same && s.update(id, step.Template)
	if o := s.view.Owner(id); step.Replicas != models.Unset && o.Replicas() != step.Replicas {
		changed = true
		if o.Live() {
			s.scale(id, step.Replicas)
		}
	}
	switch {
	case changed:
		return s.says(step, step.Done), nil
	case step.Kind == StepApply:
		return s.says(step, "unchanged"), nil
	case step.Done == "annotated" && !step.Same: // few annotations are simulated
		return s.says(step, step.Done), nil
	}
	return s.says(step, step.Done+" (no change)"), nil
}

// update gives an owner the specification of a template, and reports whether that
// is another one than it has. Of a Job that has ended nothing follows from it.
func (s *Simulation) update(id models.OwnerID, t *Template) bool {
	o := s.view.Owner(id)
	if t == nil || s.sameOwner(o.Spec(), s.view.OwnerSpec(t.owner)) {
		return false
	}
	if o.Live() {
		s.do(models.Op{Kind: models.OpUpdateOwner, Owner: id, Def: int32(t.owner)})
	}
	return true
}

// sameOwner reports whether two specifications of an owner say the same, but for
// the number of replicas.
func (s *Simulation) sameOwner(a, b *models.OwnerSpec) bool {
	x, y := *a, *b
	if (x.Kind == models.Deployment || x.Kind == models.CronJob) && !s.sameOwner(s.view.OwnerSpec(x.ReplicaSet), s.view.OwnerSpec(y.ReplicaSet)) {
		return false
	}
	x.ReplicaSet, x.Replicas = y.ReplicaSet, y.Replicas
	return reflect.DeepEqual(x, y)
}

// rollBack is kubectl rollout undo: the template of the Deployment becomes that of
// an earlier ReplicaSet.
// Source: k8s.io/kubectl/pkg/polymorphichelpers/rollback.go (DeploymentRollbacker).
func (s *Simulation) rollBack(step *Step, o cluster.Owner) (string, error) {
	if o.Kind().Revised() {
		return s.rollBackRevision(step, o)
	}
	set, err := revisionOf(o, s.nameOf(&step.Object), step.Revision)
	if err != nil {
		return "", err
	}
	if o.Spec().Paused {
		return "", errors.New("error: cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
	}
	if set.Spec().Template == o.Spec().Template {
		return s.says(step, fmt.Sprintf("skipped rollback (current template already matches revision %d)", step.Revision)), nil
	}
	if step.Template == nil || set.Spec().Template != step.Template.spec {
		return "", fmt.Errorf("podsim: revision %d is not the one that the steps before tell of: the controller had not seen all of them", set.Revision())
	}
	s.update(o.ID(), step.Template)
	return s.says(step, step.Done), nil
}

// revisionOf finds the ReplicaSet of a revision of a Deployment; 0 is the second
// newest.
func revisionOf(o cluster.Owner, name string, revision int64) (cluster.Owner, error) {
	var newest, previous, found cluster.Owner
	ok, some := false, 0
	for set := range o.Children() {
		switch n := set.Revision(); {
		case n == 0:
			continue
		case n == revision:
			found, ok = set, true
		case some == 0 || n > newest.Revision():
			newest, previous = set, newest
			some++
		case some == 1 || n > previous.Revision():
			previous = set
			some++
		default:
			some++
		}
	}
	switch {
	case revision > 0 && !ok:
		return found, fmt.Errorf("error: unable to find specified revision %d in history", revision)
	case revision > 0:
		return found, nil
	case some < 2:
		return previous, fmt.Errorf("error: no rollout history found for deployment %q", name)
	}
	return previous, nil
}

// changePod does a step with a pod.
func (s *Simulation) changePod(step *Step) (string, error) {
	pod, found := s.podNamed(&step.Object)
	switch {
	case step.Kind == StepEvict:
		return s.evictPod(step, pod, found)
	case step.Kind == StepApply && !found && step.Invalid != "":
		return "", errors.New(step.Invalid)
	case step.Kind == StepApply && !found:
		a := Arrival{Template: step.Template, Name: step.Object.Name, Ordinal: step.Object.Ordinal, Lifetime: -1, RunTime: -1}
		before := s.view.Pods()
		s.arrivePod(&a, models.None)
		if s.view.Pods() == before {
			return "", refused(s.refused, "pods", "Pod", s.nameOf(&step.Object))
		}
		return s.says(step, "created"), nil
	case !found:
		return "", s.notFound(&step.Object)
	case step.Refused != "":
		return "", errors.New(step.Refused)
	case step.Kind == StepDelete:
		s.deletePod(pod, step)
		return s.saysDeleted(step), nil
	case step.Kind == StepLabel, step.Kind == StepUnlabel:
		return s.labelPod(step, pod)
	case step.Change != nil:
		return s.updatePod(step, pod)
	case step.Kind == StepDebug:
		return s.debugPod(step, pod)
	case step.Conditions != nil:
		return s.patchConditions(step, pod)
	}
	return s.says(step, step.unchanged()), nil
}

// labelPod sets labels of a pod, or takes some away: all or none of them.
func (s *Simulation) labelPod(step *Step, pod cluster.Pod) (string, error) {
	labels := pod.Spec().Labels
	if step.Kind == StepLabel {
		if err := s.mayLabel(step, labels); err != nil {
			return "", err
		}
	}
	for _, label := range step.Labels {
		if step.Kind == StepLabel {
			labels = labels.With(label.Key, label.Value)
		} else {
			labels = labels.Without(label.Key)
		}
	}
	if slices.Equal(labels, pod.Spec().Labels) {
		if step.Done == "patched" {
			return s.says(step, "patched (no change)"), nil
		}
		return s.says(step, "not labeled"), nil
	}
	s.relabel(pod.ID(), labels)
	return s.says(step, step.Done), nil
}

// podNamed finds a pod by its name.
func (s *Simulation) podNamed(o *StepObject) (cluster.Pod, bool) {
	want := s.nameOf(o)
	var name [128]byte
	for pod := range s.view.Live() {
		if pod.Spec().Namespace == o.Namespace && string(pod.AppendName(name[:0])) == want {
			return pod, true
		}
	}
	return cluster.Pod{}, false
}

// deletePod deletes a pod with the grace of a step. One that is being deleted
// already is at most given less time.
// Source: pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
func (s *Simulation) deletePod(pod cluster.Pod, step *Step) {
	s.deleteWithin(pod, step.Grace, s.byUser())
	if step.Force && !pod.Removed() && !pod.Tracked() {
		s.do(models.Op{Kind: models.OpRemovePod, Pod: pod.ID()})
	}
}
