package engine

// Reasons counts the nodes by why they were rejected, as Message does.
func (d *Diagnosis) Reasons() map[string]int {
	if d.PreFilter != "" {
		return map[string]int{d.PreFilter: d.Nodes}
	}
	d.tally()
	return d.histogram.Counts()
}
