package app

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/oplog"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/page"
)

// The files of a run that reports has no name for.
const (
	runFile     = "run.json"
	summaryFile = "summary.json"
	logFile     = "operations.log"
)

// partial marks a file that is being written. Files get their names when all of
// them are whole, run.json last.
const partial = ".partial"

// runFiles are all files that a run may leave in its folder.
func runFiles() []string {
	return []string{runFile, summaryFile, logFile, page.File, reports.PodsFile, reports.NodesFile, reports.OwnersFile, reports.SeriesFile, reports.EventsFile}
}

// folder is the folder that a run writes.
type folder struct {
	root   *os.Root
	name   string
	made   []string // folders that this run made, the innermost first
	files  []*output
	failed error // the first write that went wrong
	whole  bool

	log, pods, events io.Writer // events is nil if they are not wanted
}

// output is one file of the folder while it is written.
type output struct {
	folder *folder
	name   string
	file   *os.File
	buffer *bufio.Writer
}

// Write hands on to the file. The folder remembers an error, so that a run does
// not go on for nothing.
func (o *output) Write(b []byte) (int, error) {
	n, err := o.file.Write(b)
	if err != nil && o.folder.failed == nil {
		o.folder.failed = o.folder.blame(o.name, err)
	}
	return n, err
}

// openFolder makes the folder, or takes one that is empty or holds an earlier run
// of the same input, and opens the files that are written during the run.
func openFolder(name string, input *loaded, f *runFlags) (*folder, error) {
	made, err := dirs.Make(name)
	if err != nil {
		return nil, fmt.Errorf("-o %s: %w", name, err)
	}
	d := &folder{name: name, made: made}
	if d.root, err = os.OpenRoot(name); err != nil {
		dirs.TakeBack(d.made)
		return nil, d.blame("", err)
	}
	if !f.force {
		err = d.check(input)
	}
	if err == nil {
		err = d.open(!f.noEvents)
	}
	if err != nil {
		d.discard()
		return nil, err
	}
	return d, nil
}

// blame words an error with the folder or one of its files.
func (d *folder) blame(file string, err error) error {
	if file != "" {
		return fmt.Errorf("-o %s: %s: %w", d.name, file, dirs.Cause(err))
	}
	return fmt.Errorf("-o %s: %w", d.name, dirs.Cause(err))
}

// inputName is the key of the digest over everything that a run depends on,
// beside those of its files.
const inputName = "(all)"

// check refuses a folder that holds something else. What a killed run left
// unfinished does not count.
func (d *folder) check(input *loaded) error {
	names, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return d.blame("", err)
	}
	strange := slices.ContainsFunc(names, func(e fs.DirEntry) bool {
		name, unfinished := strings.CutSuffix(e.Name(), partial)
		return !unfinished || !slices.Contains(runFiles(), name)
	})
	if !strange {
		return nil
	}
	text, err := d.root.ReadFile(runFile)
	if err != nil {
		return d.blame("", errors.New("the folder is not empty and holds no run; give another one, or --force"))
	}
	var earlier reports.Run
	if err := json.Unmarshal(text, &earlier); err != nil {
		return d.blame(runFile, fmt.Errorf("not the file of a run (%w); give another folder, or --force", err))
	}
	if digest := earlier.InputDigests[inputName]; digest != input.Digest {
		return d.blame("", fmt.Errorf("the folder holds a run of other input (%s, digest %.16s; this is %s, digest %.16s); "+
			"give another one, or --force", earlier.Scenario, digest, input.Name, input.Digest))
	}
	return nil
}

// open opens the files that are written while the run goes on.
func (d *folder) open(events bool) (err error) {
	if _, err = d.create(logFile); err != nil {
		return err
	}
	d.log = d.files[0] // it comes in blocks, which others may read while the run goes on
	if d.pods, err = d.create(reports.PodsFile); err != nil {
		return err
	}
	if events {
		d.events, err = d.create(reports.EventsFile)
	}
	return err
}

// create opens one file of the folder.
func (d *folder) create(name string) (io.Writer, error) {
	file, err := d.root.Create(name + partial)
	if err != nil {
		return nil, d.blame(name, err)
	}
	o := &output{folder: d, name: name, file: file}
	o.buffer = bufio.NewWriterSize(o, 1<<16)
	d.files = append(d.files, o)
	return o.buffer, nil
}

// write makes one file of the folder as a whole.
func (d *folder) write(name string, fill func(io.Writer) error) error {
	w, err := d.create(name)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return d.blame(name, err)
	}
	return nil
}

// finish writes what is known at the end and gives all files their names.
func (d *folder) finish(r *result) error {
	for _, file := range []struct {
		name string
		fill func(io.Writer) error
	}{
		{summaryFile, r.summary.WriteJSON},
		{reports.NodesFile, r.summary.WriteNodesCSV},
		{reports.OwnersFile, r.summary.WriteOwnersCSV},
		{reports.SeriesFile, r.summary.WriteSeriesCSV},
		{page.File, func(w io.Writer) error { return page.Run(w, r.page) }},
		{runFile, func(w io.Writer) error { return d.describe(r).WriteJSON(w) }},
	} {
		if err := d.write(file.name, file.fill); err != nil {
			return err
		}
	}
	for _, o := range d.files {
		err := o.buffer.Flush()
		if closed := o.file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return d.blame(o.name, err)
		}
	}
	return d.publish()
}

// describe returns the content of run.json.
func (d *folder) describe(r *result) *reports.Run {
	run := &reports.Run{
		ID: reports.RunID(r.summary.Digest), Scenario: r.input.Name, Seed: r.summary.Seed, Version: Version,
		GoVersion: runtime.Version(), LogVersion: oplog.Version, Digest: r.summary.Digest,
		InputDigests: map[string]string{inputName: r.input.Digest}, End: r.summary.End,
		Operations: r.summary.Operations, Wall: r.wall,
	}
	for _, file := range r.input.Inputs {
		run.InputDigests[file.Name] = file.Digest
	}
	run.Audit = auditLines(r.input.Audit)
	for _, o := range d.files {
		if o.name != runFile {
			run.Files = append(run.Files, o.name)
		}
	}
	return run
}

// publish gives the files their names and takes away what an earlier run left and
// this one does not write. Without run.json the folder holds no run, so that file
// goes first and comes last.
func (d *folder) publish() error {
	written := make(map[string]bool)
	for _, o := range d.files {
		written[o.name] = true
	}
	stale := []string{runFile}
	for _, name := range runFiles() {
		if !written[name] {
			stale = append(stale, name, name+partial)
		}
	}
	for _, name := range stale {
		if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return d.blame(name, err)
		}
	}
	for _, o := range d.files {
		if err := d.root.Rename(o.name+partial, o.name); err != nil {
			return d.blame(o.name, err)
		}
	}
	d.whole = true
	return nil
}

// discard takes back what is unfinished and lets the folder go.
func (d *folder) discard() {
	if !d.whole {
		for _, o := range d.files {
			o.file.Close()
			d.root.Remove(o.name + partial)
		}
	}
	d.root.Close()
	if !d.whole {
		dirs.TakeBack(d.made)
	}
}

// broken returns the first error of writing; nil without a folder.
func (d *folder) broken() error {
	if d == nil {
		return nil
	}
	return d.failed
}
