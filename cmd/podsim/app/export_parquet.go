package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/parquetfile"
)

// parquetFolder is a folder of tables while they are written.
type parquetFolder struct {
	dir    string
	about  map[string]string
	tables []*parquetTable
}

// parquetTable is one of them.
type parquetTable struct {
	*parquetfile.File
	file *os.File
	name string
	rows int
}

// WriteRow writes a row of cells.
func (t *parquetTable) WriteRow(cells []reports.Cell) error {
	t.rows++
	return t.File.WriteRow(cells)
}

// exportParquet writes all tables of a run, each to a file of a folder.
func exportParquet(ctx context.Context, e *export, dir string) error {
	if same(e.log.name, filepath.Join(dir, logFile)) {
		return fmt.Errorf("-o %s: is the folder of the run (want one of its own, such as %s)", dir, filepath.Join(dir, "tables"))
	}
	made, err := dirs.Make(dir)
	if err != nil {
		return fmt.Errorf("-o %s: %w", dir, err)
	}
	f := &parquetFolder{dir: dir, about: map[string]string{"podsim.scenario": e.head.Scenario}}
	if err = f.fill(ctx, e); err == nil {
		err = f.keep()
	}
	if err != nil {
		f.discard()
		dirs.TakeBack(made)
		return blameOutput(dir, err)
	}
	e.counts, e.bytes, err = f.size()
	return blameOutput(dir, err)
}

// fill replays the run before the recorder of its tables.
func (f *parquetFolder) fill(ctx context.Context, e *export) error {
	columns, err := ofFile(reports.Columns(), reports.EventsFile)
	if err != nil {
		return err
	}
	table, err := f.open(reports.EventsFile, columns)
	if err != nil {
		return err
	}
	events := parquetfile.NewEvents(table, columns)
	config := e.head.recording()
	config.Events = events
	recorder, err := reports.NewRecorder(config, e.replay.Cluster.View())
	if err != nil {
		return err
	}
	recorder.Tables(f.open)
	e.replay.Cluster.Observe(recorder)
	tail, err := e.follow(ctx, models.Never, func(models.Time) error { return events.Err() })
	if err != nil {
		return err
	}
	_, err = recorder.Finish(tail.End)
	return err
}

// open begins the table that is kept as CSV or JSON lines in the folder of a run.
func (f *parquetFolder) open(name string, columns []reports.Column) (reports.RowWriter, error) {
	name = strings.TrimSuffix(name, filepath.Ext(name)) + ".parquet"
	file, err := os.Create(filepath.Join(f.dir, name+partial))
	if err != nil {
		return nil, err
	}
	t := &parquetTable{file: file, name: name}
	f.tables = append(f.tables, t)
	if t.File, err = parquetfile.New(file, Version, columns, f.about); err != nil {
		return nil, err
	}
	return t, nil
}

// keep ends all tables and gives them their names.
func (f *parquetFolder) keep() error {
	for _, t := range f.tables {
		if err := t.Close(); err != nil {
			return err
		}
		if err := t.file.Close(); err != nil {
			return err
		}
	}
	for _, t := range f.tables {
		if err := os.Rename(t.file.Name(), filepath.Join(f.dir, t.name)); err != nil {
			return err
		}
	}
	return nil
}

// discard takes back what is unfinished.
func (f *parquetFolder) discard() {
	for _, t := range f.tables {
		_ = t.file.Close()           // it may be closed
		_ = os.Remove(t.file.Name()) // it may have its name already
	}
}

// size tells how much the folder holds.
func (f *parquetFolder) size() (counts string, bytes int64, err error) {
	rows := 0
	for _, t := range f.tables {
		info, err := os.Stat(filepath.Join(f.dir, t.name))
		if err != nil {
			return "", 0, err
		}
		rows, bytes = rows+t.rows, bytes+info.Size()
	}
	return reports.Plural(len(f.tables), "table") + " of " + reports.Plural(rows, "row"), bytes, nil
}
