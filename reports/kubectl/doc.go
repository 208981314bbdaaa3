// Package kubectl shows a finished run as kubectl shows a cluster: its Events, its
// objects as tables, YAML and JSON, and their descriptions.
//
//	operations ─→ Events ────────────┐
//	     │                           ├─→ Get, Describe ─→ text
//	     └─→ cluster.View ─→ objects ┘
//
// Events are a fold over the operations of a run, as the recorders of Kubernetes make
// them: what is equal is counted, what is similar is combined, what is too much is
// dropped. A run that nobody asks for its Events does not pay for them.
//
// Everything else is read off a view at one moment. What podsim does not simulate,
// such as addresses of pods, stays <none> or <unknown>, as with kubectl.
//
// The package refuses to know where operations come from, and never changes anything.
package kubectl
