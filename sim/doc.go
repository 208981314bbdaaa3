// Package sim is the simulation: the loop that takes one event after another off
// the agenda and lets the cluster, the scheduler, the controllers, the kubelets
// and the faults act on it in virtual time.
//
// The way of a pod is the order of the files:
//
//	arrive.go → schedule.go → start.go → run.go → fail.go → evict.go → replace.go
//
// A pod for which schedule.go finds no node may displace others (preempt.go); one
// for which it finds one is bound at once or a little later (bind.go).
//
// loop.go holds the one switch of event kinds, watch.go the one switch of
// operations: who is told of a change once it has been applied. Both follow the
// same order.
//
// A run may begin with the state of a live cluster, which adopt.go rebuilds at
// virtual time 0, with the ages that its objects had.
//
// What a user does meanwhile is a list of steps (step.go), compiled ahead: here they
// meet the state of the cluster, and are answered as kubectl answers.
//
// Everything that happens is an operation applied to the cluster. Everything
// random is drawn from a stream keyed by what it is about. There is one goroutine
// and no wall clock.
package sim
