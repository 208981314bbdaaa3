package reports

// appendEviction appends what the log does not hold of a pod that has to leave its node:
// whose it is, and what its budgets have before and after.
func (s *step) appendEviction(b []byte) []byte {
	if owner := s.pod.Owner(); owner >= 0 {
		b = append(b, `,"owner":`...)
		b = closeQuote(appendOwner(append(b, '"'), s.view, owner), len(b))
	}
	changes := s.pod.BudgetChanges(s.now)
	if len(changes) == 0 {
		return b
	}
	b = append(b, `,"budgets":[`...)
	for i := range changes {
		c := &changes[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = appendQuoted(b, s.text(c.Budget.Spec().Namespace)+"/"+c.Budget.Name())
		b = appendInt(b, "desired_healthy", int64(c.Desired))
		b = appendInt(b, "current_healthy", int64(c.Healthy))
		b = appendInt(b, "current_healthy_after", int64(c.HealthyAfter))
		b = appendInt(b, "disruptions_allowed", int64(c.Allowed))
		b = append(appendInt(b, "disruptions_allowed_after", int64(c.AllowedAfter)), '}')
	}
	return append(b, ']')
}
