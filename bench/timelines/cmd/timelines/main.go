// Command timelines holds podsim against recordings of a real control plane:
//
//	timelines FOLDER…            tables, and the first difference of each
//	timelines -fields FOLDER…    a row for each field
//	timelines -all FOLDER…       every difference
//	timelines -o json FOLDER…    everything, as JSON
//	timelines -scenario FOLDER   prints the scenario that the recording becomes
//
// A folder without actions.yaml stands for the recordings in it. It exits with 1 if
// a run is not as its recording, as far as podsim models it, and with 2 if a
// recording cannot be read or run.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/podsim/podsim/bench/timelines"
)

func main() {
	met, err := run(os.Args[1:], os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "timelines:", err)
		os.Exit(2)
	case !met:
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) (met bool, err error) {
	var options timelines.Options
	flags := flag.NewFlagSet("timelines", flag.ContinueOnError)
	flags.BoolVar(&options.ByField, "fields", false, "count by field, not only by kind")
	flags.BoolVar(&options.All, "all", false, "list every difference")
	scenario := flags.Bool("scenario", false, "print the scenario of each recording, and run nothing")
	seeds := flags.Uint64("seeds", timelines.Seeds, "how many seeds to try, for the run that is most like its recording")
	output := flags.String("o", "table", "table or json")
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if *output != "table" && *output != "json" {
		return false, fmt.Errorf("-o: got %q; want table or json", *output)
	}
	folders, err := timelines.Folders(flags.Args())
	if err != nil {
		return false, err
	}
	met = true
	var all []*timelines.Comparison
	for _, folder := range folders {
		if *scenario {
			if err := timelines.PrintScenario(w, folder); err != nil {
				return false, fmt.Errorf("%s: %w", folder, err)
			}
			continue
		}
		c, err := timelines.Run(folder, *seeds)
		if err != nil {
			return false, fmt.Errorf("%s: %w", folder, err)
		}
		met = met && c.Met()
		all = append(all, c)
	}
	switch {
	case *scenario:
		return true, nil
	case *output == "json":
		return met, timelines.PrintJSON(w, all)
	}
	return met, timelines.Print(w, all, options)
}
