package manifest

import (
	"time"

	batchv1 "k8s.io/api/batch/v1"

	"github.com/podsim/podsim/models"
)

// cronJob compiles a CronJob and the Job that it makes.
// Source: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation/validation.go.
func (c *checker) cronJob(cron *batchv1.CronJob, name, namespace string, snapshot bool) (spec, made *models.OwnerSpec) {
	from := &cron.Spec
	rules := &models.CronRules{SuccessfulHistory: 3, FailedHistory: 1, Suspend: from.Suspend != nil && *from.Suspend}
	if len(name) > 52 {
		c.addf("metadata.name", "the name of a CronJob must not be longer than 52 characters (got %d)", len(name))
	}
	var err error
	if from.Schedule == "" {
		c.addf("spec.schedule", "schedule is missing")
	} else if rules.Schedule, err = models.ParseCron(from.Schedule); err != nil {
		c.addf("spec.schedule", "%s", err)
	}
	rules.Schedule.Zone, rules.Written = "UTC", from.Schedule
	if from.TimeZone != nil {
		rules.Schedule.Zone, rules.Zone = *from.TimeZone, *from.TimeZone
		if _, err := time.LoadLocation(*from.TimeZone); err != nil || *from.TimeZone == "" || *from.TimeZone == "Local" {
			c.addf("spec.timeZone", "unknown time zone %s", quote(*from.TimeZone))
		}
	}
	switch from.ConcurrencyPolicy {
	case batchv1.ForbidConcurrent:
		rules.Concurrency = models.ForbidConcurrent
	case batchv1.ReplaceConcurrent:
		rules.Concurrency = models.ReplaceConcurrent
	case "", batchv1.AllowConcurrent:
	default:
		c.oneOf(string(from.ConcurrencyPolicy), "spec.concurrencyPolicy", "Allow", "Forbid", "Replace")
	}
	if from.StartingDeadlineSeconds != nil {
		// None is written as 0, so a deadline of 0 becomes the shortest one.
		rules.StartingDeadline = max(c.seconds(*from.StartingDeadlineSeconds, "spec.startingDeadlineSeconds"), time.Nanosecond)
	}
	for _, limit := range []struct {
		given *int32
		into  *int32
		path  string
	}{
		{from.SuccessfulJobsHistoryLimit, &rules.SuccessfulHistory, "spec.successfulJobsHistoryLimit"},
		{from.FailedJobsHistoryLimit, &rules.FailedHistory, "spec.failedJobsHistoryLimit"},
	} {
		if limit.given != nil {
			c.notNegative(*limit.given, limit.path)
			*limit.into = *limit.given
		}
	}
	spec = &models.OwnerSpec{Completions: models.Unset, TTLAfterFinished: -1, Cron: rules}
	return spec, c.cronTemplate(cron, namespace, snapshot)
}

// cronTemplate compiles the Job that a CronJob makes.
func (c *checker) cronTemplate(cron *batchv1.CronJob, namespace string, snapshot bool) *models.OwnerSpec {
	job := &batchv1.Job{ObjectMeta: cron.Spec.JobTemplate.ObjectMeta, Spec: cron.Spec.JobTemplate.Spec}
	before := c.problems
	c.problems = nil
	c.needsPolicy(&cron.Spec.JobTemplate.Spec.Template)
	job.Spec.Template = cron.Spec.JobTemplate.Spec.Template
	made := c.job(job, snapshot)
	for i := range c.problems {
		c.problems[i].Path = "spec.jobTemplate." + c.problems[i].Path
	}
	c.problems = append(before, c.problems...)
	made.Kind, made.Namespace, made.Labels = models.Job, c.set.dict.Sym(namespace), c.set.labels(job.Labels)
	return made
}
