// Command manifests runs public manifests and compares the ready pods of each workload
// with those that were expected:
//
//	manifests FOLDER            a table, and what is not as expected
//	manifests -details FOLDER   with what is ignored of each
//	manifests -project NAME FOLDER
//
// FOLDER holds the files as <repository>/<path>. It exits with 1 if anything is not as
// expected, and with 2 if a file is missing, is another one, or cannot be run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/podsim/podsim/bench/manifests"
)

func main() {
	met, err := run(os.Args[1:])
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(2)
	case !met:
		os.Exit(1)
	}
}

func run(args []string) (met bool, err error) {
	flags := flag.NewFlagSet("manifests", flag.ContinueOnError)
	details := flags.Bool("details", false, "tell what is ignored, and which pods wait")
	project := flags.String("project", "", "only this one")
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if flags.NArg() != 1 {
		return false, errors.New("which folder holds the manifests?")
	}
	entries, err := manifests.Entries()
	if err != nil {
		return false, err
	}
	met = true
	var results []*manifests.Result
	for i := range entries {
		if *project != "" && entries[i].Project != *project {
			continue
		}
		result, err := manifests.Run(&entries[i], flags.Arg(0))
		if err != nil {
			return false, fmt.Errorf("%s: %w", entries[i].Project, err)
		}
		met = met && result.Met()
		results = append(results, result)
	}
	return met, manifests.Print(os.Stdout, results, *details)
}
