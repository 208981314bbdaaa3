package podsim_test

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// output is what a run writes, save for wall time.
type output struct {
	digest                           string
	log, pods, events, summary, text []byte
}

func simulate(t *testing.T, name string, processors int) output {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	embedded, ok := scenarios.LookupEmbedded(name)
	if !ok {
		t.Fatalf("no scenario is called %s", name)
	}
	loaded, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{embedded.File()}})
	if err != nil {
		t.Fatal(err)
	}
	var log, pods, events, summary, text bytes.Buffer
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, &log)
	if err != nil {
		t.Fatal(err)
	}
	state := simulation.Cluster()
	recorder, err := reports.NewRecorder(reports.Config{Horizon: loaded.Config.Horizon, Pods: &pods, Events: &events}, state.View())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range loaded.Assertions {
		check, err := reports.CompileAssertion(reports.Assertion{
			Text: a.Text, At: a.At, Always: a.Always, From: a.From, Until: a.Until,
		}, loaded.Dictionary)
		if err != nil {
			t.Fatal(err)
		}
		recorder.Check(check)
	}
	state.Observe(recorder)
	if err := simulation.Run(nil); err != nil {
		t.Fatal(err)
	}
	result, err := recorder.Finish(simulation.End(true))
	if err != nil {
		t.Fatal(err)
	}
	result.Digest = state.Digest()
	if err := result.WriteJSON(&summary); err != nil {
		t.Fatal(err)
	}
	if err := reports.WriteText(&text, result, reports.Wall{}, reports.Terminal{Width: 100, Unicode: true}); err != nil {
		t.Fatal(err)
	}
	return output{result.Digest, log.Bytes(), pods.Bytes(), events.Bytes(), summary.Bytes(), text.Bytes()}
}

// goldenDigests reads the digests beside the embedded scenarios.
func goldenDigests(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("scenarios/embedded/digests.txt")
	if err != nil {
		t.Fatal(err)
	}
	digests := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		name, digest, _ := strings.Cut(strings.TrimSpace(line), " ")
		digests[name] = digest
	}
	return digests
}

// The same scenario and seed give the same bytes, however often and on however
// many processors they are run.
func TestRunsAreDeterministic(t *testing.T) {
	golden := goldenDigests(t)
	for _, scenario := range []struct {
		name    string
		repeats int
	}{{"zone-outage", 20}, {"batch-burst", 5}, {"node-churn", 20}, {"spot-day", 20}, {"autoscaled-day", 20}, {"rolling-upgrade", 20}} {
		t.Run(scenario.name, func(t *testing.T) {
			first := simulate(t, scenario.name, 1)
			if len(first.log) == 0 || len(first.pods) == 0 {
				t.Fatal("the run wrote nothing")
			}
			if want := golden[scenario.name]; first.digest != want {
				t.Errorf("digest %s, want %s (if the change is meant, run .ci/determinism -update)", first.digest, want)
			}
			for i := range scenario.repeats - 1 {
				processors := []int{1, 2, 8}[i%3]
				again := simulate(t, scenario.name, processors)
				for _, part := range []struct {
					name        string
					first, then []byte
				}{
					{"digest", []byte(first.digest), []byte(again.digest)},
					{"operation log", first.log, again.log},
					{"pods.csv", first.pods, again.pods},
					{"events.jsonl", first.events, again.events},
					{"summary.json", first.summary, again.summary},
					{"report", first.text, again.text},
				} {
					if !bytes.Equal(part.first, part.then) {
						t.Fatalf("%s differs in run %d, on %d processors", part.name, i+2, processors)
					}
				}
			}
		})
	}
}
