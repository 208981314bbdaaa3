package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/page"
)

func (s *session) report() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "report RUN",
		Short: "write the page that shows a run, a comparison or a plan",
		Long: `Writes the page that shows a run to people: one HTML file that needs nothing else. RUN is
the folder that podsim run -o wrote, or its operation log, of which every operation is
applied again. It may also be the folder of a comparison or a plan. Without -o the page
goes into that folder, as ` + page.File + `. If the log is damaged, the page tells what
happened up to the damage, and the exit code is 2.`,
		Example: `  podsim report out/
  podsim report out/operations.log -o page.html
  podsim report out/ -o - | gzip > page.html.gz`,
		Args: oneArgument("run", ""),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which run? Name the folder that podsim run -o wrote")
			}
			return s.reportFolder(c.Context(), args[0], output)
		},
	}
	command.Flags().StringVarP(&output, "output", "o", "", "the file to write; - for standard output")
	return command
}

// reportFolder writes the page of what a folder holds.
func (s *session) reportFolder(ctx context.Context, name, output string) error {
	write, err := seriesPageOf(name)
	switch {
	case err != nil:
		return err
	case write == nil:
		return s.reportRun(ctx, name, output)
	case output == "":
		output = filepath.Join(name, page.File)
	case isKept(name, output):
		return fmt.Errorf("-o %s: is a file of the folder that is read", output)
	}
	return s.writePage(output, write)
}

// seriesPageOf returns the writer of the page of a comparison or a plan; nil if there is
// none of these.
func seriesPageOf(name string) (func(io.Writer) error, error) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return nil, nil // a log, or nothing at all, which is told with the run
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, dirs.Cause(err))
	}
	defer root.Close()
	write, err := seriesPage(root, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return write, nil
}

func (s *session) reportRun(ctx context.Context, name, output string) error {
	log, err := openLog(name)
	if err != nil {
		return err
	}
	defer log.file.Close()
	if err := log.spare(output); err != nil {
		return err
	}
	p, head, err := log.replay()
	if err != nil {
		return err
	}
	told, err := refold(ctx, p, &head, nil, true)
	if err != nil {
		return log.blame(err)
	}
	if output == "" {
		output = filepath.Join(filepath.Dir(log.name), page.File)
	}
	if err := s.writePage(output, func(w io.Writer) error { return page.Run(w, told.page) }); err != nil {
		return err
	}
	if told.broken != nil {
		return log.blame(told.broken)
	}
	return nil
}

// spare refuses to write over the log or another file of its run than the page.
func (l *logOf) spare(output string) error {
	if same(l.name, output) {
		return fmt.Errorf("-o %s: is the file that is read", output)
	}
	for _, name := range runFiles() {
		file := filepath.Join(filepath.Dir(l.name), name)
		if name != page.File && (same(file, output) || same(file+partial, output) || same(file+partial, output+partial)) {
			return fmt.Errorf("-o %s: is a file of the run that is read", output)
		}
	}
	return nil
}

// isKept reports whether a file lies in the folder of a comparison or a plan, which keeps
// finished runs in many files, and is no page.
func isKept(folder, output string) bool {
	if _, err := os.Stat(output); err != nil || filepath.Ext(output) == filepath.Ext(page.File) {
		return false
	}
	absolute, err := filepath.Abs(output)
	if err != nil {
		return false
	}
	for inner, dir := absolute, filepath.Dir(absolute); dir != inner; inner, dir = dir, filepath.Dir(dir) {
		if same(folder, dir) {
			return true
		}
	}
	return false
}

// writePage writes a page to a file that gets its name when it is whole, or to standard
// output.
func (s *session) writePage(name string, fill func(io.Writer) error) error {
	if name == "-" {
		return fill(s.stdout)
	}
	err := writeWhole(name, func(w io.Writer) error {
		buffer := bufio.NewWriterSize(w, 1<<16)
		return errors.Join(fill(buffer), buffer.Flush())
	})
	if err != nil {
		return fmt.Errorf("-o %s: %w", name, dirs.Cause(err))
	}
	fmt.Fprintf(s.stdout, "Written to %s\n", reports.Visible(name))
	return nil
}
