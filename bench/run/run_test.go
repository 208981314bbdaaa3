package run

import (
	"io"
	"syscall"
	"testing"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// BenchmarkDay runs day.yaml with everything that podsim run -o writes, but for
// the disk. It reports pods and operations a second and the most memory the
// process ever had.
func BenchmarkDay(b *testing.B) { benchmark(b, "day.yaml") }

func benchmark(b *testing.B, file string) {
	var pods, operations int64
	for b.Loop() {
		loaded, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: file}}})
		if err != nil {
			b.Fatal(err)
		}
		simulation, err := sim.New(loaded.Config, loaded.Dictionary, io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		view := simulation.Cluster().View()
		recorder, err := reports.NewRecorder(reports.Config{
			Horizon: loaded.Config.Horizon, Pods: io.Discard, Events: io.Discard,
		}, view)
		if err != nil {
			b.Fatal(err)
		}
		simulation.Cluster().Observe(recorder)
		if err := simulation.Run(nil); err != nil {
			b.Fatal(err)
		}
		summary, err := recorder.Finish(simulation.End(true))
		if err != nil {
			b.Fatal(err)
		}
		if pending := view.Totals().Pending; pending != 0 {
			b.Fatalf("%d pods never found a node", pending)
		}
		pods += summary.Pods.Created
		operations += int64(summary.Operations)
	}
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(pods)/float64(b.N), "pods")
	b.ReportMetric(float64(pods)/seconds, "pods/s")
	b.ReportMetric(float64(operations)/seconds, "ops/s")
	b.ReportMetric(peakMiB(b), "peak-MiB")
}

// peakMiB is the largest resident set of the process so far.
func peakMiB(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Maxrss) / 1024
}
