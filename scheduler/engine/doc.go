// Package engine decides where one pod goes: it runs the plugins of a profile
// over the nodes of a cluster.
//
//	pod ─→ PreFilter ─→ Filter, node by node ─→ PreScore ─→ Score ─→ Normalize ─→ sum ─→ node
//	           │               │ none fits
//	           └───────────────┴─→ PostFilter ─→ Diagnosis: why, word for word as Kubernetes
//	                                             says it, and how room will be made
//
// Scan is the plain engine: it looks at one node after the other, as the real
// scheduler does, and is the reference for any faster one. The order of nodes and
// the place where the search goes on are kept in Nodes, which the profiles of one
// scheduler share.
//
// Incremental decides the same from what changed:
//
//	pod ─→ class ─→ repair: ask kept plugins about the nodes that changed
//	          │        ├─→ nothing else to ask: the best of the best of blocks of nodes
//	          │        ├─→ one plugin to ask by stratum of nodes: the same by stratum
//	          │        └─→ else: list of feasible nodes ─→ the other plugins ─→ sum
//	          └─→ scan, where nothing can be kept
//
// A class is all pods that look alike to the plugins whose answers follow from one
// node. Which plugins these are is what they declare to read. What such a plugin says
// of all nodes is kept on a sheet by what it reads of a pod, for new classes to copy.
// A plugin whose answers follow from topology domains is asked about these, not about
// their nodes.
//
// A node may be tried on an overlay: with pods that are nominated for it, or without
// some that preemption would delete. The plugins are told of each pod that comes or
// goes and, in the end, of the opposite.
//
// The package changes nothing, keeps no clock and refuses to know queues and
// binding.
//
// Source: pkg/scheduler/schedule_one.go.
package engine
