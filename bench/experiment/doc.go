// Package experiment carries out experiments: it runs every policy on every seed
// and every point of the grid, keeps what is finished, and makes of the results
// the comparison that reports show.
//
// An Experiment of package scenarios becomes a list of jobs. A Dispatcher has them
// done, in any order and by any number of workers; each job is one simulation in
// one goroutine that yields a Result. Results go to their place in the list and,
// if there is a Store, to a file that is named by their key. When all are there,
// Analyse computes the Comparison. A sequential experiment takes several such
// rounds.
//
// The package refuses to know who waits for the comparison: it prints nothing and
// reads no clock. Nothing that comes out depends on the order in which jobs end, on
// the number of workers or on which results were kept from an earlier time.
package experiment
