package sim

import (
	"strconv"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// placeAt reads what ties a pod to a node: its name, a label, and a host port.
func (s *story) placeAt(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	var node, label string
	port := int32(0)
	d.MaybeScanArgs(t, "node", &node)
	d.MaybeScanArgs(t, "needs", &label)
	d.MaybeScanArgs(t, "port", &port)
	if node != "" {
		pod.NodeName = s.d.Sym(node)
	}
	if label != "" {
		pod.NodeSelector = models.NewLabels(models.Label{Key: s.d.Sym(label), Value: s.d.Sym("yes")})
	}
	if port != 0 {
		pod.HostPorts = []models.HostPort{{Port: port}}
	}
}

// tolerate lets a pod tolerate the taints of nodes that are silent or not ready for a
// number of seconds, or for ever, instead of 300.
func (s *story) tolerate(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	text := ""
	if d.MaybeScanArgs(t, "tolerate", &text); text == "" {
		return
	}
	var limit *int64
	if text != "forever" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			d.Fatalf(t, "tolerate: %v", err)
		}
		limit = &n
	}
	pod.Tolerations = nil
	for _, key := range []string{models.TaintNotReady, models.TaintUnreachable} {
		pod.Tolerations = append(pod.Tolerations, models.Toleration{Key: s.d.Sym(key), Exists: true, Effect: models.NoExecute, Seconds: limit})
	}
}

// shutdownGrace reads how long a shutdown waits for pods: in all, and for critical ones.
func shutdownGrace(t *testing.T, d *datadriven.TestData) []models.ShutdownGrace {
	all, critical := span(t, d, "grace", 0), span(t, d, "critical", 0)
	if all == 0 {
		return nil
	}
	return []models.ShutdownGrace{{Grace: all - critical}, {Priority: models.SystemCritical, Grace: critical}}
}
