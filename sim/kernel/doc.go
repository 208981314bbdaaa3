// Package kernel is the clock and the dice of a simulation.
//
// It exists so that two runs with the same seed are the same run, and so that
// two runs which differ in one policy meet the same arrivals, durations and
// faults. Three parts serve that:
//
//   - Agenda: virtual time and the events to come, in one total order.
//   - Streams: random numbers found by what they are for (a purpose, an entity,
//     an ordinal), never by when somebody asked.
//   - Distribution: laws given the way people know them (a median and a 95th
//     percentile, a mean and a coefficient of variation), drawn by inversion:
//     one number of a stream makes one value.
//
// Data flows in a circle through the simulation: it takes the next event from
// the agenda, draws a duration from a distribution with the stream of the pod
// or node concerned, and schedules what follows.
//
// The kernel refuses to know what an event means, what a pod is and what the
// time of day is. Kinds, entities and purposes are numbers and strings whose
// meaning belongs to the callers.
package kernel
