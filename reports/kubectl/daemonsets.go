package kubectl

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

func daemonSets() *kind {
	return ownerKind(kind{
		name: "daemonset", plural: "daemonsets", short: []string{"ds"}, group: "apps",
		columns: []string{"NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"}, aging: []string{"AGE"},
	}, models.DaemonSet, daemonSetCells, describeDaemonSet)
}

// daemonSetCells shows a DaemonSet.
// Source: pkg/printers/internalversion/printers.go (printDaemonSet).
func daemonSetCells(m *Moment, o cluster.Owner) []string {
	s, d := control.DaemonSetStatusOf(m.At, o), m.View.Dictionary()
	selector := pairsText(labelsOf(m.View.Spec(o.Spec().Template).NodeSelector, d))
	return []string{
		o.Name(), count(s.Desired), count(s.Current), count(s.Ready), count(s.Updated), count(s.Available), selector, m.age(o.Created()),
	}
}

// describeDaemonSet describes a DaemonSet.
// Source: k8s.io/kubectl/pkg/describe (describeDaemonSet).
func describeDaemonSet(m *Moment, o cluster.Owner) string {
	p, d, s := newPage(), m.View.Dictionary(), control.DaemonSetStatusOf(m.At, o)
	p.line(0, "Name:\t%s", o.Name())
	p.line(0, "Namespace:\t%s", d.String(o.Spec().Namespace))
	p.line(0, "Selector:\t%s", m.selectorText(o))
	p.line(0, "Node-Selector:\t%s", pairsText(labelsOf(m.View.Spec(o.Spec().Template).NodeSelector, d)))
	p.pairs(0, "Labels", "=", labelsOf(o.Spec().Labels, d))
	p.pairs(0, "Annotations", ": ", m.annotations(o))
	p.line(0, "Desired Number of Nodes Scheduled: %d", s.Desired)
	p.line(0, "Current Number of Nodes Scheduled: %d", s.Current)
	p.line(0, "Number of Nodes Scheduled with Up-to-date Pods: %d", s.Updated)
	p.line(0, "Number of Nodes Scheduled with Available Pods: %d", s.Available)
	p.line(0, "Number of Nodes Misscheduled: %d", s.Misscheduled)
	p.podsStatus(o)
	p.template(m, o)
	p.events(m, UID("DaemonSet", int32(o.ID())))
	return p.text()
}

// daemonSetManifest adds what a DaemonSet has besides a selector and a template.
func (m *Moment) daemonSetManifest(o cluster.Owner, body, out map[string]any) {
	spec, s := o.Spec(), control.DaemonSetStatusOf(m.At, o)
	body["revisionHistoryLimit"] = spec.RevisionHistoryLimit
	if spec.MinReadySeconds > 0 {
		body["minReadySeconds"] = spec.MinReadySeconds
	}
	strategy := map[string]any{"type": spec.Strategy.String()}
	if spec.Strategy == models.RollingUpdate {
		strategy["rollingUpdate"] = map[string]any{"maxSurge": shareManifest(spec.MaxSurge), "maxUnavailable": shareManifest(spec.MaxUnavailable)}
	}
	body["updateStrategy"] = strategy
	status := counters(map[string]int32{
		"updatedNumberScheduled": s.Updated, "numberAvailable": s.Available, "numberUnavailable": s.Unavailable,
	}, "desiredNumberScheduled", s.Desired)
	status["currentNumberScheduled"], status["numberMisscheduled"], status["numberReady"] = s.Current, s.Misscheduled, s.Ready
	status["observedGeneration"] = o.Generation()
	out["status"] = status
}
