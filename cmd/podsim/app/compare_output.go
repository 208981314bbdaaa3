package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/page"
)

// reportOutput is what -o asks for.
type reportOutput struct {
	format string // one of stdoutFormats; empty for the table
	dir    string // empty for none
}

// stdoutFormats are what is printed instead of the report for a terminal.
var stdoutFormats = []string{"json", "markdown", "csv"}

// reportOutputs reads the values of -o.
func reportOutputs(values []string) (out reportOutput, err error) {
	var problems []error
	for _, value := range values {
		switch {
		case slices.Contains(stdoutFormats, value):
			if out.format != "" && out.format != value {
				problems = append(problems, fmt.Errorf("-o %s: %s is printed already", value, out.format))
			}
			out.format = value
		case value == "":
			problems = append(problems, errors.New("-o: the name of the folder is empty"))
		case slices.Contains(append(notFolders, "markdown", "md"), strings.ToLower(value)):
			problems = append(problems, fmt.Errorf("-o %s: no such output (want json, markdown or csv; a folder of this name is ./%s)", value, value))
		case out.dir != "" && out.dir != value:
			problems = append(problems, fmt.Errorf("-o %s: the folder %s is given already", value, out.dir))
		default:
			out.dir = value
		}
	}
	return out, errors.Join(problems...)
}

// comparisonFile is a file in the folder of an experiment.
type comparisonFile struct {
	name  string
	write func(io.Writer, *comparison.Comparison) error
}

// comparisonFiles are all of them but the runs.
var comparisonFiles = []comparisonFile{
	{comparison.CSVFile, comparison.WriteCSV},
	{comparison.ValuesFile, comparison.WriteValuesCSV},
	{comparison.MarkdownFile, comparison.WriteMarkdown},
	{comparison.TextFile, writePlainComparison},
	{page.File, page.Comparison},
	{comparison.JSONFile, comparison.WriteJSON},
}

func comparisonFileNames() []string {
	names := []string{comparison.SoFarFile}
	for _, file := range comparisonFiles {
		names = append(names, file.name)
	}
	return names
}

// writePlainComparison writes the table as it looks anywhere.
func writePlainComparison(w io.Writer, c *comparison.Comparison) error {
	return comparison.WriteText(w, c, reports.Terminal{Width: pageWidth, Unicode: true})
}

// writeComparison writes the reports into the folder, if there is one, and the
// assertions to the file of --junit.
func writeComparison(c *comparison.Comparison, kept *store.Store, junit string) error {
	if kept != nil {
		for _, file := range comparisonFiles {
			if err := kept.WriteFile(file.name, func(w io.Writer) error { return file.write(w, c) }); err != nil {
				return fmt.Errorf("-o %w", err)
			}
		}
		if err := forgetSoFar(kept, comparison.SoFarFile); err != nil {
			return err
		}
	}
	return writeJUnit(junit, func(w io.Writer) error { return comparison.WriteJUnit(w, c) })
}

// writeJUnit writes the file of --junit, if one is asked for. It gets its name when
// it is whole; what is no regular file, such as a pipe, is written as it is.
func writeJUnit(name string, fill func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	if err := writeWhole(name, fill); err != nil {
		return fmt.Errorf("--junit %s: %w", name, dirs.Cause(err))
	}
	return nil
}

func writeWhole(name string, fill func(io.Writer) error) error {
	target := name + partial
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		target = name
	}
	file, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	err = fill(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if target == name {
		return err
	}
	if err == nil {
		err = os.Rename(target, name)
	}
	if err != nil {
		os.Remove(target)
	}
	return err
}

// checkJUnit refuses, before any work is done, a file that cannot be written.
func checkJUnit(name string) error {
	if name == "" {
		return nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("--junit %s: is a directory", name)
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil {
		return fmt.Errorf("--junit %s: %w", name, dirs.Cause(err))
	} else if !info.IsDir() {
		return fmt.Errorf("--junit %s: %s is no directory", name, filepath.Dir(name))
	}
	return nil
}

// tellComparison prints the comparison.
func (s *session) tellComparison(c *comparison.Comparison, out reportOutput) error {
	switch out.format {
	case "json":
		return comparison.WriteJSON(s.stdout, c)
	case "markdown":
		return comparison.WriteMarkdown(s.stdout, c)
	case "csv":
		return comparison.WriteCSV(s.stdout, c)
	}
	if err := comparison.WriteText(s.stdout, c, style(s.stdout)); err != nil {
		return err
	}
	s.tellFolder(out)
	return nil
}

// build tells builds of podsim apart: the SHA-256 of the running program, since one
// with plugins of its own has the version of podsim, too.
var build = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err != nil {
		return revision()
	}
	file, err := os.Open(name)
	if err != nil {
		return revision()
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return revision()
	}
	return hex.EncodeToString(hash.Sum(nil))
})
