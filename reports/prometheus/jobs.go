package prometheus

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// Source: kube-state-metrics, internal/store/job.go, cronjob.go.

var jobKind = kind{
	name: "job", base: []string{"namespace", "job_name"}, ids: ofOwners(models.Job),
	families: []objectFamily{
		info("kube_job_info", "The Job is there.", nil, nil),
		moment("kube_job_created", "When the Job was created, in Unix seconds.", created),
		owners("kube_job_owner", "Whom the Job belongs to."),
		objectLabels("kube_job_labels", "The labels of the Job."),
		given("kube_job_spec_parallelism", "How many pods the Job has at once at most.", "spec.parallelism"),
		given("kube_job_spec_completions", "How many successes the Job wants.", "spec.completions"),
		given("kube_job_spec_active_deadline_seconds", "How long the Job may take.", "spec.activeDeadlineSeconds"),
		field("kube_job_status_active", "Pods of the Job that have not ended.", "status.active"),
		given("kube_job_status_ready", "Pods of the Job that are Ready.", "status.ready"),
		field("kube_job_status_succeeded", "Pods of the Job that succeeded.", "status.succeeded"),
		gauge("kube_job_status_failed", "Pods of the Job that failed, or why the Job failed.", []string{"reason"}, jobFailures),
		moment("kube_job_status_start_time", "When the clock of the Job started, in Unix seconds.", "status.startTime"),
		moment("kube_job_status_completion_time", "When the Job completed, in Unix seconds.", "status.completionTime"),
		jobVerdict("kube_job_complete", "Whether the Job is complete.", "Complete"),
		jobVerdict("kube_job_failed", "Whether the Job has failed.", "Failed"),
		field("kube_job_status_suspended", "Whether the Job is suspended.", "spec.suspend"),
	},
}

// failureReasons are those that are told apart.
// Source: kube-state-metrics, internal/store/job.go (jobFailureReasons).
var failureReasons = []string{"BackoffLimitExceeded", "DeadlineExceeded", "Evicted"}

// jobFailures tells why a Job failed if that is one of a few reasons; else how many of its
// pods did.
func jobFailures(o *object, put put) {
	failed, _ := o.number("status.failed")
	for _, c := range o.list("status.conditions") {
		if reason := textOf(c["reason"]); failed > 0 && c["type"] == "Failed" && slices.Contains(failureReasons, reason) {
			for _, r := range failureReasons {
				put(truth(r == reason), r)
			}
			return
		}
	}
	put(failed, "")
}

// jobVerdict has three series for the end of a Job, once it has come to it.
func jobVerdict(name, help, condition string) objectFamily {
	return gauge(name, help, []string{"condition"}, func(o *object, put put) {
		for _, c := range o.list("status.conditions") {
			if c["type"] != condition {
				continue
			}
			for _, s := range statuses {
				put(truth(c["status"] == s.status), s.label)
			}
		}
	})
}

var cronJobKind = kind{
	name: "cronjob", base: []string{"namespace", "cronjob"}, ids: ofOwners(models.CronJob),
	families: []objectFamily{
		info("kube_cronjob_info", "The CronJob and its schedule.", []string{"schedule", "concurrency_policy", "timezone"},
			[]string{"spec.schedule", "spec.concurrencyPolicy", "spec.timeZone"}),
		moment("kube_cronjob_created", "When the CronJob was created, in Unix seconds.", created),
		gauge("kube_cronjob_status_active", "Jobs of the CronJob that run.", nil, func(o *object, put put) { put(float64(len(o.list("status.active")))) }),
		moment("kube_cronjob_status_last_schedule_time", "When the CronJob last started a Job, in Unix seconds.", "status.lastScheduleTime"),
		moment("kube_cronjob_status_last_successful_time", "When a Job of the CronJob last succeeded, in Unix seconds.", "status.lastSuccessfulTime"),
		field("kube_cronjob_spec_suspend", "Whether the CronJob is suspended.", "spec.suspend"),
		given("kube_cronjob_spec_starting_deadline_seconds", "How late a Job of the CronJob may start.", "spec.startingDeadlineSeconds"),
	},
}
