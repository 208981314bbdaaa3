// Package usage says what pods use: how much CPU and memory, and what their metrics
// come to, at any moment of the run.
//
//	PodBehavior → Profile ─┐
//	MetricSeries → Series ─┴→ Meter ─→ horizontal autoscaling, out of memory
//
// An amount follows a Law: a curve, a random walk, or a share of a load that the ready
// replicas have in common. It is a pure function of the pod, the moment and the number
// of ready replicas, and is computed only when somebody asks: a run in which nobody
// does pays nothing. Amounts are whole numbers, thousandths of a core, bytes, or
// thousandths of whatever a metric counts, so that no run hangs on the last bit of a
// floating-point number. A Law is a chain of straight pieces, so that the moment at
// which it exceeds a limit is found without trying moment after moment.
//
// The package knows no agenda: package sim decides when somebody asks.
package usage
