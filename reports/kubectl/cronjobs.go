package kubectl

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func cronJobs() *kind {
	return ownerKind(kind{
		name: "cronjob", plural: "cronjobs", short: []string{"cj"}, group: "batch",
		columns: []string{"NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"}, aging: []string{"LAST SCHEDULE", "AGE"},
	}, models.CronJob, cronJobCells, describeCronJob)
}

// cronStatus is the status of a CronJob, as its Jobs tell it.
type cronStatus struct {
	active []cluster.Owner
	// scheduled is the moment of the newest Job, and succeeded the end of the last one
	// that completed; Never if there is none.
	scheduled, succeeded models.Time
}

// cronStatus works out the status of a CronJob. The names of its Jobs end with the
// minute for which they were made.
// Source: pkg/controller/cronjob/utils.go (getJobName).
func (m *Moment) cronStatus(o cluster.Owner) cronStatus {
	s := cronStatus{scheduled: models.Never, succeeded: models.Never}
	for id := range m.View.Owners() {
		job := m.View.Owner(models.OwnerID(id))
		if job.Parent() != o.ID() {
			continue
		}
		if job.Live() {
			s.active = append(s.active, job)
		}
		name := job.Name()
		minute, err := strconv.ParseInt(name[strings.LastIndexByte(name, '-')+1:], 10, 64)
		if at := models.Time(time.Unix(60*minute, 0).Sub(m.Start)); err == nil && (s.scheduled == models.Never || at > s.scheduled) {
			s.scheduled = at
		}
		if at := job.FinishedAt(); job.Complete() && (s.succeeded == models.Never || at > s.succeeded) {
			s.succeeded = at
		}
	}
	return s
}

// cronJobCells shows a CronJob.
// Source: pkg/printers/internalversion/printers.go (printCronJob).
func cronJobCells(m *Moment, o cluster.Owner) []string {
	rules, s, last := o.Spec().Cron, m.cronStatus(o), "<none>"
	if s.scheduled != models.Never {
		last = m.age(s.scheduled)
	}
	return []string{o.Name(), rules.Written, orNone(rules.Zone), title(rules.Suspend), strconv.Itoa(len(s.active)), last, m.age(o.Created())}
}

// describeCronJob describes a CronJob.
// Source: k8s.io/kubectl/pkg/describe (describeCronJob).
func describeCronJob(m *Moment, o cluster.Owner) string {
	p, d, rules, s := newPage(), m.View.Dictionary(), o.Spec().Cron, m.cronStatus(o)
	job := m.View.OwnerSpec(o.Spec().ReplicaSet)
	p.line(0, "Name:\t%s", o.Name())
	p.line(0, "Namespace:\t%s", d.String(o.Spec().Namespace))
	p.pairs(0, "Labels", "=", labelsOf(o.Spec().Labels, d))
	p.pairs(0, "Annotations", ": ", nil)
	p.line(0, "Schedule:\t%s", rules.Written)
	p.line(0, "Concurrency Policy:\t%s", concurrency(rules.Concurrency))
	p.line(0, "Suspend:\t%s", title(rules.Suspend))
	p.line(0, "Time Zone:\t%s", orUnset(rules.Zone))
	p.line(0, "Successful Job History Limit:\t%s", limit(rules.SuccessfulHistory))
	p.line(0, "Failed Job History Limit:\t%s", limit(rules.FailedHistory))
	deadline := ""
	if rules.StartingDeadline > 0 {
		deadline = fmt.Sprintf("%ds", rules.StartingDeadline/time.Second)
	}
	p.line(0, "Starting Deadline Seconds:\t%s", orUnset(deadline))
	p.line(0, "Selector:\t<unset>")
	p.line(0, "Parallelism:\t%d", job.Replicas)
	p.line(0, "Completions:\t%s", limit(job.Completions))
	if job.ActiveDeadline > 0 {
		p.line(0, "Active Deadline Seconds:\t%ds", job.ActiveDeadline/time.Second)
	}
	p.template(m, o)
	last := ""
	if s.scheduled != models.Never {
		last = m.longDate(s.scheduled)
	}
	p.line(0, "Last Schedule Time:\t%s", orUnset(last))
	var active []string
	for _, job := range s.active {
		active = append(active, job.Name())
	}
	p.line(0, "Active Jobs:\t%s", orNone(strings.Join(active, ", ")))
	p.events(m, UID("CronJob", int32(o.ID())))
	return p.text()
}

func orUnset(text string) string {
	if text == "" {
		return "<unset>"
	}
	return text
}

// limit is a count that may be missing.
func limit(n int32) string {
	if n == models.Unset {
		return "<unset>"
	}
	return count(n)
}

func concurrency(c models.Concurrency) string {
	return [...]string{"Allow", "Forbid", "Replace"}[c]
}

// cronJobManifest writes what a CronJob has: the template of its Jobs, and its status.
func (m *Moment) cronJobManifest(o cluster.Owner, body, out map[string]any) {
	rules, s := o.Spec().Cron, m.cronStatus(o)
	job := m.View.OwnerSpec(o.Spec().ReplicaSet)
	template := m.View.Spec(job.Template)
	inner, meta := map[string]any{"template": m.podTemplate(o, template)}, map[string]any{}
	m.jobRules(job, job.Replicas, inner)
	addLabels(meta, job.Labels, m.View.Dictionary())
	clear(body)
	body["schedule"], body["concurrencyPolicy"], body["suspend"] = rules.Written, concurrency(rules.Concurrency), rules.Suspend
	body["jobTemplate"] = map[string]any{"metadata": meta, "spec": inner}
	if rules.Zone != "" {
		body["timeZone"] = rules.Zone
	}
	if rules.StartingDeadline > 0 {
		body["startingDeadlineSeconds"] = int64(rules.StartingDeadline / time.Second)
	}
	for name, n := range map[string]int32{"successfulJobsHistoryLimit": rules.SuccessfulHistory, "failedJobsHistoryLimit": rules.FailedHistory} {
		if n != models.Unset {
			body[name] = n
		}
	}
	status := map[string]any{}
	var active []any
	for _, job := range s.active {
		r := ownerReference(job, m.View.Dictionary())
		active = append(active, map[string]any{"apiVersion": r.APIVersion, "kind": r.Kind, "name": r.Name, "namespace": r.Namespace, "uid": r.UID})
	}
	if active != nil {
		status["active"] = active
	}
	for name, at := range map[string]models.Time{"lastScheduleTime": s.scheduled, "lastSuccessfulTime": s.succeeded} {
		if at != models.Never {
			status[name] = m.stamp(at)
		}
	}
	out["status"] = status
}
