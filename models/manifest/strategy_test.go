package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
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

// Absent fields take the defaults of the API server.
func TestRolloutsAreCompiled(t *testing.T) {
	for _, test := range []struct{ spec, want string }{
		{"", "RollingUpdate 25% 25% deadline 10m0s history 10 ready 0 paused false"},
		{"strategy: {}", "RollingUpdate 25% 25% deadline 10m0s history 10 ready 0 paused false"},
		{"strategy: {rollingUpdate: {maxSurge: 0}}", "RollingUpdate 0 25% deadline 10m0s history 10 ready 0 paused false"},
		{"strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 200%, maxUnavailable: 3}}",
			"RollingUpdate 200% 3 deadline 10m0s history 10 ready 0 paused false"},
		{"strategy: {type: Recreate}", "Recreate - - deadline 10m0s history 10 ready 0 paused false"},
		{"minReadySeconds: 5, paused: true, revisionHistoryLimit: 0, progressDeadlineSeconds: 6",
			"RollingUpdate 25% 25% deadline 6s history 0 ready 5 paused true"},
		{"progressDeadlineSeconds: 2147483647, revisionHistoryLimit: 2147483647",
			"RollingUpdate 25% 25% deadline 0s history 2147483647 ready 0 paused false"},
	} {
		text := strings.Replace(deployment, "spec:\n", "spec:\n"+fields(test.spec), 1)
		s := compile(t, NewSet(models.NewDictionary()), text).Owners[0].Spec
		got := fmt.Sprintf("%s %s %s deadline %s history %d ready %d paused %t", s.Strategy, shareText(s.MaxSurge), shareText(s.MaxUnavailable), s.ProgressDeadline, s.RevisionHistoryLimit, s.MinReadySeconds, s.Paused)
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.spec, got, test.want)
		}
	}
}

// fields writes fields, separated by commas outside of braces, as lines of a mapping.
func fields(flow string) (lines string) {
	depth, start := 0, 0
	for i, c := range flow + "," {
		switch c {
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth == 0 && i > start {
				lines += "  " + strings.TrimSpace(flow[start:i]) + "\n"
				start = i + 1
			}
		}
	}
	return lines
}

func TestRolloutsThatAnAPIServerRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"revisionHistoryLimit: -1":                          "spec.revisionHistoryLimit: got -1; must be >= 0",
		"progressDeadlineSeconds: -1":                       "spec.progressDeadlineSeconds: got -1; must be >= 0",
		"progressDeadlineSeconds: 5, minReadySeconds: 5":    "spec.progressDeadlineSeconds: got 5; must be greater than minReadySeconds, which is 5",
		"minReadySeconds: 600":                              "spec.progressDeadlineSeconds: got 600; must be greater than minReadySeconds, which is 600",
		"strategy: {rollingUpdate: {maxSurge: 9999999999}}": "spec.strategy.rollingUpdate.maxSurge",
	} {
		if got := problemsOf(t, strings.Replace(deployment, "spec:\n", "spec:\n"+fields(spec), 1)); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
}

func TestTheCostOfDeletingAPod(t *testing.T) {
	for text, want := range map[string]string{
		"5": "5", "-7": "-7", "0": "0", "-0": "0", "2147483647": "2147483647",
		"x": "want a whole number", "": "want a whole number", "+5": "want a whole number", "05": "want a whole number",
		"1.5": "want a whole number", "2147483648": "want a whole number",
	} {
		d := models.NewDictionary()
		annotated := fmt.Sprintf("metadata: {annotations: {controller.kubernetes.io/pod-deletion-cost: %q}, ", text)
		manifest := strings.Replace(deployment, "    metadata: {", "    "+annotated, 1)
		if got := problemsOf(t, manifest); got != "" {
			if !strings.Contains(got, want) || !strings.Contains(got, "spec.template.metadata.annotations") {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
			continue
		}
		if got := fmt.Sprint(compile(t, NewSet(d), manifest).Owners[0].Pod.DeletionCost); got != want {
			t.Errorf("%q costs %s, want %s", text, got, want)
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
