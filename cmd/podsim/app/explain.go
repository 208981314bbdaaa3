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
	explanation, err := placer.Explain(id, func() (*scheduler.Scheduler, error) { return s.freshScheduler(world, &flags.worldFlags, false) })
	if err != nil {
		return &exit{ExitInternal, err}
	}
	if flags.output != "table" {
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
		full := v.Pod(id).Name()
		if strings.Contains(name, "/") {
			full = world.Dictionary.String(v.Pod(id).Spec().Namespace) + "/" + full
		}
		known = append(known, full)
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
		fmt.Fprintf(s.stdout, "%s goes to %s: %s\n", reports.Visible(p.Pod), reports.Visible(p.Node), count(p.Feasible, "node fits", "nodes fit"))
	case p.Skipped != "":
		fmt.Fprintf(s.stdout, "%s is %s\n", reports.Visible(p.Pod), reports.Visible(notTried(p.Skipped)))
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
		if e.Cut {
			fmt.Fprintln(s.stdout, "The search ended early: there may be one.")
		}
		return nil
	}
	if len(e.Changes) == 1 {
		fmt.Fprintln(s.stdout, "This would let it fit (it was tried):")
	} else {
		fmt.Fprintln(s.stdout, "Any one of these would let it fit (each was tried):")
	}
	for _, c := range e.Changes {
		fmt.Fprintf(s.stdout, "  - %s (it would go to %s)\n", reports.Visible(c.What), reports.Visible(c.Node))
	}
	if e.Cut {
		fmt.Fprintln(s.stdout, "  … the search ended early: there may be others")
	}
	return nil
}

// explainedTable has a row a node: what each plugin gave it, or why it does not fit.
func (s *session) explainedTable(e *place.Explanation) error {
	if len(e.Nodes) == 0 {
		return nil
	}
	fmt.Fprintln(s.stdout)
	telling, same := tellingPlugins(e)
	header := []string{"NODE", "TOTAL"}
	for _, j := range telling {
		header = append(header, short(e.Plugins[j].Name))
	}
	if len(e.Plugins) == 0 {
		header = []string{"NODE"}
	}
	if e.Nodes[len(e.Nodes)-1].Plugin != "" { // those that do not fit are last
		header = append(header, "WHY NOT")
	}
	var rows [][]string
	for i := range e.Nodes {
		if i == explainedNodes {
			rows = append(rows, []string{fmt.Sprintf("… %d more (-o json lists all)", len(e.Nodes)-i)})
			break
		}
		rows = append(rows, explainedRow(e, &e.Nodes[i], telling))
	}
	if err := s.table(header, rows); err != nil {
		return err
	}
	if len(e.Plugins) > 0 {
		fmt.Fprintln(s.stdout, "\nA score is raw → normalized to 0..100 × the plugin's weight; TOTAL is their sum.")
	}
	if len(same) > 0 {
		fmt.Fprintf(s.stdout, "The same on every node: %s\n", strings.Join(same, ", "))
	}
	return nil
}

// tellingPlugins splits the plugins into those that tell nodes apart, and those
// that gave all nodes the same, in words.
func tellingPlugins(e *place.Explanation) (telling []int, same []string) {
	for j, p := range e.Plugins {
		first, differs := e.Nodes[0].Scores[j], false
		for i := range e.Nodes {
			differs = differs || e.Nodes[i].Total != nil && e.Nodes[i].Scores[j] != first
		}
		if differs {
			telling = append(telling, j)
			continue
		}
		same = append(same, short(p.Name)+" "+scoreCell(first, p.Weight))
	}
	return telling, same
}

func explainedRow(e *place.Explanation, n *place.ExplainedNode, telling []int) []string {
	row := []string{reports.Visible(n.Node)}
	if len(e.Plugins) > 0 {
		total := ""
		if n.Total != nil {
			total = strconv.FormatInt(*n.Total, 10)
		}
		row = append(row, total)
		for _, j := range telling {
			cell := ""
			if n.Total != nil {
				cell = scoreCell(n.Scores[j], e.Plugins[j].Weight)
			}
			row = append(row, cell)
		}
	}
	if n.Plugin != "" {
		row = append(row, reports.Visible(n.Plugin+": "+strings.Join(n.Reasons, ", ")))
	}
	return row
}

// scoreCell is raw→normalized×weight=weighted.
func scoreCell(score place.ExplainedScore, weight int64) string {
	cell := fmt.Sprintf("%d→%d×%d", score.Raw, score.Normalized, weight)
	if weight != 1 {
		cell += "=" + strconv.FormatInt(score.Weighted, 10)
	}
	return cell
}

// short leaves out what the names of plugins have in common.
func short(plugin string) string {
	return strings.TrimPrefix(strings.TrimPrefix(plugin, "NodeResources"), "Pod")
}
