package sim

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// changePod is a user who changes a pod: its image, its gates (which all go), what it
// tolerates, its deadline, or with cpu what it is to have.
func (s *story) changePod(t *testing.T, d *datadriven.TestData) {
	var pod, image, taint string
	cpu, is := int64(0), int64(1000)
	d.ScanArgs(t, "pod", &pod)
	d.MaybeScanArgs(t, "image", &image)
	d.MaybeScanArgs(t, "tolerates", &taint)
	d.MaybeScanArgs(t, "cpu", &cpu)
	d.MaybeScanArgs(t, "from", &is)
	before := s.pod(is, models.RestartAlways)
	after := *before
	change := &PodChange{Was: before, Is: &after}
	if image != "" {
		after.Containers = []models.Container{before.Containers[0]}
		after.Containers[0].Image = s.d.Sym(image)
	}
	if d.HasArg("ungated") {
		gated := *before
		gated.SchedulingGates = []models.Sym{s.d.Sym("gate")}
		change.Was = &gated
	}
	if taint != "" {
		after.Tolerations = []models.Toleration{{Key: s.d.Sym(taint), Exists: true, Effect: models.NoExecute}}
	}
	after.ActiveDeadline = span(t, d, "deadline", 0)
	if cpu != 0 {
		change.Resize = true
		after.Requests[models.CPU], after.NonZeroCPU = cpu, cpu
	}
	if d.HasArg("restart") {
		change.Restarts = []models.Sym{before.Containers[0].Name}
	}
	s.planPod(t, d, Step{Kind: StepUpdate, Done: "patched", Change: change}, pod)
}

// outcomes are what the user was answered.
func (s *story) outcomes() string {
	var out strings.Builder
	for _, r := range s.sim.StepResults() {
		out.WriteString(r.At.String() + " " + r.Message + "\n")
	}
	return out.String()
}
