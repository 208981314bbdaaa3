// Package chrometrace writes a run as a trace that people look at in ui.perfetto.dev or
// chrome://tracing: the JSON of the Trace Event Format.
//
//	operations → Recorder.Observe → lanes → events of the trace, as time goes by
//
// The cluster, its workloads, the pods that wait and each node are processes; their
// threads are lanes, in which slices never overlap unless one lies within the other. A
// pod is a slice in a lane of its node, with its phases within it. Faults, what users did
// and what nodes and workloads went through are slices; decisions and evictions are
// instants; what there is of each is a counter.
//
// A trace is written while the run is followed, and never holds more than what is open:
// slices are written as their begin and their end. So that big runs give traces that a
// browser can show, it begins and ends where it is told, and draws so many pods at most:
// the first that come, or those whose names are asked for. It tells what it leaves out.
//
// The package refuses to know where the operations come from and who reads the trace.
package chrometrace
