package app_test

import (
	"encoding/json"
	"strings"
	"testing"
)

const deschedulerExample = "../../../examples/descheduler/"

// TestTheDeschedulerAndAPackingSchedulerUndoEachOther runs examples/descheduler: pods that
// LowNodeUtilization takes from the full node are put back there, which is found and told as a
// chain of causes; HighNodeUtilization, which packs as the scheduler does, has nothing to do.
func TestTheDeschedulerAndAPackingSchedulerUndoEachOther(t *testing.T) {
	code, stdout, stderr := main("run", deschedulerExample+"packed.yaml", "--policy", deschedulerExample+"low-node-utilization.yaml")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	_, got, _ := strings.Cut(stdout, "\nPing-pong  ")
	got, _, _ = strings.Cut(got, "\n\n")
	want := `6 replicas moved more than 3 times in 1h
  Deployment/web: 6 replicas alike, the first with 5 moves from 00h05m00s to 01h05m00s
    00h05m00s  sigs.k8s.io.descheduler takes web-56f85fbd9-26f94 from workers-0: LowNodeUtilization,
               pod eviction from workers-0 node by sigs.k8s.io/descheduler
    00h05m00s  default-scheduler puts its successor on workers-0 again
    and so on until 01h50m00s: 7 more moves`
	if got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	code, stdout, stderr = main("run", deschedulerExample+"packed.yaml", "--policy", deschedulerExample+"high-node-utilization.yaml", "-o", "json")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	var summary struct {
		Measured struct {
			Evictions *struct{ Total int }
			PingPong  struct{ Replicas int }
		}
	}
	if err := json.Unmarshal([]byte(stdout), &summary); err != nil {
		t.Fatal(err)
	}
	if m := &summary.Measured; m.Evictions == nil || m.Evictions.Total+m.PingPong.Replicas > 0 {
		t.Errorf("HighNodeUtilization evicts pods: %+v", m)
	}
}
