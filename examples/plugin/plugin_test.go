package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/podsim/podsim/cmd/podsim/app"
)

// podsOn runs shop.yaml and returns how many pods each node got.
func podsOn(t *testing.T, args ...string) map[string]int {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"run", "shop.yaml", "-o", "json"}, args...)
	if code := app.Main(args, strings.NewReader(""), &stdout, &stderr, app.WithPlugin(entry)); code != app.ExitPass {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	var summary struct {
		Nodes []struct {
			Name string
			Pods int
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &summary); err != nil {
		t.Fatal(err)
	}
	pods := make(map[string]int)
	for _, n := range summary.Nodes {
		pods[n.Name] = n.Pods
	}
	return pods
}

func TestThePluginChangesTheChoice(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want map[string]int
	}{
		{"with Cheapest", nil, map[string]int{"cheap-0": 3, "dear-0": 0}},
		{"without", []string{"--set", "Scenario.spec.scheduler.plugins=[]"}, map[string]int{"cheap-0": 1, "dear-0": 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := podsOn(t, test.args...); !maps.Equal(got, test.want) {
				t.Errorf("pods by node: %v; want %v", got, test.want)
			}
		})
	}
}
