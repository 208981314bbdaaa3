package sim

import (
	"time"

	"github.com/podsim/podsim/models"
)

// jobRules draws what a Job of a random history has beyond its counts.
func jobRules(c interface{ IntN(int) int }, owner *models.OwnerSpec, restart models.RestartPolicy) *models.JobRules {
	rules := &models.JobRules{BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}
	if c.IntN(3) == 0 {
		return nil
	}
	rules.Indexed = owner.Completions > 0 && c.IntN(2) == 0
	rules.ReplaceFailed = c.IntN(2) == 0
	if rules.Indexed && restart == models.RestartNever && c.IntN(2) == 0 {
		rules.BackoffLimitPerIndex, owner.BackoffLimit = int32(c.IntN(2)), 100
	}
	if restart == models.RestartNever && c.IntN(3) == 0 {
		rules.HasFailurePolicy, rules.ReplaceFailed = true, true
		rules.FailureRules = []models.FailureRule{{Action: models.FailureAction(c.IntN(2) * 3), Codes: []int32{1}}}
	}
	return rules
}

// makeJob completes a Job, or a CronJob with what it makes.
func (h *doings) makeJob(o *userObject, policy models.RestartPolicy) {
	job := models.OwnerSpec{
		Kind: models.Job, Namespace: o.owner.Namespace, Replicas: int32(1 + h.draw.IntN(3)), Completions: int32(1 + h.draw.IntN(4)),
		BackoffLimit: int32(h.draw.IntN(3)), TTLAfterFinished: one(h.draw, -1, 0, time.Minute),
	}
	if job.Rules = jobRules(h.draw, &job, policy); job.Rules == nil {
		job.Rules = &models.JobRules{BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}
	}
	if h.d.String(job.Namespace) == "shop" {
		// A failed pod keeps its finalizer until another one of its index is there, which
		// a namespace that is being deleted refuses: it would never go.
		// Source: pkg/controller/job/job_controller.go (canRemoveFinalizer).
		job.Rules.BackoffLimitPerIndex, job.Rules.MaxFailedIndexes, job.BackoffLimit = models.Unset, models.Unset, min(job.BackoffLimit, 2)
	}
	if o.owner.Kind == models.Job {
		o.owner = job
		return
	}
	schedule, err := models.ParseCron(one(h.draw, "*/5 * * * *", "* * * * *", "@every 7m"))
	if err != nil {
		h.t.Fatal(err)
	}
	schedule.Zone = "UTC"
	o.owner.Replicas, o.owner.Completions, o.child = 0, models.Unset, &job
	o.owner.Cron = &models.CronRules{Schedule: schedule, Concurrency: models.Concurrency(h.draw.IntN(3)), SuccessfulHistory: int32(h.draw.IntN(3)), FailedHistory: 1}
}
