package reports

import (
	"fmt"
	"slices"
	"strings"
)

// upgrades shows the upgrades of node groups side by side, and what blocked them.
func (p *page) upgrades() {
	all := p.summary.Upgrades
	if len(all) == 0 {
		return
	}
	p.section("Upgrades")
	t := p.table("group", "from", "took", "nodes", "spare", "upgraded", "skipped", "evictions", "forced", "blocked", "time below", "replica-time lost")
	for i := range all {
		u := &all[i]
		took := Duration(u.Duration)
		switch {
		case u.Until == nil:
			took += ", not over"
		case u.Aborted:
			took += ", aborted"
		}
		t.row(Visible(u.Group), Clock(u.From), took, count(u.Nodes), count(u.Spares), count(u.Upgraded), count(u.Skipped), count(u.Evictions),
			count(u.Forced), count(int64(len(u.Blocked))), Duration(u.Below), Duration(Seconds(u.ReplicaSecondsLost)))
	}
	t.dropZeros()
	t.write()
	var blocks []upgradeBlocks
	for i := range all {
		blocks = append(blocks, groupBlocks(all[i].Blocked)...)
	}
	for i := range blocks[:min(len(blocks), linesMost)] {
		p.blocked(&blocks[i])
	}
	p.more(len(blocks)-linesMost, "budget", "summary.json")
}

// upgradeBlocks are the nodes of one upgrade that one budget, or one thing else, has kept
// from being drained.
type upgradeBlocks struct {
	at          Seconds // when the first of them was told
	budget      string
	nodes, pods []string
	what        string // what else it is
	first, last string // what would free the pods of the first node, and of the last
}

// groupBlocks groups what has blocked an upgrade, in the order in which it came up.
func groupBlocks(all []UpgradeBlock) (groups []upgradeBlocks) {
	for i := range all {
		b := &all[i]
		what, pods := "", b.Pods
		if b.Budget == "" { // what kubectl refuses: the names come last
			kind, names, _ := strings.Cut(b.Free, ": ")
			what, pods = kind, strings.Split(names, ", ")
		}
		at := slices.IndexFunc(groups, func(g upgradeBlocks) bool { return g.budget == b.Budget && g.what == what })
		if at < 0 {
			at = len(groups)
			groups = append(groups, upgradeBlocks{at: b.At, budget: b.Budget, what: what, first: b.Free})
		}
		g := &groups[at]
		g.nodes, g.last = append(g.nodes, b.Node), b.Free
		for _, pod := range pods {
			if !slices.Contains(g.pods, pod) {
				g.pods = append(g.pods, pod)
			}
		}
	}
	return groups
}

// blocked tells of the nodes that one thing has kept from being drained.
func (p *page) blocked(b *upgradeBlocks) {
	nodes := Visible(b.nodes[0]) + " is"
	parts := []string{}
	if len(b.nodes) > 1 {
		nodes = plural(int64(len(b.nodes)), "node") + " are"
		parts = append(parts, Visible(someOf(b.nodes)))
	}
	what := nodes + " not drained"
	if b.budget == "" {
		parts = append(parts, "for "+Visible(strings.TrimPrefix(b.what, "cannot delete ")), Visible(someOf(b.pods)))
	} else {
		what = nodes + " blocked by budget " + Visible(b.budget)
		parts = append(append(parts, "which keeps "+Visible(someOf(b.pods))), strings.Split(Visible(b.first), "; ")...)
	}
	if b.budget != "" && b.last != b.first {
		parts = append(parts, strings.Split("later: "+Visible(b.last), "; ")...)
	}
	p.flow(fmt.Sprintf("  %s  %s: ", Clock(b.at), what), "; ", parts, 4+len(Clock(b.at)))
}

// someOf lists the first three of several names.
func someOf(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
