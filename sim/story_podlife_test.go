package sim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// gates reads the readiness gates of pods, when somebody sets conditions of them, and
// their system: os is spec.os, and oslabel that of their label.
func (s *story) gates(t *testing.T, d *datadriven.TestData, template *Template) {
	gates, met, system := "", "", ""
	template.Pod.HostNetwork = d.HasArg("hostnetwork")
	if subdomain := ""; d.MaybeScanArgs(t, "fqdn", &subdomain) {
		hostname := ""
		d.MaybeScanArgs(t, "hostname", &hostname)
		template.Pod.FQDN = &models.FQDN{Hostname: s.d.Sym(hostname), Subdomain: s.d.Sym(subdomain)}
	}
	if d.MaybeScanArgs(t, "os", &system); system != "" {
		template.Pod.OS = s.d.Sym(system)
	}
	if d.MaybeScanArgs(t, "oslabel", &system); d.HasArg("oslabel") {
		template.Pod.OSLabel = s.d.Sym(system)
	}
	if d.MaybeScanArgs(t, "gates", &gates); gates != "" {
		for gate := range strings.SplitSeq(gates, ",") {
			template.Pod.ReadinessGates = append(template.Pod.ReadinessGates, s.d.Sym(gate))
		}
		if !template.Pod.Itemised() {
			template.Pod.Containers[0].Life = new(models.Life)
		}
	}
	if d.MaybeScanArgs(t, "met", &met); met != "" {
		for pair := range strings.SplitSeq(met, ",") {
			kind, text, _ := strings.Cut(pair, ":")
			after, err := time.ParseDuration(text)
			if err != nil {
				d.Fatalf(t, "met: %v", err)
			}
			template.Behavior.Conditions = append(template.Behavior.Conditions,
				kubelet.ConditionBehavior{Type: s.d.Sym(kind), After: kernel.Constant(after.Seconds())})
		}
	}
}

// setCondition is somebody who sets a condition of the status of a pod.
func (s *story) setCondition(t *testing.T, d *datadriven.TestData) {
	var pod, kind, reason string
	status := "True"
	d.ScanArgs(t, "pod", &pod)
	d.ScanArgs(t, "type", &kind)
	d.MaybeScanArgs(t, "status", &status)
	d.MaybeScanArgs(t, "reason", &reason)
	is := PodCondition{Type: s.d.Sym(kind), Reason: s.d.Sym(reason), Status: int64(slices.Index([]string{"Unknown", "False", "True"}, status))}
	s.planPod(t, d, Step{Kind: StepUpdate, Done: "patched", Conditions: []PodCondition{is}}, pod)
}

// debug is a user who debugs a pod.
func (s *story) debug(t *testing.T, d *datadriven.TestData) {
	var pod, name, target string
	image := "busybox:1"
	d.ScanArgs(t, "pod", &pod)
	d.MaybeScanArgs(t, "image", &image)
	d.MaybeScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "target", &target)
	s.planPod(t, d, Step{Kind: StepDebug, Done: "debugged", Debug: DebugOptions{
		Image: s.d.Sym(image), Name: s.d.Sym(name), Target: s.d.Sym(target), For: span(t, d, "for", 0),
	}}, pod)
}
