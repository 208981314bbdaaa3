package framework

import "strings"

// Code says how a plugin answered.
type Code uint8

// The answers of plugins. A nil *Status is Success.
const (
	// Success lets the pod pass.
	Success Code = iota
	// Unschedulable rejects; preempting other pods may help.
	Unschedulable
	// UnschedulableAndUnresolvable rejects; preemption cannot help.
	UnschedulableAndUnresolvable
	// Skip tells that the plugin has nothing to say about this pod.
	Skip
	// Pending rejects until something happens that the plugin waits for; the pod
	// is then tried again at once, without backing off.
	Pending
	// Wait lets the pod keep its node, but not be bound yet; only Permit may.
	Wait
)

// Status is the answer of a plugin at an extension point. Statuses are made once
// and shared: a plugin on a hot path returns the same pointers again and again.
type Status struct {
	Code Code
	// Reasons are shown to users, word for word as Kubernetes has them.
	Reasons []string
}

// NewStatus returns a status with the given reasons.
func NewStatus(code Code, reasons ...string) *Status { return &Status{code, reasons} }

// Skipped is the answer of a plugin that has nothing to say.
var Skipped = &Status{Code: Skip}

// Rejected reports whether s keeps the pod off.
func (s *Status) Rejected() bool {
	return s != nil && (s.Code == Unschedulable || s.Code == UnschedulableAndUnresolvable || s.Code == Pending)
}

// Message is the status as one text.
func (s *Status) Message() string { return strings.Join(s.Reasons, ", ") }
