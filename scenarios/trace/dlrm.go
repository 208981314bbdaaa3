package trace

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// columns of the format, by name. The order of the header decides where they
// stand; other columns are passed over.
// Source: alibaba/clusterdata, cluster-trace-gpu-v2025 (Yang et al.,
// GPU-Disaggregated Serving for Deep Learning Recommendation Models at Scale,
// NSDI 2025).
const (
	instance = iota
	role
	app
	cpuRequest
	cpuLimit
	gpuRequest
	gpuLimit
	rdmaRequest
	rdmaLimit
	memoryRequest
	memoryLimit
	diskRequest
	diskLimit
	maxPerNode
	creation
	deletion
	columnCount
)

var columnNames = [columnCount]string{
	"instance_sn", "role", "app_name", "cpu_request", "cpu_limit", "gpu_request", "gpu_limit",
	"rdma_request", "rdma_limit", "memory_request", "memory_limit", "disk_request", "disk_limit",
	"max_instance_per_node", "creation_time", "deletion_time",
}

// roles are those of the disaggregated cluster: CPU nodes and nodes with GPUs.
var roles = []string{"CN", "HN"}

const gib = 1 << 30

// dlrm reads one file.
type dlrm struct {
	file     string
	limits   Limits
	lines    *lines
	problems yamlnode.Problems

	at     [columnCount]int // where each column stands in a row
	width  int              // columns in the header
	line   string
	fields []string

	trace  *Trace
	shapes map[Shape]int32
	bases  map[string]int32
	seen   map[instanceName]int32 // line of each instance
}

type instanceName struct{ base, number int32 }

// ReadDLRM reads a trace of long-running inference instances in the format of
// the DLRM trace of Alibaba, as CSV with a header, plain or gzip. The error is
// nil or yamlnode.Problems with everything wrong, up to limits.Problems.
func ReadDLRM(file string, r io.Reader, limits Limits) (*Trace, error) {
	d := &dlrm{
		file: file, limits: limits, trace: &Trace{},
		shapes: make(map[Shape]int32), bases: make(map[string]int32), seen: make(map[instanceName]int32),
	}
	d.read(r)
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	slices.SortStableFunc(d.trace.Rows, func(a, b Row) int { return cmp.Compare(a.At, b.At) })
	return d.trace, nil
}

func (d *dlrm) read(r io.Reader) {
	var err error
	if d.lines, err = openLines(r, d.limits); err != nil {
		d.problems = append(d.problems, yamlnode.Problem{File: d.file, What: err.Error()})
		return
	}
	if !d.header() {
		return
	}
	for d.next() {
		if len(d.trace.Rows) == d.limits.Rows {
			d.blame(wholeRow, "more than %d rows", d.limits.Rows)
			return
		}
		d.row()
		if len(d.problems) >= d.limits.Problems {
			return
		}
	}
	if len(d.trace.Rows) == 0 && len(d.problems) == 0 {
		d.blame(wholeRow, "no rows after the header")
	}
}

// next reads the fields of the next row that is not empty.
func (d *dlrm) next() bool {
	for {
		line, err := d.lines.next()
		if err != nil {
			d.line, d.fields = "", d.fields[:0]
			if !errors.Is(err, io.EOF) {
				d.blame(wholeRow, "%v", err)
			}
			return false
		}
		if len(line) == 0 {
			continue
		}
		d.line = string(line)
		d.fields, err = splitRow(d.fields[:0], d.line)
		if err == nil {
			return true
		}
		d.blame(wholeRow, "%v", err)
		if len(d.problems) >= d.limits.Problems {
			return false
		}
	}
}

func (d *dlrm) header() bool {
	if !d.next() {
		if len(d.problems) == 0 {
			d.blame(wholeRow, "empty file; want a header with the columns %s", strings.Join(columnNames[:], ", "))
		}
		return false
	}
	d.fields[0] = strings.TrimPrefix(d.fields[0], "\uFEFF")
	d.width = len(d.fields)
	header := slices.Clone(d.fields)
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		if first := slices.Index(header[:i], header[i]); first >= 0 {
			d.blame(wholeRow, "column %q twice", header[i])
		}
	}
	for column, name := range columnNames {
		d.at[column] = slices.Index(header, name)
		if d.at[column] >= 0 {
			continue
		}
		what := fmt.Sprintf("column %q is missing", name)
		if guess := spelling.Guess(name, header); guess != "" && !slices.Contains(columnNames[:], guess) {
			what += fmt.Sprintf("; is it %q?", guess)
		}
		d.blame(wholeRow, "%s", what)
	}
	return len(d.problems) == 0
}

