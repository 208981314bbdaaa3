package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

const kubeletGroup = `
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: w}
spec:
  count: 1
  template: {status: {capacity: {cpu: 4, memory: 16Gi, ephemeral-storage: 100Gi, hugepages-2Mi: 1Gi}}}
  kubelet: KUBELET
---
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: k}
spec: {for: 1m}
`

// Allocatable is the capacity without what is reserved, without hugepages, and without the
// thresholds of eviction, 100Mi and 10 % unless others are given.
func TestReservationsAreKeptFromPods(t *testing.T) {
	const gi, mi = 1 << 30, 1 << 20
	for _, test := range []struct {
		rule, kubelet      string
		cpu, memory, disk  int64
		pods               int64
		groups             int
		critical, ordinary time.Duration
	}{
		{"nothing reserved", "{}", 4000, 16 * gi, 100 * gi, 110, 0, 0, 0},
		{"a kubelet's share", "{kubeReserved: {cpu: 250m, memory: 1Gi}}", 3750, 14*gi - 100*mi, 96636764000, 110, 0, 0, 0},
		{"thresholds of one's own", "{evictionHard: {memory.available: 1Gi, pid.available: 10%}}", 4000, 14 * gi, 100 * gi, 110, 0, 0, 0},
		{"a percentage", "{evictionHard: {memory.available: 25%}, maxPods: 20}", 4000, 11 * gi, 100 * gi, 20, 0, 0, 0},
		{"a grace for shutdowns", "{shutdownGracePeriod: 30s, shutdownGracePeriodCriticalPods: 10s}", 4000, 16 * gi, 100 * gi, 110, 2, 10 * time.Second, 20 * time.Second},
	} {
		t.Run(test.rule, func(t *testing.T) {
			run, err := Load(Input{Files: []File{{Name: "k.yaml", Reader: strings.NewReader(strings.Replace(kubeletGroup, "KUBELET", test.kubelet, 1))}}})
			if err != nil {
				t.Fatal(err)
			}
			n := run.Config.Nodes[0]
			got := [4]int64{n.Allocatable[models.CPU], n.Allocatable[models.Memory], n.Allocatable[models.EphemeralStorage], n.Allocatable[models.Pods]}
			if want := [4]int64{test.cpu, test.memory, test.disk, test.pods}; got != want {
				t.Errorf("allocatable %v; want %v", got, want)
			}
			if len(n.Shutdown) != test.groups || test.groups > 0 && (n.Shutdown[0].Grace != test.ordinary || n.Shutdown[1].Grace != test.critical) {
				t.Errorf("a shutdown waits %v", n.Shutdown)
			}
		})
	}
}

func TestWrongReservationsAreTold(t *testing.T) {
	for _, test := range [][2]string{
		{"{kubeReserved: {cpu: 5}}", "more than the capacity of cpu"},
		{"{kubeReserved: {gpu: 1}}", `got "gpu"; want cpu`},
		{"{systemReserved: {memory: much}}", "spec.kubelet.systemReserved"},
		{"{evictionHard: {memory.availible: 1Gi}}", `did you mean "memory.available"?`},
		{"{evictionHard: {nodefs.available: 110%}}", "want an amount, or a percentage"},
		{"{shutdownGracePeriodCriticalPods: 10s}", "want at most shutdownGracePeriod"},
		{"{shutdownGracePeriod: 10s, shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 5}]}", "contradicts"},
	} {
		_, err := Load(Input{Files: []File{{Name: "k.yaml", Reader: strings.NewReader(strings.Replace(kubeletGroup, "KUBELET", test[0], 1))}}})
		if err == nil || !strings.Contains(err.Error(), test[1]) {
			t.Errorf("%s: %v; want %s", test[0], err, test[1])
		}
	}
}
