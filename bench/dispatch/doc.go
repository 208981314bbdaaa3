// Package dispatch has independent tasks done by several workers.
//
//	tasks 0…n-1 → Each → answers, one at a time
//	question after question → Ahead → answers, the next ones already at work
//
// Tasks are handed out in their order and answers come in as they are ready; after
// an error or the end of the context no more are handed out. Which error is told
// depends on the tasks alone, whatever the number of workers and their pace.
//
// The package refuses to know what a task is.
package dispatch
