package trace

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
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

// The extended resources of the format.
const (
	GPUResource  = "nvidia.com/gpu"
	RDMAResource = "rdma/percent" // per cents of a network card
)

// dlrm reads a trace of long-running inference instances in the format of the
// DLRM trace of Alibaba: CSV with a header. Instances become bare pods.
type dlrm struct {
	table
	at   [columnCount]int // where each column stands in a row
	seen map[name]int32   // line of each instance

	// The shape of the row before, as numbers and as text: most rows repeat it.
	amounts amounts
	shape   Shape
}

// amounts are the requests and limits of an instance. CPU is in thousandths of a
// core, memory and disk are in bytes. A limit of 0 is none.
type amounts struct {
	role, app           string
	cpu, cpuLimit       int64
	memory, memoryLimit int64
	disk, diskLimit     int64
	gpus, rdma          int64
}

func (d *dlrm) columns() []string {
	return []string{
		timeColumn, nameColumn, "cpu", "cpu_limit", "memory", "memory_limit", "ephemeral-storage", "ephemeral-storage_limit",
		GPUResource, RDMAResource, lifetimeColumn, nodeSelectorColumn, labelsColumn, imageColumn,
	}
}

func (d *dlrm) rowName() string { return "instances" }

func (d *dlrm) begin() bool {
	d.seen = make(map[name]int32)
	if !d.readHeader("the columns " + strings.Join(columnNames[:], ", ")) {
		return false
	}
	if !slices.ContainsFunc(d.header, func(name string) bool { return slices.Contains(columnNames[:], name) }) {
		d.r.blame(wholeRow, "", "not a dlrm trace: none of its columns is there; want %s, …", strings.Join(columnNames[:4], ", "))
		return false
	}
	for column, name := range columnNames {
		d.at[column] = slices.Index(d.header, name)
		if d.at[column] >= 0 {
			continue
		}
		what := fmt.Sprintf("column %q is missing", name)
		if guess := spelling.Guess(name, d.header); guess != "" && !slices.Contains(columnNames[:], guess) {
			what += fmt.Sprintf("; is it %q?", guess)
		}
		d.r.blame(wholeRow, "", "%s", what)
	}
	return len(d.r.problems) == 0
}

// next reads one instance.
func (d *dlrm) next(row *Row) (outcome, bool) {
	if !d.nextRow() {
		return noRow, false
	}
	if !d.complete() {
		return noRow, true
	}
	before := len(d.r.problems)
	a := d.readAmounts()
	perNode := d.perNode()
	began, ended := d.seconds(creation), d.seconds(deletion)
	row.At = models.Time(max(began, 0))
	if ended >= 0 {
		row.Lifetime = ended - time.Duration(row.At)
		if row.Lifetime < 0 {
			d.wrong(deletion, "end < start (got %s; starts at %s)", d.text(deletion), d.text(creation))
		}
	}
	d.name(row)
	if len(d.r.problems) > before {
		return noRow, true
	}
	if perNode {
		d.r.note(d.rowName(), "limit the instances of their app on a node (max_instance_per_node): no plugin does so, the limits are ignored")
	}
	if d.r.rows == 0 || a != d.amounts {
		d.amounts, d.shape = a, a.shape()
	}
	row.Shape = d.r.intern(&d.shape)
	return isRow, true
}

// shape writes amounts as a pod asks for them.
func (a *amounts) shape() Shape {
	amount := func(n int64, unit string) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10) + unit
	}
	return Shape{
		Labels:       NewPairs([2]string{"app", a.app}, [2]string{"role", a.role}),
		NodeSelector: NewPairs([2]string{"role", a.role}),
		Image:        imageOf(a.app),
		Requests: NewPairs([2]string{"cpu", amount(a.cpu, "m")}, [2]string{"memory", amount(a.memory, "")},
			[2]string{"ephemeral-storage", amount(a.disk, "")},
			[2]string{GPUResource, amount(a.gpus, "")}, [2]string{RDMAResource, amount(a.rdma, "")}),
		Limits: NewPairs([2]string{"cpu", amount(a.cpuLimit, "m")}, [2]string{"memory", amount(a.memoryLimit, "")},
			[2]string{"ephemeral-storage", amount(a.diskLimit, "")}),
	}
}

// imageOf gives every app an image of its own, named so that any registry would
// take it.
func imageOf(app string) string {
	return "trace/" + strings.Map(func(r rune) rune {
		if r == '.' || r == '_' {
			return '-'
		}
		return r
	}, strings.ToLower(app))
}

