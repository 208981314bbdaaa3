package manifest

import (
	"strings"
	"testing"
)

func TestDeploymentStrategies(t *testing.T) {
	for strategy, want := range map[string]string{
		"{type: Recreate}": "",
		"{rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}":  "",
		"{rollingUpdate: {maxSurge: 0}}":                       "",
		"{rollingUpdate: {maxSurge: 200%, maxUnavailable: 0}}": "",
		"{type: Rolling}": `spec.strategy.type: got "Rolling"; want RollingUpdate, Recreate`,
		"{type: Recreate, rollingUpdate: {maxSurge: 1}}":     "spec.strategy.rollingUpdate: must not be set with type Recreate",
		"{rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}": "spec.strategy.rollingUpdate: maxSurge and maxUnavailable are both 0: a rollout could never proceed",
		"{rollingUpdate: {maxSurge: abc}}":                   `spec.strategy.rollingUpdate.maxSurge: got "abc"; want a whole number or a percentage such as 25%`,
		"{rollingUpdate: {maxUnavailable: -1}}":              "spec.strategy.rollingUpdate.maxUnavailable: got -1; must be >= 0",
		"{rollingUpdate: {maxUnavailable: 101%}}":            "spec.strategy.rollingUpdate.maxUnavailable: got 101%; must be <= 100%",
	} {
		text := strings.Replace(deployment, "spec:\n", "spec:\n  strategy: "+strategy+"\n", 1)
		got := problemsOf(t, text)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", strategy, got, want)
		}
	}
}

func TestReplicasAreBounded(t *testing.T) {
	for replicas, want := range map[string]string{"10000000": "", "10000001": "spec.replicas: got 10000001; must be <= 10000000"} {
		text := strings.Replace(deployment, "spec:\n", "spec:\n  replicas: "+replicas+"\n", 1)
		if got := problemsOf(t, text); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s replicas: got %q, want %q", replicas, got, want)
		}
	}
}
