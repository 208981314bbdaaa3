// Package divergence finds out where two policies part: it runs the same scenario
// with the same seed under both, and names the earliest decision that differs, what
// spoke for it on either side, and what came of it for each pod and workload.
//
//	side A ─ run ─→ trail of decisions ─┐
//	side B ─ run ─→ compared with it  ──┴→ first that differs ─ both again up to it ─→ Decision with scores
//	                                    └→ pods and workloads of both ends ─→ Changed
//
// A decision is an attempt of the scheduler, a pod that is deleted and by whom, or
// a change of a node or a workload that some policy asked for. What differs from
// the start, such as the number of nodes, is no decision and is told apart.
//
// The package refuses to know what a policy is: it is given two runs.
package divergence
