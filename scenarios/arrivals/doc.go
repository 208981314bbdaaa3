// Package arrivals says when objects come: at fixed moments, or by the renewal,
// Poisson and nonhomogeneous Poisson processes of queueing theory.
//
// It exists so that a workload can be read without knowing how its moments are
// made: a Process yields one moment after the other, in order, in constant
// memory. Random numbers are found by workload and number of the arrival, so
// neither another workload nor a policy ever moves them. Moments are rounded to
// whole milliseconds, and only at the edge, so that rounding neither adds up nor
// lets the last bit of a floating-point number into a run.
//
// The package does not know what arrives, how many at once and for how long.
package arrivals
