// Command ratio schedules the same pods with the real kube-scheduler and with
// podsim, in one process, makes sure that they go to the same nodes, and prints how
// much CPU time each took.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"github.com/podsim/podsim/bench/kubescheduler"
)

// row is one line of the output.
type row struct {
	Nodes    int    `json:"nodes"`
	Features string `json:"features"`
	Engine   string `json:"engine"`
	kubescheduler.Phase
	Ratio float64 `json:"ratio"`
}

func main() {
	klog.SetLogger(logr.Discard())
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ratio:", err)
		os.Exit(1)
	}
}

func run() error {
	sizes := flag.String("nodes", "100,1000", "numbers of nodes, with commas between them")
	sets := flag.String("sets", "fit;fit,defaultspread;all,-volumes", "sets of features, with semicolons between them")
	engines := flag.String("engines", "scan,incremental", "engines of podsim: scan, incremental")
	fill := flag.Int("fill", 0, "pods while the cluster fills (default: three a node)")
	steady := flag.Int("steady", 300, "pods afterwards, one leaving for each that comes")
	seed := flag.Uint64("seed", 1, "seed of the worlds")
	asJSON := flag.Bool("json", false, "print one object a line")
	flag.Parse()
	if !*asJSON {
		fmt.Printf("%-7s %-18s %-12s %-8s %10s %12s %12s %9s\n", "nodes", "features", "engine", "phase", "decisions", "kube/s", "podsim/s", "ratio")
	}
	for _, set := range strings.Split(*sets, ";") {
		features, err := kubescheduler.ParseFeatures(set)
		if err != nil {
			return err
		}
		for _, size := range strings.Split(*sizes, ",") {
			n, err := strconv.Atoi(size)
			if err != nil || n < 1 {
				return fmt.Errorf("nodes: want positive numbers (got %q)", size)
			}
			b := kubescheduler.Bulk{Nodes: n, Features: features, Fill: *fill, Steady: *steady, Seed: *seed}
			if b.Fill == 0 {
				b.Fill = 3 * n
			}
			for _, engine := range strings.Split(*engines, ",") {
				if err := measure(b, set, engine, *asJSON); err != nil {
					return fmt.Errorf("%d nodes, %s, %s: %w", n, set, engine, err)
				}
			}
		}
	}
	return nil
}

func measure(b kubescheduler.Bulk, set, engine string, asJSON bool) error {
	phases, err := kubescheduler.MeasureRatio(b, engine == "incremental")
	if err != nil {
		return err
	}
	for _, p := range phases {
		if p.Real.Decisions == 0 {
			continue
		}
		if asJSON {
			if err := json.NewEncoder(os.Stdout).Encode(row{b.Nodes, set, engine, p, p.Ratio()}); err != nil {
				return err
			}
			continue
		}
		fmt.Printf("%-7d %-18s %-12s %-8s %10d %12.1f %12.1f %9.1f\n", b.Nodes, set, engine, p.Name, p.Real.Decisions,
			p.Real.Rate(), p.Sim.Rate(), p.Ratio())
	}
	return nil
}