// name reads the name of the instance as Kubernetes could have it: instance_17
// is instance-17.
func (d *dlrm) name(row *Row) {
	text := d.text(instance)
	plain := strings.ReplaceAll(strings.ToLower(text), "_", "-")
	if !isObjectName(plain) || len(plain) > 63 || strings.Contains(plain, ".") {
		d.wrong(instance, "got %q; want a name of letters, digits, - and _", cut(text))
		return
	}
	base, number := splitName(plain)
	row.Base, row.Number = d.r.base(base), number
	key := name{base: row.Base, number: number}
	if first, twice := d.seen[key]; twice {
		d.wrong(instance, "%s already in row %d", cut(text), first)
		return
	}
	d.seen[key] = int32(d.r.lines.number)
}

func (d *dlrm) readAmounts() amounts {
	a := amounts{app: d.label(app), role: d.role()}
	a.cpu, a.cpuLimit = d.pair(cpuRequest, cpuLimit, 1000)
	a.memory, a.memoryLimit = d.pair(memoryRequest, memoryLimit, gib)
	a.disk, a.diskLimit = d.pair(diskRequest, diskLimit, gib)
	a.gpus = d.device(gpuRequest, gpuLimit)
	a.rdma = d.device(rdmaRequest, rdmaLimit)
	return a
}

// perNode reports whether the instances of an app on one node are limited.
func (d *dlrm) perNode() bool {
	text := d.text(maxPerNode)
	if text == "" || text == "-1" {
		return false
	}
	if d.whole(maxPerNode, math.MaxInt32) == 0 {
		d.wrong(maxPerNode, "got %q; want a number from 1, or -1 for no limit", text)
	}
	return true
}

// label reads a text that becomes the value of a label.
func (d *dlrm) label(column int) string {
	text := d.text(column)
	if !isLabelValue(text) {
		d.wrong(column, "got %q; want at most 63 letters, digits, -, _ and ., as of a label", cut(text))
	}
	return text
}

func (d *dlrm) role() string {
	text := d.text(role)
	i := slices.Index(roles, text)
	if i < 0 {
		d.wrong(role, "unknown role %q (known: %s)", cut(text), strings.Join(roles, ", "))
		return ""
	}
	return roles[i]
}

// pair reads a request and its limit and multiplies them by unit.
func (d *dlrm) pair(request, limit int, unit float64) (int64, int64) {
	amount, most := d.amount(request, unit), d.amount(limit, unit)
	if d.text(limit) != "" && amount > most && most >= 0 {
		d.wrong(request, "request %s exceeds limit %s", d.text(request), d.text(limit))
	}
	return max(amount, 0), max(most, 0)
}

// device reads an amount that cannot be exceeded: request and limit are equal.
func (d *dlrm) device(request, limit int) int64 {
	amount := d.whole(request, math.MaxInt32)
	if d.text(limit) != "" && d.whole(limit, math.MaxInt32) != amount {
		d.wrong(limit, "limit %s differs from request %s", d.text(limit), d.text(request))
	}
	return amount
}

// amount reads a decimal number, -1 if it is wrong.
func (d *dlrm) amount(column int, unit float64) int64 {
	text := d.text(column)
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		d.wrong(column, "got %q; want a number", cut(text))
		return -1
	case x < 0:
		d.wrong(column, "must be >= 0 (got %s)", cut(text))
		return -1
	case x*unit >= 1<<62:
		d.wrong(column, "too large (got %s)", cut(text))
		return -1
	}
	return int64(math.Round(x * unit))
}

func (d *dlrm) whole(column int, most int64) int64 {
	text := d.text(column)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > most {
		d.wrong(column, "got %q; want a whole number from 0 to %d", cut(text), most)
		return 0
	}
	return n
}

// seconds reads a moment, negative if there is none.
func (d *dlrm) seconds(column int) time.Duration {
	if d.text(column) == "" {
		return -1
	}
	x := d.amount(column, 1000)
	switch {
	case x < 0:
		return -1
	case x > century.Milliseconds():
		d.wrong(column, "more than 100 years after the start (got %s)", cut(d.text(column)))
		return -1
	}
	return time.Duration(x) * time.Millisecond
}

func (d *dlrm) text(column int) string { return d.field(d.at[column]) }

func (d *dlrm) wrong(column int, format string, args ...any) {
	d.blame(d.at[column], format, args...)
}
