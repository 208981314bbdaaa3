package manifest

import (
	"testing"

	"github.com/podsim/podsim/models"
)

func TestPodsGetWhatTheirRuntimeClassSays(t *testing.T) {
	const class = `
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: kata}
handler: kata
overhead: {podFixed: {cpu: 250m}}
scheduling: {nodeSelector: {kata: "true"}, tolerations: [{key: kata, operator: Exists, effect: NoSchedule}]}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {runtimeClassName: kata, nodeSelector: {disk: fast}, containers: [{name: c, image: a, resources: {requests: {cpu: 1}}}]}
`
	s := NewSet(models.NewDictionary())
	pod := compile(t, s, class).Pods[0].Spec
	if got := pod.Requests[models.CPU]; got != 1250 {
		t.Errorf("requests %d thousandths of a core, want 1250", got)
	}
	if got, want := s.labelLine(pod.NodeSelector), labelsText(map[string]string{"disk": "fast", "kata": "true"}); got != want {
		t.Errorf("nodeSelector %s, want %s", got, want)
	}
	found := 0
	for _, toleration := range pod.Tolerations {
		if s.dict.String(toleration.Key) == "kata" {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d tolerations of the class, want 1", found)
	}
}

// A pod whose RuntimeClass the input does not have is rejected in the run, unless it is
// in a live cluster already.
func TestAMissingRuntimeClassIsNoted(t *testing.T) {
	pod := podWith("runtimeClassName: kata, containers: [{name: c, image: a}]")
	for status, want := range map[string]string{"": "kata", "status: {phase: Running}\n": ""} {
		s := NewSet(models.NewDictionary())
		if got := compile(t, s, pod+status).Pods[0].Spec.Detail.MissingRuntime; got != want || s.Definitions().Rejects != (want != "") {
			t.Errorf("with %q: got %q, rejects %v; want %q", status, got, s.Definitions().Rejects, want)
		}
	}
}
