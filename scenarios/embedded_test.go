package scenarios_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// play runs a scenario and returns how its assertions went.
func play(t *testing.T, in scenarios.Input) []reports.AssertionResult {
	t.Helper()
	began := time.Now()
	run, err := scenarios.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	loaded := time.Since(began)
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	recorder, err := reports.NewRecorder(reports.Config{Horizon: run.Config.Horizon}, s.Cluster().View())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range run.Assertions {
		check, err := reports.CompileAssertion(reports.Assertion{
			Text: a.Text, At: a.At, Always: a.Always, From: a.From, Until: a.Until,
		}, run.Dictionary)
		if err != nil {
			t.Fatal(err)
		}
		recorder.Check(check)
	}
	s.Cluster().Observe(recorder)
	err = s.Run(nil)
	if err != nil {
		t.Fatal(err)
	}
	end := run.Config.Horizon
	if end == models.Never {
		end = s.Now()
	}
	summary, err := recorder.Finish(end)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("load %v, run %v, %d events, %d pods", loaded, time.Since(began)-loaded, s.Events(), s.Cluster().View().Pods())
	return summary.Assertions
}

func TestEmbeddedScenariosHoldWhatTheyAssert(t *testing.T) {
	for _, e := range scenarios.Embedded() {
		t.Run(e.Name, func(t *testing.T) {
			in := scenarios.Input{Files: []scenarios.File{e.File()}}
			if e.Data != nil {
				path := os.Getenv("PODSIM_DLRM_TRACE")
				if path == "" {
					path = writeTrace(t, t.TempDir())
				}
				in.Data = map[string]string{"trace": path}
			}
			for _, result := range play(t, in) {
				t.Logf("%s %s: %v (%s)", result.Text, result.When, result.Passed, result.Got)
				if !result.Passed {
					t.Error(result.Message)
				}
			}
		})
	}
}

// TestAnOutageAtNoonIsTooMuch holds zone-outage to what its comments promise.
func TestAnOutageAtNoonIsTooMuch(t *testing.T) {
	e, _ := scenarios.LookupEmbedded("zone-outage")
	failed := 0
	for _, result := range play(t, scenarios.Input{
		Files: []scenarios.File{e.File()}, Set: []string{"FaultPlan/zone-b.spec.faults[0].at=14h"},
	}) {
		if strings.HasPrefix(result.Text, "pending.") && !result.Passed {
			failed++
		}
	}
	if failed == 0 {
		t.Error("pods found room at once; want waiting pods")
	}
}

func TestNodesOfTheCommandLine(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: m, image: i}]}\n"
	in := input(pod)
	in.Files = append(in.Files, scenarios.NodesFile(3, map[string]string{"cpu": "16", "memory": "64Gi"}, []string{"a", "b"}))
	run := mustLoad(t, in)
	if n := len(run.Config.Nodes); n != 3 || run.Config.Nodes[2].Capacity[models.CPU] != 16000 || run.Name != "s" {
		t.Errorf("got %d nodes, %v, %s; want 3 of 16 cores, s", n, run.Config.Nodes[0].Capacity, run.Name)
	}
	in = input(pod)
	in.Files = append(in.Files, scenarios.NodesFile(3, map[string]string{"cpu": "many"}, nil))
	if got := loadError(t, in); !strings.HasPrefix(got, "--nodes:1:") || !strings.Contains(got, `invalid quantity "many"`) {
		t.Errorf("got %s", got)
	}
}

// writeTrace writes a small trace in the format that dlrm-month reads.
func writeTrace(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit," +
		"memory_request,memory_limit,disk_request,disk_limit,max_instance_per_node,creation_time,scheduled_time,deletion_time\n")
	for i := range 300 {
		creation, deletion := "", ""
		if i%3 > 0 {
			creation = fmt.Sprint(i * 7919 % 2_600_000)
		}
		if i%4 > 0 {
			deletion = fmt.Sprint(i*7919%2_600_000 + i*i)
		}
		if i%2 == 0 {
			fmt.Fprintf(&b, "instance_%d,CN,app_%d,96,96,0,0,1,1,480.0,480.0,255.0,300.0,-1,%s,,%s\n", i, i%10, creation, deletion)
		} else {
			fmt.Fprintf(&b, "instance_%d,HN,app_%d,8,8,1,1,25,25,40.0,40.0,80.0,100.0,2,%s,,%s\n", i, i%10, creation, deletion)
		}
	}
	name := dir + "/trace.csv"
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
