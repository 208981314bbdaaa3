package trace

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
)

// csvRows reads podsim's own format: see Columns.
type csvRows struct {
	cells
	amounts []amountColumn
	unnamed int64 // pods without a name so far
	// before are the cells of the row before that make its shape, and shape is what
	// they make.
	before []string
	shape  Shape
	// kind and namespace are those among which names are unique.
	kind, namespace string
}

// amountColumn gives an amount of a resource.
type amountColumn struct {
	at       int
	resource string
	limit    bool
}

// csvKinds are those that the cells of a row can describe.
var csvKinds = []string{"Pod", "Job"}

// templateKinds are those that a template can have.
var templateKinds = []string{"Pod", "Job", "Deployment", "ReplicaSet", "ReplicationController"}

func (c *csvRows) columns() []string {
	var list []string
	for _, name := range c.header {
		if !strings.HasPrefix(name, ownPrefix) {
			list = append(list, name)
		}
	}
	return list
}

func (c *csvRows) rowName() string { return "rows" }

func (c *csvRows) begin() bool {
	c.unnamed, c.before = 0, nil
	if !c.readHeader("the column time, and with template, object or columns of resources such as cpu and memory") {
		return false
	}
	c.at, c.amounts = make(map[string]int), nil
	for i, name := range c.header {
		resource, limit, isAmount := columnResource(name)
		switch {
		case strings.HasPrefix(name, ownPrefix):
		case isAmount:
			c.amounts = append(c.amounts, amountColumn{i, resource, limit})
		case slices.Contains(knownColumns(), name):
			c.at[name] = i
		case strings.HasSuffix(name, "_limit") && strings.Contains(name, "/"):
			c.r.blame(columnOf(c.line, i), "", "unknown column %q; the limit is the request", cut(name))
		default:
			c.unknownColumn(i, knownColumns())
		}
	}
	if c.place(timeColumn) < 0 {
		c.r.blame(wholeRow, "", "column %q is missing", timeColumn)
	}
	if len(c.amounts) == 0 && c.place(templateColumn) < 0 && c.place(objectColumn) < 0 && len(c.r.problems) == 0 {
		c.r.blame(wholeRow, "", "nothing says what comes; want a column template, object or one of a resource such as cpu")
	}
	return len(c.r.problems) == 0
}

func (c *csvRows) next(row *Row) (outcome, bool) {
	if !c.nextRow() {
		return noRow, false
	}
	if !c.complete() {
		return noRow, true
	}
	before := len(c.r.problems)
	row.At = models.Time(max(c.time(timeColumn), 0))
	if c.cell(timeColumn) == "" {
		c.wrong(timeColumn, "is empty; want when the object comes")
	}
	row.Lifetime, row.RunTime = c.time(lifetimeColumn), c.time(runTimeColumn)
	shape := c.readShape(row)
	c.name(row, shape)
	row.Scalings = c.scalings(shape)
	if len(c.r.problems) > before {
		return noRow, true
	}
	row.Shape = c.r.intern(shape)
	return isRow, true
}

func (c *csvRows) name(row *Row, shape *Shape) {
	text := c.cell(nameColumn)
	if text == "" {
		row.Base, row.Number = c.r.base(""), int32(min(c.unnamed, 1<<31-2))
		c.unnamed += int64(max(shape.Count, 1))
		return
	}
	if !isObjectName(text) {
		c.wrong(nameColumn, "got %q; want lower-case letters, digits, - and ., at most 253", cut(text))
		return
	}
	base, number := splitName(text)
	row.Base, row.Number = c.r.base(base), number
	until := models.Never
	if row.Lifetime >= 0 {
		until = row.At.Add(row.Lifetime)
	}
	if !c.r.names.take(c.kind, c.namespace, row.Base, row.Number, row.At, until) {
		c.wrong(nameColumn, "%s stands above already, and is not deleted before", cut(text))
	}
}

// readShape reads the cells that make the shape, if they differ from those of the
// row before.
func (c *csvRows) readShape(row *Row) *Shape {
	same := len(c.before) == len(c.fields)
	for i, name := range c.header {
		switch name {
		case timeColumn, nameColumn, lifetimeColumn, scalingsColumn:
		case runTimeColumn:
			same = same && (c.before[i] == "") == (c.field(i) == "")
		default:
			same = same && (c.before[i] == c.field(i) || strings.HasPrefix(name, ownPrefix))
		}
	}
	if same {
		return &c.shape
	}
	before := len(c.r.problems)
	c.shape = c.newShape(row)
	c.kind, c.namespace = c.shape.Kind+c.shape.Template, c.shape.Namespace
	if c.shape.Object != "" {
		c.kind, c.namespace = describeObject(c.shape.Object)
	}
	c.kind, c.namespace = cmp.Or(c.kind, "Pod"), cmp.Or(c.namespace, "default")
	c.before = c.before[:0]
	if len(c.r.problems) == before { // else each row tells of its own
		for i := range c.fields {
			c.before = append(c.before, c.field(i))
		}
	}
	return &c.shape
}

