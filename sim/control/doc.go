// Package control holds the controllers of the control plane: ReplicaSet and
// ReplicationController, Deployment, Job, garbage collection and the node
// lifecycle.
//
// A Controller is asked about one owner. It reads the view, appends the
// operations that bring the cluster nearer to what the owner wants, and says when
// it must be asked again even if nothing happens. Package sim decides when it is
// asked and applies the operations at once and in order, so a controller may
// number the pods it creates from View.Pods on.
//
// NodeLifecycle is told of silent and returned nodes and of its own passes.
//
// The package knows no agenda, no latency and no randomness.
package control
