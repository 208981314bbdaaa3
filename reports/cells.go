package reports

import (
	"errors"
	"fmt"
	"strconv"
)

// Cell is a value of a table. Which field holds it follows from the type of its column.
type Cell struct {
	Text    []byte // of texts and objects; good until the row has been taken
	Integer int64
	Number  float64
	Boolean bool
	Missing bool // the cell is empty; texts are never missing
}

// RowWriter takes the rows of a table, one by one.
type RowWriter interface {
	WriteRow([]Cell) error
}

// Tables has the rows of pods.csv, nodes.csv, owners.csv and timeseries.csv written as
// values, each table to what open returns for it: those of pods as pods end, the others
// when the run does. It must be called before the run.
func (r *Recorder) Tables(open func(file string, columns []Column) (RowWriter, error)) {
	r.read(&cellsReader{open: open})
}

// cellsReader is a tableReader.
type cellsReader struct {
	open    func(string, []Column) (RowWriter, error)
	pods    cellsOf[podLine]
	nodes   cellsOf[NodeSummary]
	owners  cellsOf[OwnerLosses]
	samples cellsOf[seriesLine]
}

func (c *cellsReader) readPod(row *podLine) { c.pods.write(c, PodsFile, podColumns, row) }

func (c *cellsReader) readNode(row *NodeSummary) { c.nodes.write(c, NodesFile, nodeColumns, row) }

func (c *cellsReader) readSample(row *seriesLine) {
	columns := c.samples.columns
	if columns == nil {
		columns = columnsOfSeries(row.series)
	}
	c.samples.write(c, SeriesFile, columns, row)
}

// measures writes what only the whole summary has, and opens the tables without rows. It
// measures nothing.
func (c *cellsReader) measures(s *Summary) ([]Measure, error) {
	c.owners.begin(c, OwnersFile, ownerColumns)
	for i := range s.Measured.Owners {
		c.owners.write(c, OwnersFile, ownerColumns, &s.Measured.Owners[i])
	}
	c.pods.begin(c, PodsFile, podColumns)
	c.nodes.begin(c, NodesFile, nodeColumns)
	c.samples.begin(c, SeriesFile, columnsOfSeries(&s.Series))
	return nil, errors.Join(c.pods.err, c.nodes.err, c.owners.err, c.samples.err)
}

// cellsOf makes values of rows.
type cellsOf[T any] struct {
	to      RowWriter
	columns []column[T]
	cells   []Cell
	texts   []byte // of the row
	err     error  // the first
}

func (c *cellsOf[T]) begin(of *cellsReader, file string, columns []column[T]) {
	if c.columns != nil {
		return
	}
	documented := make([]Column, len(columns))
	for i := range columns {
		documented[i] = columns[i].of(file)
	}
	c.columns, c.cells = columns, make([]Cell, len(columns))
	c.to, c.err = of.open(file, documented)
}

func (c *cellsOf[T]) write(of *cellsReader, file string, columns []column[T], row *T) {
	c.begin(of, file, columns)
	if c.err != nil {
		return
	}
	c.texts = c.texts[:0]
	for i := range c.columns {
		if c.cells[i], c.err = c.cell(&c.columns[i], row); c.err != nil {
			return
		}
	}
	c.err = c.to.WriteRow(c.cells)
}

// cell reads a value from what CSV says of it.
func (c *cellsOf[T]) cell(column *column[T], row *T) (cell Cell, err error) {
	start := len(c.texts)
	if column.kind == typeText {
		c.texts = column.text(c.texts, row)
		cell.Text = c.texts[start:len(c.texts):len(c.texts)]
		return cell, nil
	}
	c.texts = column.append(c.texts, row)
	return ParseCell(column.kind, c.texts[start:])
}

// ParseCell reads a value of a column of numbers or of booleans from its text; an empty
// text is a missing one.
func ParseCell(kind string, text []byte) (cell Cell, err error) {
	switch {
	case len(text) == 0:
		cell.Missing = true
	case kind == typeInteger:
		cell.Integer, err = strconv.ParseInt(string(text), 10, 64)
	case kind == typeNumber:
		cell.Number, err = strconv.ParseFloat(string(text), 64)
	case kind == typeBoolean:
		cell.Boolean, err = strconv.ParseBool(string(text))
	default:
		err = fmt.Errorf("a column of type %s has no single values", kind)
	}
	return cell, err
}
