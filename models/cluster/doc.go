// Package cluster is the state of a simulated cluster: nodes, owners and pods in
// columns, and the one function that changes them.
//
//	definitions ─┐
//	             ├→ Apply(now, op) → columns → View → policies
//	operations ──┘        │
//	                      ├→ log (one record an operation; its hash is the digest)
//	                      └→ observers (reports)
//
// Policies read a View and propose operations. Apply checks that an operation is
// lawful, refuses it with an error or carries it out whole, appends one record to
// the log and tells the observers. It never repairs a proposal. Check rescans
// everything and compares it with what Apply has kept up to date.
//
// The package knows the structure and the rules of the API objects. It refuses to
// know why anything happens: no clock, no scheduling rule, no randomness, no
// latency.
package cluster
