package app

import (
	"cmp"
	"fmt"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/reports"
)

// seriesFlags say how a series of runs is carried out and where it is kept.
type seriesFlags struct {
	workers    int
	output     []string
	force      bool
	noProgress bool
}

// flags registers the flags. What is shown without -o, and what a folder is of, are for
// their help.
func (f *seriesFlags) flags(flags *pflag.FlagSet, shown, of string) {
	flags.IntVar(&f.workers, "workers", 0, "how many runs at a time (default: one for each core); the report does not depend on it")
	flags.StringArrayVarP(&f.output, "output", "o", nil, "json, markdown or csv instead of "+shown+", or a folder to keep runs and reports in (repeatable)")
	flags.BoolVar(&f.force, "force", false, "start over in a folder that holds another "+of)
	flags.BoolVar(&f.noProgress, "no-progress", false, "show no progress on the terminal")
}

// atOnce is how many runs are carried out at a time.
func (f *seriesFlags) atOnce() int { return cmp.Or(f.workers, runtime.GOMAXPROCS(0)) }

// tellFolder says beside a report for people where it is kept.
func (s *session) tellFolder(out reportOutput) {
	if out.format == "" && out.dir != "" {
		fmt.Fprintf(s.stdout, "\nWritten to %s\n", reports.Visible(out.dir))
	}
}

// internalError is a fault of the simulator in some run.
func internalError(err error) error {
	return &exit{ExitInternal, fmt.Errorf("podsim: internal error: %w\nPlease report this with the command and the seed", err)}
}
