package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/admission"
	"github.com/podsim/podsim/sim/control"
)

// immortal are the namespaces that nobody may delete.
// Source: pkg/kubeapiserver/options/plugins.go, k8s.io/apiserver/pkg/admission/plugin/
// namespace/lifecycle/admission.go (Register).
var immortal = []string{"default", "kube-system", "kube-public"}

// changeNamespace does a step with a namespace.
func (s *Simulation) changeNamespace(step *Step) (string, error) {
	sym := step.Object.Namespace
	name, n := s.view.Dictionary().String(sym), s.view.NamespaceState(sym)
	switch {
	case step.Kind == StepAddNamespace && n.Exists():
		return "namespace/" + name + " unchanged", nil
	case step.Kind == StepAddNamespace && step.Invalid != "":
		return "", errors.New(step.Invalid)
	case step.Kind == StepAddNamespace:
		s.do(models.Op{Kind: models.OpAddNamespace, Name: sym, Ordinal: models.Exact})
		return "namespace/" + name + " created", nil
	case !n.Exists():
		return "", fmt.Errorf("Error from server (NotFound): namespaces %q not found", name)
	case slices.Contains(immortal, name):
		return "", fmt.Errorf("Error from server (Forbidden): namespaces %q is forbidden: this namespace may not be deleted", name)
	case !n.Terminating():
		s.do(models.Op{Kind: models.OpEndNamespace, Name: sym, Ordinal: models.Exact})
		s.planNamespace(sym, s.agenda.Now().Add(s.config.Latencies.Controller+namespaceGrace))
	}
	return fmt.Sprintf("namespace %q deleted", name), nil
}

// namespaceGrace is how long the namespace controller waits after each change of a
// namespace that is being deleted.
// Source: pkg/controller/namespace/namespace_controller.go (namespaceDeletionGracePeriod).
const namespaceGrace = 5 * time.Second

// finalizerWait is how long, in seconds, finalizers are taken to need.
// Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go
// (finalizerEstimateSeconds).
const finalizerWait = 15

func (s *Simulation) planNamespace(name models.Sym, at models.Time) {
	if planned, ok := s.emptying[name]; ok && planned > s.agenda.Now() && planned <= at {
		return
	}
	s.emptying[name] = at
	s.agenda.Schedule(at, evNamespace, 0, int32(name), 0)
}

// emptyNamespace is a sync of the namespace controller: pods go first, the rest when
// none is left, and then the namespace.
// Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go
// (deleteAllContent).
func (s *Simulation) emptyNamespace(name models.Sym) {
	now := s.agenda.Now()
	if s.emptying[name] != now {
		return
	}
	delete(s.emptying, name)
	e := emptying{Simulation: s, name: name, text: s.view.Dictionary().String(name), reason: s.view.Dictionary().Sym("NamespaceDeleted")}
	pods, tracked := e.deletePods()
	switch {
	case pods > 0:
		e.wait, e.failed = s.estimate(name), ""
		if e.wait == 0 && tracked {
			e.wait = finalizerWait
		}
		if e.wait == 0 {
			e.failed = "unexpected items still remain in namespace: " + e.text + " for gvr: /v1, Resource=pods"
		}
	default:
		e.deleteRest()
	}
	changed := e.tellConditions()
	if pods == 0 && e.left == 0 {
		s.do(models.Op{Kind: models.OpDropNamespace, Name: name, Ordinal: models.Exact})
		delete(s.misses, name)
		return
	}
	if changed { // the controller hears of that, too
		s.planNamespace(name, now.Add(s.config.Latencies.Controller+namespaceGrace))
	}
	if e.failed != "" {
		wait := min(5*time.Millisecond<<min(s.misses[name], 20), time.Minute)
		s.misses[name]++
		s.planNamespace(name, now.Add(wait))
		return
	}
	s.planNamespace(name, now.Add(time.Duration(e.wait/2+1)*time.Second))
}

// estimate is how many seconds the pods of a namespace may need to stop, unless they
// have had that time.
func (s *Simulation) estimate(name models.Sym) int64 {
	var most time.Duration
	for pod := range s.view.Live() {
		if pod.Spec().Namespace == name && !pod.Phase().Terminal() {
			most = max(most, pod.Spec().GracePeriod)
		}
	}
	if s.agenda.Now().Sub(s.view.NamespaceState(name).Deleted()) >= most {
		return 0
	}
	return int64(most / time.Second)
}

