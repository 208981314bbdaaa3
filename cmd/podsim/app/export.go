package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/dirs"
)

// exportFormat is a format that runs are exported to: a line of the table exportFormats.
type exportFormat struct {
	name, help string
	flags      []string // that belong to it and not to every format
	// One of these writes it: a file, or the files of a folder.
	file   func(context.Context, *export, io.Writer) error
	folder func(context.Context, *export, string) error
}

// exportFormats is the table of formats.
func exportFormats() []exportFormat {
	return []exportFormat{
		{name: "trace", help: "nodes as tracks, pods as slices: for ui.perfetto.dev and chrome://tracing", flags: []string{"from", "until", "pods", "object"}, file: exportTrace},
		{name: "openmetrics", help: "metrics of Kubernetes' components over virtual time: for promtool tsdb create-blocks-from openmetrics",
			flags: []string{"interval", "max-series", "metric"}, file: exportOpenMetrics},
		{name: "parquet", help: "all tables of a run, a file each (podsim columns explains them): for data frames and databases", folder: exportParquet},
	}
}

// exportFlags are the flags of all formats.
type exportFlags struct {
	format, output string
	from, until    moment
	pods           int
	objects        []string
	interval       span
	maxSeries      int
	metrics        []string
}

// export is a run on its way into another format.
type export struct {
	exportFlags
	head   logHead
	log    *logOf
	replay *cluster.Replay
	stderr io.Writer
	counts string   // how much is written: 5 tables of 100 rows
	bytes  int64    // of files in a folder
	notes  []string // what is told when it is written: what was left out
}

func (s *session) export() *cobra.Command {
	var f exportFlags
	var names, lines []string
	for _, format := range exportFormats() {
		names = append(names, format.name)
		lines = append(lines, fmt.Sprintf("  %-13s %s", format.name, format.help))
	}
	command := &cobra.Command{
		Use:   "export RUN --format FORMAT",
		Short: "write a run for other tools: " + strings.Join(names, ", "),
		Long: `Writes what happened in a run as other tools read it, from its operation log. RUN is the
folder that podsim run -o wrote, or the log itself. Equal runs have equal exports, byte
for byte. A file is packed if its name ends in .gz or .zst.

` + strings.Join(lines, "\n") + `

All metrics of a day of 60 nodes, every 5m, are 1 GB of text, and ten times that every 30s.
--metric, a longer --interval, a lower --max-series and a name ending in .zst make it less.`,
		Example: `  podsim run zone-outage -o out/
  podsim export out/ --format trace -o outage.json.gz
  podsim export out/ --format openmetrics --metric 'scheduler_*' --metric 'kube_pod_status_*' -o metrics.txt
  podsim export out/ --format trace --from 2h --until 3h --object 'default/web-*' -o web.json
  podsim export out/ --format parquet -o tables/`,
		Args: oneArgument("run", ""),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which run? Name the folder that podsim run -o wrote")
			}
			format, err := f.check(c.Flags())
			if err != nil {
				return err
			}
			return s.exportRun(c.Context(), args[0], &f, format)
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.format, "format", "", alternatives(names)+" (must be given)")
	flags.StringVarP(&f.output, "output", "o", "-", "the file to write, - for standard output; a folder for a format of several files")
	flags.Var(&f.from, "from", "trace: from this virtual time on: 2h, 90m")
	flags.Var(&f.until, "until", "trace: up to this virtual time")
	flags.IntVar(&f.pods, "pods", 20_000, "trace: how many pods are drawn at most, those that come first; 0 draws none")
	flags.StringArrayVar(&f.objects, "object", nil, "trace: draw only pods like NAMESPACE/POD, of KIND/NAMESPACE/NAME or on NODE; * and ? are wildcards (repeatable)")
	flags.Var(&f.interval, "interval", "openmetrics: the virtual time between snapshots (default: about 288 of a run, every 15s to 5m)")
	flags.IntVar(&f.maxSeries, "max-series", someSeries, "openmetrics: series at one moment that tell of single objects; objects that come later are left out")
	flags.StringArrayVar(&f.metrics, "metric", nil, "openmetrics: only metrics like NAME; * and ? are wildcards (repeatable)")
	return command
}

