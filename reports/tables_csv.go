package reports

import (
	"io"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// WriteNodesCSV writes nodes.csv: a row for each node in the order they joined.
func (s *Summary) WriteNodesCSV(w io.Writer) error {
	out := newBuffered(w)
	out.b = appendHeader(out.b, nodeColumns)
	for i := range s.Nodes {
		out.b = appendRow(out.b, nodeColumns, &s.Nodes[i])
		out.spill()
	}
	return out.flush()
}

// WriteSeriesCSV writes timeseries.csv: a row for each sample.
func (s *Summary) WriteSeriesCSV(w io.Writer) error {
	out := newBuffered(w)
	columns := columnsOfSeries(&s.Series)
	out.b = appendHeader(out.b, columns)
	for i := range s.Series.Time {
		out.b = appendRow(out.b, columns, &seriesLine{&s.Series, i})
		out.spill()
	}
	return out.flush()
}

// standard reports whether a resource has columns of its own.
func standard(resource string) bool { return resource == "cpu" || resource == "memory" }

func nodeText(name, help string, get func(*NodeSummary) string) column[NodeSummary] {
	return textColumn(name, help, func(b []byte, n *NodeSummary) []byte { return append(b, get(n)...) })
}

func nodeInteger(name, unit, help string, get func(*NodeSummary) int64) column[NodeSummary] {
	return column[NodeSummary]{name: name, unit: unit, help: help, kind: typeInteger,
		append: func(b []byte, n *NodeSummary) []byte { return strconv.AppendInt(b, get(n), 10) }}
}

func nodeNumber(name, unit, help string, get func(*NodeSummary) float64) column[NodeSummary] {
	return column[NodeSummary]{name: name, unit: unit, help: help, kind: typeNumber,
		append: func(b []byte, n *NodeSummary) []byte { return appendNumber(b, get(n)) }}
}

func appendNumber(b []byte, x float64) []byte { return strconv.AppendFloat(b, x, 'f', -1, 64) }

const unitShare = "share of allocatable"

var nodeColumns = []column[NodeSummary]{
	nodeText("name", "name of the node", func(n *NodeSummary) string { return n.Name }),
	nodeText("group", "node group it came from; empty for none", func(n *NodeSummary) string { return n.Group }),
	nodeText("zone", "value of its label topology.kubernetes.io/zone", func(n *NodeSummary) string { return n.Zone }),
	nodeNumber("joined_seconds", "s", "when it joined", func(n *NodeSummary) float64 { return float64(n.Joined) }),
	nodeInteger("crashes", "", "how often it crashed", func(n *NodeSummary) int64 { return int64(n.Crashes) }),
	nodeNumber("down_seconds", "s", "how long it was down in all", func(n *NodeSummary) float64 { return float64(n.DownTime) }),
	{name: "down", kind: typeBoolean, help: "whether it was down at the end",
		append: func(b []byte, n *NodeSummary) []byte { return strconv.AppendBool(b, n.Down) }},
	nodeInteger("pods", "", "pods ever bound to it", func(n *NodeSummary) int64 { return n.Pods }),
	nodeInteger("cpu_allocatable_millicores", "millicores", "allocatable cpu", func(n *NodeSummary) int64 { return n.CPU }),
	nodeInteger("memory_allocatable_bytes", "bytes", "allocatable memory", func(n *NodeSummary) int64 { return n.Memory }),
	nodeNumber("cpu_requested_mean", unitShare, "requested cpu, mean over its time", func(n *NodeSummary) float64 { return n.CPUMean }),
	nodeNumber("cpu_requested_peak", unitShare, "requested cpu, at most", func(n *NodeSummary) float64 { return n.CPUPeak }),
	nodeNumber("memory_requested_mean", unitShare, "requested memory, mean over its time",
		func(n *NodeSummary) float64 { return n.MemoryMean }),
	nodeNumber("memory_requested_peak", unitShare, "requested memory, at most", func(n *NodeSummary) float64 { return n.MemoryPeak }),
}

// seriesLine is one sample.
type seriesLine struct {
	series *Series
	at     int
}

func seriesCount(name, help string, get func(*Series) []int64) column[seriesLine] {
	return column[seriesLine]{name: name, kind: typeInteger, help: help,
		append: func(b []byte, l *seriesLine) []byte { return strconv.AppendInt(b, get(l.series)[l.at], 10) }}
}

var seriesColumns = append([]column[seriesLine]{
	{name: "time_seconds", unit: "s", kind: typeNumber, help: "virtual time of the sample: the state after all operations at it",
		append: func(b []byte, l *seriesLine) []byte { return appendNumber(b, float64(l.series.Time[l.at])) }},
	seriesCount("nodes_ready", "nodes whose Ready condition is True (a crashed node keeps it until it is noticed)",
		func(s *Series) []int64 { return s.NodesReady }),
	seriesCount("nodes_down", "nodes that are down in truth", func(s *Series) []int64 { return s.NodesDown }),
	seriesCount("pods_pending", "active pods on no node", func(s *Series) []int64 { return s.Pending }),
	seriesCount("pods_bound", "active pods on a node that never started", func(s *Series) []int64 { return s.Bound }),
	seriesCount("pods_running", "active pods of phase Running", func(s *Series) []int64 { return s.Running }),
	seriesCount("pods_terminating", "pods being deleted that have not ended", func(s *Series) []int64 { return s.Terminating }),
	seriesCount("restarts", "restarts of pods since the beginning", func(s *Series) []int64 { return s.Restarts }),
}, standardColumns()...)

func standardColumns() []column[seriesLine] {
	var out []column[seriesLine]
	for r, unit := range []string{models.CPU: "millicores", models.Memory: "bytes"} {
		name := [...]string{models.CPU: "cpu", models.Memory: "memory"}[r]
		for i, extended := range extendedColumns {
			c := extended.forResource(r, name)
			c.help = strings.ReplaceAll(c.help, "the extended resource", name)
			if i < 2 {
				c.name += "_" + unit
				c.unit = unit
			}
			out = append(out, c)
		}
	}
	return out
}

// resourceColumn is a column that every extended resource has.
type resourceColumn struct {
	column[seriesLine]
	get func([]byte, *ResourceSeries, int) []byte
}

// forResource makes it the column of the resource at an index of Series.Resources.
func (c resourceColumn) forResource(index int, name string) column[seriesLine] {
	c.name = strings.Replace(c.name, "<resource>", name, 1)
	c.append = func(b []byte, l *seriesLine) []byte {
		return c.get(b, &l.series.Resources[index], l.at)
	}
	return c.column
}

var extendedColumns = []resourceColumn{
	{column[seriesLine]{name: "<resource>_requested", kind: typeInteger,
		help: "requests for the extended resource, summed over nodes whose Ready condition is True"},
		func(b []byte, r *ResourceSeries, at int) []byte { return strconv.AppendInt(b, r.Requested[at], 10) }},
	{column[seriesLine]{name: "<resource>_allocatable", kind: typeInteger,
		help: "allocatable amount of the extended resource on these nodes"},
		func(b []byte, r *ResourceSeries, at int) []byte { return strconv.AppendInt(b, r.Allocatable[at], 10) }},
	{column[seriesLine]{name: "<resource>_utilisation", kind: typeNumber, unit: unitShare,
		help: "requested / allocatable for the extended resource"},
		func(b []byte, r *ResourceSeries, at int) []byte { return appendNumber(b, r.Utilisation[at]) }},
}
