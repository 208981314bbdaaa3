// Package fault says what breaks and when. A Fault is a line of a fault plan;
// the Planner turns it into strikes: moments at which a set of nodes crashes,
// falls silent or is not ready for a time. Strikes are fixed in the plan or drawn from
// streams keyed by fault, domain and number, so that another policy meets the same
// faults.
//
// The package decides nothing about the consequences: package sim crashes or silences
// the nodes and everything else follows from that.
package fault
