package capacity

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// WriteText writes the report that a person reads in a terminal.
func (c *Compaction) WriteText(w io.Writer, t reports.Terminal) error {
	return document.WriteText(w, c.report(), t)
}

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func (c *Compaction) WriteMarkdown(w io.Writer) error { return document.WriteMarkdown(w, c.report()) }

// WriteJSON writes everything that is known.
func (c *Compaction) WriteJSON(w io.Writer) error { return reports.WriteJSON(w, c) }

func (c *Compaction) report() *document.Document {
	d := new(document.Document)
	d.Heading(1, append([]document.Piece{document.Prose("compaction of ")}, c.Source.pieces()...)...)
	if c.Partial {
		d.Paragraph(document.Toned(fmt.Sprintf("Unfinished: interrupted after %d of %s.", len(c.Packed.Trials), reports.Plural(c.Settings.Trials, "trial")), document.Warning))
	}
	d.Paragraph(c.sentence()...)
	c.left(d)
	c.variantTable(d)
	c.trialTable(d)
	c.stops(d)
	c.packed(d)
	c.method(d)
	return d
}

// sentence is the answer.
func (c *Compaction) sentence() []document.Piece {
	p := &c.Packed
	switch {
	case p.Sizes == nil && !p.never():
		return []document.Piece{document.Prose("No trial is done, so that nothing is known.")}
	case p.Sizes == nil:
		return []document.Piece{document.Toned(fmt.Sprintf("None of the %s finds a node when the cell is packed from scratch, however many copies of it there are.",
			reports.Plural(c.Pods, "pod")), document.Warning)}
	}
	s := c.Settings
	how := fmt.Sprintf(" (the %s percentile over %s in which nodes are removed; %s to %s)",
		ordinal(s.Percentile), reports.Plural(len(p.Sizes), "random order"), reports.Count(int64(p.Min)), reports.Count(int64(p.Max)))
	out := []document.Piece{document.Prose(fmt.Sprintf("Packed from scratch, %s need ", reports.Plural(c.placed(), "pod"))),
		document.Toned(reports.Plural(p.Nodes, "node"), document.Strong), document.Prose(fmt.Sprintf(" of the %s%s: ", reports.Count(int64(c.Nodes)), how))}
	switch spare := c.Nodes - p.Nodes; {
	case spare > 0:
		return append(out, document.Toned(fmt.Sprintf("%s or %s could go, if everything was placed anew.", reports.Plural(spare, "node"), Percent(float64(spare)/float64(c.Nodes))), document.Good))
	case spare == 0:
		return append(out, document.Prose("none could go."))
	default:
		return append(out, document.Toned(fmt.Sprintf("%s more than there are.", reports.Plural(-spare, "node")), document.Warning))
	}
}

// never reports whether a part has no pod that finds a node.
func (p *PackedWorkload) never() bool {
	return slices.ContainsFunc(p.Parts, func(part PackedPart) bool { return part.Cells == 0 })
}

// placed is how many pods are packed and not left out for want of any node.
func (c *Compaction) placed() int {
	n := 0
	for i := range c.Packed.Parts {
		n += c.Packed.Parts[i].Pods
	}
	return n
}

// ordinal writes 90 as 90th, and 99.5 as 99.5th.
func ordinal(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	n := int(x)
	if float64(n) == x && n%100/10 != 1 && n%10 >= 1 && n%10 <= 3 {
		return text + [...]string{"st", "nd", "rd"}[n%10-1]
	}
	return text + "th"
}

// left warns of pods that are left out because they find no node.
func (c *Compaction) left(d *document.Document) {
	left := c.Packed.Parts[0].Left
	if len(left) == 0 {
		return
	}
	d.Paragraph(document.Toned(fmt.Sprintf("%s on no node, even if the cell is there %d times; the first is ",
		reports.PluralOf(len(left), "pod is", "pods are"), c.Settings.MaxCells), document.Warning),
		document.Named(left[0].Pod), document.Prose(": "+left[0].Why))
}

// variantTable compares other ways to run the workload.
func (c *Compaction) variantTable(d *document.Document) {
	if len(c.Variants) == 0 {
		return
	}
	d.Heading(2, document.Prose("Other ways to run it"))
	t := &document.Table{Header: []string{"way", "nodes", "min", "max", "overhead", "range"}, Optional: []bool{false, false, true, true, false, true}}
	var rows [][]document.Piece
	for _, p := range append([]PackedWorkload{c.Packed}, c.Variants...) {
		rows = append(rows, p.row())
	}
	t.Groups = []document.Group{{Rows: rows}}
	explained(d, t, "nodes", "that the way needs, the "+ordinal(c.Settings.Percentile)+" percentile over trials", "min", "the fewest of a trial", "max", "the most",
		"overhead", "nodes above those of the workload as it is", "range", "of the overhead over trials, each beside the same trial of the other")
	c.partTable(d)
	d.List(c.helps())
}

