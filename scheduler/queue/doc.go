// Package queue holds the pods that wait for a scheduler, in virtual time, as
// the scheduling queue of Kubernetes holds them.
//
//	Add ──→ active ──Pop──→ in flight ──Done──→ (bound)
//	           ↑  ↖            │
//	     Flush │   └── Pop     │ Reject, Fail
//	           │   (when idle) ↓
//	        backoff ←─────── hints say yes
//	           ↑               │ hints say no
//	           └──Notify── unschedulable, gated
//
// A pod that was rejected waits for an event that one of the plugins that
// rejected it finds worth another attempt. Then it waits out its backoff, unless
// nothing else is left to do. Events that happen while a pod is in flight are
// kept and shown to its hints when it comes back.
//
// A plugin that is pending lets its pod be tried again at once when what it waits for
// has happened.
//
// Pods that were rejected by the same plugins and share one specification form a
// class: a hint is asked once a class. A hint may therefore look at the pod's
// specification only.
//
// The package keeps no clock: the caller tells it the time, and NextFlush says
// when it wants to be called again. It refuses to know nodes, scores and why a
// plugin rejected a pod.
//
// Source: pkg/scheduler/backend/queue.
package queue
