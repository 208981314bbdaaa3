package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func jobs() *kind {
	return ownerKind(kind{
		name: "job", plural: "jobs", group: "batch",
		columns: []string{"NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"}, aging: []string{"DURATION", "AGE"},
	}, models.Job, jobCells, describeJob)
}

// jobCells shows a Job. Source: pkg/printers/internalversion/printers.go (printJob).
func jobCells(m *Moment, o cluster.Owner) []string {
	n := o.Counts()
	completions := fmt.Sprintf("%d/%d", n.Succeeded, o.Spec().Completions)
	if o.Spec().Completions == models.Unset {
		completions = fmt.Sprintf("%d/1", n.Succeeded)
		if o.Replicas() > 1 {
			completions += fmt.Sprintf(" of %d", o.Replicas())
		}
	}
	status, duration := "Running", m.age(o.Created())
	switch {
	case o.Complete():
		status, duration = "Complete", Age(whole(o.FinishedAt()).Sub(whole(o.Created())))
	case o.Failed():
		status = "Failed"
	}
	return []string{o.Name(), status, completions, duration, m.age(o.Created())}
}
