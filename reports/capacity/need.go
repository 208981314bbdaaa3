package capacity

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// Source says which cluster is asked about.
type Source struct {
	Name string `json:"name"` // of the scenario, or of the first file
	// At is the moment of the run; nil for a cluster as it is written down.
	At      *reports.Seconds `json:"atSeconds"`
	Version string           `json:"version"` // of podsim
}

// pieces name the cluster and the moment.
func (s *Source) pieces() []document.Piece {
	out := []document.Piece{document.Named(s.Name)}
	if s.At != nil {
		out = append(out, document.Prose(" at "+reports.Duration(*s.At)))
	}
	return out
}

// Need is what pods request of a resource beside what there is of it.
type Need struct {
	Resource    string  `json:"resource"`
	Requested   float64 `json:"requested"`   // cores, bytes or a number
	Allocatable float64 `json:"allocatable"` // of the nodes that take pods
	// Share is the part of what there is that is requested; nil if there is nothing.
	Share *float64 `json:"share"`
}

// Needs lists the resources that are requested, in the order of the dictionary.
func Needs(d *models.Dictionary, requested, allocatable *models.Resources) []Need {
	out := []Need{}
	for r, name := range d.ResourceNames() {
		if requested[r] <= 0 {
			continue
		}
		n := Need{Resource: name, Requested: float64(requested[r]), Allocatable: float64(allocatable[r])}
		if models.Resource(r) == models.CPU {
			n.Requested, n.Allocatable = n.Requested/1000, n.Allocatable/1000
		}
		if n.Allocatable > 0 {
			share := n.Requested / n.Allocatable
			n.Share = &share
		}
		out = append(out, n)
	}
	return out
}

// needTable tells what pods request of what there is.
func needTable(d *document.Document, needs []Need, whose string) {
	t := &document.Table{Header: []string{"resource", "requested", "allocatable", "share"}}
	var rows [][]document.Piece
	for i := range needs {
		n := &needs[i]
		share, scale := reports.Missing, Amounts(n.Resource, n.Requested, n.Allocatable)
		if n.Share != nil {
			share = Percent(*n.Share)
		}
		rows = append(rows, []document.Piece{document.Named(n.Resource), document.Prose(scale.Text(n.Requested)), document.Prose(scale.Text(n.Allocatable)), document.Prose(share)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	explained(d, t, "requested", whose, "allocatable", "what pods can request of the nodes that take any", "share", "requested of that")
}
