package app

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/podsim/podsim/bench/divergence"
	"github.com/podsim/podsim/reports"
)

// parted is podsim diff between two policies, as JSON.
type parted struct {
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`
	A        string `json:"policyA"`
	B        string `json:"policyB"`
	*divergence.Divergence
	// Worst are the seeds in which B loses most against A, of those that were run to
	// find one.
	Worst *worstSeeds `json:"worst,omitempty"`
}

// shownChanges is how many pods and workloads the text lists.
const shownChanges = 10

// tellParted prints where two policies part.
func (s *session) tellParted(p *parted) error {
	a, b := reports.Visible(p.A), reports.Visible(p.B)
	if p.Worst != nil {
		if err := s.tellWorst(p); err != nil {
			return err
		}
	}
	for _, line := range p.Start {
		fmt.Fprintf(s.stdout, "The clusters differ: %s (A is %s, B is %s)\n", reports.Visible(line), a, b)
	}
	if p.Same {
		_, err := fmt.Fprintf(s.stdout, "%s, seed %d: %s and %s decide alike, in all of %s.\n", reports.Visible(p.Scenario), p.Seed, a, b, count(p.Decisions, "decision"))
		return err
	}
	fmt.Fprintf(s.stdout, "%s, seed %d: %s and %s part %s, after %s made alike.\n\n",
		reports.Visible(p.Scenario), p.Seed, a, b, p.moment(), count(p.Decisions, "decision"))
	for _, side := range []struct {
		name string
		d    *divergence.Decision
	}{{a, p.Divergence.A}, {b, p.Divergence.B}} {
		fmt.Fprintf(s.stdout, "  %s: %s\n", side.name, saying(side.d))
	}
	if err := s.tellScores(p); err != nil {
		return err
	}
	return s.tellChanges(p)
}

// moment says when the runs part: at the earlier of the two decisions.
func (p *parted) moment() string {
	a, b := p.Divergence.A, p.Divergence.B
	switch {
	case a == nil:
		return "at " + reports.Clock(b.At)
	case b == nil:
		return "at " + reports.Clock(a.At)
	}
	return "at " + reports.Clock(min(a.At, b.At))
}

func saying(d *divergence.Decision) string {
	if d == nil {
		return "decides nothing more"
	}
	text := reports.Visible(d.What)
	if d.Kind == "attempt" {
		text += fmt.Sprintf(" at %s (attempt %d, %s)", reports.Clock(d.At), d.Attempt, fitting(d.Feasible))
	}
	return text
}

func fitting(nodes int) string {
	switch nodes {
	case 0:
		return "no node fits"
	case 1:
		return "the only node that fits"
	}
	return strconv.Itoa(nodes) + " nodes fit"
}

// tellScores shows, for the nodes that the two sides chose, what each plugin said
// on both sides. Plugins that gave the same everywhere are left out.
func (s *session) tellScores(p *parted) error {
	a, b := p.Divergence.A, p.Divergence.B
	if a == nil || b == nil || a.Pod != b.Pod || a.Kind != "attempt" || b.Kind != "attempt" {
		return nil
	}
	header, said := opinions(p)
	if !slices.ContainsFunc(said, func(o opinion) bool { return o.node != nil && o.node.Total != nil }) {
		return nil // nothing was scored
	}
	var rows [][]string
	for _, name := range pluginsOf(a, b) {
		row := []string{name}
		for _, o := range said {
			row = append(row, o.share(name))
		}
		if slices.ContainsFunc(row[1:], func(cell string) bool { return cell != row[1] }) {
			rows = append(rows, row)
		}
	}
	total := []string{"total"}
	for _, o := range said {
		total = append(total, o.total())
	}
	fmt.Fprintln(s.stdout)
	if err := s.table(header, append(rows, total)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.stdout, "* is the node that was chosen; scores are weighted, plugins that say the same of all these are left out.")
	return err
}

// opinion is what one side said of a node; nil if it did not look at it.
type opinion struct {
	side *divergence.Decision
	node *divergence.Node
}

// opinions returns what both sides said of the nodes that either chose, with a
// header for a table of them.
func opinions(p *parted) (header []string, said []opinion) {
	sides := []*divergence.Decision{p.Divergence.A, p.Divergence.B}
	var nodes []string
	for _, d := range sides {
		if d.Node != "" && !slices.Contains(nodes, d.Node) {
			nodes = append(nodes, d.Node)
		}
	}
	header = []string{"SCORE"}
	for i, d := range sides {
		for _, node := range nodes {
			mark := ""
			if node == d.Node {
				mark = "*"
			}
			header = append(header, reports.Visible([]string{p.A, p.B}[i]+": "+node+mark))
			said = append(said, opinion{d, d.Find(node)})
		}
	}
	return header, said
}

// pluginsOf lists the plugins that scored on either side.
func pluginsOf(sides ...*divergence.Decision) []string {
	var names []string
	for _, d := range sides {
		for _, p := range d.Plugins {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// share is the weighted score of a plugin.
func (o opinion) share(plugin string) string {
	i := slices.IndexFunc(o.side.Plugins, func(p divergence.Plugin) bool { return p.Name == plugin })
	if o.node == nil || i < 0 || i >= len(o.node.Weighted) {
		return "-"
	}
	return strconv.FormatInt(o.node.Weighted[i], 10)
}

// total is the sum of the scores, or why there is none.
func (o opinion) total() string {
	switch {
	case o.node == nil:
		return "not looked at"
	case len(o.node.Reasons) > 0:
		return reports.Visible(o.node.Reasons[0])
	case o.node.Total == nil:
		return "the only one"
	}
	return strconv.FormatInt(*o.node.Total, 10)
}

// tellChanges lists the pods and workloads that fared differently.
func (s *session) tellChanges(p *parted) error {
	fmt.Fprintf(s.stdout, "\n%s fared the same, %s did not.\n", count(p.PodsSame, "pod"), count(len(p.Pods), "pod"))
	if len(p.Owners) > 0 {
		rows := [][]string{}
		for _, o := range p.Owners[:min(len(p.Owners), shownChanges)] {
			rows = append(rows, []string{
				reports.Visible(o.Workload), both(o.A.Pods, o.B.Pods), both(o.A.Pods-o.A.Bound, o.B.Pods-o.B.Bound),
				bothTimes(o.A.Pending, o.B.Pending), bothTimes(o.A.PendingMax, o.B.PendingMax),
				both(o.A.Failed+o.A.Deleted, o.B.Failed+o.B.Deleted), both(o.A.Restarts, o.B.Restarts),
			})
		}
		fmt.Fprintln(s.stdout)
		if err := s.table([]string{"WORKLOAD (A → B)", "PODS", "NEVER BOUND", "MEAN WAIT", "LONGEST", "FAILED OR DELETED", "RESTARTS"}, rows); err != nil {
			return err
		}
		s.more(len(p.Owners), "workloads")
	}
	if len(p.Pods) == 0 {
		return nil
	}
	rows := [][]string{}
	for _, c := range p.Pods[:min(len(p.Pods), shownChanges)] {
		rows = append(rows, append(append([]string{reports.Visible(c.Pod)}, fate(c.A)...), fate(c.B)...))
	}
	fmt.Fprintln(s.stdout)
	a, b := reports.Visible(p.A), reports.Visible(p.B)
	if err := s.table([]string{"POD", a + ": NODE", "WAITED", "END", b + ": NODE", "WAITED", "END"}, rows); err != nil {
		return err
	}
	s.more(len(p.Pods), "pods")
	return nil
}

func (s *session) more(all int, what string) {
	if all > shownChanges {
		fmt.Fprintf(s.stdout, "… and %d more %s (-o json has all)\n", all-shownChanges, what)
	}
}

func both(a, b int64) string {
	if a == b {
		return strconv.FormatInt(a, 10)
	}
	return strconv.FormatInt(a, 10) + " → " + strconv.FormatInt(b, 10)
}

func bothTimes(a, b reports.Seconds) string {
	if a == b {
		return reports.Duration(a)
	}
	return reports.Duration(a) + " → " + reports.Duration(b)
}

func fate(f *divergence.Fate) []string {
	if f == nil {
		return []string{"(no such pod)", "-", "-"}
	}
	node, waited, end := "-", "-", f.End
	if f.Pending != nil {
		node, waited = reports.Visible(f.Node), reports.Duration(*f.Pending)
	}
	if f.Reason != "" {
		end += " (" + reports.Visible(f.Reason) + ")"
	}
	return []string{node, waited, end}
}
