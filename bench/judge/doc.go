// Package judge carries out one run and says what became of its objectives.
//
//	Run of package scenarios → simulation, recorder, observers → Summary → Verdict
//
// Whoever asks many runs the same question, such as a comparison of policies, a
// capacity plan or a list of failures, asks it here, so that all of them mean the
// same by an objective and by a number.
//
// The package refuses to know why a run is asked for and what other runs came to:
// it keeps nothing between two runs, prints nothing and reads no clock. A Verdict
// depends on the run and the question alone, and survives being written as JSON.
package judge
