// Package place asks a scheduler where pods would go in a cluster that stands
// still: one pod after the other, in a given order, with no clock, no latency and
// no queue. It serves the questions "where would these land", "how many more fit"
// and "why not".
//
//	cluster, pending pods ─→ Placer.Place ─→ Placement (node, or message and reasons)
//	                              │
//	                              └→ the pod is bound, so that the next one sees it
//
// A Placement has names instead of ids and is made to be printed. Its fields are
// documented as part of the command line. The package refuses to know where the
// cluster came from.
package place
