// Package worlds makes clusters to measure schedulers in: nodes, and pods of some
// classes that arrive in a fixed order, straight as models, without manifests.
//
//	Config ─→ New ─→ World: nodes and classes
//	                   │ Arrive ─→ a pending pod ─→ whoever decides ─→ Bind ─→ Depart
//
// A Set says what the pods ask for besides cpu and memory. The same Config makes the
// same world, pod by pod, whatever the scheduler does with it. The package refuses to
// know schedulers and measures nothing.
package worlds
