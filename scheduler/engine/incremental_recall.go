package engine

// Diagnosis recalls why the last decision found no node, or who rejected the nodes
// that it did not take. Call it before the cluster changes.
func (e *Incremental) Diagnosis() *Diagnosis {
	if e.last != nil {
		return e.last
	}
	if e.of != nil {
		e.explain(e.of)
	}
	return e.Scan.Diagnosis()
}

// Ratings recalls how the last decision was made. Call it before the cluster
// changes.
func (e *Incremental) Ratings() Ratings {
	if e.of != nil && e.last == nil && len(e.feasible) == 0 {
		e.relist(e.of)
	}
	return e.Scan.Ratings()
}

// relist lists the feasible nodes of a decision that was made without a list, and
// rates them.
func (e *Incremental) relist(c *class) {
	for i := range c.nodes {
		if place := e.around(i); c.has(int32(place)) {
			e.feasible = append(e.feasible, e.nodes.list[place])
		}
	}
	if len(e.feasible) > 1 {
		e.Scan.score()
	}
}
