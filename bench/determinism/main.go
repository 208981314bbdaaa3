// Command determinism runs the embedded scenarios, and a comparison of policies on
// one of them, and prints the digest of each: the same on any machine, at any
// GOMAXPROCS, with any compiler flags.
//
//	determinism                      a line a scenario: name, digest
//	determinism -logs DIR            also writes DIR/<name>.log, for podsim diff
//	determinism -plant map           adds a plugin that breaks determinism
//
// The planted faults show that a comparison of digests catches what it is there to
// catch: the order of a map, the wall clock, and a product that some machines fuse
// with the sum it goes into.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
)

func main() {
	logs := flag.String("logs", "", "folder to write operation logs to")
	plant := flag.String("plant", "", "fault to plant: map, clock or fma")
	flag.Parse()
	if err := run(*logs, *plant); err != nil {
		fmt.Fprintln(os.Stderr, "determinism:", err)
		os.Exit(2)
	}
}

func run(logs, plant string) error {
	table := plugins.Table()
	if plant != "" {
		entry, err := planted(plant)
		if err != nil {
			return err
		}
		table = append(table, entry)
	}
	for _, e := range scenarios.Embedded() {
		if len(e.Data) > 0 {
			continue // needs a file that does not come with podsim
		}
		digest, err := digestOf(e, table, logs, plant != "")
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		fmt.Println(e.Name, digest)
	}
	if plant != "" || logs != "" {
		return nil
	}
	digest, err := comparisonDigest()
	if err != nil {
		return fmt.Errorf("comparison on %s: %w", compared, err)
	}
	fmt.Println("compare/"+compared, digest)
	return nil
}

func digestOf(e scenarios.EmbeddedScenario, table []plugins.Entry, logs string, defaultProfile bool) (string, error) {
	loaded, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{e.File()}, Table: table})
	if err != nil {
		return "", err
	}
	if defaultProfile {
		loaded.Config.Scheduler = scheduler.DefaultConfig(table)
	}
	loaded.Config.Plugins = table
	var log io.Writer
	if logs != "" {
		file, err := os.Create(filepath.Join(logs, e.Name+".log"))
		if err != nil {
			return "", err
		}
		defer file.Close()
		log = file
	}
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, log)
	if err != nil {
		return "", err
	}
	state := simulation.Cluster()
	state.Metadata([]byte(`{"scenario":"` + e.Name + `"}`))
	if err := simulation.Run(nil); err != nil {
		return "", err
	}
	if err := state.Close(); err != nil {
		return "", err
	}
	return state.Digest(), nil
}