// check says all that is wrong with the flags, and which format they ask for.
func (f *exportFlags) check(flags *pflag.FlagSet) (exportFormat, error) {
	formats := exportFormats()
	var names []string
	for _, format := range formats {
		names = append(names, format.name)
	}
	i := slices.Index(names, f.format)
	switch {
	case f.format == "":
		return exportFormat{}, fmt.Errorf("which --format? Want %s", alternatives(names))
	case i < 0:
		return exportFormat{}, unknown("--format", f.format, names)
	}
	var wrong []error
	for _, format := range formats {
		for _, flag := range format.flags {
			if flags.Changed(flag) && !slices.Contains(formats[i].flags, flag) {
				wrong = append(wrong, fmt.Errorf("--%s: is for --format %s (got %s)", flag, format.name, f.format))
			}
		}
	}
	if formats[i].file != nil {
		wrong = append(wrong, checkPacking(f.output))
	}
	if formats[i].folder != nil && (f.output == "" || f.output == "-") {
		wrong = append(wrong, fmt.Errorf("-o: want a folder, %s makes several files", f.format))
	}
	if f.output == "" && formats[i].file != nil {
		wrong = append(wrong, errors.New("-o: the name of the file is empty"))
	}
	if err := checkSeries(f.maxSeries); err != nil {
		wrong = append(wrong, err)
	}
	if f.pods < 0 {
		wrong = append(wrong, fmt.Errorf("--pods %d: want 0 or more", f.pods))
	}
	if f.until.given && f.until.at < f.from.at {
		wrong = append(wrong, fmt.Errorf("--until %s: lies before --from %s", f.until.at, f.from.at))
	}
	return formats[i], errors.Join(wrong...)
}

// exportRun is podsim export.
func (s *session) exportRun(ctx context.Context, name string, f *exportFlags, format exportFormat) error {
	log, err := openLog(name)
	if err != nil {
		return err
	}
	defer log.file.Close()
	e := &export{exportFlags: *f, log: log, stderr: s.stderr}
	if e.replay, e.head, err = log.replay(); err != nil {
		return err
	}
	switch {
	case format.folder != nil:
		err = format.folder(ctx, e, f.output)
	case f.output == "-":
		err = format.file(ctx, e, s.stdout)
	case same(log.name, f.output):
		err = fmt.Errorf("-o %s: is the file that is read", f.output)
	default:
		err = writeWhole(f.output, func(w io.Writer) error {
			return packed(f.output, w, func(w io.Writer) error { return format.file(ctx, e, w) })
		})
		err = blameOutput(f.output, err)
	}
	if err != nil {
		return err
	}
	e.tell()
	return nil
}

// tell says how much was written and what was left out. Standard output may hold the export.
func (e *export) tell() {
	told := e.counts
	if e.output != "-" {
		size := e.bytes
		if info, err := os.Stat(e.output); err == nil && info.Mode().IsRegular() {
			size = info.Size()
		}
		told = fmt.Sprintf("Written to %s: %s, %s", e.output, e.counts, reports.Bytes(size))
	}
	for _, text := range append([]string{told}, e.notes...) {
		fmt.Fprintln(e.stderr, reports.Visible(text))
	}
}

// blameOutput words an error of the file or folder that -o names; others stay as they are.
func blameOutput(name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if errors.As(err, &path) || errors.As(err, &link) {
		return fmt.Errorf("-o %s: %w", name, dirs.Cause(err))
	}
	return err
}

// note tells, once all is written, what the user should know of it.
func (e *export) note(format string, arguments ...any) {
	e.notes = append(e.notes, fmt.Sprintf(format, arguments...))
}

// follow replays the run up to a moment. before is called with the time of each operation
// before it is applied. The tail tells how the run ended; its End is the moment if that
// comes first.
func (e *export) follow(ctx context.Context, until models.Time, before func(models.Time) error) (logTail, error) {
	tail := logTail{End: until}
	ended, err := (&stand{log: e.log, replay: e.replay}).step(ctx, until, before)
	if err != nil || !ended {
		return tail, err
	}
	tail.End = e.replay.Cluster.Now()
	if e.replay.Closing != nil {
		if err := json.Unmarshal(e.replay.Closing, &tail); err != nil {
			return tail, e.log.blame(err)
		}
	}
	tail.End = min(tail.End, until)
	return tail, nil
}
