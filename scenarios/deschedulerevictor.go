package scenarios

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

// What DefaultEvictor may protect.
// Source: descheduler pkg/framework/plugins/defaultevictor/types.go.
const (
	localStorage   = "PodsWithLocalStorage"
	daemonSetPods  = "DaemonSetPods"
	systemCritical = "SystemCriticalPods"
	failedBare     = "FailedBarePods"
	withClaim      = "PodsWithPVC"
	withoutBudget  = "PodsWithoutPDB"
	withDevices    = "PodsWithResourceClaims"
)

var (
	protectedAnyway = []string{localStorage, daemonSetPods, systemCritical, failedBare}
	protectedToo    = []string{withClaim, withoutBudget, withDevices}
)

// evictor compiles the arguments of DefaultEvictor.
func (p *profileReader) evictor() descheduler.Evictor {
	out := descheduler.DefaultEvictor()
	i, ok := p.args[defaultEvictor]
	if !ok {
		return out
	}
	a := p.reader(i)
	var args defaultEvictorArgs
	if !a.read(p.given.PluginConfig[i].Args, &args) {
		return out
	}
	a.protect(&out, &args)
	out.NodeFit, out.MinReplicas = args.NodeFit, args.MinReplicas
	out.Nodes = a.selectorText(a.object, join(a.path, "nodeSelector"), args.NodeSelector)
	out.Labels, out.Namespaces = a.labels("labelSelector", args.LabelSelector), a.labels("namespaceLabelSelector", args.NamespaceLabelSelector)
	if args.MinPodAge != "" {
		age, err := time.ParseDuration(args.MinPodAge)
		if err != nil || age < 0 {
			a.blame("minPodAge", "got %s; want a duration such as 5m", quote(args.MinPodAge))
		}
		out.MinAge = age
	}
	out.PreferStay = args.NoEvictionPolicy == "Mandatory"
	a.priority(&out, args.PriorityThreshold)
	return out
}

// protect says which pods are protected, in the old words or in the new ones.
// Source: defaultevictor.go (getEffectivePodProtections).
func (a *argsReader) protect(e *descheduler.Evictor, args *defaultEvictorArgs) {
	off, on := args.PodProtections.DefaultDisabled, args.PodProtections.ExtraEnabled
	a.words("podProtections.defaultDisabled", "protection", off, protectedAnyway)
	a.words("podProtections.extraEnabled", "protection", on, protectedToo)
	for _, old := range []struct {
		given bool
		field string
		list  *[]string
		name  string
	}{
		{args.EvictLocalStoragePods, "evictLocalStoragePods", &off, localStorage},
		{args.EvictDaemonSetPods, "evictDaemonSetPods", &off, daemonSetPods},
		{args.EvictSystemCriticalPods, "evictSystemCriticalPods", &off, systemCritical},
		{args.EvictFailedBarePods, "evictFailedBarePods", &off, failedBare},
		{args.IgnorePvcPods, "ignorePvcPods", &on, withClaim},
		{args.IgnorePodsWithoutPDB, "ignorePodsWithoutPDB", &on, withoutBudget},
	} {
		if !old.given {
			continue
		}
		if len(args.PodProtections.DefaultDisabled)+len(args.PodProtections.ExtraEnabled) > 0 {
			a.blame(old.field, "cannot stand beside podProtections; want %s there", old.name)
		}
		*old.list = append(slices.Clip(*old.list), old.name)
	}
	e.LocalStorage, e.DaemonSets = !slices.Contains(off, localStorage), !slices.Contains(off, daemonSetPods)
	e.SystemCritical, e.Bare = !slices.Contains(off, systemCritical), !slices.Contains(off, failedBare)
	e.Claims, e.WithoutBudget, e.Devices = slices.Contains(on, withClaim), slices.Contains(on, withoutBudget), slices.Contains(on, withDevices)
	if c := args.PodProtections.Config; c != nil && c.PodsWithPVC != nil {
		for _, class := range c.PodsWithPVC.ProtectedStorageClasses {
			e.Classes = append(e.Classes, a.dict.Sym(class.Name))
		}
	}
}

// priority reads from which priority on pods are protected.
func (a *argsReader) priority(e *descheduler.Evictor, t *priorityThreshold) {
	const path = "priorityThreshold"
	at := path + ".value"
	switch {
	case t == nil || t.Value == nil && t.Name == "":
		return
	case t.Value != nil && t.Name != "":
		a.blame(path, "value and name are both given; want one of them")
		return
	case t.Value != nil:
		e.Priority = *t.Value
	default:
		at = path + ".name"
		var known []string
		if e.Priority, known = a.set.PriorityOf(t.Name); known != nil {
			a.blame(at, "%s", unknown("PriorityClass", t.Name, known))
			return
		}
	}
	if e.Priority > models.SystemCritical {
		a.blame(at, "got %d; want at most %d", e.Priority, models.SystemCritical)
	}
}

// selectorText compiles a selector that is written as one text.
func (l *loader) selectorText(o *object, path, text string) models.Selector {
	selector, err := manifest.ParseSelector(text, l.dict)
	if err != nil {
		l.blame(o, path, "got %s; want a selector such as app=web,tier in (api,db): %v", quote(text), err)
	}
	return selector
}
