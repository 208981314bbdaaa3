// Package scheduler joins the queue, the engine and the table of plugins into a
// scheduler with one or several profiles.
//
//	Add ─→ queue ─Next─→ engine ─┬→ claim ─Committer─┬→ Accepted
//	         ↑                   │                   └→ Rejected ─→ backoff
//	         │                   └→ no node ─→ Failed ─→ unschedulable
//	         │                         └→ nomination, victims: to be carried out after Failed
//	         └── Notify, Flush
//
// A scheduler changes nothing. It proposes claims, "this pod on that node", and a
// Committer accepts or refuses them against the cluster as it is by then, so
// that several schedulers may decide at a time. Every decision is answered once:
// a claim by Accepted or Rejected, an attempt that found no node by Failed at
// the moment its decision time is over. Until then the pod is in flight, and
// what happens meanwhile counts as having happened during the attempt.
//
// A claim may also be assumed first and bound later: Committer.Assume keeps room for
// the pod, Commit binds it, Forget gives the room back. A pod that Permit plugins
// let wait is asked about again by Permitted.
//
// The package keeps no clock and refuses to know latencies, arrivals and what
// becomes of a pod once it is bound.
package scheduler
