package prometheus

import (
	"strings"

	"github.com/podsim/podsim/reports"
)

// File is how exports are called where columns of files are explained.
const File = "metrics.txt"

// Columns documents all families in the way of columns of files. Their unit is that of
// their names.
func Columns() []reports.Column {
	out := make([]reports.Column, len(table))
	for i, f := range table {
		out[i] = reports.Column{File: File, Name: f.Name, Type: f.Type.String(), Unit: f.Unit(), Help: f.Text() + f.labelText()}
	}
	return out
}

// Text is what documents say of the family: its help, and more.
func (f *Family) Text() string {
	text := f.Help
	if f.Live {
		text += " Only while a run goes on."
	}
	if f.Type == Histogram {
		text += " Buckets: " + canonical(f.Buckets[0]) + " to " + canonical(f.Buckets[len(f.Buckets)-1]) + "."
	}
	return text
}

// Unit returns the base unit that the name of the family ends in, if it does.
func (f *Family) Unit() string {
	name := strings.TrimSuffix(f.Name, "_total")
	for _, unit := range []string{"seconds", "bytes", "cores", "ratio"} {
		if strings.HasSuffix(name, "_"+unit) {
			return unit
		}
	}
	return ""
}

// labelText lists the labels behind the help of a family.
func (f *Family) labelText() string {
	labels := f.Labels
	if f.Open {
		labels = append(labels[:len(labels):len(labels)], "label_*")
	}
	if len(labels) == 0 {
		return ""
	}
	return " Labels: " + strings.Join(labels, ", ") + "."
}
