// Package pressure is the eviction manager of a kubelet: which thresholds are met, since
// when, which conditions of the node follow from that, and what a pass of the manager does
// about it. It is told what there is of each thing (Observations), and answers with the
// thresholds for which room must be made; package sim ends the pods.
//
// The manager looks every ten seconds. A pass that would find what the one before found,
// and do nothing, need not happen: Due tells when the next one has to for the sake of
// time alone, and Limit at which use a threshold turns, so that package sim can find that
// moment ahead.
//
// The package knows neither pods nor nodes. Where it leaves something to the order of a Go
// map, as the source does, it keeps the order of the signals here.
package pressure
