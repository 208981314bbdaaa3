package reports

import "errors"

// tableReader reads the rows of the tables that a run writes, whether it writes
// them or not: those of pods.csv as pods end, those of nodes.csv and timeseries.csv
// when the run does. Rows are good until the call returns. Pods that were created
// and samples that were taken during the warm-up are left out.
type tableReader interface {
	readPod(*podLine)
	readNode(*NodeSummary)
	readSample(*seriesLine)
	// measures returns what the rows come to; it is called once, after all rows,
	// with the summary as it is up to then.
	measures(*Summary) ([]Measure, error)
}

// read adds readers of tables. They belong to one recorder and must be added before
// the run.
func (r *Recorder) read(readers ...tableReader) { r.readers = append(r.readers, readers...) }

func (r *Recorder) readPod(row podLine) {
	if r.warmUp.until > 0 && row.pod.Created() < r.warmUp.until {
		return
	}
	for _, reader := range r.readers {
		reader.readPod(&row)
	}
}

// finishTables reads the tables of the end and takes the custom measures.
func (r *Recorder) finishTables(s *Summary) error {
	var problems []error
	for _, reader := range r.readers {
		for i := range s.Nodes {
			reader.readNode(&s.Nodes[i])
		}
		for i := range s.Series.Time {
			if r.series.rows[i].at >= r.warmUp.until {
				reader.readSample(&seriesLine{&s.Series, i})
			}
		}
		measures, err := reader.measures(s)
		s.Custom = append(s.Custom, measures...)
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}
