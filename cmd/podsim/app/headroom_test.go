package app_test

import (
	"encoding/json"
	"testing"
)

// What fits of a template beside what runs is as much as podsim fit says, which places
// pods in the cluster itself and not in one that was put together again.
func TestHeadroomOfATemplateIsWhatFits(t *testing.T) {
	const pod = "../../../examples/place/web.yaml"
	for _, asked := range [][]string{{"zone-outage", "--at", "1h"}, {"zone-outage", "--at", "2h10m"}, {"spot-day", "--at", "2h"}, {"-f", "../../../examples/place/cluster.yaml"}} {
		var fit struct{ Pods int }
		var headroom struct{ More struct{ Low, High int } }
		ask := func(into any, verb string, more ...string) {
			t.Helper()
			code, stdout, stderr := main(append(append([]string{verb, "--pod", pod, "-o", "json"}, asked...), more...)...)
			if err := json.Unmarshal([]byte(stdout), into); code != 0 || err != nil {
				t.Fatalf("podsim %s of %v: exit code %d, %v: %s", verb, asked, code, err, stderr)
			}
		}
		ask(&fit, "fit")
		ask(&headroom, "headroom", "--growth", "1pods/day", "--draws", "1")
		if fit.Pods == 0 || headroom.More.Low != fit.Pods || headroom.More.High != fit.Pods {
			t.Errorf("%v: %d pods fit, and the headroom is %d to %d", asked, fit.Pods, headroom.More.Low, headroom.More.High)
		}
	}
}
