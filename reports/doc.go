// Package reports tells what happened in a run, as a fold over its operations.
//
//	cluster.Apply → Recorder.Observe(now, op, view)
//	                  ├→ step: what the operation changed about its pod
//	                  ├→ outcomes, waits, gauges, nodes, disruptions, reasons, workloads
//	                  ├→ capacity, room, bills, evictions, wasted: what runs are compared by
//	                  ├→ checks (assertions)
//	                  └→ pods.csv and events.jsonl, streamed
//	Recorder.Finish → Summary → text, summary.json, nodes.csv, timeseries.csv
//	                     └→ Measures: one flat list of named numbers (measures_table.go)
//
// The Recorder is told of every operation once, after it was applied. Each fold
// keeps counters of its own and lives in a file of its own. A moment T is the
// state after all operations at T: samples and assertions are evaluated when the
// clock moves on, from the counters as they were before the operation that moved
// it. On the hot path nothing is allocated in the steady state.
//
// One table of columns drives the headers, the rows and the documentation of
// every CSV file.
//
// The package refuses to know why anything happened: it reads no scenario, no
// policy and no wall clock. What only the caller knows (the scenario's name, the
// seed, the digest, the kinds that were not simulated, the time it all took) the
// caller fills in.
package reports
