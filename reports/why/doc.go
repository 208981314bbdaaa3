// Package why answers for one pod or workload of a finished run why it stands as it does
// at a moment: waiting, starting, evicted, below its replicas.
//
//	operation log ─→ Story (all that befell it, told while the log is replayed)
//	                   │
//	the same log ─→ cluster at the moment ─→ Ask ─→ Answer ─→ text, JSON
//	                   │                      │
//	                   └→ scheduler/place: the scheduler is asked again, and changes are tried
//
// The true cause comes first, in one sentence. What follows is evidence with its virtual
// time, which nodes said what, who has the room, the smallest changes that would have
// helped, each of them tried in a copy of the cluster, and what happened next.
//
// The package reads operations and views alone. It refuses to know how a log is found and
// read, and never guesses: what it cannot try it does not advise.
package why
