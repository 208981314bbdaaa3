package run

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// BenchmarkDay runs day.yaml with everything that podsim run -o writes, but for
// the disk. It reports pods and operations a second and the most memory the
// process ever had.
func BenchmarkDay(b *testing.B) {
	text, err := os.ReadFile("day.yaml")
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, text)
}

// BenchmarkMix runs a tenth of the million pods, and all of them.
func BenchmarkMix(b *testing.B) {
	tenth := Mix{Nodes: Million.Nodes / 10, Pods: Million.Pods / 10, Templates: Million.Templates}
	for _, mix := range []Mix{tenth, Million} {
		b.Run(fmt.Sprintf("pods=%d", mix.Pods), func(b *testing.B) { benchmark(b, mix.text(b)) })
	}
}

func (m Mix) text(tb testing.TB) []byte {
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		tb.Fatal(err)
	}
	return text.Bytes()
}

func benchmark(b *testing.B, text []byte) {
	var pods, operations int64
	for b.Loop() {
		summary := run(b, text)
		pods += summary.Pods.Created
		operations += int64(summary.Operations)
	}
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(pods)/float64(b.N), "pods")
	b.ReportMetric(float64(pods)/seconds, "pods/s")
	b.ReportMetric(float64(operations)/seconds, "ops/s")
	b.ReportMetric(peakMiB(b), "peak-MiB")
}

func run(tb testing.TB, text []byte) *reports.Summary {
	loaded, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "scenario.yaml", Reader: bytes.NewReader(text)}}})
	if err != nil {
		tb.Fatal(err)
	}
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	view := simulation.Cluster().View()
	recorder, err := reports.NewRecorder(reports.Config{
		Horizon: loaded.Config.Horizon, Pods: io.Discard, Events: io.Discard,
	}, view)
	if err != nil {
		tb.Fatal(err)
	}
	simulation.Cluster().Observe(recorder)
	if err := simulation.Run(nil); err != nil {
		tb.Fatal(err)
	}
	summary, err := recorder.Finish(simulation.End(true))
	if err != nil {
		tb.Fatal(err)
	}
	if pending := view.Totals().Pending; pending != 0 {
		tb.Fatalf("%d pods never found a node", pending)
	}
	return summary
}

// peakMiB is the largest resident set of the process so far.
func peakMiB(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Maxrss) / 1024
}

func TestAMixIsWhatItSays(t *testing.T) {
	mix := Mix{Nodes: 50, Pods: 5000, Templates: 10}
	summary := run(t, mix.text(t))
	if off := math.Abs(float64(summary.Pods.Created)/float64(mix.Pods) - 1); off > 0.05 {
		t.Errorf("%d pods; want about %d", summary.Pods.Created, mix.Pods)
	}
	if gone := summary.Pods.Succeeded + summary.Pods.Deleted; gone < summary.Pods.Created*9/10 {
		t.Errorf("%d of %d pods came and went; want nearly all", gone, summary.Pods.Created)
	}
}
