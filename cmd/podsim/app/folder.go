package app

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
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

// folder is the folder that a run writes.
type folder struct {
	root    *os.Root
	name    string
	made    bool // by this run
	files   []*output
	opened  error
	renamed bool
}

// output is one file of the folder while it is written.
type output struct {
	name string
	file *os.File
	*bufio.Writer
}

// openFolder makes the folder, or takes one that is empty or holds an earlier run
// of the same input.
func openFolder(name string, loaded *scenarios.Run, force bool) (*folder, error) {
	made := false
	if err := os.Mkdir(name, 0o777); err == nil {
		made = true
	} else if !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("-o %s: %w", name, cause(err))
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("-o %s: %w", name, cause(err))
	}
	d := &folder{root: root, name: name, made: made}
	if !made && !force {
		if err := d.check(loaded); err != nil {
			root.Close()
			return nil, fmt.Errorf("-o %s: %w", name, err)
		}
	}
	return d, nil
}

// cause takes the operation and the path off an error of package os.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// check refuses a folder that holds something else.
func (d *folder) check(loaded *scenarios.Run) error {
	dir, err := d.root.Open(".")
	if err != nil {
		return cause(err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(1)
	if errors.Is(err, io.EOF) || err == nil && len(names) == 0 {
		return nil
	}
	text, err := d.root.ReadFile(runFile)
	if err != nil {
		return errors.New("the folder is not empty and holds no run; give another one, or --force")
	}
	var earlier reports.Run
	if err := json.Unmarshal(text, &earlier); err != nil {
		return fmt.Errorf("%s cannot be read: %w; give another folder, or --force", runFile, err)
	}
	if digest := earlier.InputDigests[inputName]; digest != loaded.Digest {
		return fmt.Errorf("the folder holds a run of other input (%s, digest %.16s; this is %s, digest %.16s); "+
			"give another one, or --force", earlier.Scenario, digest, loaded.Name, loaded.Digest)
	}
	return nil
}

// inputName is the key of the digest over everything that was read.
const inputName = "input"

// create opens one file of the folder. An error comes up when the run ends.
func (d *folder) create(name string) io.Writer {
	file, err := d.root.Create(name + partial)
	if err != nil {
		d.opened = errors.Join(d.opened, err)
		return io.Discard
	}
	o := &output{name, file, bufio.NewWriterSize(file, 1<<16)}
	d.files = append(d.files, o)
	return o
}

func (d *folder) pods() io.Writer   { return d.create(reports.PodsFile) }
func (d *folder) events() io.Writer { return d.create(reports.EventsFile) }

// log returns where the operation log goes; nil without a folder.
func (d *folder) log() io.Writer {
	if d == nil {
		return nil
	}
	return d.create(logFile)
}

// finish writes what is known at the end and gives all files their names.
func (d *folder) finish(r *result) error {
	write := func(name string, fill func(io.Writer) error) {
		if err := fill(d.create(name)); err != nil {
			d.opened = errors.Join(d.opened, err)
		}
	}
	write(summaryFile, r.summary.WriteJSON)
	write(reports.NodesFile, r.summary.WriteNodesCSV)
	write(reports.SeriesFile, r.summary.WriteSeriesCSV)
	run := reports.Run{
		ID: reports.RunID(r.summary.Digest), Scenario: r.loaded.Name, Seed: r.summary.Seed, Version: Version,
		GoVersion: runtime.Version(), LogVersion: cluster.LogVersion, Digest: r.summary.Digest,
		InputDigests: map[string]string{inputName: r.loaded.Digest}, End: r.summary.End,
		Operations: r.summary.Operations, Wall: r.wall,
	}
	for _, o := range d.files {
		run.Files = append(run.Files, o.name)
	}
	write(runFile, run.WriteJSON)
	err := d.opened
	for _, o := range d.files {
		err = errors.Join(err, o.Flush(), o.file.Close())
	}
	if err != nil {
		return fmt.Errorf("-o %s: %w", d.name, err)
	}
	d.renamed = true
	for _, o := range d.files {
		if err := d.root.Rename(o.name+partial, o.name); err != nil {
			return fmt.Errorf("-o %s: %w", d.name, err)
		}
	}
	return nil
}

// discard takes back what is unfinished.
func (d *folder) discard() {
	if !d.renamed {
		for _, o := range d.files {
			o.file.Close()
			d.root.Remove(o.name + partial)
		}
		if d.made {
			os.Remove(d.name)
		}
	}
	d.root.Close()
}
