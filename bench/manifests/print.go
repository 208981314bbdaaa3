package manifests

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes a table of results, and below it what was not as expected and what was
// ignored.
func Print(w io.Writer, results []*Result, details bool) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "project\trepository\tworkloads\tas expected\tpods\tignored")
	var notes strings.Builder
	for _, r := range results {
		met := 0
		for i, e := range r.Entry.Expected {
			if r.Counts[i] == e.Count {
				met++
				continue
			}
			fmt.Fprintf(&notes, "%s: %s: got %d, want %d\n", r.Entry.Project, e.Workload, r.Counts[i], e.Count)
		}
		for _, name := range r.Surplus {
			fmt.Fprintf(&notes, "%s: %s was not expected\n", r.Entry.Project, name)
		}
		if met < len(r.Entry.Expected) || details {
			for _, pod := range r.Waiting {
				fmt.Fprintf(&notes, "%s: pod %s\n", r.Entry.Project, pod)
			}
		}
		if details {
			for _, what := range r.Ignored {
				fmt.Fprintf(&notes, "%s: ignored: %s\n", r.Entry.Project, what)
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\n", r.Entry.Project, r.Entry.Repository, len(r.Entry.Expected), met, r.Pods, len(r.Ignored))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, notes.String())
	return err
}