// helps say what the ways mean, those that mean the same together.
func (c *Compaction) helps() [][]document.Piece {
	var helps []string
	names := make(map[string][][]document.Piece)
	for i := range c.Variants {
		v := &c.Variants[i]
		if names[v.Help] == nil {
			helps = append(helps, v.Help)
		}
		names[v.Help] = append(names[v.Help], []document.Piece{document.Named(v.Name)})
	}
	var items [][]document.Piece
	for _, help := range helps {
		items = append(items, append(document.Enumerated(names[help]), document.Prose(": "+help)))
	}
	return items
}

// row tells of one way to run the workload.
func (p *PackedWorkload) row() []document.Piece {
	row := []document.Piece{document.Named(p.Name)}
	if p.Sizes == nil {
		what := document.Toned("unknown", document.Faint)
		if p.never() {
			what = document.Toned("never fits", document.Bad)
		}
		return append(row, what, document.Prose(""), document.Prose(""), document.Prose(""), document.Prose(""))
	}
	for _, n := range []int{p.Nodes, p.Min, p.Max} {
		row = append(row, document.Prose(reports.Count(int64(n))))
	}
	if p.Overhead == nil {
		return append(row, document.Prose(reports.Missing), document.Prose(""))
	}
	tone := document.Plain
	if *p.Overhead > 0 {
		tone = document.Bad
	}
	spread := ""
	if p.OverheadMin != nil && p.OverheadMax != nil {
		spread = reports.Relative(*p.OverheadMin) + " to " + reports.Relative(*p.OverheadMax)
	}
	return append(row, document.Toned(reports.Relative(*p.Overhead), tone), document.Prose(spread))
}

// mostParts is how many parts of a variant are told one by one.
const mostParts = 12

// partTable tells of the parts of variants that have more than one.
func (c *Compaction) partTable(d *document.Document) {
	t := &document.Table{Of: "way", Header: []string{"part", "pods", "nodes"}}
	for i := range c.Variants {
		v := &c.Variants[i]
		if len(v.Parts) < 2 {
			continue
		}
		g := document.Group{Title: []document.Piece{document.Named(v.Name)}}
		for j := range v.Parts[:min(len(v.Parts), mostParts)] {
			p := &v.Parts[j]
			nodes := document.Prose(reports.Count(int64(p.Nodes)))
			switch {
			case p.Cells == 0:
				nodes = document.Toned("never fits", document.Bad)
			case len(p.Trials) == 0:
				nodes = document.Toned("unknown", document.Faint)
			}
			g.Rows = append(g.Rows, []document.Piece{document.Named(p.Name), document.Prose(reports.Count(int64(p.Pods))), nodes})
		}
		if more := len(v.Parts) - mostParts; more > 0 {
			g.Rows = append(g.Rows, []document.Piece{document.Toned(fmt.Sprintf("and %d more", more), document.Faint), document.Prose(""), document.Prose("")})
		}
		t.Groups = append(t.Groups, g)
	}
	if len(t.Groups) > 0 {
		d.Gap()
		d.Paragraph(legend(t.Header, "nodes", "that the part needs, the "+ordinal(c.Settings.Percentile)+" percentile over its own trials. That of the way is taken over "+
			"the sums of the trials, so that those of its parts need not add up to it")...)
	}
	d.Table(t, nil)
}

// trialTable tells of the trials of the workload as it is.
func (c *Compaction) trialTable(d *document.Document) {
	trials := c.Packed.Parts[0].Trials
	if len(trials) == 0 {
		return
	}
	d.Heading(2, document.Prose("The trials"))
	t := &document.Table{Header: []string{"trial", "nodes", "least"}, Optional: []bool{false, false, false}}
	for i := range c.Requests {
		t.Header = append(t.Header, c.Requests[i].Resource)
		t.Optional = append(t.Optional, i > 1)
	}
	pending := slices.ContainsFunc(trials, func(t CompactionTrial) bool { return len(t.Pending) > 0 })
	if pending {
		t.Header, t.Optional = append(t.Header, "pending"), append(t.Optional, false)
	}
	var rows [][]document.Piece
	for i := range trials {
		one := &trials[i]
		row := []document.Piece{document.Prose(strconv.Itoa(one.Trial)), document.Prose(reports.Count(int64(one.Nodes))), document.Prose(reports.Count(int64(one.Bound)))}
		for _, share := range one.Full {
			row = append(row, document.Prose(Percent(share)))
		}
		if pending {
			row = append(row, document.Prose(strconv.Itoa(len(one.Pending))))
		}
		rows = append(rows, row)
	}
	t.Groups = []document.Group{{Rows: rows}}
	columns := []string{"trial", "an order in which nodes are removed", "nodes", "the smallest number of nodes that holds all pods",
		"least", "the number below which the resources do not add up, however they are packed"}
	if len(c.Requests) > 0 {
		columns = append(columns, c.Requests[0].Resource, "how much of it is requested of the nodes that remain, as of other resources")
	}
	explained(d, t, append(columns, "pending", "picky pods that stay pending")...)
}

