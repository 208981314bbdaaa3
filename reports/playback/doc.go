// Package playback keeps what happened in a run so that it can be shown over time:
// what every node held at some hundred moments, and the lives of some hundred pods.
//
//	cluster.Apply → Recorder.Observe(now, op, view)
//	                  ├→ pods: the phase of each pod, and what it holds
//	                  ├→ gauges: the cluster in a few numbers
//	                  ├→ rows: what nodes, or alike nodes put together, hold and for whom
//	                  └→ lives: pods worth a look, from their creation on
//	Recorder.Finish → Recording
//
// All that it keeps is bounded, however large the run is, but for some bytes for each
// pod that exists: at most 400 samples, 1,000 rows and 300 lives. Samples begin close
// to each other and every other one is dropped whenever there are too many, so that a
// run that ends early is as finely sampled as one that does not.
//
// A sample at T is the state after all operations at T, as in package reports. Most
// pods are never written down: as long as a pod has only gone forward, its past can
// be read off its row at any time. Whatever a pod is chosen for comes after that.
//
// The package refuses to know how anything is drawn, and reads no clock.
package playback
