package engine

import (
	"fmt"
	"math/bits"
	"slices"
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
	// Room is how room will be made, and what becomes of the pod's nomination.
	Room framework.PostFilterResult
	// Pending are those of the Rejectors that wait for something: when it happens
	// the pod is tried again at once.
	Pending uint64
	// Err is set if the attempt failed otherwise: a plugin broke the contract.
	Err error

	// answers are those of Rejected, each with the number of nodes; none if nobody
	// has counted them.
	answers   []answer
	histogram framework.Histogram
	text      []byte
}

// answer is a rejection by so many nodes.
type answer struct {
	plugin int32
	status *framework.Status
	nodes  int
}

// Rejection is the answer of the first plugin that rejected the pod on a node.
type Rejection struct {
	Node   models.NodeID
	Plugin int32 // its position in the profile
	Status *framework.Status
}

func (d *Diagnosis) reset(nodes int) {
	*d = Diagnosis{Nodes: nodes, Rejected: d.Rejected[:0], answers: d.answers[:0], histogram: d.histogram, text: d.text}
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
	if d.PreFilter != "" {
		d.text = fmt.Appendf(d.text[:0], "0/%d nodes are available: %s.", d.Nodes, d.PreFilter)
	} else {
		d.tally()
		d.text = d.histogram.Append(d.text[:0], d.Nodes)
	}
	if d.PostFilter != "" {
		d.text = append(d.text, ' ')
		d.text = append(d.text, d.PostFilter...)
	}
	return string(d.text)
}

// tally counts nodes by reason. Statuses are shared, so most nodes are counted
// by the address of the status before any text is compared.
func (d *Diagnosis) tally() {
	d.histogram.Reset()
	if len(d.answers) > 0 {
		for i := range d.answers {
			d.histogram.Add(d.answers[i].status, d.answers[i].nodes)
		}
	} else {
		d.tallyRejected()
	}
	if absent := d.Nodes - len(d.Rejected); absent > 0 && d.Absent != "" {
		d.histogram.AddReason(d.Absent, absent)
	}
}

func (d *Diagnosis) tallyRejected() {
	var last *framework.Status
	run := 0
	for i := range d.Rejected {
		if status := d.Rejected[i].Status; status != last {
			d.histogram.Add(last, run)
			last, run = status, 0
		}
		run++
	}
	d.histogram.Add(last, run)
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
