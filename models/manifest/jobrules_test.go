package manifest

import (
	"strings"
	"testing"
)

func jobWith(spec string) string {
	return strings.Replace(job, "spec:\n  template", "spec:\n  "+spec+"\n  template", 1)
}

func cronJobWith(spec string) string {
	return `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  ` + spec + `
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}
`
}

func TestRulesOfJobsAreChecked(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{jobWith("backoffLimitPerIndex: 1"), "spec.backoffLimitPerIndex: needs completionMode Indexed"},
		{jobWith("maxFailedIndexes: 1"), "spec.maxFailedIndexes: needs backoffLimitPerIndex"},
		{jobWith("podReplacementPolicy: Always"), "spec.podReplacementPolicy"},
		{jobWith("podFailurePolicy: {rules: [{action: FailJob}]}"), "want one of onExitCodes and onPodConditions"},
		{jobWith("podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {operator: In, values: [1]}}]}"), "FailIndex needs backoffLimitPerIndex"},
		{jobWith("podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [0]}}]}"), "got 0, which is no failure"},
		{jobWith("podFailurePolicy: {rules: [{action: Count, onExitCodes: {operator: In, values: [2, 1]}}]}"), "values must ascend"},
		{jobWith("podFailurePolicy: {rules: [{action: Count, onExitCodes: {containerName: b, operator: In, values: [2]}}]}"), "the template has no container"},
		{jobWith("successPolicy: {rules: [{succeededCount: 1}]}"), "spec.successPolicy: needs completionMode Indexed"},
		{jobWith("completions: 3\n  completionMode: Indexed\n  successPolicy: {rules: [{succeededIndexes: 0-3}]}"), "index 3 is not below the completions, 3"},
		{cronJobWith("schedule: 61 * * * *"), `spec.schedule: minute: "61" is not within 0 to 59`},
		{cronJobWith("timeZone: Europe/Nowhere"), "unknown time zone"},
		{cronJobWith("concurrencyPolicy: Never"), "spec.concurrencyPolicy"},
		{cronJobWith("schedule: 0 3 * * mon-fri"), ""},
	} {
		if got := problemsOf(t, test.text); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s\ngot %q, want %q", test.text, got, test.want)
		}
	}
}
