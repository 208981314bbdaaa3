package trace

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/podsim/podsim/models/yamlnode"
)

// Ordered are the rows of a trace in order of time.
type Ordered struct {
	Rows       int // that were right
	OutOfOrder int // rows that came before one that stands above them
	Notes      []Note

	reader *Reader
	given  int
	memory []Row // nil if the file is read again
}

// InOrder reads a trace to its end, to learn all that is wrong with it, and
// returns its rows in order of time, those of equal times as in the file. A file
// that is in order and can be read twice is read again as the rows are asked for,
// in constant memory; otherwise the rows are sorted in memory, 64 bytes each. The
// error is nil or yamlnode.Problems.
func InOrder(r *Reader) (*Ordered, error) {
	o := &Ordered{reader: r}
	keep := !r.rereadable()
	for row, ok := r.Next(); ok; row, ok = r.Next() {
		if keep {
			o.memory = append(o.memory, row)
		}
	}
	o.Rows, o.OutOfOrder, o.Notes = r.rows, r.outOfOrder, r.Notes()
	if err := r.Err(); err != nil {
		return nil, err
	}
	if !keep {
		if err := r.Rewind(); err != nil {
			return nil, yamlnode.Problems{{File: r.file, What: err.Error()}}
		}
		for o.OutOfOrder > 0 {
			row, ok := r.Next()
			if !ok {
				break
			}
			o.memory = append(o.memory, row)
		}
	}
	slices.SortStableFunc(o.memory, func(a, b Row) int { return cmp.Compare(a.At, b.At) })
	return o, r.Err()
}

// rereadable reports whether the source can be read twice.
func (r *Reader) rereadable() bool {
	seeker, ok := r.source.(io.Seeker)
	if !ok {
		return false
	}
	_, err := seeker.Seek(0, io.SeekCurrent)
	return err == nil
}

var errChanged = errors.New("the file has changed while it was read")

// Next returns the next row; ok is false at the end. An error tells that the file
// is no longer what it was.
func (o *Ordered) Next() (row Row, ok bool, err error) {
	if o.memory != nil {
		if o.given == len(o.memory) {
			return Row{}, false, nil
		}
		o.given++
		return o.memory[o.given-1], true, nil
	}
	last := o.reader.last
	row, ok = o.reader.Next()
	switch {
	case !ok && (o.given != o.Rows || o.reader.Err() != nil), ok && (row.At < last || o.given == o.Rows):
		return Row{}, false, fmt.Errorf("%s: %w", o.reader.file, errChanged)
	case ok:
		o.given++
	}
	return row, ok, nil
}
