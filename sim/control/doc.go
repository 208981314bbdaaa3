// Package control holds the controllers of the control plane: ReplicaSet and
// ReplicationController, Deployment, Job, CronJob, StatefulSet, DaemonSet, garbage
// collection and the node lifecycle.
//
// Controllers are asked about one owner at a time. The controller of its kind reads
// the view, appends the operations that bring the cluster nearer to what the owner
// wants, and says when it must be asked again even if nothing happens. Package sim
// decides when it is asked and applies the operations at once and in order, so a
// controller may number the pods and owners that it creates from View.Pods and
// View.Owners on.
//
// In a rollout two controllers take turns. That of ReplicaSets creates and deletes
// pods, and writes what it finds into the statuses; that of Deployments reads these,
// not the pods, and changes the replicas of its ReplicaSets. Statuses are kept here
// and not in the cluster: they say what its pods say, only later. The conditions,
// which users see, are operations.
//
// StatefulSets and DaemonSets own their pods themselves and keep their templates as
// revisions, which the cluster holds. Each of their pods has a specification of its own,
// with its number or the name of its node, which the controller makes when it makes the
// pod. DaemonSets are also asked when a node changes that concerns them.
//
// NodeLifecycle is told of silent and returned nodes and of its own passes.
//
// The package knows no agenda, no latency and no randomness.
package control
