package capacity

import (
	"io"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/csvfile"
)

// HeadroomFile is the file with the draws of a headroom.
const HeadroomFile = "headroom.csv"

var drawColumns = []csvfile.Column[HeadroomDraw]{
	csvfile.Integer("draw", "order in which copies come, from 1", func(r *HeadroomDraw) int { return r.Draw }),
	csvfile.Integer("more", "pods that fit", func(r *HeadroomDraw) int { return r.More }),
	csvfile.Number("full", "seconds", "when the next one is expected, from now; empty for never", func(r *HeadroomDraw) *float64 { return (*float64)(r.Full) }),
	csvfile.Text("stop", "workload whose pod finds no node", func(r *HeadroomDraw) string { return r.Stop }),
	csvfile.Text("domain", "whose loss leaves least; empty for none", func(r *HeadroomDraw) string { return r.Domain }),
}

// HeadroomColumns documents the columns of the file.
func HeadroomColumns() []reports.Column { return csvfile.Documented(HeadroomFile, drawColumns) }

// WriteCSV writes the draws.
func (h *Headroom) WriteCSV(w io.Writer) error {
	return csvfile.Write(w, drawColumns, rows(h.Draws))
}
