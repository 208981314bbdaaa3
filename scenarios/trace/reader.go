package trace

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// Options say how a trace is read.
type Options struct {
	// Format is that of the file; empty looks at its beginning.
	Format Format
	Limits Limits // zero is DefaultLimits
	// Quantity checks the amount of a resource; nil takes any text.
	Quantity func(text, resource string) (int64, error)
}

// Reader reads the rows of a trace in the order of the file. Problems with a row
// do not end the reading; the row is left out.
type Reader struct {
	file     string
	source   io.Reader
	options  Options
	lines    *lines
	format   format
	problems yamlnode.Problems
	ended    bool

	shapes      []Shape
	shapeLines  []int32
	unknownRun  []bool // by shape: of some row the run time is not known
	shapeIndex  map[Shape]int32
	bases       []string
	baseIndex   map[string]int32
	names       names
	notes       []Note
	definitions []Definition
	rows        int
	left        int // rows that were left out
	outOfOrder  int
	last        models.Time
}

// format reads the rows of one format.
type format interface {
	// begin reads what stands before the rows. It reports whether rows follow.
	begin() bool
	// next reads the next row. It is false at the end of what can be read.
	next(*Row) (outcome, bool)
	// columns are those of the format CSV that its rows may fill.
	columns() []string
	// rowName says what its rows are, as in: 3 of 10 jobs.
	rowName() string
}

// outcome says what became of a line.
type outcome uint8

const (
	noRow outcome = iota // it is no row, or a wrong one
	isRow
)

// Open begins to read a trace. The name of the file serves messages only. The
// error is nil or yamlnode.Problems.
func Open(file string, source io.Reader, options Options) (*Reader, error) {
	if options.Limits == (Limits{}) {
		options.Limits = DefaultLimits()
	}
	r := &Reader{
		file: file, source: source, options: options,
		shapeIndex: make(map[Shape]int32), baseIndex: make(map[string]int32),
	}
	r.start()
	return r, r.Err()
}

// start begins at the beginning of the source.
func (r *Reader) start() {
	r.names, r.notes, r.rows, r.left, r.outOfOrder, r.last, r.ended = names{}, nil, 0, 0, 0, 0, false
	if !r.openLines() {
		return
	}
	if r.format == nil && !r.choose() {
		r.ended = true
		return
	}
	r.ended = !r.format.begin()
}

func (r *Reader) openLines() bool {
	limits := r.options.Limits
	if f := r.options.Format; f != DLRM && f != SWF {
		limits.Line = max(limits.Line, limits.ObjectLine)
	}
	var err error
	if r.lines, err = openLines(r.source, limits); err != nil {
		r.problems = append(r.problems, yamlnode.Problem{File: r.file, What: err.Error()})
		r.ended = true
		return false
	}
	return true
}

// choose picks the format.
func (r *Reader) choose() bool {
	if r.options.Format == "" {
		r.options.Format = detect(r.lines.peek())
	}
	switch r.options.Format {
	case DLRM:
		r.format = &dlrm{table: table{r: r}}
	case SWF:
		r.format = &swf{r: r}
	case CSV:
		r.format = &csvRows{cells: cells{table: table{r: r}}}
	case JSONL:
		r.format = &jsonl{r: r}
	case "":
		if _, ok := r.nextText(); !ok && len(r.problems) == 0 {
			r.blame(wholeRow, "", "empty file")
		}
		if len(r.problems) > 0 {
			return false
		}
		r.blame(wholeRow, "", "the format cannot be told; name one of %s", formatNames())
		return false
	default:
		what := fmt.Sprintf("unknown format %q", r.options.Format)
		if guess := spelling.Guess(string(r.options.Format), strings.Split(formatNames(), ", ")); guess != "" {
			what += fmt.Sprintf("; did you mean %q?", guess)
		}
		r.problems = append(r.problems, yamlnode.Problem{File: r.file, What: what + " (known: " + formatNames() + ")"})
		return false
	}
	return true
}

func formatNames() string {
	var known []string
	for _, f := range Formats() {
		known = append(known, string(f))
	}
	return strings.Join(known, ", ")
}

// Next reads the next row that is right; ok is false at the end, where Err tells
// what was wrong.
func (r *Reader) Next() (row Row, ok bool) {
	for !r.ended {
		row = Row{Lifetime: -1, RunTime: -1, Number: -1}
		before := len(r.problems)
		what, more := r.format.next(&row)
		if !more {
			r.finish()
			return Row{}, false
		}
		if len(r.problems) >= r.options.Limits.Problems {
			r.ended = true
			r.blameDamage()
			return Row{}, false
		}
		if what != isRow || len(r.problems) > before {
			continue
		}
		if r.rows == r.options.Limits.Rows {
			r.blame(wholeRow, "", "more than %d rows", r.options.Limits.Rows)
			r.ended = true
			return Row{}, false
		}
		r.rows++
		if row.At < r.last {
			r.outOfOrder++
		}
		r.last = max(r.last, row.At)
		if row.RunTime < 0 {
			r.unknownRun[row.Shape] = true
		}
		return row, true
	}
	return Row{}, false
}

// blameDamage tells only of the packing of a file if that is damaged: wrong rows
// then follow from it.
func (r *Reader) blameDamage() {
	if damage := r.lines.damage(); damage != nil {
		r.problems = yamlnode.Problems{{File: r.file, What: damage.Error()}}
	}
}