func (c *csvRows) newShape(row *Row) Shape {
	s := Shape{
		Template: c.cell(templateColumn), Kind: c.cell(kindColumn), Namespace: c.cell(namespaceColumn), Count: c.count(),
		PriorityClass: c.cell(priorityClassColumn), Image: c.cell(imageColumn),
		Labels: c.pairs(labelsColumn), NodeSelector: c.pairs(nodeSelectorColumn),
	}
	before := len(c.r.problems)
	c.readAmounts(&s)
	kinds := csvKinds
	switch object := c.cell(objectColumn); {
	case object != "":
		if s != (Shape{}) {
			c.wrong(objectColumn, "contradicts other cells; with an object, only time, name, lifetime, run_time and scalings may be given")
		}
		s = Shape{Object: c.object(object), Ends: row.RunTime >= 0}
		return s
	case s.Template != "":
		kinds = templateKinds
		if s != (Shape{Template: s.Template, Kind: s.Kind, Namespace: s.Namespace, Count: s.Count}) {
			c.wrong(templateColumn, "contradicts other cells; with a template, requests, labels, node_selector, priority_class and image are its own")
		}
	case s.Requests == "" && len(c.r.problems) == before:
		c.r.blame(wholeRow, "", "row has no template, no object and no requests")
	}
	if s.Kind != "" && !slices.Contains(kinds, s.Kind) {
		what := fmt.Sprintf("unknown kind %q", cut(s.Kind))
		if guess := spelling.Guess(s.Kind, kinds); guess != "" {
			what += fmt.Sprintf("; did you mean %q?", guess)
		}
		c.wrong(kindColumn, "%s (known: %s)", what, strings.Join(kinds, ", "))
	}
	if s.Kind == "Pod" && s.Template == "" {
		s.Kind = "" // as without the column
	}
	s.Ends = row.RunTime >= 0 || s.Kind == "Job" && s.Template == ""
	return s
}

func (c *csvRows) count() int32 {
	text := c.cell(countColumn)
	if text == "" {
		return 0
	}
	limit := c.r.options.Limits.Count
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 || n > limit {
		c.wrong(countColumn, "got %q; want a whole number from 1 to %d", cut(text), limit)
		return 0
	}
	return int32(n)
}

func (c *csvRows) readAmounts(s *Shape) {
	var requests, limits [][2]string
	for _, a := range c.amounts {
		text := unescapeCell(c.field(a.at))
		if text == "" {
			continue
		}
		if check := c.r.options.Quantity; check != nil {
			if _, err := check(text, a.resource); err != nil {
				c.blame(a.at, "%v", err)
				continue
			}
		}
		if a.limit {
			limits = append(limits, [2]string{a.resource, text})
		} else {
			requests = append(requests, [2]string{a.resource, text})
		}
	}
	s.Requests, s.Limits = NewPairs(requests...), NewPairs(limits...)
}

// pairs reads a=b;c=d.
func (c *csvRows) pairs(column string) Pairs {
	text := c.cell(column)
	if text == "" {
		return ""
	}
	var pairs [][2]string
	seen := make(map[string]bool)
	for part := range strings.SplitSeq(text, ";") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !ok || key == "" || !isLabelValue(value):
			c.wrong(column, "got %q; want name=value;name=value", cut(text))
			return ""
		case seen[key]:
			c.wrong(column, "%q twice", cut(key))
			return ""
		}
		seen[key] = true
		pairs = append(pairs, [2]string{key, value})
	}
	return NewPairs(pairs...)
}

// object takes the white space out of an object.
func (c *csvRows) object(text string) string {
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(text)); err != nil {
		c.wrong(objectColumn, "not JSON: %v", err)
		return ""
	}
	if compact.Bytes()[0] != '{' {
		c.wrong(objectColumn, "got %q; want an object", cut(text))
		return ""
	}
	return compact.String()
}

// describeObject returns the kind and the namespace of an object.
func describeObject(object string) (kind, namespace string) {
	var o struct {
		Kind     any
		Metadata struct{ Namespace any }
	}
	_ = json.Unmarshal([]byte(object), &o) // what is wrong with it is told when it is compiled
	kind, _ = o.Kind.(string)
	namespace, _ = o.Metadata.Namespace.(string)
	return kind, namespace
}
