package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/place"
)

// explain places the pods that come before one and then tells about that one.
func (s *session) explain(ctx context.Context, world *scenarios.World, sched *scheduler.Scheduler, flags *placeFlags) error {
	id, err := pendingPod(world, flags.explain)
	if err != nil {
		return err
	}
	placer := flags.placer(world, sched, place.Scores)
	pending := slices.Clone(world.Pending)
	if flags.queueOrder {
		byPriority(world.Cluster.View(), pending)
	}
	for _, pod := range pending {
		if pod == id {
			break
		}
		if ctx.Err() != nil {
			return &exit{ExitInterrupted, errors.New("interrupted before the pod's turn")}
		}
		placer.Place(pod)
	}
	explanation, err := placer.Explain(id, func() (*scheduler.Scheduler, error) { return s.freshScheduler(world, &flags.worldFlags) })
	if err != nil {
		return &exit{ExitInternal, err}
	}
	if flags.output == "jsonl" {
		return s.printJSON(explanation)
	}
	return s.explained(&explanation)
}

// pendingPod finds the pod that --explain names.
func pendingPod(world *scenarios.World, name string) (models.PodID, error) {
	var found []models.PodID
	for _, id := range world.ByName(name) {
		if slices.Contains(world.Pending, id) {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return models.None, fmt.Errorf("--explain %s: %d pods have this name; want NAMESPACE/NAME", name, len(found))
	case len(world.ByName(name)) > 0:
		return models.None, fmt.Errorf("--explain %s: the pod is on a node already", name)
	}
	var known []string
	v := world.Cluster.View()
	for _, id := range world.Pending {
		known = append(known, world.Dictionary.String(v.Pod(id).Spec().Namespace)+"/"+v.Pod(id).Name())
	}
	if len(known) > 20 {
		return models.None, fmt.Errorf("--explain %s: no pod of this name waits for a node", name)
	}
	return models.None, fmt.Errorf("--explain: %w", unknown("pod", name, known))
}

// explainedNodes is how many nodes the table shows.
const explainedNodes = 30

// explained is the report for people.
func (s *session) explained(e *place.Explanation) error {
	p := &e.Placement
	switch {
	case p.Node != "":
		fmt.Fprintf(s.stdout, "%s goes to %s: %s fit\n", reports.Visible(p.Pod), reports.Visible(p.Node), count(p.Feasible, "node"))
	case p.Skipped != "":
		fmt.Fprintf(s.stdout, "%s is not tried: %s\n", reports.Visible(p.Pod), reports.Visible(p.Skipped))
	default:
		fmt.Fprintf(s.stdout, "%s goes nowhere: %s\n", reports.Visible(p.Pod), reports.Visible(p.Message+p.Error))
	}
	if err := s.explainedTable(e); err != nil {
		return err
	}
	if p.Node != "" {
		return nil
	}
	fmt.Fprintln(s.stdout)
	if len(e.Changes) == 0 {
		fmt.Fprintln(s.stdout, "No single change was found that would let it fit.")
		return nil
	}
	fmt.Fprintln(s.stdout, "Any one of these would let it fit (each was tried):")
	for _, c := range e.Changes {
		fmt.Fprintf(s.stdout, "  - %s (it would go to %s)\n", reports.Visible(c.What), reports.Visible(c.Node))
	}
	return nil
}

// explainedTable has a row a node: scores as raw>normalized*weight, or the reasons.
func (s *session) explainedTable(e *place.Explanation) error {
	if len(e.Nodes) == 0 {
		return nil
	}
	fmt.Fprintln(s.stdout)
	header := []string{"NODE", "TOTAL"}
	for _, p := range e.Plugins {
		header = append(header, fmt.Sprintf("%s×%d", short(p.Name), p.Weight))
	}
	header = append(header, "WHY NOT")
	var rows [][]string
	for i, n := range e.Nodes {
		if i == explainedNodes {
			rows = append(rows, []string{fmt.Sprintf("… %d more (all with -o jsonl)", len(e.Nodes)-i)})
			break
		}
		row := []string{reports.Visible(n.Node), "-"}
		if n.Total != nil {
			row[1] = strconv.FormatInt(*n.Total, 10)
		}
		for j := range e.Plugins {
			cell := ""
			if j < len(n.Scores) {
				cell = fmt.Sprintf("%d→%d", n.Scores[j].Raw, n.Scores[j].Normalized)
			}
			row = append(row, cell)
		}
		why := ""
		if n.Plugin != "" {
			why = n.Plugin + ": " + strings.Join(n.Reasons, ", ")
		}
		rows = append(rows, append(row, reports.Visible(why)))
	}
	return s.table(header, rows)
}

// short leaves out what the names of plugins have in common.
func short(plugin string) string {
	return strings.TrimPrefix(strings.TrimPrefix(plugin, "NodeResources"), "Pod")
}
