// Package kubescheduler holds podsim against the real kube-scheduler: the same
// random clusters and pods, as JSON text, go through k8s.io/kubernetes in process
// and through podsim, and every decision has to come out equal.
//
//	Generate(seed)      → World ─┬→ admission → scheduler.SchedulePod → Decision  ─┐
//	                             └→ manifest  → Scan and Incremental  → Decision  ─┴→ Compare
//	GenerateStill(seed) → World ─┬→ admission → SchedulePod, preemption → Placement ─┐
//	                             └→ LoadWorld → place.Placer            → Placement ─┴→ ComparePlaces
//	GenerateBulk        → World ──→ both, against the CPU clock → MeasureRatio
//
// A World is a history: objects are there, nodes join and change, pods arrive
// bound, wait, are scheduled, terminate and leave. Both sides record what they did
// without changing it. A world on which the two differ is shrunk by leaving out
// steps and fields.
//
// It is a module of its own, so that podsim itself does not depend on
// k8s.io/kubernetes. It knows nothing of how either side decides.
package kubescheduler
