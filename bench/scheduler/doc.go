// Package scheduler measures how long the engines take to decide where a pod goes:
// the plain one, which looks at every node, beside the incremental one. The time of
// the decision alone is reported as µs/decision; ns/op includes what happens to the
// cluster between two decisions.
package scheduler
