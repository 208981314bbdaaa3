package sim

import (
	"strconv"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

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
