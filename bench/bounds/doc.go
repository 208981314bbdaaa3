// Package bounds proves how little the best policy could do with, so that a user
// sees how much there is still to gain.
//
//	demands + shapes → Packing → inequalities (what fits on one node)
//	                           → weights (simple ones, and those of the LP relaxation)
//	                           → certificate → nodes and cost, at least
//	operations of a run → Observer → what the run served → Packing → measures
//
// Every bound is the value of a dual solution of the LP relaxation that the
// package made feasible itself: a price for each demand such that no set of pods
// which fits on one node is worth more than the node. Where the weights come from
// does not matter for the proof, so neither a simplex that fails nor one that errs
// can make a bound wrong, only weak.
//
// The bounds of a run are about the work that this run served: other nodes for the
// same work. A run that left pods waiting served less and has lower bounds, hence
// no bound exceeds the run's own value, whatever its policy. Work that was lost
// (a Job's pod that was evicted, say) is not counted: a better policy need not
// have lost it.
//
// The package refuses to know schedulers and scenarios: it sees operations, nodes
// and prices. It knows nothing of inter-pod affinity, topology spread, ports and
// volumes: leaving constraints out lowers a bound and never makes it wrong.
package bounds
