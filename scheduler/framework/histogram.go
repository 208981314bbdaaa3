package framework

import (
	"bytes"
	"slices"
	"strconv"
)

// Histogram counts nodes by the reasons for which they were rejected. The zero
// Histogram is empty and ready for use; one that is used again allocates little.
type Histogram struct {
	reasons []reason
	text    []byte
	parts   [][]byte
}

type reason struct {
	text  string
	count int
}

// Reset empties it.
func (h *Histogram) Reset() { h.reasons = h.reasons[:0] }

// Add counts nodes that were rejected with a status.
func (h *Histogram) Add(s *Status, nodes int) {
	if s == nil {
		return
	}
	for _, text := range s.Reasons {
		h.AddReason(text, nodes)
	}
}

// AddReason counts nodes that were rejected for one reason.
func (h *Histogram) AddReason(text string, nodes int) {
	for i := range h.reasons {
		if h.reasons[i].text == text {
			h.reasons[i].count += nodes
			return
		}
	}
	h.reasons = append(h.reasons, reason{text, nodes})
}

// Append appends the message of an attempt in a cluster of so many nodes.
// Source: pkg/scheduler/framework/types.go (FitError.Error).
func (h *Histogram) Append(dst []byte, nodes int) []byte {
	h.text, h.parts = h.text[:0], h.parts[:0]
	for _, r := range h.reasons {
		begin := len(h.text)
		h.text = strconv.AppendInt(h.text, int64(r.count), 10)
		h.text = append(h.text, ' ')
		h.text = append(h.text, r.text...)
		h.parts = append(h.parts, h.text[begin:])
	}
	slices.SortFunc(h.parts, bytes.Compare)
	dst = append(dst, "0/"...)
	dst = strconv.AppendInt(dst, int64(nodes), 10)
	dst = append(dst, " nodes are available:"...)
	for i, part := range h.parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, ' ')
		dst = append(dst, part...)
	}
	if len(h.parts) > 0 {
		dst = append(dst, '.')
	}
	return dst
}

// Counts returns the number of nodes by reason.
func (h *Histogram) Counts() map[string]int {
	counts := make(map[string]int, len(h.reasons))
	for _, r := range h.reasons {
		counts[r.text] = r.count
	}
	return counts
}
