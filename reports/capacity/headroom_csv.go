package capacity

import (
	"io"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/csvfile"
)

// HeadroomFile is the file with the draws of a headroom.
const HeadroomFile = "headroom.csv"

// drawRow is a draw with its number.
type drawRow struct {
	*HeadroomDraw
	number int
}

var drawColumns = []csvfile.Column[drawRow]{
	csvfile.Integer("draw", "order in which copies come, from 1", func(r *drawRow) int { return r.number }),
	csvfile.Integer("more", "pods that fit", func(r *drawRow) int { return r.More }),
	csvfile.Number("full", "seconds", "when the next one is expected, from now; empty for never", func(r *drawRow) *float64 { return (*float64)(r.Full) }),
	csvfile.Text("stop", "workload whose pod finds no node", func(r *drawRow) string { return r.Stop }),
	csvfile.Text("domain", "whose loss leaves least; empty for none", func(r *drawRow) string { return r.Domain }),
}

// HeadroomColumns documents the columns of the file.
func HeadroomColumns() []reports.Column { return csvfile.Documented(HeadroomFile, drawColumns) }

// WriteCSV writes the draws.
func (h *Headroom) WriteCSV(w io.Writer) error {
	return csvfile.Write(w, drawColumns, func(yield func(*drawRow) bool) {
		for i := range h.Draws {
			if !yield(&drawRow{&h.Draws[i], i + 1}) {
				return
			}
		}
	})
}
