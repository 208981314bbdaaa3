package app

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"golang.org/x/term"

	"github.com/podsim/podsim/reports"
)

// table prints rows in columns without borders, as kubectl does.
func (s *session) table(header []string, rows [][]string) error {
	none := tw.Rendition{
		Borders:  tw.BorderNone,
		Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
	}
	left := tw.CellAlignment{Global: tw.AlignLeft}
	whole := tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone}
	padding := tw.CellPadding{Global: tw.Padding{Right: "  ", Overwrite: true}}
	var page bytes.Buffer
	t := tablewriter.NewTable(&page,
		tablewriter.WithRenderer(renderer.NewBlueprint(none)),
		tablewriter.WithConfig(tablewriter.Config{
			Header: tw.CellConfig{Alignment: left, Formatting: whole, Padding: padding},
			Row:    tw.CellConfig{Alignment: left, Formatting: whole, Padding: padding},
		}),
	)
	t.Header(header)
	if err := t.Bulk(rows); err != nil {
		return err
	}
	if err := t.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(page.String()) { // the last column is padded too
		if _, err := fmt.Fprintln(s.stdout, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// printJSON prints a list as other programs read it.
func (s *session) printJSON(list any) error { return reports.WriteJSON(s.stdout, list) }

// isTerminal reports whether a stream is one, and how wide it is.
func isTerminal(stream any) (width int, ok bool) {
	file, isFile := stream.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	return width, err == nil
}

const pageWidth = 100 // of a report that goes to no terminal

// style says what the text report may use on a stream. NO_COLOR is honoured; a
// locale that does not speak UTF-8 gets ASCII.
func style(stream io.Writer) reports.Terminal {
	width, terminal := isTerminal(stream)
	if !terminal {
		width = pageWidth
	}
	return reports.Terminal{
		Width:   min(width, 160),
		Color:   terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Unicode: speaksUTF8(),
	}
}

func speaksUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := os.Getenv(name); value != "" {
			return strings.Contains(strings.ToUpper(strings.ReplaceAll(value, "-", "")), "UTF8")
		}
	}
	return true
}
