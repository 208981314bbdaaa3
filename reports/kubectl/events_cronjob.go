package kubectl

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// cronCauses are the deletions of Jobs that their CronJob is behind.
// Source: sim/control/cronjob.go of this module.
var cronCauses = map[string]bool{"JobsHistoryLimit": true, "ReplacedByCronJob": true}

// cronOf returns the CronJob of a Job, if it has one that is there.
func cronOf(job cluster.Owner, v cluster.View) (cron cluster.Owner, ok bool) {
	if job.Kind() != models.Job || job.Parent() == models.None {
		return cron, false
	}
	cron = v.Owner(job.Parent())
	return cron, !cron.Deleted()
}

func (e *Events) tellCron(cron cluster.Owner, d *models.Dictionary, kind, reason, message string) *happening {
	about := ownerReference(cron, d)
	return e.tell(componentOf(about.Kind), about, kind, reason, message)
}

// cronCreated tells that a CronJob has made a Job.
// Source: pkg/controller/cronjob/cronjob_controllerv2.go (syncCronJob).
func (e *Events) cronCreated(job cluster.Owner, v cluster.View) {
	if cron, ok := cronOf(job, v); ok {
		e.tellCron(cron, v.Dictionary(), Normal, "SuccessfulCreate", "Created job "+job.Name()).owner = job.ID()
	}
}

// cronCompleted tells that a CronJob has seen the end of a Job.
func (e *Events) cronCompleted(job cluster.Owner, v cluster.View) {
	cron, ok := cronOf(job, v)
	if !ok {
		return
	}
	condition := "Failed"
	if job.Complete() {
		condition = "Complete"
	}
	e.tellCron(cron, v.Dictionary(), Normal, "SawCompletedJob", "Saw completed job: "+job.Name()+", condition: "+condition).owner = job.ID()
}

// cronDeleted tells that a CronJob has deleted a Job, or that somebody else has while
// the Job was active.
func (e *Events) cronDeleted(op *models.Op, job cluster.Owner, v cluster.View) {
	cron, ok := cronOf(job, v)
	if !ok {
		return
	}
	d := v.Dictionary()
	switch {
	case cronCauses[d.String(op.Reason)]:
		if op.Kind == models.OpTerminateOwner || job.Terminating() == models.Background {
			e.tellCron(cron, d, Normal, "SuccessfulDelete", "Deleted job "+job.Name())
		}
	case op.Kind == models.OpDeleteOwner && job.FinishedAt() == models.Never:
		e.tellCron(cron, d, Normal, "MissingJob", "Active job went missing: "+job.Name())
	}
}

// cronMissed tells why a CronJob does not start the Job that is due, or that it is late.
// Source: pkg/controller/cronjob/utils.go (nextScheduleTime), cronjob_controllerv2.go.
func (e *Events) cronMissed(op *models.Op, cron cluster.Owner, d *models.Dictionary) {
	switch reason := d.String(op.Reason); reason {
	case "JobAlreadyActive":
		e.tellCron(cron, d, Normal, reason, "Not starting job because prior execution is running and concurrency policy is Forbid")
	case "TooManyMissedTimes":
		e.tellCron(cron, d, Warning, reason, "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew")
	case "MissSchedule":
		e.tellCron(cron, d, Warning, reason, "Missed scheduled time to start a job: "+time.Unix(op.Arg, 0).UTC().Format(time.RFC1123Z))
	}
}
