package app_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/podsim/podsim/cmd/podsim/app"
)

func TestABenchmarkStopsWhenItIsInterrupted(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "interrupted after 0 of 9 decisions"},
		{[]string{"--steady"}, "interrupted while the cluster was filled"},
	} {
		var stdout, stderr bytes.Buffer
		command := app.New(nil, &stdout, &stderr)
		command.SetArgs(append([]string{"bench", "scheduler", "--nodes", "3", "--pods", "9"}, test.args...))
		ctx, stop := context.WithCancel(context.Background())
		stop()
		if err := command.ExecuteContext(ctx); err == nil || err.Error() != test.want {
			t.Errorf("%v: got %v; want %s", test.args, err, test.want)
		}
		if stdout.Len() > 0 {
			t.Errorf("%v: prints %s", test.args, stdout.String())
		}
	}
}
