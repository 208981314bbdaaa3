// Package compact asks how few nodes a workload fits on: cell compaction, the
// measure of packing by which Borg's designers judged it (Verma et al.: Large-scale
// cluster management at Google with Borg, EuroSys 2015, §5.1).
//
//	place.Cell → what is packed (pinned pods dropped, large workloads softened, picky pods known)
//	           → variants, parts → trials: nodes removed at random, all packed from scratch → capacity.Compaction
//
// A trial is the order in which nodes are removed; its answer is the smallest size at
// which the whole workload still finds nodes when an empty cell of it is packed by the
// cluster's own scheduler, the pods of highest priority first. Trials and parts share
// nothing, so that several workers can do them.
//
// The package refuses to know where the cell comes from, and how the answer is told.
package compact
