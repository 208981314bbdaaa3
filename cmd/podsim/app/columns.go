package app

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/prometheus"
)

// column is a reports.Column as JSON.
type column struct {
	File string `json:"file"`
	Name string `json:"name"`
	Type string `json:"type"`
	Unit string `json:"unit"`
	Help string `json:"help"`
}

func (s *session) columns() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "columns [FILE]",
		Short: "explain every column of the files that runs, comparisons and plans write",
		Long: `Lists the columns of pods.csv, nodes.csv and timeseries.csv and the fields of
events.jsonl, which a run writes, the columns of comparison.csv and values.csv, which a
comparison writes, of mixes.csv, frontier.csv and failures.csv, which a plan writes, and of
what podsim survive, compact and headroom print with -o csv (survival.csv and so on), with
type, unit and meaning, in the order in which they are written; and the metrics that
podsim export --format openmetrics and podsim run --listen tell (metrics.txt).`,
		Example: `  podsim columns
  podsim columns pods.csv
  podsim columns -o json`,
		Args: oneArgument("file", ""),
		RunE: func(_ *cobra.Command, args []string) error {
			list := slices.Concat(reports.Columns(), comparison.Columns(), capacity.PlanColumns(), capacity.SurvivalColumns(),
				capacity.CompactionColumns(), capacity.HeadroomColumns(), prometheus.Columns())
			if len(args) == 1 {
				var err error
				if list, err = ofFile(list, args[0]); err != nil {
					return err
				}
			}
			if output == "json" {
				documented := make([]column, len(list))
				for i, c := range list {
					documented[i] = column(c)
				}
				return s.printJSON(documented)
			}
			rows := make([][]string, len(list))
			for i, c := range list {
				rows[i] = []string{c.File, c.Name, c.Type, c.Unit, c.Help}
			}
			return s.table([]string{"FILE", "COLUMN", "TYPE", "UNIT", "MEANING"}, rows)
		},
	}
	command.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return oneOf(command, &output, "table", "json")
}

func ofFile(all []reports.Column, file string) ([]reports.Column, error) {
	var list []reports.Column
	var files []string
	for _, c := range all {
		if c.File == file {
			list = append(list, c)
		}
		if len(files) == 0 || files[len(files)-1] != c.File {
			files = append(files, c.File)
		}
	}
	if list == nil {
		return nil, unknown("file", file, files)
	}
	return list, nil
}
