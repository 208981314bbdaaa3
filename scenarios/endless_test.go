package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// A run without an end ends when nothing is left to happen, although the scheduler would
// try a pod that fits nowhere every five minutes for ever.
func TestARunWithoutAnEndDoesNotWaitForWhatCannotBe(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: CPU}}}]}\n---\n"
	write := func(name, cpu string) string { return strings.NewReplacer("NAME", name, "CPU", cpu).Replace(pod) }
	run, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{
		{Name: "pods.yaml", Reader: strings.NewReader(write("fits", "1") + write("big", "100"))},
		scenarios.NodesFile(2, map[string]string{"cpu": "4", "memory": "8Gi", "pods": "10"}, nil),
	}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	if end := s.End(true); end > models.Time(10*time.Minute) {
		t.Errorf("the run ends at %s; want the second round of attempts at the latest", end)
	}
	for p := range s.Cluster().View().Live() {
		if placed := p.Node() != models.None; placed != (p.Name() == "fits") {
			t.Errorf("%s: placed %t after %d attempts", p.Name(), placed, p.Attempts())
		}
	}
}

// CronJobs and autoscalers never rest, so that a run with one needs an end.
func TestARunThatNeverRestsEndsAfterADay(t *testing.T) {
	const cronJob = `{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {schedule: "0 * * * *", suspend: SUSPEND, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}}`
	load := func(d time.Duration, suspend string) *scenarios.Run {
		run, err := scenarios.Load(scenarios.Input{For: d, Files: []scenarios.File{
			{Name: "cron.yaml", Reader: strings.NewReader(strings.Replace(cronJob, "SUSPEND", suspend, 1))},
			scenarios.NodesFile(2, map[string]string{"cpu": "4", "memory": "8Gi", "pods": "10"}, nil),
		}})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	run := load(0, "false")
	if run.Config.Horizon != models.Time(24*time.Hour) {
		t.Errorf("the run ends at %s; want 24h", run.Config.Horizon)
	}
	if told := strings.Join(run.Assumptions, "\n"); !strings.Contains(told, "a CronJob goes on for ever") {
		t.Errorf("the end is not among the assumptions:\n%s", told)
	}
	if run := load(time.Hour, "false"); run.Config.Horizon != models.Time(time.Hour) {
		t.Errorf("with a duration the run ends at %s", run.Config.Horizon)
	}
	if run := load(0, "true"); run.Config.Horizon != models.Never {
		t.Errorf("with a CronJob that is suspended the run ends at %s; want when nothing is left to happen", run.Config.Horizon)
	}
}
