package app

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheExampleOfARolloutHolds(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := Main([]string{"run", "../../../examples/rollout/rollout.yaml"}, nil, &stdout, &stderr)
	if code != ExitPass || !strings.Contains(stdout.String(), "Steps of users  4 done\n") {
		t.Errorf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
	}
}

// --at takes a moment and a command, in two words or in one.
func TestTheTwoWordsOfAStepBecomeOneValue(t *testing.T) {
	for name, test := range map[string]struct{ args, want []string }{
		"two words":         {[]string{"run", "--at", "10m", "cordon n", "x.yaml"}, []string{"run", "--at=10m cordon n", "x.yaml"}},
		"with an equals":    {[]string{"run", "--at=10m", "cordon n"}, []string{"run", "--at=10m cordon n"}},
		"one word":          {[]string{"validate", "--at", "10m cordon n", "x.yaml"}, []string{"validate", "--at=10m cordon n", "x.yaml"}},
		"no command":        {[]string{"run", "--at", "10m"}, []string{"run", "--at=10m"}},
		"a flag instead":    {[]string{"run", "--at", "10m", "--seed", "3"}, []string{"run", "--at=10m", "--seed", "3"}},
		"no moment":         {[]string{"run", "--at"}, []string{"run", "--at"}},
		"behind two dashes": {[]string{"run", "--", "--at", "10m", "x"}, []string{"run", "--", "--at", "10m", "x"}},
		"another verb":      {[]string{"compare", "--at", "10m", "x"}, []string{"compare", "--at", "10m", "x"}},
		"nothing":           {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, joinSteps(test.args)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
