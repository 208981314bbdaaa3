package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/place"
)

type fitFlags struct {
	worldFlags
	momentFlags
	limit  int
	output string
}

func (s *session) fit() *cobra.Command {
	var flags fitFlags
	command := &cobra.Command{
		Use:   "fit [SCENARIO] -f FILE --pod FILE",
		Short: "how many more copies of a pod fit?",
		Long: `Counts how many more copies of a pod fit into a cluster as it stands, on which nodes,
and what stops the next one. Copies are scheduled one after the other, as the real
scheduler would, until one finds no node.

A template is a file with a Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet or DaemonSet;
a workload counts with its replicas. Several templates, in one file or more, make a mix:
one copy of it has the replicas of all of them. Other objects of the file, such as
Services and PersistentVolumeClaims, join the cluster. Pods of the cluster that have no
node yet are not placed.

With --at the cluster is that of a scenario at a moment of its run: the scenario is
simulated up to there, with what is on its nodes and what is broken then. It schedules as
the scenario does; pods that wait in its queue are not placed.`,
		Example: `  kubectl get nodes,pods -A -o yaml | podsim fit -f - --pod web.yaml
  podsim fit -f cluster.yaml --pod web.yaml --pod worker.yaml -o json
  podsim fit --nodes 10 --node-cpu 8 --node-memory 32Gi --pod web.yaml
  podsim fit -f cluster.yaml --add-node-group two-more.yaml --pod web.yaml
  podsim fit zone-outage --at 2h10m --pod web.yaml
  podsim fit scenario.yaml --at 14h --set NodeGroup/workers.spec.count=50 --pod web.yaml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(flags.templates) == 0 {
				return errors.New("podsim fit needs a template; give one with --pod")
			}
			if flags.limit < 0 {
				return fmt.Errorf("--limit: must be >= 0 (got %d)", flags.limit)
			}
			if err := flags.check(c.Flags(), args); err != nil {
				return err
			}
			world, sched, err := s.asked(c.Context(), &flags, args)
			if err != nil {
				return err
			}
			mix, err := mixOf(world)
			if err != nil {
				return err
			}
			return s.fitAll(c.Context(), flags.placer(world, sched, place.Nodes), mix, &flags)
		},
	}
	f := command.Flags()
	flags.worldFlags.flags(f)
	flags.momentFlags.flags(f)
	f.StringArrayVar(&flags.templates, "pod", nil, "a file with the pod or workload to copy (repeatable: a mix)")
	f.IntVar(&flags.limit, "limit", 0, "stop after so many pods; 0 goes on until one does not fit")
	f.StringVarP(&flags.output, "output", "o", "table", "table or json")
	return oneOf(command, &flags.output, "table", "json")
}

// asked returns the cluster that is asked about, as it is written down or as it is at a
// moment of a run.
func (s *session) asked(ctx context.Context, f *fitFlags, args []string) (*scenarios.World, *scheduler.Scheduler, error) {
	if f.at.given {
		return s.worldAt(ctx, &f.worldFlags, &f.momentFlags, args)
	}
	return s.world(ctx, &f.worldFlags, "podsim fit")
}

func templateFiles(names []string) []scenarios.File {
	var files []scenarios.File
	for _, name := range names {
		files = append(files, scenarios.File{Name: name})
	}
	return files
}

// mixOf turns the templates of the input into those that are copied.
func mixOf(world *scenarios.World) ([]place.Template, error) {
	mix := templatesOf(world.Templates)
	pods := 0
	for i := range mix {
		pods += mix[i].Replicas
	}
	if pods == 0 {
		return nil, errors.New("--pod: the templates have no pods; want at least one replica")
	}
	return mix, nil
}

// templatesOf are templates as they are placed.
func templatesOf(templates []scenarios.Template) []place.Template {
	var out []place.Template
	for _, t := range templates {
		out = append(out, place.Template{Name: t.Name, Pod: t.Pod, Owner: t.Owner, Replicas: t.Replicas})
	}
	return out
}

func (s *session) fitAll(ctx context.Context, placer *place.Placer, mix []place.Template, flags *fitFlags) error {
	bar := newProgress(s.stderr, models.Never, true)
	result, err := placer.Fit(ctx, mix, flags.limit, func(pods int) { bar.count(pods, "pod") })
	bar.clear()
	if ctx.Err() != nil {
		return &exit{ExitInterrupted, fmt.Errorf("interrupted after %s", count(result.Pods, "pod"))}
	}
	if err != nil {
		return &exit{ExitInternal, err}
	}
	if flags.output == "json" {
		return s.printJSON(result)
	}
	return s.fitted(&result)
}

// fitted is the report for people.
func (s *session) fitted(f *place.Fit) error {
	more := ""
	if f.Limited {
		more = " (--limit ends the search; perhaps more do)"
	}
	if len(f.Templates) == 1 && f.Templates[0].Replicas == 1 {
		fmt.Fprintf(s.stdout, "%s of %s fit%s, on %s\n", count(f.Pods, "more pod"), reports.Visible(f.Templates[0].Name), more, count(len(f.Nodes), "node"))
	} else {
		of := "the mix"
		if len(f.Templates) == 1 {
			of = reports.Visible(f.Templates[0].Name)
		}
		fmt.Fprintf(s.stdout, "%s of %s fit%s: %s on %s\n", count(f.Copies, "more copy", "more copies"), of, more, count(f.Pods, "pod"), count(len(f.Nodes), "node"))
	}
	if f.Next != "" {
		why := f.Stop.Message + f.Stop.Error
		if f.Stop.Skipped != "" {
			why = notTried(f.Stop.Skipped)
		}
		fmt.Fprintf(s.stdout, "the next pod of %s does not: %s\n", reports.Visible(f.Next), reports.Visible(why))
	}
	if len(f.Nodes) == 0 {
		return nil
	}
	fmt.Fprintln(s.stdout)
	header := []string{"NODE", "PODS"}
	if len(f.Templates) > 1 {
		for _, t := range f.Templates {
			header = append(header, reports.Visible(t.Name))
		}
	}
	var rows [][]string
	for _, n := range f.Nodes {
		row := []string{reports.Visible(n.Node), strconv.Itoa(n.Pods)}
		if len(f.Templates) > 1 {
			for _, pods := range n.Templates {
				row = append(row, strconv.Itoa(pods))
			}
		}
		rows = append(rows, row)
	}
	return s.table(slices.Clip(header), rows)
}
