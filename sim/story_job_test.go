package sim

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// jobRules reads what a Job has beyond its counts.
func (s *story) jobRules(t *testing.T, d *datadriven.TestData) *models.JobRules {
	rules := &models.JobRules{BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}
	d.MaybeScanArgs(t, "indexed", &rules.Indexed)
	d.MaybeScanArgs(t, "perindex", &rules.BackoffLimitPerIndex)
	d.MaybeScanArgs(t, "maxfailed", &rules.MaxFailedIndexes)
	replace, indexes := "", ""
	d.MaybeScanArgs(t, "replace", &replace)
	rules.ReplaceFailed = replace == "Failed"
	for _, about := range []struct {
		arg    string
		action models.FailureAction
	}{{"ignore", models.IgnoreFailure}, {"failjob", models.FailJob}, {"failindex", models.FailIndex}} {
		var code int32
		if d.MaybeScanArgs(t, about.arg, &code); code != 0 {
			rules.HasFailurePolicy, rules.ReplaceFailed = true, true
			rule := models.FailureRule{Action: about.action, Codes: []int32{code}}
			container := ""
			if d.MaybeScanArgs(t, "failcontainer", &container); container != "" {
				rule.Container = s.d.Sym(container)
			}
			rules.FailureRules = append(rules.FailureRules, rule)
		}
	}
	if d.HasArg("ignoredisruptions") {
		rules.HasFailurePolicy, rules.ReplaceFailed = true, true
		rules.FailureRules = append(rules.FailureRules, models.FailureRule{Action: models.IgnoreFailure,
			Conditions: []models.PodConditions{{Type: s.d.Sym(models.DisruptionTarget), Status: models.ConditionTrue}}})
	}
	if d.MaybeScanArgs(t, "succeed", &indexes); indexes != "" {
		set, err := models.ParseIndexes(indexes, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		rules.SuccessRules = []models.SuccessRule{{Indexes: set, Count: models.Unset}}
	}
	return rules
}

// cronJob reads a CronJob, whose Jobs have one pod each.
func (s *story) cronJob(t *testing.T, d *datadriven.TestData, template *Template) {
	text, how, zone := "", "Allow", "UTC"
	rules := &models.CronRules{SuccessfulHistory: 3, FailedHistory: 1, StartingDeadline: span(t, d, "startby", 0)}
	d.ScanArgs(t, "schedule", &text)
	d.MaybeScanArgs(t, "concurrency", &how)
	d.MaybeScanArgs(t, "zone", &zone)
	d.MaybeScanArgs(t, "successful", &rules.SuccessfulHistory)
	d.MaybeScanArgs(t, "failed", &rules.FailedHistory)
	schedule, err := models.ParseCron(strings.ReplaceAll(text, "_", " "))
	if err != nil {
		d.Fatalf(t, "schedule: %v", err)
	}
	rules.Schedule, rules.Schedule.Zone = schedule, zone
	rules.Concurrency = map[string]models.Concurrency{"Forbid": models.ForbidConcurrent, "Replace": models.ReplaceConcurrent}[how]
	template.Owner = &models.OwnerSpec{Kind: models.CronJob, Namespace: s.d.Sym("default"), Completions: models.Unset, Cron: rules}
	template.ReplicaSet = &models.OwnerSpec{
		Kind: models.Job, Namespace: s.d.Sym("default"), Replicas: 1, Completions: 1, TTLAfterFinished: -1,
	}
}
