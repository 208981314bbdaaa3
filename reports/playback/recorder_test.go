package playback_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/playback"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// simulate runs a scenario and returns its recording, its summary and its log.
func simulate(t *testing.T, file string) (*playback.Recording, *reports.Summary, []byte) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: file, Reader: bytes.NewReader(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, &log)
	if err != nil {
		t.Fatal(err)
	}
	state := simulation.Cluster()
	recorder, err := playback.New(loaded.Config.Horizon, state.View())
	if err != nil {
		t.Fatal(err)
	}
	state.Observe(recorder)
	numbers, err := reports.NewRecorder(reports.Config{}, state.View())
	if err != nil {
		t.Fatal(err)
	}
	state.Observe(numbers)
	if err := simulation.Run(nil); err != nil {
		t.Fatal(err)
	}
	recording, err := recorder.Finish(simulation.End(true))
	if err != nil {
		t.Fatal(err)
	}
	summary, err := numbers.Finish(simulation.End(true))
	if err != nil {
		t.Fatal(err)
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	return recording, summary, log.Bytes()
}

// phases names pods of a view by what they are doing.
func phases(v cluster.View) map[string]playback.Phase {
	out := make(map[string]playback.Phase)
	for pod := range v.Live() {
		var phase playback.Phase
		switch {
		case pod.Phase() == models.Succeeded:
			phase = playback.Succeeded
		case pod.Phase() == models.Failed:
			phase = playback.Failed
		case pod.Deleting():
			phase = playback.Terminating
		case pod.Node() == models.None:
			phase = playback.Pending
		case pod.Starts() == 0:
			phase = playback.Starting
		case pod.Ready():
			phase = playback.Ready
		default:
			phase = playback.Running
		}
		out["default/"+pod.Name()] = phase
	}
	return out
}

// TestARecordingIsWhatTheLogTells replays a run up to every sample, counts the cluster
// anew and holds rows, gauges and lives against that.
func TestARecordingIsWhatTheLogTells(t *testing.T) {
	recording, _, log := simulate(t, "testdata/busy.yaml")
	replay, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for sample, at := range recording.Times {
		for {
			next, err := replay.Next()
			if errors.Is(err, io.EOF) || err == nil && next > at {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := replay.Step(); err != nil {
				t.Fatal(err)
			}
		}
		v := replay.Cluster.View()
		checkGauges(t, recording, sample, v)
		checkRows(t, recording, sample, v)
		checkLives(t, recording, at, phases(v), seen)
		if t.Failed() {
			t.Fatalf("at sample %d, %s", sample, at)
		}
	}
	if len(seen) < int(playback.Failed) {
		t.Errorf("of the phases of pods only %v were seen", seen)
	}
}

// TestCountsAreThoseOfTheReport holds what a recording counts against the summary of the
// same run.
func TestCountsAreThoseOfTheReport(t *testing.T) {
	recording, summary, _ := simulate(t, "testdata/busy.yaml")
	last := recording.Gauges[len(recording.Gauges)-1]
	sum := func(steps []int64) (n int64) {
		for _, k := range steps {
			n += k
		}
		return n
	}
	for _, test := range []struct {
		what      string
		got, want int64
	}{
		{"evictions", last.Evicted, summary.Measured.Evictions.Total},
		{"restarts", last.Restarts, summary.Measured.Evictions.Restarts},
		{"times bound", last.Bound, summary.Measured.Pods.Bound},
		{"pods", recording.Pods, summary.Pods.Created},
		{"waits until bound", sum(recording.Waits.Bound[:]), summary.Pending.Count},
		{"waits until ready", sum(recording.Waits.Ready[:]), summary.Ready.Count},
	} {
		if test.got != test.want || test.want == 0 {
			t.Errorf("%d %s; the report has %d", test.got, test.what, test.want)
		}
	}
	chosen := make(map[playback.Why]int)
	for _, life := range recording.Lives {
		chosen[life.Why[0]]++
	}
	for why := playback.WaitedLongest; why <= playback.AtRandom; why++ {
		if chosen[why] == 0 {
			t.Errorf("no pod is chosen for %d: %v", why, chosen)
		}
	}
}

func checkGauges(t *testing.T, r *playback.Recording, sample int, v cluster.View) {
	t.Helper()
	var want playback.Gauges
	for _, phase := range phases(v) {
		want.Pods[phase]++
	}
	for id := range models.NodeID(v.Nodes()) {
		node := v.Node(id)
		switch {
		case node.Removed():
			continue
		case node.Down():
			want.NodesDown++
		}
		if node.Unschedulable() {
			want.NodesClosed++
		}
		if node.Ready() == models.ConditionTrue {
			want.NodesReady++
			for i := range want.Requested {
				want.Requested[i] += reports.BoundRequests(v, node)[i]
				want.Allocatable[i] += node.Allocatable()[i]
			}
		}
	}
	got := r.Gauges[sample]
	totals := v.Totals()
	want.Created = int64(v.Pods())
	if got.Created != want.Created || got.Ended != totals.Succeeded || got.Broken != totals.Failed {
		t.Errorf("%d created, %d succeeded, %d failed; want %d, %+v", got.Created, got.Ended, got.Broken, want.Created, totals)
	}
	if got.MostPending < got.Pods[playback.Pending] || got.MostRefused < got.Refused || got.Refused > got.Pods[playback.Pending] {
		t.Errorf("peaks below what there is: %+v", got)
	}
	got = playback.Gauges{Pods: got.Pods, NodesReady: got.NodesReady, NodesDown: got.NodesDown, NodesClosed: got.NodesClosed,
		Created: got.Created, Requested: got.Requested, Allocatable: got.Allocatable}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gauges: %s", diff)
	}
}