func (r *Reader) finish() {
	r.ended = true
	if len(r.problems) > 1 {
		r.blameDamage()
	}
	if r.rows == 0 && len(r.problems) == 0 {
		r.blame(wholeRow, "", "no rows%s", r.leftOut())
	}
}

// leftOut says where the rows of a trace without rows have gone.
func (r *Reader) leftOut() string {
	var told []string
	for _, note := range r.Notes() {
		told = append(told, note.Text(""))
	}
	if told == nil {
		return ""
	}
	return ": " + strings.Join(told, "; ")
}

// Err returns what is wrong with what has been read: nil or yamlnode.Problems.
func (r *Reader) Err() error { return r.problems.Err() }

// Rewind goes back to the beginning of the file, which must be one that can be
// read twice. Shapes and bases keep their numbers.
func (r *Reader) Rewind() error {
	seeker, ok := r.source.(io.Seeker)
	if !ok {
		return errors.New("cannot be read twice; want a file")
	}
	if _, err := seeker.Seek(0, io.SeekStart); err != nil {
		return errors.New("cannot be read twice; want a file")
	}
	r.start()
	return r.Err()
}

// Format returns the format of the file.
func (r *Reader) Format() Format { return r.options.Format }

// Shape returns a shape by its number.
func (r *Reader) Shape(number int32) *Shape { return &r.shapes[number] }

// Shapes returns the number of shapes so far.
func (r *Reader) Shapes() int { return len(r.shapes) }

// Place returns the file and the line that first had a shape.
func (r *Reader) Place(number int32) (file string, line int) {
	return r.file, int(r.shapeLines[number])
}

// UnknownRunTime reports whether of some row of a shape the run time is not known.
func (r *Reader) UnknownRunTime(number int32) bool { return r.unknownRun[number] }

// Base returns what names begin with, by its number. It is empty for objects
// without a name.
func (r *Reader) Base(number int32) string { return r.bases[number] }

// Bases returns the number of bases so far.
func (r *Reader) Bases() int { return len(r.bases) }

// Name returns the name of a row; empty if it has none.
func (r *Reader) Name(row *Row) string {
	base := r.bases[row.Base]
	if base == "" || row.Number < 0 {
		return base
	}
	return base + "-" + strconv.Itoa(int(row.Number))
}

// Notes returns what must be told about what was read so far, in the order in
// which it came up.
func (r *Reader) Notes() []Note {
	notes := slices.Clone(r.notes)
	for i := range notes {
		if r.format != nil && r.format.rowName() == notes[i].Of {
			notes[i].Total = r.rows + r.left
		}
	}
	return notes
}

// Start returns the date that is time 0 of the rows; it is zero if the trace does
// not tell.
func (r *Reader) Start() time.Time {
	if j, ok := r.format.(*jsonl); ok && j.lives != nil && j.origin > 0 {
		return time.Unix(0, j.origin).UTC()
	}
	return time.Time{}
}

// Columns returns the columns of the format CSV that the rows may fill.
func (r *Reader) Columns() []string {
	if r.format == nil {
		return nil
	}
	return r.format.columns()
}

// intern returns the number of a shape.
func (r *Reader) intern(s *Shape) int32 {
	if id, known := r.shapeIndex[*s]; known {
		return id
	}
	if len(r.shapes) == r.options.Limits.Shapes {
		r.blame(wholeRow, "", "more than %d distinct shapes", r.options.Limits.Shapes)
		r.ended = true
		return 0
	}
	id := int32(len(r.shapes))
	kept := s.clone() // the line goes, the shape stays
	r.shapeIndex[kept] = id
	r.shapes = append(r.shapes, kept)
	r.unknownRun = append(r.unknownRun, false)
	r.shapeLines = append(r.shapeLines, int32(r.lines.number))
	return id
}

func (s *Shape) clone() Shape {
	c := *s
	for _, text := range []*string{&c.Kind, &c.Namespace, &c.Template, &c.Object, &c.PriorityClass, &c.Image} {
		*text = strings.Clone(*text)
	}
	for _, pairs := range []*Pairs{&c.Labels, &c.NodeSelector, &c.Requests, &c.Limits} {
		*pairs = Pairs(strings.Clone(string(*pairs)))
	}
	return c
}

// base returns the number of what names begin with.
func (r *Reader) base(text string) int32 {
	if id, known := r.baseIndex[text]; known {
		return id
	}
	id := int32(len(r.bases))
	text = strings.Clone(text)
	r.baseIndex[text] = id
	r.bases = append(r.bases, text)
	return id
}

// note counts a row of which something must be told.
func (r *Reader) note(of, what string) { r.notes = addNote(r.notes, of, what) }

// leaveOut counts a row that is left out.
func (r *Reader) leaveOut(of, what string) {
	r.left++
	r.note(of, what)
}

// wholeRow stands for a column where no single one is to blame.
const wholeRow = 1

// blame notes a problem with a column of the present line.
func (r *Reader) blame(column int, path, format string, args ...any) {
	r.problems = append(r.problems, yamlnode.Problem{
		File: r.file, Line: max(r.lines.number, 1), Column: column, Path: path, What: fmt.Sprintf(format, args...),
	})
}
