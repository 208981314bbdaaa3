package descheduler

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Evictor is what DefaultEvictor lets strategies evict. Pods that are being deleted and
// static pods are never evicted, unless they are marked as such that may go.
// Source: descheduler pkg/framework/plugins/defaultevictor.
type Evictor struct {
	// Protected are the pods that are not evicted.
	LocalStorage, DaemonSets, SystemCritical, Bare, Claims, WithoutBudget, Devices bool
	// PreferStay protects those that would rather stay, too.
	PreferStay bool
	// Classes restrict Claims to those with one of these storage classes; none is all.
	Classes []models.Sym
	// Priority is that from which on pods are protected, if SystemCritical is.
	Priority int32

	NodeFit     bool
	MinReplicas uint
	MinAge      time.Duration // 0 is none
	Labels      models.Selector
	// Nodes are those on which pods may find room, for NodeFit.
	Nodes models.Selector
	// Namespaces are those whose pods may go, by labels.
	Namespaces models.Selector
}

// DefaultEvictor is the evictor of a profile that says nothing of it.
func DefaultEvictor() Evictor {
	return Evictor{LocalStorage: true, DaemonSets: true, SystemCritical: true, Bare: true, Priority: models.SystemCritical}
}

// filter reports whether a pod may be evicted at all.
// Source: descheduler pkg/framework/plugins/defaultevictor/defaultevictor.go (Filter).
func (e *Evictor) filter(at models.Time, pod cluster.Pod) bool {
	spec, v := pod.Spec(), pod.View()
	switch {
	case spec.Marks&models.MarkEvict != 0:
		return true
	case spec.Static, pod.Deleting(), e.protects(pod):
		return false
	case !e.Labels.Matches(spec.Labels, v.Dictionary()):
		return false
	case e.MinReplicas > 1 && pod.Owner() != models.None && !atLeast(v.Owner(pod.Owner()), e.MinReplicas):
		return false
	}
	return e.MinAge == 0 || pod.BoundAt() != models.Never && at.Sub(pod.BoundAt()) >= e.MinAge
}

// protects reports whether a pod is one of those that are protected.
// Source: descheduler pkg/framework/plugins/defaultevictor/defaultevictor.go
// (applyEffectivePodProtections).
func (e *Evictor) protects(pod cluster.Pod) bool {
	spec := pod.Spec()
	kind, owned := ownerKind(pod)
	switch {
	case e.SystemCritical && (spec.Priority >= models.SystemCritical || spec.Priority >= e.Priority):
		return true
	case !owned && (e.Bare || pod.Phase() != models.Failed):
		return true
	case e.LocalStorage && (spec.LocalStorage || spec.Marks&models.MarkHostPath != 0):
		return true
	case e.Devices && spec.Marks&models.MarkDevices != 0, e.PreferStay && spec.Marks&models.MarkPreferStay != 0:
		return true
	case e.DaemonSets && kind == models.DaemonSet.String():
		return true
	case e.Claims && e.holdsClaim(pod):
		return true
	}
	return e.WithoutBudget && len(pod.View().BudgetsOf(pod.SpecID())) == 0
}

// atLeast reports whether an owner has so many pods, in whatever phase.
func atLeast(owner cluster.Owner, n uint) bool {
	for range owner.Pods() {
		if n--; n == 0 {
			return true
		}
	}
	return false
}

// holdsClaim reports whether a pod uses a claim that protects it.
func (e *Evictor) holdsClaim(pod cluster.Pod) bool {
	spec := pod.Spec()
	return slices.ContainsFunc(spec.Volumes, func(volume models.Volume) bool {
		if volume.Kind != models.ClaimVolume {
			return false
		}
		if len(e.Classes) == 0 {
			return true
		}
		claim, ok := pod.View().FindClaim(spec.Namespace, volume.Claim)
		return !ok || claim.Spec().Class == 0 || slices.Contains(e.Classes, claim.Spec().Class)
	})
}

// preEviction is asked right before an eviction: whether there is room elsewhere, and
// whether the namespace is one of those that count.
// Source: descheduler pkg/framework/plugins/defaultevictor/defaultevictor.go (PreEvictionFilter).
func (e *Evictor) preEviction(pod cluster.Pod) bool {
	v := pod.View()
	if e.NodeFit && !fitsElsewhere(pod, readyNodes(v, e.Nodes)) {
		return false
	}
	return e.Namespaces.Matches(v.Namespace(pod.Spec().Namespace), v.Dictionary())
}
