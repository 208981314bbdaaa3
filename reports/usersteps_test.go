package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestTheReportTellsWhatUsersDid(t *testing.T) {
	s := &Summary{}
	if s.SetUserSteps(nil); s.UserSteps != nil {
		t.Error("steps without any")
	}
	steps := []UserStep{
		{At: 60, Text: "scale deployment/web --replicas=5", Message: "deployment.apps/web scaled"},
		{At: 3661.5, Text: "delete pod/\x1b[31m", Message: `Error from server (NotFound): pods "a-pod-with-a-very-long-name-that-no-cluster-has" not found`, Failed: true},
		{At: 3700, Text: "drain n1", Message: "node/n1 cordoned\nnode/n1 drained"},
	}
	s.SetUserSteps(steps)
	if s.UserSteps.Done != 2 || s.UserSteps.Failed != 1 {
		t.Errorf("got %+v", s.UserSteps)
	}
	var b bytes.Buffer
	if err := WriteText(&b, s, Wall{}, Terminal{Width: 80}); err != nil {
		t.Fatal(err)
	}
	want := `Steps of users  2 done, 1 failed
  00h01m00s  scale deployment/web --replicas=5 -> deployment.apps/web scaled
  01h01m02s  delete pod/\x1b[31m
             -> Error from server (NotFound): pods
                "a-pod-with-a-very-long-name-that-no-cluster-has" not found
  01h01m40s  drain n1
             -> node/n1 cordoned
                node/n1 drained
`
	if !strings.Contains(b.String(), want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Of many steps those are shown that failed, and the first of the others.
func TestTheReportShowsFailedStepsOfMany(t *testing.T) {
	s := &Summary{}
	var steps []UserStep
	for i := range 50 {
		steps = append(steps, UserStep{At: Seconds(i), Text: fmt.Sprintf("step-%d.", i), Failed: i == 49})
	}
	s.SetUserSteps(steps)
	var b bytes.Buffer
	if err := WriteText(&b, s, Wall{}, Terminal{Width: 80}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if !strings.Contains(text, "step-18.") || strings.Contains(text, "step-19.") || !strings.Contains(text, "step-49.") ||
		!strings.Contains(text, "and 30 steps more: see summary.json") {
		t.Errorf("got\n%s", text)
	}
}
