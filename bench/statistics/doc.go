// Package statistics tells what a few paired runs show: it turns numbers into
// intervals, p-values and sizes of effects, and knows nothing of scenarios,
// policies or metrics.
//
// Data flow: a comparison gives the differences between two policies, one a
// seed. An Estimator makes an interval for their mean, SignFlip and StudentTest
// a p-value, Holm and JointSignFlip correct for many of them, HedgesG and
// WidthRatio say how large the difference is and what the pairing was worth.
// QuantileInterval is about medians and other quantiles, WarmUp says how much of
// a series to leave out, and Enough when there have been runs enough.
//
// Few seeds and skewed differences are the rule in simulation, so each method is
// chosen by its coverage there, which the tests of this package show. Everything
// is a function of its arguments: the bootstrap draws from a counter-based
// generator with a fixed seed, and sums are taken in the order of the data.
//
// One observation shows nothing: every function that would need the spread of
// the data says so with ok = false.
package statistics
