package trace

import (
	"bytes"
	"slices"
	"strings"
)

// detect tells the format of a trace by its beginning; empty if it cannot be told.
func detect(text []byte) Format {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\uFEFF")))
	line, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case len(line) == 0:
		return ""
	case line[0] == ';':
		return SWF
	case line[0] == '{':
		return JSONL
	case len(bytes.Fields(line)) == len(swfColumns) && !bytes.Contains(line, []byte(",")):
		return SWF
	}
	columns, err := splitRow(nil, string(bytes.TrimSuffix(line, []byte("\r"))))
	switch {
	case err != nil:
		return ""
	case slices.Contains(columns, columnNames[instance]):
		return DLRM
	case slices.ContainsFunc(columns, func(c string) bool { return strings.TrimSpace(c) == timeColumn }):
		return CSV
	}
	return ""
}
