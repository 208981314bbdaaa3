package kubescheduler

import "slices"

// Decision is what a scheduler made of one pod, and why.
type Decision struct {
	// Skipped says why the scheduler would not try the pod at all.
	Skipped string
	// Node is the node that was chosen; empty if none was.
	Node string
	// Feasible are the nodes found to fit, in the order of finding. It is sorted
	// if plugins narrowed the search to nodes of certain names: the real scheduler
	// takes those in the random order of a map.
	Feasible []string
	// Evaluated is the number of nodes that count as looked at. Where the next
	// search begins depends on it.
	Evaluated int
	// Rejected says for every node that was looked at and does not fit why so.
	Rejected map[string]Rejection
	// Scores are normalised and weighted, by plugin and node. Plugins that
	// skipped scoring have none, and with one feasible node nothing is scored.
	Scores map[string]map[string]int64
	// Totals are their sums by node.
	Totals map[string]int64
	// Rejectors are the plugins that rejected a pod for which no node was found.
	Rejectors []string
	// Message says why no node was found.
	Message string
}

// Rejection is why a node does not fit.
type Rejection struct {
	Plugin string
	// Unresolvable tells that preemption cannot help.
	Unresolvable bool
	Reasons      []string // sorted
}

func newDecision() *Decision {
	return &Decision{Rejected: make(map[string]Rejection), Scores: make(map[string]map[string]int64), Totals: make(map[string]int64)}
}

// best returns the nodes that share the highest total, sorted.
func (d *Decision) best() []string {
	var best []string
	highest := int64(0)
	for node, total := range d.Totals {
		switch {
		case len(best) == 0 || total > highest:
			best, highest = []string{node}, total
		case total == highest:
			best = append(best, node)
		}
	}
	slices.Sort(best)
	return best
}

func (d *Decision) score(plugin, node string, score int64) {
	if d.Scores[plugin] == nil {
		d.Scores[plugin] = make(map[string]int64)
	}
	d.Scores[plugin][node] = score
}
