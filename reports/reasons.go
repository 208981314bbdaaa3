package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// reasons counts why scheduling attempts failed. The scheduler's messages name,
// for one attempt, how many nodes were rejected for which reason.
// Source: pkg/scheduler/framework/types.go (FitError.Error).
type reasons struct {
	attempts, pods int64
	all            []reason
	byText         map[string]int32
	parsed         map[models.Sym][]rejection // each distinct message is read once
	lastPod        []byte
}

type reason struct {
	text                  string
	attempts, pods, nodes int64
}

// rejection is one part of a message.
type rejection struct {
	reason int32
	nodes  int64
}

// reasonsMost bounds the distinct reasons; the last one stands for all others.
const reasonsMost = 64

const otherReasons = "other reasons"

func (u *reasons) observe(s *step) {
	u.attempts++
	if s.row.flags&flagUnschedulable == 0 {
		s.row.flags |= flagUnschedulable
		u.pods++
	}
	parts, ok := u.parsed[s.op.Message]
	if !ok {
		parts = u.read(s.view.Dictionary().String(s.op.Message))
		if u.parsed == nil {
			u.parsed = make(map[models.Sym][]rejection)
		}
		u.parsed[s.op.Message] = parts
	}
	for _, part := range parts {
		n := &u.all[part.reason]
		n.attempts++
		n.nodes += part.nodes
		if bit := uint64(1) << part.reason; s.row.reasons&bit == 0 {
			s.row.reasons |= bit
			n.pods++
		}
	}
	u.lastPod = appendPod(u.lastPod[:0], s.view, s.pod)
}

// read counts the reasons of a message.
func (u *reasons) read(message string) []rejection {
	var out []rejection
	for _, r := range Refusals(message) {
		at := u.reason(r.Reason)
		if i := slices.IndexFunc(out, func(r rejection) bool { return r.reason == at }); i >= 0 {
			out[i].nodes += r.Nodes
			continue
		}
		out = append(out, rejection{at, r.Nodes})
	}
	return out
}

// Refusal is one reason of a message of the scheduler, with the number of nodes that
// it rules out; 0 if the message counts none.
type Refusal struct {
	Reason string
	Nodes  int64
}

// Refusals takes a message apart, as in "0/60 nodes are available: 3 Insufficient
// cpu, 57 node(s) had untolerated taint {a: b}. preemption: …". A message of
// another form is one reason as it stands.
// Source: pkg/scheduler/framework/types.go (FitError.Error).
func Refusals(message string) []Refusal {
	_, list, ok := strings.Cut(message, " nodes are available: ")
	if !ok {
		return []Refusal{{strings.TrimSuffix(message, "."), 0}}
	}
	if end := strings.Index(list, ". "); end >= 0 {
		list = list[:end]
	}
	var out []Refusal
	for _, part := range splitReasons(strings.TrimSuffix(list, ".")) {
		count, text, found := strings.Cut(part, " ")
		nodes, err := strconv.ParseInt(count, 10, 64)
		if !found || err != nil {
			nodes, text = 0, part
		}
		out = append(out, Refusal{text, nodes})
	}
	return out
}

// splitReasons cuts at each comma that a count follows, since reasons may hold
// commas of their own.
func splitReasons(list string) []string {
	var parts []string
	start := 0
	for i := 0; i+2 < len(list); i++ {
		if list[i] == ',' && list[i+1] == ' ' && list[i+2] >= '0' && list[i+2] <= '9' {
			parts = append(parts, list[start:i])
			start = i + 2
		}
	}
	return append(parts, list[start:])
}

func (u *reasons) reason(text string) int32 {
	if i, ok := u.byText[text]; ok {
		return i
	}
	if len(u.all) >= reasonsMost-1 {
		text = otherReasons
		if i, ok := u.byText[text]; ok {
			return i
		}
	}
	if u.byText == nil {
		u.byText = make(map[string]int32)
	}
	i := int32(len(u.all))
	u.all = append(u.all, reason{text: text})
	u.byText[strings.Clone(text)] = i
	return i
}

func (u *reasons) summary() Unschedulable {
	out := Unschedulable{Attempts: u.attempts, Pods: u.pods, Reasons: make([]ReasonSummary, len(u.all))}
	for i, r := range u.all {
		out.Reasons[i] = ReasonSummary{Reason: r.text, Attempts: r.attempts, Pods: r.pods, Nodes: r.nodes}
	}
	slices.SortStableFunc(out.Reasons, func(a, b ReasonSummary) int {
		return cmp.Or(cmp.Compare(b.Attempts, a.Attempts), strings.Compare(a.Reason, b.Reason))
	})
	return out
}
