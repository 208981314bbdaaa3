package trace

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
)

// FaultRow is a fault that was recorded.
type FaultRow struct {
	FaultShape
	Line  int
	At    models.Time
	Lasts time.Duration // negative if nobody knows when it was over
	text  string        // the line
}

// FaultShape is what faults have in common that did the same to the same. Names that
// stand in one cell are separated by semicolons.
type FaultShape struct {
	Name, Action                                          string
	Nodes, NodeGroups, Zones, Racks, Registries, Selector string
	Takes                                                 string
	Factor                                                float64       // 0 if it is not given
	Delay, Notice, Warning                                time.Duration // negative if they are not given
	Lasting                                               bool          // it is known when it was over
}

// FaultTrace is a recording of faults.
type FaultTrace struct {
	Rows []FaultRow // as they stand in the file
	at   map[string]int
}

// The names of its columns, some of which traces of workloads have, too.
const (
	faultNode, faultGroup, faultZone, faultRack = "node", "node_group", "zone", "rack"
	faultRegistry, faultSelector, faultAction   = "registry", "selector", "action"
	faultDuration, faultUntil, faultTakes       = "duration", "until", "takes"
	faultFactor, faultDelay                     = "factor", "delay"
	faultNotice, faultWarning                   = "notice", "warning"
)

// FaultColumns returns the columns of a trace of faults in the order of the
// documentation. Only time is required; which columns there are, and in which order, the
// header says.
func FaultColumns() []Column {
	return []Column{
		{timeColumn, "when it happens: seconds since the run began, a duration such as 1h30m, or a date such as 2026-01-01T10:30:00Z; required"},
		{nameColumn, "name in logs and reports, which rows may share (default: that of the plan)"},
		{faultAction, "what happens, as in `faults[].action` (default: crash)"},
		{faultNode, "names of nodes, separated by semicolons: n-1;n-2. What hits nodes needs a cell that says which; all that are given must hold"},
		{faultGroup, "names of node groups"},
		{faultZone, "zones"},
		{faultRack, "racks"},
		{faultSelector, "labels of nodes as kubectl selects them: disk=ssd,tier!=db"},
		{faultRegistry, "hosts of registries (default: all)"},
		{faultDuration, "how long it lasts: seconds or a duration (default: for ever, but a reboot 2m)"},
		{faultUntil, "when it is over, instead of how long it lasts: as time"},
		{faultFactor, "how many times as long things take"},
		{faultDelay, "with apiSlow: how much later writes are heard of"},
		{faultTakes, "with memoryPressure and diskPressure: how much of each node: 2Gi or 90%"},
		{faultWarning, "with reclaim: how long before the notice there is a warning"},
		{faultNotice, "with reclaim: how long before they go the nodes are told"},
		{ownPrefix + "…", "columns of your own, passed over"},
	}
}

// faultRows reads a trace of faults.
type faultRows struct {
	cells
	start time.Time // the date that is time 0
}

// ReadFaults reads a recording of faults, whose dates count from start. The error is nil
// or yamlnode.Problems.
func ReadFaults(file string, source io.Reader, start time.Time) (*FaultTrace, error) {
	r := &Reader{file: file, source: source, options: Options{Limits: DefaultLimits()}}
	r.options.Limits.Rows = limits.Moments
	c := faultRows{cells: cells{table: table{r: r}, at: make(map[string]int)}, start: start}
	out := &FaultTrace{at: c.at}
	if !r.openLines() || !c.begin() {
		return nil, r.Err()
	}
	for c.nextRow() && len(r.problems) < r.options.Limits.Problems {
		before := len(r.problems)
		row := FaultRow{Line: r.lines.number, text: c.line}
		if !c.complete() || !c.read(&row) || len(r.problems) > before {
			continue
		}
		if r.rows == r.options.Limits.Rows {
			r.blame(wholeRow, "", "more than %d rows", r.options.Limits.Rows)
			break
		}
		r.rows++
		out.Rows = append(out.Rows, row)
	}
	r.finish()
	return out, r.Err()
}

func (c *faultRows) begin() bool {
	if !c.readHeader("the column time, and others such as node, action and duration") {
		return false
	}
	var known []string
	for _, column := range FaultColumns() {
		known = append(known, column.Name)
	}
	for i, name := range c.header {
		switch {
		case strings.HasPrefix(name, ownPrefix):
		case slices.Contains(known, name):
			c.at[name] = i
		default:
			c.unknownColumn(i, known)
		}
	}
	if c.place(timeColumn) < 0 {
		c.r.blame(wholeRow, "", "column %q is missing", timeColumn)
	}
	return len(c.r.problems) == 0
}

// read reads a row. It reports whether its times are right.
func (c *faultRows) read(row *FaultRow) bool {
	at := c.moment(timeColumn)
	if c.cell(timeColumn) == "" {
		c.wrong(timeColumn, "is empty; want when it happens")
	}
	lasts, until := c.time(faultDuration), c.moment(faultUntil)
	switch {
	case c.cell(faultDuration) != "" && c.cell(faultUntil) != "":
		c.wrong(faultUntil, "contradicts duration; give one of them")
	case lasts == 0:
		c.wrong(faultDuration, "got %s; want more than 0", cut(c.cell(faultDuration)))
	case until >= 0 && until <= at:
		c.wrong(faultUntil, "got %s; want more than time, which is %s", cut(c.cell(faultUntil)), cut(c.cell(timeColumn)))
	case until >= 0:
		lasts = until - at
	}
	row.At, row.Lasts = models.Time(max(at, 0)), lasts
	row.FaultShape = FaultShape{
		Name: c.cell(nameColumn), Action: c.cell(faultAction), Takes: c.cell(faultTakes), Selector: c.cell(faultSelector),
		Nodes: c.cell(faultNode), NodeGroups: c.cell(faultGroup), Zones: c.cell(faultZone), Racks: c.cell(faultRack), Registries: c.cell(faultRegistry),
		Factor: c.number(faultFactor), Delay: c.time(faultDelay), Notice: c.time(faultNotice), Warning: c.time(faultWarning),
		Lasting: lasts >= 0,
	}
	return at >= 0
}

// dateLayouts are those of dates; without a zone they are in UTC.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

// moment reads a time or a date, negative if the cell is empty or wrong.
func (c *faultRows) moment(column string) time.Duration {
	text := c.cell(column)
	for _, layout := range dateLayouts {
		date, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		switch since := date.Sub(c.start); {
		case since < 0:
			c.wrong(column, "%s comes before the run begins, on %s", cut(text), c.start.Format(time.RFC3339))
			return -1
		case since > century:
			c.wrong(column, "more than 100 years after the run begins (got %s)", cut(text))
			return -1
		default:
			return since
		}
	}
	return c.time(column)
}

// number reads a number of at least 1; 0 if the cell is empty.
func (c *faultRows) number(column string) float64 {
	text := c.cell(column)
	if text == "" {
		return 0
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= 1) || value > limits.Replicas {
		c.wrong(column, "got %q; want a number of at least 1", cut(text))
		return 0
	}
	return value
}

// Column returns where a column begins in a row, in characters from 1, and 1 if the trace
// does not have it.
func (f *FaultTrace) Column(row *FaultRow, name string) int {
	if at, ok := f.at[name]; ok {
		return columnOf(row.text, at)
	}
	return wholeRow
}

// Names returns the names of a cell in which several may stand.
func Names(cell string) (names []string) {
	for part := range strings.SplitSeq(cell, ";") {
		if part = strings.TrimSpace(part); part != "" {
			names = append(names, part)
		}
	}
	return names
}
