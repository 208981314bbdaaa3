package playback

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// The bounds on rows: most are for the nodes that are there from the start. Later
// ones get rows of their own, then one for all alike, then one for all others.
const (
	rowsMost    = 1000
	rowsFirst   = 800
	rowsSingle  = 950
	classesMost = 100 // beyond which rows may mix nodes of several groups and zones
)

// class is what nodes of one row have in common.
type class struct{ group, zone string }

// row is a node, or some alike ones put together. What changes most comes first.
type row struct {
	holdings
	requested, allocatable [2]int64 // of cpu and memory, of those that exist
	pods                   int32
	dirty                  bool
	states                 [states]int32

	class
	first, last models.NodeID
	nodes       int
	late        bool // made for all later nodes of the class
	mixed       bool // of more than one class
}

// rows are the rows of the grid.
type rows struct {
	all     []row
	dirty   []int32
	byClass map[class]int32 // the rows for later nodes
	laid    bool
}

// lay puts the nodes that are there into rows.
func (r *rows) lay(nodes []nodeState, v cluster.View) {
	r.laid = true
	type member struct {
		class
		id models.NodeID
	}
	members, classes := make([]member, len(nodes)), make(map[class]bool)
	for i := range nodes {
		c := classOf(v.Node(models.NodeID(i)))
		members[i] = member{c, models.NodeID(i)}
		classes[c] = true
	}
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(strings.Compare(a.group, b.group), strings.Compare(a.zone, b.zone), cmp.Compare(a.id, b.id))
	})
	room := rowsFirst - len(classes)
	mix := len(classes) > classesMost && len(nodes) > rowsFirst
	if mix {
		room = rowsFirst
	}
	size := 1
	if len(nodes) > rowsFirst {
		size = (len(nodes) + room - 1) / room
	}
	for _, m := range members {
		last := len(r.all) - 1
		if last < 0 || r.all[last].nodes >= size || !mix && r.all[last].class != m.class {
			r.all = append(r.all, row{class: m.class, first: m.id})
			last++
		}
		r.join(int32(last), m.class, m.id, &nodes[m.id])
	}
}

func classOf(node cluster.Node) class {
	d := node.View().Dictionary()
	c := class{group: d.String(node.Spec().Group)}
	if label, ok := d.Lookup(models.LabelZone); ok {
		if zone, ok := node.Labels().Get(label); ok {
			c.zone = d.String(zone)
		}
	}
	return c
}

// join makes a node part of a row.
func (r *rows) join(number int32, c class, id models.NodeID, n *nodeState) {
	of := &r.all[number]
	if of.class != c {
		of.mixed = true
	}
	of.nodes++
	of.last = id
	n.row = number
}

// add finds a row for a node that joins after the others.
func (r *rows) add(node cluster.Node, n *nodeState) {
	c := classOf(node)
	number, shared := r.byClass[c]
	if !shared {
		number = int32(len(r.all))
		switch {
		case number < rowsSingle:
			r.all = append(r.all, row{class: c, first: node.ID()})
		case number < rowsMost:
			r.all = append(r.all, row{class: c, first: node.ID(), late: true})
			if r.byClass == nil {
				r.byClass = make(map[class]int32)
			}
			r.byClass[c] = number
		default:
			number = rowsMost - 1
		}
	}
	r.join(number, c, node.ID(), n)
}

// count adds what a node has to its row, or takes it away (sign -1).
func (r *rows) count(n *nodeState, amount *amounts, sign int64) {
	if n.row == models.None || !n.exists {
		return
	}
	of := r.touch(n.row)
	for i, resource := range [...]models.Resource{models.CPU, models.Memory} {
		of.requested[i] += sign * amount.requested[resource]
		of.allocatable[i] += sign * amount.allocatable[resource]
	}
	of.pods += int32(sign) * n.pods
	of.states[n.state()] += int32(sign)
}

// touch notes that a row changes.
func (r *rows) touch(number int32) *row {
	of := &r.all[number]
	if !of.dirty {
		of.dirty = true
		r.dirty = append(r.dirty, number)
	}
	return of
}

// worst returns the worst state of the nodes of a row.
func (of *row) worst() State {
	for s := states - 1; s < states; s-- {
		if of.states[s] > 0 {
			return s
		}
	}
	return Missing
}

// name tells which nodes a row is of.
func (of *row) name(v cluster.View) string {
	if of.nodes == 1 {
		return v.Node(of.first).Name()
	}
	what := fmt.Sprintf("%d nodes, %s … %s", of.nodes, v.Node(of.first).Name(), v.Node(of.last).Name())
	if of.late {
		what += " (joined later)"
	}
	return what
}
