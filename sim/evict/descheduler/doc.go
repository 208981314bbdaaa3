// Package descheduler is the descheduler of Kubernetes: at intervals it looks for pods
// that would be better off elsewhere and asks for their eviction.
//
//	Policy → profiles → strategies of deschedule, then of balance → Evictor filters → limits → ask
//
// It reads the view of a cluster and asks one eviction after the other, since what it
// asks next depends on whether the one before was granted. It knows nothing of budgets,
// which whoever is asked knows, nor of files: package scenarios reads those.
//
// Where the original goes through maps in random order, nodes and pods are taken in the
// order in which they came into the cluster.
package descheduler
