package usage

import (
	"testing"

	"github.com/podsim/podsim/models"
)

// TestAdjustmentsOfScores has the kernel of a node with 1000 bytes of memory kill BestEffort
// pods first and Guaranteed ones last.
func TestAdjustmentsOfScores(t *testing.T) {
	d := models.NewDictionary()
	one := func(qos models.QOSClass, request int64) *models.PodSpec {
		return &models.PodSpec{QOS: qos, Requests: models.Resources{models.Memory: request}, Containers: []models.Container{{Kind: models.AppContainer}}}
	}
	several := func(whole int64, kinds []models.ContainerKind, requests ...int64) *models.PodSpec {
		pod := &models.PodSpec{QOS: models.Burstable, Requests: models.Resources{models.Memory: whole}, Amounts: &models.PodAmounts{PodLevel: whole > 0}}
		for i, request := range requests {
			pod.Containers = append(pod.Containers, models.Container{Kind: kinds[i]})
			pod.Amounts.Containers = append(pod.Amounts.Containers, models.ContainerAmounts{RequestMemory: request})
		}
		return pod
	}
	critical := one(models.BestEffort, 0)
	critical.PriorityClass = d.Sym("system-node-critical")
	withSidecar := []models.ContainerKind{models.Sidecar, models.AppContainer, models.AppContainer}
	for _, test := range []struct {
		rule      string
		pod       *models.PodSpec
		container int
		want      int64
	}{
		{"BestEffort", one(models.BestEffort, 0), 0, 1000},
		{"Guaranteed", one(models.Guaranteed, 100), 0, -997},
		{"critical to its node, whatever its class", critical, 0, -997},
		{"Burstable: what it does not request", one(models.Burstable, 300), 0, 700},
		{"before BestEffort in any case", one(models.Burstable, 0), 0, 999},
		{"after Guaranteed in any case", one(models.Burstable, 999), 0, 3},
		{"each container by its own request", several(0, withSidecar, 100, 400, 200), 1, 600},
		{"a sidecar goes no earlier than the app container that requests least", several(0, withSidecar, 100, 400, 200), 0, 800},
		{"a sidecar that requests more goes later", several(0, withSidecar, 500, 400, 200), 0, 500},
		{"of what only the pod requests each container has its part", several(1000, withSidecar, 100, 400, 200), 1, 500},
		{"and so has the sidecar", several(1000, withSidecar, 100, 400, 200), 0, 700},
	} {
		t.Run(test.rule, func(t *testing.T) {
			if got := adjustment(test.pod, test.container, 1000, d); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
