package app

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/trace"
)

func (s *session) importTrace() *cobra.Command {
	var out string
	command := &cobra.Command{
		Use:   "import FORMAT FILE",
		Short: "convert a trace to podsim's own CSV",
		Long: `Reads a recorded workload and writes it as CSV, the format that can say what all
formats say and that is easy to look into and to change. A run of the converted
file goes through the same operations as one of the original.

Formats: dlrm (instances of Alibaba's DLRM trace), swf (Standard Workload Format),
jsonl (objects of Kubernetes as a watch or an audit log tells of them), csv. Files
may be packed with gzip or zstd; so is the output if its name ends in .gz or .zst.
A file named - is standard input, except for jsonl, which is read twice.

The CSV has a header. Its columns stand in any order, and only time and what says
what comes (template, object or requests) must be there:
` + columnList(),
		Example: `  podsim import swf NASA-iPSC-1993-3.1-cln.swf.gz -o nasa.csv
  podsim import dlrm disaggregated_DLRM_trace.csv.gz | head
  kubectl get pods -A --watch --output-watch-events -o json | jq -c . >watch.jsonl
  podsim import jsonl watch.jsonl -o watch.csv.zst`,
		Args: exactly("FORMAT", "FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			return s.convert(c.Context(), trace.Format(args[0]), args[1], out)
		},
		ValidArgsFunction: completeFormats,
	}
	command.Flags().StringVarP(&out, "output", "o", "-", "file to write; - is standard output, .gz and .zst are packed")
	return command
}

// columnList explains the columns in lines of a page's width.
func columnList() string {
	const indent, width = 18, 100
	var b strings.Builder
	for _, c := range trace.Columns() {
		fmt.Fprintf(&b, "\n  %-*s", indent-2, c.Name)
		column := indent
		for word := range strings.FieldsSeq(c.Help) {
			if column+len(word) > width {
				b.WriteString("\n" + strings.Repeat(" ", indent))
				column = indent
			}
			if column > indent {
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += len(word)
		}
	}
	return b.String()
}

// exactly wants the named arguments.
func exactly(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return fmt.Errorf("%s: want %s (got %d arguments)", c.CommandPath(), strings.Join(names, " and "), len(args))
	}
}

func completeFormats(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return formatNames(), cobra.ShellCompDirectiveNoFileComp
}

func formatNames() []string {
	var names []string
	for _, f := range trace.Formats() {
		names = append(names, string(f))
	}
	return names
}

// openTrace opens a trace that the user named.
func (s *session) openTrace(format trace.Format, name string) (*trace.Reader, io.Closer, error) {
	if name == "-" {
		r, err := scenarios.OpenTrace("standard input", s.stdin, format)
		return r, io.NopCloser(nil), err
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", name, dirs.Cause(err))
	case info.IsDir():
		return nil, nil, fmt.Errorf("%s: is a folder; want a file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, dirs.Cause(err))
	}
	r, err := scenarios.OpenTrace(name, file, format)
	if err != nil {
		_ = file.Close() // it was read only
		return nil, nil, err
	}
	return r, file, nil
}

// convert writes a trace as CSV.
func (s *session) convert(ctx context.Context, format trace.Format, from, to string) error {
	if format == "" {
		return unknown("format", "", formatNames())
	}
	r, file, err := s.openTrace(format, from)
	if err != nil {
		return err
	}
	defer file.Close()
	if to == "-" {
		err = copyRows(ctx, r, s.stdout)
	} else {
		err = s.convertTo(ctx, r, from, to)
	}
	for _, note := range r.Notes() {
		fmt.Fprintln(s.stderr, note.Text(""))
	}
	if start := r.Start(); err == nil && !start.IsZero() {
		fmt.Fprintf(s.stderr, "time 0 is %s\n", start.Format("2006-01-02T15:04:05.999999999Z"))
	}
	return err
}

// convertTo writes a file that gets its name when it is whole.
func (s *session) convertTo(ctx context.Context, r *trace.Reader, from, to string) error {
	if same(from, to) {
		return fmt.Errorf("-o %s: is the file that is read", to)
	}
	file, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".*"+partial)
	if err != nil {
		return fmt.Errorf("-o %s: %w", to, dirs.Cause(err))
	}
	err = packed(to, file, func(w io.Writer) error { return copyRows(ctx, r, w) })
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Chmod(file.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), to)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the error is what counts
		var path *fs.PathError
		var link *os.LinkError
		if errors.As(err, &path) || errors.As(err, &link) {
			return fmt.Errorf("-o %s: %w", to, dirs.Cause(err))
		}
	}
	return err
}

func same(from, to string) bool {
	a, errA := os.Stat(from)
	b, errB := os.Stat(to)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// checkPacking refuses the name of a file that is to be packed in a way that packed does not know.
func checkPacking(name string) error {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".bz2", ".xz", ".lzma", ".lz4", ".lz", ".br", ".zip", ".7z", ".z", ".snappy", ".sz":
		return fmt.Errorf("-o %s: nothing is packed as %s (want .gz or .zst)", name, ext)
	}
	return nil
}

// packed lets write write a file that is packed as its name says.
func packed(name string, file io.Writer, write func(io.Writer) error) error {
	var packer io.WriteCloser
	switch filepath.Ext(name) {
	case ".gz":
		packer = gzip.NewWriter(file)
	case ".zst":
		var err error
		if packer, err = zstd.NewWriter(file, zstd.WithEncoderConcurrency(1)); err != nil {
			return err
		}
	default:
		return write(file)
	}
	return errors.Join(write(packer), packer.Close())
}

// copyRows writes all rows of a trace.
func copyRows(ctx context.Context, r *trace.Reader, to io.Writer) error {
	buffer := bufio.NewWriterSize(to, 1<<16)
	w, err := trace.NewWriter(buffer, r.Columns())
	if err != nil {
		return err
	}
	for rows := 0; ; rows++ {
		if rows%1024 == 0 && ctx.Err() != nil {
			return &exit{ExitInterrupted, errors.New("interrupted")}
		}
		row, ok := r.Next()
		if !ok {
			break
		}
		if err := w.Write(r, &row); err != nil {
			return err
		}
	}
	return errors.Join(r.Err(), w.Flush(), buffer.Flush())
}
