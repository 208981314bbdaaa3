// Package kubescheduler holds podsim against the real kube-scheduler: the same
// random clusters and pods, as JSON text, go through k8s.io/kubernetes in process
// and through podsim, and every decision has to come out equal.
//
//	Generate(seed) → World ─┬→ admission → scheduler.SchedulePod → Decision ─┐
//	                        └→ manifest  → engine.Scan           → Decision ─┴→ Diff
//
// A World is a history: nodes join, pods arrive bound, are scheduled or leave.
// Both sides record what they did without changing it. The real side is given a
// framework that listens; podsim's engine is given plugins that listen. A world on
// which the two differ is shrunk by leaving out steps.
//
// It is a module of its own, so that podsim itself does not depend on
// k8s.io/kubernetes. It knows nothing of how either side decides.
package kubescheduler
