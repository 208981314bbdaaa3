// Package engine decides where one pod goes: it runs the plugins of a profile
// over the nodes of a cluster.
//
//	pod ─→ PreFilter ─→ Filter, node by node ─→ PreScore ─→ Score ─→ Normalize ─→ sum ─→ node
//	           │               │ none fits
//	           └───────────────┴─→ Diagnosis: why, word for word as Kubernetes says it
//
// Scan is the plain engine: it looks at one node after the other, as the real
// scheduler does, and is the reference for any faster one. The order of nodes and
// the place where the search goes on are kept in Nodes, which the profiles of one
// scheduler share.
//
// The package changes nothing, keeps no clock and refuses to know queues and
// binding.
//
// Source: pkg/scheduler/schedule_one.go.
package engine
