// Package survive finds out which failures of nodes, racks and zones a scenario
// survives, and how many nodes may be lost.
//
//	scenario up to the moment of failure → nodes, alike or not → failures
//	each failure and seed → one run with a crash (bench/judge) → Survival
//
// The scenario is run with every single failure and, if asked for, with every pair of
// them; nodes that are alike (see layout) fail once. Larger numbers of nodes are tried
// by greed, always adding the node whose loss is worst, and by draws.
//
// The package refuses to know where the scenario comes from and who reads the answer.
// Nothing in it depends on the number of workers.
package survive
