package parquetfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/podsim/podsim/reports"
)

// groupRows is how many rows a row group has: they are kept until it is written. batchRows
// is how many are handed on together, column by column.
const (
	groupRows = 1 << 17
	batchRows = 1 << 9
)

// columnsKey is the key of the metadata under which a file explains its columns.
const columnsKey = "podsim.columns"

// File is a table that is being written. It implements reports.RowWriter.
type File struct {
	writer *parquet.GenericWriter[any]
	kinds  []kind
	batch  [][]parquet.Value // by column; null but for what was set
	nulls  [][]parquet.Value // likewise, as they are without any
	texts  []byte            // of the batch
	rows   int               // of the batch
	group  int               // of the open row group, without the batch
}

// kind is how the cells of a column are read.
type kind uint8

const (
	kindText kind = iota
	kindInteger
	kindNumber
	kindBoolean
)

// New begins a table. The version is that of podsim; about is more that the file says of
// itself, by key.
func New(w io.Writer, version string, columns []reports.Column, about map[string]string) (*File, error) {
	f := new(File)
	t := table{Group: make(parquet.Group)}
	for _, c := range columns {
		node, kind, err := typeOf(c)
		if err != nil {
			return nil, err
		}
		if t.Group[c.Name] != nil {
			return nil, fmt.Errorf("%s: two columns are called %s", c.File, c.Name)
		}
		t.Group[c.Name] = node
		t.order = append(t.order, c.Name)
		f.kinds = append(f.kinds, kind)
		nulls := slices.Repeat([]parquet.Value{parquet.NullValue().Level(0, 0, len(f.nulls))}, batchRows)
		f.nulls, f.batch = append(f.nulls, nulls), append(f.batch, slices.Clone(nulls))
	}
	documented, err := document(columns)
	if err != nil {
		return nil, err
	}
	options := []parquet.WriterOption{
		parquet.NewSchema("row", t), parquet.Compression(&parquet.Zstd), parquet.CreatedBy("podsim", version, ""),
		parquet.KeyValueMetadata(columnsKey, documented),
	}
	for key, value := range about {
		options = append(options, parquet.KeyValueMetadata(key, value))
	}
	f.writer = parquet.NewGenericWriter[any](w, options...)
	return f, nil
}

// table is a group whose columns stand in an order of their own.
type table struct {
	parquet.Group
	order []string
}

// Fields returns the columns in their order.
func (t table) Fields() []parquet.Field {
	fields := slices.Clone(t.Group.Fields())
	place := make(map[string]int, len(t.order))
	for i, name := range t.order {
		place[name] = i
	}
	slices.SortFunc(fields, func(a, b parquet.Field) int { return place[a.Name()] - place[b.Name()] })
	return fields
}

// typeOf returns the type of a column. Those of tables are never without a text, those of
// events may be.
func typeOf(c reports.Column) (parquet.Node, kind, error) {
	switch c.Type {
	case "text":
		return parquet.Optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary)), kindText, nil
	case "object":
		return parquet.Optional(parquet.JSON()), kindText, nil
	case "integer":
		return parquet.Optional(parquet.Int(64)), kindInteger, nil
	case "number":
		return parquet.Optional(parquet.Leaf(parquet.DoubleType)), kindNumber, nil
	case "boolean":
		return parquet.Optional(parquet.Leaf(parquet.BooleanType)), kindBoolean, nil
	}
	return nil, 0, fmt.Errorf("%s: column %s has the unknown type %q", c.File, c.Name, c.Type)
}

// document explains the columns as JSON.
func document(columns []reports.Column) (string, error) {
	type documented struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Unit string `json:"unit"`
		Help string `json:"help"`
	}
	list := make([]documented, len(columns))
	for i, c := range columns {
		list[i] = documented{c.Name, c.Type, c.Unit, c.Help}
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(list)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// WriteRow adds a row; it has a cell for each column.
func (f *File) WriteRow(cells []reports.Cell) error {
	for i := range cells {
		if c := &cells[i]; !c.Missing {
			f.batch[i][f.rows] = f.value(c, f.kinds[i]).Level(0, 1, i)
		}
	}
	if f.rows++; f.rows < batchRows {
		return nil
	}
	if err := f.hand(); err != nil || f.group < groupRows {
		return err
	}
	f.group = 0
	return f.writer.Flush()
}

// hand hands the batch on.
func (f *File) hand() error {
	for i, column := range f.writer.ColumnWriters() {
		if _, err := column.WriteRowValues(f.batch[i][:f.rows]); err != nil {
			return err
		}
		copy(f.batch[i], f.nulls[i][:f.rows])
	}
	f.group += f.rows
	f.rows, f.texts = 0, f.texts[:0]
	return nil
}

// value returns a cell as Parquet has it. What is no UTF-8 becomes U+FFFD: readers trust
// that texts are.
func (f *File) value(c *reports.Cell, kind kind) parquet.Value {
	switch kind {
	case kindInteger:
		return parquet.Int64Value(c.Integer)
	case kindNumber:
		return parquet.DoubleValue(c.Number)
	case kindBoolean:
		return parquet.BooleanValue(c.Boolean)
	}
	text := c.Text
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
	}
	start := len(f.texts)
	f.texts = append(f.texts, text...) // an array that grows leaves the old one to the values before
	return parquet.ByteArrayValue(f.texts[start:len(f.texts):len(f.texts)])
}

// Close ends the table. It does not close what it is written to.
func (f *File) Close() error {
	if err := f.hand(); err != nil {
		return err
	}
	return f.writer.Close()
}
