package kubectl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// heading writes what the descriptions of controllers begin with.
func (p *page) heading(m *Moment, o cluster.Owner) {
	d := m.View.Dictionary()
	p.line(0, "Name:\t%s", o.Name())
	p.line(0, "Namespace:\t%s", d.String(o.Spec().Namespace))
	labels, annotations := labelsOf(o.Spec().Labels, d), m.annotations(o)
	if o.Kind() == models.StatefulSet {
		p.line(0, "CreationTimestamp:\t%s", m.longDate(o.Created()))
	}
	if o.Kind() == models.Deployment {
		p.line(0, "CreationTimestamp:\t%s", m.longDate(o.Created()))
		p.pairs(0, "Labels", "=", labels)
		p.pairs(0, "Annotations", ": ", annotations)
		p.line(0, "Selector:\t%s", m.selectorText(o))
		return
	}
	p.line(0, "Selector:\t%s", m.selectorText(o))
	p.pairs(0, "Labels", "=", labels)
	p.pairs(0, "Annotations", ": ", annotations)
	if o.Parent() != models.None {
		parent := m.View.Owner(o.Parent())
		p.line(0, "Controlled By:\t%s/%s", parent.Kind(), parent.Name())
	}
}

// describeReplicaSet describes a ReplicaSet or ReplicationController.
// Source: k8s.io/kubectl/pkg/describe (describeReplicaSet).
func describeReplicaSet(m *Moment, o cluster.Owner) string {
	p := newPage()
	p.heading(m, o)
	p.line(0, "Replicas:\t%d current / %d desired", o.Counts().Active, o.Replicas())
	p.podsStatus(o)
	p.template(m, o)
	p.events(m, UID(o.Kind().String(), int32(o.ID())))
	return p.text()
}

// podsStatus counts the pods of an owner by phase.
func (p *page) podsStatus(o cluster.Owner) {
	var running, waiting, succeeded, failed int
	for pod := range o.Pods() {
		switch pod.Phase() {
		case models.Running:
			running++
		case models.Pending:
			waiting++
		case models.Succeeded:
			succeeded++
		default:
			failed++
		}
	}
	p.line(0, "Pods Status:\t%d Running / %d Waiting / %d Succeeded / %d Failed", running, waiting, succeeded, failed)
}

// describeDeployment describes a Deployment.
// Source: k8s.io/kubectl/pkg/describe (describeDeployment).
func describeDeployment(m *Moment, o cluster.Owner) string {
	p, spec, s := newPage(), o.Spec(), m.rolledOut(o)
	p.heading(m, o)
	p.line(0, "Replicas:\t%d desired | %d updated | %d total | %d available | %d unavailable",
		o.Replicas(), s.updated, s.total, s.available, s.unavailable())
	p.line(0, "StrategyType:\t%s", spec.Strategy)
	p.line(0, "MinReadySeconds:\t%d", spec.MinReadySeconds)
	if spec.Strategy == models.RollingUpdate {
		p.line(0, "RollingUpdateStrategy:\t%v max unavailable, %v max surge", shareManifest(spec.MaxUnavailable), shareManifest(spec.MaxSurge))
	}
	p.template(m, o)
	p.ownerConditions(m, o)
	var old []string
	fresh := "<none>"
	for set := range o.Children() {
		text := fmt.Sprintf("%s (%d/%d replicas created)", set.Name(), set.Counts().Active, set.Replicas())
		if set.Spec().Template == spec.Template {
			fresh = text
		} else {
			old = append(old, text)
		}
	}
	p.line(0, "OldReplicaSets:\t%s", orNone(strings.Join(old, ", ")))
	p.line(0, "NewReplicaSet:\t%s", fresh)
	p.events(m, UID("Deployment", int32(o.ID())))
	return p.text()
}

// ownerConditions writes the conditions of an owner, by type.
func (p *page) ownerConditions(m *Moment, o cluster.Owner) {
	d := m.View.Dictionary()
	conditions := slices.SortedFunc(o.Conditions(), func(a, b cluster.Condition) int { return cmp.Compare(d.String(a.Type), d.String(b.Type)) })
	if len(conditions) == 0 {
		return
	}
	p.line(0, "Conditions:")
	p.line(1, "Type\tStatus\tReason")
	p.line(1, "----\t------\t------")
	for _, c := range conditions {
		p.line(1, "%s \t%s\t%s", d.String(c.Type), c.Status, d.String(c.Reason))
	}
}

// describeJob describes a Job.
// Source: k8s.io/kubectl/pkg/describe (describeJob).
func describeJob(m *Moment, o cluster.Owner) string {
	p, spec, n := newPage(), o.Spec(), o.Counts()
	p.heading(m, o)
	p.line(0, "Parallelism:\t%d", o.Replicas())
	if spec.Completions == models.Unset {
		p.line(0, "Completions:\t<unset>")
	} else {
		p.line(0, "Completions:\t%d", spec.Completions)
	}
	mode, suspend := "NonIndexed", false
	if spec.Rules != nil && spec.Rules.Indexed {
		mode = "Indexed"
	}
	if spec.Rules != nil {
		suspend = spec.Rules.Suspend
	}
	p.line(0, "Completion Mode:\t%s", mode)
	p.line(0, "Suspend:\t%t", suspend)
	p.line(0, "Backoff Limit:\t%d", spec.BackoffLimit)
	if spec.TTLAfterFinished >= 0 {
		p.line(0, "TTL Seconds After Finished:\t%d", spec.TTLAfterFinished/time.Second)
	}
	started := o.JobStarted()
	if started != models.Never {
		p.line(0, "Start Time:\t%s", m.longDate(started))
	}
	if o.Complete() && started != models.Never {
		p.line(0, "Completed At:\t%s", m.longDate(o.FinishedAt()))
		p.line(0, "Duration:\t%s", Age(whole(o.FinishedAt()).Sub(whole(started))))
	}
	if spec.ActiveDeadline > 0 {
		p.line(0, "Active Deadline Seconds:\t%ds", spec.ActiveDeadline/time.Second)
	}
	p.line(0, "Pods Statuses:\t%d Active (%d Ready) / %d Succeeded / %d Failed", n.Active, n.Ready, n.Succeeded, n.Failed+n.Lost)
	if mode == "Indexed" {
		p.line(0, "Completed Indexes:\t%s", capped(o.CompletedIndexes().String()))
	}
	p.template(m, o)
	p.events(m, UID("Job", int32(o.ID())))
	return p.text()
}

// capped is a list of indexes, cut off where it gets long.
// Source: k8s.io/kubectl/pkg/describe (capIndexesListOrNone).
func capped(indexes string) string {
	const most = 50
	if len(indexes) > most {
		if comma := strings.IndexByte(indexes[most:], ','); comma >= 0 {
			return indexes[:most+comma+1] + "..."
		}
	}
	return orNone(indexes)
}