func checkRows(t *testing.T, r *playback.Recording, sample int, v cluster.View) {
	t.Helper()
	byName := make(map[string]models.NodeID)
	for id := range models.NodeID(v.Nodes()) {
		byName[v.Node(id).Name()] = id
	}
	for i := range r.Rows {
		cell := i*len(r.Times) + sample
		id, joined := byName[r.Rows[i].Name]
		if !joined || v.Node(id).Removed() {
			if r.Grid.State[cell] != byte(playback.Missing) || r.Grid.CPU[cell] != playback.Nothing || r.Grid.Owner[cell] != playback.Nothing {
				t.Errorf("row %s is there without a node", r.Rows[i].Name)
			}
			continue
		}
		node := v.Node(id)
		want := reports.BoundRequests(v, node)
		checkLevel(t, "cpu", r.Grid.CPU[cell], want[models.CPU], node.Allocatable()[models.CPU])
		checkLevel(t, "memory", r.Grid.Memory[cell], want[models.Memory], node.Allocatable()[models.Memory])
		checkLevel(t, "pods", r.Grid.Pods[cell], int64(len(node.Pods())), int64(r.Rows[i].MostPods))
		if down := playback.State(r.Grid.State[cell]) == playback.Down; down != node.Down() {
			t.Errorf("node %s is down: %t; want %t", node.Name(), down, node.Down())
		}
		if owner := r.Grid.Owner[cell]; (owner == playback.NoOwner) != (len(node.Pods()) == 0) {
			t.Errorf("node %s belongs to %d, with %d pods", node.Name(), owner, len(node.Pods()))
		} else if owner < playback.NoOwner {
			checkOwner(t, r.Owners[owner], v, node)
		}
	}
}

func checkLevel(t *testing.T, what string, got byte, part, whole int64) {
	t.Helper()
	want := 0.0
	if whole > 0 {
		want = playback.Full * float64(part) / float64(whole)
	}
	if difference := float64(got) - want; difference > 0.51 || difference < -0.51 {
		t.Errorf("%s is %d of %d; want %f", what, got, playback.Full, want)
	}
}

// checkOwner checks that no other workload has more cpu of a node.
func checkOwner(t *testing.T, owner string, v cluster.View, node cluster.Node) {
	t.Helper()
	shares := make(map[string]int64)
	for _, id := range node.Pods() {
		pod := v.Pod(id)
		root := pod.Owner()
		for v.Owner(root).Parent() != models.None {
			root = v.Owner(root).Parent()
		}
		name := fmt.Sprintf("%s default/%s", v.Owner(root).Kind(), v.Owner(root).Name())
		if v.Owner(root).Kind() == models.Job {
			name = "Job default/batch"
		}
		shares[name] += pod.Spec().Requests[models.CPU]
	}
	for name, cpu := range shares {
		if cpu > shares[owner] {
			t.Errorf("node %s belongs to %s; %s has %d millicores there, more than %d", node.Name(), owner, name, cpu, shares[owner])
		}
	}
}

// checkLives holds the spans of lives at one moment against the phases of pods.
func checkLives(t *testing.T, r *playback.Recording, at models.Time, phases map[string]playback.Phase, seen map[string]int) {
	t.Helper()
	for i := range r.Lives {
		life := &r.Lives[i]
		span := slices.IndexFunc(life.Spans, func(s playback.Span) bool { return s.From <= at && (at < s.Until || at == r.End && s.Until == r.End) })
		phase, exists := phases[life.Name]
		switch {
		case exists != (span >= 0):
			t.Errorf("pod %s has an object: %t; spans %v", life.Name, exists, life.Spans)
		case exists && life.Spans[span].Phase != phase:
			t.Errorf("pod %s is in phase %d; want %d (%v)", life.Name, life.Spans[span].Phase, phase, life.Spans)
		case exists:
			seen[fmt.Sprint(phase)]++
		}
	}
}