// mostStops is how many pods are told of that stop a smaller cell.
const mostStops = 5

// stops tells what keeps the cell from being smaller.
func (c *Compaction) stops(d *document.Document) {
	type stop struct {
		PendingPod    // in the first of its trials
		first, trials int
	}
	var stops []stop
	for i := range c.Packed.Parts[0].Trials {
		trial := &c.Packed.Parts[0].Trials[i]
		s := trial.Stop
		if s == nil {
			continue
		}
		at := slices.IndexFunc(stops, func(known stop) bool { return known.Pod == s.Pod })
		if at < 0 {
			at = len(stops)
			stops = append(stops, stop{PendingPod: *s, first: trial.Trial})
		}
		stops[at].trials++
	}
	if len(stops) == 0 {
		return
	}
	slices.SortStableFunc(stops, func(a, b stop) int { return b.trials - a.trials })
	d.Heading(2, document.Prose("What stops a smaller cell"))
	d.Paragraph(document.Prose("The first pod that finds no node when fewer remain. In trials that are not counted here the resources do not add up any more."))
	t := &document.Table{Header: []string{"pod", "trials", "why"}, Left: []bool{true, false, true}, Wrap: true}
	var rows [][]document.Piece
	for _, s := range stops[:min(len(stops), mostStops)] {
		why := s.Why
		if s.trials > 1 {
			why = fmt.Sprintf("in trial %d: %s", s.first, why)
		}
		rows = append(rows, []document.Piece{document.Named(s.Pod), document.Prose(strconv.Itoa(s.trials)), document.Prose(why)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	d.Table(t, nil)
}

// packed tells what is packed and what is not.
func (c *Compaction) packed(d *document.Document) {
	d.Heading(2, document.Prose("What is packed"))
	needTable(d, c.Requests, "by the pods that are packed")
	var items [][]document.Piece
	for i := range c.Dropped {
		drop := &c.Dropped[i]
		var names [][]document.Piece
		for _, name := range drop.Examples {
			names = append(names, []document.Piece{document.Named(name)})
		}
		item := append([]document.Piece{document.Prose(fmt.Sprintf("%s left out, %s: ", reports.Plural(drop.Pods, "pod"), drop.Reason))}, document.Listed(names)...)
		if drop.Pods > len(drop.Examples) {
			item = append(item, document.Prose(", …"))
		}
		items = append(items, item)
	}
	for i := range c.Softened {
		items = append(items, []document.Piece{document.Named(c.Softened[i].Workload), document.Prose(fmt.Sprintf(
			": its %s are more than half as many as there are nodes, so that its hard constraints count as preferences", reports.Plural(c.Softened[i].Pods, "pod")))})
	}
	if c.Picky > 0 {
		items = append(items, []document.Piece{document.Prose(fmt.Sprintf("%s picky: at most %s, and fewer than half of them all, could take it; %s of them may stay pending",
			reports.PluralOf(c.Picky, "pod is", "pods are"), reports.Plural(c.Settings.PickyNodes, "node"), reports.Count(int64(c.Allowed))))})
	}
	if c.Closed > 0 {
		items = append(items, []document.Piece{document.Prose(fmt.Sprintf("%s not counted, as they take no pods: cordoned, not Ready or down",
			reports.PluralOf(c.Closed, "node is", "nodes are")))})
	}
	d.List(items)
}

// method says how the answer was found and what it takes for granted.
func (c *Compaction) method(d *document.Document) {
	s := c.Settings
	sentences(d, "How it is found", append([]string{
		fmt.Sprintf("Cell compaction, as Borg's designers measure packing: nodes are removed in random order, and at each size an empty cell is packed from scratch by the scheduler of the cluster, pods of higher priority first, then in the order in which they were created. Nobody is preempted. %s, seed %d.", reports.Plural(s.Trials, "trial"), s.Seed),
		"The size is found by halving between the bound and the whole cell, and at the end by taking single nodes away; a smaller cell that fits below one that does not is not looked for.",
		fmt.Sprintf("Where the cell is too small, copies of its nodes join, up to %s.", reports.PluralOf(s.MaxCells, "cell", "cells")),
		"Requests count, not use. Room for DaemonSets is not kept, and nothing is kept free for failures or rollouts: the result is a measure of packing, no recommendation of a size.",
	}, c.Notes...))
}
