package kubescheduler

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestConfigurationsMeanTheSame lets both sides read a KubeSchedulerConfiguration,
// the real one through its own loader, and place pods that ask for its profiles.
func TestConfigurationsMeanTheSame(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no configurations: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			eachSeed(t, 9, func(t *testing.T, seed uint64) {
				world := GenerateStill(seed ^ 0xc0f)
				world.Config = string(text)
				askFor(t, &world, "packing")
				hold(t, world, Places)
			})
		})
	}
}

// askFor lets every other pod ask for a scheduler, but none that has volumes: each
// profile of kube-scheduler remembers by itself which volumes it has given away, until
// controllers that are not there write it down.
func askFor(t *testing.T, w *World, scheduler string) {
	t.Helper()
	for i := range w.Steps {
		if w.Steps[i].Kind != SchedulePod || i%2 == 0 {
			continue
		}
		pod := Object{}
		if err := json.Unmarshal(w.Steps[i].Object, &pod); err != nil {
			t.Fatal(err)
		}
		if _, ok := pod["spec"].(Object)["volumes"]; ok {
			continue
		}
		pod["spec"].(Object)["schedulerName"] = scheduler
		w.Steps[i] = newStep(SchedulePod, w.Steps[i].Name, pod)
	}
}
