package reports

// Column documents one column of a file, or one field of events.jsonl.
type Column struct {
	File string
	Name string
	Type string // text, integer, number, boolean or object
	Unit string // empty for texts and plain counts
	Help string
}

// The files of a run that have columns.
const (
	PodsFile   = "pods.csv"
	NodesFile  = "nodes.csv"
	OwnersFile = "owners.csv"
	SeriesFile = "timeseries.csv"
	EventsFile = "events.jsonl"
)

// Columns returns every column of every file in the order that they stand
// there. A name with <resource> stands for one column for each extended resource
// of the scenario.
func Columns() []Column {
	var out []Column
	for _, c := range podColumns {
		out = append(out, c.of(PodsFile))
	}
	for _, c := range nodeColumns {
		out = append(out, c.of(NodesFile))
	}
	for _, c := range ownerColumns {
		out = append(out, c.of(OwnersFile))
	}
	for _, c := range seriesColumns {
		out = append(out, c.of(SeriesFile))
	}
	for _, c := range extendedColumns {
		out = append(out, c.of(SeriesFile))
	}
	for _, f := range eventFields {
		f.File = EventsFile
		out = append(out, f)
	}
	return out
}

// column is a column of a CSV file with rows of T: what documents it also
// writes it.
type column[T any] struct {
	name, unit, help string
	kind             string
	append           func([]byte, *T) []byte
	text             func([]byte, *T) []byte // of texts: as they are, not escaped
}

func (c *column[T]) of(file string) Column {
	return Column{File: file, Name: c.name, Type: c.kind, Unit: c.unit, Help: c.help}
}

const (
	typeText    = "text"
	typeInteger = "integer"
	typeNumber  = "number"
	typeBoolean = "boolean"
	typeObject  = "object"
)

// textColumn builds a column of texts, which are escaped.
func textColumn[T any](name, help string, get func([]byte, *T) []byte) column[T] {
	return column[T]{name: name, help: help, kind: typeText, text: get, append: func(b []byte, row *T) []byte {
		return cell(get(b, row), len(b))
	}}
}

func appendHeader[T any](b []byte, columns []column[T]) []byte {
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, columns[i].name)
	}
	return append(b, '\n')
}

func appendRow[T any](b []byte, columns []column[T], row *T) []byte {
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = columns[i].append(b, row)
	}
	return append(b, '\n')
}
