package scenarios_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim/fault"
)

// recorded is a scenario whose faults stand in a file.
func recorded(t *testing.T, text []byte, more string, documents ...string) scenarios.Input {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	in := input(strings.Replace(base, "seed: 7", "seed: 7, data: [{name: f, format: faults}]", 1) + document("FaultPlan", "outages", "{data: f"+more+"}") + strings.Join(documents, ""))
	in.Data = map[string]string{"f": name}
	return in
}

func describeFaults(run *scenarios.Run) (list []string) {
	d := run.Dictionary
	for i := range run.Config.Faults {
		f := &run.Config.Faults[i]
		var hit []string
		for _, n := range run.Config.Nodes {
			if f.Action.OfNodes() && f.Target.Selects(n, d) {
				hit = append(hit, d.String(n.Name))
			}
		}
		list = append(list, fmt.Sprintf("%s %s of %s at %v for %v", d.String(f.Name), f.Action, strings.Join(hit, " "), f.At, f.Lasts))
	}
	return list
}

const someFaults = `time,node,zone,selector,rack,action,duration,until,name,factor
2h,workers-1,,,,,30m,,,
1h,workers-1,,,,,,90m,,
1h,workers-0;workers-2,b,,,,5m,,,
3h,,,"topology.kubernetes.io/zone in (a),!gpu",,slow,10,,,3
1d,,,,,schedulerOutage,1m,,control,
`

func TestFaultsOfATraceAreThoseOfAPlan(t *testing.T) {
	text := strings.Replace(someFaults, "workers-0;workers-2,b", "workers-1;workers-2,b", 1)
	want := []string{
		"outages crash of workers-1 at [1h0m0s 2h0m0s] for [30m0s 30m0s]",
		"outages crash of workers-1 at [1h0m0s] for [5m0s]",
		"outages slow of workers-0 workers-2 at [3h0m0s] for [10s]",
		"control schedulerOutage of  at [24h0m0s] for [1m0s]",
	}
	if diff := cmp.Diff(want, describeFaults(mustLoad(t, recorded(t, []byte(text), "")))); diff != "" {
		t.Error(diff)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, describeFaults(mustLoad(t, recorded(t, packed.Bytes(), "")))); diff != "" {
		t.Errorf("packed: %s", diff)
	}
}

func TestATraceRunsAsThePlanThatSaysTheSame(t *testing.T) {
	web := document("Workload", "web", "{arrivals: {type: once, count: 4}, template: {apiVersion: v1, kind: Pod, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}}}")
	plan := input(base + document("FaultPlan", "outages", "{faults: [{name: outages, target: {nodes: [workers-0]}, at: [1h, 3h], for: 10m}]}") + web)
	want, pods := operations(t, plan)
	traced := recorded(t, []byte("node,time,until\nworkers-0,3h,11400\nworkers-0,2026-01-01T01:00:00Z,2026-01-01 01:10\n"), "", web)
	if got, same := operations(t, traced); got != want || same != pods {
		t.Errorf("the operations of the trace have digest %s, those of the plan %s", got, want)
	}
}

func TestWrongRowsOfFaultsHaveTheirPlaces(t *testing.T) {
	in := recorded(t, []byte(`time,node,zone,action,duration,takes,selector,notice,name
1h,workers-O,,,,,,,
2h,workers-O,,,,,,,
1h,,,,,,,,
1h,,c,explode,,,,,
1h,workers-1,a,,,,,,
1h,workers-1,,loss,5m,,,,
1h,workers-1,,,,,,5m,
1h,workers-1,,memoryPressure,,0,,,
1h,,,,,,a in b,,
1h,,,,,,a>3,,
1h,,,registryOutage,5m,,,,
1h,workers-1,,schedulerOutage,,,,,
1h,workers-1,,,,,,,taken
`), ", faults: [{name: taken, at: 1h}]")
	_, err := scenarios.Load(in)
	if err == nil {
		t.Fatal("all rows are right")
	}
	var got []string
	for line := range strings.Lines(err.Error()) {
		got = append(got, strings.TrimSpace(strings.TrimPrefix(line, filepath.Dir(in.Data["f"])+"/")))
	}
	want := []string{
		`f.csv:2:4: node: unknown node "workers-O"; did you mean "workers-0"?`,
		`f.csv:3:4: node: unknown node "workers-O"; did you mean "workers-0"?`,
		"f.csv:4:1: no node, node_group, zone, rack or selector says what it hits",
		`f.csv:5:7: action: unknown action "explode" (known: ` + strings.Join(actionNames(), ", ") + ")",
		"f.csv:6:4: node: selects no nodes",
		"f.csv:7:20: duration: nodes that are lost do not come back",
		"f.csv:8:19: notice: action is not reclaim",
		"f.csv:9:31: takes: got 0; want more than 0",
		"f.csv:10:9: selector: unable to parse requirement: found 'b' expected: '('",
		"f.csv:11:9: selector: < and > are for numbers; want =, !=, in, notin, or names of labels alone",
		"f.csv:12:6: action: got registryOutage; want a Registry: images come in the same time whatever happens",
		"f.csv:13:4: node: action schedulerOutage is not one on nodes",
	}
	if diff := cmp.Diff(want, slices.DeleteFunc(got, func(line string) bool { return !strings.HasPrefix(line, "f.csv") })); diff != "" {
		t.Error(diff)
	}
	if text := err.Error(); !strings.Contains(text, `fault "taken" is also defined at`) {
		t.Errorf("nothing tells of the name that is taken: %s", text)
	}
}

func actionNames() (names []string) {
	for action := range fault.Actions {
		names = append(names, action.String())
	}
	return names
}

func TestRowsAfterTheEndOfTheRunAreTold(t *testing.T) {
	in := recorded(t, []byte("time,node\n1h,workers-0\n99d,workers-0\n"), "")
	in.For = 2 * time.Hour
	run := mustLoad(t, in)
	if !slices.Contains(run.Assumptions, "1 of 2 rows of FaultPlan outages lie after the end of the run") || run.Config.Horizon != models.Time(2*time.Hour) {
		t.Errorf("got %q", run.Assumptions)
	}
}
