package reports

// CheckValue is an assertion with its numbers, for programs that search for what
// makes it hold.
type CheckValue struct {
	AssertionResult
	// Value is what was compared: of an assertion of always the worst up to its
	// decision; nil if there was nothing to measure.
	Value *float64
	Limit float64 // on the right of the comparison
	Unit  string  // of both, as measures have them
	// Better is the way in which the value moves away from the limit when the assertion
	// holds: lower for < and <=, higher for > and >=, neither for == and !=.
	Better Direction
}

// Value returns how the assertion went. It is known when the recorder is finished.
func (c *Check) Value() CheckValue {
	return CheckValue{c.result, c.worst, c.literal.value, c.metric.Unit, c.compare.better()}
}

// note takes in a value that is compared.
func (c *Check) note(got float64) {
	if c.worst == nil || c.compare.better() == LowerIsBetter && got > *c.worst ||
		c.compare.better() == HigherIsBetter && got < *c.worst || !c.compare.holds(got, c.literal.value) {
		c.worst = &got
	}
}

func (c comparison) better() Direction {
	switch c.text {
	case "<", "<=":
		return LowerIsBetter
	case ">", ">=":
		return HigherIsBetter
	}
	return Neutral
}
