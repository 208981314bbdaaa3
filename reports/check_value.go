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

// Lost returns the assertions that do not hold, however the run goes on.
func (r *Recorder) Lost() (lost []*Check) {
	for _, c := range r.checks {
		if c.lost(r) {
			lost = append(lost, c)
		}
	}
	return lost
}

// lost reports whether the assertion does not hold, however the run goes on: it must
// hold always or at a moment, and did not; it bounds a counter, which only grows, or
// the longest wait, and a pod that waited longer has got there.
func (c *Check) lost(r *Recorder) bool {
	switch {
	case c.decided:
		return !c.result.Passed
	case c.measure != "" || c.assertion.At != 0 || c.assertion.Always || c.compare.better() != LowerIsBetter && c.compare.text != "==":
		return false
	case c.metric.over != nil:
		longest, ok := c.metric.over(r).statistic("max")
		c.final = longest
		return c.statistic == "max" && ok && !c.compare.holds(longest, c.literal.value) && longest >= c.literal.value
	case c.metric.Kind == Counter && c.metric.sample == nil:
		got, ok := c.metric.value(r, c)
		c.final = got
		return ok && !c.compare.holds(got, c.literal.value) && got >= c.literal.value
	}
	return false
}

// AtLeast returns how a lost assertion went in a run that was ended for it: with the
// value that no further course of the run could lower. Pods that still wait do not count:
// they might have gone without ever having a node.
func (c *Check) AtLeast() CheckValue {
	v := c.Value()
	if !c.assertion.Always && c.assertion.At == 0 {
		v.Value, v.Got = &c.final, "at least "+c.show(c.final)
		v.Message = c.assertion.Text + ": got " + v.Got
	}
	return v
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