// row reads one instance.
func (d *dlrm) row() {
	if len(d.fields) != d.width {
		d.blame(wholeRow, "row has %d of %d columns", len(d.fields), d.width)
		return
	}
	before := len(d.problems)
	shape := d.shape()
	began := d.seconds(creation)
	ended := d.seconds(deletion)
	row := Row{At: models.Time(max(began, 0)), Lifetime: -1}
	if ended >= 0 {
		row.Lifetime = ended - time.Duration(row.At)
		if row.Lifetime < 0 {
			d.blame(deletion, "end < start (got %s; starts at %s)", d.field(deletion), d.field(creation))
		}
	}
	name, ok := d.name()
	if !ok || len(d.problems) > before {
		return
	}
	row.Base, row.Number = name.base, name.number
	id, known := d.shapes[shape]
	if !known {
		if len(d.shapes) == d.limits.Shapes {
			d.blame(wholeRow, "more than %d distinct shapes", d.limits.Shapes)
			return
		}
		id = int32(len(d.trace.Shapes))
		shape.App = strings.Clone(shape.App) // the line goes, the shape stays
		d.shapes[shape] = id
		d.trace.Shapes = append(d.trace.Shapes, shape)
	}
	row.Shape = id
	d.trace.Rows = append(d.trace.Rows, row)
}

func (d *dlrm) shape() Shape {
	s := Shape{App: d.label(app), Role: d.role()}
	s.CPU, s.CPULimit = d.pair(cpuRequest, cpuLimit, 1000)
	s.Memory, s.MemoryLimit = d.pair(memoryRequest, memoryLimit, gib)
	s.Disk, s.DiskLimit = d.pair(diskRequest, diskLimit, gib)
	s.GPUs = d.device(gpuRequest, gpuLimit)
	s.RDMA = d.device(rdmaRequest, rdmaLimit)
	if text := d.field(maxPerNode); text != "" && text != "-1" {
		s.PerNode = int32(d.whole(maxPerNode, math.MaxInt32))
		if s.PerNode == 0 {
			d.blame(maxPerNode, "got %q; want a number from 1, or -1 for no limit", text)
		}
	}
	return s
}

func (d *dlrm) role() string {
	text := d.field(role)
	i := slices.Index(roles, text)
	if i < 0 {
		d.blame(role, "unknown role %q (known: %s)", cut(text), strings.Join(roles, ", "))
		return ""
	}
	return roles[i]
}

// pair reads a request and its limit and multiplies them by unit.
func (d *dlrm) pair(request, limit int, unit float64) (int64, int64) {
	amount, most := d.amount(request, unit), d.amount(limit, unit)
	if d.field(limit) != "" && amount > most && most >= 0 {
		d.blame(request, "request %s exceeds limit %s", d.field(request), d.field(limit))
	}
	return max(amount, 0), max(most, 0)
}

// device reads an amount that cannot be exceeded: request and limit are equal.
func (d *dlrm) device(request, limit int) int64 {
	amount := d.whole(request, math.MaxInt32)
	if d.field(limit) != "" && d.whole(limit, math.MaxInt32) != amount {
		d.blame(limit, "limit %s differs from request %s", d.field(limit), d.field(request))
	}
	return amount
}

// amount reads a decimal number, -1 if it is wrong.
func (d *dlrm) amount(column int, unit float64) int64 {
	text := d.field(column)
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		d.blame(column, "got %q; want a number", cut(text))
		return -1
	case x < 0:
		d.blame(column, "must be >= 0 (got %s)", cut(text))
		return -1
	case x*unit >= 1<<62:
		d.blame(column, "too large (got %s)", cut(text))
		return -1
	}
	return int64(math.Round(x * unit))
}

func (d *dlrm) whole(column int, most int64) int64 {
	text := d.field(column)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > most {
		d.blame(column, "got %q; want a whole number from 0 to %d", cut(text), most)
		return 0
	}
	return n
}

// seconds reads a moment, negative if there is none.
func (d *dlrm) seconds(column int) time.Duration {
	if d.field(column) == "" {
		return -1
	}
	const most = 100 * 365 * 86400 // a century
	x := d.amount(column, 1000)
	switch {
	case x < 0:
		return -1
	case x > most*1000:
		d.blame(column, "more than 100 years after the start (got %s)", cut(d.field(column)))
		return -1
	}
	return time.Duration(x) * time.Millisecond
}

func (d *dlrm) field(column int) string { return strings.TrimSpace(d.fields[d.at[column]]) }

// wholeRow stands for a column where no single one is to blame.
const wholeRow = -1

// blame notes a problem with a column of the present row.
func (d *dlrm) blame(column int, format string, args ...any) {
	p := yamlnode.Problem{File: d.file, Line: max(d.lines.number, 1), Column: 1, What: fmt.Sprintf(format, args...)}
	if column != wholeRow {
		p.Path, p.Column = columnNames[column], columnOf(d.line, d.at[column])
	}
	d.problems = append(d.problems, p)
}
