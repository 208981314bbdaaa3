package kubescheduler

// Decision is what a scheduler made of one pod, and why.
type Decision struct {
	// Gates is the message of the plugin that kept the pod out of the queue.
	Gates string
	// Node is the node that was chosen; empty if none was.
	Node string
	// Feasible are the nodes found to fit, in the order of finding. It is sorted
	// if Restricted.
	Feasible []string
	// Restricted tells that plugins narrowed the search to nodes of certain
	// names. The real scheduler takes those in the random order of a map.
	Restricted bool
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

// tied reports whether two nodes share the highest total.
func (d *Decision) tied(a, b string) bool {
	if len(d.Totals) == 0 {
		return false
	}
	highest := d.Totals[d.Node]
	return d.Totals[a] == highest && d.Totals[b] == highest
}
