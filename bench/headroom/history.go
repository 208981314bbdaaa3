package headroom

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// The columns of a history.
const (
	dateColumn   = "date"
	demandColumn = "demand"
)

// mostProblems is how many problems with one file are told.
const mostProblems = 20

// ReadHistory reads a CSV file with the columns date, as 2026-01-31 or RFC 3339, and
// demand, a number in any unit; other columns are passed over. The error is nil or
// yamlnode.Problems.
func ReadHistory(r io.Reader, name string) ([]Observation, error) {
	h := history{name: name, csv: csv.NewReader(&bounded{r: r, left: limits.FileBytes})}
	h.csv.FieldsPerRecord = -1
	h.csv.ReuseRecord = true
	if h.header() {
		h.rows()
	}
	if len(h.problems) > 0 {
		return nil, h.problems
	}
	return h.out, nil
}

// history is one call of ReadHistory.
type history struct {
	name         string
	csv          *csv.Reader
	date, demand int
	out          []Observation
	problems     yamlnode.Problems
}

// bounded refuses files that are too large.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		return n, fmt.Errorf("the file is larger than %d MiB", limits.FileBytes>>20)
	}
	return n, err
}

func (h *history) blame(column int, format string, args ...any) {
	line, character := h.csv.FieldPos(column)
	h.problems = append(h.problems, yamlnode.Problem{File: h.name, Line: line, Column: character, What: fmt.Sprintf(format, args...)})
}

// broken tells of what is no CSV, or cannot be read.
func (h *history) broken(err error) {
	p := yamlnode.Problem{File: h.name, What: err.Error()}
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		p.Line, p.Column, p.What = bad.Line, bad.Column, bad.Err.Error()
	}
	h.problems = append(h.problems, p)
}

func (h *history) header() bool {
	names, err := h.csv.Read()
	if errors.Is(err, io.EOF) {
		h.problems = append(h.problems, yamlnode.Problem{File: h.name, What: "the file is empty; want the columns date and demand"})
		return false
	}
	if err != nil {
		h.broken(err)
		return false
	}
	for i := range names {
		names[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(names[i], "\ufeff")))
	}
	h.date, h.demand = slices.Index(names, dateColumn), slices.Index(names, demandColumn)
	for _, name := range []string{dateColumn, demandColumn} {
		if !slices.Contains(names, name) {
			h.blame(0, "column %q is missing (got %s)", name, strings.Join(names, ", "))
		}
	}
	return len(h.problems) == 0
}

func (h *history) rows() {
	for len(h.problems) < mostProblems {
		row, err := h.csv.Read()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			h.broken(err)
			return
		case len(h.out) == limits.Moments:
			h.blame(0, "got more than %d observations", limits.Moments)
			return
		case len(row) <= max(h.date, h.demand):
			h.blame(0, "got %d cells; want a date and a demand", len(row))
			continue
		}
		at, err := dateOf(strings.TrimSpace(row[h.date]))
		if err != nil {
			h.blame(h.date, "date: got %q; want a date such as 2026-01-31 or 2026-01-31T12:00:00Z", row[h.date])
		}
		demand, err := strconv.ParseFloat(strings.TrimSpace(row[h.demand]), 64)
		if err != nil || !(demand >= 0) || math.IsInf(demand, 0) {
			h.blame(h.demand, "demand: got %q; want a number that is not negative", row[h.demand])
		}
		h.out = append(h.out, Observation{at, demand})
	}
}

func dateOf(text string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	return time.Parse(time.RFC3339, text)
}
