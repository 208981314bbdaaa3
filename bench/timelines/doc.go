// Package timelines holds podsim against recordings of a real control plane: what
// happened to which object when, written down fact by fact while a real API server,
// controller manager and scheduler ran with fake kubelets.
//
//	folder → Read → Recording ── Translate ─→ scenario ─→ podsim ─→ Watch ─→ facts
//	                    │                                                     │
//	                    └── expected facts and sequences ──→ Compare ←────────┘
//	                                                            ↓
//	                                                        Comparison
//
// A recording is a folder: manifests, the actions of its user, the observed facts
// of one run and those that several runs share. It becomes a scenario with the
// fake kubelets' delays as pod behaviour; the operations of the run are folded into
// the vocabulary of the recording, generated names included, so that both sides are
// lists of the same kind of fact. What podsim cannot do or does not model yet is
// listed and counts as not matched: nothing is left out in silence.
//
// The package refuses to know how podsim decides. It reads operations and views.
package timelines