// emptying is one sync of a namespace that is being deleted.
type emptying struct {
	*Simulation
	name   models.Sym
	text   string
	reason models.Sym
	wait   int64  // seconds that what is left is taken to need
	failed string // why not even that is known
	left   int    // objects beside pods
	what   string // they are
}

// deletePods deletes all pods, and returns how many are left and whether Jobs hold any
// of them.
func (e *emptying) deletePods() (left int, tracked bool) {
	var pods []cluster.Pod
	for pod := range e.view.Live() {
		if pod.Spec().Namespace == e.name {
			pods = append(pods, pod)
		}
	}
	for _, pod := range pods {
		if !pod.Removed() && !pod.Deleting() {
			e.do(control.DeletePod(pod, e.reason))
		}
	}
	for _, pod := range pods {
		if !pod.Removed() {
			left++
			tracked = tracked || pod.Tracked()
		}
	}
	return left, tracked
}

// deleteRest deletes everything else. Owners that wait for something stay for now.
func (e *emptying) deleteRest() {
	for id := range e.view.Owners() {
		o := e.view.Owner(models.OwnerID(id))
		if o.Spec().Namespace != e.name || o.Deleted() {
			continue
		}
		if o.Terminating() == models.Background {
			e.do(control.DeleteOwner(o.ID(), models.Background, e.reason))
			continue
		}
		e.left++
		e.wait = finalizerWait
		e.what = admission.ResourceOf(o.Kind())
	}
	for id := range e.view.Claims() {
		if claim := e.view.Claim(models.ClaimID(id)); claim.Spec().Namespace == e.name && !claim.Removed() {
			if claim.Deleting() {
				e.protected--
			}
			e.do(models.Op{Kind: models.OpRemoveClaim, Def: int32(id)})
		}
	}
	for _, id := range slices.Clone(e.view.PoliciesIn(e.name)) {
		e.do(models.Op{Kind: models.OpRemovePolicy, Arg: int64(id)})
		e.admission.PolicyChanged(id)
	}
	for id, service := range e.view.Services() {
		if service.Namespace == e.name {
			e.do(models.Op{Kind: models.OpRemoveService, Def: id})
		}
	}
	for id := range e.view.RunBudgets() {
		if b := e.view.Budget(int32(id)); b.Spec().Namespace == e.name && !b.Deleted() {
			e.do(models.Op{Kind: models.OpRemoveBudget, Def: int32(id)})
		}
	}
}

// namespaceFine is what the conditions say where nothing is wrong.
// Source: pkg/controller/namespace/deletion/status_condition_utils.go (okReasons,
// okMessages).
var namespaceFine = [models.NamespaceConditions][2]string{
	{"ResourcesDiscovered", "All resources successfully discovered"},
	{"ParsedGroupVersions", "All legacy kube types successfully parsed"},
	{"ContentDeleted", "All content successfully deleted, may be waiting on finalization"},
	{"ContentRemoved", "All content successfully removed"},
	{"ContentHasNoFinalizers", "All content-preserving finalizers finished"},
}

// tellConditions writes the conditions, and reports whether any changed. While pods are
// left, the original does not say so.
func (e *emptying) tellConditions() (changed bool) {
	d, n := e.view.Dictionary(), e.view.NamespaceState(e.name)
	for kind := range models.NamespaceConditions {
		status, reason, message := models.ConditionFalse, namespaceFine[kind][0], namespaceFine[kind][1]
		switch {
		case kind == models.NamespaceContentFailure && e.failed != "":
			status, reason, message = models.ConditionTrue, "ContentDeletionFailed", "Failed to delete all resource types, 1 remaining: "+e.failed
		case kind == models.NamespaceContentRemaining && e.left > 0:
			status, reason = models.ConditionTrue, "SomeResourcesRemain"
			message = fmt.Sprintf("Some resources are remaining: %s has %d resource instances", e.what, e.left)
		case kind == models.NamespaceFinalizersRemaining && e.left > 0:
			status, reason = models.ConditionTrue, "SomeFinalizersRemain"
			message = fmt.Sprintf("Some content in the namespace has finalizers remaining: foregroundDeletion in %d resource instances", e.left)
		}
		is, known := n.Condition(kind)
		if known && is.Status == status && d.String(is.Reason) == reason && d.String(is.Message) == message {
			continue
		}
		changed = true
		e.do(models.Op{
			Kind: models.OpNoteNamespace, Name: e.name, Ordinal: models.Exact, Def: int32(kind), Arg: int64(status),
			Reason: d.Sym(reason), Message: d.Sym(message),
		})
	}
	return changed
}
