package engine

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// Diagnosis says why no node was found. It belongs to the engine and holds until
// its next decision.
type Diagnosis struct {
	// Nodes is the number of nodes of the cluster.
	Nodes int
	// Rejectors are the plugins that rejected the pod, bit i being plugin i of
	// the profile. Without any, no event can help.
	Rejectors uint64
	// PreFilter is why the pod was rejected before any node was looked at, if so.
	PreFilter string
	// PreFilterCode is the code of that rejection.
	PreFilterCode framework.Code
	// Rejected are the nodes that were looked at, in the order of looking.
	Rejected []Rejection
	// Absent is why nodes that are not in Rejected were not looked at.
	Absent string
	// PostFilter is what was tried to make room, and why in vain.
	PostFilter string
	// Err is set if the attempt failed otherwise: a plugin broke the contract.
	Err error

	reasons []reason
	text    []byte
	parts   [][]byte
}

// Rejection is the answer of the first plugin that rejected the pod on a node.
type Rejection struct {
	Node   models.NodeID
	Plugin int32 // its position in the profile
	Status *framework.Status
}

type reason struct {
	text  string
	count int
}

func (d *Diagnosis) reset(nodes int) {
	*d = Diagnosis{Nodes: nodes, Rejected: d.Rejected[:0], reasons: d.reasons[:0], text: d.text, parts: d.parts}
}

// NoNodes is the message of an attempt in a cluster without nodes.
// Source: pkg/scheduler/schedule_one.go (ErrNoNodesAvailable).
const NoNodes = "no nodes available to schedule pods"

// Message returns why the pod was not scheduled, as the event FailedScheduling
// and the condition PodScheduled have it. Without a PostFilter plugin that ran,
// nothing follows the reasons.
// Source: pkg/scheduler/framework/types.go (FitError.Error).
func (d *Diagnosis) Message() string {
	if d.Err != nil {
		return d.Err.Error()
	}
	if d.Nodes == 0 {
		return NoNodes
	}
	if d.PreFilter == "" {
		return d.histogram()
	}
	message := fmt.Sprintf("0/%d nodes are available: %s.", d.Nodes, d.PreFilter)
	if d.PostFilter != "" {
		message += " " + d.PostFilter
	}
	return message
}

func (d *Diagnosis) histogram() string {
	d.tally()
	d.text, d.parts = d.text[:0], d.parts[:0]
	for _, r := range d.reasons {
		begin := len(d.text)
		d.text = strconv.AppendInt(d.text, int64(r.count), 10)
		d.text = append(d.text, ' ')
		d.text = append(d.text, r.text...)
		d.parts = append(d.parts, d.text[begin:])
	}
	slices.SortFunc(d.parts, bytes.Compare)
	begin := len(d.text)
	d.text = append(d.text, "0/"...)
	d.text = strconv.AppendInt(d.text, int64(d.Nodes), 10)
	d.text = append(d.text, " nodes are available:"...)
	for i, part := range d.parts {
		if i > 0 {
			d.text = append(d.text, ',')
		}
		d.text = append(d.text, ' ')
		d.text = append(d.text, part...)
	}
	if len(d.parts) > 0 {
		d.text = append(d.text, '.')
	}
	if d.PostFilter != "" {
		d.text = append(d.text, ' ')
		d.text = append(d.text, d.PostFilter...)
	}
	return string(d.text[begin:])
}

// tally counts nodes by reason. Statuses are shared, so most nodes are counted
// by the address of the status before any text is compared.
func (d *Diagnosis) tally() {
	d.reasons = d.reasons[:0]
	var last *framework.Status
	run := 0
	for i := range d.Rejected {
		if status := d.Rejected[i].Status; status != last {
			d.count(last, run)
			last, run = status, 0
		}
		run++
	}
	d.count(last, run)
	if absent := d.Nodes - len(d.Rejected); absent > 0 && d.Absent != "" {
		d.countText(d.Absent, absent)
	}
}

func (d *Diagnosis) count(s *framework.Status, n int) {
	if s == nil {
		return
	}
	for _, text := range s.Reasons {
		d.countText(text, n)
	}
}

func (d *Diagnosis) countText(text string, n int) {
	for i := range d.reasons {
		if d.reasons[i].text == text {
			d.reasons[i].count += n
			return
		}
	}
	d.reasons = append(d.reasons, reason{text, n})
}

// names lists the plugins of a set by name, as Kubernetes prints a list.
func (s *Scan) names(set uint64) []string {
	var names []string
	for ; set != 0; set &= set - 1 {
		names = append(names, s.plugins[bits.TrailingZeros64(set)].Name())
	}
	slices.Sort(names)
	return names
}

// unsatisfied is the status text of the nodes that plugins ruled out by name.
func (s *Scan) unsatisfied(set uint64) string {
	if text, ok := s.unsatisfiedText[set]; ok {
		return text
	}
	text := fmt.Sprintf("node(s) didn't satisfy plugin(s) %v", s.names(set))
	s.unsatisfiedText[set] = text
	return text
}

// disjoint is the message of plugins that together leave no node.
func (s *Scan) disjoint(set uint64) string {
	names := s.names(set)
	if len(names) == 1 {
		return "node(s) didn't satisfy plugin " + names[0]
	}
	return "node(s) didn't satisfy plugin(s) [" + strings.Join(names, " ") + "] simultaneously"
}
