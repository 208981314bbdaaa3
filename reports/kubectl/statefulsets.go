package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

func statefulSets() *kind {
	return ownerKind(kind{
		name: "statefulset", plural: "statefulsets", short: []string{"sts"}, group: "apps",
		columns: []string{"NAME", "READY", "AGE"}, wide: []string{"CONTAINERS", "IMAGES"}, aging: []string{"AGE"},
	}, models.StatefulSet, statefulSetCells, describeStatefulSet)
}

// statefulSetCells shows a StatefulSet.
// Source: pkg/printers/internalversion/printers.go (printStatefulSet).
func statefulSetCells(m *Moment, o cluster.Owner) []string {
	ready := control.StatefulSetStatusOf(m.At, o).Ready
	return []string{o.Name(), fmt.Sprintf("%d/%d", ready, o.Replicas()), m.age(o.Created())}
}

// describeStatefulSet describes a StatefulSet.
// Source: k8s.io/kubectl/pkg/describe (describeStatefulSet).
func describeStatefulSet(m *Moment, o cluster.Owner) string {
	p, spec, d := newPage(), o.Spec(), m.View.Dictionary()
	p.heading(m, o)
	p.line(0, "Replicas:\t%d desired | %d total", o.Replicas(), control.StatefulSetStatusOf(m.At, o).Replicas)
	p.line(0, "Update Strategy:\t%s", spec.Strategy)
	if spec.Strategy == models.RollingUpdate {
		p.line(1, "Partition:\t%d", spec.Partition)
	}
	p.podsStatus(o)
	p.template(m, o)
	if len(spec.ClaimTemplates) == 0 {
		p.line(0, "Volume Claims:\t<none>")
	} else {
		p.line(0, "Volume Claims:")
	}
	for i := range spec.ClaimTemplates {
		claim := &spec.ClaimTemplates[i]
		p.line(1, "Name:\t%s", d.String(claim.Name))
		p.line(1, "StorageClass:\t%s", d.String(claim.Class))
		p.pairs(1, "Labels", "=", labelsOf(claim.Labels, d))
		p.pairs(1, "Annotations", "=", nil)
		p.line(1, "Capacity:\t%s", storage(claim.Request))
		p.line(1, "Access Modes:\t%v", modesOf(claim.Modes, false))
	}
	p.events(m, UID("StatefulSet", int32(o.ID())))
	return p.text()
}

// statefulSetManifest adds what a StatefulSet has besides a selector and a template.
func (m *Moment) statefulSetManifest(o cluster.Owner, body, out map[string]any) {
	spec := o.Spec()
	body["replicas"], body["revisionHistoryLimit"], body["podManagementPolicy"] = o.Replicas(), spec.RevisionHistoryLimit, "OrderedReady"
	if spec.Parallel {
		body["podManagementPolicy"] = "Parallel"
	}
	if spec.MinReadySeconds > 0 {
		body["minReadySeconds"] = spec.MinReadySeconds
	}
	if spec.FirstOrdinal > 0 {
		body["ordinals"] = map[string]any{"start": spec.FirstOrdinal}
	}
	if x := m.extraOfOwner(o, m.View.Spec(m.templateOf(o))); x.spec["subdomain"] != nil {
		body["serviceName"] = x.spec["subdomain"]
	}
	retention := func(deletes bool) string {
		if deletes {
			return "Delete"
		}
		return "Retain"
	}
	body["persistentVolumeClaimRetentionPolicy"] = map[string]any{
		"whenDeleted": retention(spec.DeleteClaimsWhenDeleted), "whenScaled": retention(spec.DeleteClaimsWhenScaled),
	}
	strategy := map[string]any{"type": spec.Strategy.String()}
	if spec.Strategy == models.RollingUpdate {
		strategy["rollingUpdate"] = map[string]any{"partition": spec.Partition}
	}
	body["updateStrategy"] = strategy
	var claims []any
	for i := range spec.ClaimTemplates {
		claims = append(claims, m.claimTemplateManifest(&spec.ClaimTemplates[i]))
	}
	if claims != nil {
		body["volumeClaimTemplates"] = claims
	}
	s := control.StatefulSetStatusOf(m.At, o)
	status := counters(map[string]int32{
		"readyReplicas": s.Ready, "currentReplicas": s.Current, "updatedReplicas": s.Updated, "collisionCount": 0,
	}, "replicas", s.Replicas)
	status["availableReplicas"], status["collisionCount"], status["observedGeneration"] = s.Available, int32(0), o.Generation()
	for name, template := range map[string]models.SpecID{"currentRevision": o.CurrentRevision(), "updateRevision": spec.Template} {
		if template != models.None {
			status[name] = m.revisionName(o, template)
		}
	}
	out["status"] = status
}
