package capacity

import (
	"io"
	"iter"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/csvfile"
)

// CompactionFile is the file with the trials of a compaction.
const CompactionFile = "compaction.csv"

// compactionRow is a trial of a part.
type compactionRow struct {
	way   *PackedWorkload
	part  *PackedPart
	trial int
}

func (r *compactionRow) of() *CompactionTrial { return &r.part.Trials[r.trial] }

var compactionColumns = []csvfile.Column[compactionRow]{
	csvfile.Text("way", "how the workload is run: as it is, or a variant", func(r *compactionRow) string { return r.way.Name }),
	csvfile.Text("part", "part of the workload with a cell of its own", func(r *compactionRow) string { return r.part.Name }),
	csvfile.Integer("pods", "pods of the part", func(r *compactionRow) int { return r.part.Pods }),
	csvfile.Integer("trial", "order in which nodes are removed, from 1", func(r *compactionRow) int { return r.of().Trial }),
	csvfile.Integer("nodes", "smallest number of nodes that holds the part", func(r *compactionRow) int { return r.of().Nodes }),
	csvfile.Integer("bound", "number of nodes below which the resources do not add up", func(r *compactionRow) int { return r.of().Bound }),
	csvfile.Integer("pending", "picky pods that stay pending", func(r *compactionRow) int { return len(r.of().Pending) }),
	csvfile.Integer("packings", "sizes that were tried", func(r *compactionRow) int { return r.of().Packings }),
	csvfile.Text("stop", "first pod without a node when fewer remain", func(r *compactionRow) string {
		if stop := r.of().Stop; stop != nil {
			return stop.Pod
		}
		return ""
	}),
}

// CompactionColumns documents the columns of the file.
func CompactionColumns() []reports.Column {
	return csvfile.Documented(CompactionFile, compactionColumns)
}

// WriteCSV writes the trials of all parts.
func (c *Compaction) WriteCSV(w io.Writer) error {
	return csvfile.Write(w, compactionColumns, c.rows())
}

func (c *Compaction) rows() iter.Seq[*compactionRow] {
	return func(yield func(*compactionRow) bool) {
		for _, way := range append([]PackedWorkload{c.Packed}, c.Variants...) {
			for i := range way.Parts {
				for trial := range way.Parts[i].Trials {
					if !yield(&compactionRow{&way, &way.Parts[i], trial}) {
						return
					}
				}
			}
		}
	}
}
